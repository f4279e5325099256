"""A capture read as a file and its datagrams judged as they come give equal alerts, whatever happens on the way."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from safetynets.exports.cat004 import Options
from safetynets.live.event_messages import Messages, line_of
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.play import datagrams
from safetynets.recordings.asterix import write
from safetynets.runs import Run
from safetynets.runs import replay as replay_recording
from safetynets.runs.rule_sets import rule_sets_of
from safetynets.sites import load_site
from safetynets.tracks import Tracks
from tests.live.conftest import Datagrams, alerts_of, alerts_told, judged, plots_of

APART = 40
"""A datagram that comes out of order comes up to so many later: some seconds."""


def portions(sent: Datagrams, largest: int, seed: int) -> list[Datagrams]:
    """The datagrams in portions of random size."""
    chance, found, first = random.Random(seed), [], 0
    while first < len(sent):
        last = first + chance.randint(1, largest)
        found.append(sent[first:last])
        first = last
    return found


@pytest.mark.parametrize("largest", [40, 3000])
def test_however_the_datagrams_are_portioned_the_alerts_are_those_of_the_replay(
    replayed: Run, sent: Datagrams, largest: int
) -> None:
    events = judged(replayed.site, portions(sent, largest, seed=largest))

    assert len(replayed.alerts) == 13
    assert alerts_told(events) == alerts_of(replayed)


def test_the_order_and_the_times_of_what_is_told_do_not_depend_on_the_portions(replayed: Run, sent: Datagrams) -> None:
    told = [
        sorted((each.key, each.time_s, each.what, each.severe) for each in judged(replayed.site, pieces))
        for pieces in (portions(sent, 60, seed=1), [sent])
    ]

    assert told[0] == told[1]
    assert {what for _, _, what, _ in told[0]} == {"start", "update", "delivered", "end"}


def test_the_desks_that_are_told_are_those_of_the_replay(replayed: Run, sent: Datagrams) -> None:
    """At its start, and at each plot at which the aircraft flies into another delivery volume."""
    told: dict[tuple[str, str, float], list[tuple[float, tuple[str, ...]]]] = {}
    for each in judged(replayed.site, portions(sent, 200, seed=5)):
        if each.what in ("start", "delivered") and each.alert.shown and each.delivery is not None:
            key = (each.alert.net, each.alert.callsign, round(each.alert.start_time_s, 3))
            told.setdefault(key, []).append((round(each.time_s, 3), each.delivery.desks))
    expected = {
        (alert.net, alert.callsign, round(alert.start_time_s, 3)): [
            (round(alert.shown_time_s + one.delay_s, 3), one.desks) for one in delivery.each
        ]
        for alert, delivery in zip(replayed.alerts, replayed.deliveries, strict=True)
        if alert.shown and delivery is not None
    }
    assert sum(len(each) > 1 for each in expected.values()) >= 1
    assert told == expected


def disturbed(sent: Datagrams, seed: int, apart: int) -> list[tuple[float, bytes]]:
    """The datagrams, 1 % of them repeated and 1 % moved to a later place; each arrives when the one before has."""
    chance, places = random.Random(seed), []
    for place, (_, datagram) in enumerate(sent):
        if chance.random() < 0.01:
            places.append((place + chance.uniform(0.0, apart), datagram))
        moved = chance.uniform(0.0, apart) if chance.random() < 0.01 else 0.0
        places.append((place + moved, datagram))
    times_s = [time_s for time_s, _ in sent]
    return [
        (times_s[min(int(place), len(sent) - 1)], datagram)
        for place, datagram in sorted(places, key=lambda one: one[0])
    ]


def test_repeated_datagrams_and_such_out_of_order_change_no_alert_when_plots_are_held(
    replayed: Run, sent: Datagrams
) -> None:
    disordered = disturbed(sent, seed=3, apart=APART)
    held = Feed(hold_s=20.0)

    events = judged(replayed.site, portions(disordered, 100, seed=4), held)

    assert [one for _, one in disordered] != [one for _, one in sent]
    assert alerts_told(events) == alerts_of(replayed)


def test_what_comes_twice_late_or_out_of_order_is_counted(replayed: Run, sent: Datagrams) -> None:
    nets = LiveNets(replayed.site, Feed(hold_s=20.0))
    some = sent[:60]
    swapped = [*some[:20], some[21], some[20], *some[22:40], some[39], *some[40:], some[45]]
    nets.receive([datagram for _, datagram in swapped], [time_s for time_s, _ in swapped])
    nets.judge(everything=True)

    plots = plots_of([datagram for _, datagram in some])
    counts = nets.order.counts
    assert counts["duplicate"] == plots[39] + plots[45]
    assert counts["out of order"] == plots[20]
    assert counts["accepted"] + counts["out of order"] == sum(plots)
    assert counts["late"] == 0


def test_a_plot_older_than_the_newest_of_its_aircraft_is_late_when_nothing_is_held(
    replayed: Run, sent: Datagrams
) -> None:
    nets = LiveNets(replayed.site, Feed())
    some = sent[:60]
    nets.receive([*(datagram for _, datagram in some), some[0][1]], [*(time_s for time_s, _ in some), some[59][0]])

    assert nets.order.counts["late"] == plots_of([some[0][1]])[0]


def test_a_net_about_pairs_alerts_live_as_in_the_replay_and_its_messages_can_be_made(tmp_path: Path) -> None:
    site = load_site("zurich", {"switched_on": ["STCA"], "pressure_regions.*.qnh_hpa": 1013.0})
    times_s = np.arange(0.0, 240.0, 4.0) + 1.7e9
    east_m = {0: -20_000.0 + 150.0 * (times_s - times_s[0]), 1: 20_000.0 - 150.0 * (times_s - times_s[0])}
    rows = [(track, time_s, x_m) for track in (0, 1) for time_s, x_m in zip(times_s, east_m[track], strict=True)]
    track, time_s, x_m = (np.array(column) for column in zip(*rows, strict=True))
    latitude_deg, longitude_deg = site.plane.to_geographic(x_m, np.full(len(x_m), 500.0))
    plots = {
        "track": track,
        "time_s": time_s,
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "pressure_altitude_ft": np.full(len(x_m), 15_000.0),
        "vx_mps": np.where(track == 0, 150.0, -150.0),
        "vy_mps": np.zeros(len(x_m)),
        "vertical_rate_fpm": np.zeros(len(x_m)),
    }
    flights = {"callsign": ["ONE1", "TWO2"], "icao24": ["000001", "000002"], "ssr_code": ["1001", "1002"]}
    file = write(Tracks.from_columns(plots, flights), tmp_path / "pair.pcap", "cat062")
    replayed = replay_recording(file, site)
    sent = list(datagrams(file))

    events = judged(site, portions(sent, 3, seed=5))

    assert [alert.net for alert in replayed.alerts] == ["STCA"]
    assert alerts_told(events) == alerts_of(replayed)
    messages = Messages(site, Options())
    assert [len(messages.of([each])[0]) for each in events if each.what in ("start", "end")] == [2, 1]
    assert line_of(events[0], rule_sets_of(site))["other_callsign"] == "TWO2"
