"""The page over many days as one HTML file: no script, nothing fetched; its links lead to the pages of the runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from matplotlib.figure import Figure

from safetynets.evaluation.monitoring.over_time import OverTime
from safetynets.reports.environment import data_uri, render
from safetynets.reports.house_style import figure_bytes
from safetynets.reports.monitoring.content import Content
from safetynets.reports.monitoring.figures import describe_rate, hot_spot_figure, rate_figure
from safetynets.runs.folder import PAGE
from safetynets.sites import Site

_DPI = 110


def links_to_runs(over: OverTime, page: Path) -> dict[str, str]:
    """The way from the folder of a page to the page of each run that has one, by the name of the day."""
    found = {}
    for one in over.days:
        report = one.folder / PAGE
        if report.is_file():
            way = os.path.relpath(report.resolve(), page.parent.resolve())
            found[one.name] = quote(Path(way).as_posix())
    return found


@dataclass(frozen=True, eq=False)
class Drawn:
    """A figure, drawn once for the page and the report."""

    figure: Figure

    @cached_property
    def png(self) -> bytes:
        """As PNG."""
        return figure_bytes(self.figure, "png", _DPI)

    @cached_property
    def svg(self) -> bytes:
        """As SVG."""
        return figure_bytes(self.figure, "svg")


def figures_of(over: OverTime, site: Site | None) -> dict[str, Drawn]:
    """The charts of the rates by net and kind, and the map, where there is something to draw."""
    drawn = [one for one in over.series if not one.net or one.count.any()]
    found = {f"{one.what} {one.net}": Drawn(rate_figure(over, one)) for one in drawn}
    if site is not None and any(one.alerts for one in over.days):
        found["map"] = Drawn(hot_spot_figure(over, site))
    return found


def monitor_page(content: Content, over: OverTime, figures: Mapping[str, Drawn]) -> str:
    """The page as HTML text; the same bytes every time."""
    rates = [
        {
            "net": one.net,
            "source": data_uri(figures[f"{one.what} {one.net}"].svg, "image/svg+xml"),
            "caption": describe_rate(over, one) + ".",
            "alt": describe_rate(over, one),
        }
        for one in over.series
        if f"{one.what} {one.net}" in figures
    ]
    spots = len(over.hot_spots)
    picture = None
    if "map" in figures:
        told = f"Map with every alert where it started, and {spots} hot spot{'' if spots == 1 else 's'} by number"
        picture = {"source": data_uri(figures["map"].png, "image/png"), "caption": f"{told}.", "alt": told}
    return render("monitor.html.j2", content=content, rates=rates, map=picture)
