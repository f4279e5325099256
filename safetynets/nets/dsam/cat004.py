"""DSAM alerts as messages of ASTERIX category 004."""

from __future__ import annotations

import math
from typing import Any

from safetynets.engine.messages import Cat004, Told, class_of
from safetynets.engine.reasons import Kind

BEFORE_OR_PAST = 1
"""The table of item 120/CC in which 0 is a deviation prior to reaching the expected level and 1 one past it."""


def fields(told: Told) -> dict[str, Any]:
    """Whether the deviation is before or past the cleared level, how great it is, the severity and the duration."""
    past = told.alert.kind == Kind.PAST.word
    found = class_of(told) | {"120/CC/TID": BEFORE_OR_PAST, "120/CC/CPC": int(past)}
    return found | ({"076": told.vertical_deviation_ft} if math.isfinite(told.vertical_deviation_ft) else {})


CAT004 = Cat004(
    types={26: "DSAM"},
    optional=("015", "045", "076", "100", "110", "120", "170"),
    alive="DSAM",
    watches=lambda site: True,  # noqa: ARG005 it needs nothing of a site
    fields=fields,
)
