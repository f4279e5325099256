"""Parameters against the place: defaults that depend on it, and values with which the net would be blind there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from safetynets.nets.apm.parameters import ApmParameters
from safetynets.sites.approach_path import nominal_altitude_at_ft
from safetynets.sites.geometry import Approach
from safetynets.sites.parameters import SIMULATOR_DEFAULT
from safetynets.sites.problems import Problem
from safetynets.units import nm_to_m

JOINING_ROOM_FT = 3_000.0
"""By default aircraft join up to this far above the highest altitude of an approach path (simulator default)."""

JOIN_CEILING = ("apm", "join_ceiling_ft")


def at_place(parameters: ApmParameters, approaches: Sequence[Approach]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values that depend on the place where the site file does not set them, and the source of each.

    The join ceiling leaves `JOINING_ROOM_FT` above every approach.
    """
    if not approaches or "join_ceiling_ft" in parameters.model_fields_set:
        return {}, {}
    needed_ft = max(highest_ft(approach) for approach in approaches) + JOINING_ROOM_FT
    if needed_ft <= parameters.join_ceiling_ft:
        return {}, {}
    words = f"{SIMULATOR_DEFAULT}: {JOINING_ROOM_FT:,.0f} ft above the highest approach path of the site"
    return {"join_ceiling_ft": needed_ft}, {"join_ceiling_ft": words}


def problems(apm: ApmParameters, approaches: Sequence[Approach]) -> list[Problem]:
    """Parameters with which the net could not watch an approach of this site as the file says."""
    found = [
        Problem(
            JOIN_CEILING,
            f"{apm.join_ceiling_ft:,.0f} ft is below the path of {approach.name!r} where its monitoring begins "
            f"({start_altitude_ft(approach):,.0f} ft): flights would join it late or never",
            f"write {math.ceil(start_altitude_ft(approach) / 100) * 100} or more, or leave it out",
        )
        for approach in approaches
        if apm.join_ceiling_ft < start_altitude_ft(approach)
    ]
    lateral = [kind for kind in ("left", "right") if kind in apm.kinds]
    if lateral:
        found += [
            Problem(
                ("apm", "capture_half_width_m"),
                f"the capture region lies within the lateral limits of {approach.name!r}: "
                f"{' and '.join(lateral)} can never alert",
                "make the capture region wider than the limits",
            )
            for approach in approaches
            if not _reaches_beyond(apm, approach)
        ]
    return found


def start_altitude_ft(approach: Approach) -> float:
    """Nominal altitude (ft) of an approach where its monitoring begins."""
    return nominal_altitude_at_ft(approach, approach.start_distance_nm)


def highest_ft(approach: Approach) -> float:
    """Highest altitude (ft) at which an approach is flown: that at which its path is intercepted, or its profile's."""
    return max(approach.intercept_altitude_ft, start_altitude_ft(approach))


def _reaches_beyond(apm: ApmParameters, approach: Approach) -> bool:
    """Whether the capture region is wider than the lateral limits at some monitored distance."""

    def room_m(distance_nm: float) -> float:
        splay = math.tan(math.radians(apm.capture_splay_deg)) - math.tan(math.radians(approach.splay_deg))
        return apm.capture_half_width_m - approach.half_width_m + nm_to_m(distance_nm) * splay

    return max(room_m(approach.start_distance_nm), room_m(approach.end_distance_nm)) > 0.0
