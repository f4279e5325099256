"""What the coarse filter asks, and how far it looks from each plot."""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    """What is asked, and between what an altitude lies of which only the pressure altitude is known.

    `asked` are the questions (`safetynets.engine.layers`), `never_visual` those of nets that do not judge visual
    flights. `turns` says whether a path may leave the straight one.
    """

    asked: int
    floor_s: float
    path_s: float
    volume_s: float
    lowest_qnh_ft: float
    highest_qnh_ft: float
    turns: bool
    never_visual: int
