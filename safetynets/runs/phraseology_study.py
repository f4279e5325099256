"""A study of phraseologies: one alert of a scenario, the calls of several rule sets, and how each ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.errors import PhraseologyError, ScenarioError, nearest
from safetynets.phraseology import (
    Call,
    Measures,
    NearSounding,
    RuleSet,
    Situation,
    load_rule_set,
    measure,
    near_sounding,
    nearest_call,
    sample_calls,
    say,
)
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

_SAME_MOMENT_S = 2.0
"""Two alerts are about the same low moment of a flight when their lowest points are no farther apart."""
RELAY = "told to the desk that speaks"
"""The stage of a budget that an alert takes which is shown at another desk."""
SWEEP_DRAWS = 1000
"""Draws of each value of the sensitivity study."""

CostName = Literal["contact", "not enough clearance", "least clearance"]
_COSTS: Mapping[CostName, Cost] = {
    "contact": contact_cost,
    "not enough clearance": not_enough_cost,
    "least clearance": low_cost,
}


@dataclass(frozen=True)
class Phrasing:
    """A rule set that answers alerts.

    Attributes
    ----------
    rule_set
        The rule set.
    rule
        The name of one of its rules, whose words are said whatever its condition; None for the first rule whose
        condition holds.
    """

    rule_set: RuleSet
    rule: str | None = None

    @property
    def label(self) -> str:
        """What it is called on the page, such as "icao" or "proposed-apm-directive:apm-below"."""
        return self.rule_set.name + (f":{self.rule}" if self.rule else "")

    @property
    def called(self) -> str:
        """What sentences call its words, such as "ICAO words" or "ICAO words, rule apm-below"."""
        return self.rule_set.called + (f", rule {self.rule}" if self.rule else "")


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What one rule set says in the situation, what the call costs, and how it ends.

    Attributes
    ----------
    label, called, title
        Its name as given, such as "icao"; what sentences call its words, such as "ICAO words"; and its title.
    call, measures
        What it says, and what that costs.
    outcome, steps
        How it ends, and the steps from the alert to the climb.
    alike
        Its alert words and numbers that sound like others.
    nearest
        The other call of its rule set that sounds most like it, with the distance from 0 (the same) to 1.
    sobol
        What the spread of the least clearance hangs on.
    """

    label: str
    called: str
    title: str
    call: Call
    measures: Measures
    outcome: Outcome
    steps: tuple[Step, ...]
    alike: tuple[NearSounding, ...]
    nearest: tuple[Call, float] | None
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
        What the rule sets are ordered by, the assumptions one at a time, and what reverses the order.
    draws, seed
        How many draws, and their seed.
    others
        How many other shown alerts of the scenario no study answers.
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
    others: int

    def called(self, label: str) -> str:
        """What sentences call the words of a rule set of the study.

        Parameters
        ----------
        label
            The label of one of its answers, such as "icao".

        Returns
        -------
        str
            Such as "ICAO words".

        Raises
        ------
        StopIteration
            When no answer has the label.

        Examples
        --------
        See `study_phraseologies`.
        """
        return next(answer.called for answer in self.answers if answer.label == label)


