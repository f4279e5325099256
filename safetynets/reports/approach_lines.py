"""The limits of the APM beside the nominal path of an approach: seen from the side, and from above."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.apm.parameters import ApmParameters
from safetynets.sites.approach_path import nominal_altitude_ft, on_approach
from safetynets.sites.geometry import Approach
from safetynets.units import FT_PER_NM, nm_to_m

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


def funnel(approach: Approach) -> list[tuple[float, float]]:
    """Corners (x_m, y_m) of the monitored part of the funnel: near left, far left, far right, near right."""
    widening = float(np.tan(np.radians(approach.splay_deg)))
    near_nm, far_nm = approach.end_distance_nm, approach.start_distance_nm
    near_m, far_m = (approach.half_width_m + nm_to_m(at_nm) * widening for at_nm in (near_nm, far_nm))
    corners = [(near_nm, -near_m), (far_nm, -far_m), (far_nm, far_m), (near_nm, near_m)]
    return [on_approach(approach, at_nm, offset_m) for at_nm, offset_m in corners]
