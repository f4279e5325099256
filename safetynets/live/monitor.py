"""The monitor: datagrams received, judged, recorded, told and sent on, until it is stopped."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from numpy.typing import ArrayLike

from safetynets import __version__
from safetynets.engine.alerts import Alert
from safetynets.errors import InputError
from safetynets.exports.cat004 import Options
from safetynets.live.address import Address, open_to_send
from safetynets.live.announcing import LiveEvent, OpenAlert
from safetynets.live.event_messages import Messages, line_of, mark_of, words_of
from safetynets.live.health import Health
from safetynets.live.journal import (
    ALERTS,
    COMMANDS,
    DECISIONS,
    JUDGED_ALL,
    TIME_PASSED,
    Journal,
    decisions_after,
    lines,
    load_state,
    received,
)
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.receive import Receiver
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.runs.decisions import Decision, parse
from safetynets.runs.manifest import json_ready, site_facts
from safetynets.runs.rule_sets import RuleSets
from safetynets.sites.geometry import Site

NOTICE = "Not for operational use."
TICK_S = 0.02
"""What arrives within this is judged together (simulator default)."""
BATCH_AT_MOST_S = 2.0
"""By end of batch: without one, what waits is judged after this (simulator default)."""
SAVE_S = 10.0
"""How often the state is saved (simulator default)."""
LOOK_S = 0.1
SHOW_S = 1.0
"""How often what the page shows is made."""
SAID = 10
"""So many lines of what was said last stand on the page."""
WATCHED_S = 10.0
"""A page that has not asked for this long is closed."""
QUIET_S = 1.0
"""Plots that are held are judged when nothing has come for this."""
MOST_AT_ONCE = 2_000
"""Most datagrams that are judged together, so that health and alerts are reported in between."""
MOST_DRAWN = 5_000
"""Most tracks that are drawn on the page."""
TOLD_TOGETHER = 50
"""So many events are logged and then sent together."""
SWITCH_S = 0.001


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the monitor runs.

    Attributes
    ----------
    listen, send
        Where datagrams come from and where messages go; None sends nothing.
    folder
        Where everything is recorded.
    alerts
        A further file for the lines about alerts.
    by_batch
        Judge when a batch is complete, not plot by plot.
    """

    listen: Address
    folder: Path
    feed: Feed
    send: Address | None = None
    alerts: Path | None = None
    by_batch: bool = False
    options: Options = field(default_factory=Options)


