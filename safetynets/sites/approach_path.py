"""The final approach: along and across its course, and the altitude of its path (docs/nets.md, APM)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from safetynets.geodesy import MEAN_EARTH_RADIUS_M
from safetynets.sites.geometry import Approach
from safetynets.units import FT_PER_NM, M_PER_FT, M_PER_NM, nm_to_m

Quantity = TypeVar("Quantity", float, NDArray[np.float64])

CURVATURE_FT_PER_NM2 = M_PER_NM**2 / (2.0 * MEAN_EARTH_RADIUS_M) / M_PER_FT
"""How much a straight path in space gains on the earth's surface, d²/2R: 88 ft at 10 NM."""


class PathPiece(NamedTuple):
    """A piece of a path between two distances before the threshold: altitude (ft) = a·d² + b·d + c at d NM."""

    from_nm: float
    to_nm: float
    a: float
    b: float
    c: float


def course_vector(approach: Approach) -> tuple[float, float]:
    """The final approach course as a unit vector (east, north) on the plane."""
    course_rad = math.radians(approach.course_deg)
    return math.sin(course_rad), math.cos(course_rad)


def along_and_across(approach: Approach, x_m: Quantity, y_m: Quantity) -> tuple[Quantity, Quantity]:
    """Along-track distance to the threshold (NM, positive before it) and cross-track distance (m, right positive)."""
    return along_and_across_of(x_m - approach.x_m, y_m - approach.y_m, *course_vector(approach))


def along_and_across_of(
    east_m: Quantity, north_m: Quantity, east: Quantity | float, north: Quantity | float
) -> tuple[Quantity, Quantity]:
    """The same of a place so far from a threshold whose course is this vector."""
    return -(east_m * east + north_m * north) / M_PER_NM, east_m * north - north_m * east


def on_approach(approach: Approach, distance_nm: float, offset_m: float) -> tuple[float, float]:
    """Plane position (x_m, y_m) at a distance before the threshold and an offset right of the course."""
    east, north = course_vector(approach)
    back_m = nm_to_m(distance_nm)
    return approach.x_m - back_m * east + offset_m * north, approach.y_m - back_m * north - offset_m * east


def path_pieces(approach: Approach, path: str | None = None, angle_deg: float | None = None) -> Sequence[PathPiece]:
    """The path of an approach in pieces, ascending in distance, the first from -inf and the last to inf.

    "ils" and "papi" are straight in space, so the earth curves away below them; "baro" is straight in altitude against
    distance; "profile" joins the given points and is level beyond them. `path` and `angle_deg` are flown instead of
    the approach's own where they are given.
    """
    path = approach.path if path is None else path
    angle_deg = approach.angle_deg if angle_deg is None else angle_deg
    if path != "profile":
        curvature = CURVATURE_FT_PER_NM2 if path in ("ils", "papi") else 0.0
        slope = float(np.tan(np.radians(angle_deg))) * FT_PER_NM
        crossing_ft = approach.threshold_elevation_ft + approach.threshold_crossing_height_ft
        return [PathPiece(-math.inf, math.inf, curvature, slope, crossing_ft)]
    (first_nm, first_ft), (last_nm, last_ft) = approach.profile[0], approach.profile[-1]
    pieces = [PathPiece(-math.inf, first_nm, 0.0, 0.0, first_ft)]
    for (near_nm, near_ft), (far_nm, far_ft) in pairwise(approach.profile):
        slope = (far_ft - near_ft) / (far_nm - near_nm)
        pieces.append(PathPiece(near_nm, far_nm, 0.0, slope, near_ft - slope * near_nm))
    return [*pieces, PathPiece(last_nm, math.inf, 0.0, 0.0, last_ft)]


def path_altitude_ft(
    approach: Approach, distance_nm: Quantity, path: str | None = None, angle_deg: float | None = None
) -> Quantity:
    """Altitude (ft) of an approach's path at distances before the threshold; NaN stays NaN.

    `path` and `angle_deg` as in `path_pieces`.
    """
    pieces = path_pieces(approach, path, angle_deg)
    if len(pieces) == 1:  # a flight asks this twice a step, and the search takes most of the time
        _, _, a, b, c = pieces[0]
    else:
        breaks_nm = [piece.to_nm for piece in pieces[:-1]]
        a, b, c = np.array(pieces)[np.searchsorted(breaks_nm, distance_nm), 2:].T
    altitude_ft: Quantity = (a * distance_nm + b) * distance_nm + c
    return altitude_ft


def nominal_altitude_at_ft(approach: Approach, distance_nm: float) -> float:
    """Nominal altitude (ft) at one distance before the threshold."""
    return float(nominal_altitude_ft(approach, np.array([distance_nm]))[0])


def nominal_altitude_ft(approach: Approach, distance_nm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nominal altitude (ft) at distances before the threshold: the path, never above the intercept altitude."""
    return np.minimum(path_altitude_ft(approach, distance_nm), approach.intercept_altitude_ft)
