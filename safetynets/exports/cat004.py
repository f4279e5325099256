"""Alerts as ASTERIX category 004, edition 1.13: alive messages, and each alert from its start to its end.

What a message says of an alert, and what it cannot say: docs/exports.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.messages import Told
from safetynets.engine.net import nets_at, nets_of
from safetynets.errors import ScenarioError, TracksError
from safetynets.exports.alert_events import AlertEvent, alert_events
from safetynets.exports.area_names import area_codes
from safetynets.exports.cat004_items import ALIVE, END_OF_CONFLICT, allowed, items, names, sent_by
from safetynets.exports.finished_run import FinishedRun, Moment
from safetynets.recordings.asterix.clock import time_of_day_s
from safetynets.recordings.asterix.encoder import encode
from safetynets.recordings.asterix.tables import Category, fields_of, load
from safetynets.recordings.asterix.writer import track_numbers
from safetynets.recordings.containers_write import container_of, write_container
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

Row = dict[str, Any]
Profile = Literal["edition-1.13", "compass"]

CATEGORY, EDITION = 4, "1.13"
ALIVE_S = 5.0
"""Period of the alive messages (simulator default; no standard period is published)."""
NUMBERS = 1 << 16
"""Track numbers, and alert identifiers, from 0 on."""
COMPASS_OCTETS = 2
"""Octets of the extended items 060 and 120/CN in edition 1.4, by which COMPASS decodes."""
LONGEST_AI1 = 7
"""Characters of I004/170 AI1."""


@dataclass(frozen=True)
class Exported:
    """What was written: messages by type, the code of each area of the site, and what had to be left out."""

    file: str
    messages: Mapping[str, int]
    areas: Mapping[str, str]
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Options:
    """How messages are written.

    Attributes
    ----------
    source
        SAC and SIC of the safety-net server.
    alive_s
        Period (s) of the alive messages.
    predicted_position
        Whether 170/CPW, the predicted position of the conflict, is written; tshark 4.0 reads it wrongly.
    profile
        "compass" for readers of edition 1.4.
    """

    source: tuple[int, int] = (0, 1)
    alive_s: float = ALIVE_S
    predicted_position: bool = True
    profile: Profile = "edition-1.13"


def write_cat004(run: FinishedRun, path: str | Path, options: Options | None = None) -> Exported:
    """Write what the controller is shown in a run as category 004: .ast raw, .ff FINAL, .pcap a capture.

    Parameters
    ----------
    run
        The finished run.
    path
        The file; its ending chooses the container.
    options
        How the messages are written.

    Returns
    -------
    Exported
        What was written.

    Raises
    ------
    InputError
        For another ending, a run without traces of its alerts, or a value that an item cannot hold.
    """
    file = Path(path)
    kind = container_of(file)
    chosen = options or Options()
    left_out: Counter[str] = Counter()
    rows = messages(run, chosen, left_out)
    time_s = [row["time_s"] for row in rows]
    sent = blocks_of(rows, file)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_container(file, kind, zip(time_s, sent, strict=True))
    count = Counter(int(row["000"]) for row in rows)
    called = names()
    by_name = {called[number]: count[number] for number in sorted(count)}
    return Exported(file.as_posix(), by_name, _areas(run), dict(sorted(left_out.items())))


def messages(run: FinishedRun, options: Options, left_out: Counter[str] | None = None) -> list[Row]:
    """The fields of every message by path, and its `time_s`, in the order of time.

    `left_out` counts what an item is too short for, and alerts of nets that have no message.
    """
    counted = Counter[str]() if left_out is None else left_out
    areas = _areas(run)
    numbers = track_numbers(run.tracks, NUMBERS)
    rows = _alive(run, options.alive_s)
    for each in alert_events(run):
        rows += messages_about(run, each, areas, lambda track: int(numbers[track]), options, counted)
    rows.sort(key=lambda row: row["time_s"])
    return ready(rows, options)


def ready(rows: list[Row], options: Options) -> list[Row]:
    """Messages with what all have, the sender and the time of day, and without what the profile does not know.

    Raises
    ------
    ScenarioError
        When a message lacks an item that it must have, or has one that it must not have.
    """
    clock = time_of_day_s(np.array([row["time_s"] for row in rows]))
    table = load(CATEGORY, EDITION)
    for row, at_s in zip(rows, clock.tolist(), strict=True):
        row |= {"010/SAC": options.source[0], "010/SIC": options.source[1], "020": at_s}
        _check_presence(row)
        if options.profile == "compass":
            for path in [path for path in row if path != "time_s" and beyond_compass(path, table)]:
                del row[path]
    return rows


def blocks_of(rows: Sequence[Row], file: Path | None = None) -> list[bytes]:
    """A data block for each message, for every message is sent when it comes up.

    Raises
    ------
    ScenarioError
        For a value that an item cannot hold; it names the file, where there is one.
    """
    try:
        records = encode(load(CATEGORY, EDITION), columns(rows)).records()
    except TracksError as error:
        row = rows[int((error.where or "row 1").removeprefix("row ")) - 1]
        raise ScenarioError(
            f"cannot be written as category 004: {error.problem}",
            file=file,
            where=f"alert {row.get('040', '')}",
            mend="correct the tracks or the site, and run it again",
        ) from None
    return [bytes((CATEGORY,)) + (len(record) + 3).to_bytes(2, "big") + record for record in records]


def columns(rows: Sequence[Row]) -> dict[str, NDArray[Any]]:
    """The fields of messages as columns for the encoder: NaN, or the empty text, where a message has not the field."""
    paths = sorted({path for row in rows for path in row if path != "time_s"})
    found: dict[str, NDArray[Any]] = {}
    for path in paths:
        values = [row.get(path) for row in rows]
        if any(isinstance(value, str) for value in values):
            found[path] = np.array([value or "" for value in values], dtype=object)
        else:
            found[path] = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return found


def beyond_compass(path: str, table: Category) -> bool:
    """Whether a field stands in an octet that extended items of edition 1.4 do not have.

    >>> [beyond_compass(path, load(4)) for path in ("060/APM", "060/DSAM", "120/CN/MRVA", "120/CN/DBPSMARR", "075")]
    [False, True, False, True, False]
    """
    item, _, rest = path.partition("/")
    layout = table.items[item]
    if "subitems" in layout:
        name, _, rest = rest.partition("/")
        layout = dict(entry for entry in layout["subitems"] if entry)[name]
    return any(name == rest and field.part >= COMPASS_OCTETS for name, field in fields_of(layout))


def _check_presence(row: Row) -> None:
    message = int(row["000"])
    present = {path.split("/")[0] for path in row if path != "time_s"}
    missing = [item for item in items()[0][message] if item not in present]
    forbidden = [path for path in row if path != "time_s" and not allowed(message, path)]
    if missing or forbidden:
        what = f"no item {', '.join(missing)}" if missing else f"items {', '.join(forbidden)}, which it must not have"
        raise ScenarioError(
            f"its message of type {message} has {what}",
            where=f"alert {row.get('040', '')}",
            mend="run it again: the run folder lacks what the message must say",
        )


def _areas(run: FinishedRun) -> dict[str, str]:
    return area_codes(volume.name for volume in run.site.volumes)


def _alive(run: FinishedRun, period_s: float) -> list[Row]:
    """An alive message at the start of the tracks and once a period to their end, with the nets that run."""
    if not len(run.tracks):
        return []
    first_s, last_s = float(run.tracks.time_s.min()), float(run.tracks.time_s.max())
    states = alive(run.site)
    count = int((last_s - first_s) // period_s) + 1
    return [{"time_s": first_s + period_s * each} | states for each in range(count)]


def alive(site: Site, *, degraded: bool = False, overflow: bool = False, overload: bool = False) -> Row:
    """An alive message: the nets that run at a site, and how the monitor is."""
    states: Row = {"000": ALIVE}
    for net in nets_of(site):
        if net.cat004 is not None:
            running = net in nets_at(site) and net.cat004.watches(site)
            also = {f"060/{name}": int(running and holds(site)) for name, holds in net.cat004.alive_also.items()}
            states |= {f"060/{net.cat004.alive}": int(running)} | also
    return states | {"060/DG": int(degraded), "060/OF": int(overflow), "060/OL": int(overload)}


class Judged(Protocol):
    """What a message is made from: a finished run, or what was found live."""

    @property
    def site(self) -> Site:
        """The site with its parameters."""

    @property
    def tracks(self) -> Tracks:
        """The tracks as judged."""

    def moment(self, alert: Alert, time_s: float) -> Moment:
        """What the net of an alert found at the last plot up to a time."""


def messages_about(
    run: Judged,
    event: AlertEvent,
    areas: Mapping[str, str],
    number: Callable[[int], int],
    options: Options,
    left_out: Counter[str],
) -> list[Row]:
    """The message about one event; a net that classifies an alert twice sends two, one without a message none.

    `number` gives the number of a track in items 030 and 035.
    """
    alert = event.alert
    net = alert.shown_as or alert.net
    sent = sent_by(net)
    if sent is None:
        if event.what == "start":
            left_out[f"alerts of the {net}, for which no message of category 004 is chosen"] += 1
        return []
    row: Row = {"time_s": event.time_s, "030": number(alert.track), "040": alert.alert_id % NUMBERS}
    row |= _aircraft(run, alert.track, alert.callsign, "170", left_out)
    if alert.other_track >= 0:
        row["035"] = number(alert.other_track)
    if event.what == "end":
        return [row | {"000": END_OF_CONFLICT}]
    if alert.other_track >= 0:
        row |= _aircraft(run, alert.other_track, alert.other_callsign, "171", left_out)
    kind = row["000"] = sent.type(alert)
    moment = run.moment(alert, event.time_s)
    if options.predicted_position:
        row |= _predicted_position(run, moment)
    told = Told(
        site=run.site,
        tracks=run.tracks,
        alert=alert,
        time_s=event.time_s,
        severe=event.severe,
        time_to_violation_s=moment.time_to_violation_s,
        lateral_deviation_m=moment.lateral_deviation_m,
        vertical_deviation_ft=moment.vertical_deviation_ft,
        area_codes=areas,
        left_out=left_out,
    )
    facts: Row = {}
    for messages_of in dict.fromkeys((sent, sent_by(alert.net))):
        facts |= messages_of.fields(told) if messages_of is not None and messages_of.fields is not None else {}
    if math.isfinite(moment.time_to_violation_s):
        facts["070/TC"] = moment.time_to_violation_s
    variants = [facts] if sent.again is None else [facts, facts | sent.again(told)]
    return [row | {path: value for path, value in one.items() if allowed(kind, path)} for one in variants]


def _aircraft(run: Judged, track: int, callsign: str, item: str, left_out: Counter[str]) -> Row:
    """Call sign and SSR code of an aircraft in item 170 or 171, as far as they are known and fit."""
    row: Row = {}
    last = {"170": 1, "171": 2}[item]
    if callsign.isascii() and len(callsign) <= LONGEST_AI1:
        row[f"{item}/AI{last}"] = callsign
    elif re.fullmatch(r"[A-Z0-9]{8}", callsign):
        row[f"{item}/MS{last}"] = callsign
    else:
        left_out[f"call signs of messages, which {item} cannot hold"] += 1
    code = str(run.tracks.ssr_code[track])
    if code:
        row[f"{item}/M3{last}/MODE3A"] = code
    return row


def _predicted_position(run: Judged, moment: Moment) -> Row:
    """Where the conflict is predicted: straight ahead at the speed and vertical rate of now, altitude on the QNH."""
    tracks, plot, ahead_s = run.tracks, moment.plot, moment.time_to_violation_s
    if not math.isfinite(ahead_s):
        return {}
    x_m = tracks.x_m[plot] + (tracks.vx_mps[plot] * ahead_s if ahead_s else 0.0)
    y_m = tracks.y_m[plot] + (tracks.vy_mps[plot] * ahead_s if ahead_s else 0.0)
    rate_fpm = tracks.vertical_rate_fpm[plot]
    climbed_ft = rate_fpm * ahead_s / 60.0 if math.isfinite(rate_fpm) and ahead_s else 0.0
    latitude_deg, longitude_deg = run.site.plane.to_geographic(x_m, y_m)
    row = {
        "170/CPW/LAT": float(latitude_deg),
        "170/CPW/LON": float(longitude_deg),
        "170/CPW/ALT": moment.altitude_ft + climbed_ft,
    }
    return row if all(map(math.isfinite, row.values())) else {}