class LiveMonitor:
    """Runs the nets of a site on what arrives.

    Raises
    ------
    InputError
        For an address that is not to be had, or a folder that holds something else.
    """

    def __init__(self, site: Site, rule_sets: RuleSets, settings: Settings, say: Callable[[str], None]) -> None:
        self.settings, self.rule_sets = settings, rule_sets
        self.nets = LiveNets(site, settings.feed)
        self.health = Health()
        self.recent: deque[dict[str, Any]] = deque(maxlen=200)
        self.asked: deque[tuple[str, str, dict[str, int]]] = deque()
        self.acknowledged: set[int] = set()
        self._print = say
        self._said: deque[str] = deque(maxlen=SAID)
        self._stop = threading.Event()
        self._messages = Messages(site, settings.options)
        self._journal = Journal(settings.folder)
        self._receiver = Receiver(settings.listen)
        try:
            self._goes_on = self._journal.begin(manifest(site, rule_sets, settings))
        except InputError:
            self._receiver.stop()
            raise
        self._out = None if settings.send is None else open_to_send(settings.send)
        self._extra: BinaryIO | None = None
        if settings.alerts is not None:
            settings.alerts.parent.mkdir(parents=True, exist_ok=True)
            self._extra = settings.alerts.open("ab", buffering=0)
        self._blind = ""
        self._facts: dict[str, Any] = dict(self.health.facts())
        self._now: dict[str, Any] = {
            "health": self._facts,
            "newest": "",
            "blind": "",
            "alerts": [],
            "tracks": [],
            "facts": [],
        }
        self._now["said"] = []
        self._shown_s = self._asked_s = -1e9
        self._words: dict[int, tuple[Alert, str]] = {}
        self._commands_read = self._commands_size() if not self._goes_on else 0
        self._saved_s = self._alive_s = self._looked_s = -1e9
        self._batches, self._waiting_since_s, self._arrived_s = 0, 0.0, 0.0
        self._plots_s = self._passed_s = 0.0
        self._more = False

    @property
    def port(self) -> int:
        """The port at which it listens."""
        return self._receiver.port

    def run(self) -> None:
        """Run until `stop` is called."""
        import gc
        import sys

        before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_S)
        gc.freeze()
        try:
            if self._goes_on:
                self._go_on()
            self._plots_s = self._passed_s = time.monotonic()
            self._receiver.start()
            granted = self._receiver.granted_bytes
            self._say(f"listening at {self.settings.listen}, with a receive buffer of {granted >> 10:,} KiB")
            self._look()
            while not self._stop.is_set():
                self._tick()
        finally:
            sys.setswitchinterval(before)
            gc.unfreeze()
            self._end()

    def warm_up(self) -> None:
        """Compile what judges, on a few plots made up, so that the first datagram need not wait for it."""
        site = self.nets.site
        nets = LiveNets(site, Feed(date=date(2000, 1, 1)))
        for time_s in (0.0, 4.0, 8.0, 12.0):
            nets.receive([made_up(site, time_s)], [time_s])
            nets.judge()

    def stop(self) -> None:
        """Stop after the present tick."""
        self._stop.set()

    def ask(self, text: str, by: str) -> None:
        """Ask for a decision, from any thread."""
        self.asked.append((text, by, {}))

    def now(self) -> dict[str, Any]:
        """What the page shows: alerts that last, tracks and health; made once a second while it is asked for."""
        self._asked_s = time.monotonic()
        return self._now

    def facts(self) -> dict[str, Any]:
        """The health, as JSON can hold it; made by the monitor once a second."""
        return self._facts

    def _say(self, text: str) -> None:
        """Say something on the terminal and on the page."""
        line = f"{_clock()} {text}"
        self._said.append(line)
        self._print(line)

    def _show(self) -> None:
        """Make what the page shows, if a page has asked for it lately."""
        self._facts = dict(self.health.facts())
        if self._shown_s - self._asked_s > WATCHED_S:
            return
        alerts = self._open_alerts()
        self._words = {one["number"]: self._words[one["number"]] for one in alerts}
        tracks, heard = self.nets.positions(MOST_DRAWN)
        self._now = {
            "health": self._facts,
            "newest": self.nets.newest_clock(),
            "blind": self.nets.blind_words,
            "alerts": alerts,
            "said": list(self._said),
            "tracks": tracks,
            "facts": [
                *((f"source {name}", said) for name, said in self._facts["sources"].items()),
                ("tracks drawn", f"{len(tracks):,} of {heard:,}"),
                ("update period", f"{self._facts['period_s']} s"),
                ("judging, 99 %", f"{self._facts['judging_p99_ms']} ms"),
                ("busy", f"{100 * self._facts['busy_share']:.0f} % of its time"),
                *((name, f"{count:,}") for name, count in self._facts["counts"].items() if count),
            ],
        }

    def _open_alerts(self) -> list[dict[str, Any]]:
        return [
            {
                "number": one.number,
                "net": one.alert.shown_as or one.alert.net,
                "callsign": one.alert.callsign or f"track {one.alert.track}",
                "area": one.alert.area,
                "severe": one.severe,
                "words": self._words_of(one),
                "track": one.alert.track,
                "acknowledged": one.number in self.acknowledged,
            }
            for one in self.nets.announcer.open
            if one.alert.shown
        ]

    def _words_of(self, one: OpenAlert) -> str:
        """The words of an alert, which are found anew only when it has changed."""
        alert, words = self._words.get(one.number, (None, ""))
        if alert is not one.alert:
            words = words_of(one.alert, self.nets.present_site, one.place.tracks, self.rule_sets)
            self._words[one.number] = one.alert, words
        return words

    def _tick(self) -> None:
        begun_s = time.monotonic()
        if not self._receiver.came.is_set():
            self._receiver.came.wait(TICK_S)
        elif not self._more:
            self._stop.wait(TICK_S / 4)
        now_s = time.monotonic()
        self.health.wait(begun_s, now_s)
        datagrams, arrived_s = self._receiver.take(MOST_AT_ONCE)
        self._more = len(datagrams) >= MOST_AT_ONCE
        if datagrams:
            self._take(datagrams, arrived_s)
        else:
            self._quiet()
        self._decide()
        self._look()

    def _take(self, datagrams: list[bytes], arrived_s: list[float]) -> None:
        begun = time.perf_counter()
        now_s = time.time()
        self._journal.receive(datagrams, arrived_s)
        accepted = self.nets.receive(datagrams, arrived_s)
        self._arrived_s = time.monotonic()
        if accepted:
            self._plots_s = self._passed_s = self._arrived_s
        steps_s = self.nets.order.steps_s
        heard = sorted({*self.nets.decoding.heard, *(source for source in steps_s if source >= 0)})
        self.nets.decoding.heard.clear()
        by_source = {f"{source >> 8}/{source & 255}": steps_s.get(source, []) for source in heard}
        self.health.hear(by_source, self._arrived_s)
        if self.settings.by_batch and not self._batch_is_complete():
            return
        judged, busy = time.perf_counter(), time.thread_time()
        events = self.nets.judge()
        judging_s, judging_cpu_s = time.perf_counter() - judged, time.thread_time() - busy
        self._tell(events)
        if self.nets.blind_words != self._blind:
            self._blind = self.nets.blind_words
            self._say(self._blind or "a QNH is known wherever flights are")
        latency_s = now_s - arrived_s[0] + time.perf_counter() - begun
        self.health.tick(now_s - arrived_s[0], judging_s, judging_cpu_s, latency_s)

    def _batch_is_complete(self) -> bool:
        ends = self.nets.decoding.context.ends_of_batch()
        now_s = time.monotonic()
        self._waiting_since_s = self._waiting_since_s or now_s
        complete = ends > self._batches or now_s - self._waiting_since_s > BATCH_AT_MOST_S
        if complete:
            self._batches, self._waiting_since_s = ends, 0.0
        return complete

    def _quiet(self) -> None:
        """Judge what is held when nothing more comes, and end the alerts of aircraft that are not heard any more."""
        if self.nets.order.waiting and time.monotonic() - self._arrived_s > QUIET_S:
            self._journal.decide({"verb": JUDGED_ALL})
            self._tell(self.nets.judge(everything=True))
        now_s = time.monotonic()
        silent_s = now_s - self._plots_s
        if silent_s > self.nets.soonest_lost_s and now_s - self._passed_s > QUIET_S and self.nets.announcer.open:
            self._passed_s = now_s
            time_s = self.nets.order.newest_s + silent_s
            self._journal.decide({"verb": TIME_PASSED, "time_s": time_s})
            self._tell(self.nets.pass_time(time_s))
        self.health.behind_s = 0.0

    def _decide(self) -> None:
        self._read_commands()
        while self.asked:
            text, by, place = self.asked.popleft()
            try:
                decision = parse(text, by)
                self.nets.decide(decision)
            except InputError as error:
                self.health.counts["decisions refused"] += 1
                self._say(f"refused: {error}")
                continue
            self._journal.decide({"time_s": json_ready(self.nets.order.newest_s), **decision.facts(), **place})
            self._note(decision)
            self._say(f"decided: {decision}")

    def _note(self, decision: Decision) -> None:
        self.health.counts["decisions"] += 1
        if decision.verb == "acknowledge":
            self.acknowledged.add(int(decision.value))

    def _read_commands(self) -> None:
        """Read the lines that were added to the file of commands."""
        size = self._commands_size()
        if size <= self._commands_read:
            return
        with (self.settings.folder / COMMANDS).open("rb") as file:
            file.seek(self._commands_read)
            octets = file.read(size - self._commands_read)
        for line in octets[: octets.rfind(b"\n") + 1].splitlines(keepends=True):
            self._commands_read += len(line)
            text = line.decode("utf-8", "replace").strip()
            if text and not text.startswith("#"):
                self.asked.append((text, COMMANDS, {"commands_read": self._commands_read}))

    def _commands_size(self) -> int:
        file = self.settings.folder / COMMANDS
        return file.stat().st_size if file.is_file() else 0

    def _tell(self, events: list[LiveEvent]) -> None:
        for first in range(0, len(events), TOLD_TOGETHER):
            some = events[first : first + TOLD_TOGETHER]
            for each in some:
                self._log(each)
            blocks, failed = self._messages.of(some)
            self._send(blocks)
            for number, why in failed:
                self.health.counts["messages that could not be written"] += 1
                self._say(f"alert {number} was not sent: {why}")

    def _log(self, each: LiveEvent) -> None:
        import json

        line = line_of(each, self.rule_sets)
        self._journal.tell(line)
        if self._extra is not None:
            self._extra.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
        self.recent.append(line)
        if each.alert.shown and each.what != "update":
            self._print(f"{_clock()} {told_of(line)}")
        self.health.counts[f"alerts: {each.what}"] += 1

    def _send(self, blocks: list[bytes]) -> None:
        if self._out is None or self.settings.send is None:
            return
        for block in blocks:
            with suppress(OSError):
                self._out.sendto(block, self.settings.send.to)
                self.health.counts["messages sent"] += 1

    def _look(self) -> None:
        now_s = time.monotonic()
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        self._count()
        open_alerts = len(self.nets.announcer.known)
        changed = self.health.look(now_s, open_alerts, self._receiver.dropped(), full=self._receiver.full)
        if changed:
            self._say(self.health.state.words)
        if changed or now_s - self._alive_s >= self.settings.options.alive_s:
            self._alive_s = now_s
            self._send(self._messages.alive(time.time(), self.nets.present_site, self.health.state))
        if now_s - self._shown_s >= SHOW_S:
            self._shown_s = now_s
            self._show()
        if now_s - self._saved_s >= SAVE_S:
            self._save()

    def _count(self) -> None:
        """Bring the counters up to date."""
        counts, decoding = self.health.counts, self.nets.decoding
        counts["datagrams"] = self._journal.datagrams
        counts["datagrams dropped"] = self.health.dropped
        counts["blocks"] = sum(decoding.blocks.values())
        counts["blocks undecodable"] = sum(decoding.undecodable.values())
        counts["octets outside blocks"] = decoding.lost_octets
        for name, count in self.nets.order.counts.items():
            counts[f"plots {name}"] = count
        for name, count in (*decoding.counts.items(), *decoding.plots.counts.items(), *self.nets.counts.items()):
            counts[name] = count

    def _save(self) -> None:
        self._saved_s = time.monotonic()
        self._journal.save(
            {
                "nets": self.nets.state(),
                "acknowledged": sorted(self.acknowledged),
                "commands_read": self._commands_read,
                "told": self._told_size(),
            }
        )

    def _told_size(self) -> int:
        file = self.settings.folder / ALERTS
        return file.stat().st_size if file.is_file() else 0

    def _go_on(self) -> None:
        """Go on from where a monitor before this one was: its state, and what it recorded and decided since then."""
        state = load_state(self.settings.folder)
        after = 0
        if state is not None:
            self.nets.restore(state["nets"])
            self.acknowledged = set(state["acknowledged"])
            self._commands_read, after = state["commands_read"], state["datagrams"]
        logged = {mark_of(line): line["number"] for line in lines(self.settings.folder, ALERTS)}
        announcer = self.nets.announcer
        announcer.given = {key: number for (_, _, key), number in logged.items()}
        announcer.numbers = max([announcer.numbers, *announcer.given.values()])
        for line in lines(self.settings.folder, DECISIONS):
            self._commands_read = max(self._commands_read, line.get("commands_read", 0))
        self._journal.datagrams = after
        again = [
            each
            for events in rejudged(self.nets, self.settings.folder, after, self._passed)
            for each in events
            if (each.what, each.time_s, each.key) not in logged
        ]
        self._tell(again)
        announcer.given = {}
        site, now_s = self.nets.present_site, self.nets.order.newest_s
        for one in announcer.open:
            self._send(self._messages.again(one, site, now_s, self._track_number(one.alert.track)))
        self._say(f"going on with {len(announcer.open)} open alerts, {self._journal.datagrams:,} datagrams recorded")

    def _passed(self, count: int, decision: Decision | float | None) -> None:
        self._journal.datagrams += count
        if isinstance(decision, Decision):
            self._note(decision)

    def _track_number(self, track: int) -> int:
        number = self.nets.flights.track_number(track)
        return track if number < 0 else number

    def _end(self) -> None:
        """Judge what has come, say that no alert is watched any more, save, and close."""
        self._receiver.stop()
        while (taken := self._receiver.take(MOST_AT_ONCE))[0]:
            self._take(*taken)
        if self.nets.order.waiting:
            self._journal.decide({"verb": JUDGED_ALL})
            self._tell(self.nets.judge(everything=True))
        site, now_s = self.nets.present_site, self.nets.order.newest_s
        for one in self.nets.announcer.open:
            self._send(self._messages.again(one, site, now_s, self._track_number(one.alert.track), end=True))
        self._count()
        self._save()
        self._journal.close()
        for opened in (self._out, self._extra):
            if opened is not None:
                opened.close()


