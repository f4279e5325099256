"""What is sent of each alert: its start, its updates and its end, in the order of time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from safetynets.engine.alerts import Alert
from safetynets.exports.finished_run import FinishedRun

What = Literal["start", "update", "end"]
_ORDER = {"end": 0, "start": 1, "update": 2}


@dataclass(frozen=True)
class AlertEvent:
    """The start, an update or the end of an alert; `severe` says whether it is a warning by then."""

    time_s: float
    what: What
    alert: Alert
    severe: bool


def alert_events(run: FinishedRun) -> list[AlertEvent]:
    """Everything that the controller is shown of the alerts of a run.

    An alert starts when it is shown. An update is a re-announcement or a rise of severity. An alert that is still
    active at the end of the tracks has no end.
    """
    found = [each for alert in run.alerts if alert.shown for each in _of(run, alert)]
    return sorted(found, key=lambda each: (each.time_s, _ORDER[each.what], each.alert.alert_id))


def _of(run: FinishedRun, alert: Alert) -> Iterator[AlertEvent]:
    severe_from_s = run.severe_from_s(alert)
    shown_s = alert.shown_time_s
    yield AlertEvent(shown_s, "start", alert, severe_from_s <= shown_s)
    end_s = math.inf if math.isnan(alert.end_time_s) else alert.end_time_s
    for time_s in sorted({*alert.reannounced_times_s, severe_from_s}):
        if shown_s < time_s < end_s:
            yield AlertEvent(time_s, "update", alert, severe_from_s <= time_s)
    if math.isfinite(end_s):
        yield AlertEvent(end_s, "end", alert, severe_from_s <= end_s)