def study_phraseologies(
    scenario: str | Path,
    phrasings: Sequence[Phrasing],
    assumptions: Assumptions,
    *,
    draws: int = 10_000,
    seed: int = 0,
    future: Future = "flown",
    alert_id: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> tuple[Study, ...]:
    """Run a scenario and let each rule set answer the alerts about the lowest moment of a flight if nobody calls.

    Of each net that shows an alert about that moment, the first alert is studied.

    Parameters
    ----------
    scenario
        A shipped scenario by its name, or one's own by its path.
    phrasings
        The rule sets (`load_phrasings`); all answer on the same draws.
    assumptions
        What is assumed about people and aircraft (`safetynets.response.load_assumptions`).
    draws
        How many draws.
    seed
        The one seed of all draws.
    future
        What the aircraft does if nobody calls, as for `safetynets.response.encounter_of`.
    alert_id
        One alert to study instead, shown or not.
    overrides
        Values by address, as for `safetynets.runs.run_scenario`.
    progress
        Called with a few words before each stage.

    Returns
    -------
    tuple of Study
        One a net that alerts about the moment; one alone with `alert_id`.

    Raises
    ------
    InputError
        For a scenario that cannot be run, and when it shows no alert or none with this `alert_id`.

    Examples
    --------
    >>> from safetynets.response import load_assumptions
    >>> phrasings = load_phrasings(["icao", "proposed-apm-directive"])
    >>> study, *_ = study_phraseologies("flat-ground-low", phrasings, load_assumptions(), draws=20)
    >>> study.alert.net, [answer.label for answer in study.answers], study.called("icao")
    ('APM', ['icao', 'proposed-apm-directive'], 'ICAO words')
    >>> list(budget_s(study.answers[0].outcome))[:2]
    ['display', 'controller']
    >>> cost_of(study, study.silence).shape, sorted(order_of(study))
    ((20,), ['icao', 'proposed-apm-directive'])
    """
    tell: Progress = progress or (lambda _: None)
    chance = draw(assumptions, draws, seed)
    run = run_scenario(scenario, overrides, progress)
    chosen, others = _chosen(run, assumptions, future, alert_id)
    return tuple(
        _study(run, alert, encounter, others, phrasings=phrasings, chance=chance, seed=seed, tell=tell)
        for alert, encounter in chosen
    )


def _study(
    run: Run,
    alert: Alert,
    encounter: Encounter,
    others: int,
    *,
    phrasings: Sequence[Phrasing],
    chance: Draws,
    seed: int,
    tell: Progress,
) -> Study:
    assumptions = chance.assumptions
    (situation,) = situations([alert], run.site, run.tracks)
    calls = {one.label: say(situation, one.rule_set, rule=one.rule) for one in phrasings}
    spoken = {label: spoken_call(call) for label, call in calls.items()}
    silence = outcome_of(encounter, None, chance)
    cost = _cost(silence)
    tell("letting the crews hear the calls")
    answers = tuple(_answer(one, calls[one.label], spoken[one.label], encounter, chance, alert) for one in phrasings)
    tell("varying the assumptions")
    few = draw(assumptions, min(chance.count, SWEEP_DRAWS), seed)
    swung, changes = swings(encounter, spoken, few, _COSTS[cost])
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
        draws=chance.count,
        seed=seed,
        others=others,
    )


def load_phrasings(names: Sequence[str]) -> tuple[Phrasing, ...]:
    """Load the rule sets of a study, in the order given.

    Parameters
    ----------
    names
        Names of shipped rule sets, paths of one's own, or either with `:RULE` for one rule whatever its condition.

    Returns
    -------
    tuple of Phrasing
        One a name.

    Raises
    ------
    PhraseologyError
        For one that cannot be used, a rule that is not in it, two that are called alike, and for none.

    Examples
    --------
    >>> [one.label for one in load_phrasings(["icao", "proposed-apm-directive:apm-below"])]
    ['icao', 'proposed-apm-directive:apm-below']
    """
    if not names:
        raise PhraseologyError("no rule set is named", where="--rule-sets", mend="name one, such as icao")
    phrasings = tuple(_phrasing(name) for name in names)
    labels = [one.label for one in phrasings]
    for label in labels:
        if labels.count(label) > 1:
            raise PhraseologyError(
                f"{labels.count(label)} rule sets are called {label!r}",
                where="--rule-sets",
                mend="give each its own name in its file",
            )
    return phrasings


def _phrasing(name: str) -> Phrasing:
    of_set, colon, rule = name.rpartition(":")
    if not colon or "/" in rule or rule.endswith(".toml"):
        return Phrasing(load_rule_set(name))
    rule_set = load_rule_set(of_set)
    known = [one.name for one in rule_set.rules]
    if rule not in known:
        raise PhraseologyError(f"no rule is called {rule!r}", where=of_set, mend=nearest(rule, known))
    return Phrasing(rule_set, rule)


def budget_s(outcome: Outcome) -> dict[str, float]:
    """Mean seconds of each stage over the draws in which the aircraft climbs because of the call.

    Parameters
    ----------
    outcome
        How an encounter ends (`safetynets.response.outcome_of`).

    Returns
    -------
    dict of str to float
        Seconds (s) by stage, in the order of the stages: they add up to the mean time of the manoeuvre. Empty where the
        aircraft never climbs. All relays are one stage, which is left out where there is none.

    Examples
    --------
    See `study_phraseologies`.
    """
    chain = outcome.chain
    climbs = np.isfinite(chain.manoeuvre_s)
    if not climbs.any():
        return {}
    moments = (
        ("display", chain.shown_s),
        ("controller", chain.noticed_s),
        *((RELAY, told_s) for told_s in chain.relayed_s[-1:]),
        ("frequency busy", chain.speaks_s),
        ("words, and repeating them", chain.understood_s),
        ("crew decides", chain.control_s),
        ("aircraft follows", chain.manoeuvre_s),
    )
    means = [0.0, *(float(moment[climbs].mean()) for _, moment in moments)]
    return {name: means[i + 1] - means[i] for i, (name, _) in enumerate(moments)}