def rejudged(
    nets: LiveNets, folder: Path, after: int = 0, passed: Callable[[int, Decision | float | None], None] | None = None
) -> Any:
    """Judge again what a live monitor recorded, with its decisions between; yields what happened, bit by bit.

    `passed` is called with how many datagrams were judged, and each decision.
    """
    taken = iter([*decisions_after(folder, after)])
    next_one = next(taken, None)
    count = after
    tell = passed or (lambda _count, _decision: None)
    for datagrams, arrived_s in received(folder, after):
        first = 0
        while first < len(datagrams):
            last = min(first + MOST_AT_ONCE, len(datagrams))
            if next_one is not None:
                last = min(last, first + max(next_one[0] - count, 0))
            nets.receive(datagrams[first:last], arrived_s[first:last])
            yield nets.judge()
            tell(last - first, None)
            count, first = count + last - first, last
            while next_one is not None and next_one[0] <= count:
                yield _decided(nets, next_one[1])
                tell(0, next_one[1])
                next_one = next(taken, None)
    while next_one is not None:
        yield _decided(nets, next_one[1])
        tell(0, next_one[1])
        next_one = next(taken, None)


def _decided(nets: LiveNets, decision: Decision | float) -> list[LiveEvent]:
    if isinstance(decision, float):
        return nets.judge(everything=True) if decision == math.inf else nets.pass_time(decision)
    nets.decide(decision)
    return []


