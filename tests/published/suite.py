"""Run every published case, print number against number, and write docs/cases.md.

python -m tests.published.suite
"""

from __future__ import annotations

import math
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.engine.alerts import Alert
from safetynets.evaluation.benchmark.make import first_low
from safetynets.runs import Run, run_scenario
from safetynets.sites.approach_path import along_and_across

ROOT = Path(__file__).parents[2]
CASES = Path(__file__).with_name("cases.toml")
PAGE = ROOT / "docs" / "cases.md"


@dataclass(frozen=True)
class Number:
    """One published number beside ours."""

    case: str
    what: str
    kind: str
    published: str
    ours: float
    tolerance: str
    reason: str
    inside: bool
    outside: str = ""
    """Why a calibration is known to fall outside."""


def load() -> dict[str, Any]:
    """The cases as they are written down."""
    return tomllib.loads(CASES.read_text(encoding="utf-8"))


def run_of(case: Mapping[str, Any]) -> Run:
    """The run of the scenario of a case, with the parameter set of the case."""
    return _run(case["scenario"], tuple(case.get("set", {}).items()))


@cache
def _run(scenario: str, changes: tuple[tuple[str, Any], ...]) -> Run:
    return run_scenario(ROOT / "scenarios" / f"{scenario}.toml", dict(changes))


def measured(run: Run, number: Mapping[str, Any]) -> float:
    """What a run says of a number; NaN where the net is silent."""
    alerts = sorted(
        (alert for alert in run.alerts if number.get("net") in (None, alert.net)), key=lambda alert: alert.start_time_s
    )
    return float(MEASURES[number["measure"]](run, alerts, number))


def _row_of(run: Run, alert: Alert) -> int:
    rows = run.tracks.rows_of(alert.track)
    return rows.start + int(np.searchsorted(run.tracks.time_s[rows], alert.start_time_s))


def _lowest_row(run: Run, track: int) -> int:
    """The lowest plot of a track, of several approaches that of the first: before it has climbed 1,000 ft again."""
    rows = run.tracks.rows_of(track)
    return rows.start + first_low(run.altitude_ft[rows])


def _altitude_at_start_ft(run: Run, alerts: list[Alert], _number: Mapping[str, Any]) -> float:
    return float(run.altitude_ft[_row_of(run, alerts[0])]) if alerts else math.nan


def _distance_at_start_nm(run: Run, alerts: list[Alert], number: Mapping[str, Any]) -> float:
    approach = next(each for each in run.site.approaches if each.name == number["approach"])
    row = _row_of(run, alerts[0])
    return float(along_and_across(approach, run.tracks.x_m[row], run.tracks.y_m[row])[0])


def _lowest_ft(run: Run, alerts: list[Alert], _number: Mapping[str, Any]) -> float:
    return float(run.altitude_ft[_lowest_row(run, alerts[0].track)])


def _last_altitude_ft(run: Run, alerts: list[Alert], _number: Mapping[str, Any]) -> float:
    return float(run.altitude_ft[run.tracks.rows_of(alerts[0].track).stop - 1])


def _warning_before_lowest_s(run: Run, alerts: list[Alert], _number: Mapping[str, Any]) -> float:
    return float(run.tracks.time_s[_lowest_row(run, alerts[0].track)]) - alerts[0].start_time_s if alerts else math.nan


def _warning_before_end_s(run: Run, alerts: list[Alert], _number: Mapping[str, Any]) -> float:
    last = run.tracks.rows_of(alerts[0].track).stop - 1
    return float(run.tracks.time_s[last]) - alerts[0].start_time_s if alerts else math.nan


def _heard_s(run: Run, alert: Alert) -> float:
    """When the alert is first heard at the desk that has to act (s since 1970); NaN for never."""
    delivery = run.deliveries[run.alerts.index(alert)]
    heard = [one.delay_s for one in (delivery.each if delivery is not None else ()) if one.signal in ("aural", "both")]
    return alert.shown_time_s + heard[0] if heard else math.nan


