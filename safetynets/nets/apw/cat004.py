"""APW alerts as messages of ASTERIX category 004."""

from __future__ import annotations

from typing import Any

from safetynets.engine.messages import Cat004, Told, class_of

BY_SEVERITY = 1
"""The table of item 120/CC in which 0 is low, 1 medium and 2 high."""


def fields(told: Told) -> dict[str, Any]:
    """The volume, the severity by the table for this net, and the duration."""
    area = told.area_codes.get(told.alert.area)
    found = class_of(told) | {"120/CC/TID": BY_SEVERITY, "120/CC/CPC": 2 * int(told.severe)}
    return found | ({"100/AN": area} if area is not None else {})


CAT004 = Cat004(
    types={5: "APW"},
    mandatory=("100", "120"),
    optional=("015", "045", "070", "110", "170"),
    alive="APW",
    watches=lambda site: bool(site.volumes),
    fields=fields,
)
