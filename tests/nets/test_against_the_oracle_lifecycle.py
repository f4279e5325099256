"""The life of alerts against the oracle that counts everything again, and live against whole feeding."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Judged, Monitor, judge
from safetynets.engine.net import Net
from safetynets.engine.reasons import Reason
from safetynets.sites.geometry import Site
from safetynets.tracks.table import PlotFlag, Tracks
from tests.nets.situations import PLANE, approach, minimum, parameters, site, square, volume
from tests.oracle.lifecycle import Episode, JudgedPlot, episodes_of

FLOOR_FT = 3000.0
TRACKS = 3

counts = st.tuples(st.integers(1, 4), st.integers(0, 3)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1]))


@st.composite
def lifecycle_parameters(draw: st.DrawFn) -> dict[str, float]:
    current_m, current_n = draw(counts)
    predicted_m, predicted_n = draw(counts)
    return {
        "current_m": current_m,
        "current_n": current_n,
        "predicted_m": predicted_m,
        "predicted_n": predicted_n,
        "warning_time_s": draw(st.sampled_from([0.0, 20.0, 180.0])),
        "imminent_s": draw(st.sampled_from([0.0, 10.0])),
        "max_gap_s": draw(st.sampled_from([4.0, 9.0, 20.0])),
        "hysteresis_ft": draw(st.sampled_from([0.0, 100.0])),
        "hysteresis_s": draw(st.sampled_from([0.0, 5.0])),
        "clear_n": draw(st.integers(1, 3)),
        "track_lost_s": draw(st.sampled_from([5.0, 20.0, 30.0])),
        "not_assessable_s": draw(st.sampled_from([4.0, 12.0, 40.0])),
        "minimum_duration_s": draw(st.sampled_from([0.0, 8.0, 40.0])),
        "reannounce_ratio": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "minimum_track_age_s": draw(st.sampled_from([0.0, 8.0])),
        "look_ahead_s": 40.0,
        "judge_visual": False,
    }


@st.composite
def flown_plots(draw: st.DrawFn, *, longest: int = 25) -> Tracks:
    """Tracks of hits, predicted hits, clear plots, plots without altitude or flown visually, and gaps."""
    columns: dict[str, list[float]] = {
        name: []
        for name in (
            "time_s",
            "track",
            "x_m",
            "y_m",
            "vx_mps",
            "vy_mps",
            "pressure_altitude_ft",
            "vertical_rate_fpm",
            "visual",
            "flags",
        )
    }
    for track in range(TRACKS):
        time_s = draw(st.sampled_from([0.0, 2.0, 30.0]))
        for _ in range(draw(st.integers(0, longest))):
            columns["time_s"].append(time_s)
            columns["track"].append(track)
            columns["x_m"].append(draw(st.sampled_from([0.0, 100.0, -900.0])))
            columns["y_m"].append(draw(st.sampled_from([-2000.0, -9000.0, -15_000.0])))
            columns["vx_mps"].append(draw(st.sampled_from([0.0, 10.0, 20.0])))
            columns["vy_mps"].append(70.0)
            columns["pressure_altitude_ft"].append(
                FLOOR_FT
                + draw(st.sampled_from([-50.0, 0.0, 60.0, 60.0, 150.0, 150.0, 300.0, 2000.0, 2000.0, math.nan]))
            )
            columns["vertical_rate_fpm"].append(draw(st.sampled_from([0.0, -300.0, -600.0, 900.0])))
            columns["visual"].append(draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1])))
            columns["flags"].append(draw(st.sampled_from([0] * 9 + [int(PlotFlag.ALTITUDE_SPIKE)])))
            time_s += draw(st.sampled_from([4.0, 4.0, 4.0, 4.0, 4.0, 5.0, 12.0, 25.0]))
    return Tracks.from_columns(columns, {"callsign": [f"ABC{track}" for track in range(TRACKS)]}, plane=PLANE)


def site_with(nets: dict[str, float]) -> Site:
    """One minimum altitude, one approach and two volumes of one group, all with the same lifecycle."""
    sector = minimum(FLOOR_FT, square(-6000, -20_000, 6000, 6000))
    return site(
        minimum_altitudes=(sector,),
        approaches=(approach(threshold_elevation_ft=1500.0, end_distance_nm=2.0),),
        volumes=(
            volume(square(-500, -10_000, 500, -5000), name="west", group="both"),
            volume(name="east", group="both", y_m=-8000.0, radius_m=4000.0),
        ),
        parameters=parameters(msaw=nets, apm=nets, apw=nets),
    )


@pytest.mark.requirement("REQ-ALERT")
@pytest.mark.requirement("REQ-ORACLE")
@settings(max_examples=22)
@given(nets=lifecycle_parameters(), tracks=flown_plots())
def test_alerts_live_as_the_oracle_says(nets, tracks):
    here = site_with(nets)
    watched = judge(tracks, here)
    end_of_tracks_s = float(tracks.time_s.max()) if len(tracks) else 0.0
    for found in watched.conflicts:
        for track in range(TRACKS):
            rows = tracks.rows_of(track)
            plots = [
                JudgedPlot(
                    time_s=tracks.time_s[row].item(),
                    reason=Reason(int(found.reason[row])),
                    time_to_violation_s=found.time_to_violation_s[row].item(),
                    hold_time_to_violation_s=found.hold_time_to_violation_s[row].item(),
                    severe=bool(found.severe[row]),
                    margin_ft=found.margin_ft[row].item(),
                )
                for row in range(rows.start, rows.stop)
            ]
            note("\n".join(str(plot) for plot in plots))
            rules = getattr(here.parameters, found.net.name.lower())
            expected = episodes_of(plots, rules, end_of_tracks_s)
            assert episodes_in(watched, found.net, found.group, track) == [facts(episode) for episode in expected]
    assert repr(alerts_of(tracks, here, threads=1)) == repr(watched.alerts)


def facts(episode: Episode) -> tuple[object, ...]:
    still = math.isnan(episode.end_time_s)
    return (
        episode.first_conflict_time_s,
        episode.start_time_s,
        "still active" if still else (episode.end_time_s, episode.end_reason),
        episode.severity,
        tuple(episode.reannounced_times_s),
        episode.worst_margin_ft,
    )


def episodes_in(watched: Judged, net: Net, group: str, track: int) -> list[tuple[object, ...]]:
    return [
        (
            alert.first_conflict_time_s,
            alert.start_time_s,
            "still active" if math.isnan(alert.end_time_s) else (alert.end_time_s, alert.end_reason),
            alert.severity,
            alert.reannounced_times_s,
            alert.worst_margin_ft,
        )
        for alert in watched.alerts
        if (alert.net, alert.group, alert.track) == (net.name, group, track)
    ]


@pytest.mark.requirement("REQ-DETERMINISM")
@settings(max_examples=40)
@given(nets=lifecycle_parameters(), tracks=flown_plots(), data=st.data())
def test_feeding_in_portions_gives_the_alerts_of_feeding_whole(nets, tracks, data):
    here = site_with(nets)
    whole = judge(tracks, here)
    in_time = np.lexsort((tracks.track, tracks.time_s))
    portion = data.draw(st.sampled_from([1, 2, 7, 50]))
    monitor = Monitor(here)
    approach_of = np.full(len(tracks), -1)
    for first in range(0, len(tracks), portion):
        rows = np.sort(in_time[first : first + portion])
        approach_of[rows] = monitor.feed(tracks.select(rows)).approach
    assert repr(monitor.alerts()) == repr(whole.alerts)
    assert approach_of.tolist() == whole.approach.tolist()
