"""Who had time: the hand calculation, the events that were replayed, and an ordinary flight."""

import csv
import io

import numpy as np
import pytest

from safetynets.evaluation.lead_time import lead_times, needs, sentence_of
from safetynets.registry import added
from safetynets.reports.lead_time_page import lead_time_page
from safetynets.reports.lead_time_rows import COLUMNS, lead_time_csv, lead_time_rows
from safetynets.response import draw, load_assumptions
from safetynets.runs import replay, run_scenario
from safetynets.runs.judge import judge
from safetynets.sites import load_site, shipped_folder
from tests.airborne.low_approach import contact_s, flat_site, low_approach
from tests.nets import situations
from tests.toy_nets.speed_limit import NET as SPD

DRAWS = draw(load_assumptions(), 2000)
LANDING = shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet"


def run_of(tracks, site, name="made"):
    run = judge(name, name, site, tracks, lambda _: None)
    object.__setattr__(run, "manifest", {"inputs": [], "warnings": []})
    return run


def first_of(event):
    """The lead time of each net at its first word."""
    first = {}
    for row in event.rows:
        if row.spoke:
            first.setdefault(row.net, row.left_s)
    return first


@pytest.fixture(scope="module")
def paris():
    return lead_times(run_scenario("paris-2022"), DRAWS)


@pytest.mark.parametrize(("start_nm", "hand_s"), [(8.0, 187.0), (6.0, 136.0), (5.0, 110.0), (4.0, 84.0)])
def test_the_hand_calculation_of_a_path_280_ft_low(start_nm, hand_s):
    watched = situations.approach(start_distance_nm=start_nm, end_distance_nm=0.5)
    site = flat_site(approaches=(watched,), parameters=situations.parameters(apm={"below_ft": 200.0}))
    (event,) = lead_times(run_of(low_approach(), site), DRAWS).events
    left_s = first_of(event)
    assert event.moment_s == pytest.approx(contact_s(), abs=0.1)
    assert left_s["APM"] == pytest.approx(hand_s, abs=2.0)
    assert left_s["RFCF"] == pytest.approx(24.0, abs=2.0)
    assert left_s["TCF"] == pytest.approx(19.0, abs=2.0)


def test_at_paris_in_2022_only_the_approach_path_monitor_left_the_controller_time(paris):
    first, second = paris.events
    assert first.danger.threshold == second.danger.threshold == "LFPG 27R"
    left_s = first_of(first)
    # The path of the scenario is 275 ft low and led through the reported points, so seconds from the hand calculation.
    assert left_s["APM"] == pytest.approx(166.0, abs=2.0)
    assert left_s["RFCF"] == pytest.approx(24.0, abs=2.0)
    assert left_s["TCF"] == pytest.approx(18.0, abs=2.0)
    assert left_s["MSAW"] == pytest.approx(18.0, abs=2.0)
    assert "FLTA baro" not in left_s, "the wrong setting fools it"
    had_time = {row.net for row in first.rows if row.where == "ground" and row.had_time}
    assert had_time == {"APM"}
    sentence = sentence_of(first)
    assert "On the ground the APM spoke 166 s before, the MSAW 18 s." in sentence
    assert "On board the RFCF spoke 24 s before" in sentence
    assert "Mode 5 could not judge (the approach has no glide path)" in sentence
    assert "the APM alone left as much" in sentence


def test_an_alert_that_lasts_over_both_approaches_counts_to_each_and_takes_nothing_else_along():
    """The monitor of the setting alerts once, for the setting stays wrong; it is there without being named anywhere."""
    first, second = lead_times(run_scenario("paris-2022-setting"), DRAWS).events
    left_s, later_s = first_of(first), first_of(second)
    assert left_s["DBPSM"] > left_s["APM"] > left_s["MSAW"]
    assert later_s["DBPSM"] - left_s["DBPSM"] == pytest.approx(second.moment_s - first.moment_s)
    assert later_s["RFCF"] == pytest.approx(26.0, abs=2.0)
    assert "PDA class C" not in later_s, "the second approach was put right above its box"


def test_nobody_speaks_about_a_real_landing():
    run = replay(LANDING, "zurich", qnh_hpa=1009, qnh_source="estimated from this approach")
    found = lead_times(run, DRAWS)
    assert found.quiet == found.flights == 1
    (event,) = found.events
    assert not any(row.spoke for row in event.rows)
    assert event.danger is None
    assert all(row.why for row in event.rows)


