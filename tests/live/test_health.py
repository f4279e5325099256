"""What the monitor says of itself: silent sources, overload and its end, and octets that mean nothing."""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import pytest

from safetynets.live.address import Address
from safetynets.live.health import CAUGHT_UP_S, MOST_ALERTS, Health, State
from safetynets.live.journal import ALERTS, DECISIONS, lines
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.monitor import LiveMonitor, Settings
from safetynets.live.order import AHEAD, LATE_S, Order, _accept
from safetynets.live.recorded import replay_live
from safetynets.runs import Run
from safetynets.runs.rule_sets import rule_sets_of
from tests.live.conftest import Datagrams, plots_of

PERIOD_S = 4.0


def heard_for_a_minute() -> Health:
    """Two sources that are heard every 4 s, from 0 to 60 s."""
    health = Health()
    for now_s in np.arange(0.0, 61.0, PERIOD_S).tolist():
        health.hear({"0/1": [PERIOD_S] * 10, "0/2": [PERIOD_S] * 10}, now_s)
        health.look(now_s, 0, 0, full=False)
    return health


def test_a_silent_source_is_degraded_within_two_of_its_periods_and_well_when_it_is_heard() -> None:
    health = heard_for_a_minute()
    assert health.state == State()

    said_s = None
    for now_s in np.arange(60.0, 80.0, 0.1).tolist():
        if now_s % PERIOD_S < 0.1:
            health.hear({"0/2": [PERIOD_S]}, now_s)
        if health.look(now_s, 0, 0, full=False):
            said_s = now_s
            break

    assert said_s is not None
    assert 60.0 + PERIOD_S < said_s <= 60.0 + 2 * PERIOD_S
    assert health.state == State(degraded=True)
    assert health.facts()["sources"] == {"0/1": "silent", "0/2": "heard"}
    health.hear({"0/1": [], "0/2": []}, said_s)
    assert health.look(said_s, 0, 0, full=False)
    assert health.state == State()


def test_a_slow_source_beside_a_fast_one_is_not_silent_between_its_updates() -> None:
    health = Health()
    for now_s in np.arange(0.0, 120.0, 1.0).tolist():
        health.hear({"0/1": [1.0] * 50} | ({"0/2": [12.0]} if now_s % 12.0 == 0.0 else {}), now_s)
        health.look(now_s, 0, 0, full=False)

    assert health.facts()["sources"] == {"0/1": "heard", "0/2": "heard"}
    health.hear({"0/1": [1.0]}, 108.0 + 18.5)
    health.look(108.0 + 18.5, 0, 0, full=False)
    assert health.facts()["sources"] == {"0/1": "heard", "0/2": "silent"}


def test_before_anything_is_heard_it_is_degraded() -> None:
    health = Health()

    health.look(0.0, 0, 0, full=False)

    assert health.state.words == "degraded"


def test_overload_is_said_when_what_waits_is_old_and_ends_when_it_has_caught_up() -> None:
    health = heard_for_a_minute()

    health.tick(behind_s=1.5, judging_s=0.01, judging_cpu_s=0.01, latency_s=1.51)
    assert health.look(60.0, 0, 0, full=False)
    assert health.state == State(overload=True)
    health.tick(behind_s=0.9, judging_s=0.01, judging_cpu_s=0.01, latency_s=0.91)
    assert not health.look(60.1, 0, 0, full=False)
    health.tick(behind_s=CAUGHT_UP_S / 2, judging_s=0.01, judging_cpu_s=0.01, latency_s=0.1)
    assert health.look(60.2, 0, 0, full=False)
    assert health.state == State()


def test_datagrams_that_the_system_dropped_are_an_overload_and_many_alerts_an_overflow() -> None:
    health = heard_for_a_minute()

    health.look(60.0, MOST_ALERTS + 1, 7, full=False)

    assert health.state == State(overflow=True, overload=True)
    assert health.facts()["state"] == "overflow, overload"


def test_a_feed_that_falls_silent_ends_its_alerts_by_the_clock_and_its_replay_ends_them_so(
    replayed: Run, sent: Datagrams, tmp_path: Path
) -> None:
    settings = Settings(listen=Address("127.0.0.1", 0), folder=tmp_path / "live", feed=Feed())
    monitor = LiveMonitor(replayed.site, rule_sets_of(replayed.site), settings, lambda _: None)
    some = iter(sent)
    while not monitor.nets.announcer.open:
        time_s, datagram = next(some)
        monitor._take([datagram], [time_s])
    (alert,) = monitor.nets.announcer.open
    heard_s = monitor.nets.order.newest_s
    track_lost_s = replayed.site.parameters.apm.track_lost_s
    now_s = time.monotonic()

    monitor._plots_s = now_s - track_lost_s + 0.5
    monitor._quiet()
    assert not lines(tmp_path / "live", DECISIONS)
    monitor._plots_s = now_s - track_lost_s - LATE_S - 1.0
    monitor._quiet()
    monitor._passed_s -= 2.0
    monitor._quiet()

    assert not monitor.nets.announcer.open
    (end,) = (line for line in lines(tmp_path / "live", ALERTS) if line["what"] == "end")
    assert (end["number"], end["end_reason"]) == (alert.number, "track lost")
    assert heard_s < end["time_s"] <= heard_s + track_lost_s
    assert len(lines(tmp_path / "live", DECISIONS)) == 1
    time_s, datagram = next(some)
    monitor._take([datagram], [time_s])
    assert monitor.nets.order.counts["late"] == plots_of([datagram])[0]
    monitor._end()
    (again,) = replay_live(tmp_path / "live", "paris", {}, lambda _: None).alerts
    assert (again.callsign, again.end_time_s) == (end["callsign"], end["time_s"])


@pytest.mark.parametrize(("apart_s", "believed"), [(4.0, True), (900.0, False)])
def test_times_far_ahead_are_believed_only_when_ten_in_a_row_say_about_the_same(apart_s: float, believed: bool) -> None:
    order = Order(0.0, strict=False)
    ahead_s = 5_000.0 + apart_s * np.arange(12)
    time_s = np.array([1_000.0, *ahead_s])
    key = np.arange(len(time_s), dtype=np.int32)
    verdict, step_s = np.empty(len(time_s), dtype=np.int8), np.empty(len(time_s))

    _accept(key, time_s, time_s, np.full(20, -np.inf), np.full(20, np.nan), order._state, 0.0, False, verdict, step_s)

    assert (verdict == AHEAD).sum() == (9 if believed else 12)


def test_random_octets_are_counted_and_change_no_alert(replayed: Run, sent: Datagrams) -> None:
    chance = random.Random(7)
    nets, clean = LiveNets(replayed.site, Feed()), LiveNets(replayed.site, Feed())
    told: list[list[tuple[object, ...]]] = [[], []]
    for time_s, datagram in sent[:1000]:
        rubbish = [chance.randbytes(chance.randint(0, 600)) for _ in range(2)]
        looks_like_it = bytes([chance.choice((62, 48, 21, 65, 4))]) + chance.randbytes(40)
        for each, some in ((nets, [*rubbish, looks_like_it, datagram]), (clean, [datagram])):
            each.receive(some, [time_s] * len(some))
            told[each is clean] += [(one.what, one.time_s, one.key) for one in each.judge()]

    assert told[0] == told[1]
    assert len(told[0]) > 2
    assert nets.decoding.lost_octets > 100_000
    assert nets.order.counts["accepted"] == clean.order.counts["accepted"]
