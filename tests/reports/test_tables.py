"""The tables for the terminal: 120 columns hold them, words included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from safetynets.reports.tables import run_tables, table_width
from safetynets.runs.run import Run
from safetynets.sites.delivery import Delivery, Relay


def printed(run: Run, width: int = 120) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        for table in run_tables(run):
            console.print(table)
    return capture.get()


def test_each_alert_has_one_line_with_its_words_below(run: Run) -> None:
    lines = printed(run).splitlines()
    place = next(number for number, line in enumerate(lines) if "LOW1" in line and "APM below" in line)
    assert lines[place].split()[:5] == ["1", "11:01:20", "11:02:00", "LOW1", "APM"]
    assert "LOW1 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1001  (ICAO words)" in lines[place + 1]
    assert "or LOW1 APPROACH PATH WARNING" in lines[place + 2]
    assert "(Words of wp86, proposed for this" in lines[place + 2]


def test_of_very_many_alerts_the_first_are_listed_and_the_others_counted(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "more:" not in printed(run)
    monkeypatch.setattr("safetynets.reports.tables.LISTED_ALERTS", 1)
    listed = printed(run)
    assert listed.count("(ICAO words)") == 1
    assert f"and {len(run.alerts) - 1} more: the page and the tables of the run hold all of them" in listed


def test_an_alert_not_shown_names_the_net_that_spoke(run: Run) -> None:
    line = next(line for line in printed(run).splitlines() if "MSAW below" in line and "LOW1" in line)
    assert "no: APM" in line


def test_the_table_fits_120_columns(run: Run) -> None:
    assert max(len(line.rstrip()) for line in printed(run, width=200).splitlines() if "APM below" in line) <= 120


def test_no_alert_comes_with_what_was_judged(quiet_run: Run) -> None:
    text = " ".join(printed(quiet_run).split())
    assert "No alert. MSAW: 179 of 180 plots were judged, 0 excluded, 1 not assessable." in text


def test_brackets_in_a_call_sign_are_not_markup(run: Run) -> None:
    alerts = (replace(run.alerts[0], callsign="[red]X"), *run.alerts[1:])
    assert "[red]X" in printed(replace(run, alerts=alerts))


def test_approaches_joined_are_counted(run: Run) -> None:
    assert "Approaches joined: 2 (ILS 22 1, ILS 04 1)" in printed(run)


def test_the_desk_of_an_alert_stands_below_it_and_no_desk_is_said_aloud(run: Run) -> None:
    assert "no desks in this site: delivered to one controller" in printed(run).splitlines()[0]
    relayed = Delivery(("Approach",), (Relay("Approach", "Tower", "hotline"),))
    desks = (relayed, Delivery(()), Delivery(("Tower",)), Delivery(("Tower", "Approach")))
    lines = printed(replace(run, deliveries=desks)).splitlines()
    said = [line.strip() for line in lines if line.strip().startswith("delivered to")]
    assert said == [
        "delivered to Approach, which tells Tower by hotline",
        "delivered to NO DESK: outside every delivery volume of this net",
        "delivered to Tower",
        "delivered to Tower, also shown at Approach",
    ]


def test_no_name_is_cut_where_the_table_goes_into_a_file(run: Run) -> None:
    long = "An approach with a name that no column was made for"
    alert = replace(run.alerts[0], area=long, callsign="CALLSIGN12345")
    named = replace(run, alerts=(alert, *run.alerts[1:]))
    console = Console(width=table_width(named), color_system=None)
    with console.capture() as capture:
        for table in run_tables(named, whole=True):
            console.print(table)
    text = capture.get()
    assert long in text
    assert "CALLSIGN12345" in text
    assert "\N{HORIZONTAL ELLIPSIS}" not in text
