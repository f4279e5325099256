"""How near a flight truly was to the volumes that the APW watches."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.engine.schedules import is_active
from safetynets.engine.shapes import Circle, widened
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.flown import Flown
from safetynets.evaluation.labels.rules import LabelRules
from safetynets.sites.geometry import Area, Limit, Site, Volume

Mask = NDArray[np.bool_]
MARGINS = (Category.UNNECESSARY, Category.DESIRABLE, Category.NECESSARY)


def area_category(states: Flown, site: Site, rules: LabelRules, allowed: NDArray[np.bool_]) -> NDArray[np.int8]:
    """`Category` of each state as a number: necessary inside an active volume, desirable inside its buffers.

    Unnecessary is near to it, 0 elsewhere. `allowed` says which track (row) may be in which volume (column).
    """
    category = np.zeros(len(states), dtype=np.int8)
    for volume, may_be_in in zip(site.volumes, allowed.T, strict=True):
        if not volume.schedule.ever:
            continue
        concerned = ~may_be_in[states.track]
        for of_category in MARGINS:
            buffer_m, buffer_ft = _buffers(volume, of_category, rules)
            inside = concerned & _between(volume, states, buffer_ft)
            rows = np.flatnonzero(inside)
            rows = rows[_over(volume, buffer_m, states.x_m[rows], states.y_m[rows])]
            rows = rows[is_active(volume.schedule, states.time_s[rows])]
            category[rows] = np.where(category[rows] == 0, of_category, np.minimum(category[rows], of_category))
    return category


def _buffers(volume: Volume, category: Category, rules: LabelRules) -> tuple[float, float]:
    match category:
        case Category.NECESSARY:
            return 0.0, 0.0
        case Category.DESIRABLE:
            return volume.lateral_buffer_m, volume.vertical_buffer_ft
        case _:
            return volume.lateral_buffer_m + rules.beside_volume_m, volume.vertical_buffer_ft + rules.beside_volume_ft


def _between(volume: Volume, states: Flown, buffer_ft: float) -> Mask:
    floor_ft, ceiling_ft = volume.floor.value_ft - buffer_ft, volume.ceiling.value_ft + buffer_ft
    above: Mask = _altitude(volume.floor, states) >= floor_ft
    return above & (_altitude(volume.ceiling, states) <= ceiling_ft)


def _altitude(limit: Limit, states: Flown) -> NDArray[np.float64]:
    return states.pressure_altitude_ft if limit.is_flight_level else states.altitude_ft


def _over(volume: Volume, buffer_m: float, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> Mask:
    shape = _shape(volume, buffer_m)
    if isinstance(shape, tuple):
        centre_x_m, centre_y_m, radius_m = shape
        return np.asarray(np.hypot(x_m - centre_x_m, y_m - centre_y_m) <= radius_m)
    return np.asarray(shapely.intersects_xy(shape, x_m, y_m))


@lru_cache(maxsize=256)
def _shape(volume: Volume, buffer_m: float) -> Area | Circle:
    shape = widened(volume, buffer_m)
    if not isinstance(shape, tuple):
        shapely.prepare(shape)
    return shape
