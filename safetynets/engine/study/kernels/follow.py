"""From what a parameter set finds for the kept plots of a track to its alerts, by the lifecycle of every net."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, int64
from safetynets.engine.kernels.lifecycle import (
    CLEARED,
    LOST,
    NOT_JUDGED,
    START,
    WORSE,
    Rules,
    advance,
    at_rest,
    lost_when_s,
    rests,
)
from safetynets.kernel_cache import njit, part

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


@part(_nrt=True)
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
    """What a set finds for kept plots of one track, ascending in `row`; a plot that is left out is in no conflict.

    Time to violation (s), time to violation of the limits that hold on to an alert (any number that is on the same
    side of the end of the warning time serves), whether the plot is undecided, whether a violation is severe, and the
    index among the kept plots where the time to violation is only known to be a predicted hit, else -1.
    """

    row: NDArray[np.int64]
    violation_s: Floats
    hold_violation_s: Floats
    undecided: NDArray[np.bool_]
    severe: NDArray[np.bool_]
    bounded: NDArray[np.int64]


@part(_nrt=True)
def room_for_a_track(first: NDArray[np.int64]) -> Found:
    """Room for what is found for the kept plots `first[k]` to `first[k + 1]` of any track."""
    most = 0
    for k in range(len(first) - 1):
        most = max(most, first[k + 1] - first[k])
    return Found(
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(most),
        np.empty(most, np.bool_),
        np.empty(most, np.bool_),
        np.empty(most, np.int64),
    )


class Edges(NamedTuple):
    """The plots, ascending, whose path leaves the coverage within a look-ahead if `after_s < look_ahead - level_s`."""

    row: NDArray[np.int64]
    after_s: Floats
    level_s: Floats


def no_edges() -> Edges:
    """No plot at all."""
    return Edges(np.empty(0, np.int64), np.empty(0), np.empty(0))


TRACK, FIRST_CONFLICT_S, START_S, END_S, TIME_TO_VIOLATION_S, SEVERE, BOUNDED = range(7)
"""Columns of an alert, as of `JudgedAlerts`; an end of NaN is still to come. The last is that of `Found` where it
started."""


@part(_nrt=True)
def room_for_alerts(sets: int, tracks: int) -> Floats:
    """Room for one alert a set and track, most of which stays unused and takes no memory."""
    return np.empty((sets, tracks, 7))


@part(_nrt=True)
def with_room(alerts: Floats, count: int, more: int) -> Floats:
    """The alerts of each set, or a longer copy of them, with room for more behind the first `count`."""
    if count + more <= alerts.shape[1]:
        return alerts
    longer = np.empty((len(alerts), 2 * alerts.shape[1] + more, alerts.shape[2]))
    longer[:, :count] = alerts[:, :count]
    return longer


OF_LIFECYCLE = Rules._fields
LIFECYCLE = np.dtype(
    (
        np.record,
        [
            *((name, np.float64 if name.endswith(("_s", "_ratio")) else np.int64) for name in OF_LIFECYCLE),
            ("look_ahead_s", np.float64),
            ("minimum_track_age_s", np.float64),
            ("verdict", np.int64),
            ("track_excluded", np.int64),
        ],
    )
)
"""What following alerts takes of a set: its lifecycle, and which rows of `Watch` are its eligibility."""


class Watch(NamedTuple):
    """What following alerts takes of the traffic, and of many sets, whatever the net.

    `verdict[row, code]` and `track_excluded[row, track]` are as of `Rule`, a row for each eligibility that differs;
    `sets` has one `LIFECYCLE` a set.
    """

    marked: Marked
    verdict: NDArray[np.uint8]
    track_excluded: NDArray[np.bool_]
    track_allowed: NDArray[np.bool_]
    joined: NDArray[np.bool_]
    sets: NDArray[np.void]
    now_s: float


@part(_nrt=True)
def _rules(of_set: Any) -> Rules:
    """The lifecycle of a set."""
    return Rules(
        of_set.current_m,
        of_set.current_n,
        of_set.predicted_m,
        of_set.predicted_n,
        of_set.warning_time_s,
        of_set.imminent_s,
        of_set.max_gap_s,
        of_set.hysteresis_s,
        of_set.clear_n,
        of_set.track_lost_s,
        of_set.not_assessable_s,
        of_set.minimum_duration_s,
        of_set.reannounce_ratio,
    )


class Walk(NamedTuple):
    """One track and set on the walk: its plots up to `end_row`, and the first `found_count` of what was found.

    Tracks that a rule keeps out are not walked.
    """

    time_s: Floats
    code: NDArray[np.uint16]
    end_row: int
    verdict: NDArray[np.uint8]
    joined: NDArray[np.bool_]
    began_s: float
    minimum_age_s: float
    found: Found
    found_count: int
    edges: Edges
    look_ahead_s: float


@inlined
def _stands(walk: Walk, row: int) -> int:
    """Whether the net judges a plot, as of `standing`."""
    off = len(walk.joined) > 0 and not walk.joined[row]
    return standing(walk.verdict[walk.code[row]], walk.time_s[row] - walk.began_s < walk.minimum_age_s, False, off)


@inlined
def _is_undecided(walk: Walk, row: int, violation_s: float) -> bool:
    """Whether the path of a plot without a violation leaves the coverage."""
    edges = walk.edges
    if len(edges.row) == 0 or violation_s < np.inf:
        return False
    edge = np.searchsorted(edges.row, row)
    is_one = edge < len(edges.row) and edges.row[edge] == row
    return bool(is_one and edges.after_s[edge] < walk.look_ahead_s - edges.level_s[edge])


@inlined
def follow(
    found: Found, found_count: int, track: int, edges: Edges, watch: Watch, s: int, alerts: Floats, count: int
) -> int:
    """Write the alerts of a track and set behind the first `count`, and return how many there are now.

    There must be room for one alert for each plot that was found. From every hit on the plots are followed until the
    track is at rest again.
    """
    of_set, marked = watch.sets[s], watch.marked
    if watch.track_excluded[of_set.track_excluded, track] or watch.track_allowed[track]:
        return count
    rules = _rules(of_set)
    walk = Walk(
        marked.time_s,
        marked.code,
        marked.first_row[track + 1],
        watch.verdict[of_set.verdict],
        watch.joined,
        marked.track_start_s[track],
        of_set.minimum_track_age_s,
        found,
        found_count,
        edges,
        of_set.look_ahead_s,
    )
    j = 0
    while j < found_count:
        row = found.row[j]
        if not found.violation_s[j] <= rules.warning_time_s or _stands(walk, row) != JUDGED:
            j += 1
            continue
        one, at_rest_again = at_rest(), False
        while row < walk.end_row and not at_rest_again:
            violation_s, hold_violation_s, undecided, severe, bounded = np.inf, np.inf, False, False, int64(-1)
            if j < found_count and found.row[j] == row:
                violation_s, hold_violation_s = found.violation_s[j], found.hold_violation_s[j]
                undecided, severe, bounded = found.undecided[j], found.severe[j], int64(found.bounded[j])
                j += 1
            stands, time_s, before = _stands(walk, row), walk.time_s[row], one
            assessable = stands == JUDGED and not undecided and not _is_undecided(walk, row, violation_s)
            one, happened = advance(
                before,
                time_s,
                assessable,
                stands == BY_RULE,
                violation_s,
                hold_violation_s,
                np.nan,
                severe,
                0,
                rules,
            )
            if happened >> LOST & 1:
                alerts[count, END_S] = lost_when_s(before.last_plot_s, before.start_s, rules)
                count += 1
            if happened >> START & 1:
                alerts[count, TRACK], alerts[count, FIRST_CONFLICT_S] = track, one.first_conflict_s
                alerts[count, START_S], alerts[count, TIME_TO_VIOLATION_S] = time_s, violation_s
                alerts[count, BOUNDED], alerts[count, SEVERE] = bounded, severe
            if happened >> WORSE & 1:
                alerts[count, SEVERE] = True
            if happened >> CLEARED & 1 or happened >> NOT_JUDGED & 1:
                alerts[count, END_S] = time_s
                count += 1
            row += 1
            at_rest_again = rests(one.active, one.predicted_hits, rules)
        if one.active:
            lost_s = lost_when_s(one.last_plot_s, one.start_s, rules)
            alerts[count, END_S] = lost_s if lost_s <= watch.now_s else np.nan
            count += 1
    return count
