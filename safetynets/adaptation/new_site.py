"""`new_site`: a runnable site from an aerodrome's identifier, terrain or a chart of minima, and a few answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LineString

from safetynets.adaptation import surfaces
from safetynets.adaptation.aerodromes import Aerodrome, RunwayEnd
from safetynets.adaptation.answers import Answers, Question
from safetynets.adaptation.checks.finding import ground_ft
from safetynets.adaptation.clip import Clipped, clip
from safetynets.adaptation.imports import SOURCES_FILE, import_file
from safetynets.adaptation.site_text import value_of, written
from safetynets.errors import AdaptationError
from safetynets.output import whole_folder
from safetynets.sites import Site, load_site
from safetynets.sites.approach_path import on_approach
from safetynets.sites.catalogue import SITE_FILE, shipped_folder
from safetynets.text_files import read_toml
from safetynets.units import nm_to_m

SHORTEST_FT = 5_900.0
"""Runways shorter than 1,800 m have no approach unless named, where there is a longer one (simulator default)."""
ABOVE_THRESHOLD_FT = 3_000.0
CLEARANCE_FT = 1_000.0
BELOW_MINIMUM_FT = 500.0
"""Where a minimum altitude clears the terrain by 1,000 ft, that is the terrain clearance of the MSAW's default."""
FINAL_NM = (4.0, 12.0)
"""The intercept altitude clears the terrain by `CLEARANCE_FT` this far before the threshold, 1 NM to each side."""

HALF_WIDTH_M = 600.0
SPLAY_DEG = 8.53
"""The inhibit volumes widen by 15 %, as the areas of departures do in ICAO Doc 8168."""
ABOVE_PATH_FT = 300.0

SPEAK_FAA = frozenset({"US", "AS", "GU", "MP", "PR", "VI"})
"""Countries whose controllers speak by JO 7110.65: the United States with its territories."""

DATUMS = {".hgt": "EGM96", ".hgt.gz": "EGM96"}
GATES_WITHIN_NM = 3.0
"""Traffic comes and goes this far within the edge of the terrain."""
COARSE_DEG = 1.0 / 240.0
GATES_DEG = (0, 45, 90, 135, 180, 225, 270, 315)


@dataclass(frozen=True)
class NewSite:
    """A site that was made: its folder, what it is called, and the names of its approaches and inhibit volumes."""

    folder: Path
    title: str
    approaches: tuple[str, ...]
    inhibit_volumes: tuple[str, ...]


def new_site(
    aerodrome: Aerodrome,
    folder: Path,
    terrain: Sequence[Path],
    answers: Answers,
    extent_nm: float = 25.0,
    minimum_altitudes: Sequence[Path] = (),
) -> NewSite:
    """Write the folder of a new site: site.toml, clipped terrain, traffic.toml, answers.toml and SOURCES.md.

    Approaches have 3 degrees unless the answers say otherwise. The inhibit volumes are made from the paths: from the
    runway to where a final approach with the look-ahead of the MSAW, and a departure at 3.3 %, clear the terrain and
    the minimum altitudes.

    Parameters
    ----------
    aerodrome
        From `find_aerodrome`.
    folder
        The folder to make; there must be none yet.
    terrain
        Height files, the finest first; those of one grid need not be told apart. None is needed where there are
        minimum altitudes: the MSAW then knows these alone.
    answers
        From `read_answers`.
    extent_nm
        The terrain reaches this far to each side, and generated traffic comes and goes a little within.
    minimum_altitudes
        Charts of minimum altitudes, in any format that `import_file` takes.

    Raises
    ------
    AdaptationError
        For answers that are missing, all at once, terrain that does not cover the place, and a folder that is there.
    """
    if folder.exists():
        raise AdaptationError("is there already", file=folder, mend="choose another name with --out")
    if not (terrain or minimum_altitudes):
        raise AdaptationError(
            "the MSAW would know neither terrain nor minimum altitudes",
            mend="give --terrain with height files (SRTM .hgt, GeoTIFF), or --minimum-altitudes with a chart",
        )
    asked = _asked(aerodrome, terrain, answers, minimum_altitudes)
    with whole_folder(folder) as made:
        clipped: Sequence[Clipped] = ()
        if terrain:
            (made / "terrain").mkdir()
            clipped = clip(terrain, aerodrome.position, extent_nm, made / "terrain")
        (made / SOURCES_FILE).write_text(_sources(aerodrome, asked, clipped), encoding="utf-8", newline="\n")
        (made / SITE_FILE).write_text(_head(aerodrome, asked, clipped, extent_nm), encoding="utf-8", newline="\n")
        for chart in minimum_altitudes:
            import_file(chart, made, "minimum-altitudes", source=asked["minimum_altitudes_source"])
        head = (made / SITE_FILE).read_text(encoding="utf-8").rstrip("\n") + "\n"
        ends = asked["ends"]
        bare = _site_with(made, head, [_approach_row(aerodrome, end, 3.0, 10_000.0) for end in ends])
        rows = []
        for end, approach in zip(ends, bare.approaches, strict=True):
            angle = answers.to(
                Question(f"approaches.{end.designator}.angle_deg", f"angle of approach {end.designator} (°)", 3.0)
            )
            default_ft = _intercept_ft(bare, approach)
            intercept = answers.to(
                Question(
                    f"approaches.{end.designator}.intercept_altitude_ft",
                    f"altitude at which approach {end.designator} intercepts its path (ft)",
                    default_ft,
                )
            )
            rows.append(_approach_row(aerodrome, end, float(angle), float(intercept)))
        answers.check()
        site = _site_with(made, head, rows)
        inhibit = inhibit_rows(site)
        tables = [written("approaches", row) for row in rows] + [written("inhibit_volumes", row) for row in inhibit]
        (made / SITE_FILE).write_text("\n".join([head, *tables]), encoding="utf-8", newline="\n")
        load_site(made)
        (made / "traffic.toml").write_text(_traffic(aerodrome, rows, extent_nm), encoding="utf-8", newline="\n")
        (made / "answers.toml").write_text(answers.text(), encoding="utf-8", newline="\n")
    return NewSite(
        folder,
        aerodrome.name,
        tuple(str(row["name"]) for row in rows),
        tuple(str(row["name"]) for row in inhibit),
    )


