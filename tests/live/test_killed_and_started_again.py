"""A monitor that is killed and started again: no alert is lost, and none is told twice."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from safetynets.errors import ScenarioError
from safetynets.live.address import Address
from safetynets.live.journal import ALERTS, STATE, Journal, lines, load_state, received, segments
from safetynets.live.judging import Feed
from safetynets.live.monitor import LiveMonitor, Settings
from safetynets.runs import Run
from safetynets.runs.rule_sets import rule_sets_of
from tests.live.conftest import Datagrams
from tests.live.kills import killed

SOME = 2400
"""Datagrams: 40 minutes, with the start and end of several alerts."""


class Killed(BaseException):
    """Stands for SIGKILL: nothing runs after it."""


class Dying:
    """Writes a log until it is killed in the middle of a line, between two, or before a message is sent."""

    def __init__(self, monitor: LiveMonitor, lines_left: int, chance: random.Random) -> None:
        self._monitor, self._left, self._chance = monitor, lines_left, chance
        self._tell, self._send = monitor._journal._line, monitor._send

    def line(self, name: str, facts: Any) -> None:
        self._left -= 1
        if self._left < 0:
            if self._chance.random() < 0.5:
                self._monitor._journal._lines[name].write(b'{"what": "sta')
            raise Killed
        self._tell(name, facts)

    def send(self, blocks: list[bytes]) -> None:
        if self._left == 0 and blocks:
            raise Killed
        self._send(blocks)


def monitor_at(run: Run, folder: Path) -> LiveMonitor:
    settings = Settings(listen=Address("127.0.0.1", 0), folder=folder, feed=Feed())
    return LiveMonitor(run.site, rule_sets_of(run.site), settings, lambda _: None)


def run_through(monitor: LiveMonitor, sent: Datagrams, chance: random.Random) -> None:
    """Take the datagrams from where the journal stands, in portions, and save the state now and then."""
    while monitor._journal.datagrams < len(sent):
        first = monitor._journal.datagrams
        some = sent[first : first + chance.randint(1, 60)]
        monitor._take([datagram for _, datagram in some], [time_s for time_s, _ in some])
        if chance.random() < 0.1:
            monitor._save()


def marks(folder: Path) -> Counter[tuple[Any, ...]]:
    return Counter((line["what"], line["time_s"], *line["key"]) for line in lines(folder, ALERTS))


@pytest.fixture(scope="module")
def undisturbed(replayed: Run, sent: Datagrams, tmp_path_factory: pytest.TempPathFactory) -> Counter[tuple[Any, ...]]:
    folder = tmp_path_factory.mktemp("undisturbed") / "live"
    monitor = monitor_at(replayed, folder)
    run_through(monitor, sent[:SOME], random.Random(0))
    monitor._end()
    return marks(folder)


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_random_moments_it_tells_every_alert_once(
    replayed: Run, sent: Datagrams, tmp_path: Path, undisturbed: Counter[tuple[Any, ...]], seed: int
) -> None:
    folder, chance = tmp_path / "live", random.Random(seed)
    killed = 0
    while True:
        monitor = monitor_at(replayed, folder)
        dying = Dying(monitor, chance.randint(0, 2), chance)
        monitor._journal._line, monitor._send = dying.line, dying.send  # type: ignore[method-assign]
        try:
            if monitor._goes_on:
                monitor._go_on()
            run_through(monitor, sent[:SOME], chance)
        except Killed:
            killed += 1
            monitor._receiver.stop()
            monitor._journal.close()
            continue
        monitor._journal._line = dying._tell  # type: ignore[method-assign]
        monitor._send = dying._send  # type: ignore[method-assign]
        monitor._end()
        break

    assert killed > 3
    assert len(undisturbed) > 8
    assert marks(folder) == undisturbed


def test_a_packet_in_whose_writing_it_was_killed_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "live")
    journal.begin({"site": {}, "feed": {}})
    journal.receive([b"first", b"second", b"third"], [1.0, 2.0, 3.5])
    journal.close()
    (segment,) = segments(tmp_path / "live")
    with segment.open("r+b") as opened:
        opened.truncate(segment.stat().st_size - 2)

    assert list(received(tmp_path / "live")) == [([b"first", b"second"], [1.0, 2.0])]
    assert list(received(tmp_path / "live", after=1)) == [([b"second"], [2.0])]


def test_a_restarted_monitor_goes_on_with_its_open_alerts_under_their_numbers(
    replayed: Run, sent: Datagrams, tmp_path: Path
) -> None:
    folder = tmp_path / "live"
    first = monitor_at(replayed, folder)
    some = iter(sent)
    while not first.nets.announcer.open:
        time_s, datagram = next(some)
        first._take([datagram], [time_s])
    first._save()
    open_before = [(one.number, one.alert.callsign) for one in first.nets.announcer.open]
    first._receiver.stop()
    first._journal.close()

    again = monitor_at(replayed, folder)
    again._go_on()

    assert [(one.number, one.alert.callsign) for one in again.nets.announcer.open] == open_before
    assert again._journal.datagrams == first._journal.datagrams
    again._end()


def test_a_state_that_is_damaged_is_not_gone_on_from_but_what_was_recorded_is(
    replayed: Run, sent: Datagrams, tmp_path: Path
) -> None:
    folder = tmp_path / "live"
    first = monitor_at(replayed, folder)
    run_through(first, sent[:300], random.Random(1))
    first._end()
    told = marks(folder)
    (folder / STATE).write_bytes((folder / STATE).read_bytes()[:1000])
    assert load_state(folder) is None

    again = monitor_at(replayed, folder)
    again._go_on()
    again._end()

    assert marks(folder) == told
    assert again._journal.datagrams == 300


def test_a_state_file_can_call_nothing(tmp_path: Path) -> None:
    (tmp_path / STATE).write_bytes(b"cos\nsystem\n(S'touch stolen'\ntR.")

    assert load_state(tmp_path) is None
    assert not Path("stolen").exists()


def test_a_folder_of_another_site_is_refused(tmp_path: Path) -> None:
    first = Journal(tmp_path / "live")
    first.begin({"site": {"name": "paris"}, "feed": {}})
    first.close()
    journal = Journal(tmp_path / "live")

    with pytest.raises(ScenarioError, match="was recorded with another site"):
        journal.begin({"site": {"name": "geneva"}, "feed": {}})


def test_a_process_killed_for_good_loses_no_alert_and_tells_none_twice(sent: Datagrams, tmp_path: Path) -> None:
    found = killed(tmp_path / "live", sent[:1500], kills=3, seed=2)

    assert found.problems == []
    assert found.kills == 3
    assert found.recorded > 1200
    assert found.alerts > 2
    assert len(found.decided) >= 1
