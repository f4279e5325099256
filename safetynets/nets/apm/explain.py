"""Why the APM watches a plot on an approach, or on none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from safetynets.engine.explanation_step import Step
from safetynets.engine.track_state import TrackState
from safetynets.nets.apm.rule import packed_approaches
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Approach, Site
from safetynets.tracks import Tracks


def steps(tracks: Tracks, site: Site, of_plots: TrackState, row: int, joined: int) -> Iterator[Step]:
    """Which approach the plot is joined to, of those in whose capture region it is."""
    from safetynets.nets.apm.geometry import in_capture

    packed = packed_approaches(site)
    values: dict[str, float | str | bool] = {}
    for i, approach in enumerate(site.approaches):
        d_nm, cross_m = along_and_across(approach, float(of_plots.x_m[row]), float(of_plots.y_m[row]))
        if in_capture(packed, i, d_nm, cross_m):
            values[f"{approach.name}: distance_nm"] = d_nm
            values[f"{approach.name}: cross_track_m"] = cross_m
            values[f"{approach.name}: path_altitude_ft"] = float(path_altitude_ft(approach, d_nm))
    name = site.approaches[joined].name if joined >= 0 else ""
    if name:
        text = f"Joined to {name}."
    elif values:
        captured = [approach for approach in site.approaches if f"{approach.name}: distance_nm" in values]
        reasons = [f"{one.name}: {_why_not(one, tracks, site, of_plots, row)}" for one in captured]
        text = f"In a capture region, but not joined. {'; '.join(reasons)}."
    else:
        text = "In the capture region of no approach."
    yield Step("approach", "APM", "", text, {"joined": name, **values})


def _why_not(approach: Approach, tracks: Tracks, site: Site, of_plots: TrackState, row: int) -> str:
    """The conditions for joining an approach that a plot does not meet, each with its numbers."""
    parameters, why = site.parameters.apm, []
    course_deg = np.degrees(np.arctan2(of_plots.vx_mps[row], of_plots.vy_mps[row]))
    off_deg = abs((course_deg - approach.course_deg + 180.0) % 360.0 - 180.0)
    if off_deg > parameters.join_angle_deg:
        why.append(f"track {off_deg:.0f} degrees off the course, more than {parameters.join_angle_deg:g}")
    if of_plots.altitude_ft[row] > parameters.join_ceiling_ft:
        ceiling_ft = parameters.join_ceiling_ft
        why.append(f"altitude {of_plots.altitude_ft[row]:,.0f} ft above the join ceiling of {ceiling_ft:,.0f} ft")
    if of_plots.vertical_rate_fpm[row] > parameters.join_max_climb_fpm:
        rate_fpm = of_plots.vertical_rate_fpm[row]
        why.append(f"climbing at {rate_fpm:,.0f} ft/min, more than {parameters.join_max_climb_fpm:,.0f}")
    number = int(of_plots.track[row])
    if parameters.require_destination and tracks.destination[number] != approach.airport:
        why.append(f"destination {tracks.destination[number] or 'unknown'}, not {approach.airport}")
    if parameters.require_runway and tracks.runway[number] != approach.runway:
        why.append(f"runway {tracks.runway[number] or 'unknown'}, not {approach.runway}")
    x_m, y_m = float(of_plots.x_m[row]), float(of_plots.y_m[row])
    _, cross_m = along_and_across(approach, x_m, y_m)
    for other in site.approaches:
        d_nm, other_m = along_and_across(other, x_m, y_m)
        nearer = other.airport == approach.airport and abs(other_m) < abs(cross_m)
        if not why and nearer and d_nm > other.start_distance_nm:
            why.append(f"nearer to the course of {other.name}, which is monitored from {other.start_distance_nm:g} NM")
    return ", ".join(why) or "it has passed the end of its approach or goes around, or another approach is nearer"
