"""How the monitor is: sources that are silent, too many alerts, too much to do, and everything that was counted."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

FIRST_PERIOD_S = 5.0
"""The update period of a source of which too little has been heard (simulator default)."""
SILENT_PERIODS = 1.5
"""A source is silent when its last message is this many of its periods old (simulator default)."""
STEPS = 400
"""Number of updates of aircraft over which the period of a source is taken."""
FEWEST_STEPS = 10
FEWEST_HEARD = 5
"""A source is watched once an aircraft of it was heard again, or it so often: random octets name sources that do not
exist (simulator default)."""
SHORTEST_PERIOD_S, LONGEST_PERIOD_S = 0.5, 60.0
MOST_ALERTS = 2_000
"""More alerts at a time are an overflow (simulator default)."""
BEHIND_S = 1.0
"""When what waits is older than this, the monitor is overloaded (simulator default)."""
CAUGHT_UP_S = 0.2
BUSY_SHARE, EASED_SHARE, BUSY_OVER_S = 0.9, 0.7, 0.5
"""Nor is it sure to keep up when judging takes such a share of its time, over so long (simulator defaults)."""
LATENCIES = 20_000


@dataclass(frozen=True)
class State:
    """The three flags of an alive message (category 004, item 060)."""

    degraded: bool = False
    overflow: bool = False
    overload: bool = False

    @property
    def words(self) -> str:
        """The state for people.

        >>> State(degraded=True).words
        'degraded'
        """
        said = [name for name in ("degraded", "overflow", "overload") if getattr(self, name)]
        return ", ".join(said) or "well"


@dataclass
class Source:
    """A source of surveillance data: when it was heard last, by the clock of the monitor, and its latest updates."""

    heard_s: float
    silent: bool = False
    steps_s: deque[float] = field(default_factory=lambda: deque(maxlen=STEPS))

    @property
    def period_s(self) -> float:
        """What lies between two of its plots of one aircraft, as they arrive."""
        if len(self.steps_s) < FEWEST_STEPS:
            return FIRST_PERIOD_S
        return float(np.clip(median(self.steps_s), SHORTEST_PERIOD_S, LONGEST_PERIOD_S))


@dataclass
class Health:
    """What is known of the feed and of the monitor itself; all times are of one monotonic clock."""

    counts: Counter[str] = field(default_factory=Counter)
    sources: dict[str, Source] = field(default_factory=dict)
    strangers: Counter[str] = field(default_factory=Counter)
    state: State = State()
    behind_s: float = 0.0
    busy_share: float = 0.0
    _window: tuple[float, float] | None = None
    dropped: int = 0
    _latencies_s: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES))
    _judging_s: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES))
    _judging_cpu_s: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES))

    @property
    def period_s(self) -> float:
        """The update period of the feed: the longest of its sources."""
        return max((source.period_s for source in self.sources.values()), default=FIRST_PERIOD_S)

    def hear(self, steps_s: Mapping[str, Sequence[float]], now_s: float) -> None:
        """Note which sources were heard, and how long the aircraft of each had not been."""
        for name, steps in steps_s.items():
            if name not in self.sources and not steps:
                self.strangers[name] += 1
                if self.strangers[name] < FEWEST_HEARD:
                    continue
            source = self.sources.setdefault(name, Source(now_s))
            source.heard_s = now_s
            source.steps_s.extend(steps[-STEPS:])

    def tick(self, behind_s: float, judging_s: float, judging_cpu_s: float, latency_s: float) -> None:
        """Note how old the oldest of what was judged was, and how long judging it took, by the clock and of a core."""
        self.behind_s = behind_s
        self._judging_s.append(judging_s)
        self._judging_cpu_s.append(judging_cpu_s)
        self._latencies_s.append(latency_s)

    def wait(self, from_s: float, to_s: float) -> None:
        """Note that the monitor had nothing to do for a while."""
        since_s, waited_s = self._window or (from_s, 0.0)
        waited_s += to_s - from_s
        if to_s - since_s >= BUSY_OVER_S:
            self.busy_share = 1.0 - waited_s / (to_s - since_s)
            since_s, waited_s = to_s, 0.0
        self._window = since_s, waited_s

    def look(self, now_s: float, open_alerts: int, dropped: int, *, full: bool) -> bool:
        """Bring the state up to date; return whether it changed."""
        for source in self.sources.values():
            source.silent = now_s - source.heard_s > SILENT_PERIODS * source.period_s
        limit_s = CAUGHT_UP_S if self.state.overload else BEHIND_S
        most_busy = EASED_SHARE if self.state.overload else BUSY_SHARE
        lost = dropped > self.dropped
        self.dropped = dropped
        before = self.state
        self.state = State(
            degraded=not self.sources or any(source.silent for source in self.sources.values()),
            overflow=open_alerts > MOST_ALERTS,
            overload=self.behind_s > limit_s or self.busy_share > most_busy or lost or full,
        )
        return self.state != before

    def facts(self) -> Mapping[str, object]:
        """Everything, as JSON can hold it."""
        return {
            "state": self.state.words,
            "period_s": round(self.period_s, 3),
            "sources": {name: "silent" if one.silent else "heard" for name, one in sorted(self.sources.items())},
            "behind_s": round(self.behind_s, 3),
            "busy_share": round(self.busy_share, 3),
            "latency_p99_ms": _p99_ms(self._latencies_s),
            "judging_p99_ms": _p99_ms(self._judging_s),
            "judging_cpu_p99_ms": _p99_ms(self._judging_cpu_s),
            "counts": dict(sorted(self.counts.items())),
        }


def _p99_ms(values_s: deque[float]) -> float:
    """What 99 % of the ticks took at most (ms)."""
    return round(float(np.quantile(values_s, 0.99) * 1e3), 1) if values_s else 0.0
