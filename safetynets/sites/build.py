"""From the tables of a `site.toml` to the shapes on the site's plane."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shapely import Polygon

from safetynets.errors import SiteError, nearest
from safetynets.geodesy import Plane, destination
from safetynets.registry import registered
from safetynets.sites import shapes
from safetynets.sites.catalogue import SITE_FILE
from safetynets.sites.configurations import CONFIGURED, with_configurations
from safetynets.sites.geometry import (
    Approach,
    Configuration,
    Desk,
    InhibitVolume,
    Limit,
    LocalKind,
    LocalParameters,
    MinimumAltitude,
    Obstacle,
    Period,
    PressureRegion,
    Radar,
    Runway,
    Schedule,
    Site,
    Terrain,
    Volume,
    WeeklyPeriod,
)
from safetynets.sites.height_files import read_heights
from safetynets.sites.local_parameters import ALWAYS, ordered, problems_of, problems_together
from safetynets.sites.parameters import Parameters, parameter_models
from safetynets.sites.problems import Problem
from safetynets.sites.schema import (
    LISTS,
    ApproachTable,
    Day,
    DeskTable,
    InhibitVolumeTable,
    Limits,
    Outlined,
    PressureRegionTable,
    RunwayTable,
    Scheduled,
    SiteKeys,
    TerrainTable,
    VolumeTable,
)
from safetynets.sites.terrain import terrain_on_plane
from safetynets.units import S_PER_DAY, fl_to_ft, ft_to_m, m_to_ft, nm_to_m

SHORTEST_RUNWAY_M, LONGEST_RUNWAY_M = 300.0, 8000.0

FLIGHT_FACTS = ("wake", "flight_rules", "aircraft_type", "callsign")
"""The columns of facts about tracks that a flight category goes by."""

_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Builder:
    """Turns tables into shapes on one plane and gathers what is wrong with them."""

    plane: Plane
    problems: list[Problem] = field(default_factory=list)

    def polygon(self, corners_deg: shapes.Ring, holes_deg: Iterable[shapes.Ring], *path: str | int) -> Polygon:
        """The polygon on the plane; an empty one, and a problem noted, when it cannot be used."""
        area, found = shapes.polygon(corners_deg, tuple(holes_deg), self.plane, path)
        self.problems += found
        return area or Polygon()

    def point(self, position_deg: tuple[float, float], *path: str | int) -> tuple[float, float]:
        """The point on the plane; a problem is noted when it is too far away."""
        if problem := shapes.too_far([position_deg], self.plane, path):
            self.problems.append(problem)
        x_m, y_m = self.plane.to_plane(*position_deg)
        return float(x_m), float(y_m)

    def outline(self, table: Outlined, *path: str | int) -> tuple[Polygon | None, float, float, float]:
        """The polygon, or None with centre and radius of the circle, on the plane."""
        if table.polygon_deg is not None:
            return self.polygon(table.polygon_deg, table.holes_deg, *path), 0.0, 0.0, 0.0
        assert table.centre_deg is not None
        x_m, y_m = self.point(table.centre_deg, *path, "centre_deg")
        return None, x_m, y_m, nm_to_m(table.radius_nm) if table.radius_nm is not None else table.radius_m or 0.0

    def approach(self, table: ApproachTable, number: int) -> Approach:
        """An approach with its threshold and course on the plane."""
        if table.threshold_deg is not None:
            threshold_deg, key = table.threshold_deg, "threshold_deg"
        else:
            assert table.runway_end_deg is not None
            displacement_m = ft_to_m(table.displaced_threshold_ft)
            threshold_deg = destination(*table.runway_end_deg, table.true_course_deg, displacement_m)
            key = "runway_end_deg"
        x_m, y_m = self.point(threshold_deg, "approaches", number, key)
        return Approach(
            name=table.name,
            airport=table.airport,
            runway=table.runway,
            x_m=x_m,
            y_m=y_m,
            threshold_elevation_ft=table.threshold_elevation_ft,
            course_deg=(table.true_course_deg + float(self.plane.convergence_deg(*threshold_deg))) % 360.0,
            true_course_deg=table.true_course_deg,
            path=table.path,
            angle_deg=table.angle_deg or 0.0,
            threshold_crossing_height_ft=table.threshold_crossing_height_ft,
            profile=table.profile,
            intercept_altitude_ft=table.intercept_altitude_ft,
            start_distance_nm=table.start_distance_nm,
            end_distance_nm=table.end_distance_nm,
            half_width_m=table.half_width_m,
            splay_deg=table.splay_deg,
            source=table.source,
            illustrative=table.illustrative,
        )

    def runway(self, table: RunwayTable, number: int) -> Runway:
        """A runway with its ends on the plane; one of no plausible length is noted."""
        ends_m = [self.point(end_deg, "runways", number, "ends_deg") for end_deg in table.ends_deg]
        displaced_m = [ft_to_m(displaced_ft) for displaced_ft in table.displaced_threshold_ft]
        length_m = math.dist(*ends_m)
        if not SHORTEST_RUNWAY_M <= length_m <= LONGEST_RUNWAY_M:
            text = f"the ends are {length_m:,.0f} m apart"
            mend = f"a runway is {SHORTEST_RUNWAY_M:,.0f} to {LONGEST_RUNWAY_M:,.0f} m long"
            self.problems.append(Problem(("runways", number, "ends_deg"), text, mend))
        elif sum(displaced_m) >= length_m:
            text = f"the thresholds cross: the runway is {m_to_ft(length_m):,.0f} ft long"
            mend = "write how far each lies beyond its own end"
            self.problems.append(Problem(("runways", number, "displaced_threshold_ft"), text, mend))
        return Runway(
            name=table.name,
            airport=table.airport,
            designators=table.designators,
            x_m=(ends_m[0][0], ends_m[1][0]),
            y_m=(ends_m[0][1], ends_m[1][1]),
            displaced_threshold_m=(displaced_m[0], displaced_m[1]),
            elevation_ft=table.elevation_ft,
            half_width_m=table.half_width_m,
            holding_distance_m=table.holding_distance_m,
            source=table.source,
            illustrative=table.illustrative,
        )

    def radars(self, table: SiteKeys) -> tuple[Radar, ...]:
        """The radars; two of one SAC and SIC are noted."""
        codes = [(one.sac, one.sic) for one in table.radars]
        for number, code in enumerate(codes):
            if code in codes[:number]:
                text = f"SAC {code[0]}, SIC {code[1]} is that of {table.radars[codes.index(code)].name!r}"
                self.problems.append(Problem(("radars", number, "sic"), text, "a radar has codes of its own"))
        return tuple(
            Radar(one.name, one.sac, one.sic, *one.position_deg, one.antenna_altitude_m, one.source)
            for one in table.radars
        )

    def volume(self, table: VolumeTable, number: int) -> Volume:
        """A volume as a polygon or a circle on the plane."""
        area, x_m, y_m, radius_m = self.outline(table, "volumes", number)
        return Volume(
            name=table.name,
            group=table.group or table.name,
            purpose=table.purpose,
            area=area,
            x_m=x_m,
            y_m=y_m,
            radius_m=radius_m,
            floor=_limit(table, "floor"),
            ceiling=_limit(table, "ceiling"),
            lateral_buffer_m=table.lateral_buffer_m,
            vertical_buffer_ft=table.vertical_buffer_ft,
            schedule=_schedule(table),
            allowed_callsigns=table.allowed_callsigns,
            allowed_ssr_codes=table.allowed_ssr_codes,
            allowed_flight_rules=table.allowed_flight_rules,
            source=table.source,
            illustrative=table.illustrative,
        )

    def inhibit_volume(self, table: InhibitVolumeTable, number: int) -> InhibitVolume:
        """An inhibit volume on the plane; a circle becomes the polygon inscribed in it."""
        area, x_m, y_m, radius_m = self.outline(table, "inhibit_volumes", number)
        return InhibitVolume(
            name=table.name,
            nets=table.nets,
            area=shapes.inscribed_circle(x_m, y_m, radius_m) if area is None else area,
            floor=_limit(table, "floor"),
            ceiling=_limit(table, "ceiling"),
            schedule=_schedule(table),
            reason=table.reason,
            source=table.source,
            illustrative=table.illustrative,
        )

    def desks(self, tables: tuple[DeskTable, ...]) -> tuple[Desk, ...]:
        """The desks on the plane; a relay to none of them, and one that comes back, are noted."""
        passes_to = {table.name: table.relay_to for table in tables}
        for number, table in enumerate(tables):
            if table.relay_to and table.relay_to not in passes_to:
                text, mend = f"no desk is called {table.relay_to!r}", nearest(table.relay_to, passes_to)
                self.problems.append(Problem(("desks", number, "relay_to"), text, mend))
            elif comes_back(table.name, passes_to):
                text = f"an alert passed on from {table.name!r} comes back to it: nobody would speak"
                self.problems.append(Problem(("desks", number, "relay_to"), text, "let one of these desks keep it"))
        return tuple(self._desk(table, number) for number, table in enumerate(tables))

    def _desk(self, table: DeskTable, number: int) -> Desk:
        area, x_m, y_m, radius_m = self.outline(table, "desks", number)
        return Desk(
            name=table.name,
            nets=tuple(net.name for net in registered()) if table.nets is None else table.nets,
            area=area,
            x_m=x_m,
            y_m=y_m,
            radius_m=radius_m,
            floor=_limit(table, "floor"),
            ceiling=_limit(table, "ceiling"),
            relay_to=table.relay_to,
            relay_by=table.relay_by,
            source=table.source,
            illustrative=table.illustrative,
            signal=table.signal,
        )

    def pressure_regions(self, tables: tuple[PressureRegionTable, ...]) -> tuple[PressureRegion, ...]:
        """The pressure regions; that without a polygon (everywhere else) comes last: the first that holds is right."""
        regions: list[PressureRegion] = []
        for number, table in enumerate(tables):
            area = None
            if table.polygon_deg is not None:
                area = self.polygon(table.polygon_deg, table.holes_deg, "pressure_regions", number)
            for other in regions:
                if _share_ground(area, other.area):
                    self.problems.append(
                        Problem(
                            ("pressure_regions", number),
                            f"overlaps the region {other.name!r}, so that a point there has two QNHs",
                            "draw them apart; only one region may go without a polygon",
                        )
                    )
            regions.append(
                PressureRegion(
                    name=table.name,
                    area=area,
                    qnh=table.by_time(),
                    transition_altitude_ft=table.transition_altitude_ft,
                    transition_level_fl=table.transition_level_fl,
                    source=table.source,
                )
            )
        return tuple(sorted(regions, key=lambda region: region.area is None))

    def local_parameters(
        self, table: SiteKeys, parameters: Parameters, approaches: Sequence[Approach]
    ) -> tuple[LocalParameters, ...]:
        """The parameters that differ by place, approach or flight, in the order in which they apply."""
        found = []
        for category in table.flight_categories:
            wanted = {name: getattr(category, name) for name in FLIGHT_FACTS if getattr(category, name)}
            found.append(self._local("flight_categories", category, category.source, flights=wanted))
        for number, region in enumerate(table.parameter_regions):
            area, x_m, y_m, radius_m = self.outline(region, "parameter_regions", number)
            found.append(
                self._local(
                    "parameter_regions",
                    region,
                    region.source,
                    schedule=_schedule(region),
                    area=shapes.inscribed_circle(x_m, y_m, radius_m) if area is None else area,
                    floor=_limit_or_none(region, "floor"),
                    ceiling=_limit_or_none(region, "ceiling"),
                )
            )
        for number, item in enumerate(table.minimum_altitudes):
            if item.parameters:
                area = self.polygon(item.polygon_deg, item.holes_deg, "minimum_altitudes", number)
                found.append(self._local("minimum_altitudes", item, item.parameters_source, area=area))
        found += self._of_volumes(table.volumes)
        watched = [approach.name for approach in approaches]
        for number, approach in enumerate(table.approaches):
            if approach.parameters and approach.name in watched:
                place = watched.index(approach.name)
                found.append(self._local("approaches", approach, approach.parameters_source, approach=place))
            elif approach.parameters:
                text = "parameters of an approach that is not monitored"
                self.problems.append(Problem(("approaches", number, "parameters"), text, "leave them out"))
        wrong: list[Problem] = []
        for kind in {one.kind for one in found}:
            for number, item in enumerate(getattr(table, kind)):
                wrong += problems_of(item.parameters, parameters.tables, kind, (kind, number))
                wrong += [
                    Problem(
                        (kind, number, "parameters", net.key),
                        f"parameters of the {net.name}, which is not switched on",
                        f'write switched_on = ["{net.name}"], or leave them out',
                    )
                    for net in registered()
                    if net.key in item.parameters and not (net.on_by_default or net.name in table.switched_on)
                ]
        self.problems += wrong or problems_together(found, parameters.tables)
        return ordered(found)

    def _of_volumes(self, tables: Sequence[VolumeTable]) -> list[LocalParameters]:
        """The parameters of volumes; those of one group share one alert, and so their parameters."""
        found: dict[str, LocalParameters] = {}
        for number, volume in enumerate(tables):
            group = volume.group or volume.name
            if not volume.parameters:
                continue
            if group in found and volume.parameters != found[group].values:
                text = f"other parameters than {found[group].name!r}, with which it shares one alert"
                mend = "give both the same, or each its own group"
                self.problems.append(Problem(("volumes", number, "parameters"), text, mend))
            found.setdefault(group, self._local("volumes", volume, volume.parameters_source, group=group))
        return list(found.values())

    def _local(self, kind: LocalKind, table: Any, source: str, **where: Any) -> LocalParameters:
        where.setdefault("schedule", ALWAYS)
        return LocalParameters(name=table.name, kind=kind, values=table.parameters, source=source, **where)

    def configurations(self, table: SiteKeys) -> tuple[Configuration, ...]:
        """The configurations; names of nothing, and things that say themselves when they are active, are noted."""
        for kind in CONFIGURED:
            items = {item.name: item for item in getattr(table, kind)}
            for number, one in enumerate(table.configurations):
                for name in getattr(one, kind):
                    here = ("configurations", number, kind)
                    if name not in items:
                        self.problems.append(Problem(here, f"nothing is called {name!r}", nearest(name, items)))
                    elif isinstance(items[name], ApproachTable) and not items[name].monitored:
                        text = f"{name!r} is not monitored, so that nobody joins it"
                        self.problems.append(Problem(here, text, "leave it out, or monitor it"))
                    elif isinstance(items[name], Scheduled) and not _schedule(items[name]).permanent:
                        text = f"{name!r} says itself when it is active"
                        self.problems.append(Problem(here, text, "leave out one of the two"))
        return tuple(
            Configuration(
                name=one.name,
                schedule=_schedule(one),
                source=one.source,
                **{kind: getattr(one, kind) for kind in CONFIGURED},
            )
            for one in table.configurations
        )

    def duplicates(self, table: SiteKeys) -> None:
        """Note every name that two items of one list share."""
        for kind in LISTS:
            names = [item.name for item in getattr(table, kind)]
            counts = Counter(names)
            for number, name in enumerate(names):
                if counts[name] > 1 and name in names[:number]:
                    text = f"the name {name!r} is taken by an item above"
                    self.problems.append(Problem((kind, number, "name"), text, "give it another"))


def _fitted(
    given: Parameters, approaches: Sequence[Approach], switched_off: Mapping[str, str]
) -> tuple[Parameters, dict[str, str]]:
    """The parameters as they apply at a place, with the sources of those that the place decides.

    A net that is switched off judges no flight rules.
    """
    tables = given.tables
    sources: dict[str, str] = {}
    for net in registered():
        changes, of_net = net.at_place(tables[net.key], approaches) if net.at_place else ({}, {})
        if net.name in switched_off:
            changes["flight_rules"] = ()
            of_net["flight_rules"] = f"switched off at this site: {switched_off[net.name]}"
        tables[net.key] = tables[net.key].model_copy(update=changes)
        sources |= {f"{net.key}.{name}": words for name, words in of_net.items()}
    return Parameters(**tables), sources


def build(table: SiteKeys, file: Path, parameter_sources: Mapping[str, str]) -> tuple[Site, list[Problem]]:
    """The site that the tables describe, and what is wrong with it; with any problem the site must not be used.

    Raises
    ------
    SiteError
        For height files that cannot be used.
    """
    plane = Plane(*table.centre_deg)
    builder = Builder(plane)
    builder.duplicates(table)
    folder = file.parent
    minimum_altitudes = tuple(
        MinimumAltitude(
            name=item.name,
            minimum_ft=item.minimum_ft,
            area=builder.polygon(item.polygon_deg, item.holes_deg, "minimum_altitudes", number),
            source=item.source,
            illustrative=item.illustrative,
        )
        for number, item in enumerate(table.minimum_altitudes)
    )
    obstacles = []
    for number, item in enumerate(table.obstacles):
        x_m, y_m = builder.point(item.position_deg, "obstacles", number, "position_deg")
        obstacles.append(Obstacle(item.name, x_m, y_m, item.radius_m, item.top_ft, item.source, item.illustrative))
    flown = [builder.approach(item, number) for number, item in enumerate(table.approaches)]
    watched = [item.monitored for item in table.approaches]
    runways = tuple(builder.runway(item, number) for number, item in enumerate(table.runways))
    volumes = tuple(builder.volume(item, number) for number, item in enumerate(table.volumes))
    inhibit_volumes = tuple(builder.inhibit_volume(item, number) for number, item in enumerate(table.inhibit_volumes))
    pressure_regions = builder.pressure_regions(table.pressure_regions)
    desks = builder.desks(table.desks)
    approaches = tuple(compress(flown, watched))
    switched_off = dict(table.switched_off)
    given = Parameters(**{net: getattr(table, net) for net in parameter_models()})
    parameters, place_sources = _fitted(given, approaches, switched_off)
    local_parameters = builder.local_parameters(table, parameters, approaches)
    configurations = builder.configurations(table)
    for net in registered():
        on = net.on_by_default or net.name in table.switched_on
        if on and net.problems:
            builder.problems += net.problems(getattr(parameters, net.key), approaches)
        if net.key in table.model_fields_set and not on:
            mend = f'write switched_on = ["{net.name}"], or leave them out'
            builder.problems.append(
                Problem((net.key,), f"parameters of the {net.name}, which is not switched on", mend)
            )
        if net.name in table.switched_off and net.name in table.switched_on:
            builder.problems.append(
                Problem(("switched_on",), f"the {net.name} is switched on and off", "name it in one of them")
            )
    height_files = (
        [] if table.terrain is None else [folder / name for source in table.terrain.sources for name in source.files]
    )
    terrain = None if table.terrain is None or builder.problems else _terrain(table.terrain, folder, plane)
    site = Site(
        name=folder.resolve().name,
        title=table.title,
        folder=folder,
        plane=plane,
        geoid_undulation_m=table.geoid_undulation_m,
        terrain=terrain,
        minimum_altitudes=minimum_altitudes,
        obstacles=tuple(obstacles),
        approaches=approaches,
        runways=runways,
        volumes=volumes,
        inhibit_volumes=inhibit_volumes,
        pressure_regions=pressure_regions,
        parameters=parameters,
        parameter_sources=MappingProxyType({**parameter_sources, **place_sources}),
        input_files=(file, *height_files),
        desks=desks,
        unmonitored_approaches=tuple(
            approach for approach, is_watched in zip(flown, watched, strict=True) if not is_watched
        ),
        radars=builder.radars(table),
        switched_off=MappingProxyType(switched_off),
        switched_on=frozenset(table.switched_on),
        local_parameters=local_parameters,
        rule_set=table.rule_set,
    )
    return with_configurations(site, configurations), builder.problems


def comes_back(desk: str, passes_to: Mapping[str, str]) -> bool:
    """Whether an alert passed on from this desk, and on again, returns to it.

    >>> comes_back("A", {"A": "B", "B": "A"}), comes_back("A", {"A": "B", "B": ""})
    (True, False)
    """
    at, passed = desk, 0
    while (at := passes_to.get(at, "")) and passed <= len(passes_to):
        if at == desk:
            return True
        passed += 1
    return False


MOST_CELLS = 50_000_000
"""More terrain cells are not made: a site of 300 NM has them at 160 m."""


MOST_CELLS_KEPT = 4_000_000
"""Terrain of up to so many cells is kept in this process, for the next site with the same: of 60 NM they are 250 m."""


def _terrain(table: TerrainTable, folder: Path, plane: Plane) -> Terrain:
    """The terrain of a site, as it was made for a site before where its files have not changed since."""
    files = [folder / name for source in table.sources for name in source.files]
    cells = (2 * math.ceil(nm_to_m(table.extent_nm) / table.cell_m)) ** 2
    if cells > MOST_CELLS_KEPT or not all(file.is_file() for file in files):
        return _terrain_of.__wrapped__(table, folder, plane, ())
    states = [file.stat() for file in files]
    return _terrain_of(
        table, folder, plane, tuple((state.st_ino, state.st_size, state.st_mtime_ns) for state in states)
    )


@lru_cache(maxsize=4)
def _terrain_of(table: TerrainTable, folder: Path, plane: Plane, written: tuple[tuple[int, ...], ...]) -> Terrain:  # noqa: ARG001
    sources = []
    cells = (2 * math.ceil(nm_to_m(table.extent_nm) / table.cell_m)) ** 2
    if cells > MOST_CELLS:
        raise SiteError(
            f"{table.extent_nm:g} NM around in cells of {table.cell_m:g} m are {cells:,} cells",
            file=folder / SITE_FILE,
            where="terrain.cell_m",
            mend="make the cells larger, or extent_nm smaller",
        )
    for number, source in enumerate(table.sources, start=1):
        key = f"terrain.sources[{number}].vertical_datum"
        try:
            heights = read_heights([folder / name for name in source.files], source.vertical_datum, key)
        except SiteError as error:
            file = error.file or folder / SITE_FILE
            raise SiteError(error.problem, file=file, where=error.where, mend=error.mend) from error
        sources.append(heights.with_note(source.note))
    return terrain_on_plane(sources, plane, table.extent_nm, table.cell_m)


def _limit(table: Limits, end: str) -> Limit:
    limit = _limit_or_none(table, end)
    assert limit is not None
    return limit


def _limit_or_none(table: Limits, end: str) -> Limit | None:
    altitude_ft: float | None = getattr(table, f"{end}_ft")
    level_fl: float | None = getattr(table, f"{end}_fl")
    if altitude_ft is not None:
        return Limit(altitude_ft, is_flight_level=False)
    return None if level_fl is None else Limit(fl_to_ft(level_fl), is_flight_level=True)


def _schedule(table: Scheduled) -> Schedule:
    weekly = []
    for span in table.weekly:
        duration_s = span.end - span.start
        if duration_s <= 0:
            duration_s += S_PER_DAY
        weekly += [WeeklyPeriod(_DAYS.index(day), span.start, duration_s) for day in span.days]
    return Schedule(
        permanent=table.manual is None and not table.active and not table.weekly,
        on=table.manual == "on",
        periods=tuple(Period(period.start, period.end) for period in table.active),
        weekly=tuple(weekly),
    )


def _share_ground(one: Any, other: Any) -> bool:
    """Whether two regions overlap by more than a common edge; None is everywhere else."""
    if one is None or other is None:
        return one is other
    return bool(one.intersection(other).area > 1.0)
