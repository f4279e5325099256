"""Plots in the order in which they may be judged: what comes late, twice or out of order is found and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.kernel_cache import njit
from safetynets.recordings.asterix.identity import identity_of

PlotColumns = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]

LATE_S = 5.0
"""A plot this much older than the newest is not judged any more (simulator default)."""
AHEAD_S = 60.0
AGREEING, AGREEING_OF_ONE = 5, 3
"""A time further ahead is not believed, nor the first of all, until so many plots in a row agree, or so many of one
aircraft (simulator defaults)."""
MOST_DOUBTED = 1_000

ACCEPTED, OUT_OF_ORDER, LATE, DUPLICATE, AHEAD, HELD = range(6)
COUNTS = ("accepted", "out of order", "late", "duplicate", "ahead of time")

NEWEST, FLOOR = range(2)


class Order:
    """Holds plots for `hold_s`, and gives them out by time.

    What is accepted depends on the order of arrival alone, not on when it is given out. A plot is late when a newer one
    of its aircraft has come and plots `hold_s` newer have; with `strict` when plots `hold_s` newer have come of any
    aircraft, so that all plots are given out in one order of time. Without an identity a plot belongs to no track.

    A wrong time must not make the right ones late. A plot more than `AHEAD_S` ahead of the newest, and the first of
    all, is held until `AGREEING` in a row, or `AGREEING_OF_ONE` of one aircraft, lie no more than that apart: then all
    that were held and agree count. A plot near the newest shows that the others are wrong, and they are left out as
    ahead of time. Nor does the first plot of an aircraft move the newest further than plots may be late.
    """

    def __init__(self, hold_s: float, *, strict: bool) -> None:
        self.hold_s, self.strict = hold_s, strict
        self.counts: Counter[str] = Counter()
        self._state = np.array([-np.inf, -np.inf])
        self._numbers: dict[int, int] = {}
        self._free: list[int] = []
        self._next = 0
        self._newest_s = np.empty(0)
        self._heard_s = np.empty(0)
        self._waiting: list[PlotColumns] = []
        self._doubted: PlotColumns | None = None
        self.steps_s: dict[int, list[float]] = {}
        """By source, how long the aircraft of the plots put last had not been heard."""

    @property
    def newest_s(self) -> float:
        """The time of the newest plot accepted, -inf before the first."""
        return float(self._state[NEWEST])

    @property
    def complete_s(self) -> float:
        """No plot older than this is accepted any more."""
        released_s = max(self.newest_s - self.hold_s, float(self._state[FLOOR]))
        return released_s if self.strict else released_s - LATE_S

    @property
    def identities(self) -> int:
        """How many identities there are places for."""
        return len(self._newest_s)

    @property
    def waiting(self) -> bool:
        """Whether any plot is held that would be judged with all that has come."""
        return bool(self._waiting) or (self._doubted is not None and self.newest_s == -np.inf)

    def put(self, parts: Sequence[PlotColumns], arrived_s: Floats) -> int:
        """Take the plots of some payloads, which arrived at these times; return how many were accepted."""
        self.steps_s = {}
        if not parts:
            return 0
        names = parts[0]
        plots = {name: np.concatenate([part[name] for part in parts]) for name in names} if len(parts) > 1 else parts[0]
        if len(parts) > 1:
            in_order = np.argsort(plots["payload"], kind="stable")
            plots = {name: column[in_order] for name, column in plots.items()}
        identity = identity_of(plots.__getitem__)
        named = identity >= 0
        if not named.all():
            self.counts["without identity"] += int((~named).sum())
            identity, plots = identity[named], {name: column[named] for name, column in plots.items()}
        if not len(identity):
            return 0
        plots["identity"], plots["key"] = identity, self._keys(identity)
        plots["arrived_s"] = arrived_s[plots["payload"]]
        return self._put(plots)

    def _put(self, plots: PlotColumns, *, believe: bool = False) -> int:
        """Decide on plots and on those that were held before them; return how many were accepted."""
        if self._doubted is not None:
            held, self._doubted = self._doubted, None
            plots = {name: np.concatenate([held[name], column]) for name, column in plots.items()}
        verdict = np.empty(len(plots["key"]), dtype=np.int8)
        step_s = np.empty(len(verdict))
        _accept(
            plots["key"],
            plots["time_s"],
            plots["arrived_s"],
            self._newest_s,
            self._heard_s,
            self._state,
            self.hold_s,
            self.strict,
            believe,
            verdict,
            step_s,
        )
        doubted = verdict == HELD
        if doubted.any():
            self._doubted = {name: column[doubted] for name, column in plots.items()}
        for name, count in zip(COUNTS, np.bincount(verdict, minlength=len(COUNTS)).tolist(), strict=False):
            self.counts[name] += count
        known = np.isfinite(step_s)
        source, step_s = plots["source"][known], step_s[known]
        self.steps_s = {one: step_s[source == one].tolist() for one in np.unique(source).tolist()}
        kept = verdict <= OUT_OF_ORDER
        accepted = int(kept.sum())
        if accepted:
            self._waiting.append({name: column[kept] for name, column in plots.items()} | {"verdict": verdict[kept]})
        return accepted

    def close(self, time_s: float) -> None:
        """Accept no plot any more that is older than this by more than plots may be late."""
        self._state[FLOOR] = max(self._state[FLOOR], time_s)

    def take(self, *, everything: bool = False) -> PlotColumns | None:
        """The plots that are due, by time; with `everything` all, and what is older than they are is late from now.

        With `everything` the first plots of all are believed, if no more than these have come.
        """
        if everything and self.waiting and self._doubted is not None and self.newest_s == -np.inf:
            self._put({name: column[:0] for name, column in self._doubted.items()}, believe=True)
        if not self._waiting:
            return None
        if everything:
            self._state[FLOOR] = max(self._state[FLOOR], self.newest_s)
        names = self._waiting[0]
        plots = {name: np.concatenate([part[name] for part in self._waiting]) for name in names}
        self._waiting = []
        due_s = max(self.newest_s - self.hold_s, float(self._state[FLOOR]))
        if self.hold_s > 0.0:
            due = plots["time_s"] <= due_s
            if not due.all():
                self._waiting = [{name: column[~due] for name, column in plots.items()}]
                plots = {name: column[due] for name, column in plots.items()}
        order = np.lexsort((plots["time_s"], plots["key"]))
        key, time_s = plots["key"][order], plots["time_s"][order]
        again = np.zeros(len(key), dtype=np.bool_)
        again[1:] = (key[1:] == key[:-1]) & (time_s[1:] == time_s[:-1])
        if again.any():
            for number, count in enumerate(np.bincount(plots["verdict"][order[again]], minlength=2).tolist()):
                self.counts[COUNTS[number]] -= count
            self.counts["duplicate"] += int(again.sum())
            order = np.sort(order[~again])
            plots = {name: column[order] for name, column in plots.items()}
        in_time = np.argsort(plots["time_s"], kind="stable")
        return {name: column[in_time] for name, column in plots.items()}

    def forget(self, before_s: float) -> NDArray[np.int32]:
        """Forget the identities without a plot since then; their numbers, which others may get."""
        gone = {number for number in self._numbers.values() if self._newest_s[number] < before_s}
        held = [*self._waiting, *([] if self._doubted is None else [self._doubted])]
        gone.difference_update(*(part["key"].tolist() for part in held))
        self._numbers = {identity: number for identity, number in self._numbers.items() if number not in gone}
        numbers = np.array(sorted(gone), dtype=np.int32)
        self._newest_s[numbers], self._heard_s[numbers] = -np.inf, np.nan
        self._free += numbers.tolist()
        return numbers

    def _keys(self, identity: NDArray[np.int64]) -> NDArray[np.int32]:
        """The number of each identity, in the order in which they were first met."""
        numbers, wanted = self._numbers, identity.tolist()
        for one in wanted:
            if one not in numbers:
                numbers[one] = self._free.pop() if self._free else self._next
                self._next = max(self._next, numbers[one] + 1)
        more = self._next - len(self._newest_s)
        if more > 0:
            more = max(more, 256, len(self._newest_s))
            self._newest_s = np.concatenate([self._newest_s, np.full(more, -np.inf)])
            self._heard_s = np.concatenate([self._heard_s, np.full(more, np.nan)])
        return np.array([numbers[one] for one in wanted], dtype=np.int32)


@njit(cache=True, nogil=True)
def _accept(
    key: NDArray[np.int32],
    time_s: Floats,
    arrived_s: Floats,
    newest_s: Floats,
    heard_s: Floats,
    state: Floats,
    hold_s: float,
    strict: bool,
    believe: bool,
    verdict: NDArray[np.int8],
    step_s: Floats,
) -> None:
    """Decide plot by plot, in the order of arrival, and write how long each identity was not heard before."""
    doubted = np.empty(MOST_DOUBTED, dtype=np.int64)
    count = 0
    for i in range(len(key)):
        t = time_s[i]
        step_s[i] = arrived_s[i] - heard_s[key[i]]
        if t <= state[NEWEST] + AHEAD_S:
            if t >= state[NEWEST] - AHEAD_S:
                for j in doubted[:count]:
                    verdict[j] = AHEAD
                count = 0
            _decide(i, key, t, arrived_s, newest_s, heard_s, state, hold_s, strict, False, verdict)
            continue
        if count == MOST_DOUBTED:
            verdict[doubted[0]] = AHEAD
            doubted[:-1] = doubted[1:].copy()
            count -= 1
        verdict[i], doubted[count] = HELD, i
        count += 1
        from_s = _agreed_from_s(doubted[:count], key, time_s)
        if from_s > -np.inf:
            _believe(
                doubted[:count], from_s, t, key, time_s, arrived_s, newest_s, heard_s, state, hold_s, strict, verdict
            )
            count = 0
    if believe and count > 0 and state[NEWEST] == -np.inf:
        t = time_s[doubted[count - 1]]
        from_s = t
        for j in doubted[:count]:
            if abs(time_s[j] - t) <= AHEAD_S:
                from_s = min(from_s, time_s[j])
        _believe(doubted[:count], from_s, t, key, time_s, arrived_s, newest_s, heard_s, state, hold_s, strict, verdict)


@njit(cache=True, nogil=True)
def _agreed_from_s(doubted: NDArray[np.int64], key: NDArray[np.int32], time_s: Floats) -> float:
    """The time of the first of the plots that agree with the last of those that are held; -inf where too few do."""
    last = doubted[-1]
    row, row_s, from_s = 1, time_s[last], time_s[last]
    of_one, of_one_s = 1, time_s[last]
    unbroken = True
    for place in range(len(doubted) - 2, -1, -1):
        j = doubted[place]
        t = time_s[j]
        unbroken = unbroken and abs(t - row_s) <= AHEAD_S
        if unbroken:
            row, row_s, from_s = row + 1, t, min(from_s, t)
            if row == AGREEING:
                return float(from_s)
        if key[j] == key[last] and 0.0 < of_one_s - t <= AHEAD_S:
            of_one, of_one_s = of_one + 1, t
            if of_one == AGREEING_OF_ONE:
                return float(of_one_s)
    return -np.inf


@njit(cache=True, nogil=True)
def _believe(
    doubted: NDArray[np.int64],
    from_s: float,
    to_s: float,
    key: NDArray[np.int32],
    time_s: Floats,
    arrived_s: Floats,
    newest_s: Floats,
    heard_s: Floats,
    state: Floats,
    hold_s: float,
    strict: bool,
    verdict: NDArray[np.int8],
) -> None:
    """The plots that were held and lie in a span count; the others have a wrong time."""
    state[NEWEST] = from_s
    for j in doubted:
        t = time_s[j]
        if from_s - LATE_S <= t <= to_s + AHEAD_S:
            _decide(int(j), key, t, arrived_s, newest_s, heard_s, state, hold_s, strict, True, verdict)
        else:
            verdict[j] = AHEAD


@njit(cache=True, nogil=True)
def _decide(
    i: int,
    key: NDArray[np.int32],
    t: float,
    arrived_s: Floats,
    newest_s: Floats,
    heard_s: Floats,
    state: Floats,
    hold_s: float,
    strict: bool,
    believed: bool,
    verdict: NDArray[np.int8],
) -> None:
    """Decide on a plot whose time is not doubted."""
    k = key[i]
    due_s = max(state[NEWEST] - hold_s, state[FLOOR])
    if t < due_s - LATE_S or t < (due_s if strict else min(newest_s[k], due_s)):
        verdict[i] = LATE
        return
    if t == newest_s[k]:
        verdict[i] = DUPLICATE
        return
    verdict[i] = OUT_OF_ORDER if t < newest_s[k] else ACCEPTED
    if believed or newest_s[k] > -np.inf or t <= state[NEWEST] + (hold_s if strict else LATE_S):
        state[NEWEST] = max(state[NEWEST], t)
    newest_s[k] = max(newest_s[k], t)
    heard_s[k] = arrived_s[i]
