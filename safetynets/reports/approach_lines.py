"""The limits of the APM beside the nominal path of an approach, as a profile shows them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.sites.approach_path import nominal_altitude_ft
from safetynets.sites.geometry import Approach
from safetynets.sites.parameters import ApmParameters
from safetynets.units import FT_PER_NM

Floats = NDArray[np.float64]


def below_limit_ft(approach: Approach, parameters: ApmParameters, distance_nm: Floats) -> Floats:
    """Altitude (ft) below which the APM finds a flight too low (docs/nets.md, APM)."""
    widening_ft = distance_nm * FT_PER_NM * np.tan(np.radians(parameters.below_deg))
    limit_ft: Floats = nominal_altitude_ft(approach, distance_nm) - parameters.below_ft - widening_ft
    return limit_ft


def above_limit_ft(approach: Approach, parameters: ApmParameters, distance_nm: Floats) -> Floats:
    """Altitude (ft) above which the APM finds a flight too high (docs/nets.md, APM)."""
    widening_ft = distance_nm * FT_PER_NM * np.tan(np.radians(parameters.above_deg))
    limit_ft: Floats = nominal_altitude_ft(approach, distance_nm) + parameters.above_ft + widening_ft
    return limit_ft
