"""APM, slow and obvious: docs/nets.md, "APM"."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from safetynets.engine.reasons import Kind, Reason
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.sites.geometry import Approach, Site
from tests.oracle.plots import Plot
from tests.oracle.slack import LETTER, Slack

EARTH_RADIUS_M = 6_371_008.8
M_PER_NM = 1852.0
M_PER_FT = 0.3048
NOT_JOINED = -1

ORDER_OF_KINDS = (Kind.BELOW, Kind.ABOVE, Kind.LEFT, Kind.RIGHT)


def along_track_m(approach: Approach, x: float, y: float) -> float:
    """Distance to the threshold along the course, positive before it."""
    course = math.radians(approach.course_deg)
    return (approach.x_m - x) * math.sin(course) + (approach.y_m - y) * math.cos(course)


def cross_track_m(approach: Approach, x: float, y: float) -> float:
    """Distance from the extended centreline, right of the course positive."""
    course = math.radians(approach.course_deg)
    return (x - approach.x_m) * math.cos(course) - (y - approach.y_m) * math.sin(course)


def curvature_ft(d_m: float) -> float:
    return d_m**2 / (2.0 * EARTH_RADIUS_M) / M_PER_FT


def profile_ft(profile: Sequence[tuple[float, float]], d_nm: float) -> float:
    """Linear between the points, constant beyond the first and the last."""
    if d_nm <= profile[0][0]:
        return profile[0][1]
    for (near_nm, near_ft), (far_nm, far_ft) in itertools.pairwise(profile):
        if d_nm <= far_nm:
            return near_ft + (far_ft - near_ft) * (d_nm - near_nm) / (far_nm - near_nm)
    return profile[-1][1]


def path_ft(approach: Approach, d_m: float) -> float:
    if approach.path == "profile":
        return profile_ft(approach.profile, d_m / M_PER_NM)
    at_threshold_ft = approach.threshold_elevation_ft + approach.threshold_crossing_height_ft
    straight_ft = at_threshold_ft + d_m * math.tan(math.radians(approach.angle_deg)) / M_PER_FT
    return straight_ft if approach.path == "baro" else straight_ft + curvature_ft(d_m)


def nominal_ft(approach: Approach, d_m: float) -> float:
    return min(path_ft(approach, d_m), approach.intercept_altitude_ft)


def below_limit_ft(approach: Approach, d_m: float, parameters: ApmParameters) -> float:
    splay_ft = d_m * math.tan(math.radians(parameters.below_deg)) / M_PER_FT
    return nominal_ft(approach, d_m) - parameters.below_ft - splay_ft


def above_limit_ft(approach: Approach, d_m: float, parameters: ApmParameters) -> float:
    splay_ft = d_m * math.tan(math.radians(parameters.above_deg)) / M_PER_FT
    return nominal_ft(approach, d_m) + parameters.above_ft + splay_ft


def lateral_limit_m(approach: Approach, d_m: float) -> float:
    return approach.half_width_m + d_m * math.tan(math.radians(approach.splay_deg))


def is_monitored(approach: Approach, d_m: float, slack: Slack = LETTER) -> bool:
    return approach.end_distance_nm * M_PER_NM - slack.m <= d_m <= approach.start_distance_nm * M_PER_NM + slack.m


def place_ahead(plot: Plot, tau_s: float) -> tuple[float, float, float]:
    """x, y and altitude on the straight predicted path: no level-off, and a climb is believed as it is."""
    return (
        plot.x_m + plot.vx_mps * tau_s,
        plot.y_m + plot.vy_mps * tau_s,
        plot.altitude_ft + plot.vertical_rate_fpm / 60.0 * tau_s,
    )


def margin(approach: Approach, kind: Kind, plot: Plot, tau_s: float, parameters: ApmParameters) -> float:
    """How far from violating in this way: feet for below and above, metres for left and right; negative violated."""
    x, y, altitude = place_ahead(plot, tau_s)
    d_m = along_track_m(approach, x, y)
    if kind is Kind.BELOW:
        return altitude - below_limit_ft(approach, d_m, parameters)
    if kind is Kind.ABOVE:
        return above_limit_ft(approach, d_m, parameters) - altitude
    if kind is Kind.LEFT:
        return lateral_limit_m(approach, d_m) + cross_track_m(approach, x, y)
    return lateral_limit_m(approach, d_m) - cross_track_m(approach, x, y)


def violated(
    approach: Approach,
    kind: Kind,
    plot: Plot,
    tau_s: float,
    parameters: ApmParameters,
    *,
    holding: bool = False,
    slack: Slack = LETTER,
) -> bool:
    """Whether it deviates in this way at tau; `holding` is against the stricter limits of an active alert."""
    if kind.word not in parameters.kinds:
        return False
    x, y, _ = place_ahead(plot, tau_s)
    if not is_monitored(approach, along_track_m(approach, x, y), slack):
        return False
    vertical = kind in (Kind.BELOW, Kind.ABOVE)
    least = 0.0
    if holding:
        least = parameters.hysteresis_ft if vertical else parameters.hysteresis_m
    return margin(approach, kind, plot, tau_s, parameters) < least + (slack.ft if vertical else slack.m)


def is_inside_capture_region(approach: Approach, plot: Plot, parameters: ApmParameters) -> bool:
    d_m = along_track_m(approach, plot.x_m, plot.y_m)
    half_width_m = parameters.capture_half_width_m + d_m * math.tan(math.radians(parameters.capture_splay_deg))
    return is_monitored(approach, d_m) and abs(cross_track_m(approach, plot.x_m, plot.y_m)) <= half_width_m


def angle_to_course_deg(approach: Approach, plot: Plot) -> float:
    """Angle between the track and the course, 0 to 180; an aircraft that does not move has no track (180)."""
    speed = math.hypot(plot.vx_mps, plot.vy_mps)
    if speed == 0.0:
        return 180.0
    track_deg = math.degrees(math.atan2(plot.vx_mps, plot.vy_mps))
    return abs((track_deg - approach.course_deg + 180.0) % 360.0 - 180.0)


def angular_deviation_deg(approach: Approach, plot: Plot) -> float:
    d_m = along_track_m(approach, plot.x_m, plot.y_m)
    return math.degrees(math.atan2(abs(cross_track_m(approach, plot.x_m, plot.y_m)), d_m))


def can_join(approach: Approach, plot: Plot, destination: str, runway: str, parameters: ApmParameters) -> bool:
    return (
        is_inside_capture_region(approach, plot, parameters)
        and angle_to_course_deg(approach, plot) <= parameters.join_angle_deg
        and plot.altitude_ft <= parameters.join_ceiling_ft
        and plot.vertical_rate_fpm <= parameters.join_max_climb_fpm
        and (not parameters.require_destination or destination == approach.airport)
        and (not parameters.require_runway or runway == approach.runway)
    )


def is_nearer_ahead(
    other: Approach, best: Approach, plot: Plot, destination: str, runway: str, parameters: ApmParameters
) -> bool:
    """Whether the plot is on another approach of the aerodrome, not reached yet, rather than on the best."""
    d_m, cross_m = (measure(other, plot.x_m, plot.y_m) for measure in (along_track_m, cross_track_m))
    half_width_m = parameters.capture_half_width_m + d_m * math.tan(math.radians(parameters.capture_splay_deg))
    return (
        other.airport == best.airport
        and d_m > other.start_distance_nm * M_PER_NM
        and abs(cross_m) <= half_width_m
        and abs(cross_m) < abs(cross_track_m(best, plot.x_m, plot.y_m))
        and angle_to_course_deg(other, plot) <= parameters.join_angle_deg
        and (not parameters.require_destination or destination == other.airport)
        and (not parameters.require_runway or runway == other.runway)
    )


def joined_approaches(
    track: Sequence[Plot], reasons: Sequence[Reason], destination: str, runway: str, site: Site
) -> list[int]:
    """For each plot of one track the approach it is joined to (index into the site's), or -1.

    `reasons` says which plots are judged, and why the others are not.
    """
    parameters = site.parameters.apm
    joined = NOT_JOINED
    is_landing = False
    climbing_plots_in_a_row = 0
    answer: list[int] = []
    for number, (plot, reason) in enumerate(zip(track, reasons, strict=True)):
        is_excluded = reason is not Reason.JUDGED and not reason.not_assessable
        if is_excluded or (number > 0 and plot.time_s - track[number - 1].time_s > parameters.max_gap_s):
            joined, is_landing, climbing_plots_in_a_row = NOT_JOINED, False, 0
        if reason is not Reason.JUDGED:
            answer.append(joined)
            continue
        climbs = plot.vertical_rate_fpm > parameters.go_around_fpm
        climbing_plots_in_a_row = climbing_plots_in_a_row + 1 if climbs else 0
        goes_around = climbing_plots_in_a_row >= 2
        if joined != NOT_JOINED:
            approach = site.approaches[joined]
            if goes_around or not is_inside_capture_region(approach, plot, parameters):
                joined = NOT_JOINED
                is_landing = along_track_m(approach, plot.x_m, plot.y_m) < approach.end_distance_nm * M_PER_NM
        if goes_around or not any(is_inside_capture_region(each, plot, parameters) for each in site.approaches):
            is_landing = False
        joinable = [
            index
            for index, approach in enumerate(site.approaches)
            if index != joined and can_join(approach, plot, destination, runway, parameters)
        ]
        if joinable and not goes_around and not is_landing:
            best = min(joinable, key=lambda index: angular_deviation_deg(site.approaches[index], plot))
            best_deg = angular_deviation_deg(site.approaches[best], plot)
            if joined == NOT_JOINED:
                if not any(
                    is_nearer_ahead(each, site.approaches[best], plot, destination, runway, parameters)
                    for each in site.approaches
                ):
                    joined = best
            elif best_deg < angular_deviation_deg(site.approaches[joined], plot) - parameters.switch_margin_deg:
                joined = best
        answer.append(joined)
    return answer
