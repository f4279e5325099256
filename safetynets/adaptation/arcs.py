"""Arcs as the text formats describe them."""

from __future__ import annotations

from safetynets.adaptation.parts import Arc, Position, UnusableError
from safetynets.geodesy import WGS84
from safetynets.units import m_to_nm


def arc_between(centre: Position, start: Position, end: Position, *, clockwise: bool) -> Arc:
    """The arc from one position to another round a centre.

    Raises
    ------
    UnusableError
        Where the two are not about as far from the centre.
    """
    ends = []
    for position in (start, end):
        bearing, _, radius_m = WGS84.inv(centre[1], centre[0], position[1], position[0])
        ends.append((float(bearing), float(radius_m)))
    (start_bearing, start_m), (end_bearing, end_m) = ends
    if min(start_m, end_m) < 1.0 or max(start_m, end_m) > 1.2 * min(start_m, end_m):
        raise UnusableError(
            f"an arc begins {m_to_nm(start_m):.2f} NM from its centre and ends {m_to_nm(end_m):.2f} NM from it",
            "mend the centre or the ends",
        )
    return Arc(centre, start_bearing, end_bearing, start_m, end_m, clockwise)