def test_the_same_altimeter_error_on_an_ils_is_no_danger():
    (event,) = lead_times(run_scenario("flat-ground-ils"), DRAWS).events
    assert event.danger is None
    assert not any(row.spoke for row in event.rows)
    (low,) = lead_times(run_scenario("flat-ground-low"), DRAWS).events
    assert low.danger.distance_nm == pytest.approx(0.72, abs=0.01)
    # At plots 4 s apart, and the APM confirms nothing: one plot, and the way to it.
    assert first_of(low)["APM"] == pytest.approx(187.0, abs=8.0)


def test_a_volume_is_counted_to_the_moment_of_the_entry_and_needs_no_one_on_board():
    found = lead_times(run_scenario("cdg-parallel"), DRAWS)
    assert [event.callsign for event in found.events] == ["HIGH1", "LOW1"]
    for event in found.events:
        assert {row.where for row in event.rows} == {"ground"}
        (row,) = event.rows
        assert 0.0 < row.left_s < 60.0
        assert event.moment_s == pytest.approx(row.start_s + row.left_s)


def test_a_large_recording_whose_flights_are_judged_anew_gives_the_same(monkeypatch):
    """Beyond a number of plots no verdict is kept."""
    monkeypatch.setattr("safetynets.runs.judge.PLOTS_AT_A_TIME", 100)
    large = run_scenario("cdg-parallel")
    assert large.judged_anew
    monkeypatch.undo()
    every = lead_times(run_scenario("cdg-parallel"), DRAWS)
    assert lead_time_csv(lead_times(large, DRAWS)) == lead_time_csv(every)


def test_a_net_that_is_added_appears():
    with added(SPD):
        site = load_site("zurich", {"spd.limit_kt": 100})
        run = replay(LANDING, site, qnh_hpa=1009)
        (event, *_) = [event for event in lead_times(run, DRAWS).events if event.risk == SPD.risk]
        assert [row.net for row in event.rows] == [SPD.name]
        assert event.rows[0].spoke


def test_a_crew_that_is_told_by_the_controller_needs_longer_than_one_that_hears_it_itself(paris):
    (event, _) = paris.events
    ground = [row.needs for row in event.rows if row.where == "ground" and row.spoke]
    board = [row.needs for row in event.rows if row.where == "board" and row.spoke]
    assert min(one.quantile_s(0.5) for one in ground) > max(one.quantile_s(0.5) for one in board)
    assert needs.on_board("warning", DRAWS).quantile_s(0.5) < needs.on_board("caution", DRAWS).quantile_s(0.5)
    assert ground[0].budget_s == 24.0
    assert board[0].budget_s == 8.0
    assert ground[0].acts.value < board[0].acts.value == 1.0


def test_what_is_left_is_enough_in_the_draws_that_need_no_more(paris):
    (event, _) = paris.events
    for row in event.rows:
        if row.needs is not None:
            share = row.needs.in_time(row.left_s)
            assert share.count == np.sum(row.needs.time_s <= row.left_s)
            assert share.low <= share.value <= share.high
            assert row.had_time == (row.left_s >= np.median(row.needs.time_s[np.isfinite(row.needs.time_s)]))


def test_the_table_has_a_row_a_net_and_says_why(paris):
    rows = list(csv.DictReader(io.StringIO(lead_time_csv(paris))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(lead_time_rows(paris)) == sum(len(event.rows) for event in paris.events)
    silent = [row for row in rows if row["spoke"] == "no"]
    assert all(row["why"] and not row["left_s"] and not row["start_utc"] for row in silent)
    (apm,) = [row for row in rows if row["net"] == "APM" and row["event"] == "1"]
    assert (apm["budget_s"], apm["had_time"], apm["where"]) == ("24.0", "yes", "ground")


def test_a_call_sign_cannot_become_a_formula_or_markup():
    tracks = low_approach().with_columns(callsign=['=1+1"<b>'])
    found = lead_times(run_of(tracks, flat_site()), DRAWS)
    assert '\n1,"\'=1+1""<b>",' in lead_time_csv(found)
    assert "<b>" not in lead_time_page(found)


def test_the_page_is_the_same_twice_and_fetches_nothing(paris):
    page = lead_time_page(paris)
    assert page == lead_time_page(paris)
    assert "://" not in page
    assert "<script" not in page
    for event in paris.events:
        for row in event.rows:
            assert row.net in page
