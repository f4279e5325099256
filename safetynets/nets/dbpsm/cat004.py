"""DBPSM alerts as messages of ASTERIX category 004."""

from __future__ import annotations

from safetynets.engine.messages import Cat004, class_of

CAT004 = Cat004(
    types={20: "DBPSM"},
    mandatory=("120",),
    optional=("015", "045", "100", "110", "170"),
    alive="DBPSMARR",
    # Departures are judged as arrivals are; nothing is judged above the transition level (DBPSMTL).
    alive_also={"DBPSMDEP": lambda site: bool(site.pressure_regions), "DBPSMTL": lambda site: False},  # noqa: ARG005
    watches=lambda site: bool(site.pressure_regions),
    fields=class_of,
)