def cost_of(study: Study, outcome: Outcome) -> NDArray[np.float64]:
    """What is bad about each draw of an outcome, by the cost of a study.

    Parameters
    ----------
    study
        Names the cost: contact, not enough clearance, or least clearance.
    outcome
        How its encounter ends with one rule set, or with silence.

    Returns
    -------
    numpy.ndarray
        Shape (draws,), higher is worse: 1 for contact or not enough clearance, or the negative of the least clearance
        (ft).

    Examples
    --------
    See `study_phraseologies`.
    """
    return _COSTS[study.cost](outcome)


def order_of(study: Study) -> tuple[str, ...]:
    """The labels of the rule sets of a study from the best to the worst by its cost.

    Parameters
    ----------
    study
        A study.

    Returns
    -------
    tuple of str
        The labels; those of equal mean cost in the order in which the study has them.

    Examples
    --------
    See `study_phraseologies`.
    """
    cost = _COSTS[study.cost]
    return tuple(
        answer.label for answer in sorted(study.answers, key=lambda answer: float(cost(answer.outcome).mean()))
    )


def _chosen(
    run: Run, assumptions: Assumptions, future: Future, alert_id: int | None
) -> tuple[list[tuple[Alert, Encounter]], int]:
    """The alerts to study with their encounters, and how many other alerts were shown."""
    shown = [alert for alert in run.alerts if alert.shown]
    asked = shown if alert_id is None else [alert for alert in run.alerts if alert.alert_id == alert_id]
    if not asked:
        ids = ", ".join(str(alert.alert_id) for alert in run.alerts) or "no alert at all"
        problem = "no alert is shown" if alert_id is None else f"there is no alert {alert_id}"
        raise ScenarioError(problem, where=run.name, mend=f"choose another scenario or alert: it has {ids}")
    found = [(alert, _encounter(run, alert, assumptions, future)) for alert in asked]
    lowest, encounter = min(found, key=lambda pair: (_lowest(*pair)[0], pair[0].start_time_s))
    moment_s = _lowest(lowest, encounter)[1]
    chosen: dict[str, tuple[Alert, Encounter]] = {}
    for alert, met in found:
        if alert.track == lowest.track and abs(_lowest(alert, met)[1] - moment_s) <= _SAME_MOMENT_S:
            chosen.setdefault(alert.net, (alert, met))
    studied = {alert.alert_id for alert, _ in chosen.values()}
    return list(chosen.values()), len([alert for alert in shown if alert.alert_id not in studied])


def _lowest(alert: Alert, encounter: Encounter) -> tuple[float, float]:
    """The least clearance (ft) when nobody calls, and when that is (UTC, s)."""
    at = int(np.nanargmin(encounter.clearance_ft))
    return float(encounter.clearance_ft[at]), _alerted_s(alert) + float(encounter.time_s[at])


def _alerted_s(alert: Alert) -> float:
    return alert.shown_time_s if np.isfinite(alert.shown_time_s) else alert.start_time_s


def _encounter(run: Run, alert: Alert, assumptions: Assumptions, future: Future) -> Encounter:
    return encounter_of(
        run.tracks,
        run.altitude_ft,
        alert.track,
        _alerted_s(alert),
        run.site,
        horizon_s=assumptions.number("outcome.horizon_s"),
        carried_on_s=assumptions.number("outcome.carried_on_s"),
        end_before_threshold_nm=assumptions.number("outcome.end_before_threshold_nm"),
        future=future,
        delivery=dict(zip((one.alert_id for one in run.alerts), run.deliveries, strict=True))[alert.alert_id],
    )


def _answer(
    phrasing: Phrasing, call: Call, spoken: SpokenCall | None, encounter: Encounter, chance: Draws, alert: Alert
) -> Answer:
    outcome = outcome_of(encounter, spoken, chance)
    first_conflict_s = min(float(np.fmin(0.0, alert.first_conflict_time_s - _alerted_s(alert))), 0.0)
    return Answer(
        label=phrasing.label,
        called=phrasing.called,
        title=phrasing.rule_set.title,
        call=call,
        measures=measure(call),
        outcome=outcome,
        steps=timeline(outcome.chain, call, first_conflict_s, encounter.delivery),
        alike=near_sounding([call]),
        nearest=_nearest(call, phrasing.rule_set),
        sobol=() if spoken is None else sobol(encounter, spoken, replace(chance, count=1)),
    )


def _nearest(call: Call, rule_set: RuleSet) -> tuple[Call, float] | None:
    """The call of another rule that sounds most like this one, both with the same values in their slots."""
    samples = sample_calls(rule_set)
    return next((nearest_call(one, samples) for one in samples if one.rule == call.rule), None)


def _cost(silence: Outcome) -> CostName:
    """Contact where the flown path has it; else too little clearance where it has that; else the clearance itself."""
    if silence.contact.count:
        return "contact"
    return "not enough clearance" if silence.not_enough.count else "least clearance"