def _asked(
    aerodrome: Aerodrome, terrain: Sequence[Path], answers: Answers, minimum_altitudes: Sequence[Path]
) -> dict[str, Any]:
    """The answers that the whole site needs, and the runway ends chosen; refuses where one is missing."""
    long = [end for end in aerodrome.ends if end.length_ft >= SHORTEST_FT] or list(aerodrome.ends[:2])
    datum = next((DATUMS[end] for end in DATUMS if all(file.name.endswith(end) for file in terrain)), None)
    asked = {
        "source": answers.to(
            Question("source", "where your answers are from, for example AIP AD 2, 2026", is_number=False)
        ),
        "transition_altitude_ft": answers.to(Question("transition_altitude_ft", "transition altitude (ft)")),
    }
    altitude = asked["transition_altitude_ft"]
    asked["transition_level_fl"] = answers.to(
        Question("transition_level_fl", "lowest flight level in use", None if altitude is None else altitude / 100 + 10)
    )
    asked["geoid_undulation_m"] = answers.to(
        Question(
            "geoid_undulation_m",
            "height of mean sea level above the WGS 84 ellipsoid (m), empty for unknown",
            may_be_unknown=True,
        )
    )
    if terrain:
        above = "what the heights are above: EGM96, EGM2008 or MSL"
        asked["terrain_vertical_datum"] = answers.to(Question("terrain_vertical_datum", above, datum, is_number=False))
        asked["terrain_source"] = answers.to(
            Question("terrain_source", "where the height files are from, and their licence", is_number=False)
        )
    if minimum_altitudes:
        published = "who published the minimum altitudes, when, and their licence"
        asked["minimum_altitudes_source"] = answers.to(Question("minimum_altitudes_source", published, is_number=False))
        floor = "how far below the minimum altitudes the MSAW alerts (ft)"
        asked["below_minimum_ft"] = answers.to(Question("below_minimum_ft", floor, BELOW_MINIMUM_FT))
    names = answers.to(
        Question(
            "runways",
            f"directions to watch, of {', '.join(end.designator for end in aerodrome.ends)}",
            [end.designator for end in long],
            is_number=False,
        )
    )
    if answers.missing:
        answers.check()
    known = {end.designator: end for end in aerodrome.ends}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise AdaptationError(
            f"no runway {wrong[0]!r} at {aerodrome.identifier}", where="runways", mend=f"use {', '.join(known)}"
        )
    asked["ends"] = [known[name] for name in names]
    return asked


