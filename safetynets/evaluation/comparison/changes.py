"""Alerts gained, lost and moved in time between two judgements of the same tracks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from safetynets.engine.study.judged_alerts import JudgedAlerts

Change = Literal["gained", "lost", "moved", "same"]

CHANGES: tuple[Change, ...] = ("gained", "lost", "moved", "same")


@dataclass(frozen=True)
class Pairing:
    """What became of one alert: its row before and after, -1 where it is not there.

    `moved_s` is how much later the alert starts than before, negative for earlier, NaN for gained and lost.
    """

    change: Change
    before: int
    after: int
    moved_s: float


def pairings(before: JudgedAlerts, after: JudgedAlerts, apart_s: float = 0.0) -> list[Pairing]:
    """What became of every alert, in the order of time.

    Two alerts are the same event when net, group of areas and track are the same and they overlap in time; of several
    that overlap the earliest are paired. One has moved when its start differs by more than `apart_s`.
    """
    earlier, later = _by_place(before), _by_place(after)
    found: list[Pairing] = []
    for place in sorted(set(earlier) | set(later)):
        found.extend(_paired(before, earlier[place], after, later[place], apart_s))
    return sorted(found, key=lambda one: (_start_s(one, before, after), one.before, one.after))


Place = tuple[int, str, int]


def _by_place(judged: JudgedAlerts) -> dict[Place, list[int]]:
    rows: dict[Place, list[int]] = defaultdict(list)
    for row in np.argsort(judged.start_s, kind="stable").tolist():
        rows[int(judged.net[row]), str(judged.group[row]), int(judged.track[row])].append(row)
    return rows


def _paired(
    before: JudgedAlerts, earlier: list[int], after: JudgedAlerts, later: list[int], apart_s: float
) -> Iterator[Pairing]:
    free = list(later)
    for row in earlier:
        match = next((other for other in free if _overlap(before, row, after, other)), None)
        if match is None:
            yield Pairing("lost", row, -1, np.nan)
            continue
        free.remove(match)
        moved_s = float(after.start_s[match] - before.start_s[row])
        yield Pairing("moved" if abs(moved_s) > apart_s else "same", row, match, moved_s)
    for other in free:
        yield Pairing("gained", -1, other, np.nan)


def _overlap(before: JudgedAlerts, row: int, after: JudgedAlerts, other: int) -> bool:
    """Whether two alerts overlap; one that still lasts at the end of the tracks has no end."""
    return not (before.end_s[row] < after.start_s[other] or after.end_s[other] < before.start_s[row])


def _start_s(one: Pairing, before: JudgedAlerts, after: JudgedAlerts) -> float:
    return float(before.start_s[one.before] if one.before >= 0 else after.start_s[one.after])
