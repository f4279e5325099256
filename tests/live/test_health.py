"""What the monitor says of itself: silent sources, overload and its end, and octets that mean nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from safetynets.live.address import Address
from safetynets.live.health import CAUGHT_UP_S, MOST_ALERTS, Health, State
from safetynets.live.journal import ALERTS, DECISIONS, lines
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.monitor import LiveMonitor, Settings
from safetynets.live.order import ACCEPTED, AGREEING, AHEAD, DUPLICATE, HELD, LATE_S, Order, _accept
from safetynets.live.receive import MOST_WAITING_BYTES, Receiver
from safetynets.live.replay import replay_live
from safetynets.runs import Run
from safetynets.runs.decisions import Decision
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


def test_overload_is_said_when_judging_takes_all_the_time_there_is_and_ends_when_it_does_not() -> None:
    health = heard_for_a_minute()

    said_s = None
    for place in range(300):
        now_s = 61.0 + 0.01 * place
        health.wait(now_s, now_s + 0.0005)
        if health.look(now_s, 0, 0, full=False):
            said_s = now_s
            break

    assert health.state == State(overload=True)
    assert said_s is not None
    assert said_s < 61.0 + 2.0
    for place in range(120):
        health.wait(said_s + 0.01 * place, said_s + 0.01 * place + 0.006)
        health.look(said_s + 0.01 * place, 0, 0, full=False)
    assert health.state == State()


def test_datagrams_that_the_system_dropped_are_an_overload_and_many_alerts_an_overflow() -> None:
    health = heard_for_a_minute()

    health.look(60.0, MOST_ALERTS + 1, 7, full=False)

    assert health.state == State(overflow=True, overload=True)
    assert health.facts()["state"] == "overflow, overload"


def test_what_waits_is_taken_oldest_first_a_part_at_a_time_until_nothing_is_left() -> None:
    receiver = Receiver(Address("127.0.0.1", 0))
    for number in range(10):
        receiver._waiting.append((float(number), [bytes([number] * 100)] * 10))
        receiver._waiting_bytes += 1_000
    receiver.came.set()

    first, first_s = receiver.take(25)
    assert [datagram[0] for datagram in first] == [0] * 10 + [1] * 10 + [2] * 10
    assert first_s == [0.0] * 10 + [1.0] * 10 + [2.0] * 10
    assert receiver._waiting_bytes == 7_000
    assert receiver.came.is_set()
    rest, _ = receiver.take(1_000)
    assert [datagram[0] for datagram in rest] == [number for number in range(3, 10) for _ in range(10)]
    assert not receiver.came.is_set()
    assert not receiver.full
    receiver._waiting_bytes = MOST_WAITING_BYTES + 1
    assert receiver.full
    receiver.stop()


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


def offered(order: Order, key: Sequence[int], time_s: Sequence[float]) -> list[int]:
    """What becomes of plots of some identities at some times; `HELD` for those that are not decided yet."""
    while order.identities <= max(key):
        order._keys(np.arange(order.identities + 1))
    verdict = np.empty(len(key), dtype=np.int8)
    times_s = np.array(time_s)
    keys, step_s = np.array(key, dtype=np.int32), np.empty(len(key))
    known = order._newest_s, order._heard_s, order._state
    _accept(keys, times_s, times_s, *known, order.hold_s, order.strict, False, verdict, step_s)
    return verdict.tolist()


NOON_S = 43_200.0


def at_noon(*, hold_s: float = 0.0, strict: bool = False) -> Order:
    """Plots of two aircraft have come up to noon."""
    order = Order(hold_s, strict=strict)
    assert offered(order, [0, 1] * 3, [NOON_S - 2.0] * 2 + [NOON_S - 1.0] * 2 + [NOON_S] * 2) == [ACCEPTED] * 6
    return order


def test_after_a_gap_the_plots_are_held_until_five_in_a_row_agree_and_then_all_of_them_count() -> None:
    order = at_noon()
    after_s = [NOON_S + 600.0 + 4.0 * place for place in range(AGREEING)]

    aircraft = [*range(AGREEING)]

    assert offered(order, aircraft[:-1], after_s[:-1]) == [HELD] * (AGREEING - 1)
    assert offered(order, aircraft, after_s) == [ACCEPTED] * AGREEING
    assert order.newest_s == after_s[-1]


def test_after_a_gap_three_plots_of_one_aircraft_are_enough_whatever_comes_between() -> None:
    order = at_noon()
    wrong_s = [NOON_S + 10_000.0 * place for place in (3, 1, 2)]
    between = [(0, NOON_S + 600.0), (7, wrong_s[0]), (0, NOON_S + 604.0), (8, wrong_s[1]), (9, wrong_s[2])]

    found = offered(order, *zip(*between, (0, NOON_S + 608.0), strict=True))

    assert found == [ACCEPTED, AHEAD, ACCEPTED, AHEAD, AHEAD, ACCEPTED]
    assert order.newest_s == NOON_S + 608.0


def test_times_far_ahead_that_do_not_agree_are_left_out_and_make_no_plot_late() -> None:
    order = at_noon()

    found = offered(order, [*range(2, 14), 0], [NOON_S + 5_000.0 + 900.0 * place for place in range(12)] + [NOON_S + 1])

    assert found == [AHEAD] * 12 + [ACCEPTED]


def test_plots_with_the_present_time_end_a_row_of_times_far_ahead() -> None:
    order = at_noon()
    rows = [(2 + place, NOON_S + 5_000.0) for place in range(4)] + [(0, NOON_S + 1.0)]

    found = offered(order, [key for key, _ in rows * 2], [time_s for _, time_s in rows] * 2)

    assert found == ([AHEAD] * 4 + [ACCEPTED]) + ([AHEAD] * 4 + [DUPLICATE])


@pytest.mark.parametrize("strict", [False, True])
def test_the_first_plot_of_an_aircraft_with_a_time_ahead_makes_no_other_late(strict: bool) -> None:
    order = at_noon(hold_s=1.0 if strict else 0.0, strict=strict)

    found = offered(order, [7, 0, 1, 0, 1], [NOON_S + 50.0, *[NOON_S + 1.0] * 2, *[NOON_S + 2.0] * 2])

    assert found == [ACCEPTED] * 5
    assert order.newest_s == NOON_S + 2.0


def test_a_wrong_first_time_is_not_believed() -> None:
    order = Order(0.0, strict=False)

    found = offered(order, [5, *[0, 1] * 3], [NOON_S + 9_000.0, *[NOON_S] * 2, *[NOON_S + 1] * 2, *[NOON_S + 2] * 2])

    assert found == [AHEAD] + [ACCEPTED] * 6


def test_a_source_that_was_named_once_or_twice_is_not_watched() -> None:
    health = heard_for_a_minute()

    for _ in range(4):
        health.hear({"17/99": []}, 60.0)

    assert set(health.sources) == {"0/1", "0/2"}
    health.hear({"17/99": []}, 60.0)
    assert set(health.sources) == {"0/1", "0/2", "17/99"}


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


def test_nets_that_judge_nothing_for_want_of_a_qnh_are_told_until_one_is_given(replayed: Run, sent: Datagrams) -> None:
    """Neither an alert nor silence may be taken for safety: the page says it where "no alert" would stand."""
    regions = tuple(replace(region, qnh=()) for region in replayed.site.pressure_regions)
    nets = LiveNets(replace(replayed.site, pressure_regions=regions), Feed())
    half = len(sent) // 2
    nets.receive([datagram for _, datagram in sent[:half]], [time_s for time_s, _ in sent[:half]])
    nets.judge(everything=True)
    assert nets.blind_words == "Not assessable: no QNH is known in Paris; give it with qnh-hpa"
    assert nets.counts["MSAW not assessable: qnh unknown"] > 100
    nets.decide(Decision("qnh-hpa", "1028"))
    nets.receive([datagram for _, datagram in sent[half:]], [time_s for time_s, _ in sent[half:]])
    nets.judge(everything=True)
    assert nets.blind_words == ""


def test_a_region_is_not_said_to_have_no_qnh_once_one_was_given_though_no_flight_is_there(replayed: Run) -> None:
    regions = tuple(replace(region, qnh=()) for region in replayed.site.pressure_regions)
    nets = LiveNets(replace(replayed.site, pressure_regions=regions), Feed())
    nets.without_qnh.add("Paris")
    nets.decide(Decision("qnh-hpa", "1028"))
    assert nets.blind_words == ""
