"""The page of `safetynets site check`: the findings in a table, and where they are on the map."""

from __future__ import annotations

from safetynets.adaptation.check import SiteReport
from safetynets.adaptation.checks.finding import SEVERITIES
from safetynets.reports import house_style
from safetynets.reports.environment import data_uri, render

COLOURS = {"error": "#b3261e", "warning": "#b26a00", "note": "#4a5568"}


def site_page(report: SiteReport) -> str:
    """One HTML file without any outside request: counts, map, and a row for each finding."""
    return render(
        "site.html.j2",
        report=report,
        title=report.site.title if report.site is not None else report.file.parent.name,
        counts=[(severity, report.counts()[severity], COLOURS[severity]) for severity in SEVERITIES],
        findings=[*enumerate(report.findings, start=1)],
        drawing=_drawing(report),
    )


def _drawing(report: SiteReport) -> str:
    """The map with the number of each finding at its place, as a PNG; empty without a site."""
    if report.site is None:
        return ""
    from safetynets.reports.site_chart import site_chart

    figure = site_chart(report.site)
    axes = figure.axes[0]
    for number, finding in enumerate(report.findings, start=1):
        if finding.place_deg is None:
            continue
        x_m, y_m = report.site.plane.to_plane(*finding.place_deg)
        axes.annotate(
            str(number), (float(x_m), float(y_m)), fontsize=8, fontweight="bold", color="white", zorder=20,
            ha="center", va="center", annotation_clip=True,
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": COLOURS[finding.severity], "edgecolor": "white"},
        )  # fmt: skip
    return data_uri(house_style.figure_bytes(figure, "png", 110), "image/png")
