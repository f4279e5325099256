"""One page over many replayed days: what came of them all, a line a day, and every alert with the way to its replay."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from safetynets.engine.alerts import Alert
from safetynets.output import write_whole
from safetynets.reports.alert_rows import when_words
from safetynets.reports.environment import render
from safetynets.reports.formats import DASH, clock, day, number, percent
from safetynets.reports.replay.scripts import content_policy
from safetynets.reports.verdict import places, verdict

PAGE = "days.html"


@dataclass(frozen=True, kw_only=True)
class DayOutcome:
    """What came of a day: the name of its run folder, its alerts and whether each became actual, what was judged.

    A day that cannot be used has a `problem` and nothing else.
    """

    name: str
    alerts: Sequence[Alert] = ()
    actual: Sequence[bool] = ()
    flights: int = 0
    first_s: float = math.nan
    plots: Mapping[str, Mapping[str, Any]] | None = None
    problem: str = ""


def write_days_page(days: Sequence[DayOutcome], folder: Path, title: str) -> Path:
    """Write the page of days into the folder that holds their run folders, whole or not at all.

    Raises
    ------
    ScenarioError
        Where it cannot be written.
    """
    file = folder / PAGE
    write_whole(file, days_page(days, title))
    return file


def days_page(days: Sequence[DayOutcome], title: str) -> str:
    """The page of days as HTML. It holds everything it says; its links lead to the pages of the runs beside it."""
    used = [each for each in days if not each.problem]
    alerts: list[Alert] = []
    actual: list[bool] = []
    flown = 0
    for each in used:
        alerts += [replace(alert, track=alert.track + flown) for alert in each.alerts]
        actual += each.actual
        flown += each.flights
    found = places(alerts, actual)
    script = files(__package__).joinpath("replay/alerts.js").read_text(encoding="utf-8")
    script = f'(() => {{\n"use strict";\n{script}\nnew AlertList(() => {{}});\n}})();\n'
    return render(
        "days.html.j2",
        title=title,
        policy=content_policy([script], spoken=False),
        script=Markup(script),
        verdict=f"{number(len(used))} {'day' if len(used) == 1 else 'days'}. {verdict(alerts, actual, found, flown)}",
        problems=[each for each in days if each.problem],
        days=[_line(each) for each in used],
        nets=sorted({alert.net for alert in alerts}),
        places=found,
        rows=[_row(each, alert, was) for each in used for alert, was in zip(each.alerts, each.actual, strict=True)],
    )


def _line(one: DayOutcome) -> dict[str, str]:
    judged = one.plots or {}
    refused = ", ".join(
        f"{net} {percent(sum(of_net['not_assessable'].values()) / of_net['plots']) if of_net['plots'] else DASH}"
        for net, of_net in judged.items()
    )
    of_nets: dict[str, int] = {}
    for place in places(one.alerts, one.actual):
        of_nets[place.net] = of_nets.get(place.net, 0) + place.alerts
    return {
        "name": one.name,
        "date": day(one.first_s),
        "flights": number(one.flights),
        "alerts": number(len(one.alerts)),
        "nets": ", ".join(f"{number(count)} {net}" for net, count in sorted(of_nets.items())) or "none",
        "never": number(sum(not each for each in one.actual)),
        "hidden": number(sum(not alert.shown for alert in one.alerts)),
        "refused": refused,
    }


def _row(one: DayOutcome, alert: Alert, actual: bool) -> dict[str, Any]:
    lasted_s = alert.end_time_s - alert.start_time_s
    return {
        "day": one.name,
        "alert": alert,
        "name": alert.callsign or f"track {alert.track}",
        "area": alert.area or DASH,
        "start": clock(alert.start_time_s),
        "when": when_words(alert),
        "is": f"{'shown' if alert.shown else 'hidden'} {'actual' if actual else 'predicted'}",
        "lasted": f"{number(lasted_s)} s" if math.isfinite(lasted_s) else "lasts",
        "worst": f"{number(alert.worst_margin_ft, signed=True)} ft" if math.isfinite(alert.worst_margin_ft) else DASH,
    }
