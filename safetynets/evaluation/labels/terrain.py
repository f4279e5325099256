"""How near a flight truly was to the ground, to the minimum altitudes and to the path of its final approach."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.flown import Flown
from safetynets.evaluation.labels.rules import LabelRules
from safetynets.sites.approach_path import along_and_across, course_vector, path_altitude_ft
from safetynets.sites.geometry import Approach, Site
from safetynets.traffic.places import Ground, ground
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NOTHING = 0
"""Stands for the category of a state that is near to nothing."""
RUNWAY_NM = 2.5
"""So far beyond a threshold a landing aircraft is still over its runway, and no final approach begins."""
ORDINARY_BELOW_PATH_FT = 100.0
"""Nobody who flies the path is called low, however high a coarse grid makes the ground: floors stay so far below it."""


def terrain_category(states: Flown, site: Site, rules: LabelRules) -> NDArray[np.int8]:
    """`Category` of each state as a number, by its true height; `NOTHING` where it is near to nothing.

    A state is of the most serious category whose floor it is below: the ground with its obstacles plus the clearance,
    which on a final approach is at most a share of the path's height; the path less a deviation, for who descends on
    it; the minimum altitude less a deviation, for who does not climb elsewhere (`LabelRules`). States on a runway,
    landing, climbing near a runway or flown by sight are near to nothing.
    """
    ground_ft, minimum_ft = ground_below_ft(states, site), minimum_altitude_ft(states, site)
    final = Final(states, site, rules)
    climbing = states.vertical_rate_fpm > rules.climbing_fpm
    category = np.full(len(states), NOTHING, dtype=np.int8)

    def too_near(clearance_ft: float, path_share: float) -> Mask:
        of_path_ft = path_share * np.maximum(final.path_ft - ground_ft, 0.0)
        on_final_ft = np.minimum(
            ground_ft + np.minimum(clearance_ft, of_path_ft), final.path_ft - ORDINARY_BELOW_PATH_FT
        )
        low: Mask = states.true_ft < np.where(final.on, on_final_ft, ground_ft + clearance_ft)
        return low

    def below_path(deviation_ft: float) -> Mask:
        low: Mask = final.descends_on_path & (states.true_ft < final.path_ft - deviation_ft)
        return low

    def below_minimum(deviation_ft: float) -> Mask:
        low: Mask = ~final.on & ~climbing & (states.altitude_ft < minimum_ft - deviation_ft)
        return low

    with np.errstate(invalid="ignore"):
        category[
            too_near(rules.understandable_clearance_ft, rules.understandable_path_share)
            | below_path(rules.understandable_below_path_ft)
            | below_minimum(0.0)
        ] = Category.UNNECESSARY
        category[
            too_near(rules.desirable_clearance_ft, rules.desirable_path_share)
            | below_path(rules.desirable_below_path_ft)
            | below_minimum(rules.desirable_below_minimum_ft)
            | (states.true_ft < final.far_below_ft)  # NaN, and so not, where nobody descends on final approach
        ] = Category.DESIRABLE
        category[too_near(rules.necessary_clearance_ft, rules.necessary_path_share)] = Category.NECESSARY
    return np.where(states.by_sight | final.exempt, NOTHING, category).astype(np.int8)


def ground_below_ft(states: Flown, site: Site) -> Floats:
    """Elevation (ft) of the ground below each state, or the top of an obstacle there; NaN where it is not known."""
    return _ground_ft(ground(site), states, site)


def _ground_ft(below: Ground, states: Flown, site: Site) -> Floats:
    ground_ft = below.elevation_ft(states.x_m, states.y_m)
    for obstacle in site.obstacles:
        over = np.hypot(states.x_m - obstacle.x_m, states.y_m - obstacle.y_m) <= obstacle.radius_m
        ground_ft = np.where(over, np.fmax(ground_ft, obstacle.top_ft), ground_ft)
    return ground_ft


def minimum_altitude_ft(states: Flown, site: Site) -> Floats:
    """The highest published minimum altitude at each state; -inf where there is none."""
    minimum_ft = np.full(len(states), -np.inf)
    for polygon in site.minimum_altitudes:
        shapely.prepare(polygon.area)
        inside = shapely.intersects_xy(polygon.area, states.x_m, states.y_m)
        minimum_ft[inside] = np.maximum(minimum_ft[inside], polygon.minimum_ft)
    return minimum_ft


class Final:
    """Which states are on a final approach of the site, and what that asks of them; one value a state.

    `on`: within the sides of a final approach, before the landing. `path_ft`: the altitude of its path (of several the
    lowest), NaN elsewhere. `descends_on_path`: near enough to the threshold that it should be on the path, and
    descending. `far_below_ft`: below this a descent is far below path and intercept altitude, NaN for no descent.
    `exempt`: on a runway, landing, or climbing near a runway.
    """

    def __init__(self, states: Flown, site: Site, rules: LabelRules) -> None:
        count = len(states)
        self.on: Mask = np.zeros(count, dtype=np.bool_)
        self.path_ft: Floats = np.full(count, np.nan)
        self.descends_on_path: Mask = np.zeros(count, dtype=np.bool_)
        self.far_below_ft: Floats = np.full(count, np.nan)
        self._inbound: Mask = np.zeros(count, dtype=np.bool_)
        self._lands: Mask = np.zeros(count, dtype=np.bool_)
        self._over_runway: Mask = np.zeros(count, dtype=np.bool_)
        self._climbs_out: Mask = np.zeros(count, dtype=np.bool_)
        climbing = states.vertical_rate_fpm > rules.climbing_fpm
        descending = states.vertical_rate_fpm < -rules.climbing_fpm
        for approach in site.flown_approaches:
            self._add(approach, states, rules, climbing, descending)
        # What lies beyond a runway may be the final approach to its other direction, where nobody is excused.
        self.exempt: Mask = self._lands | (self._over_runway & ~self._inbound) | self._climbs_out

    def _add(self, approach: Approach, states: Flown, rules: LabelRules, climbing: Mask, descending: Mask) -> None:
        along_nm, across_m = along_and_across(approach, states.x_m, states.y_m)
        with np.errstate(invalid="ignore"):
            half_width_m = rules.final_half_width_m + np.maximum(along_nm, 0.0) * M_PER_NM * np.tan(
                np.radians(rules.final_splay_deg)
            )
            beside = np.abs(across_m) > half_width_m
            here = ~beside & (along_nm >= rules.landing_nm) & (along_nm <= approach.start_distance_nm)
            path_ft = path_altitude_ft(approach, along_nm)
            near = np.hypot(along_nm, across_m / M_PER_NM) <= rules.near_runway_nm
        self.on |= here
        self.path_ft[here] = np.fmin(self.path_ft[here], path_ft[here])
        self.descends_on_path |= here & descending & (along_nm <= rules.path_from_nm)
        nominal_ft = np.minimum(path_ft[here & descending], approach.intercept_altitude_ft)
        height_ft = nominal_ft - approach.threshold_elevation_ft
        far_below_ft = nominal_ft - np.maximum((1.0 - rules.desirable_path_share) * height_ft, ORDINARY_BELOW_PATH_FT)
        self.far_below_ft[here & descending] = np.fmin(self.far_below_ft[here & descending], far_below_ft)
        east, north = course_vector(approach)
        flies_along = states.vx_mps * east + states.vy_mps * north > 0.0
        self._inbound |= here & flies_along
        self._climbs_out |= near & climbing
        over_runway = ~beside & (along_nm < rules.landing_nm) & (along_nm > -rules.near_runway_nm)
        self._over_runway |= over_runway
        self._lands |= over_runway & flies_along & (along_nm > -RUNWAY_NM)
