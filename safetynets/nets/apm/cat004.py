"""APM alerts as messages of ASTERIX category 004."""

from __future__ import annotations

import math
from typing import Any

from safetynets.engine.messages import Cat004, Told

LONGEST_RT1 = 7
"""Characters of I004/100 RT1: the ICAO code of the aerodrome and the runway."""


def fields(told: Told) -> dict[str, Any]:
    """The deviations from the path, and the runway; no item for the severity is allowed."""
    alert, found = told.alert, {}
    if math.isfinite(told.lateral_deviation_m):
        found["075"] = told.lateral_deviation_m
    elif math.isfinite(alert.lateral_deviation_m):
        found["075"] = alert.lateral_deviation_m
    if math.isfinite(told.vertical_deviation_ft):
        found["076"] = told.vertical_deviation_ft
    if alert.earlier_areas and told.time_s < max(alert.reannounced_times_s, default=math.inf):
        told.left_out["runways of messages before the alert named its last approach"] += 1
        return found
    runway = next((one.airport + one.runway for one in told.site.approaches if one.name == alert.area), "")
    if 0 < len(runway) <= LONGEST_RT1:
        return found | {"100/RT1": runway}
    if runway:
        told.left_out["runways of messages, which 100/RT1 cannot hold"] += 1
    return found


CAT004 = Cat004(
    types={8: "APM"},
    mandatory=("075",),
    optional=("015", "045", "076", "100", "110", "170"),
    alive="APM",
    watches=lambda site: bool(site.approaches),
    fields=fields,
)
