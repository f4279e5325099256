"""What a study of phraseologies found, in sentences a working group can quote, each with its condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from safetynets.phraseology import sentence_start
from safetynets.phraseology.sounds import NEAR
from safetynets.reports.formats import number, percent
from safetynets.response import Assumptions
from safetynets.response.outcome import Estimate, Share, difference_of_shares, share_of
from safetynets.response.relays import VISUAL_ONLY, relay_assumption
from safetynets.response.sensitivity import Ranking, Swing, ranking, surely_better
from safetynets.runs.phraseology_study import Answer, Study, cost_of, order_of
from safetynets.sites.delivery import NO_DESKS

_COST_WORDS = {
    "contact": "contact with the ground",
    "not enough clearance": "too little clearance",
    "least clearance": "least clearance",
}
PEOPLE = ("controller.", "crew.")
"""What the names of the assumptions about people begin with."""
_TOLD = 6
_DECIDED = {
    "controller.does_not_act_probability": "whether the controller acts on the alert",
    "controller.already_acting_probability": "whether the controller acts already",
    "controller.catches_readback_error_probability": "whether the controller notices a wrong read-back",
    "controller.looks_elsewhere_probability": "whether the controller looks elsewhere",
    "controller.visual_only_missed_probability": "whether the controller looks at an alert without a sound",
    "controller.visual_only_s": "how long until the controller looks at an alert without a sound",
    "controller.repeats_unasked_probability": "whether the controller calls again unasked",
    "frequency.busy_probability": "whether the frequency is busy",
    "frequency.stepped_on_probability": "whether the call is stepped on",
    "crew.not_heard_probability": "whether the crew takes the call in",
    "crew.asks_again_per_item_probability": "whether the crew asks again",
    "crew.omits_probability": "whether the read-back is right",
    "crew.acts_on_directive_probability": "whether the crew acts",
    "crew.decide_directive_s": "how long the crew decides",
}
"""What chance decides, where the name of its assumption would mislead."""


def share_words(share: Share) -> str:
    r"""A share with its interval.

    >>> from safetynets.response.outcome import share_of
    >>> share_words(share_of(0, 10_000))
    '0.0\xa0% (none of 10,000 draws: below 0.03\xa0%)'
    """
    if share.count == 0:
        return f"{percent(0.0)} (none of {number(share.of)} draws: below {percent(share.high)})"
    if share.count == share.of:
        return f"{percent(1.0)} (all of {number(share.of)} draws: above {percent(share.low)})"
    return f"{percent(share.value)} ({percent(share.low)} to {percent(share.high)})"


def findings(study: Study) -> tuple[str, ...]:
    """The outcome with each rule set from the best to the worst, and which of them these draws cannot tell apart."""
    answers = {answer.label: answer for answer in study.answers}
    order = order_of(study)
    said = [_outcome_words(answers[name]) for name in order]
    said.append(
        f"When nobody calls: contact in {share_words(study.silence.contact)}, least clearance "
        f"{_feet(study.silence.median_clearance_ft)}."
    )
    for better, worse in pairwise(order):
        costs = [cost_of(study, answers[name].outcome) for name in (better, worse)]
        if (costs[0] == costs[1]).all():
            said.append(f"{sentence_start(study.called(better))} and {study.called(worse)} end alike in every draw.")
        elif not surely_better(*costs):
            said.append(f"These draws do not tell {study.called(better)} and {study.called(worse)} apart.")
        elif study.cost != "least clearance":
            gap = difference_of_shares(costs[1] > 0.5, costs[0] > 0.5, study.seed)
            said.append(
                f"{_COST_WORDS[study.cost].capitalize()} is more frequent with {study.called(worse)} than with "
                f"{study.called(better)} by "
                f"{percent(gap.value)} of the draws ({percent(gap.low)} to {percent(gap.high)}, on the same draws)."
            )
    return tuple(said)


def _outcome_words(answer: Answer) -> str:
    if not answer.call.has_words:
        return f"{sentence_start(answer.called)}: none exist for this alert, so it is as when nobody calls."
    outcome = answer.outcome
    median = outcome.median_clearance_ft
    return (
        f"{sentence_start(answer.called)}: contact in {share_words(outcome.contact)}, less than "
        f"{number(outcome.enough_ft)} ft in {share_words(outcome.not_enough)}; median least clearance "
        f"{_feet(median)}; the call makes the aircraft climb in "
        f"{share_words(outcome.manoeuvred)}."
    )


def _feet(median: Estimate) -> str:
    """A clearance with its interval; what would be below the ground is contact and no number."""
    if median.value <= 0.0:
        return "none (contact)"
    value, low, high = (number(each) for each in (median.value, median.low, median.high))
    return f"{value} ft ({low} to {high} ft)" if low != high else f"{value} ft"


NO_CONTACT = (
    "No aircraft meets the ground in any draw, not even when nobody calls: "
    "contact does not tell the rule sets apart here."
)


def contact_differs(study: Study) -> bool:
    """Whether contact with the ground can tell rule sets apart: it happens in some draw, of silence at least."""
    return any(outcome.contact.count for outcome in (study.silence, *(one.outcome for one in study.answers)))


def desk_words(study: Study, assumptions: Assumptions) -> str:
    """Which desk the alert comes up at, who speaks, and what a relay between them is assumed to take."""
    delivery = study.encounter.delivery
    if delivery is None:
        return f"{NO_DESKS[0].upper()}{NO_DESKS[1:]}."
    if not delivery.desks:
        return f"D{delivery.words[1:]}. Nobody is told of this alert, so nobody calls, whatever the rule set."
    relays = [relay_assumption(relay) for relay in delivery.relays]
    unheard = [name for name in assumptions.by_name if name.startswith(VISUAL_ONLY) and delivery.visual_only]
    taken = [f"{name} is assumed as {assumptions[name].words}" for name in dict.fromkeys([*relays, *unheard])]
    own = [] if relays else [f"{delivery.speaks} has the aircraft on its frequency"]
    first = "; ".join([f"D{delivery.first_words[1:]}", *own, *taken]) + "."
    return f"{first} {delivery.later_words}." if delivery.later else first


def order_words(study: Study, assumptions: Assumptions) -> tuple[str, ...]:
    """Under which single change of an assumption the order of two rule sets turns round."""
    if _to_no_desk(study):
        return ("The alert is delivered to NO DESK: nobody calls, and there is no order of phraseologies.",)
    order = [name for name in order_of(study) if name not in _wordless(study)]
    if len(order) < 2:
        only = f"Only one of the rule sets, {study.called(order[0])}, has" if order else "None of the rule sets has"
        return (f"{only} words for this alert: there is no order.",)
    lead = f"From best to worst, by {_COST_WORDS[study.cost]}: {_ranked(study, order)}"
    turned = [change for change in study.changes if not {change.better, change.worse} & _wordless(study)]
    if not turned:
        return (f"{lead}. No single assumption, moved over its span, reverses the order of two of them beyond doubt.",)
    said = [f"{lead}. The order changes if one assumption is another:"]
    for change in turned:
        value = f"{change.value:g}{_unit(assumptions, change.assumption)}"
        meaning = sentence_start(_meaning(assumptions, change.assumption))
        said.append(
            f"{meaning}: {_as_value(assumptions, change.assumption, value)} instead of "
            f"{assumptions.about(change.assumption).words}. Then {study.called(change.better)} end better than "
            f"{study.called(change.worse)} ({change.assumption})."
        )
    return tuple(said)


def _as_value(assumptions: Assumptions, address: str, value: str) -> str:
    return f"with a probability of {value}" if assumptions.about(address).unit == "probability" else value


def _ranked(study: Study, order: Sequence[str]) -> str:
    """The order in words; what these draws do not tell apart stands side by side."""
    answers = {answer.label: answer for answer in study.answers}
    groups = ranking({name: cost_of(study, answers[name].outcome) for name in order})
    return _called_order(study, groups)


def _called_order(study: Study, groups: Ranking) -> str:
    return ranking_words(tuple(tuple(study.called(name) for name in group) for group in groups))


def ranking_words(groups: Ranking) -> str:
    """An order of rule sets in words.

    >>> ranking_words((("order",), ("check", "climb")))
    'order, then check and climb (not told apart)'
    """
    said = [" and ".join(group) + (" (not told apart)" if len(group) > 1 else "") for group in groups]
    return ", then ".join(said)


def order_rows(study: Study, assumptions: Assumptions) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    """How the order hangs on each value of people that moves it: name, meaning, and the order over its span."""
    rows = []
    for swing in study.swings:
        if not swing.assumption.startswith(PEOPLE) or len(set(swing.orders)) < 2:
            continue
        spans: list[tuple[list[float], Ranking]] = []
        for value, order in zip(swing.values, swing.orders, strict=True):
            if not spans or spans[-1][1] != order:
                spans.append(([], order))
            spans[-1][0].append(value)
        told = tuple(
            (f"{of[0]:g}" if len(of) == 1 else f"{of[0]:g} to {of[-1]:g}", _called_order(study, order))
            for of, order in spans
        )
        rows.append((swing.assumption, _meaning(assumptions, swing.assumption), told))
    return tuple(rows)


def orders_alike(study: Study) -> tuple[str, ...]:
    """The values of people over whose whole span the order is the same; none where there is no order."""
    if len(study.answers) - len(_wordless(study)) < 2 or _to_no_desk(study):
        return ()
    return tuple(
        swing.assumption
        for swing in study.swings
        if swing.assumption.startswith(PEOPLE) and swing.orders and len(set(swing.orders)) == 1
    )


def _to_no_desk(study: Study) -> bool:
    return study.encounter.delivery is not None and not study.encounter.delivery.desks


def _wordless(study: Study) -> set[str]:
    return {answer.label for answer in study.answers if not answer.call.has_words}


def swing_words(study: Study, assumptions: Assumptions) -> tuple[str, ...]:
    """The assumptions that matter most when they are moved one at a time."""
    return tuple(_swing(study, swing, assumptions) for swing in study.swings[:_TOLD] if swing.width > 0.0)


def _swing(study: Study, swing: Swing, assumptions: Assumptions) -> str:
    widest = max(swing.costs, key=lambda name: max(swing.costs[name]) - min(swing.costs[name]))
    first, last = swing.costs[widest][0], swing.costs[widest][-1]
    if study.cost == "least clearance":
        values = f"the mean least clearance from {number(-first)} to {number(-last)} ft"
    else:
        values = f"how often there is {_COST_WORDS[study.cost]} from {percent(first)} to {percent(last)}"
    return (
        f"{sentence_start(_meaning(assumptions, swing.assumption))}: moved from {swing.values[0]:g} to "
        f"{swing.values[-1]:g}{_unit(assumptions, swing.assumption)}, it moves {values} with {study.called(widest)} "
        f"({swing.assumption})."
    )


def basis_words(assumptions: Assumptions) -> str:
    """What of the assumptions was measured, and by how many listeners: the sample size that the page rests on."""
    measured = [one for one in assumptions.by_name.values() if one.tag == "measured"]
    if not measured:
        return "No listening test was put in: what people do is assumed."
    listed = "; ".join(f"{one.name}, {one.source.split(';')[0]}" for one in measured)
    return f"Measured: {listed}. Everything else is assumed."


def sound_words(study: Study) -> tuple[str, ...]:
    """What in each call sounds like something else that a crew may expect, or like another call of its rule set."""
    return tuple(_sounds_like(answer) for answer in study.answers if answer.call.has_words)


def _sounds_like(answer: Answer) -> str:
    said = [
        f"{near.first} sounds like {near.second} ({near.second_from}; distance {near.distance:.2f})"
        for near in answer.alike
    ]
    if answer.nearest is not None and answer.nearest[1] < NEAR:
        other, apart = answer.nearest
        said.append(
            f"the call sounds like {other.text.rstrip('.')} (rule {other.rule} of the same set, distance {apart:.2f})"
        )
    return f"{sentence_start(answer.called)}: {'; '.join(said) or 'nothing near'}."


def sobol_words(study: Study) -> Iterator[str]:
    """What the spread of the least clearance comes from, rule set by rule set."""
    for answer in study.answers:
        told = [row for row in answer.sobol if row.total >= 0.05][:4]
        if not told:
            continue
        parts = [
            f"{_decides(row.stream)} has a part in {number(100.0 * min(row.total, 1.0))}\u00a0% "
            f"({number(100.0 * max(row.first, 0.0))}\u00a0% by itself)"
            for row in told
        ]
        yield f"{sentence_start(answer.called)}: {', '.join(parts)}."


def _decides(stream: str) -> str:
    name, bracket, call = stream.partition(" (")
    return f"{_DECIDED.get(name, name)}{bracket}{call}"


def time_words(study: Study) -> tuple[str, ...]:
    """How much time there is, from the alert on, for the median aircraft, and whether it is what decides."""
    said = [
        _time(at_s, words)
        for at_s, words in (
            (study.latest_contact_s, "without contact"),
            (study.latest_enough_s, f"with {number(study.silence.enough_ft)} ft of clearance"),
        )
    ]
    if study.cost == "least clearance" and (study.encounter.delivery is None or study.encounter.delivery.desks):
        said.append(
            "Called or not, it does not come near the ground: the order says how soon and how surely the aircraft "
            "climbs, not who is saved."
        )
    if np.isfinite(study.latest_enough_s):
        said.append(_in_time(study))
    return tuple(said)


def _in_time(study: Study) -> str:
    """What decides where there is a last moment: whether the crew acts, how soon, or nothing any more."""
    begins_s = {answer.label: answer.outcome.chain.manoeuvre_s for answer in study.answers}
    shares = {
        label: share_of(int((at_s <= study.latest_enough_s).sum()), len(at_s)) for label, at_s in begins_s.items()
    }
    best = max(shares, key=lambda label: shares[label].value)
    often = share_words(shares[best])
    lead = f"By then the aircraft has begun to climb in {often} with {study.called(best)}, the most of all"
    climbing = [at_s[np.isfinite(at_s)] for at_s in begins_s.values() if np.isfinite(at_s).any()]
    if climbing and all(np.quantile(at_s, 0.95) <= study.latest_enough_s for at_s in climbing):
        return (
            f"{lead}. With every rule set 95 % of those that climb are in time: the time for the words decides little."
        )
    if shares[best].value < 0.5:
        return f"{lead}: from this alert on, most calls come too late whatever the words."
    return f"{lead}: here the seconds of the words and of the decision count."


def _time(at_s: float, words: str) -> str:
    if np.isposinf(at_s):
        return f"Though nobody calls, the aircraft gets by {words}."
    if np.isneginf(at_s):
        return f"At the alert it is too late for the median aircraft to escape {words}."
    return f"The median aircraft can begin to climb up to {number(at_s)} s after the alert and escape {words}."


def _meaning(assumptions: Assumptions, address: str) -> str:
    meaning = assumptions.about(address).meaning
    return f"how much this differs from draw to draw: {meaning}" if address not in assumptions.by_name else meaning


def _unit(assumptions: Assumptions, address: str) -> str:
    unit = assumptions.about(address).unit if address in assumptions.by_name else "probability"
    return "" if unit == "probability" else f" {unit}"