def manifest(site: Site, rule_sets: RuleSets, settings: Settings) -> dict[str, Any]:
    """What a live folder says of itself: all that its replay needs to know."""
    feed = settings.feed
    ready: dict[str, Any] = json_ready(
        {
            "package": {"name": "safetynets", "version": __version__},
            "notice": NOTICE,
            "site": site_facts(site),
            "site_changes": [asdict(change) for change in site.changes],
            "rule_sets": rule_sets.facts(),
            "feed": {
                "date": None if feed.date is None else feed.date.isoformat(),
                "editions": {f"{number:03d}": edition for number, edition in sorted(feed.editions.items())},
                "radars": {f"{sac}/{sic}": list(place) for (sac, sic), place in sorted(feed.radars.items())},
                "hold_s": feed.hold_s,
                "max_gap_s": feed.max_gap_s,
            },
        }
    )
    return ready


def made_up(site: Site, time_s: float) -> bytes:
    """A datagram of category 062 with two aircraft that approach each other above the site."""
    columns: dict[str, ArrayLike] = {
        "010/SAC": [0, 0],
        "010/SIC": [1, 1],
        "040": [1, 2],
        "070": [time_s, time_s],
        "105/LAT": [site.plane.latitude_deg, site.plane.latitude_deg],
        "105/LON": [site.plane.longitude_deg, site.plane.longitude_deg + 0.05],
        "136": [50.0, 50.0],
        "185/VX": [100.0, -100.0],
        "185/VY": [0.0, 0.0],
        "220": [0.0, 0.0],
    }
    ((_, block),) = blocks(62, encode(62, columns))
    return block


def told_of(line: Mapping[str, Any]) -> str:
    """What happened to an alert, in one line for the terminal.

    >>> told_of({"what": "start", "number": 3, "net": "MSAW", "shown_as": "", "callsign": "SWR1", "track_number": 7,
    ...          "area": "", "words": "SWR1, terrain alert"})
    'alert 3 start: MSAW SWR1: SWR1, terrain alert'
    """
    about = [line["shown_as"] or line["net"], line["callsign"] or f"track {line['track_number']}", line["area"]]
    said = f": {line['words']}" if line["what"] != "end" else ""
    return f"alert {line['number']} {line['what']}: {' '.join(filter(None, about))}{said}"


def _clock() -> str:
    return datetime.now(UTC).strftime("%H:%M:%S")
