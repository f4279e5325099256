"""Which aircraft are near each other: the plots of pairs, in the order of time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import entry, inlined, int64
from safetynets.engine.kernels.track_state import Received

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

FIRST, SECOND = np.uint8(1), np.uint8(2)
"""Bits of how a plot takes part in pairs (`safetynets.engine.pairs`)."""

FULL = -1
"""Returned where there are more aircraft at a time than places."""


class Reach(NamedTuple):
    """How near two aircraft must come (`safetynets.engine.pairs.Near`)."""

    within_m: float
    within_ft: float
    within_s: float
    ahead_s: float
    follow_s: float
    directed: bool


class Places(NamedTuple):
    """The aircraft that are there now, each in a place until its last plot is old.

    `of_track` is the place of each track (-1 for none); `used[0]` places are taken, listed in `taken`, the others are
    after them. By place: `row` of the last plot, and `last`, its time, x, y, vx, vy, altitude and vertical rate in
    ft/s. `wanted_s[a, b]` is when the pair of places a < b last could be a hit.
    """

    of_track: NDArray[np.int32]
    taken: NDArray[np.int32]
    used: Rows
    row: Rows
    last: Floats
    wanted_s: Floats


@inlined
def _put(last: Floats, place: int, i: int, received: Received) -> None:
    """Write what is known of the aircraft in a place; without a velocity or a rate it is taken to stay."""
    last[place, 0], last[place, 1], last[place, 2] = received.time_s[i], received.x_m[i], received.y_m[i]
    vx, vy, rate = received.vx_mps[i], received.vy_mps[i], received.vertical_rate_fpm[i] / 60.0
    moving = np.isfinite(vx) and np.isfinite(vy)
    last[place, 3], last[place, 4] = (vx, vy) if moving else (0.0, 0.0)
    last[place, 5], last[place, 6] = received.pressure_altitude_ft[i], rate if np.isfinite(rate) else 0.0


@inlined
def _comes_near(last: Floats, a: int, b: int, now_s: float, reach: Reach) -> bool:
    """Whether the paths of the aircraft in place a, of which a plot came now, and in b come near each other.

    A level-off lies between the altitude of the plot and that of the path, so that both bound it. Where no difference
    of altitude keeps them apart, one that is unknown does not either.
    """
    age_s = now_s - last[b, 0]
    climb_ft, other_climb_ft = last[a, 6] * reach.ahead_s, last[b, 6] * (age_s + reach.ahead_s)
    apart_ft = last[a, 5] - last[b, 5]
    lowest_ft = min(climb_ft, 0.0) - max(other_climb_ft, 0.0)
    highest_ft = max(climb_ft, 0.0) - min(other_climb_ft, 0.0)
    if reach.within_ft < np.inf and not apart_ft + lowest_ft <= reach.within_ft:
        return False
    if reach.within_ft < np.inf and not apart_ft + highest_ft >= -reach.within_ft:
        return False
    x_m, y_m = last[b, 1] + last[b, 3] * age_s - last[a, 1], last[b, 2] + last[b, 4] * age_s - last[a, 2]
    vx, vy = last[b, 3] - last[a, 3], last[b, 4] - last[a, 4]
    toward, speed2 = x_m * vx + y_m * vy, vx * vx + vy * vy
    if toward < 0.0 < speed2:  # the square of a speed below 1e-162 m/s is zero: they stay as far apart as they are
        nearest_s = min(-toward / speed2, reach.ahead_s)
        x_m, y_m = x_m + vx * nearest_s, y_m + vy * nearest_s
    return x_m * x_m + y_m * y_m <= reach.within_m * reach.within_m


@entry
def near_plots(
    in_time: Rows,
    received: Received,
    identity: Rows,
    takes_part: NDArray[np.uint8],
    reach: Reach,
    places: Places,
    first_row: Rows,
    second_row: Rows,
    at_row: Rows,
) -> int:
    """Write, at each plot (`at_row`), the rows of the last plots of the two aircraft of every pair that is near.

    `in_time` are all rows in the order of time. Two tracks of one `identity` are no pair, nor two plots unless one of
    them takes part as the first and the other as the second. `places` is carried on. The first of a pair is the one
    with the lower track number, of a directed one that whose plot it is. Returns how many there are, or `FULL`; where
    there is no room only counts.
    """
    of_track, taken, last = places.of_track, places.taken, places.last
    kept_s = max(reach.within_s, reach.follow_s)
    count, used = int64(0), places.used[0]
    for i in in_time:
        k, now_s = received.track[i], received.time_s[i]
        here = of_track[k]
        if takes_part[i] == 0:
            if here >= 0:
                last[here, 0] = -np.inf
            continue
        if here < 0:
            if used == len(taken):
                return FULL
            here = taken[used]
            of_track[k] = here
            places.wanted_s[here, :] = -np.inf
            places.wanted_s[:, here] = -np.inf
            used += 1
        places.row[here] = i
        _put(last, here, i, received)
        a = int64(0)
        while a < used:
            other = taken[a]
            age_s = now_s - last[other, 0]
            if age_s > kept_s:
                used -= 1
                of_track[received.track[places.row[other]]] = -1
                taken[a], taken[used] = taken[used], other
                continue
            a += 1
            if other == here or age_s > reach.within_s:
                continue
            j = places.row[other]
            first, second = (i, j) if reach.directed or k < received.track[j] else (j, i)
            if takes_part[first] & FIRST == 0 or takes_part[second] & SECOND == 0:
                continue
            low, high = min(here, other), max(here, other)
            if _comes_near(last, here, other, now_s, reach):
                if identity[k] == identity[received.track[j]]:
                    continue
                places.wanted_s[low, high] = now_s
            elif not now_s - places.wanted_s[low, high] <= reach.follow_s:
                continue
            if count < len(first_row):
                first_row[count], second_row[count] = first, second
                at_row[count] = i
            count += 1
    places.used[0] = used
    return int(count)
