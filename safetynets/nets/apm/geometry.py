"""The approaches of a site as arrays: distances from the threshold, the path, and the capture region."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined
from safetynets.units import M_PER_NM

Floats = NDArray[np.float64]


class Approaches(NamedTuple):
    """The approaches of a site as arrays; a course is a unit vector (east, north).

    A path is altitude = a*d*d + b*d + c (ft, d in NM) between the distances `breaks_nm`; approach i has the pieces
    `first_piece[i]` to `first_piece[i + 1]`, ascending, the first from -inf and the last to inf. Approaches of one
    aerodrome have the same number `aerodrome`.
    """

    aerodrome: NDArray[np.int64]
    threshold_m: Floats
    course: Floats
    intercept_ft: Floats
    start_nm: Floats
    end_nm: Floats
    half_width_m: Floats
    splay_m_per_nm: Floats
    capture_half_width_m: float
    capture_splay_m_per_nm: float
    first_piece: NDArray[np.int64]
    piece_from_nm: Floats
    piece_to_nm: Floats
    piece: Floats


@inlined
def along_and_cross(approaches: Approaches, i: int, x_m: float, y_m: float) -> tuple[float, float]:
    """Along-track distance to the threshold (NM, positive before it) and cross-track distance (m, right positive)."""
    return from_threshold(
        approaches.threshold_m[i, 0],
        approaches.threshold_m[i, 1],
        approaches.course[i, 0],
        approaches.course[i, 1],
        x_m,
        y_m,
    )


@inlined
def from_threshold(
    threshold_x_m: float, threshold_y_m: float, east: float, north: float, x_m: float, y_m: float
) -> tuple[float, float]:
    """Along-track distance (NM) and cross-track distance (m) as of `along_and_cross`, by the numbers alone."""
    dx, dy = x_m - threshold_x_m, y_m - threshold_y_m
    return -(dx * east + dy * north) / M_PER_NM, dx * north - dy * east


@inlined
def path_altitude_ft(approaches: Approaches, i: int, d_nm: float) -> float:
    """Altitude of the published path of approach i at a distance."""
    for k in range(approaches.first_piece[i], approaches.first_piece[i + 1]):
        if d_nm <= approaches.piece_to_nm[k]:
            a, b, c = approaches.piece[k, 0], approaches.piece[k, 1], approaches.piece[k, 2]
            return (a * d_nm + b) * d_nm + c
    return np.nan


@inlined
def in_capture(approaches: Approaches, i: int, d_nm: float, cross_m: float) -> bool:
    """Whether a point is in the capture region of approach i."""
    return is_captured(
        approaches.end_nm[i],
        approaches.start_nm[i],
        approaches.capture_half_width_m,
        approaches.capture_splay_m_per_nm,
        d_nm,
        cross_m,
    )


@inlined
def is_captured(
    end_nm: float, start_nm: float, half_width_m: float, splay_m_per_nm: float, d_nm: float, cross_m: float
) -> bool:
    """Whether a point is in a capture region, as of `in_capture`, by the numbers alone."""
    return end_nm <= d_nm <= start_nm and abs(cross_m) <= half_width_m + splay_m_per_nm * d_nm


@inlined
def in_any_capture(approaches: Approaches, x: float, y: float) -> bool:
    """Whether a point is in the capture region of any approach."""
    for i in range(len(approaches.start_nm)):
        d_nm, cross_m = along_and_cross(approaches, i, x, y)
        if in_capture(approaches, i, d_nm, cross_m):
            return True
    return False


@inlined
def off_course_rad(approaches: Approaches, i: int, vx_mps: float, vy_mps: float) -> float:
    """Angle between a track and the course of approach i."""
    east, north = approaches.course[i, 0], approaches.course[i, 1]
    return abs(np.arctan2(vx_mps * north - vy_mps * east, vx_mps * east + vy_mps * north))


@inlined
def is_before(approaches: Approaches, i: int, d_nm: float, cross_m: float) -> bool:
    """Whether a point is farther out than the capture region of approach i, between its sides."""
    half_width_m = approaches.capture_half_width_m + approaches.capture_splay_m_per_nm * d_nm
    return d_nm > approaches.start_nm[i] and abs(cross_m) <= half_width_m


@inlined
def angular_deviation_rad(approaches: Approaches, i: int, x: float, y: float) -> float:
    """How far off the course of approach i a point is, seen from the threshold."""
    d_nm, cross_m = along_and_cross(approaches, i, x, y)
    return np.arctan2(abs(cross_m), d_nm * M_PER_NM)
