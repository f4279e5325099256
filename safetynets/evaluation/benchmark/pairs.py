"""Pairs of real flights for the benchmark: one is moved in time, so that they come too near each other, or do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.monitor import judge
from safetynets.evaluation.search.situation import flights_of
from safetynets.sites import Site
from safetynets.tracks import Tracks
from safetynets.units import M_PER_NM, S_PER_DAY

Floats = NDArray[np.float64]

LATERAL_NM, VERTICAL_FT = 3.0, 1000.0
"""The minima of a terminal area; a pair keeps them while either is kept."""
MUST_SHARE = 0.5
"""A pair of which less than this share of both minima is left must be alerted; one that keeps them is ordinary."""
AHEAD_S = 120.0
"""The situation of a must pair begins this long before: ground-based safety nets warn up to two minutes ahead."""
NEAR_NM, NEAR_FT = 8.0, 3000.0
"""An ordinary pair comes at least this near, or it would ask nothing of a net."""
LEAST_FT = 3000.0
"""Pairs of which both are below this altitude are left out: the last miles of two finals have their own rules."""
MOVED_S = 240.0
STEP_S = 4.0
LEAST_PLOTS = 60
LEAST_TOGETHER_S = 120.0
TRIES = 200


@dataclass(frozen=True)
class Pair:
    """Two flights as one table, the first named A, the second B; what there is to alert, and from when to when."""

    tracks: Tracks
    name: str
    truth: str
    begin_s: float
    event_s: float
    end_s: float


def pair_name(one: str, other: str) -> str:
    """What a pair is called in the tables: its call signs in order.

    >>> pair_name("P001B", "P001A")
    'P001A+P001B'
    """
    return "+".join(sorted((one, other)))


def pairs_of(recorded: Tracks, site: Site, count: int, seed: int, split: int) -> Iterator[Pair]:
    """So many pairs of one split (0 or 1): half of them must be alerted, half are ordinary; each on a day of its own.

    A flight of the recording is in one split. The same seed gives the same pairs.
    """
    random = np.random.default_rng([seed, 2, split])
    altitude_ft = judge(recorded, site).altitude_ft
    plots = np.bincount(recorded.track, minlength=recorded.track_count)
    usable = [number for number in np.flatnonzero(plots >= LEAST_PLOTS).tolist() if number % 2 == split]
    paths = {number: path_of(recorded, altitude_ft, number) for number in usable}
    flights = {number: path for number, path in paths.items() if path is not None}
    numbers = list(flights)
    for place in range(count):
        wanted = "must" if place % 2 == 0 else "ordinary"
        for _ in range(TRIES * 50):
            one, other = (numbers[n] for n in random.choice(len(numbers), 2, replace=False))
            later_s = _meeting(flights[one], flights[other], random)
            if later_s is None:
                continue
            found = truth_of_pair(flights[one], flights[other], later_s)
            if found is not None and found[0] == wanted:
                yield _pair(recorded, one, other, later_s, found, place, split)
                break


def path_of(recorded: Tracks, altitude_ft: Floats, number: int) -> Floats | None:
    """Time, x, y and altitude of a flight every few seconds; None where it has gaps or no altitudes."""
    rows = recorded.rows_of(number)
    columns = [recorded.time_s[rows], recorded.x_m[rows], recorded.y_m[rows], altitude_ft[rows]]
    known = np.all(np.isfinite(columns), axis=0)
    time_s = columns[0][known]
    if known.sum() < LEAST_PLOTS or np.diff(time_s).max() > 5.0 * STEP_S:
        return None
    at_s = np.arange(np.ceil(time_s[0] / STEP_S) * STEP_S, time_s[-1], STEP_S)
    return np.array([at_s, *(np.interp(at_s, time_s, column[known]) for column in columns[1:])])


def _meeting(one: Floats, other: Floats, random: np.random.Generator) -> float | None:
    """How much later the second flies so that both are near one place at about one time; None where never."""
    plot = one[:, int(random.integers(one.shape[1]))]
    near = np.hypot(other[1] - plot[1], other[2] - plot[2]) < LATERAL_NM * M_PER_NM
    near &= np.abs(other[3] - plot[3]) < VERTICAL_FT
    if not near.any():
        return None
    moved_s = plot[0] - other[0][near][0] + float(random.uniform(-MOVED_S, MOVED_S))
    return float(round(moved_s / STEP_S) * STEP_S)


def truth_of_pair(one: Floats, other: Floats, later_s: float) -> tuple[str, float, float] | None:
    """Whether a pair must be alerted, from when on and by when; None where they are not together, or in between.

    By when: the first moment at which less than half of both minima is left.
    """
    first, second = np.intersect1d(one[0], other[0] + later_s, return_indices=True)[1:]
    if len(first) * STEP_S < LEAST_TOGETHER_S:
        return None
    apart_nm = np.hypot(one[1, first] - other[1, second], one[2, first] - other[2, second]) / M_PER_NM
    apart_ft = np.abs(one[3, first] - other[3, second])
    looked = np.maximum(one[3, first], other[3, second]) > LEAST_FT
    if not looked.any():
        return None
    kept = np.where(looked, np.maximum(apart_nm / LATERAL_NM, apart_ft / VERTICAL_FT), np.inf)
    time_s = one[0, first]
    if kept.min() < MUST_SHARE:
        event_s = float(time_s[np.argmax(kept < MUST_SHARE)])
        begin_s = max(float(time_s[0]), event_s - AHEAD_S)
        # Two that come together within what they had no time to be warned of are no task of a net.
        return ("must", begin_s, event_s) if event_s - begin_s >= AHEAD_S / 2.0 else None
    near = (apart_nm < NEAR_NM) & (apart_ft < NEAR_FT) & looked
    if kept.min() >= 1.0 and near.any():
        return "ordinary", float(time_s[0]), float(time_s[-1])
    return None


def _pair(
    recorded: Tracks,
    one: int,
    other: int,
    later_s: float,
    found: tuple[str, float, float],
    place: int,
    split: int,
) -> Pair:
    flown = flights_of(recorded, [one, other])
    first, second = (0, 1) if one < other else (1, 0)
    names = np.array([f"P{split}{place:03d}A", f"P{split}{place:03d}B"], dtype=object)
    day_s = S_PER_DAY * (place + 1000 * split)
    moved_s = np.where(flown.track == second, later_s, 0.0) + day_s
    callsigns = names[[first, second]]
    order = np.lexsort((flown.time_s + moved_s, flown.track))
    assert np.array_equal(order, np.arange(len(flown)))
    tracks = flown.with_columns(time_s=flown.time_s + moved_s, callsign=callsigns)
    truth, begin_s, event_s = found
    return Pair(tracks, pair_name(*names), truth, begin_s + day_s, event_s + day_s, float(tracks.time_s.max()))
