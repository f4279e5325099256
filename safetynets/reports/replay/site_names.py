"""What is written beside the shapes of a site on the moving map; `names.js` places it where there is room."""

from __future__ import annotations

from dataclasses import dataclass

from safetynets.reports.formats import limit, number
from safetynets.reports.replay import colours
from safetynets.reports.site_shapes import RINGS_NM, drawn_volumes, volume_shape
from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Site, Volume
from safetynets.units import nm_to_m


@dataclass(frozen=True)
class Name:
    """A text beside a point of the plane (m); `on_point` where it may cover the point."""

    text: str
    x_m: float
    y_m: float
    colour: str
    on_point: bool = True


def site_names(site: Site) -> list[Name]:
    """The names and values of a site, the most important first: where there is no room, the last are left out."""
    return [*_approaches(site), *_volumes(site), *_minimum_altitudes(site), *_rings()]


def _approaches(site: Site) -> list[Name]:
    return [
        Name(
            f"{each.airport} {each.runway}",
            *on_approach(each, each.start_distance_nm, 0.0),
            colours.APPROACH,
            on_point=False,
        )
        for each in site.approaches
    ]


def _volumes(site: Site) -> list[Name]:
    """One name for each group of volumes; a volume alone also has its limits."""
    groups: dict[str, list[Volume]] = {}
    for volume in drawn_volumes(site):
        groups.setdefault(volume.group, []).append(volume)
    names = []
    for group, members in groups.items():
        at = volume_shape(members[len(members) // 2]).representative_point()
        alone = f"\n{limit(members[0].floor)} – {limit(members[0].ceiling)}" if len(members) == 1 else ""
        names.append(Name(f"{group}{alone}", at.x, at.y, colours.VOLUME))
    return names


def _minimum_altitudes(site: Site) -> list[Name]:
    names = []
    for each in sorted(site.minimum_altitudes, key=lambda each: -each.area.area):
        at = each.area.representative_point()
        names.append(Name(f"{number(each.minimum_ft)} ft", at.x, at.y, colours.MINIMUM_ALTITUDE))
    return names


def _rings() -> list[Name]:
    return [Name(f"{radius_nm:.0f} NM", 0.0, -float(nm_to_m(radius_nm)), colours.RING_NAMES) for radius_nm in RINGS_NM]
