"""What is reported of an event: a line of JSON with the words, and a message of category 004."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from safetynets.engine.alerts import Alert
from safetynets.errors import InputError
from safetynets.exports.alert_events import AlertEvent
from safetynets.exports.area_names import area_codes
from safetynets.exports.cat004 import NUMBERS, Options, Row, alive, blocks_of, messages_about, ready
from safetynets.live.announcing import AlertKey, LiveEvent, OpenAlert
from safetynets.live.health import State
from safetynets.phraseology import say
from safetynets.runs.desks import DESK_COLUMNS, desk_columns
from safetynets.runs.manifest import json_ready
from safetynets.runs.rule_sets import RuleSets
from safetynets.runs.words import situations, spoken_by
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


def words_of(alert: Alert, site: Site, tracks: Tracks, rule_sets: RuleSets) -> str:
    """What the controller says."""
    (situation,) = situations([alert], site, tracks)
    return say(spoken_by(situation, rule_sets.words), rule_sets.words).text


def line_of(event: LiveEvent, rule_sets: RuleSets) -> dict[str, Any]:
    """An event as one line of JSON: what, when, and the alert as it is known now; unknown is null."""
    facts = dict(vars(event.alert))
    for name in ("track", "other_track", "alert_id"):
        del facts[name]
    return dict(
        json_ready(
            {
                "what": event.what,
                "time_s": event.time_s,
                "number": event.number,
                "track_number": event.track_number,
                "icao24": event.icao24,
                "severe": event.severe,
                **facts,
                **{name: told for name, told in desk_columns(event.delivery).items() if name in DESK_COLUMNS[:4]},
                "words": words_of(event.alert, event.site, event.tracks, rule_sets),
                "key": list(event.key),
            }
        )
    )


def mark_of(line: dict[str, Any]) -> tuple[str, float, AlertKey]:
    """What tells a logged event from every other."""
    return line["what"], line["time_s"], AlertKey(*line["key"])


class Messages:
    """Makes the messages of category 004."""

    def __init__(self, site: Site, options: Options) -> None:
        self._areas = area_codes(volume.name for volume in site.volumes)
        self._options = options
        self.left_out: Counter[str] = Counter()

    def alive(self, time_s: float, site: Site, state: State) -> list[bytes]:
        """An alive message."""
        row: Row = {"time_s": time_s, **alive(site, **asdict(state))}
        return self._blocks([row])

    def of(self, events: Sequence[LiveEvent]) -> tuple[list[bytes], list[tuple[int, str]]]:
        """The messages about what happened, and of which alerts (by number) none could be written, and why."""
        try:
            return self._blocks([row for each in events for row in self._rows(each)]), []
        except InputError as error:
            if len(events) == 1:
                return [], [(events[0].number, str(error))]
        found = [self.of([each]) for each in events]
        return [one for some, _ in found for one in some], [one for _, some in found for one in some]

    def _blocks(self, rows: list[Row]) -> list[bytes]:
        return blocks_of(ready(rows, self._options)) if rows else []

    def _rows(self, event: LiveEvent) -> list[Row]:
        """The message about an event; none about desks, nor where the controller is shown nothing."""
        alert = event.alert
        if event.what == "delivered":
            return []
        if not alert.shown or (event.what == "start" and not alert.shown_time_s <= event.time_s):
            return []
        what = "start" if event.what == "shown" else event.what
        numbered = replace(alert, alert_id=event.number)
        return messages_about(
            event,
            AlertEvent(event.time_s, what, numbered, event.severe),
            self._areas,
            lambda track: event.track_number if track == alert.track else track % NUMBERS,
            self._options,
            self.left_out,
        )

    def again(self, one: OpenAlert, site: Site, time_s: float, track_number: int, *, end: bool = False) -> list[bytes]:
        """The message that an open alert lasts, or, when the monitor stops, that it is no longer watched."""
        if not one.alert.shown or not math.isfinite(one.alert.shown_time_s):
            return []
        key = AlertKey(one.alert.net, one.alert.group, -1, -1, one.alert.start_time_s)
        again = LiveEvent(
            time_s=max(time_s, one.alert.shown_time_s),
            what="end" if end else "update",
            number=one.number,
            alert=one.alert,
            severe=one.severe,
            key=key,
            place=one.place,
            site=site,
            icao24="",
            track_number=track_number,
        )
        return self.of([again])[0]
