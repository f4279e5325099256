"""The scorer of the public benchmark: a net that always alerts, one that never does, and everything in between."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from safetynets.cli import main
from safetynets.engine.monitor import judge
from safetynets.errors import BenchmarkError
from safetynets.evaluation.benchmark.baselines import site_of
from safetynets.evaluation.benchmark.final_faults import displaced_flight
from safetynets.evaluation.benchmark.final_pairs import final_pairs
from safetynets.evaluation.benchmark.pairs import pair_name, pairs_of, truth_of_pair
from safetynets.evaluation.benchmark.score import det, score
from safetynets.evaluation.benchmark.tables import (
    BENCHMARK,
    CHECKSUMS,
    SITUATION_COLUMNS,
    SITUATIONS,
    Answers,
    Situations,
    read_answers,
    read_situations,
    sha256_of,
    write_csv,
    write_sums,
)
from safetynets.evaluation.search.situation import open_situation
from safetynets.sites import load_site
from tests.nets.flights import final_approach

FLIGHTS, MUST = 2_000, 400


def situations(flights=FLIGHTS, must=MUST):
    """Flights of ten minutes; the first of them must be alerted between 300 and 400 s, then some are void."""
    truth = np.array(["must"] * must + ["void"] * 100 + ["ordinary"] * (flights - must - 100))
    return Situations(
        flight=np.array([f"F{number:05d}" for number in range(flights)]),
        task=np.array(["low on final", "wrong setting"] * (flights // 2)),
        split=np.array(["train"] * (flights // 2) + ["rank"] * (flights // 2)),
        truth=truth,
        begin_s=np.where(truth == "must", 300.0, 0.0),
        event_s=np.where(truth == "must", 400.0, 600.0),
        end_s=np.full(flights, 600.0),
    )


def answers(flight, start_s, end_s, scores=None):
    flight = np.asarray(flight, dtype=np.int64)
    count = len(flight)
    return Answers(
        name="net",
        flight=flight,
        net=np.full(count, "APM"),
        start_s=np.broadcast_to(np.asarray(start_s, dtype=np.float64), count),
        end_s=np.broadcast_to(np.asarray(end_s, dtype=np.float64), count),
        score=np.ones(count) if scores is None else np.asarray(scores, dtype=np.float64),
        scored=scores is not None,
    )


def values(found):
    return {name: each.value for name, each in found.items()}


def test_a_net_that_never_alerts_detects_nothing_and_bothers_nobody():
    found = values(score(situations(), answers([], 0.0, 0.0)))
    assert (found["detected"], found["in_time_24s_at_1"], found["nuisance_per_1000"]) == (0.0, 0.0, 0.0)
    assert np.isnan(found["warning_of_possible_p50"])


def test_a_net_that_always_alerts_detects_everything_and_nothing_at_a_tolerable_rate():
    found = values(score(situations(), answers(np.arange(FLIGHTS), 0.0, 600.0)))
    assert (found["detected"], found["in_time_24s"], found["warning_of_possible_p10"]) == (1.0, 1.0, 1.0)
    # 1,500 of the 1,900 flights that are scored are ordinary.
    assert found["nuisance_per_1000"] == pytest.approx(1000.0 * 1500 / 1900)
    assert {found[f"detected_at_{rate:g}"] for rate in (0.5, 1.0, 2.0)} == {0.0}


def test_the_perfect_net_has_every_score_full():
    found = values(score(situations(), answers(np.arange(MUST), 300.0, 400.0)))
    assert (found["in_time_24s_at_1"], found["nuisance_per_1000"], found["alerts_per_detection"]) == (1.0, 0.0, 1.0)


def test_warning_time_is_that_of_the_first_alert_over_what_was_possible():
    half = answers(np.arange(MUST).repeat(2), np.tile([350.0, 390.0], MUST), np.tile([360.0, 400.0], MUST))
    found = values(score(situations(), half))
    assert (found["warning_of_possible_p50"], found["alerts_per_detection"]) == (0.5, 2.0)
    late = values(score(situations(), answers(np.arange(MUST), 380.0, 400.0)))
    # 20 s before the event: enough for 15 s, not for 24 s.
    assert (late["in_time_24s"], late["in_time_15s"], late["detected"]) == (0.0, 1.0, 1.0)


def test_where_less_than_the_needed_time_is_possible_the_most_possible_is_in_time():
    short = replace(situations(), begin_s=np.where(situations().truth == "must", 390.0, 0.0))
    assert values(score(short, answers(np.arange(MUST), 385.0, 400.0)))["in_time_24s"] == 1.0
    assert values(score(short, answers(np.arange(MUST), 391.0, 400.0)))["in_time_24s"] == 0.0


def test_an_alert_outside_the_situation_of_a_must_flight_is_a_nuisance_and_one_about_a_void_flight_is_nothing():
    early = values(score(situations(), answers([0], 100.0, 200.0)))
    assert (early["detected"], early["nuisance_per_1000"]) == (0.0, pytest.approx(1000.0 / 1900))
    assert values(score(situations(), answers([MUST + 5], 100.0, 200.0)))["nuisance_per_1000"] == 0.0


def test_a_score_trades_detection_for_nuisance_and_a_tie_does_not_cheat():
    # 10 nuisance alerts with scores 1 to 10, and detections with a score of 5.5 and of 20.
    flight = np.concatenate([np.arange(1990, 2000), np.arange(MUST)])
    scores = np.concatenate([np.arange(1.0, 11.0), np.where(np.arange(MUST) < 100, 20.0, 5.5)])
    found = values(score(situations(), answers(flight, 310.0, 400.0, scores)))
    # 1 per 1,000 of 1,900 flights allows 1 nuisance alert, 2 allow 3: 5.5 stands behind 5 of them.
    assert (found["detected_at_1"], found["detected_at_2"], found["detected"]) == (0.25, 0.25, 1.0)
    tied = np.concatenate([np.full(10, 5.5), np.full(MUST, 5.5)])
    assert values(score(situations(), answers(flight, 310.0, 400.0, tied)))["detected_at_2"] == 0.0


def test_the_det_curve_falls_from_everything_to_nothing():
    flight = np.concatenate([np.arange(1990, 2000), np.arange(MUST)])
    scores = np.concatenate([np.arange(1.0, 11.0), np.linspace(1.0, 10.0, MUST)])
    curve = det(situations(), answers(flight, 310.0, 400.0, scores))
    rates, missed = [[point[key] for point in curve] for key in ("nuisance_per_1000", "missed")]
    assert (missed[0], rates[0]) == (0.0, pytest.approx(10_000.0 / 1900))
    assert rates == sorted(rates, reverse=True)
    assert missed == sorted(missed)


def test_the_scores_are_the_same_on_one_two_and_four_workers():
    random = np.random.default_rng(3)
    flight = np.sort(random.choice(FLIGHTS, 500, replace=False))
    some = answers(flight, 300.0 + 90.0 * random.random(500), 400.0, random.random(500))
    one, two, four = (score(situations(), some, workers=workers) for workers in (1, 2, 4))
    assert one == two == four
    assert one["detected"].low < one["detected"].value < one["detected"].high


def test_the_interval_of_a_share_is_that_of_a_resampled_share():
    found = score(situations(), answers(np.arange(MUST // 2), 310.0, 400.0))["detected"]
    # Half of 400 flights: a standard error of 2.5 %.
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.025, rel=0.15)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "benchmark"
    data.mkdir()
    (data / BENCHMARK).write_text("version = 1\n")
    found = situations(20, 4)
    found = replace(found, truth=np.array(["must"] * 4 + ["ordinary"] * 16))
    rows = [
        {
            "flight": found.flight[n], "file": "plots.parquet", "site": "paris", "task": found.task[n],
            "split": found.split[n], "day": "2024-01-01", "fault": "", "truth": found.truth[n],
            "from_s": 300.0 if n < 4 else 0.0, "event_s": 400.0, "end_s": 600.0,
        }
        for n in range(20)
    ]  # fmt: skip
    write_csv(data / SITUATIONS, SITUATION_COLUMNS, rows)
    write_sums(data)
    return data


def run(*arguments):
    return CliRunner().invoke(main, ["benchmark", "score", *map(str, arguments)], catch_exceptions=False)


def test_one_command_scores_a_table_in_csv_and_in_parquet(folder: Path, tmp_path: Path):
    import pandas as pd

    rows = [("F00000", "APM", 310.0, 390.0), ("F00001", "MSAW", "1970-01-01T00:05:10Z", ""), ("F00019", "APM", 10, 20)]
    table = pd.DataFrame(rows, columns=["flight", "net", "start", "end"]).astype(str)
    table.to_csv(tmp_path / "mine.csv", index=False)
    table.to_parquet(tmp_path / "mine.parquet")
    told = [run(folder, tmp_path / name, "--json") for name in ("mine.csv", "mine.parquet")]
    assert told[0].stdout == told[1].stdout
    scores = json.loads(told[0].stdout)["scores"]["mine"]["all"]
    assert (scores["detected"][0], scores["nuisance_per_1000"][0]) == (0.5, 50.0)
    text = run(folder, tmp_path / "mine.csv", "--split", "rank", "--page", tmp_path / "results.html").output
    assert "10 flights of rank" in text
    page = (tmp_path / "results.html").read_text(encoding="utf-8")
    assert "10 flights of the split rank" in page
    assert sha256_of(folder / CHECKSUMS) in page
    assert str(tmp_path) not in page


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("flight,net,start\nF00000,APM,1\n", "has no column end"),
        ("flight,net,start,end,colour\nF00000,APM,1,2,red\n", "a column 'colour' that means nothing"),
        ("flight,net,start,end\nF00000,APM,1\n", "row 2: has 3 cells and the header 4"),
        ("flight,net,start,end\nF00000,APM,1,2\nG1,APM,1,2\n", "row 3: there is no flight 'G1'"),
        ("flight,net,start,end\nF00000,APM,noon,2\n", "row 2: start = 'noon' is no time"),
        ("flight,net,start,end\nF00000,APM,nan,2\n", "row 2: start = 'nan' is no time"),
        ("flight,net,start,end\nF00000,APM,1970-01-01T00:05:10,\n", "has no time zone"),
        ("flight,net,start,end\nF00000,APM,300,200\n", "row 2: the alert ends before it starts"),
        ("flight,net,start,end\nF00000,,300,400\n", "row 2: net is empty"),
        ("flight,net,start,end\nF00000,APM,9000,9001\n", "row 2: the alert starts when the flight is not there"),
        ("flight,net,start,end\nF00000,APM,300,400\nF00000,APM,300,410\n", "row 3: APM alerts about F00000 at this"),
        ("flight,net,start,end,score\nF00000,APM,300,400,high\n", "row 2: score = 'high' is no number"),
        ("flight,net,start,end\nG1,APM,x,2\nG2,APM,1,2\n", "row 2: start = 'x' is no time; row 3: there is no flight"),
    ],
)
def test_a_malformed_table_is_refused_by_row(folder: Path, tmp_path: Path, rows: str, says: str):
    (tmp_path / "bad.csv").write_text(rows)
    result = run(folder, tmp_path / "bad.csv")
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


def test_alerts_about_flights_of_another_split_are_left_out_and_not_refused(folder: Path, tmp_path: Path):
    (tmp_path / "mine.csv").write_text("flight,net,start,end\nF00000,APM,310,390\nF00019,APM,10,20\n")
    train = read_situations(folder, "train")
    found = read_answers(tmp_path / "mine.csv", train, read_situations(folder).flight.tolist())
    assert found.flight.tolist() == [0]


def test_a_benchmark_that_was_changed_is_refused(folder: Path):
    with (folder / SITUATIONS).open("a") as file:
        file.write("\n")
    with pytest.raises(BenchmarkError, match="not the file that the benchmark was made with"):
        read_situations(folder)
    with pytest.raises(BenchmarkError, match="is no benchmark"):
        read_situations(folder.parent)


def test_a_fault_of_the_final_split_is_the_same_for_the_same_draw_and_never_climbs():
    site = load_site("zurich")
    flight = final_approach(low_ft=0.0)
    approach = replace(site.approaches[0], x_m=0.0, y_m=0.0)
    shapes = set()
    for seed in range(12):
        moved, shape = displaced_flight(flight, approach, np.random.default_rng(seed))
        again, _ = displaced_flight(flight, approach, np.random.default_rng(seed))
        np.testing.assert_array_equal(moved.pressure_altitude_ft, again.pressure_altitude_ft)
        assert np.all(moved.pressure_altitude_ft <= flight.pressure_altitude_ft + 1e-6)
        shapes.add(shape)
    assert len(shapes) >= 3


def straight(altitude_ft, heading, from_m, seconds=600.0, knots=250.0):
    """A flight along one axis: time, x, y and altitude every four seconds."""
    time_s = np.arange(0.0, seconds, 4.0)
    x_m = from_m + heading * knots * 0.514444 * time_s
    return np.array([time_s, x_m, np.zeros_like(time_s), np.full_like(time_s, altitude_ft)])


def test_a_pair_must_be_alerted_two_minutes_before_half_of_both_minima_is_lost():
    # Head on at 250 kt each from 40 NM apart: 1.5 NM are left after 38.5 NM / 500 kt, which is 277 s.
    one, other = straight(6000.0, 1.0, 0.0), straight(6000.0, -1.0, 40 * 1852.0)
    assert truth_of_pair(one, other, 0.0) == ("must", 280.0 - 120.0, 280.0)
    # 600 ft apart in level: more than half of 1,000 ft, less than the whole, so it is neither.
    assert truth_of_pair(one, straight(6600.0, -1.0, 40 * 1852.0), 0.0) is None
    assert truth_of_pair(one, straight(7000.0, -1.0, 40 * 1852.0), 0.0) == ("ordinary", 0.0, 596.0)
    # On the last miles both are low, and nobody looks.
    assert truth_of_pair(straight(2000.0, 1.0, 0.0), straight(2000.0, -1.0, 40 * 1852.0), 0.0) is None
    # The other flies ten minutes later: they are never in the air together.
    assert truth_of_pair(one, other, 600.0) is None


def test_pairs_of_a_recording_are_the_same_for_the_same_seed_and_share_no_flight_with_the_other_split():
    situation = open_situation("paris-arrivals")
    train, again, rank = (list(pairs_of(situation.recorded, situation.site, 4, 1, split)) for split in (0, 0, 1))
    assert [pair.truth for pair in train] == ["must", "ordinary"] * 2
    for one, other in zip(train, again, strict=True):
        np.testing.assert_array_equal(one.tracks.time_s, other.tracks.time_s)
    flown = [{str(a) for pair in pairs for a in pair.tracks.icao24} for pairs in (train, rank)]
    assert flown[0].isdisjoint(flown[1])
    place = site_of("paris", 1028.0, pairs=True)
    for pair in train[:2]:
        alerts = [each for each in judge(pair.tracks, place).alerts if each.net == "STCA"]
        named = {pair_name(each.callsign, each.other_callsign) for each in alerts}
        assert named == ({pair.name} if pair.truth == "must" else set())


def test_the_second_of_a_final_pair_is_no_real_flight_and_the_truth_is_that_of_its_path():
    situation = open_situation("paris-arrivals")
    arguments = situation.recorded, situation.site, 1028.0, 6
    pairs, again, other = (list(final_pairs(*arguments, seed)) for seed in (1, 1, 2))
    assert [pair.truth for pair in pairs] == ["must", "ordinary"] * 3
    for one, same in zip(pairs, again, strict=True):
        np.testing.assert_array_equal(one.tracks.x_m, same.tracks.x_m)
    assert [pair.event_s for pair in pairs] != [pair.event_s for pair in other]
    real = set(situation.recorded.icao24)
    for pair in pairs:
        first, second = (pair.tracks.rows_of(number) for number in (0, 1))
        assert (pair.tracks.icao24[0] in real, pair.tracks.icao24[1] in real) == (True, False)
        at_s = np.arange(max(pair.tracks.time_s[r][0] for r in (first, second)), pair.end_s, 1.0)
        apart_nm = (
            np.hypot(
                *(np.diff([place(pair.tracks, r, at_s, axis) for r in (first, second)], axis=0)[0] for axis in "xy")
            )
            / 1852.0
        )
        heights = [np.interp(at_s, *known(pair.tracks, r, "pressure_altitude_ft")) for r in (first, second)]
        apart_ft = np.abs(heights[0] - heights[1])
        # With 15 m of noise and Mode C in steps of 25 ft: half of both minima, or the whole of one.
        least = np.maximum(apart_nm / 3.0, apart_ft / 1000.0)[np.maximum(*heights) > 4500.0].min()
        assert least < 0.55 if pair.truth == "must" else least > 0.95


def known(tracks, rows, name):
    values = getattr(tracks, name)[rows]
    return tracks.time_s[rows][np.isfinite(values)], values[np.isfinite(values)]


def place(tracks, rows, at_s, axis):
    return np.interp(at_s, *known(tracks, rows, f"{axis}_m"))


def test_the_nets_on_board_take_no_parameters_of_a_site(folder: Path, tmp_path: Path):
    arguments = ["benchmark", "alerts", str(folder), "--baseline", "airborne", "--set", "apm.below_ft=100"]
    result = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "a.csv")], catch_exceptions=False)
    assert (result.exit_code, "have no parameters of a site" in result.output) == (2, True)
    assert not (tmp_path / "a.csv").exists()
