"""The runway database on board: the thresholds of a site's approaches, and how far each runway reaches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.sites.approach_path import along_and_across
from safetynets.sites.geometry import Approach, Site
from safetynets.traffic.places import RUNWAY_STRIP_M, RUNWAY_STRIP_NM
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

RECIPROCAL_DEG = 5.0
"""Two approaches in line whose courses are opposite within this are those of one runway."""


def runway_length_nm(site: Site, approach: Approach) -> float:
    """How far a runway reaches beyond a threshold (NM): to that of its other direction, else as far as any may.

    Parameters
    ----------
    site
        Its approaches.
    approach
        The approach to the threshold.

    Returns
    -------
    float
        At most 2.5 NM.
    """
    longest_nm = -RUNWAY_STRIP_NM[0]
    for other in site.flown_approaches:
        turned_deg = (other.course_deg - approach.course_deg) % 360.0
        along_nm, across_m = along_and_across(approach, other.x_m, other.y_m)
        if abs(turned_deg - 180.0) <= RECIPROCAL_DEG and abs(across_m) <= RUNWAY_STRIP_M and along_nm < 0.0:
            longest_nm = min(longest_nm, -along_nm)
    return longest_nm


def over_runway(site: Site, approach: Approach, along_nm: Floats, across_m: Floats, before_nm: float = 0.0) -> Mask:
    """Whether points lie over the runway of an approach, or up to `before_nm` before its threshold."""
    with np.errstate(invalid="ignore"):
        reaches = (along_nm <= before_nm) & (along_nm >= -runway_length_nm(site, approach))
        return reaches & (np.abs(across_m) <= RUNWAY_STRIP_M)


def nearest_runway(site: Site, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """Distance to the nearest runway (NM, 0 over one, inf without any) and the elevation of its threshold (ft)."""
    nearest_nm, field_ft = np.full(len(x_m), np.inf), np.full(len(x_m), np.nan)
    for approach in site.flown_approaches:
        along_nm, across_m = along_and_across(approach, x_m, y_m)
        away_nm = np.where(
            over_runway(site, approach, along_nm, across_m), 0.0, np.hypot(along_nm, across_m / M_PER_NM)
        )
        with np.errstate(invalid="ignore"):
            nearer = away_nm < nearest_nm
        nearest_nm[nearer], field_ft[nearer] = away_nm[nearer], approach.threshold_elevation_ft
    return nearest_nm, field_ft