def _head(aerodrome: Aerodrome, asked: dict[str, Any], clipped: Sequence[Clipped], extent_nm: float) -> str:
    latitude_deg, longitude_deg = aerodrome.position
    undulation = asked["geoid_undulation_m"]
    centre = f"centre: {aerodrome.identifier} in {aerodrome.source}"
    if undulation is not None:
        centre += f"; undulation: {asked['source']}"
    lines = [
        f"# {aerodrome.name} ({aerodrome.identifier}), made by safetynets site new.",
        "# For simulation and study only, not for operational use.",
        "",
        f"title = {value_of(aerodrome.name)}",
        f"centre_deg = [{latitude_deg!r}, {longitude_deg!r}]",
        *([f"geoid_undulation_m = {value_of(undulation)}"] if undulation is not None else []),
        f"source = {value_of(centre)}",
        *(['rule_set = "faa"'] if aerodrome.country in SPEAK_FAA else []),
        "",
        *(["[terrain]", f"extent_nm = {value_of(extent_nm)}", ""] if clipped else []),
    ]
    grids = list(dict.fromkeys(one.grid for one in clipped))
    for grid in grids:
        files = [one for one in clipped if one.grid == grid]
        row = {
            "files": [f"terrain/{one.name}" for one in files],
            "vertical_datum": asked["terrain_vertical_datum"],
            **({"note": "1 km terrain: narrow ridges may be missing"} if files[0].is_coarse(COARSE_DEG) else {}),
            "source": f"{asked['terrain_source']}; clipped from {', '.join(one.made_from for one in files)}",
        }
        lines.append(written("terrain.sources", row))
    if "below_minimum_ft" in asked:
        below_ft, said = value_of(asked["below_minimum_ft"]), "answers.toml, or simulator default"
        lines += ["[msaw]", f"below_minimum_ft = {below_ft}", ""]
        lines += ["[msaw.source]", f"below_minimum_ft = {value_of(said)}", ""]
    row = {
        "name": aerodrome.identifier,
        "transition_altitude_ft": asked["transition_altitude_ft"],
        "transition_level_fl": asked["transition_level_fl"],
        "source": f"{asked['source']}; one region for the whole site; the QNH comes with each recording",
    }
    lines.append(written("pressure_regions", row))
    return "\n".join(lines)


def _approach_row(aerodrome: Aerodrome, end: RunwayEnd, angle_deg: float, intercept_ft: float) -> dict[str, Any]:
    elevation_ft = end.elevation_ft if end.elevation_ft is not None else aerodrome.elevation_ft
    if elevation_ft is None:
        raise AdaptationError(
            f"no elevation of {aerodrome.identifier} {end.designator}", mend="add it to the runways file"
        )
    return {
        "name": f"{aerodrome.identifier} {end.designator}",
        "airport": aerodrome.identifier,
        "runway": end.designator,
        "runway_end_deg": [*end.end],
        **({"displaced_threshold_ft": end.displaced_ft} if end.displaced_ft else {}),
        "threshold_elevation_ft": elevation_ft,
        "true_course_deg": end.true_course_deg,
        "angle_deg": angle_deg,
        "intercept_altitude_ft": intercept_ft,
        "source": (
            f"runway end, displacement and elevation: {aerodrome.source}; course: along the runway; angle, intercept "
            "altitude: answers.toml, or simulator default; crossing height and limits: simulator default"
        ),
    }


def _site_with(folder: Path, head: str, rows: Sequence[dict[str, Any]]) -> Site:
    file = folder / SITE_FILE
    file.write_text("\n".join([head, *(written("approaches", row) for row in rows)]), encoding="utf-8", newline="\n")
    return load_site(folder)


def _intercept_ft(site: Site, approach: Any) -> float:
    """An intercept altitude: 3,000 ft above the threshold, clear of terrain and minima, up to the next 500 ft."""
    along = np.arange(*FINAL_NM, 0.1)
    across_m = np.linspace(-nm_to_m(1.0), nm_to_m(1.0), 9)
    points = np.array([on_approach(approach, each, across) for each in along for across in across_m])
    heights = ground_ft(site, points[:, 0], points[:, 1])
    highest_ft = float(np.nanmax(heights)) if np.isfinite(heights).any() else 0.0
    line = LineString([on_approach(approach, each, 0.0) for each in FINAL_NM])
    minima_ft = [one.minimum_ft for one in site.minimum_altitudes if one.area.intersects(line)]
    needed_ft = max(approach.threshold_elevation_ft + ABOVE_THRESHOLD_FT, highest_ft + CLEARANCE_FT, *minima_ft)
    return float(math.ceil(needed_ft / 500.0) * 500.0)