def _heard_before_end_s(run: Run, alerts: list[Alert], _number: Mapping[str, Any]) -> float:
    last = run.tracks.rows_of(alerts[0].track).stop - 1
    return float(run.tracks.time_s[last]) - _heard_s(run, alerts[0])


MEASURES = {
    "altitude_at_start_ft": _altitude_at_start_ft,
    "distance_at_start_nm": _distance_at_start_nm,
    "lowest_ft": _lowest_ft,
    "last_altitude_ft": _last_altitude_ft,
    "warning_before_lowest_s": _warning_before_lowest_s,
    "warning_before_end_s": _warning_before_end_s,
    "heard_before_end_s": _heard_before_end_s,
    "seen_before_heard_s": lambda run, alerts, _number: _heard_s(run, alerts[0]) - alerts[0].shown_time_s,
    "alerts": lambda _run, alerts, _number: len(alerts),
    "flights_alerted": lambda _run, alerts, _number: len({alert.track for alert in alerts}),
    "below_at_start_ft": lambda _run, alerts, _number: -alerts[0].vertical_deviation_ft if alerts else math.nan,
    "lasts_s": lambda _run, alerts, _number: alerts[0].end_time_s - alerts[0].start_time_s if alerts else math.nan,
}


def numbers() -> list[Number]:
    """Every number of every case."""
    found = []
    for case in load()["cases"]:
        run = run_of(case)
        for number in case["numbers"]:
            ours = measured(run, number)
            if "published" in number:
                inside = abs(ours - number["published"]) <= number["tolerance"]
                published, tolerance = f"{number['published']:g}", f"± {number['tolerance']:g}"
            else:
                inside, published, tolerance = ours >= number["at_least"], "-", f"at least {number['at_least']:g}"
            about = case["name"], number["what"], number["kind"], published
            found.append(Number(*about, ours, tolerance, number["reason"], bool(inside), number.get("outside", "")))
    return found


def page(found: list[Number]) -> str:
    """The text of docs/cases.md."""
    parts = [HEAD]
    for case in load()["cases"]:
        name = case["scenario"].removeprefix("cases/")
        file = f"scenarios/{case['scenario']}.toml"
        told = f"safetynets run {file if case['scenario'].startswith('cases/') else name}"
        told = f"`{told}{''.join(f' --set {key}={value}' for key, value in case.get('set', {}).items())}`"
        parts.append(f"\n## {case['name']}\n\n{told}. Parameters: {case['parameters']}.\n\n{TABLE}")
        parts += [_row(number) for number in found if number.case == case["name"]]
        if "note" in case:
            parts.append(f"\n{case['note']}\n")
    return "".join(parts)


def _row(n: Number) -> str:
    where = "inside" if n.inside else "**outside**"
    why = f"{n.reason}; outside because {n.outside}" if n.outside else n.reason
    return f"| {n.what} | {n.kind} | {n.published} | {n.ours:.4g} | {n.tolerance} | {where} | {why} |\n"


HEAD = """# Published cases

Written by `make cases`. Events with published numbers, re-flown by the scenarios, with the results beside them.
*Calibration*: the scenario was made to meet the number, which shows only that it does. *Prediction*: nothing
was adjusted to it. A number outside its tolerance is marked as such. Most sources are second-hand; each scenario
names its own. Not for operational use, and no finding about any event.
"""
TABLE = """| number | kind | published | ours | tolerance | ours is | reason of the tolerance |
| --- | --- | ---: | ---: | --- | --- | --- |
"""


def main() -> int:
    """Print every number and write the page; 1 where a calibration is outside its tolerance and nobody says why."""
    found = numbers()
    for each in found:
        where = "inside" if each.inside else "OUTSIDE"
        said = f"{each.case}: {each.what}: published {each.published}, ours {each.ours:.4g} ({each.tolerance})"
        print(f"{where:8}{each.kind:12}{said}")
    PAGE.write_text(page(found), encoding="utf-8", newline="\n")
    print(f"written: {PAGE}")
    return int(any(each.kind == "calibration" and not each.inside and not each.outside for each in found))


if __name__ == "__main__":
    sys.exit(main())
