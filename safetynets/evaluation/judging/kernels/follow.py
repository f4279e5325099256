"""From what a parameter set finds for the kept plots to its alerts: the walk from a hit to rest, and arbitration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.lifecycle import (
    CLEARED,
    EXCLUDED,
    LOST,
    START,
    WORSE,
    OneTrack,
    Rules,
    advance,
    lost_when_s,
    rests,
)

Floats = NDArray[np.float64]

JUDGED, UNUSABLE, BY_RULE, UNUSABLE_AT_LAST = range(4)
"""What the eligibility says of a plot: judged, not assessable, excluded, or not assessable unless a rule of its track
excludes it, which comes first."""


class Marked(NamedTuple):
    """The plots: time, first row of each track (with the end), when it began, and the code of each plot's marks."""

    time_s: Floats
    first_row: NDArray[np.int64]
    track_start_s: Floats
    code: NDArray[np.uint16]


class Rule(NamedTuple):
    """The eligibility of one net and set.

    `verdict[code]` is one of `JUDGED`..., `track_excluded` the tracks that a rule keeps out, `track_allowed` those
    that may be where they are. Where `joined` is not empty, plots that are not are excluded.
    """

    verdict: NDArray[np.uint8]
    minimum_track_age_s: float
    track_excluded: NDArray[np.bool_]
    track_allowed: NDArray[np.bool_]
    joined: NDArray[np.bool_]


@njit(cache=True)
def standing(verdict: int, too_young: bool, excluded: bool, allowed: bool) -> int:
    """Whether a net judges a plot: `JUDGED`, `UNUSABLE` or `BY_RULE`."""
    if too_young or verdict == UNUSABLE:
        return UNUSABLE
    if excluded or verdict == BY_RULE:
        return BY_RULE
    if verdict == UNUSABLE_AT_LAST:
        return UNUSABLE
    return BY_RULE if allowed else JUDGED


@njit(cache=True, nogil=True)
def standings(from_row: int, track: NDArray[np.int32], marked: Marked, rule: Rule, result: NDArray[np.uint8]) -> None:
    """`standing` of consecutive plots from a row on; who is joined to an approach is left aside."""
    for j in range(len(track)):
        row, k = from_row + j, track[j]
        too_young = marked.time_s[row] - marked.track_start_s[k] < rule.minimum_track_age_s
        result[j] = standing(rule.verdict[marked.code[row]], too_young, rule.track_excluded[k], rule.track_allowed[k])


class Found(NamedTuple):
    """What a set finds for plots, ascending in `row`; a plot that is left out is in no conflict.

    Time to violation (s), time to violation of the limits that hold on to an alert (any number that is on the same
    side of the end of the warning time serves), whether the plot is undecided, and whether a violation is severe.
    """

    row: NDArray[np.int64]
    track: NDArray[np.int32]
    violation_s: Floats
    hold_violation_s: Floats
    undecided: NDArray[np.bool_]
    severe: NDArray[np.bool_]


@njit(cache=True)
def room_for(count: int) -> Found:
    """Room for what is found for so many plots."""
    return Found(
        np.empty(count, np.int64),
        np.empty(count, np.int32),
        np.empty(count),
        np.empty(count),
        np.empty(count, np.bool_),
        np.empty(count, np.bool_),
    )


@njit(cache=True)
def first_of(found: Found, count: int) -> Found:
    """What was found for the first so many plots."""
    return Found(
        found.row[:count],
        found.track[:count],
        found.violation_s[:count],
        found.hold_violation_s[:count],
        found.undecided[:count],
        found.severe[:count],
    )


class Edges(NamedTuple):
    """The plots, ascending, whose path leaves the coverage within a look-ahead if `after_s < look_ahead - level_s`."""

    row: NDArray[np.int64]
    after_s: Floats
    level_s: Floats


class Alerts(NamedTuple):
    """Alerts of one net and group, one row each; an end of NaN is still to come."""

    track: NDArray[np.int32]
    first_conflict_s: Floats
    start_s: Floats
    end_s: Floats
    time_to_violation_s: Floats
    severe: NDArray[np.bool_]


def no_edges() -> Edges:
    """No plot at all."""
    return Edges(np.empty(0, np.int64), np.empty(0), np.empty(0))


@njit(cache=True)
def _room_for_alerts(found: Found, warning_time_s: float) -> Alerts:
    """Room for as many alerts as there can be: one a hit."""
    most = 0
    for j in range(len(found.row)):
        most += found.violation_s[j] <= warning_time_s
    return Alerts(
        np.empty(most, np.int32),
        np.empty(most),
        np.empty(most),
        np.empty(most),
        np.empty(most),
        np.empty(most, np.bool_),
    )


@njit(cache=True)
def _first_alerts(alerts: Alerts, count: int) -> Alerts:
    """The first so many alerts."""
    return Alerts(
        alerts.track[:count],
        alerts.first_conflict_s[:count],
        alerts.start_s[:count],
        alerts.end_s[:count],
        alerts.time_to_violation_s[:count],
        alerts.severe[:count],
    )