def inhibit_rows(site: Site) -> list[dict[str, Any]]:
    """One inhibit volume for each side of a runway: its final approach and the departure from the other side."""
    rows = []
    limit = "terrain" if site.terrain is not None else "minimum altitudes"
    below = "terrain clearance" if site.terrain is not None else limit
    for approach in site.approaches:
        opposite = next((one for one in site.approaches if surfaces.is_opposite(approach, one)), None)
        paths = [surfaces.low_final(site, approach)]
        if opposite is not None:
            paths.append(surfaces.low_departure(site, opposite))
        else:
            paths.append(surfaces.low_departure_behind(site, approach))
        strips = [surfaces.strip(path, HALF_WIDTH_M, SPLAY_DEG, surfaces.BEYOND_NM) for path in paths]
        runway = surfaces.runway_strip(site, approach, HALF_WIDTH_M)
        area = shapely.union_all([*strips, runway]).convex_hull
        top_ft = max(
            [approach.threshold_elevation_ft, *(float(path.altitude_ft.max(initial=-np.inf)) for path in paths)]
        )
        ceiling_ft = math.ceil((top_ft + ABOVE_PATH_FT) / 100.0) * 100.0
        x_m, y_m = shapely.get_coordinates(area)[:-1].T
        latitude_deg, longitude_deg = site.plane.to_geographic(x_m, y_m)
        far_nm = [float(path.along_nm[-1]) if len(path.along_nm) else 0.0 for path in paths]
        other = opposite.runway if opposite is not None else "the other direction"
        rows.append(
            {
                "name": f"final {approach.runway} and departure {other}",
                "nets": ["MSAW"],
                "polygon_deg": [
                    [round(latitude, 5), round(longitude, 5)]
                    for latitude, longitude in zip(latitude_deg.tolist(), longitude_deg.tolist(), strict=True)
                ],
                "floor_ft": math.floor((approach.threshold_elevation_ft - 500.0) / 100.0) * 100.0,
                "ceiling_ft": ceiling_ft,
                "reason": f"final approach and departure are below the {below} by design",
                "illustrative": True,
                "source": (
                    f"made by safetynets site new: the final approach clears the {limit}, with the look-ahead at "
                    f"{surfaces.APPROACH_KT:.0f} kt, {far_nm[0]:.1f} NM before the threshold, a departure at "
                    f"{100 * surfaces.DEPARTURE_GRADIENT:.1f} % {far_nm[1]:.1f} NM beyond the runway; "
                    f"{surfaces.BEYOND_NM} NM more, {HALF_WIDTH_M:.0f} m to each side and 15 % wider with distance"
                ),
            }
        )
    return rows


def _traffic(aerodrome: Aerodrome, rows: Sequence[dict[str, Any]], extent_nm: float) -> str:
    """Settings of the traffic generator for the site: those of Geneva with these runways and gates all around."""
    template = read_toml(shipped_folder() / "traffic" / "geneva.toml", AdaptationError)[0]
    within_nm = max(15.0, extent_nm - GATES_WITHIN_NM)
    template["routes"]["source"] = "simulator default: no published route was used"
    template["routes"] |= {"gate_distance_nm": within_nm, "vfr_distance_nm": min(15.0, within_nm)}
    template["routes"]["gates"] = [{"bearing_deg": bearing, "weight": 1} for bearing in GATES_DEG]
    lines = [
        f"# Ordinary traffic of {aerodrome.name}, as the traffic generator draws it. Made by safetynets site new.",
        "",
        'site = "."',
    ]
    for name, table in template.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *(f"{key} = {value_of(value)}" for key, value in table.items())]
    for row in rows:
        configuration = {
            "name": f"landing and departing {row['runway']}",
            "source": "simulator default",
            "weight": 1,
            "arrivals": {row["name"]: 1},
            "departures": {row["name"]: 1},
        }
        lines += ["", written("configurations", configuration).rstrip("\n")]
    return "\n".join(lines) + "\n"


def _sources(aerodrome: Aerodrome, asked: dict[str, Any], clipped: Sequence[Clipped]) -> str:
    limits = " and ".join(["terrain"] * bool(clipped) + ["minimum altitudes"] * ("below_minimum_ft" in asked))
    lines = [
        "# Where the data of this site comes from",
        "",
        "| data | source |",
        "| --- | --- |",
        f"| centre, runway ends, elevations, displaced thresholds | {aerodrome.source} |",
        *(f"| terrain/{one.name} | clipped from {one.made_from}: {asked['terrain_source']} |" for one in clipped),
        f"| transition altitude and level, undulation | {asked['source']} |",
        "| angles and intercept altitudes | answers.toml, or simulator default |",
        f"| inhibit volumes | made by safetynets site new from approach paths, departures and {limits} |",
        "| traffic.toml | simulator default; the scatter of final approaches is that of Paris, see there |",
    ]
    return "\n".join(lines) + "\n"
