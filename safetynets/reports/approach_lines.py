"""The lines of an approach as a profile shows them: its nominal path and the limits of the APM."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.sites.geometry import Approach
from safetynets.sites.parameters import ApmParameters
from safetynets.traffic.places import path_altitude_ft
from safetynets.units import FT_PER_NM

Floats = NDArray[np.float64]


def nominal_altitude_ft(approach: Approach, distance_nm: Floats) -> Floats:
    """Nominal altitude (ft) at distances before the threshold: the path, never above the intercept altitude."""
    path_ft = path_altitude_ft(approach, approach.path, approach.angle_deg, distance_nm)
    return np.minimum(path_ft, approach.intercept_altitude_ft)


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