class Watch(NamedTuple):
    """What the walk over the plots needs of the traffic and of a set, whatever the net."""

    marked: Marked
    rule: Rule
    rules: Rules
    look_ahead_s: float
    now_s: float


@njit(cache=True, nogil=True)
def follow(found: Found, edges: Edges, watch: Watch) -> tuple[Alerts, NDArray[np.int64]]:
    """The alerts of one net and group: at every hit the plots are followed until the track is at rest again.

    With them, which of `found` each of them started at.
    """
    alerts, j, count = _room_for_alerts(found, watch.rules.warning_time_s), 0, 0
    start = np.empty(len(alerts.track), np.int64)
    marked, rule, rules = watch.marked, watch.rule, watch.rules
    found_row, violation_s, hold_violation_s = found.row, found.violation_s, found.hold_violation_s
    time_s, code, verdict, joined = marked.time_s, marked.code, rule.verdict, rule.joined
    only_joined = len(joined) > 0
    while j < len(found_row):
        row, track = found_row[j], found.track[j]
        began_s, excluded, allowed = marked.track_start_s[track], rule.track_excluded[track], rule.track_allowed[track]
        too_young = time_s[row] - began_s < rule.minimum_track_age_s
        off = allowed or (only_joined and not joined[row])
        is_hit = violation_s[j] <= rules.warning_time_s
        if not is_hit or standing(verdict[code[row]], too_young, excluded, off) != JUDGED:
            j += 1
            continue
        alert = count - 1
        edge = np.searchsorted(edges.row, row) if len(edges.row) else 0
        end_row = marked.first_row[track + 1]
        memory = OneTrack(False, False, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, 0, 0, 0)
        while row < end_row:
            t, hold_s, severe, undecided = np.inf, np.inf, False, False
            if j < len(found_row) and found_row[j] == row:
                t, hold_s, severe, undecided = violation_s[j], hold_violation_s[j], found.severe[j], found.undecided[j]
                j += 1
            if edge < len(edges.row) and edges.row[edge] == row:
                outside = edges.after_s[edge] < watch.look_ahead_s - edges.level_s[edge]
                undecided = undecided or (t == np.inf and outside)
                edge += 1
            too_young = time_s[row] - began_s < rule.minimum_track_age_s
            off = allowed or (only_joined and not joined[row])
            stands = standing(verdict[code[row]], too_young, excluded, off)
            lost_s = lost_when_s(memory.last_judged_s, memory.start_s, rules)
            memory, happened = advance(
                memory,
                time_s[row],
                stands == JUDGED and not undecided,
                stands == BY_RULE,
                t,
                hold_s,
                np.inf,
                severe,
                rules,
            )
            if happened >> LOST & 1:
                alerts.end_s[alert] = lost_s
            if happened >> START & 1:
                alert += 1
                start[alert] = j - 1
                alerts.track[alert], alerts.severe[alert] = track, severe
                alerts.first_conflict_s[alert], alerts.start_s[alert] = memory.first_conflict_s, time_s[row]
                alerts.end_s[alert], alerts.time_to_violation_s[alert] = np.nan, t
            if happened >> WORSE & 1:
                alerts.severe[alert] = True
            if happened >> CLEARED & 1 or happened >> EXCLUDED & 1:
                alerts.end_s[alert] = time_s[row]
            row += 1
            if rests(memory.active, memory.predicted_hits, rules):
                break
        lost_s = lost_when_s(memory.last_judged_s, memory.start_s, rules)
        if memory.active and lost_s <= watch.now_s:
            alerts.end_s[alert] = lost_s
        count = alert + 1
    return _first_alerts(alerts, count), start[:count]


@njit(cache=True, nogil=True)
def shown_off_the_approach(
    track: NDArray[np.int32],
    start_s: Floats,
    end_s: Floats,
    first_span: NDArray[np.int64],
    span_s: Floats,
    shown: NDArray[np.bool_],
) -> None:
    """Whether an alert lasts at some moment at which its aircraft is joined to no approach.

    The spans joined of track k are `first_span[k]` to `first_span[k + 1]`, ascending.
    """
    for a in range(len(track)):
        time_s = start_s[a]
        for j in range(first_span[track[a]], first_span[track[a] + 1]):
            if span_s[j, 0] <= time_s < span_s[j, 1]:
                time_s = span_s[j, 1]
        shown[a] = time_s < (np.inf if np.isnan(end_s[a]) else end_s[a])


@njit(cache=True, nogil=True)
def shown_one_at_a_time(
    order: NDArray[np.int64], track: NDArray[np.int32], start_s: Floats, end_s: Floats, shown: NDArray[np.bool_]
) -> None:
    """Whether an alert outlasts the one that speaks about its aircraft; `order` is by track, then start."""
    speaking_track, until_s = -1, -np.inf
    for a in order:
        if track[a] != speaking_track:
            speaking_track, until_s = track[a], -np.inf
        own_end_s = np.inf if np.isnan(end_s[a]) else end_s[a]
        shown[a] = max(start_s[a], until_s) < own_end_s
        if shown[a]:
            until_s = own_end_s
