"""What the STCA finds about a pair: where both are, where they will be, and which minima apply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from safetynets.engine.explanation_step import Step
from safetynets.engine.plots import last_row
from safetynets.engine.track_state import TrackState
from safetynets.nets.stca.rule import AREAS, situation_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.units import m_to_nm, mps_to_kt

if TYPE_CHECKING:
    from safetynets.nets.stca.kernel import Situation


def steps(tracks: Tracks, site: Site, of_plots: TrackState, row: int, other: int) -> Iterator[Step]:
    """The pair that is judged at a plot; where none is, the nearest other aircraft and why it cannot be a conflict."""
    track, time_s = int(tracks.track[row]), float(tracks.time_s[row])
    number = other if other >= 0 else nearest_track(tracks, site, row)
    if number < 0:
        oldest_s = site.parameters.stca.oldest_plot_s
        yield Step("pair", "STCA", "", f"No other aircraft has a plot of the last {oldest_s:g} s.", {})
        return
    found = situation_of(tracks, site, track, number, time_s)
    name = str(tracks.callsign[number]) or f"track {number}"
    said = [_now(name, found), _minima(found), _filters(found)]
    if other < 0:
        said.append("It is not looked at: on no path can this aircraft or another come near enough.")
    yield Step("pair", "STCA", "", " ".join(said), {"other_callsign": name, **_values(found)})


def nearest_track(tracks: Tracks, site: Site, row: int) -> int:
    """The track whose last plot, if it is not too old, lies nearest to a plot; -1 for none."""
    nearest, nearest_m, time_s = -1, np.inf, tracks.time_s[row]
    for number in range(tracks.track_count):
        if number == tracks.track[row] or not len(tracks.time_s[tracks.rows_of(number)]):
            continue
        last = last_row(tracks, number, float(time_s))
        apart_m = np.hypot(tracks.x_m[last] - tracks.x_m[row], tracks.y_m[last] - tracks.y_m[row])
        if 0.0 <= time_s - tracks.time_s[last] <= site.parameters.stca.oldest_plot_s and apart_m < nearest_m:
            nearest, nearest_m = number, apart_m
    return nearest


def _now(name: str, found: Situation) -> str:
    moves = "closing" if found.range_rate_mps < 0.0 else "diverging"
    text = (
        f"{name} is {m_to_nm(found.apart_m):.1f} NM away, {abs(found.apart_ft):,.0f} ft "
        f"{'higher' if found.apart_ft > 0.0 else 'lower'}, {moves} at {abs(mps_to_kt(found.range_rate_mps)):.0f} kt"
    )
    if found.closest_s > 0.0:
        there = f"{m_to_nm(found.closest_m):.1f} NM and {abs(found.closest_ft):,.0f} ft"
        text += f"; nearest in {found.closest_s:.0f} s at {there}"
    return text + "."


def _minima(found: Situation) -> str:
    limits = found.limits
    why = [f"minima of {AREAS[limits.area]}"]
    if limits.fast:
        why.append("of a pair that has crossed and diverges" if limits.crossed else "of a pair that diverges fast")
    elif found.one_levels_off or found.other_levels_off:
        why.append("one of them levelling off")
    return (
        f"The {', '.join(why)}: {m_to_nm(limits.lateral_m):.1f} NM, {limits.current_ft:,.0f} ft now and "
        f"{limits.predicted_ft:,.0f} ft predicted over {limits.look_ahead_s:.0f} s."
    )


def _filters(found: Situation) -> str:
    said = []
    if found.current:
        said.append("current proximity")
    if found.predicted_s < np.inf:
        said.append(f"linear prediction, in {found.predicted_s:.1f} s")
    if not said:
        return "Neither filter finds an infringement."
    return f"Found by {' and '.join(said)}: {'major' if found.major else 'minor'}."


def _values(found: Situation) -> dict[str, float | str | bool]:
    limits = found.limits
    return {
        "distance_nm": float(m_to_nm(found.apart_m)),
        "vertical_distance_ft": found.apart_ft,
        "range_rate_kt": float(mps_to_kt(found.range_rate_mps)),
        "closest_approach_s": found.closest_s,
        "closest_approach_nm": float(m_to_nm(found.closest_m)),
        "closest_approach_ft": found.closest_ft,
        "region_set": AREAS[limits.area],
        "lateral_minimum_nm": float(m_to_nm(limits.lateral_m)),
        "vertical_minimum_current_ft": limits.current_ft,
        "vertical_minimum_predicted_ft": limits.predicted_ft,
        "crossed": limits.crossed,
        "diverges_fast": limits.fast,
        "current_proximity": found.current,
        "linear_prediction_s": found.predicted_s,
        "major": found.major,
    }
