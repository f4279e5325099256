"""What the status messages of a recording say about its sensors and its tracker."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.recordings.asterix.decode import Records

Floats = NDArray[np.float64]

NORTH_MARKER = 1
END_OF_BATCH = 2
KEPT_TIMES = 10_000

SENSOR_STATES = ("operational", "degraded", "initialising", "not connected")
SERVICE_STATES = ("operational", "degraded", "not connected", "unknown")


class Context:
    """Collects status messages: categories 002 and 034 of radars, 063 and 065 of a tracker."""

    def __init__(self) -> None:
        self._messages: Counter[tuple[int, int, int]] = Counter()
        self._marks: dict[tuple[int, int], list[float]] = {}
        self._antenna_s: dict[tuple[int, int], float] = {}
        self._states: Counter[tuple[int, int, str]] = Counter()
        self._sent_block = np.zeros(0, dtype=np.int64)
        self._sent_s = np.zeros(0)
        self._last_sent_s = float("nan")

    def take(self, category: int, records: Records) -> None:
        """Count the messages of one chunk."""
        source = records.code("sac") << 8 | records.code("sic")
        message = records.code("message")
        time_s = records.number("time_of_day_s")
        for pair, count in zip(*_counted(source, message), strict=True):
            self._messages[category, int(pair[0]), int(pair[1])] += int(count)
        kind = END_OF_BATCH if category == 65 else NORTH_MARKER
        for one in np.unique(source[message == kind]):
            marks = self._marks.setdefault((category, int(one)), [])
            wanted = time_s[(message == kind) & (source == one)]
            marks.extend(wanted[np.isfinite(wanted)][: KEPT_TIMES - len(marks)].tolist())
        period_s = records.number("period_s")
        for row in np.flatnonzero(np.isfinite(period_s))[-100:]:
            self._antenna_s[category, int(source[row])] = float(period_s[row])
        self._count_states(category, records, source)
        if category == 2:
            known = np.isfinite(time_s)
            self._sent_block, self._sent_s = records.block[known], time_s[known]

    def ends_of_batch(self) -> int:
        """How many messages up to now said that a batch of a tracker is complete (category 065, type 2)."""
        return sum(
            count
            for (category, _, message), count in self._messages.items()
            if category == 65 and message == END_OF_BATCH
        )

    def sent_before(self, block: NDArray[np.int64]) -> Floats:
        """The time of day of the last message of category 002 before each block of the present chunk; NaN if none."""
        place = np.searchsorted(self._sent_block, block) - 1
        sent_s = np.append(self._sent_s, self._last_sent_s)
        if len(self._sent_s):
            self._last_sent_s = float(self._sent_s[-1])
        self._sent_block, self._sent_s = np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.asarray(sent_s[place])

    def _count_states(self, category: int, records: Records, source: NDArray[np.int64]) -> None:
        state = records.code("state")
        if category == 63:
            source = records.code("sensor_sac") << 8 | records.code("sensor_sic")
        names = SENSOR_STATES if category == 63 else SERVICE_STATES
        for pair, count in zip(*_counted(source, state), strict=True):
            if category in (63, 65) and pair[1] >= 0:
                self._states[category, int(pair[0]), names[int(pair[1])]] += int(count)

    def summary(self) -> dict[str, Any]:
        """By category and SAC/SIC: messages, period of north markers or end-of-batch messages, and states."""
        found: dict[str, Any] = {}

        def entry(category: int, source: int) -> dict[str, Any]:
            one: dict[str, Any] = found.setdefault(f"{category:03d}", {}).setdefault(
                f"{source >> 8}/{source & 255}", {}
            )
            return one

        for (category, source, message), count in sorted(self._messages.items()):
            if category != 63:
                entry(category, source).setdefault("messages", {})[str(message)] = count
        for (category, source), marks in sorted(self._marks.items()):
            step_s = np.diff(marks)
            name = "batch_period_s" if category == 65 else "antenna_period_s"
            if (step_s > 0).any():
                entry(category, source)[name] = float(np.round(np.median(step_s[step_s > 0]), 3))
        for (category, source), period_s in sorted(self._antenna_s.items()):
            entry(category, source)["antenna_period_s"] = round(period_s, 3)
        for (category, source, state), count in sorted(self._states.items()):
            entry(category, source).setdefault("states", {})[state] = count
        return found


def _counted(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pairs, counts = np.unique(np.column_stack([first, second]), axis=0, return_counts=True)
    return pairs, counts
