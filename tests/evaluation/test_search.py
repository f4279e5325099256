"""Searches: just-alerting values against closed forms, planted weaknesses, probabilities inside plain intervals."""

import json
import tomllib
from math import cos, erf, radians, sin, sqrt
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

from benchmarks import plain_draws
from safetynets.altimetry import pressure_altitude_ft
from safetynets.cli import main
from safetynets.engine.monitor import judge
from safetynets.errors import ScenarioError
from safetynets.evaluation.search.boundary import boundaries, resolution_of, search_boundary, span_of
from safetynets.evaluation.search.faulty_flights import FaultyFlights, in_headwind, load_model
from safetynets.evaluation.search.likeliest import likeliest_failure
from safetynets.evaluation.search.missed import search_missed
from safetynets.evaluation.search.situation import open_situation
from safetynets.runs import run_scenario
from safetynets.runs.scenario import Scenario
from safetynets.runs.scenario_text import scenario_text
from safetynets.sites.overrides import as_tuples

MODEL = """
headwind_sd_kt = 10.0
altitude_bias_sd_ft = 30.0
altitude_noise_ft = 12.0
onset_nm = [9.0, 12.0]

[[faults]]
fault = "wrong_altimeter_setting"
share = {altimeter}
amount = {{ error_hpa = {{ mean = 0.0, sd = 5.0 }} }}
"""
LATERAL = """
[[faults]]
fault = "lateral_offset"
share = 0.25
amount = { right_m = { mean = 0.0, sd = 300.0 } }
onset = true
"""


@pytest.fixture(scope="module")
def low_on_final():
    """One flight of the Paris recording alone, alerted by a single plot."""
    return open_situation("paris-wrong-qnh", {"apm.current_m": 1, "apm.current_n": 1})


def test_the_msaw_begins_to_alert_at_its_floor_to_a_foot():
    situation = open_situation("geneva-mva")
    (found,) = search_boundary(situation, "flights.0.legs.0.altitude_ft", 6000.0, 7000.0, 0.5, "MSAW")
    # Levelled off at the floor itself the flight is not below it: 6,500 ft over the Jura, less a tolerance of 0.
    assert found.must_not_alert == pytest.approx(6500.0, abs=0.5)
    assert found.must_alert == found.must_not_alert - 0.5


def test_the_apw_begins_to_alert_at_the_ceiling_of_its_volume_to_a_foot():
    situation = open_situation("zurich-wall")
    wall = next(volume for volume in situation.site.volumes if volume.name == "terrain wall east of the downwind")
    (found,) = search_boundary(situation, "flights.0.start.altitude_ft", 5000.0, 6500.0, 0.5, "APW")
    # Closed limits: at the ceiling (and its buffer) a level flight is inside.
    assert found.must_alert == pytest.approx(wall.ceiling.value_ft + wall.vertical_buffer_ft, abs=0.5)


NORTHWARDS = """
name = "northwards"
title = "A flight to the north past a corner of a volume"
story = "Made for a test."
sources = ["made for a test"]
reconstructed = "All of it."
site = "zurich"
start = 2024-03-01T09:00:00Z
update_s = 4.0
pressure = { qnh_hpa = 1013, source = "made for a test" }

[[flights]]
callsign = "NORTH1"
aircraft_type = "A320"
fly_on_s = 100
start = { latitude_deg = 47.25, longitude_deg = 8.86, course_deg = 0, altitude_ft = 5000, speed_kt = 210 }
legs = [{ do = "speed", speed_kt = 210 }]
"""


def test_the_apw_begins_to_alert_at_the_edge_of_its_volume_to_a_foot(tmp_path):
    (tmp_path / "northwards.toml").write_text(NORTHWARDS)
    situation = open_situation(tmp_path / "northwards.toml")
    wall = next(volume for volume in situation.site.volumes if volume.name == "terrain wall east of the downwind")
    address = "flights.0.start.longitude_deg"
    (found,) = search_boundary(situation, address, 8.864, 8.866, resolution_of(situation, address), "APW")
    plane = situation.site.plane
    corner_m = min(shapely.get_coordinates(wall.area).tolist())

    def beside_m(longitude_deg):
        """How far west of the corner of the wall a flight due north from here passes, straight on the plane."""
        x_m, y_m = plane.to_plane(47.25, longitude_deg)
        north_rad = radians(plane.convergence_deg(47.25, longitude_deg))
        return (corner_m[0] - x_m) * cos(north_rad) - (corner_m[1] - y_m) * sin(north_rad)

    # One of its two sides passes outside of the corner, the other inside of it, and they are less than a foot apart.
    assert beside_m(found.must_not_alert) == pytest.approx(0.0, abs=0.3048)
    assert beside_m(found.must_alert) == pytest.approx(0.0, abs=0.3048)
    assert beside_m(found.must_alert) < beside_m(found.must_not_alert)


