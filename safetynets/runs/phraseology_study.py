"""A study of phraseologies: one alert of a scenario, the calls of several rule sets, and how each ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import PhraseologyError, ScenarioError
from safetynets.nets.alerts import Alert
from safetynets.phraseology import Call, Measures, RuleSet, Situation, load_rule_set, measure, say
from safetynets.response import (
    Assumptions,
    Draws,
    Encounter,
    Outcome,
    SpokenCall,
    Step,
    draw,
    encounter_of,
    outcome_of,
    sobol,
    spoken_call,
    swings,
    timeline,
)
from safetynets.response.encounter import Future
from safetynets.response.outcome import latest_manoeuvre_s
from safetynets.response.sensitivity import (
    Cost,
    OrderChange,
    SobolIndex,
    Swing,
    contact_cost,
    low_cost,
    not_enough_cost,
)
from safetynets.runs.execute import run_scenario
from safetynets.runs.run import Run
from safetynets.runs.traffic import Progress
from safetynets.runs.words import situations

SWEEP_DRAWS = 1000
"""Draws of each value of the sensitivity study."""

CostName = Literal["contact", "not enough clearance", "least clearance"]
_COSTS: Mapping[CostName, Cost] = {
    "contact": contact_cost,
    "not enough clearance": not_enough_cost,
    "least clearance": low_cost,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What one rule set says in the situation, what the call costs, and how it ends."""

    rule_set: RuleSet
    call: Call
    measures: Measures
    outcome: Outcome
    steps: tuple[Step, ...]
    sobol: tuple[SobolIndex, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Study:
    """One alert of one scenario, answered by several rule sets on the same draws.

    Attributes
    ----------
    name, title, story, reconstructed, illustrative
        Of the scenario; whether anything of the site was drawn for illustration.
    alert, situation, encounter
        The alert studied, what the controller has to speak about, and the flown path over the ground.
    answers, silence
        One answer a rule set, and the outcome when nobody calls.
    latest_contact_s, latest_enough_s
        The last moment after the alert at which the median aircraft can begin to climb without contact, and with
        enough clearance; inf where it needs to do nothing, -inf where it is too late at the alert.
    cost, swings, changes
        What the rule sets are ordered by, the assumptions one at a time, and what turns the order round.
    draws, seed
        How many draws, and their seed.
    other_alerts
        How many other alerts of the scenario were shown and are not studied.
    """

    name: str
    title: str
    story: str
    reconstructed: str
    alert: Alert
    situation: Situation
    encounter: Encounter
    answers: tuple[Answer, ...]
    silence: Outcome
    latest_contact_s: float
    latest_enough_s: float
    cost: CostName
    swings: tuple[Swing, ...]
    changes: tuple[OrderChange, ...]
    draws: int
    seed: int
    other_alerts: int


def study_phraseologies(
    scenario: str | Path,
    rule_sets: Sequence[RuleSet],
    assumptions: Assumptions,
    *,
    draws: int = 10_000,
    seed: int = 0,
    future: Future = "flown",
    alert_id: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Study:
    """Run a scenario and let every rule set answer the shown alert that ends lowest when nobody calls.

    `alert_id` chooses another alert, `future` is that of `encounter_of`, `overrides` those of `run_scenario`.

    Raises
    ------
    InputError
        For a scenario that cannot be run, and when it shows no alert or none with this `alert_id`.
    """
    tell: Callable[[str], None] = progress or (lambda _: None)
    chance = draw(assumptions, draws, seed)
    run = run_scenario(scenario, overrides, progress)
    alert, encounter, others = _chosen(run, assumptions, future, alert_id)
    (situation,) = situations([alert], run.site)
    calls = {rule_set.name: say(situation, rule_set) for rule_set in rule_sets}
    spoken = {name: spoken_call(call) for name, call in calls.items()}
    silence = outcome_of(encounter, None, chance)
    cost = _cost(silence)
    tell("letting the crews hear the calls")
    answers = tuple(
        _answer(rule_set, calls[rule_set.name], spoken[rule_set.name], encounter, chance, alert)
        for rule_set in rule_sets
    )
    tell("varying the assumptions")
    swung, changes = swings(encounter, spoken, draw(assumptions, min(draws, SWEEP_DRAWS), seed), _COSTS[cost])
    manifest = run.manifest.get("scenario", {})
    return Study(
        name=run.name,
        title=run.title,
        story=str(manifest.get("story", "")),
        reconstructed=str(manifest.get("reconstructed", "")),
        alert=alert,
        situation=situation,
        encounter=encounter,
        answers=answers,
        silence=silence,
        latest_contact_s=latest_manoeuvre_s(encounter, chance, 0.0),
        latest_enough_s=latest_manoeuvre_s(encounter, chance, assumptions.number("outcome.enough_clearance_ft")),
        cost=cost,
        swings=swung,
        changes=changes,
        draws=draws,
        seed=seed,
        other_alerts=others,
    )


def load_rule_sets(names_or_paths: Sequence[str]) -> tuple[RuleSet, ...]:
    """The rule sets of a study, in the order given.

    Raises
    ------
    PhraseologyError
        For one that cannot be used, for two of one name, and for none.
    """
    if not names_or_paths:
        raise PhraseologyError("no rule set is named", where="--rule-sets", mend="name one, such as icao")
    loaded = tuple(load_rule_set(one) for one in names_or_paths)
    names = [rule_set.name for rule_set in loaded]
    for name in names:
        if names.count(name) > 1:
            raise PhraseologyError(
                f"{names.count(name)} rule sets are called {name!r}",
                where="--rule-sets",
                mend="give each its own name in its file",
            )
    return loaded


def budget_s(outcome: Outcome) -> dict[str, float]:
    """Mean seconds of each stage over the draws in which the aircraft climbs because of the call; they add up.

    Empty where it never does.
    """
    chain = outcome.chain
    climbs = np.isfinite(chain.manoeuvre_s)
    if not climbs.any():
        return {}
    moments = (
        ("display", chain.shown_s),
        ("controller", chain.noticed_s),
        ("frequency busy", chain.speaks_s),
        ("words, and repeating them", chain.understood_s),
        ("crew decides", chain.control_s),
        ("aircraft follows", chain.manoeuvre_s),
    )
    means = [0.0, *(float(moment[climbs].mean()) for _, moment in moments)]
    return {name: means[i + 1] - means[i] for i, (name, _) in enumerate(moments)}


def cost_of(study: Study, outcome: Outcome) -> NDArray[np.float64]:
    """What is bad about each draw of an outcome, by the cost of the study."""
    return _COSTS[study.cost](outcome)


def order_of(study: Study) -> tuple[str, ...]:
    """The rule sets from the best to the worst by the study's cost."""
    cost = _COSTS[study.cost]
    return tuple(
        answer.rule_set.name for answer in sorted(study.answers, key=lambda answer: float(cost(answer.outcome).mean()))
    )


def _chosen(run: Run, assumptions: Assumptions, future: Future, alert_id: int | None) -> tuple[Alert, Encounter, int]:
    shown = [alert for alert in run.alerts if alert.shown]
    asked = shown if alert_id is None else [alert for alert in run.alerts if alert.alert_id == alert_id]
    if not asked:
        ids = ", ".join(str(alert.alert_id) for alert in run.alerts) or "no alert at all"
        problem = "no alert is shown" if alert_id is None else f"there is no alert {alert_id}"
        raise ScenarioError(problem, where=run.name, mend=f"choose another scenario or alert: it has {ids}")
    found = [(alert, _encounter(run, alert, assumptions, future)) for alert in asked]
    alert, encounter = min(found, key=lambda pair: (float(np.nanmin(pair[1].clearance_ft)), pair[0].start_time_s))
    return alert, encounter, len(shown) - 1


def _encounter(run: Run, alert: Alert, assumptions: Assumptions, future: Future) -> Encounter:
    joined = next((approach for approach in run.site.approaches if approach.name == alert.area), None)
    rows = run.tracks.rows_of(alert.track)
    if joined is None and alert.on_final:
        since = np.flatnonzero((run.tracks.time_s[rows] >= alert.start_time_s) & (run.approach[rows] >= 0))
        joined = run.site.approaches[int(run.approach[rows][since[0]])] if len(since) else None
    shown_s = alert.shown_time_s if np.isfinite(alert.shown_time_s) else alert.start_time_s
    return encounter_of(
        run.tracks,
        run.altitude_ft,
        alert.track,
        shown_s,
        run.site,
        approach=joined,
        horizon_s=assumptions.number("outcome.horizon_s"),
        end_before_threshold_nm=assumptions.number("outcome.end_before_threshold_nm"),
        future=future,
    )


def _answer(
    rule_set: RuleSet, call: Call, spoken: SpokenCall | None, encounter: Encounter, chance: Draws, alert: Alert
) -> Answer:
    outcome = outcome_of(encounter, spoken, chance)
    shown_s = alert.shown_time_s if np.isfinite(alert.shown_time_s) else alert.start_time_s
    return Answer(
        rule_set=rule_set,
        call=call,
        measures=measure(call),
        outcome=outcome,
        steps=timeline(outcome.chain, call, min(float(np.fmin(0.0, alert.first_conflict_time_s - shown_s)), 0.0)),
        sobol=() if spoken is None else sobol(encounter, spoken, replace(chance, count=1)),
    )


def _cost(silence: Outcome) -> CostName:
    """Contact where the flown path has it; else too little clearance where it has that; else the clearance itself."""
    if silence.contact.count:
        return "contact"
    return "not enough clearance" if silence.not_enough.count else "least clearance"
