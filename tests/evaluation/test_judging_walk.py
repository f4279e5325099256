"""The walk from a hit to the end of its alert, against the lifecycle that takes every plot."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.engine.kernels import lifecycle
from safetynets.engine.lifecycle import allocate_events
from safetynets.engine.study.kernels.follow import (
    BY_RULE,
    END_S,
    FIRST_CONFLICT_S,
    JUDGED,
    LIFECYCLE,
    OF_LIFECYCLE,
    SEVERE,
    START_S,
    TIME_TO_VIOLATION_S,
    UNUSABLE,
    Found,
    Marked,
    Watch,
    follow,
    no_edges,
)

PLOTS = 40
"""So many plots hold several alerts, with gaps and plots that are not judged before, in and after them."""


@st.composite
def lifecycles(draw: st.DrawFn) -> lifecycle.Rules:
    return lifecycle.Rules(
        current_m=draw(st.integers(1, 2)),
        current_n=draw(st.integers(2, 4)),
        predicted_m=draw(st.integers(1, 3)),
        predicted_n=draw(st.integers(3, 5)),
        warning_time_s=draw(st.sampled_from([0.0, 5.0, 20.0])),
        imminent_s=draw(st.sampled_from([0.0, 4.0])),
        max_gap_s=draw(st.sampled_from([4.0, 10.0, 40.0])),
        hysteresis_s=draw(st.sampled_from([0.0, 5.0])),
        clear_n=draw(st.integers(1, 3)),
        track_lost_s=draw(st.sampled_from([4.0, 15.0, 30.0])),
        not_assessable_s=draw(st.sampled_from([4.0, 9.0, 30.0])),
        minimum_duration_s=draw(st.sampled_from([0.0, 8.0, 30.0])),
        reannounce_ratio=0.5,
    )


def with_every_plot(rules, time_s, stands, undecided, violation_s, hold_violation_s, severe, now_s):
    """Rows of first conflict, start, end, time to violation and severity, as the lifecycle gives them plot by plot."""
    memory, count, events = lifecycle.at_rest(), 0, allocate_events(PLOTS * lifecycle.EVENTS_PER_PLOT)
    alerts = []
    for row in range(PLOTS):
        before, assessable = memory, bool(stands[row] == JUDGED and not undecided[row])
        found = float(violation_s[row]), float(hold_violation_s[row]), np.nan, bool(severe[row])
        memory, happened = lifecycle.advance(
            before, float(time_s[row]), assessable, bool(stands[row] == BY_RULE), *found, 0, rules
        )
        count = lifecycle.note(events, count, row, 0, 0, float(time_s[row]), before, memory, happened, rules)
    for e in range(count):
        row = events.row[e]
        if events.what[e] == lifecycle.START:
            alerts.append([events.first_conflict_s[e], time_s[row], np.nan, violation_s[row], severe[row]])
        elif events.what[e] == lifecycle.WORSE:
            alerts[-1][4] = True
        elif events.what[e] >= lifecycle.CLEARED:
            alerts[-1][2] = events.time_s[e]
    if memory.active:
        ended = allocate_events(1)
        lifecycle.note_end(ended, 0, 0, memory, float(now_s), rules)
        alerts[-1][2] = ended.time_s[0]
    return np.array(alerts, dtype=np.float64).reshape(-1, 5)


@settings(max_examples=100)
@given(rules=lifecycles(), seed=st.integers(0, 2**32 - 1))
def test_alerts_are_those_of_the_lifecycle_of_every_plot(rules, seed):
    random = np.random.default_rng(seed)
    time_s = 1000.0 + np.cumsum(random.choice([4.0, 4.0, 4.0, 12.0, 32.0], PLOTS))
    stands = random.choice([JUDGED] * 8 + [UNUSABLE, BY_RULE], PLOTS)
    in_conflict = np.repeat(random.random(PLOTS // 4) < 0.5, 4) ^ (random.random(PLOTS) < 0.15)
    violation_s = np.where(in_conflict, random.choice([0.0, 3.0, 12.0, 30.0], PLOTS), np.inf)
    hold_violation_s = np.where(random.random(PLOTS) < 0.3, 0.5 * np.minimum(violation_s, 40.0), violation_s)
    severe = random.random(PLOTS) < 0.2
    undecided = (violation_s == np.inf) & (random.random(PLOTS) < 0.2)
    now_s = time_s[-1] + random.choice([0.0, 10.0, 60.0])
    kept = np.flatnonzero((violation_s < np.inf) | (hold_violation_s < np.inf) | undecided)
    sets = np.zeros(1, dtype=LIFECYCLE)
    for name in OF_LIFECYCLE:
        sets[name] = getattr(rules, name)
    nobody = np.zeros(1, dtype=np.bool_)
    watch = Watch(
        marked=Marked(time_s, np.array([0, PLOTS]), time_s[:1], code=stands.astype(np.uint16)),
        verdict=np.arange(4, dtype=np.uint8)[np.newaxis],
        track_excluded=nobody[np.newaxis],
        track_allowed=nobody,
        joined=np.empty(0, dtype=np.bool_),
        sets=sets,
        now_s=now_s,
    )
    found = Found(
        kept, violation_s[kept], hold_violation_s[kept], undecided[kept], severe[kept], np.full(len(kept), -1)
    )
    alerts = np.empty((1 + len(kept), 7))
    count = follow(found, len(kept), 0, no_edges(), watch, 0, alerts, 0)
    wanted = with_every_plot(rules, time_s, stands, undecided, violation_s, hold_violation_s, severe, now_s)
    columns = [FIRST_CONFLICT_S, START_S, END_S, TIME_TO_VIOLATION_S, SEVERE]
    np.testing.assert_array_equal(alerts[:count, columns], wanted)
