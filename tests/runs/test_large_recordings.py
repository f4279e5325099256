"""A recording too large to keep every verdict: judged some flights at a time, it comes out as if judged at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from safetynets.reports.folder import write_run_folder
from safetynets.reports.verdict import became_actual
from safetynets.runs import Run, run_scenario
from safetynets.runs import judge as judging

SCENARIO = "paris-arrivals"
WITH_ERROR = {"pressure.qnh_hpa": 1022}  # every approach is too low by the wrong QNH: many alerts, and flights without


@pytest.fixture(scope="module")
def at_once() -> Run:
    return run_scenario(SCENARIO, WITH_ERROR)


@pytest.fixture(scope="module")
def in_portions() -> Iterator[Run]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "PLOTS_AT_A_TIME", 2_000)
        yield run_scenario(SCENARIO, WITH_ERROR)


def test_the_alerts_and_the_counts_are_the_same(at_once: Run, in_portions: Run) -> None:
    assert in_portions.judged_anew
    assert len(in_portions.tracks) > 3 * 2_000, "several portions"
    assert [repr(alert) for alert in in_portions.alerts] == [repr(alert) for alert in at_once.alerts]
    assert in_portions.manifest == at_once.manifest
    assert np.array_equal(in_portions.approach, at_once.approach)
    assert np.array_equal(in_portions.altitude_ft, at_once.altitude_ft, equal_nan=True)


def test_no_verdict_is_kept_and_those_on_any_flights_are_had_some_plots_at_a_time(
    at_once: Run, in_portions: Run
) -> None:
    assert [len(table) for table in in_portions.conflicts] == [0] * len(at_once.conflicts)
    flights = sorted({alert.track for alert in at_once.alerts})
    portions = list(in_portions.conflicts_of(flights, plots=1_000))
    assert len(portions) > 1
    rows = np.concatenate([rows for rows, _ in portions])
    assert rows.tolist() == np.flatnonzero(np.isin(at_once.tracks.track, flights)).tolist()
    for number, whole in enumerate(at_once.conflicts):
        margin_ft, reason = (
            np.concatenate([getattr(found[number], name) for _, found in portions]) for name in ("margin_ft", "reason")
        )
        assert np.array_equal(whole.margin_ft[rows], margin_ft, equal_nan=True)
        assert np.array_equal(whole.reason[rows], reason)


def test_a_flight_is_judged_anew_when_its_verdicts_are_asked_for(at_once: Run, in_portions: Run) -> None:
    silent = next(
        track for track in range(at_once.tracks.track_count) if track not in {a.track for a in at_once.alerts}
    )
    rows = np.arange(*at_once.tracks.rows_of(silent).indices(len(at_once.tracks)))[5:]
    for whole, part in zip(at_once.conflicts_at(rows), in_portions.conflicts_at(rows), strict=True):
        assert np.array_equal(whole.reason, part.reason)
        assert np.array_equal(whole.margin_ft, part.margin_ft, equal_nan=True)
    assert np.array_equal(at_once.floor_at(rows), in_portions.floor_at(rows), equal_nan=True)
    assert became_actual(in_portions) == became_actual(at_once)


@pytest.mark.parametrize("trace", ["alerted", "all"])
def test_the_run_folder_holds_the_same_bytes(at_once: Run, in_portions: Run, tmp_path: Path, trace) -> None:
    digests = []
    for name, run in (("once", at_once), ("portions", in_portions)):
        write_run_folder(run, tmp_path / name, replace=False, figures="none", trace=trace)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        digests.append({f.relative_to(tmp_path / name): hashlib.sha256(f.read_bytes()).hexdigest() for f in files})
    assert digests[0] == digests[1]
