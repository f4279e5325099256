"""From what a parameter set finds for the kept plots to its alerts: the walk from a hit to rest, and arbitration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.lifecycle import (
    CLEARED,
    EVENTS_PER_PLOT,
    EXCLUDED,
    LOST,
    START,
    WORSE,
    Events,
    Memory,
    Rules,
    is_at_rest,
    lost_at_s,
    step,
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
def standing(row: int, track: int, marked: Marked, rule: Rule) -> int:
    """Whether a net judges a plot: `JUDGED`, `UNUSABLE` or `BY_RULE`."""
    if marked.time_s[row] - marked.track_start_s[track] < rule.minimum_track_age_s:
        return UNUSABLE
    verdict = rule.verdict[marked.code[row]]
    if verdict in (UNUSABLE, BY_RULE):
        return int(verdict)
    if rule.track_excluded[track]:
        return BY_RULE
    if verdict == UNUSABLE_AT_LAST:
        return UNUSABLE
    if rule.track_allowed[track] or (len(rule.joined) > 0 and not rule.joined[row]):
        return BY_RULE
    return JUDGED


@njit(cache=True, nogil=True)
def standings(from_row: int, track: NDArray[np.int32], marked: Marked, rule: Rule, result: NDArray[np.uint8]) -> None:
    """`standing` of consecutive plots from a row on."""
    for j in range(len(track)):
        result[j] = standing(from_row + j, track[j], marked, rule)


class Alerts(NamedTuple):
    """Alerts of one net and group, one row each; an end of NaN is still to come."""

    track: NDArray[np.int32]
    first_conflict_s: Floats
    start_s: Floats
    end_s: Floats
    time_to_violation_s: Floats
    severe: NDArray[np.bool_]


@njit(cache=True)
def _one_track() -> Memory:
    return Memory(
        np.zeros(1, np.bool_),
        np.zeros(1, np.bool_),
        np.full(1, np.nan),
        np.full(1, np.nan),
        np.full(1, np.nan),
        np.full(1, np.nan),
        np.full(1, np.nan),
        np.full(1, np.nan),
        np.zeros(1, np.int32),
        np.zeros(1, np.int64),
        np.zeros(1, np.int64),
    )


@njit(cache=True)
def _room_for_events() -> Events:
    return Events(
        np.empty(EVENTS_PER_PLOT, np.int64),
        np.empty(EVENTS_PER_PLOT, np.int32),
        np.empty(EVENTS_PER_PLOT, np.int8),
        np.empty(EVENTS_PER_PLOT),
        np.empty(EVENTS_PER_PLOT),
        np.empty(EVENTS_PER_PLOT),
    )


@njit(cache=True, nogil=True)
def follow(
    kept_row: NDArray[np.int64],
    kept_track: NDArray[np.int32],
    violation_s: Floats,
    hold_violation_s: Floats,
    undecided: NDArray[np.bool_],
    severe: NDArray[np.bool_],
    marked: Marked,
    rule: Rule,
    rules: Rules,
    now_s: float,
) -> Alerts:
    """The alerts of one net and group: at every hit the plots of its track are followed until it is at rest again."""
    most = 0
    for q in range(len(kept_row)):
        most += violation_s[q] <= rules.warning_time_s
    alerts = Alerts(
        np.empty(most, np.int32),
        np.empty(most),
        np.empty(most),
        np.empty(most),
        np.empty(most),
        np.empty(most, np.bool_),
    )
    count = 0
    memory, events = _one_track(), _room_for_events()
    q = 0
    while q < len(kept_row):
        track = kept_track[q]
        is_hit = violation_s[q] <= rules.warning_time_s and not undecided[q]
        if not is_hit or standing(kept_row[q], track, marked, rule) != JUDGED:
            q += 1
            continue
        memory.last_plot_s[0] = np.nan
        row = kept_row[q]
        end_row = marked.first_row[track + 1]
        while row < end_row:
            t, hold_s, severe_now, stands = np.inf, np.inf, False, standing(row, track, marked, rule)
            if q < len(kept_row) and kept_row[q] == row:
                t, hold_s, severe_now = violation_s[q], hold_violation_s[q], severe[q]
                if stands == JUDGED and undecided[q]:
                    stands = UNUSABLE
                q += 1
            happened = step(
                row,
                0,
                marked.time_s[row],
                stands == JUDGED,
                stands == BY_RULE,
                t,
                hold_s,
                np.inf,
                severe_now,
                rules,
                memory,
                events,
                0,
            )
            for e in range(happened):
                what = events.what[e]
                if what == START:
                    alerts.track[count], alerts.start_s[count] = track, events.time_s[e]
                    alerts.end_s[count], alerts.time_to_violation_s[count] = np.nan, t
                    alerts.first_conflict_s[count], alerts.severe[count] = events.first_conflict_s[e], severe_now
                    count += 1
                elif what == WORSE:
                    alerts.severe[count - 1] = True
                elif what in (CLEARED, EXCLUDED, LOST):
                    alerts.end_s[count - 1] = events.time_s[e]
            row += 1
            if is_at_rest(0, rules, memory):
                break
        if memory.active[0] and lost_at_s(0, rules, memory) <= now_s:
            alerts.end_s[count - 1] = lost_at_s(0, rules, memory)
        _forget(memory)
    return Alerts(
        alerts.track[:count],
        alerts.first_conflict_s[:count],
        alerts.start_s[:count],
        alerts.end_s[:count],
        alerts.time_to_violation_s[:count],
        alerts.severe[:count],
    )


@njit(cache=True)
def _forget(memory: Memory) -> None:
    memory.active[0], memory.severe[0] = False, False
    memory.first_conflict_s[0] = np.nan
    memory.clear[0], memory.current_hits[0], memory.predicted_hits[0] = 0, 0, 0


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
