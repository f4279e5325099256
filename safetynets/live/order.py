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
AHEAD_PLOTS = 10
"""A plot further ahead of the newest is a wrong time, unless so many in a row say about it (simulator defaults)."""

ACCEPTED, OUT_OF_ORDER, LATE, DUPLICATE, AHEAD = range(5)
COUNTS = ("accepted", "out of order", "late", "duplicate", "ahead of time")

NEWEST, STREAK, FLOOR, CLAIMED = range(4)


class Order:
    """Holds plots for `hold_s`, and gives them out by time.

    What is accepted depends on the order of arrival alone, not on when it is given out. A plot is late when a newer one
    of its aircraft has come and plots `hold_s` newer have; with `strict` when plots `hold_s` newer have come of any
    aircraft, so that all plots are given out in one order of time. Without an identity a plot belongs to no track.
    """

    def __init__(self, hold_s: float, *, strict: bool) -> None:
        self.hold_s, self.strict = hold_s, strict
        self.counts: Counter[str] = Counter()
        self._state = np.array([-np.inf, 0.0, -np.inf, -np.inf])
        self._numbers: dict[int, int] = {}
        self._free: list[int] = []
        self._next = 0
        self._newest_s = np.empty(0)
        self._heard_s = np.empty(0)
        self._waiting: list[PlotColumns] = []
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
        """Whether any plot is held."""
        return bool(self._waiting)

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
        verdict = np.empty(len(identity), dtype=np.int8)
        step_s = np.empty(len(identity))
        _accept(
            plots["key"],
            plots["time_s"],
            plots["arrived_s"],
            self._newest_s,
            self._heard_s,
            self._state,
            self.hold_s,
            self.strict,
            verdict,
            step_s,
        )
        for number, count in enumerate(np.bincount(verdict, minlength=len(COUNTS)).tolist()):
            self.counts[COUNTS[number]] += count
        known = np.isfinite(step_s)
        source, step_s = plots["source"][known], step_s[known]
        self.steps_s = {one: step_s[source == one].tolist() for one in np.unique(source).tolist()}
        kept = verdict <= OUT_OF_ORDER
        accepted = int(kept.sum())
        plots["verdict"] = verdict
        if accepted:
            self._waiting.append({name: column[kept] for name, column in plots.items()})
        return accepted

    def close(self, time_s: float) -> None:
        """Accept no plot any more that is older than this by more than plots may be late."""
        self._state[FLOOR] = max(self._state[FLOOR], time_s)

    def take(self, *, everything: bool = False) -> PlotColumns | None:
        """The plots that are due, by time; with `everything` all, and what is older than they are is late from now."""
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
        if self._waiting:
            gone.difference_update(*(part["key"].tolist() for part in self._waiting))
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
    verdict: NDArray[np.int8],
    step_s: Floats,
) -> None:
    """Decide plot by plot, in the order of arrival, and write how long each identity was not heard before."""
    for i in range(len(key)):
        k, t = key[i], time_s[i]
        step_s[i] = arrived_s[i] - heard_s[k]
        if t > state[NEWEST] + AHEAD_S and state[NEWEST] > -np.inf:
            state[STREAK] = state[STREAK] + 1 if abs(t - state[CLAIMED]) <= AHEAD_S else 1
            state[CLAIMED] = t
            if state[STREAK] < AHEAD_PLOTS:
                verdict[i] = AHEAD
                continue
        state[STREAK] = 0
        due_s = max(state[NEWEST] - hold_s, state[FLOOR])
        if t < due_s - LATE_S or t < (due_s if strict else min(newest_s[k], due_s)):
            verdict[i] = LATE
            continue
        if t == newest_s[k]:
            verdict[i] = DUPLICATE
            continue
        verdict[i] = OUT_OF_ORDER if t < newest_s[k] else ACCEPTED
        newest_s[k] = max(newest_s[k], t)
        state[NEWEST] = max(state[NEWEST], t)
        heard_s[k] = arrived_s[i]
