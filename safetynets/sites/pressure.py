"""Which QNH is valid where and when, and up to which altitude levels are altitudes."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from safetynets.sites.geometry import PressureRegion, Site

Floats = NDArray[np.float64]


def region_at(site: Site, x_m: ArrayLike, y_m: ArrayLike) -> NDArray[np.intp]:
    """Index into `site.pressure_regions` of the region that holds each plane position; -1 where none does.

    Of regions that overlap the smallest applies, so that their order never matters. An unknown position is in none.
    """
    x_m, y_m = np.broadcast_arrays(np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64))
    found = np.full(x_m.shape, -1, dtype=np.intp)
    known = np.isfinite(x_m) & np.isfinite(y_m)
    regions = site.pressure_regions
    for index in sorted(range(len(regions)), key=lambda index: _size(regions[index]), reverse=True):
        area = regions[index].area
        found[known if area is None else known & shapely.intersects_xy(area, x_m, y_m)] = index
    return found


def qnh_at(site: Site, region: NDArray[np.intp], time_s: ArrayLike) -> Floats:
    """QNH (hPa) of regions found by `region_at` at times; NaN before the first one known and where there is none."""
    region, time_s = np.broadcast_arrays(region, np.asarray(time_s, dtype=np.float64))
    qnh_hpa = np.full(region.shape, np.nan)
    for index, one in enumerate(site.pressure_regions):
        here = region == index
        from_s = np.array([start_s for start_s, _ in one.qnh])
        values_hpa = np.array([np.nan, *(hpa for _, hpa in one.qnh)])
        qnh_hpa[here] = values_hpa[np.searchsorted(from_s, time_s[here], side="right")]
    return qnh_hpa


def transition_altitude_ft(site: Site, region: NDArray[np.intp]) -> Floats:
    """Transition altitude (ft) of regions found by `region_at`; inf without one: no level is a flight level."""
    altitudes_ft = np.array([*(one.transition_altitude_ft for one in site.pressure_regions), math.inf])
    values_ft: Floats = altitudes_ft[region]
    return values_ft


def _size(region: PressureRegion) -> tuple[float, str]:
    return (math.inf if region.area is None else region.area.area), region.name
