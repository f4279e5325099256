"""The lines of an approach as a profile shows them: where a flight is on it, its path and its limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.geodesy import MEAN_EARTH_RADIUS_M
from safetynets.sites.geometry import Approach
from safetynets.sites.parameters import ApmParameters
from safetynets.units import m_to_ft, m_to_nm, nm_to_m

Floats = NDArray[np.float64]


def along_and_across(approach: Approach, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """Distance before the threshold (NM) and offset right of course (m) of positions on the site's plane."""
    course_rad = np.radians(approach.course_deg)
    east_m, north_m = x_m - approach.x_m, y_m - approach.y_m
    before_m = -(east_m * np.sin(course_rad) + north_m * np.cos(course_rad))
    right_m = east_m * np.cos(course_rad) - north_m * np.sin(course_rad)
    return m_to_nm(before_m), right_m


def nominal_altitude_ft(approach: Approach, distance_nm: Floats) -> Floats:
    """Nominal altitude (ft) at distances before the threshold, never above the intercept altitude (docs/nets.md, APM)."""
    if approach.path == "profile":
        distances_nm, altitudes_ft = zip(*approach.profile, strict=True)
        path_ft = np.interp(distance_nm, distances_nm, altitudes_ft)
    else:
        distance_m = nm_to_m(distance_nm)
        rise_m = distance_m * np.tan(np.radians(approach.angle_deg))
        if approach.path != "baro":
            rise_m = rise_m + distance_m**2 / (2.0 * MEAN_EARTH_RADIUS_M)
        path_ft = approach.threshold_elevation_ft + approach.threshold_crossing_height_ft + m_to_ft(rise_m)
    return np.minimum(path_ft, approach.intercept_altitude_ft)


def below_limit_ft(approach: Approach, parameters: ApmParameters, distance_nm: Floats) -> Floats:
    """Altitude (ft) below which the APM finds a flight too low."""
    widening_ft = m_to_ft(nm_to_m(distance_nm)) * np.tan(np.radians(parameters.below_deg))
    return nominal_altitude_ft(approach, distance_nm) - parameters.below_ft - widening_ft


def above_limit_ft(approach: Approach, parameters: ApmParameters, distance_nm: Floats) -> Floats:
    """Altitude (ft) above which the APM finds a flight too high."""
    widening_ft = m_to_ft(nm_to_m(distance_nm)) * np.tan(np.radians(parameters.above_deg))
    return nominal_altitude_ft(approach, distance_nm) + parameters.above_ft + widening_ft
