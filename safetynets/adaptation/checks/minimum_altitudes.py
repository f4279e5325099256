"""Minimum-altitude polygons: gaps, overlaps and slivers between them, values below the ground or unlike the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from safetynets.adaptation.checks.finding import SiteFinding, at, cells_of, highest_in, inside_of
from safetynets.sites.geometry import MinimumAltitude, Site

CLEARANCE_FT = 1_000.0
"""Least height of a minimum altitude above the ground: the obstacle clearance of ICAO Doc 8168 outside mountains."""
SLIVER_M = 200.0
"""Gaps and overlaps narrower than this are slivers: edges that were meant to be one."""
EDGE_M = 5.0
"""Narrower ones are rounding, and the corners that an import puts on edges that are straight in degrees."""
NEAR_M = 250.0
"""Polygons this near to each other are neighbours."""
UNLIKE = 2.5
UNLIKE_FT = 4_000.0
"""A value is unlike its neighbours where it is this many times and this much above, or below, all of them."""
HIGH_ABOVE_GROUND_FT = 10_000.0


def below_terrain(site: Site) -> Iterator[SiteFinding]:
    """A minimum that is not a clearance above the highest terrain or obstacle it covers."""
    for area in site.minimum_altitudes:
        tops = [(f"obstacle {one.name!r}", one.top_ft, (one.x_m, one.y_m)) for one in site.obstacles
                if area.area.distance(shapely.Point(one.x_m, one.y_m)) <= one.radius_m]  # fmt: skip
        found = highest_in(site, area.area)
        if found is not None:
            tops.append(("terrain", *found))
        if not tops:
            continue
        what, top_ft, place = max(tops, key=lambda top: top[1])
        if area.minimum_ft < top_ft + CLEARANCE_FT:
            needed = int(np.ceil((top_ft + CLEARANCE_FT - 0.5) / 100.0) * 100)
            yield SiteFinding(
                "minimum-below-terrain",
                "error" if area.minimum_ft < top_ft else "warning",
                area.name,
                f"{area.minimum_ft:,.0f} ft is {area.minimum_ft - top_ft:,.0f} ft above {what} of {top_ft:,.0f} ft",
                f"{needed:,} ft is {CLEARANCE_FT:,.0f} ft above it; compare with the chart",
                at(site, place),
            )
        elif found is not None and area.minimum_ft > found[0] + HIGH_ABOVE_GROUND_FT:
            yield SiteFinding(
                "minimum-far-above-terrain",
                "warning",
                area.name,
                f"{area.minimum_ft:,.0f} ft is {area.minimum_ft - found[0]:,.0f} ft above all terrain it covers",
                "see whether a digit is too many",
                at(site, inside_of(area.area)),
            )


def outside_terrain(site: Site) -> Iterator[SiteFinding]:
    """A polygon without any terrain data under a part of it: its value cannot be checked there."""
    if site.terrain is None:
        return
    for area in site.minimum_altitudes:
        heights, x_m, y_m = cells_of(site, area.area)
        unknown = np.isnan(heights)
        covered = len(heights) * site.terrain.cell_m**2
        if unknown.any() or covered < area.area.area:
            place = (float(x_m[unknown][0]), float(y_m[unknown][0])) if unknown.any() else inside_of(area.area)
            yield SiteFinding(
                "minimum-outside-terrain",
                "note",
                area.name,
                "there is no terrain data under a part of it",
                "add height files, or widen terrain.extent_nm",
                at(site, place),
            )


def unlike_neighbours(site: Site) -> Iterator[SiteFinding]:
    """A value that is several times that of every neighbour, or a fraction of it, though the terrain is not."""
    areas = site.minimum_altitudes
    for number, area in enumerate(areas):
        values = [areas[other].minimum_ft for other in _neighbours(areas, number)]
        if len(values) < 2:
            continue
        high = area.minimum_ft > max(UNLIKE * max(values), max(values) + UNLIKE_FT)
        low = area.minimum_ft < min(min(values) / UNLIKE, min(values) - UNLIKE_FT)
        found = highest_in(site, area.area)
        if high and found is not None and found[0] + HIGH_ABOVE_GROUND_FT / 2 > area.minimum_ft:
            continue
        if high or low:
            yield SiteFinding(
                "minimum-unlike-neighbours",
                "warning",
                area.name,
                f"{area.minimum_ft:,.0f} ft among neighbours of {min(values):,.0f} to {max(values):,.0f} ft",
                "see whether a digit is too many or missing",
                at(site, inside_of(area.area)),
            )


def overlaps(site: Site) -> Iterator[SiteFinding]:
    """Two polygons that share ground: the higher value counts there. Twice the same outline, slivers, and more."""
    areas = site.minimum_altitudes
    tree = STRtree([area.area for area in areas])
    for number, area in enumerate(areas):
        for other in sorted(int(each) for each in tree.query(area.area, predicate="intersects")):
            if other <= number:
                continue
            first, second = area, areas[other]
            names = f"{first.name} and {second.name}"
            shared = first.area.intersection(second.area)
            if shared.area < 1.0 or shared.buffer(-EDGE_M / 2).is_empty:
                continue
            smaller = min(first.area.area, second.area.area)
            place = at(site, inside_of(shared))
            if shared.area > 0.999 * max(first.area.area, second.area.area):
                yield SiteFinding("minimum-duplicate", "warning", names, "they have one outline", "remove one", place)
            elif shared.buffer(-SLIVER_M / 2).is_empty:
                text = f"they overlap in a sliver of {_hectares(shared)}"
                yield SiteFinding("minimum-sliver", "note", names, text, "let them share one edge", place)
            elif shared.area < 0.999 * smaller or first.minimum_ft >= second.minimum_ft == first.minimum_ft:
                values = f"{first.minimum_ft:,.0f} and {second.minimum_ft:,.0f} ft"
                text = f"they overlap by {_hectares(shared)}; of {values} the higher counts there"
                yield SiteFinding("minimum-overlap", "warning", names, text, "cut one of them at the other", place)


def gaps(site: Site) -> Iterator[SiteFinding]:
    """Ground that polygons enclose and none covers: no minimum altitude counts there."""
    if len(site.minimum_altitudes) < 2:
        return
    whole = shapely.union_all([area.area.buffer(EDGE_M / 2, join_style="mitre") for area in site.minimum_altitudes])
    for part in getattr(whole, "geoms", [whole]):
        for ring in part.interiors:
            gap = shapely.Polygon(ring)
            if gap.buffer(-EDGE_M / 2).is_empty or _is_one_hole(site, gap):
                continue
            thin = gap.buffer(-SLIVER_M / 2).is_empty
            yield SiteFinding(
                "minimum-gap",
                "note" if thin else "warning",
                " and ".join(_around(site, gap)),
                f"between them {_hectares(gap)} are covered by none" + (", a sliver" if thin else ""),
                "let them share one edge, or add the area that is missing",
                at(site, inside_of(gap)),
            )


def narrow(site: Site) -> Iterator[SiteFinding]:
    """A polygon that is nowhere wider than a sliver."""
    for area in site.minimum_altitudes:
        if area.area.buffer(-SLIVER_M / 2).is_empty:
            text = f"it is nowhere wider than {SLIVER_M:.0f} m"
            yield SiteFinding(
                "minimum-narrow",
                "warning",
                area.name,
                text,
                "see whether corners are missing",
                at(site, inside_of(area.area)),
            )


def _is_one_hole(site: Site, gap: shapely.Polygon) -> bool:
    """Whether a gap is a hole that one polygon was given on purpose, with nothing else at its edge."""
    return len(_around(site, gap)) < 2


def _around(site: Site, gap: shapely.Polygon) -> list[str]:
    near = gap.buffer(2 * EDGE_M)
    return [area.name for area in site.minimum_altitudes if area.area.intersects(near)][:3]


def _neighbours(areas: tuple[MinimumAltitude, ...], number: int) -> list[int]:
    here = areas[number].area
    return [other for other, area in enumerate(areas) if other != number and here.dwithin(area.area, NEAR_M)]


def _hectares(area: BaseGeometry) -> str:
    """An area in words.

    >>> _hectares(shapely.box(0, 0, 2000, 1000)), _hectares(shapely.box(0, 0, 50, 50))
    ('2.0 km²', '0.25 ha')
    """
    return f"{area.area / 1e6:,.1f} km²" if area.area >= 1e6 else f"{area.area / 1e4:.2f} ha"
