"""Every reachable state of `advance`: what is fed to it, how a state is written down, and the search itself.

A state is the memory of a track as the kernel returns it, with all times relative to the last plot, and beside it what
an observer noted who sees only the plots and the events. Properties are checked against the observer, never against
the memory alone.

The search is exhaustive because the abstraction changes nothing: ages are counted only up to the parameter that they
are compared with, counters up to theirs, and bits of hits beyond the longest window are cut off. `test_lifecycle.py`
compares long random lives with and without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from safetynets.engine.kernels import lifecycle
from safetynets.engine.kernels.lifecycle import Memory, Rules, advance, of_track, remember
from safetynets.kernel_cache import njit

JUDGED, EXCLUDED, NOT_ASSESSABLE = range(3)
SORTS = "judged", "excluded", "not assessable"
HIT_MARGIN_FT, OTHER_MARGIN_FT, WORST_BEFORE_FT = -50.0, 200.0, 100.0
CHUNK = 400_000


class Plots(NamedTuple):
    """What a plot may be: seconds since the last one, its sort, times to violation and to holding, severity, phase."""

    spacing_s: np.ndarray
    sort: np.ndarray
    violation_s: np.ndarray
    hold_s: np.ndarray
    severe: np.ndarray
    phase: np.ndarray


class Seen(NamedTuple):
    """What an observer of plots and events notes; ages and counters go up to the parameters they matter for."""

    alert: np.ndarray
    severe: np.ndarray
    phase: np.ndarray
    age_s: np.ndarray
    unjudged_s: np.ndarray
    announced_s: np.ndarray
    clear_run: np.ndarray
    hits_now: np.ndarray
    hits_predicted: np.ndarray


def rules_of(**changed: float) -> Rules:
    """The shipped lifecycle with some parameters changed."""
    from safetynets.engine.lifecycle import rules_of as of
    from safetynets.sites.parameters import Lifecycle

    return of(Lifecycle(**changed))


def plots_of(rules: Rules, spacings_s: Sequence[float]) -> Plots:
    """Every sort of plot, one for each outcome of the comparisons of `advance`, at each of the spacings.

    Times to violation stand on both sides of every threshold, and on it.
    """
    warning_s, held_s = rules.warning_time_s, rules.warning_time_s + rules.hysteresis_s
    conflict_s = {0.0, 3.0, 5.0, 20.0, rules.imminent_s, rules.imminent_s + 1.0, warning_s}
    pairs = [(time_s, time_s) for time_s in sorted(conflict_s) if time_s <= warning_s]
    pairs += [
        (warning_s + 1.0, warning_s + 1.0),
        (math.inf, 0.0),
        (math.inf, held_s),
        (math.inf, held_s + 1.0),
        (math.inf, math.inf),
    ]
    sorts = [(JUDGED, *pair, severe, phase) for pair in pairs for severe in (False, True) for phase in (0, 1)]
    sorts += [(sort, math.inf, math.inf, False, 0) for sort in (EXCLUDED, NOT_ASSESSABLE)]
    return Plots(*(np.array(column) for column in zip(*((s, *one) for s in spacings_s for one in sorts), strict=True)))


@njit()
def advance_all(before, time_s, assessable, excluded, violation_s, hold_s, margin_ft, severe, phase, rules, after):
    """`advance` for each row: the memory after the plot into `after`, and what happened."""
    happened = np.empty(len(time_s), dtype=np.int64)
    for i in range(len(time_s)):
        one, happened[i] = advance(
            of_track(before, i),
            time_s[i],
            assessable[i],
            excluded[i],
            violation_s[i],
            hold_s[i],
            margin_ft[i],
            severe[i],
            phase[i],
            rules,
        )
        remember(after, i, one)
    return happened


def advance_all_with(module: dict[str, Any]) -> Callable[..., np.ndarray]:
    """The same loop over another `advance`, uncompiled: for mutants."""

    def over(before, time_s, assessable, excluded, violation_s, hold_s, margin_ft, severe, phase, rules, after):
        happened = np.empty(len(time_s), dtype=np.int64)
        lists = [column.tolist() for column in (time_s, assessable, excluded, violation_s, hold_s, margin_ft, severe)]
        rows = zip(*(column.tolist() for column in before), strict=True)
        out = []
        for i, (row, *plot) in enumerate(zip(rows, *lists, phase.tolist(), strict=True)):
            one, happened[i] = module["advance"](lifecycle.OneTrack(*row), *plot, rules)
            out.append(one)
        for column, values in zip(after, zip(*out, strict=True), strict=True):
            column[:] = values
        return happened

    return over


def allocate(count: int) -> Memory:
    """Room for the memories of so many tracks."""
    from safetynets.engine.lifecycle import forget_all

    return forget_all(count)


class Coding:
    """States as whole numbers: each field in its own range, so that equal states have equal codes."""

    def __init__(self, rules: Rules, plots: Plots) -> None:
        self.rules = rules
        self.announced_s = np.unique(plots.violation_s[plots.violation_s <= rules.warning_time_s])
        self.window = max(rules.current_n, rules.predicted_n)
        self.age_cap = int(rules.minimum_duration_s)
        self.unjudged_cap = int(rules.not_assessable_s)
        announced, bits = len(self.announced_s) + 1, 1 << self.window
        self.sizes = [2, 2, self.age_cap + 2, 2, self.unjudged_cap + 2, announced, 2, rules.clear_n + 1, bits, bits]
        self.sizes += [2, 2, 2, self.age_cap + 2, self.unjudged_cap + 2, announced, rules.clear_n + 1, bits, bits, 2]
        if math.prod(self.sizes) >= 1 << 62:
            raise ValueError("the states do not fit into 62 bits: smaller windows, durations or counts")

    def encode(self, one: Memory, seen: Seen, begun: np.ndarray) -> np.ndarray:
        """The codes of states, whose times are relative to the last plot."""
        bits = (1 << self.window) - 1
        active, alert = one.active, seen.alert
        columns = [
            active,
            one.severe,
            np.where(active, self._age(-one.start_s, self.age_cap), 0),
            np.isfinite(one.first_conflict_s),
            np.where(active, self._age(-one.last_judged_s, self.unjudged_cap), 0),
            np.where(active, self._announced(one.announced_s), 0),
            np.where(active, one.phase, 0),
            np.minimum(one.clear, self.rules.clear_n),
            one.current_hits & bits,
            one.predicted_hits & bits,
            alert,
            seen.severe,
            np.where(alert, seen.phase, 0),
            np.where(alert, self._age(seen.age_s, self.age_cap), 0),
            np.where(alert, self._age(seen.unjudged_s, self.unjudged_cap), 0),
            np.where(alert, self._announced(seen.announced_s), 0),
            np.minimum(seen.clear_run, self.rules.clear_n),
            seen.hits_now & bits,
            seen.hits_predicted & bits,
            begun,
        ]
        code = np.zeros(len(active), dtype=np.int64)
        for column, size in zip(columns, self.sizes, strict=True):
            code = code * size + column.astype(np.int64)
        return code

    def decode(self, code: np.ndarray) -> tuple[Memory, Seen, np.ndarray]:
        """The states of codes."""
        columns: list[np.ndarray] = []
        for size in reversed(self.sizes):
            columns.insert(0, code % size)
            code = code // size
        active, severe, start, first, judged, announced, phase, clear, current, predicted = columns[:10]
        on = active.astype(bool)
        begun = columns[19].astype(bool)
        memory = Memory(
            active=on,
            severe=severe.astype(bool),
            start_s=self._time(start),
            first_conflict_s=np.where(first, np.where(on, self._time(start), 0.0), np.nan),
            last_plot_s=np.where(begun, 0.0, np.nan),
            last_judged_s=self._time(judged),
            announced_s=self._value(announced),
            worst_margin_ft=np.where(on, WORST_BEFORE_FT, np.nan),
            phase=phase,
            clear=clear,
            current_hits=current,
            predicted_hits=predicted,
        )
        alert, said_severe, said_phase, age, unjudged, said, run, hits_now, hits_predicted = columns[10:19]
        seen = Seen(
            alert.astype(bool),
            said_severe.astype(bool),
            said_phase,
            -self._time(age),
            -self._time(unjudged),
            self._value(said),
            run,
            hits_now,
            hits_predicted,
        )
        return memory, seen, begun

    def _age(self, age_s: np.ndarray, cap: int) -> np.ndarray:
        return np.where(np.isnan(age_s), 0, np.minimum(np.nan_to_num(age_s), cap) + 1).astype(np.int64)

    def _time(self, age: np.ndarray) -> np.ndarray:
        return np.where(age > 0, -(age - 1.0), np.nan)

    def _announced(self, time_s: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(time_s), 0, np.searchsorted(self.announced_s, time_s) + 1)

    def _value(self, code: np.ndarray) -> np.ndarray:
        return np.where(code > 0, np.append(np.nan, self.announced_s)[code], np.nan)


def step(memory: Memory, seen: Seen, plots: Plots, rules: Rules, over: Callable[..., np.ndarray]) -> SimpleNamespace:
    """One plot for each row: everything the properties speak about. Times are relative to the plot before."""
    judged, excluded = plots.sort == JUDGED, plots.sort == EXCLUDED
    predicted = judged & (plots.violation_s <= rules.warning_time_s)
    margin_ft = np.where(predicted, HIT_MARGIN_FT, OTHER_MARGIN_FT)
    after = allocate(len(judged))
    happened = over(
        memory,
        plots.spacing_s,
        judged,
        excluded,
        plots.violation_s,
        plots.hold_s,
        margin_ft,
        plots.severe,
        plots.phase,
        rules,
        after,
    )
    event = {
        name.lower(): (happened >> getattr(lifecycle, name) & 1).astype(bool)
        for name in ("START", "REANNOUNCED", "WORSE", "RENAMED", "CLEARED", "NOT_JUDGED", "LOST")
    }
    not_judged = event.pop("not_judged")
    unassessed = plots.sort == NOT_ASSESSABLE
    event |= {"excluded": not_judged & ~unassessed, "unjudged": not_judged & unassessed}
    # What the observer knows without asking the kernel.
    gap = plots.spacing_s > rules.max_gap_s
    age_s, unjudged_s = seen.age_s + plots.spacing_s, seen.unjudged_s + plots.spacing_s
    lost_now = seen.alert & (plots.spacing_s >= rules.track_lost_s) & (age_s >= rules.minimum_duration_s)
    forgets = gap | lost_now
    hits_now, hits_predicted = np.where(forgets, 0, seen.hits_now), np.where(forgets, 0, seen.hits_predicted)
    hits_now = np.where(judged, hits_now << 1 | (plots.violation_s == 0.0), hits_now)
    hits_predicted = np.where(judged, hits_predicted << 1 | predicted, hits_predicted)
    hits_now, hits_predicted = np.where(excluded, 0, hits_now), np.where(excluded, 0, hits_predicted)
    confirmed = predicted & (
        (ones(hits_now, rules.current_n) >= rules.current_m)
        | (ones(hits_predicted, rules.predicted_n) >= rules.predicted_m)
        | ((rules.imminent_s > 0.0) & (plots.violation_s <= rules.imminent_s))
    )
    is_clear = judged & (plots.hold_s > rules.warning_time_s + rules.hysteresis_s)
    clear_run = np.where(forgets | excluded, 0, seen.clear_run)
    clear_run = np.where(judged, np.where(is_clear, clear_run + 1, 0), clear_run)
    # What the events say.
    alert = seen.alert & ~event["lost"]
    old_enough = alert & (age_s >= rules.minimum_duration_s)
    after_alert = (alert | event["start"]) & ~event["cleared"] & ~not_judged
    new = event["start"]
    says = new | event["reannounced"] | event["renamed"]
    over_now = seen.alert & ~after_alert
    seen_after = Seen(
        alert=after_alert,
        severe=after_alert & (np.where(new, plots.severe, seen.severe) | event["worse"]),
        phase=np.where(new | event["renamed"], plots.phase, seen.phase),
        age_s=np.where(new, 0.0, age_s),
        unjudged_s=np.where(judged, 0.0, unjudged_s),
        announced_s=np.where(says, plots.violation_s, seen.announced_s),
        clear_run=np.where(after_alert & ~new, clear_run, 0),
        hits_now=np.where(over_now & ~lost_now, 0, hits_now),
        hits_predicted=np.where(over_now & ~lost_now, 0, hits_predicted),
    )
    return SimpleNamespace(
        rules=rules,
        plot=plots,
        judged=judged,
        excluded=excluded,
        unassessed=unassessed,
        predicted=predicted,
        confirmed=confirmed,
        is_clear=is_clear,
        clear_run=clear_run,
        gap=gap,
        age_s=age_s,
        unjudged_s=unjudged_s,
        lost_now=lost_now,
        alert=alert,
        old_enough=old_enough,
        margin_ft=margin_ft,
        memory=memory,
        seen=seen,
        after=after,
        seen_after=seen_after,
        events=event,
        happened=happened,
        **event_names(event),
    )


def event_names(event: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The events under the names that the properties use."""
    return {
        "starts": event["start"],
        "cleared": event["cleared"],
        "ends_excluded": event["excluded"],
        "ends_unjudged": event["unjudged"],
        "lost": event["lost"],
        "worsens": event["worse"],
        "renamed": event["renamed"],
        "reannounced": event["reannounced"],
    }


