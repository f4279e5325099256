"""Volumes, schedules, desks and pressure regions: under the ground, without a desk, over before they begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from safetynets.adaptation.checks.finding import SiteFinding, at, cells_of, inside_of
from safetynets.sites.geometry import Desk, Schedule, Site
from safetynets.units import nm_to_m

SMALL_M2 = 1e6
FAR_NM = 100.0


def outline(thing: Any) -> BaseGeometry:
    """The outline of a polygon or a circle."""
    if isinstance(thing.area, BaseGeometry):
        return thing.area
    return shapely.Point(thing.x_m, thing.y_m).buffer(thing.radius_m, quad_segs=32)


def buried(site: Site) -> Iterator[SiteFinding]:
    """A volume that lies wholly under the ground: it can never be entered."""
    for volume in site.volumes:
        area = outline(volume)
        heights, _, _ = cells_of(site, area)
        top_ft = volume.ceiling.value_ft + volume.vertical_buffer_ft
        if len(heights) and top_ft < heights.min():
            yield SiteFinding(
                "volume-underground", "error", volume.name,
                f"its ceiling of {volume.ceiling.value_ft:,.0f} ft is below all the ground it covers",
                "give its ceiling as an altitude, not a height, and in feet", at(site, inside_of(area)),
            )  # fmt: skip


def mixed_limits(site: Site) -> Iterator[SiteFinding]:
    """A floor and a ceiling of two kinds that may change places with the pressure."""
    for kind in (site.volumes, site.inhibit_volumes, site.desks):
        for thing in kind:
            differ = thing.floor.is_flight_level != thing.ceiling.is_flight_level
            if differ and thing.ceiling.value_ft - thing.floor.value_ft < 1_500.0:
                yield SiteFinding(
                    "limits-may-cross", "warning", thing.name,
                    f"floor and ceiling, {thing.floor.value_ft:,.0f} and {thing.ceiling.value_ft:,.0f} ft, one of them "
                    "a flight level, may change places with the QNH",
                    "give both as altitudes or both as flight levels", at(site, inside_of(outline(thing))),
                )  # fmt: skip


def schedules(site: Site, on: date) -> Iterator[SiteFinding]:
    """A schedule that is over, and one that has the same span twice."""
    midnight_s = datetime.combine(on, time(), UTC).timestamp()
    for kind in (site.volumes, site.inhibit_volumes):
        for thing in kind:
            schedule: Schedule = thing.schedule
            place = at(site, inside_of(outline(thing)))
            if schedule.periods and not schedule.weekly and max(one.end_s for one in schedule.periods) <= midnight_s:
                text = f"all its periods are over by {on.isoformat()}"
                yield SiteFinding("schedule-dead", "warning", thing.name, text, "give new periods, or remove it", place)
            spans: Sequence[Any] = (*schedule.periods, *schedule.weekly)
            if len(set(spans)) < len(spans):
                yield SiteFinding(
                    "schedule-twice", "note", thing.name, "it has one span of time twice", "remove one", place
                )


def switched_off_by_hand(site: Site) -> Iterator[SiteFinding]:
    """A volume that is switched off by hand: nobody is warned of it."""
    for volume in site.volumes:
        if not volume.schedule.ever:
            yield SiteFinding(
                "volume-off", "note", volume.name, "it is switched off by hand", 'write manual = "on", or times',
                at(site, inside_of(outline(volume))),
            )  # fmt: skip


def without_desk(site: Site) -> Iterator[SiteFinding]:
    """Where a site has desks: what is watched and lies outside all of them, and nets that no desk is shown."""
    if not site.desks:
        return
    kinds: list[tuple[str, str, list[tuple[str, BaseGeometry]]]] = [
        ("MSAW", "minimum altitude", [(one.name, one.area) for one in site.minimum_altitudes]),
        ("APM", "approach", [(one.name, shapely.Point(one.x_m, one.y_m)) for one in site.approaches]),
        ("APW", "volume", [(one.name, outline(one)) for one in site.volumes if one.schedule.ever]),
    ]
    for net, kind, things in kinds:
        if net in site.switched_off or not things:
            continue
        desks: list[Desk] = [desk for desk in site.desks if net in desk.nets]
        if not desks:
            yield SiteFinding(
                "net-without-desk", "error", net, f"no desk is shown the alerts of the {net}",
                "add it to the nets of a desk",
            )  # fmt: skip
            continue
        everywhere = shapely.union_all([outline(desk) for desk in desks])
        for name, area in things:
            rest = area.difference(everywhere)
            if rest.area > SMALL_M2 or (not area.area and not area.intersects(everywhere)):
                place = inside_of(rest if area.area else area)
                yield SiteFinding(
                    "without-desk", "warning", name,
                    f"alerts of the {net} about this {kind} come up at no desk in a part of it",
                    "widen a delivery volume", at(site, place),
                )  # fmt: skip


def far_away(site: Site) -> Iterator[SiteFinding]:
    """Something far from the site's centre, such as a position whose latitude and longitude are swapped."""
    things: list[tuple[str, BaseGeometry]] = [(one.name, one.area) for one in site.minimum_altitudes]
    things += [(one.name, outline(one)) for kind in (site.volumes, site.inhibit_volumes) for one in kind]
    things += [(one.name, shapely.Point(one.x_m, one.y_m)) for one in site.obstacles]
    for name, area in things:
        away_nm = area.distance(shapely.Point(0.0, 0.0)) / nm_to_m(1.0)
        if away_nm > FAR_NM:
            latitude_deg, longitude_deg = at(site, inside_of(area))
            yield SiteFinding(
                "far-away", "warning", name, f"it is {away_nm:,.0f} NM from the site's centre",
                "see whether latitude and longitude are swapped: [latitude_deg, longitude_deg] is the order",
                (latitude_deg, longitude_deg),
            )  # fmt: skip


def pressure(site: Site) -> Iterator[SiteFinding]:
    """No pressure region, a transition level below the transition altitude, and approaches outside every region."""
    if not site.pressure_regions:
        yield SiteFinding(
            "no-pressure", "error", site.name, "it has no pressure region: altitudes cannot be judged",
            "add [[pressure_regions]]",
        )  # fmt: skip
    for region in site.pressure_regions:
        if region.transition_level_fl * 100.0 < region.transition_altitude_ft:
            yield SiteFinding(
                "transition", "warning", region.name,
                f"FL{region.transition_level_fl:g} is below the transition altitude of "
                f"{region.transition_altitude_ft:,.0f} ft",
                "see whether the two are swapped",
            )  # fmt: skip
    if any(region.area is None for region in site.pressure_regions):
        return
    for approach in site.approaches:
        here = shapely.Point(approach.x_m, approach.y_m)
        if site.pressure_regions and not any(
            region.area.intersects(here) for region in site.pressure_regions if region.area
        ):
            yield SiteFinding(
                "outside-pressure", "error", approach.name, "no pressure region holds its threshold",
                "widen a region, or add one without a polygon", at(site, (approach.x_m, approach.y_m)),
            )  # fmt: skip