def test_the_apm_begins_to_alert_where_the_error_uses_up_the_tolerance_to_a_foot(low_on_final):
    clean = low_on_final.without_faults()
    margins_ft = next(c for c in judge(clean.tracks, clean.site).conflicts if c.net.name == "APM").margin_ft
    left_ft = np.nanmin(margins_ft)
    (found,) = search_boundary(low_on_final, "fault.amount", 1.0, 15.0, 0.01, "APM")
    qnh_hpa = 1028.0
    low_ft = pressure_altitude_ft(qnh_hpa) - pressure_altitude_ft(qnh_hpa + found.value)
    # An error in hPa moves the flight by the same in ft all the way, and Mode C says that in steps of 25 ft: the first
    # step that uses up what the flight as it flew had left is rounded to from half a step below it.
    assert low_ft == pytest.approx(25.0 * np.ceil(left_ft / 25.0) - 12.5, abs=1.0)


def test_the_tolerance_that_just_alerts_is_the_lowest_of_the_flight(low_on_final):
    address = "apm.below_ft"
    assert (span_of(low_on_final, address), resolution_of(low_on_final, address)) == ((0.5, 3000.0), 0.5)
    (found,) = search_boundary(low_on_final, address, 100.0, 500.0, 0.5, "APM")
    deep_ft = -np.nanmin(
        next(c for c in judge(low_on_final.tracks, low_on_final.site).conflicts if c.net.name == "APM").margin_ft
    )
    assert found.value == pytest.approx(deep_ft + low_on_final.site.parameters.apm.below_ft, abs=1.0)


def test_an_answer_that_changes_more_than_once_gives_every_boundary():
    found = boundaries(lambda value: 20.0 <= value <= 60.0, 0.0, 100.0, 0.5)
    assert [(each.must_alert, each.must_not_alert) for each in found] == [(20.0, 19.5), (60.0, 60.5)]


def test_the_pair_is_written_replayed_and_explained(tmp_path):
    arguments = ["search", "boundary", "geneva-mva", "--vary", "flights.0.legs.0.altitude_ft", "--net", "msaw"]
    arguments += ["--from", "6400", "--to", "6600", "--out", str(tmp_path / "pair"), "--json"]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)["boundaries"]
    assert "MSAW alert since" in told["why_alert"]
    assert told["why_not"].startswith("No alert")
    nets = {word: {alert.net for alert in run_scenario(told[word]).alerts} for word in ("must_alert", "must_not_alert")}
    assert "MSAW" in nets["must_alert"]
    assert "MSAW" not in nets["must_not_alert"]


def test_several_numbers_are_varied_each_alone(tmp_path):
    vary = ["--vary", "apm.below_ft", "--vary", "fault.amount"]
    arguments = ["search", "boundary", "paris-wrong-qnh", *vary, "--net", "APM", "--out", str(tmp_path)]
    result = CliRunner().invoke(main, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [each["vary"] for each in told] == ["apm.below_ft", "fault.amount"]
    # In feet of tolerance and in hectopascals of error, each with the other as the scenario has it.
    assert told[0]["boundaries"][0]["boundary"]["must_alert"] == pytest.approx(308.5, abs=1.0)
    assert told[1]["boundaries"][0]["boundary"]["must_alert"] == pytest.approx(4.18, abs=0.02)
    for each in told:
        (pair,) = each["boundaries"]
        assert Path(pair["must_alert"]).parent == tmp_path / each["vary"]
        assert pair["why_alert"].startswith("APM alert")
        assert pair["why_not"].startswith("No")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("fault.amount", "has 0 faults"),
        ("flights.3.legs.0.altitude_ft", "there is no"),
        ("flights.0.callsign", "is not a number"),
        ("apm.bellow_ft", "is not a number of a net"),
    ],
)
def test_a_number_that_cannot_be_varied_is_refused_by_name(address, says):
    situation = open_situation("geneva-mva")
    with pytest.raises(ScenarioError, match=says):
        situation.value_at(address)