def ones(hits: np.ndarray, n: int) -> np.ndarray:
    """How many of the last n bits are set."""
    return np.bitwise_count(hits & ((1 << n) - 1)).astype(np.int64)


def relative(memory: Memory, spacing_s: np.ndarray) -> Memory:
    """The memory with its times relative to the plot that came `spacing_s` later."""
    times = ("start_s", "first_conflict_s", "last_plot_s", "last_judged_s")
    return memory._replace(**{name: getattr(memory, name) - spacing_s for name in times})


@dataclass
class CounterExample:
    """The shortest life that breaks a property."""

    says: str
    plots: list[dict[str, Any]]


@dataclass
class Explored:
    """What a search found."""

    rules: Rules
    states: int
    transitions: int
    broken: dict[str, int]
    counter_example: CounterExample | None
    memory: Memory
    edges: np.ndarray
    """How many transitions from group i by `WHAT[j]` to group k; none where no groups are given."""

    @property
    def violations(self) -> int:
        """How often a property was broken."""
        return sum(self.broken.values())


def explore(
    rules: Rules,
    spacings_s: Sequence[float],
    properties: Sequence[Any],
    over: Callable[..., np.ndarray] = advance_all,
    *,
    stop_at_the_first: bool = False,
    group_of: Callable[[Memory, Rules], np.ndarray] | None = None,
    groups: int = 0,
) -> Explored:
    """Follow every plot from every reachable state, breadth first, and check every property at each step."""
    plots = plots_of(rules, spacings_s)
    coding = Coding(rules, plots)
    width = len(plots.sort)
    start = coding.encode(allocate(1), nothing_seen(1), np.zeros(1, dtype=bool))
    known, parents = [start], [np.full(1, -1, dtype=np.int64)]
    visited, frontier, first_of_frontier = start.copy(), start, 0
    transitions, broken_plots = 0, dict.fromkeys((each.says for each in properties), 0)
    found: CounterExample | None = None
    edges = np.zeros((groups, len(WHAT), groups), dtype=np.int64)
    while len(frontier) and not (found and stop_at_the_first):
        reached, origins = [], []
        for begin in range(0, len(frontier), max(1, CHUNK // width)):
            part = frontier[begin : begin + max(1, CHUNK // width)]
            memory, seen, _ = coding.decode(np.repeat(part, width))
            here = Plots(*(np.tile(column, len(part)) for column in plots))
            t = step(memory, seen, here, rules, over)
            transitions += len(here.sort)
            for each in properties:
                broken = each.broken(t)
                count = int(np.count_nonzero(broken))
                broken_plots[each.says] += count
                if count and found is None:
                    row = int(np.argmax(broken))
                    state = first_of_frontier + begin + row // width
                    found = CounterExample(each.says, _life(known, parents, state, row % width, coding, plots, over))
            after = relative(t.after, here.spacing_s)
            if group_of is not None:
                count_edges(edges, group_of(memory, rules), group_of(after, rules), t)
            codes, first = np.unique(
                coding.encode(after, t.seen_after, np.ones(len(here.sort), dtype=bool)), return_index=True
            )
            reached.append(codes)
            origins.append((first_of_frontier + begin) * width + first)
        codes, first = np.unique(np.concatenate(reached), return_index=True)
        place = np.minimum(np.searchsorted(visited, codes), len(visited) - 1)
        new = visited[place] != codes
        first_of_frontier += len(frontier)
        frontier = codes[new]
        known.append(frontier)
        parents.append(np.concatenate(origins)[first][new])
        visited = np.union1d(visited, frontier)
    memory = coding.decode(visited)[0]
    return Explored(rules, len(visited), transitions, broken_plots, found, memory, edges)


def nothing_seen(count: int) -> Seen:
    """What the observer knows before the first plot."""
    no, unknown, zero = np.zeros(count, dtype=bool), np.full(count, np.nan), np.zeros(count, dtype=np.int64)
    return Seen(no, no, zero, unknown, unknown, unknown, zero, zero, zero)


WHAT = ("", "worsens", "starts", "cleared", "ends_excluded", "ends_unjudged", "lost")
"""What leads from one group of states to another; of several at one plot the last."""


def count_edges(counts: np.ndarray, before: np.ndarray, after: np.ndarray, t: SimpleNamespace) -> None:
    """Count the transitions between groups of states, by what happened."""
    what = np.zeros(len(before), dtype=np.int64)
    for number, name in enumerate(WHAT[1:], 1):
        what[getattr(t, name)] = number
    groups = counts.shape[0]
    codes = (before * len(WHAT) + what) * groups + after
    counts += np.bincount(codes, minlength=counts.size).reshape(counts.shape)


def _life(
    known: list[np.ndarray],
    parents: list[np.ndarray],
    state: int,
    last: int,
    coding: Coding,
    plots: Plots,
    over: Callable[..., np.ndarray],
) -> list[dict[str, Any]]:
    """The plots from the first on that lead through a state to the plot that breaks a property."""
    codes, origins = np.concatenate(known), np.concatenate(parents)
    steps = [(state, last)]
    while origins[state] >= 0:
        state, plot = divmod(int(origins[state]), len(plots.sort))
        steps.append((state, plot))
    life, time_s = [], 0.0
    for state, plot in reversed(steps):
        one = Plots(*(column[plot : plot + 1] for column in plots))
        memory, seen, _ = coding.decode(codes[state : state + 1])
        t = step(memory, seen, one, coding.rules, over)
        time_s += float(one.spacing_s[0]) if life else 0.0
        life.append(
            {
                "time_s": time_s,
                "sort": SORTS[int(one.sort[0])],
                "violation_s": float(one.violation_s[0]),
                "hold_s": float(one.hold_s[0]),
                "severe": bool(one.severe[0]),
                "phase": int(one.phase[0]),
                "events": [name for name, happens in t.events.items() if happens[0]],
                "active": bool(t.after.active[0]),
            }
        )
    return life
