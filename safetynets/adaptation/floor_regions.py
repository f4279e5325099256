"""Dividing a lattice of required floors into few regions, each as high as its highest block.

Regions of one floor each are merged two at a time, always those whose merger costs least, down to one; so one pass
gives the division for every number of regions. The cost of a region is the flights that pass a block below the
region's floor though not below what the block requires, and the airspace lost between the two. Afterwards each
division is improved: a region gives the blocks that hold its floor up to neighbours that are high enough already.
The result is good, not proved best: to find the best division is a problem of exponential size.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Labels = NDArray[np.int64]
NEIGHBOURS = ((0, 1), (1, 0), (0, -1), (-1, 0))


@dataclass(frozen=True, eq=False)
class Weights:
    """What a division is to avoid.

    Attributes
    ----------
    passing
        For each block (row, column) and altitude in steps, the flights that pass it so high at the lowest.
    lost
        What a block costs for each step that its region's floor is above what it requires, in flights.
    """

    passing: Counts
    lost: float

    @cached_property
    def below(self) -> Counts:
        """For each block and altitude in steps, the flights that pass it lower than the next step."""
        return self.passing.cumsum(axis=2)


@dataclass(frozen=True, eq=False)
class Division:
    """A division of the blocks into regions, numbered from 0; -1 for a block without a region."""

    region: Labels
    floor: Counts
    below: int
    lost_steps: int

    @property
    def count(self) -> int:
        """How many regions there are."""
        return len(self.floor)


@dataclass(eq=False)
class _Region:
    """What is known of a region while it grows: floor, blocks, sum of what they require, flights by altitude."""

    floor: int
    blocks: int
    required: int
    passing: Counts

    def merged(self, other: _Region) -> _Region:
        return _Region(
            max(self.floor, other.floor),
            self.blocks + other.blocks,
            self.required + other.required,
            self.passing + other.passing,
        )

    def cost(self, lost: float) -> float:
        return int(self.passing[: self.floor].sum()) + lost * (self.blocks * self.floor - self.required)


def divisions(required: Counts, weights: Weights, at_most: int) -> tuple[Division, ...]:
    """The divisions into regions, those with the most first; required floors are in steps, -1 for none.

    The last has as few regions as there are parts that touch nowhere.
    """
    label, regions, beside = _of_one_floor(required, weights.passing)
    parent = list(range(len(regions)))
    heap: list[tuple[float, int, int]] = []

    def offer(one: int, other: int) -> None:
        rise = regions[one].merged(regions[other]).cost(weights.lost) - cost[one] - cost[other]
        heapq.heappush(heap, (rise, min(one, other), max(one, other)))

    cost = [region.cost(weights.lost) for region in regions]
    for one, others in enumerate(beside):
        for other in sorted(others):
            if one < other:
                offer(one, other)
    alive = len(regions)
    found: list[Division] = []
    if alive <= at_most:
        found.append(_division(label, parent, required, weights))
    while heap:
        _, one, other = heapq.heappop(heap)
        if parent[one] != one or parent[other] != other:
            continue
        joint = len(regions)
        regions.append(regions[one].merged(regions[other]))
        cost.append(regions[joint].cost(weights.lost))
        parent.append(joint)
        parent[one] = parent[other] = joint
        around = (beside[one] | beside[other]) - {one, other}
        beside.append(around)
        for each in sorted(around):
            beside[each] = (beside[each] - {one, other}) | {joint}
            offer(each, joint)
        regions[one].passing = regions[other].passing = regions[joint].passing[:0]
        alive -= 1
        if alive <= at_most:
            found.append(_division(label, parent, required, weights))
    return tuple(found)


def improved(division: Division, required: Counts, weights: Weights) -> Division:
    """A division that costs no more: blocks that hold a floor up go to neighbours that are as high anyway."""
    region, floor = division.region.copy(), division.floor.copy()
    moved = True
    while moved:
        moved = False
        for number in range(len(floor)):
            trial = _lowered(number, region, floor, required)
            if trial is None:
                continue
            if _cost(trial, required, weights) < _cost(region, required, weights):
                region, floor, moved = trial, _floors(trial, required, len(floor)), True
    return _told(region, required, weights)


def _lowered(number: int, region: Labels, floor: Counts, required: Counts) -> Labels | None:
    """The regions after one has given away all blocks that need its present floor; None where it cannot."""
    from scipy import ndimage

    own = region == number
    high = own & (required == floor[number])
    if high.sum() == own.sum():
        return None
    trial = region.copy()
    left = [(int(row), int(column)) for row, column in np.argwhere(high)]
    while left:
        kept = []
        for row, column in left:
            takers = [
                int(trial[r, c])
                for r, c in ((row + down, column + right) for down, right in NEIGHBOURS)
                if 0 <= r < trial.shape[0] and 0 <= c < trial.shape[1] and trial[r, c] not in (-1, number)
            ]
            takers = [one for one in takers if floor[one] >= required[row, column]]
            if takers:
                trial[row, column] = min(takers, key=lambda one: (floor[one], one))
            else:
                kept.append((row, column))
        if len(kept) == len(left):
            return None
        left = kept
    return trial if ndimage.label(trial == number)[1] == 1 else None


def _of_one_floor(required: Counts, passing: Counts) -> tuple[Labels, list[_Region], list[set[int]]]:
    """The connected regions of one required floor: their labels, what is known of each, and which touch."""
    from scipy import ndimage

    label = np.full(required.shape, -1, dtype=np.int64)
    regions: list[_Region] = []
    for floor in np.unique(required[required >= 0]).tolist():
        parts, count = ndimage.label(required == floor)
        inside = parts > 0
        label[inside] = parts[inside] - 1 + len(regions)
        blocks = np.bincount(parts[inside] - 1, minlength=count)
        sums = np.zeros((count, passing.shape[2]), dtype=np.int64)
        np.add.at(sums, parts[inside] - 1, passing[inside])
        regions += [_Region(floor, int(n), floor * int(n), sums[i]) for i, n in enumerate(blocks)]
    beside: list[set[int]] = [set() for _ in regions]
    for one, other in ((label[:, :-1], label[:, 1:]), (label[:-1], label[1:])):
        touch = (one != other) & (one >= 0) & (other >= 0)
        for a, b in np.unique(np.column_stack([one[touch], other[touch]]), axis=0).tolist():
            beside[a].add(b)
            beside[b].add(a)
    return label, regions, beside


def _division(label: Labels, parent: Sequence[int], required: Counts, weights: Weights) -> Division:
    root = np.arange(len(parent))
    for number in range(len(parent) - 1, -1, -1):
        root[number] = number if parent[number] == number else root[parent[number]]
    region = np.full(label.shape, -1, dtype=np.int64)
    known = label >= 0
    _, region[known] = np.unique(root[label[known]], return_inverse=True)
    return _told(region, required, weights)


def _told(region: Labels, required: Counts, weights: Weights) -> Division:
    """A division with its regions in the order of their floors, then of their first block, and what it costs."""
    numbers, first = np.unique(region[region >= 0], return_index=True)
    floor = _floors(region, required, int(numbers.max()) + 1)[numbers]
    order = np.lexsort((first, floor))
    place: dict[int, int] = defaultdict(lambda: -1, {int(numbers[old]): new for new, old in enumerate(order.tolist())})
    placed = np.array([place[number] for number in range(-1, int(numbers.max()) + 1)])[region + 1]
    floors = floor[order]
    here = np.where(placed >= 0, floors[placed], 0)
    inside = (placed >= 0) & (here > 0)
    flights = int(np.take_along_axis(weights.below[inside], here[inside][:, np.newaxis] - 1, axis=1).sum())
    return Division(placed, floors, flights, int((here - required)[placed >= 0].sum()))


def _floors(region: Labels, required: Counts, count: int) -> Counts:
    floor = np.zeros(count, dtype=np.int64)
    np.maximum.at(floor, region[region >= 0], required[region >= 0])
    return floor


def _cost(region: Labels, required: Counts, weights: Weights) -> float:
    told = _told(region, required, weights)
    return told.below + weights.lost * told.lost_steps


def by_count(found: Sequence[Division]) -> dict[int, Division]:
    """Divisions by their number of regions, the most first."""
    return {one.count: one for one in sorted(found, key=lambda one: -one.count)}
