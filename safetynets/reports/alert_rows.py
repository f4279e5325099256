"""The alerts of a run as the page lists them: a row each, what it unfolds to, and each source of words once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from safetynets.engine.alerts import Alert
from safetynets.phraseology.headings import words_heading
from safetynets.phraseology.situation import Call, Part
from safetynets.reports.formats import DASH, clock, hectopascals, number
from safetynets.reports.profile_flight import name_of
from safetynets.reports.replay.why import EXPLAINED_ALERTS, why
from safetynets.reports.spoken_calls import Recordings
from safetynets.runs.run import Run
from safetynets.sites.delivery import NO_DESKS


@dataclass(frozen=True)
class Procedure:
    """What calls have in common: where their words are from, and who does what. `number` is what the rows refer to."""

    number: int
    heading: str
    call: Call


class Procedures:
    """The procedures of the calls of a run, each once, in the order in which they first appear."""

    def __init__(self) -> None:
        self.found: dict[tuple[Any, ...], Procedure] = {}

    def of(self, call: Call) -> Procedure:
        """The procedure of a call, new or known."""
        key = (
            call.rule_set,
            call.rule,
            call.source,
            call.status,
            call.controller_action,
            tuple(call.readback),
            call.responsible,
            call.responsibility_reason,
        )
        return self.found.setdefault(key, Procedure(len(self.found) + 1, words_heading(call), call))


def alert_rows(
    run: Run, actual: Sequence[bool], recordings: Recordings, procedures: Procedures, *, explained: bool
) -> list[dict[str, Any]]:
    """The rows, in order of start; `procedures` gathers those of their calls."""
    numbers = run.tracks.releasing_memory(range(len(run.alerts)))
    return [_row(run, index, actual[index], recordings, procedures, explained) for index in numbers]


def _row(
    run: Run, index: int, actual: bool, recordings: Recordings, procedures: Procedures, explained: bool
) -> dict[str, Any]:
    alert = run.alerts[index]
    known_end = math.isfinite(alert.end_time_s)
    lasted_s = alert.end_time_s - alert.start_time_s
    delivery = run.deliveries[index]
    delivered = NO_DESKS if delivery is None else delivery.words
    calls = [
        {
            "call": call,
            "heading": words_heading(call),
            "marked": _marked(call),
            "procedure": procedures.of(call).number,
            "recording": recordings.get((alert.alert_id, call.rule_set)),
        }
        for call in (run.words[index], run.proposed_words[index])
        if call is not None
    ]
    return {
        "alert": alert,
        "name": name_of(alert),
        "area": alert.area or DASH,
        "start": clock(alert.start_time_s),
        "when": when_words(alert),
        "actual": "actual" if actual else "only predicted",
        "lasted": f"{number(lasted_s)} s" if known_end else "lasts",
        "lasted_s": f"{lasted_s:.1f}" if known_end else "1e9",
        "worst": f"{number(alert.worst_margin_ft, signed=True)} ft" if math.isfinite(alert.worst_margin_ft) else DASH,
        "worst_ft": f"{alert.worst_margin_ft:.1f}" if math.isfinite(alert.worst_margin_ft) else "1e9",
        "seen": _seen(alert, delivered),
        "facts": _facts(alert, actual),
        "calls": calls,
        "words": _without_call_sign(run.words[index]),
        "why": why(run, alert) if explained and index < EXPLAINED_ALERTS else None,
    }


def when_words(alert: Alert) -> str:
    """Whether the alert started with a violation or with one foreseen, and how far ahead."""
    if alert.time_to_violation_s == 0.0:
        return "violated"
    return f"predicted, in {number(alert.time_to_violation_s)} s"


def _seen(alert: Alert, delivered: str) -> str:
    if not alert.shown:
        return f"The controller does not see it: suppressed by {alert.suppressed_by or DASH}."
    return f"The controller sees {alert.shown_as or alert.net}: {delivered}."


def _marked(call: Call) -> list[tuple[str, str]]:
    """The words of a call in stretches of one role each: role as a CSS class, text."""
    stretches = groupby(call.parts or (Part(call.text, None, "other"),), key=lambda part: part.role)
    return [(role.replace(" ", "-"), "".join(part.text for part in parts)) for role, parts in stretches]


def _without_call_sign(call: Call) -> str:
    return "".join(part.text for part in call.parts if part.role != "call sign").strip(" ,") or call.text


def _facts(alert: Alert, actual: bool) -> list[str]:
    """The numbers of an alert, one a line; a dash where a number is not known, no line where it has no meaning."""
    known_end = math.isfinite(alert.end_time_s)
    end = f"to {clock(alert.end_time_s)}, {alert.end_reason}" if known_end else "to the end of the tracks"
    facts = [
        f"{clock(alert.start_time_s)} {end}",
        f"first conflict {clock(alert.first_conflict_time_s)}",
        when_words(alert)
        if actual or alert.time_to_violation_s == 0.0
        else f"{when_words(alert)}, and never became actual",
        f"altitude {number(alert.altitude_ft)} ft",
        f"limit {number(alert.minimum_ft)} ft",
        f"margin {number(alert.margin_ft, signed=True)} ft",
        f"worst margin {number(alert.worst_margin_ft, signed=True)} ft",
    ]
    if alert.net == "APM":
        facts.append(f"from the path {number(alert.vertical_deviation_ft, signed=True)} ft")
        facts.append(f"from the course {number(alert.lateral_deviation_m, signed=True)} m")
    if alert.net == "APW":
        facts.append(f"lateral margin {number(alert.margin_m, signed=True)} m")
    facts.append(f"QNH {hectopascals(alert.qnh_hpa)} hPa")
    return facts
