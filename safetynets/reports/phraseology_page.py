"""The page of a study of phraseologies: one file that holds everything and opens from disk without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from safetynets import __version__
from safetynets.output import whole_file, write_whole
from safetynets.phraseology import expected_items, sentence_start, speak, words_heading
from safetynets.reports.chain_figure import chain_figure
from safetynets.reports.environment import data_uri, render
from safetynets.reports.figures import Picture
from safetynets.reports.files import write_json
from safetynets.reports.formats import DASH, clock, day, hectopascals, number, percent
from safetynets.reports.outcome_figure import budget_figure, outcome_figure
from safetynets.reports.phraseology_words import (
    NO_CONTACT,
    basis_words,
    contact_differs,
    desk_words,
    findings,
    order_rows,
    order_words,
    orders_alike,
    share_words,
    sobol_words,
    sound_words,
    swing_words,
    time_words,
)
from safetynets.response import Assumptions
from safetynets.runs.desks import desk_columns
from safetynets.runs.manifest import json_ready
from safetynets.runs.phraseology_study import Answer, Study, budget_s

PAGE = "phraseology.html"
NUMBERS = "phraseology.json"
RATE = "6.1 syllables/s"
"""The rate at which the page tells when words have been said: the median measured on the frequency."""


def write_study(
    studies: Sequence[Study], assumptions: Assumptions, folder: Path, audio: Mapping[str, bytes] | None = None
) -> Path:
    """Write `phraseology.html` and `phraseology.json` into a folder, in place of earlier ones; the path of the page.

    `audio` holds WAV files by the text of a call, for a page that can play them.

    Raises
    ------
    ScenarioError
        When the folder cannot be written.
    """
    page = study_page(studies, assumptions, audio)
    numbers = json_ready(study_numbers(studies, assumptions))
    write_whole(folder / PAGE, page)
    with whole_file(folder / NUMBERS) as new:
        write_json(numbers, new)
    return folder / PAGE


def study_page(studies: Sequence[Study], assumptions: Assumptions, audio: Mapping[str, bytes] | None = None) -> str:
    """The page as HTML text: no script, nothing fetched, every word of the input escaped; the same bytes every time."""
    return render(
        "phraseology.html.j2",
        rate=RATE,
        draws=studies[0].draws,
        seed=studies[0].seed,
        basis=basis_words(assumptions),
        no_contact=NO_CONTACT,
        sections=[_section(study, assumptions, audio or {}) for study in studies],
        assumptions=[
            {**_assumption(assumptions, name), "matters": not name.startswith("outcome.")}
            for name in assumptions.by_name
        ],
    )


def study_numbers(studies: Sequence[Study], assumptions: Assumptions) -> dict[str, Any]:
    """Everything the page says in numbers, JSON-ready but for values that are not finite."""
    return {
        "package": {"name": "safetynets", "version": __version__},
        "notice": "Not for operational use.",
        "seed": studies[0].seed,
        "draws": studies[0].draws,
        "assumptions": [_assumption(assumptions, name) for name in assumptions.by_name],
        "scenarios": [_numbers(study) for study in studies],
    }


def _numbers(study: Study) -> dict[str, Any]:
    return {
        "name": study.name,
        "alert": asdict(study.alert) | desk_columns(study.encounter.delivery),
        "latest_climb_without_contact_s": study.latest_contact_s,
        "latest_climb_with_enough_clearance_s": study.latest_enough_s,
        "ordered_by": study.cost,
        "nobody_calls": _outcome(study.silence),
        "rule_sets": [
            {
                "name": answer.label,
                "call": answer.call.text,
                "status": answer.call.status,
                "source": answer.call.source,
                **_outcome(answer.outcome),
                "budget_s": budget_s(answer.outcome),
                "near_sounding": [asdict(near) for near in answer.alike],
                "sobol": [asdict(row) for row in answer.sobol],
            }
            for answer in study.answers
        ],
        "swings": [asdict(swing) for swing in study.swings],
        "order_changes": [asdict(change) for change in study.changes],
        "notes": list(study.encounter.notes),
    }


def _outcome(outcome: Any) -> dict[str, Any]:
    return {
        "contact": asdict(outcome.contact),
        "not_enough_clearance": asdict(outcome.not_enough),
        "manoeuvred": asdict(outcome.manoeuvred),
        "median_least_clearance_ft": asdict(outcome.median_clearance_ft),
    }


def _assumption(assumptions: Assumptions, name: str) -> dict[str, Any]:
    one = assumptions[name]
    return {
        "name": name,
        "meaning": one.meaning,
        "value": one.words,
        "span": f"{one.swept[0]:g} to {one.swept[1]:g}",
        "tag": one.tag,
        "source": one.source,
        "measured": one.measured,
        "not_measured": one.not_measured,
    }


def _section(study: Study, assumptions: Assumptions, audio: Mapping[str, bytes]) -> dict[str, Any]:
    alert = study.alert
    vectored = {True: "vectored", False: "own navigation", None: "not known whether vectored"}[study.situation.vectored]
    return {
        "name": f"{study.name}-{alert.alert_id}",
        "link": f"{study.name}, {alert.net}",
        "title": f"{study.title}: the {alert.net}",
        "story": " ".join(study.story.split()),
        "reconstructed": " ".join(study.reconstructed.split()),
        "facts": (
            f"{alert.net} {alert.severity} on {day(alert.start_time_s)} at {clock(alert.start_time_s)} UTC: "
            f"{alert.callsign or f'track {alert.track}'} {alert.kind} {alert.area or DASH}, at an altitude of "
            f"{number(alert.altitude_ft)} ft on QNH {hectopascals(alert.qnh_hpa)} hPa, {vectored}, "
            f"{'on' if alert.on_final else 'not on'} a monitored final approach"
        ),
        "desk": desk_words(study, assumptions),
        "heard": any(answer.call.text in audio for answer in study.answers),
        "delivered": study.encounter.delivery is None or bool(study.encounter.delivery.desks),
        "others": study.others,
        "notes": study.encounter.notes,
        "ends": study.encounter.ends,
        "calls": [_call(answer, audio) for answer in study.answers],
        "sounds": sound_words(study),
        "measures": [_measures(answer) for answer in study.answers],
        "moments": [_moments(answer, study) for answer in study.answers],
        "outcomes": [_row(answer) for answer in study.answers],
        "silence": _shares(study.silence),
        "contact_differs": contact_differs(study),
        "enough": number(study.silence.enough_ft),
        "times": time_words(study),
        "findings": findings(study),
        "order": order_words(study, assumptions),
        "swings": swing_words(study, assumptions),
        "orders": order_rows(study, assumptions),
        "alike": orders_alike(study),
        "sobol": list(sobol_words(study)),
        "budget": _picture(
            budget_figure(study),
            "Stacked bars: how long each stage takes with each rule set, against the time there is.",
        ),
        "outcome": _picture(
            outcome_figure(study), "Left: how low the draws get with each rule set. Right: how often, with intervals."
        ),
        "chains": [
            _picture(chain_figure(study, answer), f"The chain from the net to the aircraft with {answer.called}.")
            for answer in study.answers
            if answer.call.has_words
        ],
    }


def _picture(figure: Any, words: str) -> Picture:
    return Picture.of(figure, "png", words, words, 110)


def _call(answer: Answer, audio: Mapping[str, bytes]) -> dict[str, Any]:
    call = answer.call
    sound = audio.get(call.text)
    return {
        "rule_set": answer.label,
        "called": sentence_start(answer.called),
        "standing": words_heading(call),
        "title": answer.title,
        "forced": answer.label.endswith(f":{call.rule}"),
        "parts": [(part.text, part.role.replace(" ", "-")) for part in call.parts],
        "text": call.text,
        "spoken": " ".join(word.word for word in speak(call.parts, call.speech)),
        "status": call.status,
        "source": call.source,
        "action": call.controller_action,
        "responsible": f"{call.responsible}: {call.responsibility_reason}",
        "steps": [
            (step.trigger, f"{step.after_s:g}", [(part.text, part.role.replace(" ", "-")) for part in step.parts])
            for step in call.follow_ups
        ],
        "sound": None if sound is None else data_uri(sound, "audio/wav"),
    }


def _measures(answer: Answer) -> list[str]:
    measures = answer.measures
    if not answer.call.has_words:
        return [sentence_start(answer.called), *([DASH] * 9)]
    slow, brisk = measures.timings["100 words/min"], measures.timings[RATE]
    readback = [f"{item.kind} {item.value}".strip() for item in expected_items(answer.call)]
    times = (slow.end_s, brisk.alert_s, brisk.instruction_s, brisk.qnh_s, brisk.end_s)
    return [
        sentence_start(answer.called),
        str(measures.words),
        str(measures.syllables),
        *(DASH if at_s is None else number(at_s, 1) for at_s in times),
        ", ".join(readback) or DASH,
        ", ".join(measures.outside_icao) or "none",
    ]


def _moments(answer: Answer, study: Study) -> list[str]:
    """When each thing has happened, and what then is left of the time there is: the median, and 5 and 95 %."""
    chain = answer.outcome.chain
    told = [sentence_start(answer.called)]
    climbs_s = chain.manoeuvre_s[np.isfinite(chain.manoeuvre_s)]
    left_s = study.latest_enough_s - climbs_s
    for moment_s in (chain.speaks_s, chain.asked_s, chain.said_s, chain.understood_s, chain.manoeuvre_s, left_s):
        happens = moment_s[np.isfinite(moment_s)]
        if len(happens):
            early, middle, late = (number(float(at_s), 1) for at_s in np.quantile(happens, (0.05, 0.5, 0.95)))
            told.append(f"{middle} s ({early} to {late})")
        else:
            told.append(DASH)
    return told


def _row(answer: Answer) -> list[str]:
    shares = _shares(answer.outcome)
    name = sentence_start(answer.called)
    return [name, *shares] if answer.call.has_words else [name, *shares[:-1], "no words"]


def _shares(outcome: Any) -> list[str]:
    middle = outcome.median_clearance_ft
    value, low, high = (number(each) for each in (middle.value, middle.low, middle.high))
    return [
        share_words(outcome.contact),
        share_words(outcome.not_enough),
        f"{value} ft ({low} to {high})" if middle.value > 0.0 else "contact",
        percent(outcome.manoeuvred.value),
    ]
