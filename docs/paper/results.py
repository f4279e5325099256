"""What the paper "APM phraseologies: what the words change" rests on: every number and every figure of it.

The paper (apm-phraseologies.typ) has no result of its own: it takes each from numbers.json, which is written here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from safetynets import __version__
from safetynets.phraseology import Situation, load_rule_set, measure, say, sentence_start
from safetynets.reports.formats import clock, day, number, percent
from safetynets.reports.house_style import figure_bytes
from safetynets.reports.outcome_figure import budget_figure, outcome_figure
from safetynets.reports.phraseology_words import order_rows, order_words, orders_alike, ranking_words, swing_words
from safetynets.response import Assumptions, Draws, SpokenCall, draw, load_assumptions, outcome_of, spoken_call
from safetynets.response.outcome import Share
from safetynets.response.sensitivity import ranking, surely_better
from safetynets.runs.phraseology_study import (
    Study,
    budget_s,
    cost_of,
    load_phrasings,
    order_of,
    study_phraseologies,
)

HERE = Path(__file__).parent
NUMBERS = HERE / "numbers.json"
FIGURES = HERE / "figures"
RULE_SETS = {
    "icao": "icao",
    "msaw_words": "proposed-apm-msaw-words",
    "path": "proposed-apm-path",
    "directive": "proposed-apm-directive",
    "as_spoken": "as-spoken",
}
"""Those compared, by the key under which the paper knows them."""
SCENARIOS = {"paris": "paris-2022", "geneva": "geneva-2024", "zurich90": "zurich-1990", "zurich01": "zurich-2001"}
DRAWS, SEED = 10_000, 0
SAMPLE = "zurich90"
SAMPLE_DRAWS = 100
"""Draws that a test repeats: the same functions, fewer draws."""
RATE = "6.1 syllables/s"
AS_AN_ORDER = {
    "crew.decide_check_s": "crew.decide_directive_s",
    "crew.decide_information_s": "crew.decide_directive_s",
    "crew.acts_on_check_with_qnh_probability": "crew.acts_on_directive_probability",
    "crew.acts_on_check_without_qnh_probability": "crew.acts_on_directive_probability",
    "crew.acts_on_information_probability": "crew.acts_on_directive_probability",
}
"""Every call followed as surely and decided as soon as an order is: what is left is the words alone."""


def apm_study(key: str, draws: int = DRAWS, seed: int = SEED) -> Study:
    """The APM alert of a scenario, answered by every rule set of the paper."""
    phrasings = load_phrasings(list(RULE_SETS.values()))
    studies = study_phraseologies(SCENARIOS[key], phrasings, load_assumptions(), draws=draws, seed=seed)
    return next(study for study in studies if study.alert.net == "APM")


def words() -> dict[str, dict[str, str]]:
    """What each rule set says of Swiss 123 below the path of Geneva 22 on QNH 1006, and what that costs."""
    situation = Situation(
        net="APM", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=True, visual=False,
        qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="LSGG 22", aerodrome="LSGG",
    )  # fmt: skip
    told = {}
    for key, name in RULE_SETS.items():
        call = say(situation, load_rule_set(name))
        found = measure(call)
        timing = found.timings[RATE]
        spoken = spoken_call(call)
        told[key] = {
            "name": sentence_start(load_rule_set(name).called),
            "rule_set": name,
            "status": call.status,
            "text": call.text,
            "asks": "-" if spoken is None else spoken.first.asks,
            "words": str(found.words),
            "syllables": str(found.syllables),
            "alert": _seconds(timing.alert_s),
            "instruction": _seconds(timing.instruction_end_s),
            "qnh": _seconds(timing.qnh_s),
            "end": _seconds(timing.end_s),
            "second": "; ".join(
                f"{step.trigger}, after {step.after_s:g} s: {step.text}"
                for step in call.follow_ups
                if step.trigger in ("no answer", "alert persists")
            )
            or "none",
        }
    return told


def study_numbers(study: Study, assumptions: Assumptions, draws: Draws) -> dict[str, Any]:
    """The numbers of one study as the paper prints them."""
    keys = {name: key for key, name in RULE_SETS.items()}
    spoken = [answer.label for answer in study.answers if answer.call.has_words]
    order = [label for label in order_of(study) if label in spoken]
    costs = {answer.label: cost_of(study, answer.outcome) for answer in study.answers if answer.label in spoken}
    return {
        "scenario": study.name,
        "title": study.title,
        "callsign": study.alert.callsign,
        "at": f"{day(study.alert.start_time_s)} {clock(study.alert.start_time_s)} UTC",
        "altitude": number(study.alert.altitude_ft),
        "time_there_is": _time_there_is(study.latest_enough_s),
        "ordered_by": study.cost,
        "order": ranking_words(
            tuple(tuple(map(study.called, group)) for group in ranking({label: costs[label] for label in order}))
        ),
        "nobody": {"contact": _share(study.silence.contact), "not_enough": _share(study.silence.not_enough)},
        "answers": {
            keys[answer.label]: {
                "name": sentence_start(study.called(answer.label)),
                "call": answer.call.text,
                "has_words": answer.call.has_words,
                "contact": _share(answer.outcome.contact),
                "not_enough": _share(answer.outcome.not_enough),
                "climbs": _share(answer.outcome.manoeuvred),
                "seconds": number(sum(budget_s(answer.outcome).values()), 1) if answer.call.has_words else "-",
            }
            for answer in study.answers
        },
        "without": decomposition(study, assumptions, draws),
        "swings": list(swing_words(study, assumptions)),
        "turns": list(order_words(study, assumptions)[1:]),
        "over_spans": [
            {"name": name, "meaning": meaning, "spans": [{"span": span, "order": said} for span, said in spans]}
            for name, meaning, spans in order_rows(study, assumptions)
        ],
        "alike": list(orders_alike(study)),
        "notes": list(study.encounter.notes),
    }


def decomposition(study: Study, assumptions: Assumptions, draws: Draws) -> dict[str, dict[str, str]]:
    """How many are made to climb, as assumed, without prescribed second steps, with every call followed as an order."""
    equal = draws.under(assumptions.changed(as_an_order(assumptions)))
    told = {}
    for key, name in RULE_SETS.items():
        answer = next(answer for answer in study.answers if answer.label == name)
        call = spoken_call(answer.call)
        if call is None:
            continue
        first = first_call_alone(call)
        cases = {
            "as_assumed": (call, draws),
            "no_second_step": (first, draws),
            "followed_alike": (call, equal),
            "words_alone": (first, equal),
        }
        outcomes = {case: outcome_of(study.encounter, *of) for case, of in cases.items()}
        told[key] = {case: percent(outcome.manoeuvred.value) for case, outcome in outcomes.items()}
        told[key] |= {f"{case}_s": _until_it_climbs(outcome) for case, outcome in outcomes.items()}
    return told


def first_call_alone(call: SpokenCall) -> SpokenCall:
    """A call without the steps that its rule set prescribes for silence and for an alert that persists."""
    return replace(call, no_answer=None, alert_persists=None)


def as_an_order(assumptions: Assumptions) -> dict[str, Any]:
    """Changes that give a check and information the values of an order."""
    return {
        name: assumptions[order].spread.model_dump() if name.endswith("_s") else assumptions.number(order)
        for name, order in AS_AN_ORDER.items()
    }


def claims(studies: Mapping[str, Study], assumptions: Assumptions, draws: Draws) -> dict[str, bool]:
    """What the text concludes; each must be true of these numbers, or the paper is not set."""
    costs = {
        key: {answer.label: cost_of(study, answer.outcome) for answer in study.answers if answer.call.has_words}
        for key, study in studies.items()
    }
    directive, icao, second = RULE_SETS["directive"], RULE_SETS["icao"], RULE_SETS["msaw_words"]
    alone = {}
    for key, study in studies.items():
        calls = {answer.label: spoken_call(answer.call) for answer in study.answers}
        equal = draws.under(assumptions.changed(as_an_order(assumptions)))
        alone[key] = {
            label: outcome_of(study.encounter, first_call_alone(call), equal).manoeuvred.value
            for label, call in calls.items()
            if call is not None and label in (directive, icao)
        }
    return {
        "directive_first": all(order_of(study)[0] == directive for study in studies.values()),
        "directive_surely_before_icao": all(surely_better(of[directive], of[icao]) for of in costs.values()),
        "second_step_surely_helps": all(surely_better(of[second], of[icao]) for of in costs.values()),
        "words_alone_within_two_percent": all(abs(found[directive] - found[icao]) < 0.02 for found in alone.values()),
    }


def all_numbers(studies: Mapping[str, Study]) -> dict[str, Any]:
    """Everything that numbers.json holds, from the studies at full size."""
    assumptions = load_assumptions()
    draws = draw(assumptions, DRAWS, SEED)
    return {
        "made_by": "python docs/paper/make.py (make paper)",
        "version": __version__,
        "draws": number(DRAWS),
        "seed": SEED,
        "words": words(),
        "studies": {key: study_numbers(study, assumptions, draws) for key, study in studies.items()},
        "claims": claims(studies, assumptions, draws),
        "assumptions": [
            {
                "name": one.name,
                "meaning": one.meaning,
                "value": one.words,
                "tag": one.tag,
                "source": one.source,
                "measured": one.measured or "nothing seen",
                "not_measured": one.not_measured or "this value",
            }
            for one in assumptions.by_name.values()
            if not one.name.startswith("outcome.")
        ],
        "sourced": str(sum(one.tag == "S" for one in assumptions.by_name.values())),
        "assumed": str(sum(one.tag == "simulator default" for one in assumptions.by_name.values())),
        "sample": sample(),
    }


def sample() -> dict[str, Any]:
    """The numbers of one study with few draws, which a test makes again."""
    assumptions = load_assumptions()
    study = apm_study(SAMPLE, SAMPLE_DRAWS)
    return study_numbers(study, assumptions, draw(assumptions, SAMPLE_DRAWS, SEED))


def figures(study: Study) -> dict[str, Figure]:
    """The two figures of a study: the time each call takes, and how it ends."""
    return {"budget": budget_figure(study), "outcome": outcome_figure(study)}


def write(numbers: Mapping[str, Any], studies: Mapping[str, Study], folder: Path = HERE) -> Sequence[Path]:
    """Write numbers.json and the figures; the files."""
    written = [folder / NUMBERS.name]
    written[0].write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    (folder / FIGURES.name).mkdir(exist_ok=True)
    for key, study in studies.items():
        for kind, figure in figures(study).items():
            file = folder / FIGURES.name / f"{key}-{kind}.svg"
            file.write_bytes(figure_bytes(figure))
            written.append(file)
    return written


def _time_there_is(latest_s: float) -> str:
    if latest_s == float("inf"):
        return "even if nobody calls the aircraft keeps enough clearance"
    if latest_s == -float("inf"):
        return "at the alert it is too late for the median aircraft to keep enough clearance"
    return f"the median aircraft must begin to climb within {number(latest_s)} s to keep enough clearance"


def _seconds(at_s: float | None) -> str:
    return "-" if at_s is None else number(at_s, 1)


def _share(share: Share) -> str:
    return f"{percent(share.value)} ({percent(share.low)} to {percent(share.high)})"


def _until_it_climbs(outcome: Any) -> str:
    spent = budget_s(outcome)
    return number(sum(spent.values()), 1) if spent else "-"
