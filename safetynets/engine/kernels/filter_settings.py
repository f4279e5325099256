"""How far the sieve looks from each plot."""

from __future__ import annotations

from typing import NamedTuple

MSAW, APM, APW = 1, 2, 4
"""One bit a net."""


class Horizon(NamedTuple):
    """How far the nets look, and between what an altitude lies of which only the pressure altitude is known.

    `nets` are those that have anything to judge, `never_visual` those that do not judge visual flights. `turns` says
    whether a path may leave the straight one.
    """

    nets: int
    msaw_s: float
    apm_s: float
    apw_s: float
    lowest_qnh_ft: float
    highest_qnh_ft: float
    turns: bool
    never_visual: int
