"""MSAW alerts as messages of ASTERIX category 004."""

from __future__ import annotations

from typing import Any

from safetynets.engine.messages import Cat004, Told, class_of
from safetynets.sites.geometry import Site


def fields(told: Told) -> dict[str, Any]:
    """Severity and duration; a flag where the minimum is that of a polygon and not of the terrain."""
    of_polygon = any(polygon.name == told.alert.area for polygon in told.site.minimum_altitudes)
    return class_of(told) | ({"120/CN/MRVA": 1} if of_polygon else {})


def watches(site: Site) -> bool:
    """Whether a site has terrain, minimum altitudes or obstacles."""
    return site.terrain is not None or bool(site.minimum_altitudes) or bool(site.obstacles)


CAT004 = Cat004(
    types={4: "MSAW"},
    mandatory=("120",),
    optional=("015", "045", "070", "110", "170"),
    alive="MSAW",
    watches=watches,
    fields=fields,
    alive_also={"MRVA": lambda site: bool(site.minimum_altitudes)},
)
