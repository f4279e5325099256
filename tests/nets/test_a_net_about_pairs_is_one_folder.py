"""A net about pairs made up for the tests, registered and nothing else changed, runs wherever a net runs."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from safetynets.engine.explain import explain
from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import range_of
from safetynets.registry import added
from safetynets.reports.folder import write_run_folder
from safetynets.runs import replay
from safetynets.sites import load_site
from tests.toy_nets.closeness import NET as CLS


@pytest.fixture(autouse=True)
def with_the_net():
    with added(CLS):
        yield


def crossing() -> pd.DataFrame:
    """Two flights at 80 m/s meet head on, 300 ft apart, 12,000 m apart at first; a third is far above both."""
    time_s = np.arange(0.0, 160.0, 4.0)
    flights = []
    for number, (name, start_m, speed_mps, altitude_ft) in enumerate(
        [("EAST1", -6000.0, 80.0, 9000.0), ("WEST2", 6000.0, -80.0, 9300.0), ("HIGH3", -6000.0, 80.0, 15_000.0)]
    ):
        flights.append(
            pd.DataFrame(
                {
                    "timestamp": pd.to_datetime(1_700_000_000 + time_s + number, unit="s", utc=True),
                    "icao24": f"4b000{number}",
                    "callsign": name,
                    "latitude": 47.9,
                    "longitude": 8.0 + (start_m + speed_mps * (time_s + number)) / 74_636.0,
                    "altitude": altitude_ft,
                    "groundspeed": abs(speed_mps) * 3600.0 / 1852.0,
                    "track": 90.0 if speed_mps > 0 else 270.0,
                    "vertical_rate": 0.0,
                }
            )
        )
    return pd.concat(flights)


@pytest.fixture
def run(tmp_path):
    file = tmp_path / "crossing.csv"
    crossing().to_csv(file, index=False)
    return replay(file, load_site("zurich").folder, qnh_hpa=1013.25)


def test_its_alert_names_both_aircraft_and_lasts_while_they_are_close(run):
    (alert,) = [alert for alert in run.alerts if alert.net == "CLS"]
    assert (alert.callsign, alert.other_callsign) == ("EAST1", "WEST2")
    assert run.tracks.callsign[[alert.track, alert.other_track]].tolist() == ["EAST1", "WEST2"]
    # They close at 160 m/s from 12,000 m: 1,852 m apart at 63.4 s. A plot of the one is up to 3 s older than that of
    # the other, so that it is seen a plot later at most.
    assert 63.4 <= alert.start_time_s - 1_700_000_000 <= 68.0
    assert alert.margin_ft == pytest.approx(300.0 - 500.0, abs=1e-6)


def test_plots_in_portions_and_all_at_once_give_the_same_alerts(run):
    tracks, site = run.tracks, run.site
    monitor = Monitor(site)
    edges_s = np.linspace(tracks.time_s.min(), tracks.time_s.max() + 1.0, 9)
    for from_s, to_s in pairwise(edges_s):
        monitor.feed(tracks.select((tracks.time_s >= from_s) & (tracks.time_s < to_s)))
    wanted = repr(run.alerts)
    assert repr(monitor.alerts()) == wanted
    assert repr(alerts_of(tracks, site)) == wanted


def test_a_study_of_its_parameters_gives_what_full_runs_give(run):
    tracks, site = run.tracks, run.site
    within = range_of(site, "cls.within_ft", low=100.0, high=600.0)
    prepared = prepare(tracks, site, {within.key: within})
    for within_ft, count in ((500.0, 1), (200.0, 0)):
        found = prepared.judge({within.key: within_ft})
        wanted = judged_alerts(judge(tracks, site_with(site, {within.key: within_ft})).alerts)
        assert found.start_s.tolist() == wanted.start_s.tolist()
        assert len(found) == count


def test_it_is_explained_with_the_second_aircraft(run):
    track = run.tracks.callsign.tolist().index("EAST1")
    (alert,) = run.alerts
    steps = [step for step in explain(run.tracks, run.site, track, alert.start_time_s + 8.0) if step.net == "CLS"]
    assert [step.stage for step in steps] == ["violation", "lifecycle", "arbitration"]
    assert "Violated now" in steps[0].text
    assert steps[1].values["active"] is True
    assert steps[2].values["shown"] is True


def test_tables_and_page_hold_the_second_aircraft(run, tmp_path):
    folder = write_run_folder(run, tmp_path / "out", replace=False)
    assert json.loads((folder / "alerts.json").read_text(encoding="utf-8"))[0]["other_callsign"] == "WEST2"
    table = pd.read_csv(folder / "alerts.csv")
    assert table["other_callsign"].tolist() == ["WEST2"]
    assert "WEST2" in (folder / "report.html").read_text(encoding="utf-8")
