"""A net made up for the tests, registered and nothing else changed, runs wherever a net runs."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from safetynets.engine.explain import explain
from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import range_of
from safetynets.registry import added
from safetynets.reports.folder import write_run_folder
from safetynets.runs import replay
from safetynets.sites import load_site
from safetynets.tracks import Tracks
from tests.toy_nets.speed_limit import NET as SPD

MPS_PER_KT = 1852.0 / 3600.0


@pytest.fixture(autouse=True)
def with_the_net():
    with added(SPD):
        yield


def descent(speed_kt: float = 300.0) -> pd.DataFrame:
    """From 11,000 ft down through flight level 100 at 1,500 ft/min, a plot each 4 s, over the north of Switzerland."""
    time_s = np.arange(0.0, 120.0, 4.0)
    return pd.DataFrame(
        {
            "timestamp": pd.to_datetime(1_700_000_000 + time_s, unit="s", utc=True),
            "icao24": "4b1234",
            "callsign": "FAST1",
            "latitude": 47.9,
            "longitude": 8.0 + time_s * speed_kt * MPS_PER_KT / 74_600.0,
            "altitude": 11_000.0 - 25.0 * time_s,
            "groundspeed": speed_kt,
            "track": 90.0,
            "vertical_rate": -1500.0,
        }
    )


@pytest.fixture
def here():
    return load_site("zurich", {"pressure_regions.*.qnh_hpa": 1013.25})


@pytest.fixture
def run(here, tmp_path):
    file = tmp_path / "descent.csv"
    descent().to_csv(file, index=False)
    return replay(file, here.folder, qnh_hpa=1013.25)


def of_the_net(alerts):
    return [alert for alert in alerts if alert.net == "SPD"]


def test_its_alert_comes_when_the_descent_through_the_level_is_twenty_seconds_ahead(run):
    (alert,) = of_the_net(run.alerts)
    # FL 100 is reached at 40 s; from 20 s on it is less than 20 s ahead, and two plots confirm.
    assert alert.start_time_s - run.tracks.time_s[0] == 24.0
    assert (alert.kind, alert.area, alert.shown_as) == ("below", "below the level", "SPD")


def test_the_coarse_filter_plots_in_portions_and_every_plot_give_the_same_alerts(run):
    tracks, site = run.tracks, run.site
    monitor = Monitor(site)
    for portion in np.array_split(np.arange(len(tracks)), 7):
        monitor.feed(tracks.select(portion))
    assert (
        repr(monitor.alerts()) == repr(judge(tracks, site).alerts) == repr(alerts_of(tracks, site)) == repr(run.alerts)
    )


def test_a_study_of_its_parameters_gives_what_full_runs_give(run):
    tracks, site = run.tracks, run.site
    limit = range_of(site, "spd.limit_kt", low=200.0, high=400.0)
    prepared = prepare(tracks, site, {limit.key: limit})
    for limit_kt, count in ((250.0, 1), (310.0, 0)):
        found = prepared.judge({limit.key: limit_kt})
        wanted = judged_alerts(judge(tracks, site_with(site, {limit.key: limit_kt})).alerts)
        assert found.start_s.tolist() == wanted.start_s.tolist()
        assert found.net.tolist() == wanted.net.tolist() == [len(nets()) - 1] * count


def test_it_is_explained(run):
    steps = explain(run.tracks, run.site, 0, float(run.tracks.time_s[0]) + 28.0)
    of_net = [step for step in steps if step.net == "SPD"]
    assert [step.stage for step in of_net] == ["eligibility", "violation", "lifecycle", "arbitration"]
    assert "Predicted to be violated in 12.0 s" in of_net[1].text


def test_the_manifest_the_tables_and_the_page_show_it(run, tmp_path):
    folder = write_run_folder(run, tmp_path / "out", replace=False)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "spd.limit_kt" in {row["name"] for row in manifest["parameters"]}
    assert manifest["counts"]["nets"]["SPD"]["judged"] > 0
    table = pd.read_csv(folder / "alerts.csv")
    assert table.loc[table["net"] == "SPD", "callsign"].tolist() == ["FAST1"]
    assert "SPD" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_site_can_switch_it_off(here):
    silent = replace(here, switched_off={"SPD": "not here"})
    assert "SPD" not in {
        found.net.name
        for found in judge(Tracks.from_columns({"time_s": [], "track": []}, plane=here.plane), silent).conflicts
    }
