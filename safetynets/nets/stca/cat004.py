"""STCA alerts as messages of ASTERIX category 004: type 7, one message for each of its two classifications."""

from __future__ import annotations

from typing import Any

from safetynets.engine.messages import Cat004, Told
from safetynets.nets.stca.rule import situation_of
from safetynets.sites.geometry import Site

INFRINGEMENT, FILTERS = 0, 1
"""The tables of I004/120 CC for type 7: how bad the infringement is, and which filters found it."""

LINEAR_PREDICTION, CURRENT_PROXIMITY = 0b100, 0b010
"""Bits of table 1; the third, the manoeuvre hazard filter, is never set: there is none."""

MAJOR, MINOR, MAJOR_CROSSED, MINOR_CROSSED = 1, 2, 3, 4
"""Values of table 0; the last two for a pair that has crossed and diverges."""

LONGEST_MHS_M = 32_767.0
"""The least distance that 070/MHS can hold is not more than this."""


def fields(told: Told) -> dict[str, Any]:
    """Nature and duration of the conflict, its separations now and at the closest approach, and the filters."""
    alert = told.alert
    now, start = (
        situation_of(told.tracks, told.site, alert.track, alert.other_track, at_s)
        for at_s in (told.time_s, alert.start_time_s)
    )
    row: dict[str, Any] = {
        "120/CN/FLD": int(now.limits.fast),
        "120/CN/TYPE": int(now.major),
        "120/CN/CROSS": int(start.limits.crossed),
        "120/CN/DIV": int(start.range_rate_mps > 0.0),
        "120/CC/TID": FILTERS,
        "120/CC/CPC": CURRENT_PROXIMITY * now.current | LINEAR_PREDICTION * (now.predicted_s < float("inf")),
        "120/CC/CS": int(told.severe),
        "120/CD": told.time_s - alert.shown_time_s,
        "070/TCA": now.closest_s,
        "070/CHS": now.apart_m,
        "070/CVS": abs(now.apart_ft),
        "070/MVS": abs(now.closest_ft),
    }
    if now.closest_m <= LONGEST_MHS_M:
        row["070/MHS"] = now.closest_m
    return row


def again(told: Told) -> dict[str, Any]:
    """The other classification: major or minor, and whether the pair by now has crossed and diverges."""
    now = situation_of(told.tracks, told.site, told.alert.track, told.alert.other_track, told.time_s)
    crossed = now.limits.crossed and now.range_rate_mps > 0.0
    classes = (MINOR_CROSSED, MAJOR_CROSSED) if crossed else (MINOR, MAJOR)
    return {"120/CC/TID": INFRINGEMENT, "120/CC/CPC": classes[int(now.major)]}


def watches(_site: Site) -> bool:
    """It watches every pair, wherever."""
    return True


CAT004 = Cat004(
    types={7: "STCA"},
    mandatory=("035", "120"),
    optional=("015", "045", "070", "110", "170", "171"),
    alive="STCA",
    watches=watches,
    fields=fields,
    again=again,
)
