"""A thousand parameter sets judged on ten million plots of a Swiss-like day; some of them against full runs."""

import os
import sys
from dataclasses import fields
from time import perf_counter, process_time

import numpy as np
import pytest
from scipy.stats import qmc

from benchmarks.revision_round import STUDY
from benchmarks.swiss_day import DAY_S, repeated, swiss_day
from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import judge
from safetynets.engine.study.judged_alerts import JudgedAlerts, judged_alerts
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import range_of

PLOTS = int(os.environ.get("JUDGED_PLOTS", "10_000_000"))
SETS = 1000
CHECKED = (0, 499, 999)
WATCHED = 499
THREADS = 2
ROUNDS = 3


def assert_equal(alerts: JudgedAlerts, wanted: JudgedAlerts) -> None:
    for column in fields(JudgedAlerts):
        np.testing.assert_array_equal(getattr(alerts, column.name), getattr(wanted, column.name), column.name)


@pytest.fixture(scope="module")
def site_and_tracks():
    site, day = swiss_day()
    return site, repeated(day, PLOTS)


def test_judging(benchmark, site_and_tracks):
    site, tracks = site_and_tracks
    ranges = {key: range_of(site, key, low=low, high=high) for key, (low, high) in STUDY.items()}
    shares = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(1)).random(SETS)
    sets = [{key: one.value_at(share) for (key, one), share in zip(ranges.items(), row, strict=True)} for row in shares]
    prepare(repeated(tracks.select(slice(0, 1)), 1), site, ranges)  # what numba compiles is not preparation
    started_s = perf_counter()
    prepared = prepare(tracks, site, ranges)
    prepared_s = perf_counter() - started_s
    prepared.judge_many(sets[:4], THREADS)
    cpu_s = process_time()
    judged = benchmark.pedantic(lambda: prepared.judge_many(sets, THREADS), rounds=ROUNDS)
    cpu_s = (process_time() - cpu_s) / ROUNDS
    size = prepared.size()
    benchmark.extra_info |= {"plots": len(tracks), "sets": SETS, "prepared_s": prepared_s, "cpu_s": cpu_s, **size}
    for number in CHECKED:
        full_run = judged_alerts(alerts_of(tracks, site_with(site, sets[number]), THREADS))
        assert_equal(judged[number], full_run)
    first_day = tracks.select(tracks.time_s < tracks.time_s.min() + DAY_S)
    on_first_day = prepare(first_day, site, ranges).judge(sets[WATCHED])
    assert_equal(on_first_day, judged_alerts(judge(first_day, site_with(site, sets[WATCHED])).alerts))
    seconds = benchmark.stats.stats.median
    rate = len(tracks) * SETS / seconds / 1e9
    sys.stdout.write(
        f"\n{len(tracks):,} plots prepared in {prepared_s:.1f} s; {size['kept'] / len(tracks):.1%} of them kept, "
        f"{size['bytes'] / len(tracks):.1f} bytes a plot.\n"
        f"{SETS:,} sets judged in {seconds:.2f} s on {THREADS} threads ({cpu_s:.2f} s CPU): "
        f"{SETS / seconds:,.0f} sets and {rate:,.1f} thousand million plots a second.\n"
        f"{np.mean([len(one) for one in judged]):,.0f} alerts a set; {len(CHECKED)} sets are equal to full runs, "
        f"one on the first day to `judge`.\n"
    )
