"""RMCA alerts as messages of ASTERIX category 004: one message type a kind of conflict."""

from __future__ import annotations

from typing import Any

from safetynets.engine.alerts import Alert
from safetynets.engine.messages import Cat004, Told, class_of
from safetynets.engine.reasons import Kind

TYPES = {Kind.ARRIVAL.word: 9, Kind.OPPOSITE.word: 11, Kind.DEPARTURE.word: 12, Kind.CROSSING.word: 13}
"""RIMCAS arrival and landing monitor, opposite traffic alert, departure monitor; type 13, "runway and taxiway crossing
monitor", is taken for crossing runways, for which there is no type of its own."""

BY_STAGE = 2
"""The table of item 120/CC in which 0 is stage one and 1 stage two."""

LONGEST_RT1 = 7


def type_of(alert: Alert) -> int:
    """The message type of the kind of an alert."""
    return TYPES[alert.kind]


def fields(told: Told) -> dict[str, Any]:
    """The runway that the first aircraft uses, the stage, and the duration."""
    found = class_of(told) | {"120/CC/TID": BY_STAGE, "120/CC/CPC": int(told.severe)}
    runway = told.alert.area.replace(" ", "")
    if len(runway) > LONGEST_RT1:
        told.left_out["airports of runways, which 100/RT1 cannot hold"] += 1
        runway = told.alert.area.split(" ")[-1]
    return found | {"100/RT1": runway[:LONGEST_RT1]}


CAT004 = Cat004(
    types={9: "RMCA arrival", 11: "RMCA opposite traffic", 12: "RMCA departure", 13: "RMCA crossing"},
    mandatory=("035", "100", "120"),
    optional=("015", "045", "070", "110", "170", "171"),
    alive="RIMCA",
    watches=lambda site: bool(site.runways),
    fields=fields,
    type_of=type_of,
)
