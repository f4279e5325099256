"""What of a site is on every map, in print and on a page: names, outlines, range rings."""

from __future__ import annotations

from shapely import Point

from safetynets.sites.geometry import Approach, Area, Site, Volume

RINGS_NM = (5.0, 10.0, 20.0)
RUNWAY_NM = 1.3
"""Length of the bar that stands for a runway; the site knows thresholds, not runway ends."""


def approach_name(approach: Approach) -> str:
    """Name of an approach with its airport, which is not said twice.

    >>> from types import SimpleNamespace
    >>> approach_name(SimpleNamespace(airport="LSGG", name="LSGG 22"))
    'LSGG 22'
    """
    return approach.name if approach.airport in approach.name else f"{approach.airport} {approach.name}"


def drawn_volumes(site: Site) -> list[Volume]:
    """The volumes of a site that are on the map: all but those switched off by hand."""
    return [volume for volume in site.volumes if volume.schedule.ever]


def volume_shape(volume: Volume) -> Area:
    """The outline of a volume on the plane (m); a circle as a polygon of 256 corners."""
    if volume.area is not None:
        return volume.area
    return Point(volume.x_m, volume.y_m).buffer(volume.radius_m, quad_segs=64)
