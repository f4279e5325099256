"""The part of a scenario's page that a command writes: golden table, clearances, and what the sensors change."""

import re
from pathlib import Path

import numpy as np

from safetynets.runs import Run
from safetynets.sites.approach_path import along_and_across
from safetynets.traffic.places import ground
from safetynets.units import nm_to_m
from tests.scenarios import golden_table, runs

FOLDER = Path(__file__).parents[2] / "docs" / "scenarios"
INDEX = FOLDER.parent / "scenarios.md"
BLOCK = re.compile(r"<!-- written by tests\.scenarios\.write_golden -->\n.*?<!-- end -->\n", re.DOTALL)
NEAR_RUNWAY_NM = 2.0


def page_file(name: str) -> Path:
    """Where the page of a scenario stands."""
    return FOLDER / f"{name}.md"


def block(name: str) -> str:
    """What the page must hold, word for word."""
    run, start_s = runs.perfect(name), runs.start_s(name)
    parts = [_markdown(golden_table.COLUMNS, golden_table.rows(run, start_s))]
    if not runs.scenario(name).recording:
        parts.append(_clearances(run, start_s))
        parts.append(_sensors(name))
    return "\n".join(("<!-- written by tests.scenarios.write_golden -->", "", *parts, "<!-- end -->", ""))


def _markdown(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    filled = [number for number in range(len(columns)) if any(row[number] for row in rows)]
    table = [[columns[number] for number in filled], ["---"] * len(filled)]
    table += [[row[number] for number in filled] for row in rows]
    return "".join("| " + " | ".join(row) + " |\n" for row in table)


def _clearances(run: Run, start_s: float) -> str:
    """The least height of each flight above the terrain, by its altimeter on the QNH and in truth."""
    rows = []
    for number in range(run.tracks.track_count):
        plots = run.tracks.rows_of(number)
        if (run.tracks.on_ground[plots] == 1).all():
            continue
        x_m, y_m = run.tracks.x_m[plots], run.tracks.y_m[plots]
        away = np.ones(len(x_m), dtype=bool)
        for approach in run.site.approaches:
            along_nm, across_m = along_and_across(approach, x_m, y_m)
            away &= np.hypot(nm_to_m(along_nm), across_m) > nm_to_m(NEAR_RUNWAY_NM)
        if not away.any():
            continue
        terrain_ft = ground(run.site).elevation_ft(x_m, y_m)
        true_ft = np.where(away, run.tracks.geometric_altitude_ft[plots] - terrain_ft, np.inf)
        least = int(np.nanargmin(true_ft))
        barometric_ft = run.altitude_ft[plots][least] - terrain_ft[least]
        rows.append(
            (
                run.tracks.callsign[number],
                f"{run.tracks.time_s[plots][least] - start_s:.1f}",
                f"{run.altitude_ft[plots][least]:.0f}",
                f"{barometric_ft:.0f}",
                f"{true_ft[least]:.0f}",
            )
        )
    head = f"Least height above the terrain, farther than {NEAR_RUNWAY_NM:g} NM from every threshold:\n\n"
    return head + _markdown(("callsign", "at_s", "altitude_on_qnh_ft", "height_by_altitude_ft", "true_height_ft"), rows)


def _sensors(name: str) -> str:
    if runs.is_on_ground(name):
        return "Not compared with the sensors on: radars see nothing of what is on the ground.\n"
    bound = runs.bounds().get(name)
    if bound is None:
        return "Not compared with the sensors on.\n"
    if not runs.perfect(name).alerts:
        return "With the sensors on (one radar of 4 s, tracker), the nets stay as silent.\n"
    return f"With the sensors on (one radar of 4 s, tracker), each alert starts {_moved(bound)}.\n"


def _moved(bound: runs.Bound) -> str:
    if not bound.sooner_s and not bound.later_s:
        return "at the same update"
    if not bound.sooner_s:
        return f"never sooner, and at most {bound.later_s:g} s later"
    return f"at most {bound.sooner_s:g} s sooner and at most {bound.later_s:g} s later"
