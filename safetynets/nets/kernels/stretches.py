"""Stretches of plots that are judged without those before them, because what is remembered there is known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safetynets.nets.kernels.apm import Approaches, from_threshold, is_captured

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Fresh(NamedTuple):
    """What tells a plot after which nothing is remembered of the approaches.

    At one that is surely judged or excluded, lies outside every capture region and does not climb as in a go-around,
    an aircraft leaves what it was joined to, lands no more, and has climbed at no plot in a row. A plot is surely so
    when all it has to say is known, nothing is flagged (`flaws`), and it is not too young; without a QNH everywhere
    (`known`) no plot is.
    """

    time_s: Floats
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    pressure_altitude_ft: Floats
    vertical_rate_fpm: Floats
    coasted: NDArray[np.int8]
    flags: NDArray[np.uint8]
    flaws: int
    use_coasted: bool
    youngest_s: float
    go_around_ftps: float
    known: bool
    approaches: Approaches


@njit(cache=True, nogil=True)
def since_nothing_was_joined(from_row: Rows, to_row: Rows, start: Rows, fresh: Fresh, found: Rows) -> int:
    """Write the ascending rows that say what each of these spans of rows is joined to, and return how many there are.

    A stretch begins with the last plot at or before its span after which nothing is remembered, or with the first of
    the track, `start`.
    """
    approaches = fresh.approaches
    threshold_m, course = approaches.threshold_m, approaches.course
    end_nm, start_nm = approaches.end_nm, approaches.start_nm
    half_width_m, splay_m_per_nm = approaches.capture_half_width_m, approaches.capture_splay_m_per_nm
    time_s, x_m, y_m, vx_mps, vy_mps = fresh.time_s, fresh.x_m, fresh.y_m, fresh.vx_mps, fresh.vy_mps
    pressure_altitude_ft, vertical_rate_fpm = fresh.pressure_altitude_ft, fresh.vertical_rate_fpm
    coasted, flags = fresh.coasted, fresh.flags
    count, written = 0, -1
    for j in range(len(from_row)):
        i = from_row[j]
        while i > max(written, start[j]):
            told = (
                np.isfinite(x_m[i])
                and np.isfinite(y_m[i])
                and np.isfinite(vx_mps[i])
                and np.isfinite(vy_mps[i])
                and np.isfinite(pressure_altitude_ft[i])
                and np.isfinite(vertical_rate_fpm[i])
            )
            flawed = flags[i] & fresh.flaws != 0 or (coasted[i] == 1 and not fresh.use_coasted)
            young = time_s[i] - time_s[start[j]] < fresh.youngest_s
            forgets = fresh.known and told and not flawed and not young
            forgets = forgets and vertical_rate_fpm[i] / 60.0 <= fresh.go_around_ftps
            for a in range(len(start_nm)):
                if not forgets:
                    break
                d_nm, cross_m = from_threshold(
                    threshold_m[a, 0], threshold_m[a, 1], course[a, 0], course[a, 1], x_m[i], y_m[i]
                )
                forgets = not is_captured(end_nm[a], start_nm[a], half_width_m, splay_m_per_nm, d_nm, cross_m)
            if forgets:
                break
            i -= 1
        for row in range(max(i, written + 1), to_row[j] + 1):
            found[count] = row
            count += 1
        written = max(written, to_row[j])
    return count


@njit(cache=True, nogil=True)
def with_the_next(row: Rows, more: int, end: Rows, found: Rows) -> int:
    """Write ascending rows with up to `more` of their track after each, each once, and return how many there are."""
    count, written = 0, -1
    for j in range(len(row)):
        for i in range(max(row[j], written + 1), min(row[j] + more + 1, end[j])):
            found[count] = i
            count += 1
            written = i
    return count
