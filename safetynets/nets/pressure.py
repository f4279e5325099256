"""Which QNH applies to a plot, and up to which altitude levels are altitudes."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.sites.geometry import PressureRegion, Site
from safetynets.tracks import Tracks

Floats = NDArray[np.float64]


def region_of(tracks: Tracks, site: Site) -> tuple[Floats, Floats]:
    """QNH (hPa) and transition altitude (ft) of every plot; NaN where no region or no QNH is known.

    Of regions that overlap the smallest applies, so that their order never matters.
    """
    qnh_hpa = np.full(len(tracks), np.nan)
    transition_altitude_ft = np.full(len(tracks), np.nan)
    for region in sorted(site.pressure_regions, key=_area_m2, reverse=True):
        inside = np.isfinite(tracks.x_m) & np.isfinite(tracks.y_m)
        if region.area is not None:
            inside &= shapely.intersects_xy(region.area, tracks.x_m, tracks.y_m)
        qnh_hpa[inside] = qnh_at(region, tracks.time_s[inside])
        transition_altitude_ft[inside] = region.transition_altitude_ft
    return qnh_hpa, transition_altitude_ft


def qnh_at(region: PressureRegion, time_s: Floats) -> Floats:
    """QNH (hPa) of the region at the given times; NaN before the first one known."""
    if not region.qnh:
        return np.full(len(time_s), np.nan)
    from_s = np.array([start_s for start_s, _ in region.qnh])
    values_hpa = np.array([np.nan, *(hpa for _, hpa in region.qnh)])
    return values_hpa[np.searchsorted(from_s, time_s, side="right")]


def _area_m2(region: PressureRegion) -> tuple[float, str]:
    return (np.inf if region.area is None else region.area.area), region.name
