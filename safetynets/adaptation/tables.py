"""Areas and approaches as tables of a site file: limits in its keys, arcs flattened to the safe side, names unique."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from safetynets.adaptation.boundaries import polygons_of
from safetynets.adaptation.parts import Area, Circle, FinalApproach, Finding, Limit, UnusableError
from safetynets.geodesy import Plane
from safetynets.sites.schema import HIGHEST_ALTITUDE_FT, LOWEST_ALTITUDE_FT

Target = Literal["minimum-altitudes", "volumes", "inhibit", "approaches"]

LISTS: dict[Target, str] = {
    "minimum-altitudes": "minimum_altitudes",
    "volumes": "volumes",
    "inhibit": "inhibit_volumes",
    "approaches": "approaches",
}
"""The list of a site file that each target fills."""

FIRST_ALTITUDE_OF_LEVELS_FT = 18_000.0
"""Where a site has no pressure region: the highest transition altitude in the world."""


@dataclass(frozen=True)
class Wanted:
    """What the tables are for, and what the file does not say."""

    target: Target
    source: str
    purpose: str = ""
    nets: tuple[str, ...] = ()
    reason: str = ""
    transition_altitude_ft: float = FIRST_ALTITUDE_OF_LEVELS_FT


@dataclass
class Tables:
    """The tables made, with the place of each in the file, and what is to be said of the parts they come from."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def tables_of_areas(areas: Iterable[Area], wanted: Wanted, plane: Plane, taken: Collection[str]) -> Tables:
    """The tables of areas; one that cannot be used is refused by its name, the others are kept.

    `taken` are names that the list of the site has already: an area of the same name is numbered.
    """
    tables, names = Tables(), set(taken)
    for area in areas:
        try:
            limits = _LIMITS[wanted.target](area, wanted)
            shapes, mended = _shapes(area, wanted, plane)
        except UnusableError as found:
            tables.findings.append(Finding(area.where, area.name, found.text, found.mend))
            continue
        if mended:
            tables.findings.append(Finding(area.where, area.name, mended, "compare it with the chart", "repaired"))
        if area.note:
            tables.findings.append(Finding(area.where, area.name, area.note, severity="note"))
        for shape in shapes:
            name = _free(area.name, names)
            if name != area.name:
                text = f"the name is taken: it is called {name!r}"
                tables.findings.append(Finding(area.where, area.name, text, severity="note"))
            source = f"{wanted.source}, {area.where}"
            tables.rows.append({"name": name, **limits, **shape, "source": source})
    return tables


def tables_of_approaches(approaches: Iterable[FinalApproach], source: str, taken: Collection[str]) -> Tables:
    """The tables of final approaches; one that the site has already is left out."""
    tables, names = Tables(), set(taken)
    for approach in approaches:
        name = f"{approach.airport} {approach.runway}"
        if name in names:
            text, mend = "the site has this approach already", "remove that one first"
            tables.findings.append(Finding(approach.where, name, text, mend))
            continue
        names.add(name)
        tables.rows.append(
            {
                "name": name,
                "airport": approach.airport,
                "runway": approach.runway,
                "threshold_deg": [round(angle, 7) for angle in approach.threshold],
                "threshold_elevation_ft": approach.threshold_elevation_ft,
                "true_course_deg": approach.true_course_deg,
                "angle_deg": approach.angle_deg,
                "threshold_crossing_height_ft": approach.crossing_height_ft,
                "intercept_altitude_ft": approach.intercept_altitude_ft,
                "source": f"{source}, {approach.where}: {approach.told}; limits: simulator default",
            }
        )
    return tables


def _shapes(area: Area, wanted: Wanted, plane: Plane) -> tuple[list[dict[str, Any]], str]:
    if isinstance(area.outer, Circle) and not area.holes and wanted.target != "minimum-altitudes":
        return [{"centre_deg": [*area.outer.centre], "radius_nm": area.outer.radius_nm}], ""
    polygons, mended = polygons_of(area, plane, outwards=wanted.target != "inhibit")
    return [
        {"polygon_deg": _listed(outer), **({"holes_deg": [_listed(hole) for hole in holes]} if holes else {})}
        for outer, holes in polygons
    ], mended