def test_a_number_that_changes_nothing_is_said():
    with pytest.raises(ScenarioError, match="is silent at all of"):
        search_boundary(open_situation("geneva-mva"), "flights.0.legs.0.altitude_ft", 8000.0, 9000.0, 50.0, "APM")


def plain_interval(failures, draws):
    share = failures / draws
    half = 1.96 * sqrt(share * (1.0 - share) / draws)
    return share - half, share + half


@pytest.mark.parametrize("limit", [2.0, 3.0, 3.5])
def test_the_probability_lies_inside_the_interval_of_ten_million_plain_draws(limit):
    def fails(z):
        return z[:, 0] + 0.3 * np.abs(z[:, 1]) > limit

    found = likeliest_failure(fails, 3, 1000, 100_000, seed=20)
    # The third quantity decides nothing, so that the plain draws leave it out.
    random, failures, draws = np.random.default_rng(1), 0, 10_000_000
    for _ in range(20):
        failures += int(fails(random.standard_normal((draws // 20, 2), dtype=np.float32)).sum())
    low, high = plain_interval(failures, draws)
    assert low <= found.probability.value <= high
    # The nearest point of that half plane to the origin, where the likelihood is greatest.
    assert np.linalg.norm(found.point) == pytest.approx(limit / sqrt(1.0 + 0.3**2), abs=0.06)


def test_the_interval_holds_the_probability_as_often_as_it_says_and_narrows_faster_than_by_the_root_of_the_draws():
    """Too far left and too far right, by a closed form, with three quantities that decide nothing."""
    closed = 1.0 - erf(2.0 / sqrt(2.0))
    few, many = (
        [likeliest_failure(lambda z: np.abs(z[:, 0]) > 2.0, 4, 200, draws, seed).probability for seed in range(40)]
        for draws in (2_500, 40_000)
    )
    for found in (few, many):
        # Of 40 intervals of 95 %, fewer than 34 hold the probability once in 300 times.
        assert sum(each.low <= closed <= each.high for each in found) >= 34
    width = [np.mean([each.high - each.low for each in found]) for found in (few, many)]
    # Sixteen times as many draws by themselves would make it a quarter.
    assert width[1] < width[0] / 6.0
    assert width[0] < 0.2 * closed


def test_a_failure_that_never_happens_has_the_rule_of_three():
    found = likeliest_failure(lambda z: np.zeros(len(z), dtype=bool), 2, 500, 1280, seed=1)
    assert found.point is None
    # Where the search finds nothing every draw is plain: eight scramblings of 128.
    assert found.probability.draws == 1024
    assert (found.probability.low, found.probability.high) == (0.0, 3.0 / 1024.0)


def search(*arguments):
    result = CliRunner().invoke(main, ["search", *map(str, arguments), "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_net_that_ignores_one_kind_of_fault_is_found_out(tmp_path: Path):
    """The APM of the site watches `below` alone, so that a flight beside its course is missed."""
    model = tmp_path / "model.toml"
    model.write_text(MODEL.format(altimeter=0.75) + LATERAL)
    found = search(
        "missed", "paris-wrong-qnh", "--net", "APM", "--model", model, "--set", "apm.current_m=1",
        "--draws", 60, "--weighted-draws", 500,
        "--beside-m", 600, "--needed-s", 0, "--out", tmp_path / "found",
    )  # fmt: skip
    assert found["likeliest"].startswith("lateral_offset")
    assert found["by_fault"]["wrong_altimeter_setting"]["failures"] == 0
    # Beyond 600 m at 300 m of standard deviation, less some metres that the flight is beside the course as it flew.
    closed = 1.0 - erf(600.0 / 300.0 / sqrt(2.0))
    part = found["by_fault"]["lateral_offset"]
    assert part["low"] <= closed * 1.1
    assert closed * 0.9 <= part["high"]
    run = run_scenario(found["scenario"])
    assert not [alert for alert in run.alerts if alert.net == "APM"]
    assert found["why"].startswith("No alert")


def test_two_tolerances_differ_about_a_flight_in_between(tmp_path: Path):
    model = tmp_path / "model.toml"
    model.write_text(MODEL.format(altimeter=1.0))
    for feet in (150, 200):
        (tmp_path / f"{feet}.toml").write_text(
            f'[[parameters]]\nname = "apm.below_ft"\nvalue = {feet}\nsource = "test"\n'
        )
    found = search(
        "difference", tmp_path / "150.toml", tmp_path / "200.toml", "--scenario", "paris-wrong-qnh",
        "--net", "APM", "--model", model, "--draws", 60, "--weighted-draws", 500, "--out", tmp_path / "found",
    )  # fmt: skip
    before, after = (
        run_scenario(tmp_path / "found" / f"paris-wrong-qnh-difference-{word}.toml") for word in ("before", "after")
    )
    assert [alert.net for alert in before.alerts] == ["APM"]
    assert [alert.net for alert in after.alerts] == []
    assert 0.0 < found["probability"]["low"] < found["probability"]["high"] < 0.3


def test_a_drawn_flight_is_the_same_for_the_same_numbers_and_shifted_by_what_they_say():
    situation, model = open_situation("paris-wrong-qnh"), load_model()
    flights = FaultyFlights(situation, model, model.faults[0], seed=1)
    z = np.array([2.0, 0.0, 0.0, 1.0, 0.0])
    told = flights.told(z)
    assert (told.fault["error_hpa"], told.altitude_bias_ft, told.headwind_kt) == (10.0, 30.0, 0.0)
    off_ft = flights.before_fault(told).pressure_altitude_ft - flights.flight.pressure_altitude_ft
    np.testing.assert_allclose(off_ft[~np.isnan(off_ft)], 30.0)
    np.testing.assert_array_equal(flights.flown(told).time_s, flights.flown(flights.told(z)).time_s)


def test_a_headwind_takes_longer_over_the_same_ground():
    situation = open_situation("paris-wrong-qnh").without_faults()
    flight = situation.tracks
    slow = in_headwind(flight, 20.0)
    np.testing.assert_array_equal(slow.x_m, flight.x_m)
    speed_kt, slow_kt = (np.nanmedian(np.hypot(t.vx_mps, t.vy_mps)) / 0.514444 for t in (flight, slow))
    assert speed_kt - slow_kt == pytest.approx(20.0, abs=0.5)
    assert slow.time_s[-1] - slow.time_s[0] > flight.time_s[-1] - flight.time_s[0]


def test_a_model_that_says_something_else_is_refused(tmp_path: Path):
    file = tmp_path / "model.toml"
    file.write_text(MODEL.format(altimeter=0.5))
    with pytest.raises(ScenarioError, match="do not add up to 1"):
        load_model(file)
    with pytest.raises(ScenarioError, match="no such file"):
        load_model(tmp_path / "none.toml")


def test_a_scenario_written_as_text_is_read_back_as_it_was():
    situation = open_situation("zurich-wall")
    read = Scenario.model_validate(as_tuples(tomllib.loads(scenario_text(situation.raw))), strict=True)
    assert read == situation.scenario


def test_what_the_bounds_of_the_plain_draws_decide_is_what_flying_them_gives():
    every = plain_draws.flights_of_model(open_situation(plain_draws.SCENARIO, plain_draws.ONE_SCAN))
    by_bounds, flown = (plain_draws.count_of(every, 7, 500, fly_all=fly_all) for fly_all in (False, True))
    missed = [{name: each["missed"] for name, each in told["by_fault"].items()} for told in (by_bounds, flown)]
    assert missed[0] == missed[1]
    assert missed[0]["lateral_offset"] > 0


def test_the_probability_of_the_planted_weakness_is_that_of_ten_million_plain_draws():
    """10,000,000 draws are kept, part by part with their seeds; one part of them is counted anew."""
    parts = json.loads(plain_draws.KEPT.read_text(encoding="utf-8"))
    plain = plain_draws.total(parts)
    assert plain["draws"] == 10_000_000
    situation = open_situation(plain_draws.SCENARIO, plain_draws.ONE_SCAN)
    found = search_missed(
        situation, plain_draws.MODEL, net=plain_draws.NET, below_ft=plain_draws.BELOW_FT,
        beside_m=plain_draws.BESIDE_M, needed_s=plain_draws.NEEDED_S, draws=60, weighted_draws=500,
        seed=plain_draws.SEED,
    )  # fmt: skip
    # The narrow interval of the plain draws lies inside the wide one of some hundred weighted draws.
    assert found.probability.low <= plain["low"] < plain["high"] <= found.probability.high
    assert found.by_fault["wrong_altimeter_setting"].failures == plain["of"]["wrong_altimeter_setting"]["missed"] == 0
