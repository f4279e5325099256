"""What the replay of a run sends to the browser: plots, packed columns, the policy of the page, always the same."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from safetynets.nets.apm import NET as APM
from safetynets.reports import spoken_calls
from safetynets.reports.page import report_page
from safetynets.reports.replay import drawn_plots
from safetynets.reports.replay.columns import UNKNOWN, packed
from safetynets.reports.replay.document import Replay, replay_of
from safetynets.reports.replay.land import land_picture
from safetynets.reports.replay.passes import passes
from safetynets.reports.replay.site_names import site_names
from safetynets.runs import run_scenario
from safetynets.runs.run import Run
from safetynets.tracks import Tracks

FRAME_M = (-15_000.0, -15_000.0, 15_000.0, 15_000.0)


def page_of(run: Run) -> str:
    return "".join(report_page(run, replay=replay_of(run)))


def with_tracks(run: Run, tracks: Tracks, plots: int) -> Run:
    """The run with other plots, none of them alerted."""
    nothing = np.full(plots, -1, dtype=np.int32)
    return replace(
        run,
        tracks=tracks,
        altitude_ft=tracks.pressure_altitude_ft,
        approach=nothing,
        conflicts=(),
        alerts=(),
        words=(),
        proposed_words=(),
    )


@pytest.fixture(scope="module")
def lyon() -> Run:
    return run_scenario("lyon-2010")


@pytest.fixture(scope="module")
def replay(run: Run) -> Replay:
    made = replay_of(run)
    assert made is not None
    return made


@pytest.fixture(scope="module")
def facts(replay: Replay) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(replay.json)["facts"]
    return found


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return page_of(run)


def scripts_of(page: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)


def test_packed_columns_add_up_to_the_values_in_steps() -> None:
    values = np.array([10.04, np.nan, -3.26, 0.0])
    steps = np.cumsum(packed(values, 0.1))
    assert steps[1] == UNKNOWN
    assert steps[[0, 2, 3]].tolist() == [100, -33, 0]


def test_a_small_run_is_drawn_whole(run: Run, replay: Replay) -> None:
    known = np.isfinite(run.tracks.x_m).sum()
    assert (replay.drawn, replay.plots, replay.every_s) == (known, len(run.tracks), 0.0)


def test_thinning_keeps_the_ends_of_tracks_and_the_plots_of_alerts(run: Run) -> None:
    drawn = drawn_plots.drawn_plots(run, most=60)
    assert drawn.every_s >= 8.0
    assert len(drawn.rows) <= 60 + 2 * len(run.alerts)
    kept = set(drawn.rows.tolist())
    for track in range(run.tracks.track_count):
        rows = run.tracks.rows_of(track)
        known = [row for row in range(rows.start, rows.stop) if np.isfinite(run.tracks.x_m[row])]
        assert {known[0], known[-1]} <= kept
        for alert in (alert for alert in run.alerts if alert.track == track):
            started = max(row for row in known if run.tracks.time_s[row] <= alert.start_time_s)
            assert started in kept


def test_the_times_of_alerts_are_exact_however_thin_the_plots(run: Run, facts: dict[str, Any]) -> None:
    assert [alert["start_s"] for alert in facts["alerts"]] == [alert.start_time_s for alert in run.alerts]
    assert [alert["shown_s"] is not None for alert in facts["alerts"]] == [alert.shown for alert in run.alerts]
    assert facts["alerts"][3]["end_s"] == run.tracks.time_s.max()


def test_on_final_the_flown_distance_is_minus_the_distance_to_the_threshold(run: Run) -> None:
    rows = np.arange(60)
    flown_nm = drawn_plots.flown_nm(run, rows)
    (only,) = passes(run, rows, flown_nm)[0]
    threshold = run.site.approaches[0]
    away_nm = np.hypot(run.tracks.x_m[rows] - threshold.x_m, run.tracks.y_m[rows] - threshold.y_m) / 1852.0
    assert flown_nm - only.threshold_nm == pytest.approx(-away_nm, abs=0.01)
    assert only.approach == "LSXX ILS 22"


def test_each_pass_has_its_own_threshold_and_a_moment_off_the_approach_makes_no_new_one(run: Run) -> None:
    rows = np.arange(60)
    flown_nm = drawn_plots.flown_nm(run, rows)
    left = run.approach.copy()
    left[30:33] = -1
    assert len(passes(replace(run, approach=left), rows, flown_nm)[0]) == 1
    other = run.approach.copy()
    other[30:] = 1
    first, second = passes(replace(run, approach=other), rows, flown_nm)[0]
    assert (first.approach, second.approach) == ("LSXX ILS 22", "LSXX ILS 04")
    assert first.until_s == run.tracks.time_s[29]


def test_a_flight_on_no_approach_counts_from_its_first_plot(run: Run) -> None:
    rows = np.arange(30, 120)
    flown_nm = drawn_plots.flown_nm(run, rows)
    assert flown_nm[[0, 30]].tolist() == [0.0, 0.0]
    # 80 m/s for 4 s
    assert np.diff(flown_nm[30:]) == pytest.approx(320.0 / 1852.0, abs=0.001)
    assert 1 not in passes(run, rows, flown_nm)


def test_the_limits_in_the_profile_are_those_the_net_judged_by(lyon: Run) -> None:
    below_ft, path_ft, _ = drawn_plots.approach_limits_ft(lyon, np.arange(len(lyon.tracks)))
    (apm,) = (table for table in lyon.conflicts if table.net is APM)
    violated = (apm.time_to_violation_s == 0.0) & apm.assessable
    assert violated.sum() > 5
    assert below_ft[violated] == pytest.approx(apm.minimum_ft[violated], abs=0.01)
    assert (path_ft - lyon.altitude_ft)[violated] == pytest.approx(-apm.vertical_deviation_ft[violated], abs=0.01)
    assert np.isnan(below_ft[lyon.approach < 0]).all()


def test_an_altitude_spike_is_not_drawn(run: Run) -> None:
    spikes = np.flatnonzero(run.tracks.flags & 1)
    assert len(spikes) == 1
    assert np.isnan(drawn_plots.altitude_ft(run, spikes)).all()


def test_land_is_brighter_where_it_is_high_and_dark_without_data(run: Run) -> None:
    terrain = run.site.terrain
    assert terrain is not None
    land = land_picture(terrain, (-50_000.0, -50_000.0, 50_000.0, 50_000.0))
    assert land is not None
    assert land.levels[0, 0] == 0
    finer = land.levels.shape[0] // terrain.elevation_ft.shape[0]
    ridge = np.unravel_index(np.nanargmax(terrain.elevation_ft), terrain.elevation_ft.shape)
    plain = land.levels[: 20 * finer, 40 * finer : 120 * finer]
    assert land.levels[ridge[0] * finer, ridge[1] * finer] > np.median(plain) + 5
    assert (land.x_m, land.width_m) == (-40_000.0, 80_000.0)
    assert land_picture(None, FRAME_M) is None
    assert land_picture(terrain, (90_000.0, 90_000.0, 95_000.0, 95_000.0)) is None


def test_every_part_of_the_site_has_its_name_or_value(run: Run) -> None:
    texts = [name.text for name in site_names(run.site)]
    assert texts[:3] == ["LSXX 22", "LSXX 04", "LS-X1\nSFC – FL 65"]
    assert {"3,000 ft", "6,500 ft", "5 NM", "10 NM", "20 NM"} <= set(texts)


def test_the_same_run_gives_the_same_page(run: Run, page: str) -> None:
    assert page_of(run) == page


def test_only_the_scripts_named_by_their_hash_may_run_and_nothing_is_fetched(page: str) -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    policy = policy.replace("&#39;", "'")
    scripts = scripts_of(page)
    assert len(scripts) == 2
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert policy.split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "script-src " + " ".join(f"'sha256-{each}'" for each in hashes),
    ]
    assert "src=" not in re.sub(r'(img|audio)[^>]* src="data:', "", page.split("<script")[0])


def test_a_hostile_call_sign_stays_text_in_the_replay_too(run: Run) -> None:
    hostile = "</script><script>alert(1)</script>"
    callsigns = np.array([hostile, *run.tracks.callsign[1:]], dtype=object)
    evil = replace(
        run,
        tracks=run.tracks.with_columns(callsign=callsigns),
        alerts=(replace(run.alerts[0], callsign=hostile), *run.alerts[1:]),
    )
    page = page_of(evil)
    assert len(scripts_of(page)) == 2
    (data,) = re.findall(r'<script type="application/json" id="replay-data">(.*?)</script>', page, flags=re.DOTALL)
    assert json.loads(data)["facts"]["flights"][0]["name"] == hostile


def test_the_words_are_marked_up_by_what_they_do(lyon: Run) -> None:
    page = page_of(lyon)
    assert '<span class="call-sign">TAR750</span> <span class="alert">LOW ALTITUDE WARNING</span>' in page
    assert '<span class="QNH">1013</span>' in page
    assert "The crew reads back: instruction, QNH." in page


def test_without_an_alert_the_page_says_what_that_is_worth(quiet_run: Run) -> None:
    part = page_of(quiet_run).split('id="replay-alert-panel"')[1].split("</section>")[0]
    assert "No alert." in part
    assert "plots were judged" in part


def test_a_run_without_a_plot_has_no_replay_and_no_script(run: Run) -> None:
    empty = with_tracks(run, run.tracks.select(np.zeros(len(run.tracks), dtype=bool)), 0)
    assert replay_of(empty) is None
    page = page_of(empty)
    assert "<script" not in page
    assert 'id="replay"' not in page


def test_ten_aircraft_for_an_hour_stay_under_10_megabytes(run: Run) -> None:
    plots, aircraft = 900, 10
    time_s = np.tile(np.arange(plots) * 4.0, aircraft)
    track = np.repeat(np.arange(aircraft), plots)
    course_rad = track + 0.3 * np.sin(time_s / 300.0) + time_s / 700.0
    x_m = np.cumsum(440.0 * np.sin(course_rad)) % 40_000.0
    y_m = np.cumsum(440.0 * np.cos(course_rad)) % 40_000.0
    latitude_deg, longitude_deg = run.site.plane.to_geographic(x_m, y_m)
    tracks = Tracks.from_columns(
        {
            "time_s": time_s,
            "track": track,
            "latitude_deg": latitude_deg,
            "longitude_deg": longitude_deg,
            "x_m": x_m,
            "y_m": y_m,
            "vx_mps": 110.0 * np.sin(course_rad),
            "vy_mps": 110.0 * np.cos(course_rad),
            "pressure_altitude_ft": 5000.0 + 3000.0 * np.sin(time_s / 400.0 + track),
            "vertical_rate_fpm": 450.0 * np.cos(time_s / 400.0 + track),
        },
        {"callsign": [f"TEN{number}" for number in range(aircraft)]},
        run.site.plane,
    )
    page = page_of(with_tracks(run, tracks, len(tracks)))
    # the two figures take about 2.5 MB, recordings have their own share of a page
    assert len(page.encode()) + 2_500_000 + spoken_calls._PAGE_BYTES < 10_000_000