def _listed(corners: Sequence[tuple[float, float]]) -> list[list[float]]:
    return [[round(latitude, 7), round(longitude, 7)] for latitude, longitude in corners]


def _minimum(area: Area, _: Wanted) -> dict[str, Any]:
    limit = area.minimum or area.floor
    if limit is None:
        raise UnusableError(
            "it says no minimum altitude", "in GeoJSON and KML give minimum_ft, minimum_m or minimum_fl"
        )
    if limit.reference in ("hundreds", "altitude"):
        return {"minimum_ft": _altitude_ft(limit.value * (100.0 if limit.reference == "hundreds" else 1.0))}
    raise UnusableError(f"a minimum that is {_said(limit)} is no altitude", "convert it to feet above mean sea level")


def _volume(area: Area, wanted: Wanted) -> dict[str, Any]:
    purpose = area.purpose or wanted.purpose
    if not purpose:
        raise UnusableError("what it protects is not known", "say --purpose, for example restricted")
    floor = Limit(LOWEST_ALTITUDE_FT, "altitude") if area.floor and area.floor.reference == "height" else area.floor
    limits = {"purpose": purpose, **_key("floor", floor, wanted), **_key("ceiling", area.ceiling, wanted)}
    return limits | ({"manual": "off"} if area.switched_off else {})


def _inhibit(area: Area, wanted: Wanted) -> dict[str, Any]:
    nets = area.nets or wanted.nets
    if not nets:
        raise UnusableError("which nets are silent in it is not known", "say --nets, for example --nets MSAW")
    if not wanted.reason:
        raise UnusableError("why nets are silent in it is not known", "say --reason")
    limits = {"nets": [*nets], **_key("floor", area.floor, wanted), **_key("ceiling", area.ceiling, wanted)}
    return limits | {"reason": wanted.reason} | ({"manual": "off"} if area.switched_off else {})


_LIMITS = {"minimum-altitudes": _minimum, "volumes": _volume, "inhibit": _inhibit}


def _key(end: str, limit: Limit | None, wanted: Wanted) -> dict[str, float]:
    """A floor or ceiling in the key of a site file that says what it is."""
    if limit is None:
        raise UnusableError(f"it says no {end}", f"in GeoJSON and KML give {end}_ft or {end}_fl")
    match limit.reference:
        case "ground" if end == "floor":
            return {"floor_ft": LOWEST_ALTITUDE_FT}
        case "unlimited" if end == "ceiling":
            return {"ceiling_fl": HIGHEST_ALTITUDE_FT / 100.0}
        case "level":
            return {f"{end}_fl": _level_fl(limit.value)}
        case "altitude":
            return {f"{end}_ft": _altitude_ft(limit.value)}
        case "hundreds" if limit.value * 100.0 > wanted.transition_altitude_ft:
            return {f"{end}_fl": min(_level_fl(limit.value), HIGHEST_ALTITUDE_FT / 100.0)}
        case "hundreds":
            return {f"{end}_ft": _altitude_ft(limit.value * 100.0)}
    raise UnusableError(f"a {end} that is {_said(limit)} cannot be kept", "convert it to an altitude or a flight level")


def _said(limit: Limit) -> str:
    return {"height": f"{limit.value:g} ft above ground", "level": f"FL{limit.value:g}"}.get(
        limit.reference, limit.reference
    )


def _level_fl(value: float) -> float:
    if value < 0.0:
        raise UnusableError(f"FL{value:g} is no flight level")
    return min(round(value, 2), HIGHEST_ALTITUDE_FT / 100.0)


def _altitude_ft(value: float) -> float:
    if not LOWEST_ALTITUDE_FT <= value <= HIGHEST_ALTITUDE_FT:
        raise UnusableError(f"{value:,.0f} ft is no altitude of an aircraft", "is it in another unit?")
    return round(value, 1)


def _free(name: str, names: set[str]) -> str:
    """The name, numbered where it is taken; it is taken from now on."""
    free, count = name, 1
    while free in names:
        count += 1
        free = f"{name} ({count})"
    names.add(free)
    return free
