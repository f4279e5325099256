"""The alerts and counts of a run for a terminal of 120 columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from safetynets.engine.alerts import Alert
from safetynets.phraseology.headings import words_heading
from safetynets.phraseology.situation import Call
from safetynets.reports.formats import clock, number
from safetynets.reports.net_styles import NetStyles
from safetynets.reports.page import quiet_words
from safetynets.reports.profile_flight import name_of
from safetynets.runs import counts
from safetynets.runs.run import Run
from safetynets.sites.delivery import NO_DESKS, Delivery

LISTED_ALERTS = 200
"""More alerts than this are not read in a terminal."""
_COLUMNS: tuple[tuple[str, int, bool], ...] = (
    ("No.", 4, True),
    ("Start", 8, False),
    ("End", 8, False),
    ("Flight", 9, False),
    ("Alert", 11, False),
    ("Severity", 8, False),
    ("Area", 22, False),
    ("Altitude", 8, True),
    ("Limit", 8, True),
    ("Margin", 8, True),
    ("Shown", 11, False),
)
_NET_STYLES = NetStyles("terminal")


def run_tables(run: Run, *, whole: bool = False) -> tuple[RenderableType, ...]:
    """What a terminal shows of a run: the alerts with their words, what each net judged, and the approaches joined.

    With `whole` no name is cut, however wide that makes the table.
    """
    return (alert_table(run, whole=whole), judged_table(run), *_joined(run))


def table_width(run: Run) -> int:
    """How many columns of letters the table of alerts takes when no name is cut."""
    return sum(_widths(run, whole=True)) + len(_COLUMNS)


def _widths(run: Run, *, whole: bool) -> tuple[int, ...]:
    usual = [width for _, width, _ in _COLUMNS]
    if not whole:
        return tuple(usual)
    cells = [_cells(alert) for alert in run.alerts]
    return tuple(max([width, *(len(row[place]) for row in cells)]) for place, width in enumerate(usual))


def alert_table(run: Run, *, whole: bool = False) -> RenderableType:
    """One line an alert, its words below, of the first alerts; without one, how many plots that silence rests on.

    Altitudes and margins are feet on the QNH, times UTC.
    """
    if not run.alerts:
        return Text.assemble(("No alert. ", "bold"), quiet_words(run))
    widths = _widths(run, whole=whole)
    parts: list[RenderableType] = [_heading(run)]
    for place, alert in enumerate(run.alerts[:LISTED_ALERTS]):
        parts.append(_line(alert, widths, header=place == 0))
        delivery = run.deliveries[place]
        if delivery is not None:
            parts.append(_desk(delivery))
        parts.append(_words("", run.words[place]))
        proposed = run.proposed_words[place]
        if proposed is not None:
            parts.append(_words("or ", proposed))
    if len(run.alerts) > LISTED_ALERTS:
        more = number(len(run.alerts) - LISTED_ALERTS)
        parts.append(Text(f"and {more} more: the page and the tables of the run hold all of them", "bold"))
    return Group(*parts)


def judged_table(run: Run) -> Table:
    """Plots judged, excluded by a rule and not assessable, a line for each net."""
    table = Table("Net", title="What was judged", title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    for name in ("Plots", "Judged", "Excluded", "Not assessable"):
        table.add_column(name, justify="right")
    table.add_column("Most frequent reasons", overflow="fold")
    for net, of_net in run.plots_judged().items():
        reasons = {**of_net["excluded"], **of_net["not_assessable"]}
        frequent = sorted(reasons.items(), key=lambda reason: (-reason[1], reason[0]))[:3]
        table.add_row(
            net,
            number(of_net["plots"]),
            number(of_net["judged"]),
            number(sum(of_net["excluded"].values())),
            number(sum(of_net["not_assessable"].values())),
            ", ".join(f"{reason} {number(count)}" for reason, count in frequent),
        )
    return table


def _heading(run: Run) -> Text:
    shown = sum(alert.shown for alert in run.alerts)
    plural = "" if len(run.alerts) == 1 else "s"
    desks = f"; {NO_DESKS}" if None in run.deliveries else ""
    return Text(
        f"{number(len(run.alerts))} alert{plural}, {number(shown)} shown to the controller "
        f"(feet on the QNH, UTC){desks}",
        "bold",
    )


def _line(alert: Alert, widths: Sequence[int], *, header: bool) -> Table:
    table = Table(box=None, show_header=header, padding=(0, 1, 0, 0), header_style="bold")
    for (name, _, right), width in zip(_COLUMNS, widths, strict=True):
        table.add_column(name, width=width, no_wrap=True, overflow="ellipsis", justify="right" if right else "left")
    styles = {3: _NET_STYLES[alert.net], 4: _NET_STYLES[alert.net]}
    table.add_row(*(Text(cell, styles.get(place, "")) for place, cell in enumerate(_cells(alert))))
    return table


def _cells(alert: Alert) -> tuple[str, ...]:
    end = clock(alert.end_time_s) if math.isfinite(alert.end_time_s) else "end"
    return (
        str(alert.alert_id),
        clock(alert.start_time_s),
        end,
        name_of(alert),
        f"{alert.net} {alert.kind}",
        alert.severity,
        alert.area,
        number(alert.altitude_ft),
        number(alert.minimum_ft),
        number(alert.margin_ft, signed=True),
        (f"as {alert.shown_as}" if alert.shown_as not in ("", alert.net) else "yes")
        if alert.shown
        else f"no: {alert.suppressed_by}",
    )


def _desk(delivery: Delivery) -> Padding:
    return Padding(Text(delivery.words, "" if delivery.desks else "bold red"), (0, 0, 0, 5))


def _words(joint: str, call: Call) -> Padding:
    return Padding(Text.assemble(joint, (call.text, "italic"), f"  ({words_heading(call)})"), (0, 0, 0, 5))


def _joined(run: Run) -> Sequence[RenderableType]:
    joined = counts.approaches_joined(run.tracks, run.approach, run.site)
    if not joined:
        return ()
    parts = ", ".join(f"{name} {number(count)}" for name, count in joined.items() if count) or "none"
    return (Text.assemble(("Approaches joined: ", "bold"), f"{number(sum(joined.values()))} ({parts})"),)
