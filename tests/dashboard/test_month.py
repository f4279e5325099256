"""Several days on one dashboard: each with its QNH, judged as each alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from safetynets.dashboard.controls import controls_of
from safetynets.dashboard.parameter_set import opened_with
from safetynets.dashboard.traffic import Day, _together
from safetynets.dashboard.tuning import Tuning
from safetynets.errors import StudyError
from safetynets.sites import load_site

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def later(tuning: Tuning) -> Day:
    """The same traffic a day later, on a QNH 30 hPa higher: the same pressure altitudes are 800 ft higher."""
    day = tuning.day
    regions = tuple(
        replace(region, qnh=tuple((at_s, hpa + 30.0) for at_s, hpa in region.qnh))
        for region in day.site.pressure_regions
    )
    moved = {name: getattr(day.situations, name) + DAY_S for name in ("from_s", "to_s", "event_s", "known_s")}
    return replace(
        day,
        site=replace(day.site, pressure_regions=regions),
        tracks=day.tracks.with_columns(time_s=day.tracks.time_s + DAY_S),
        situations=replace(day.situations, **moved),
    )


def test_two_days_are_judged_as_each_alone(tuning: Tuning, later: Day) -> None:
    both = Tuning(_together([later, tuning.day], "two days"))
    alone = [len(each.start.judged) for each in (tuning, Tuning(later))]
    assert alone[0] == 1
    assert len(both.start.judged) == sum(alone)
    assert both.day.first_tracks == (0, tuning.day.tracks.track_count)
    assert both.start.row["alerts"] == sum(alone)


def test_an_alert_leads_to_the_page_of_the_run_of_its_day(tuning: Tuning, later: Day, tmp_path: Path) -> None:
    pages = []
    for name in ("a & b", "c"):
        (tmp_path / name).mkdir()
        pages.append(tmp_path / name / "report.html")
        pages[-1].write_text("a run")
    days = [replace(day, replays=(page,)) for day, page in zip((tuning.day, later), pages, strict=True)]
    both = _together(days, "two days")
    callsign = tuning.day.tracks.callsign[0]
    assert both.replay_of(0, 1_699_182_000.0) == f"/replay/a%20%26%20b#time=2023-11-05T11%3A00%3A00Z&flight={callsign}"
    assert both.replay_of(tuning.day.tracks.track_count, 0.0).startswith("/replay/c#")
    pages[0].unlink()
    assert both.replay_of(0, 0.0) == ""


def test_the_bench_begins_with_the_net_that_alerts(tuning: Tuning) -> None:
    assert tuning.first_net == "msaw"


def test_every_parameter_stands_under_a_heading_and_has_a_name_of_words() -> None:
    found = controls_of(load_site("zurich"))
    headings = {each.key: each.group for each in found}
    assert headings["msaw.terrain_clearance_ft"] == "What is a violation"
    assert headings["msaw.climb_credit"] == "How the path is predicted"
    assert headings["apm.clear_n"] == "When an alert begins and ends"
    assert headings["apm.flight_rules"] == "Which flights are judged"
    assert all(headings.values())
    assert next(each.title for each in found if each.key == "apm.below_ft") == "tolerance below the path"


def test_a_parameter_set_is_opened_as_the_controls_hold_it(tmp_path: Path) -> None:
    file = tmp_path / "wider.toml"
    file.write_text('[[parameters]]\nname = "apm.below_ft"\nvalue = 150\nsource = "a trial"\n')
    assert opened_with(file, load_site("flat")) == {"apm.below_ft": 150.0}
    file.write_text('[[parameters]]\nname = "apm.bellow_ft"\nvalue = 150\nsource = "a trial"\n')
    with pytest.raises(
        StudyError, match=r"wider.toml: apm.bellow_ft: is not among the controls; take it out of the file"
    ):
        opened_with(file, load_site("flat"))
