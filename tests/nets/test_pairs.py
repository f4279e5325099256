"""Pairs of aircraft: none is missed by the spatial join, and who makes a pair."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from safetynets.engine.explain import explain
from safetynets.engine.follow import alerts_of
from safetynets.engine.messages import Told
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.pairs import FIRST, SECOND, Near, PairTable
from safetynets.engine.reasons import Reason
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import range_of
from safetynets.nets.stca import NET as STCA
from safetynets.nets.stca.cat004 import MAJOR, MINOR_CROSSED, again
from safetynets.nets.stca.parameters import StcaParameters
from safetynets.nets.stca.rule import situation_of
from safetynets.sites import load_site
from safetynets.sites.geometry import InhibitVolume, Limit, Site
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets import situations
from tests.nets.situations import ALWAYS, PLANE

EVERY_PAIR = dataclasses.replace(STCA, near=lambda site: Near(1e9, 1e9, site.parameters.stca.oldest_plot_s))
"""The same net, but every pair of aircraft is looked at whenever both have a plot."""


def here(inhibit_volumes: tuple[InhibitVolume, ...] = (), **values: Any) -> Site:
    return situations.site(
        inhibit_volumes=inhibit_volumes,
        switched_on=frozenset({"STCA"}),
        parameters=Parameters(stca=StcaParameters(**values)),
    )


def random_traffic(count: int, duration_s: float, seed: int) -> Tracks:
    """Aircraft that turn, climb and descend at random that begin within 20 km, some with plots missing for a while."""
    draw, columns = np.random.default_rng(seed), []
    for number in range(count):
        time_s = np.arange(draw.uniform(0.0, 4.0), duration_s, 4.0)
        course = draw.uniform(0.0, 2.0 * math.pi) + np.cumsum(draw.choice([0.0, 0.0, 0.1, -0.1], len(time_s)))
        speed_mps, rate_fpm = draw.uniform(80.0, 250.0), np.repeat(draw.choice([0.0, 2000.0, -2000.0], 40), 20)
        vx, vy, rate_fpm = speed_mps * np.sin(course), speed_mps * np.cos(course), rate_fpm[: len(time_s)]
        plots = {
            "time_s": time_s,
            "track": np.full(len(time_s), number),
            "x_m": draw.uniform(-2e4, 2e4) + 4.0 * np.cumsum(vx),
            "y_m": draw.uniform(-2e4, 2e4) + 4.0 * np.cumsum(vy),
            "vx_mps": vx,
            "vy_mps": vy,
            "pressure_altitude_ft": draw.choice([9000.0, 10_000.0, 11_000.0]) + np.cumsum(rate_fpm) / 15.0,
            "vertical_rate_fpm": rate_fpm,
            "cleared_altitude_ft": np.full(len(time_s), draw.choice([math.nan, 8000.0, 12_000.0])),
        }
        gone = draw.integers(0, len(time_s), 4)
        kept = np.ones(len(time_s), dtype=bool)
        for first, length in zip(gone, (1, 2, 4, 9), strict=True):
            kept[first : first + length] = False
        columns.append({name: column[kept] for name, column in plots.items()})
    return Tracks.from_columns(
        {name: np.concatenate([one[name] for one in columns]) for name in columns[0]}, plane=PLANE
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_spatial_join_misses_no_pair_and_ends_no_alert_sooner(seed):
    tracks, site = random_traffic(24, 600.0, seed), here(terminal_radius_nm=10.0)
    found = [Monitor(site, (net,)) for net in (STCA, EVERY_PAIR)]
    for monitor in found:
        monitor.feed(tracks)
    joined, every = (monitor.alerts() for monitor in found)
    assert len(every) > 12
    assert repr(joined) == repr(every)


def seen_at_once(altitude_ft: list[float], rate_fpm: list[float]) -> Tracks:
    """One plot each of aircraft that fly north beside each other, 3 km apart, a second after the other."""
    count = len(altitude_ft)
    return Tracks.from_columns(
        {
            "time_s": np.arange(float(count)),
            "track": np.arange(count),
            "x_m": 3000.0 * np.arange(count),
            "y_m": np.zeros(count),
            "vx_mps": np.zeros(count),
            "vy_mps": np.full(count, 150.0),
            "pressure_altitude_ft": altitude_ft,
            "vertical_rate_fpm": rate_fpm,
        },
        plane=PLANE,
    )


@pytest.mark.parametrize("seen_last", ["climbs", "level, above", "descends", "level, below"])
def test_a_pair_is_looked_at_for_the_climb_or_descent_of_either_aircraft(seen_last):
    """They are 4,000 ft apart; in the minute ahead one comes 5,000 ft nearer, and no rate is none."""
    altitude_ft, rate_fpm = [14_000.0, 10_000.0], [0.0, 5000.0]
    if "desc" in seen_last or "below" in seen_last:
        altitude_ft, rate_fpm = [10_000.0, 14_000.0], [0.0, -5000.0]
    if "level" in seen_last:
        altitude_ft, rate_fpm = altitude_ft[::-1], rate_fpm[::-1]
    near = Near(5000.0, 1000.0, ahead_s=60.0)
    assert len(PairTable(near).feed(seen_at_once(altitude_ft, rate_fpm)).row) == 1
    assert len(PairTable(near).feed(seen_at_once(altitude_ft, [0.0, 0.0])).row) == 0


def test_a_pair_is_forgotten_with_either_of_its_tracks():
    table = PairTable(Near(10_000.0, 1000.0))
    table.feed(seen_at_once([10_000.0] * 4, [0.0] * 4))
    kept = table.forget(np.array([0]))
    assert kept is not None
    assert len(kept) == 3
    assert sorted(table.number_of(*pair) for pair in ((1, 2), (1, 3), (2, 3))) == [0, 1, 2]
    with pytest.raises(KeyError):
        table.number_of(0, 1)


def plots_of_two(time_s: list[float], track: list[int], x_m: list[float]) -> Tracks:
    """Plots of two aircraft at these times and places, level at 10,000 ft; none has a velocity."""
    order = np.argsort(track, kind="stable")
    columns = {"time_s": time_s, "track": track, "x_m": x_m, "y_m": [0.0] * len(track)}
    columns |= {"pressure_altitude_ft": [10_000.0] * len(track)}
    return Tracks.from_columns({name: np.asarray(column)[order] for name, column in columns.items()}, plane=PLANE)


def test_a_pair_that_is_near_no_more_is_left_at_once_unless_it_is_to_be_followed():
    tracks = plots_of_two([0.0, 0.5, 1.0], [0, 1, 1], [0.0, 1000.0, 9000.0])
    assert PairTable(Near(5000.0, 1000.0)).feed(tracks).row.tolist() == [1]
    assert PairTable(Near(5000.0, 1000.0, follow_s=1.0)).feed(tracks).row.tolist() == [1, 2]


def test_an_aircraft_that_takes_part_no_more_makes_no_pair_by_its_earlier_plot():
    """That at the origin does not take part at its second plot, at 4 s."""
    near = Near(
        5000.0, 1000.0, takes_part=lambda seen: np.where(seen.time_s == 4.0, 0, FIRST | SECOND).astype(np.uint8)
    )
    tracks = plots_of_two([0.0, 1.0, 4.0, 5.0], [0, 1, 0, 1], [0.0, 1000.0, 0.0, 1000.0])
    pairs = PairTable(near).feed(tracks)
    assert pairs.one.time_s.tolist() == [0.0]
    assert pairs.other.time_s.tolist() == [1.0]


def test_an_aircraft_that_takes_part_as_the_second_alone_is_the_first_of_no_pair():
    near = Near(
        5000.0, 1000.0, takes_part=lambda seen: np.where(seen.track == 0, SECOND, FIRST | SECOND).astype(np.uint8)
    )
    directed = dataclasses.replace(near, directed=True)
    tracks = plots_of_two([0.0, 1.0, 4.0, 5.0], [0, 1, 0, 1], [0.0, 1000.0, 0.0, 1000.0])
    assert set(PairTable(directed).feed(tracks).first.tolist()) == {1}
    # The first of a pair that is not directed is the one of the lower number: it never takes part as that.
    assert len(PairTable(near).feed(tracks).first) == 0


def test_what_is_remembered_of_an_ended_track_is_forgotten_for_each_net_about_pairs():
    """The first has no pair of the track, the second has."""
    nobody = dataclasses.replace(STCA, near=lambda _: Near(0.0, 0.0))
    monitor = Monitor(here(), (nobody, EVERY_PAIR))
    monitor.feed(two())
    assert monitor.pair_number(EVERY_PAIR, 0, 1) == 0
    monitor.forget(np.array([0]))
    with pytest.raises(KeyError):
        monitor.pair_number(EVERY_PAIR, 0, 1)


def test_plot_by_plot_in_portions_and_at_once_give_the_same_alerts():
    tracks, site = random_traffic(16, 400.0, 3), here()
    at_once = judge(tracks, site).alerts
    assert len(at_once) > 5
    monitor = Monitor(site)
    for time_s in np.unique(tracks.time_s.round(0)):
        monitor.feed(tracks.select(tracks.time_s.round(0) == time_s))
    assert repr(monitor.alerts()) == repr(at_once)
    assert repr(alerts_of(tracks, site)) == repr(at_once)


def two(facts: dict[str, list[str]] | None = None, y_m: float = 0.0, altitude_ft: float = 10_000.0) -> Tracks:
    """Two flights head on at 200 m/s each, level, 60 km apart."""
    time_s = np.arange(0.0, 160.0, 4.0)
    both = np.concatenate((time_s, time_s + 1.0))
    direction = np.repeat([1.0, -1.0], len(time_s))
    return Tracks.from_columns(
        {
            "time_s": both,
            "track": np.repeat([0, 1], len(time_s)),
            "x_m": -30_000.0 * direction + 200.0 * direction * both,
            "y_m": np.repeat([0.0, y_m], len(time_s)),
            "vx_mps": 200.0 * direction,
            "vy_mps": np.zeros(len(both)),
            "pressure_altitude_ft": np.full(len(both), altitude_ft),
            "vertical_rate_fpm": np.zeros(len(both)),
        },
        {"callsign": ["EAST1", "WEST2"], **(facts or {})},
        plane=PLANE,
    )


def alerts_about(tracks: Tracks, site: Site) -> list[str]:
    return [f"{alert.callsign} {alert.other_callsign} {alert.end_reason}" for alert in judge(tracks, site).alerts]


def test_one_alert_for_a_pair_that_meets_and_it_ends_when_they_have_passed():
    [alert] = judge(two(), here(terminal_radius_nm=0.0)).alerts
    assert (alert.callsign, alert.other_callsign, alert.severity) == ("EAST1", "WEST2", "warning")
    # 60 km close at 400 m/s to 5 NM in 126.8 s, which is 120 s ahead at 6.8 s; a track is judged from 8 s on, and four
    # of six plots confirm: those at 9, 12, 13 and 16 s.
    assert alert.start_time_s == 16.0
    assert alert.kind == "linear prediction"
    # They meet at 150 s and are 4,630 m apart, half the minimum, at 161.6 s: the tracks end before.
    assert alert.end_reason == "still active at the end of the tracks"


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        ({"flight_rules": ["IFR", "IFR"]}, 1),
        ({"flight_rules": ["IFR", "VFR"]}, 1),
        ({"flight_rules": ["VFR", "VFR"]}, 0),
        ({"ssr_code": ["7000", "7000"]}, 0),
        ({"ssr_code": ["7000", "1000"]}, 1),
        ({"flight_rules": ["VFR", "IFR"], "ssr_code": ["1000", "7000"]}, 0),
        ({"icao24": ["4b1234", "4b1234"]}, 0),
        ({"callsign": ["EAST1", "EAST1"]}, 0),
        ({"callsign": ["EAST1", "EAST1"], "icao24": ["4b1234", "4b1235"]}, 1),
    ],
)
def test_one_aircraft_under_control_makes_a_pair_and_an_aircraft_none_with_itself(facts, count):
    assert len(alerts_about(two(facts), here())) == count


def test_a_call_sign_inhibited_by_hand_is_silent_with_everybody():
    assert alerts_about(two(), here(inhibited_callsigns=("WEST2",))) == []


@pytest.mark.parametrize(("reaches_m", "count"), [(90_000.0, 0), (0.0, 1)])
def test_an_inhibit_volume_counts_where_both_are_inside(reaches_m, count):
    area = situations.square(-90_000.0, -9e4, reaches_m, 9e4)
    volume = InhibitVolume(
        "block", ("STCA",), area, Limit(0.0, False), Limit(300.0 * 100.0, True), ALWAYS, "a test", "made by hand", True
    )
    site = here((volume,), terminal_radius_nm=0.0)
    # From the west half alone the flight of the east comes after they have met.
    found = [alert for alert in judge(two(), site).alerts if alert.start_time_s < 140.0]
    assert len(found) == count


def test_a_pair_below_the_floor_is_not_judged_and_the_reason_is_said():
    judged = judge(two(altitude_ft=2000.0), here())
    assert judged.alerts == ()
    [found] = [one for one in judged.conflicts if one.net is STCA]
    assert Reason.TOO_LOW in found.reason


def test_an_alert_is_explained_by_both_aircraft_and_the_filters():
    tracks, site = two(), here(terminal_radius_nm=0.0)
    steps = [step for step in explain(tracks, site, 0, 20.0) if step.net == "STCA"]
    assert [step.stage for step in steps] == ["pair", "violation", "lifecycle", "arbitration"]
    pair = steps[0]
    # At 20 s: 60,000 - 8,000 m apart; the minimum of 9,260 m is lost 106.85 s later.
    assert "WEST2 is 28.1 NM away, 0 ft lower, closing at 778 kt; nearest in 130 s at 0.0 NM and 0 ft." in pair.text
    assert "Found by linear prediction, in 106.8 s: major." in pair.text
    assert pair.values["linear_prediction_s"] == pytest.approx(106.85)
    assert steps[2].values["active"] is True


def test_why_a_pair_is_no_conflict_is_explained_too():
    tracks, site = two(y_m=25_000.0), here(terminal_radius_nm=0.0)
    [pair] = [step for step in explain(tracks, site, 0, 20.0) if step.stage == "pair"]
    assert "Neither filter finds an infringement." in pair.text
    assert "on no path can" in pair.text


def test_where_no_other_aircraft_has_been_seen_lately_that_is_explained():
    tracks = two()
    alone = tracks.select((tracks.track == 0) | (tracks.time_s < 10.0))
    [pair] = [step for step in explain(alone, here(), 0, 60.0) if step.stage == "pair"]
    assert (pair.text, pair.values) == ("No other aircraft has a plot of the last 12 s.", {})


def crossing() -> Tracks:
    """One eastwards at 200 m/s, 2 km before the course of the other, which has passed it northwards by 3 km."""
    time_s = np.arange(0.0, 32.0, 4.0)
    both, eastwards = np.tile(time_s, 2), np.repeat([1.0, 0.0], len(time_s))
    return Tracks.from_columns(
        {
            "time_s": both,
            "track": np.repeat([0, 1], len(time_s)),
            "x_m": eastwards * (-2000.0 + 200.0 * both),
            "y_m": (1.0 - eastwards) * (3000.0 + 100.0 * both),
            "vx_mps": 200.0 * eastwards,
            "vy_mps": 100.0 * (1.0 - eastwards),
            "pressure_altitude_ft": np.full(len(both), 10_000.0),
            "vertical_rate_fpm": np.zeros(len(both)),
        },
        {"callsign": ["EAST1", "NORTH2"]},
        plane=PLANE,
    )


def test_the_closest_approach_is_when_the_relative_velocity_has_brought_them_nearest():
    """2 km west and 3 km south, with (-200, 100) m/s between them: nearest at (4 - 3) / 0.5 s, on a line of slope 2."""
    found = situation_of(crossing(), here(), 0, 1, 0.0)
    assert found.closest_s == pytest.approx(2.0)
    assert found.closest_m == pytest.approx(math.hypot(1600.0, 3200.0))


def test_a_message_says_that_a_pair_has_crossed_only_once_it_diverges():
    tracks, site = crossing(), here(terminal_radius_nm=0.0)
    [alert] = judge(tracks, site).alerts
    unknown = dict.fromkeys(("time_to_violation_s", "lateral_deviation_m", "vertical_deviation_ft"), math.nan)
    told = Told(
        site=site, tracks=tracks, alert=alert, time_s=0.0, severe=True, area_codes={}, left_out=Counter(), **unknown
    )
    # One has passed the course of the other from the first plot on; until 2 s they still come nearer.
    assert again(told)["120/CC/CPC"] == MAJOR
    assert again(dataclasses.replace(told, time_s=4.0))["120/CC/CPC"] == MINOR_CROSSED


def test_a_study_gives_what_full_runs_give_and_sets_that_look_as_far_share_one_spatial_join():
    zurich = load_site("zurich", {"switched_on": '["STCA"]', "pressure_regions.*.qnh_hpa": 1013.25})
    site = dataclasses.replace(zurich, switched_off=dict.fromkeys(("MSAW", "APM", "APW"), "a test"))
    tracks = dataclasses.replace(random_traffic(20, 400.0, 1), plane=site.plane)
    ranges = [
        range_of(site, "stca.predicted_m", low=1, high=6),
        range_of(site, "stca.lateral_nm", low=2.0, high=8.0),
        range_of(site, "stca.fast_divergence_kt", low=0.0, high=500.0),
    ]
    prepared = prepare(tracks, site, {varied.key: varied for varied in ranges})
    starts = set()
    for values in (
        {"stca.predicted_m": 1},
        {"stca.predicted_m": 6, "stca.fast_divergence_kt": 0.0},
        {"stca.lateral_nm": 2.0},
        {"stca.lateral_nm": 8.0, "stca.predicted_m": 2},
    ):
        found, wanted = prepared.judge(values), judged_alerts(judge(tracks, site_with(site, values)).alerts)
        assert found.start_s.tolist() == wanted.start_s.tolist()
        assert found.end_s.tolist() == pytest.approx(wanted.end_s.tolist(), nan_ok=True)
        assert found.track.tolist() == wanted.track.tolist()
        assert found.severe.tolist() == wanted.severe.tolist()
        starts.add(tuple(found.start_s.tolist()))
    assert len(starts) > 2
    assert len(prepared.kept(site, STCA, "stca").joins) == 2
