"""`say`: the words a rule set has for a situation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from safetynets.errors import PhraseologyError
from safetynets.phraseology import wording, written
from safetynets.phraseology.cases import Case, case_of, holds
from safetynets.phraseology.rule_set import Rule, RuleSet, Then
from safetynets.phraseology.situation import (
    NO_PHRASEOLOGY,
    UNKNOWN_CALL_SIGN,
    Call,
    FollowUp,
    Part,
    Role,
    Situation,
    Speech,
    Traffic,
)

_VECTORED = (
    "the aircraft is vectored: the controller answers for terrain clearance until the crew resumes its own navigation "
    "(PANS-ATM 8.6.5.2; IFATCA WP 86 2.6)"
)
_DIRECT = (
    "a direct route takes the aircraft off its ATS route: the controller answers for terrain clearance until the crew "
    "resumes its own navigation (PANS-ATM 8.6.5.2; IFATCA WP 86 2.6)"
)
_OWN = (
    "the aircraft is on its own navigation: the objectives of air traffic control do not include the prevention of "
    "collision with terrain (PANS-ATM Foreword, note 2; IFATCA WP 86 2.5)"
)
_UNKNOWN = (
    "not known whether the aircraft is vectored; taken as on its own navigation, where the crew answers (PANS-ATM "
    "Foreword, note 2; IFATCA WP 86 2.5); if it is vectored, the controller answers (PANS-ATM 8.6.5.2)"
)

_KIND_OF_AREA = {"danger": "DANGER AREA", "restricted": "RESTRICTED AREA", "prohibited": "PROHIBITED AREA"}

SAMPLE = Situation(
    net="MSAW",
    kind="below",
    severity="warning",
    callsign="SWR123",
    vectored=False,
    on_final=False,
    visual=False,
    qnh_hpa=1006.0,
    minimum_flight_altitude_ft=7000.0,
    area="AREA",
    suggested_action=None,
    purpose="danger",
    traffic=Traffic(clock=2, distance_nm=5, turn="left", heading_deg=270),
)


def say(situation: Situation, rule_set: RuleSet, *, rule: str | None = None) -> Call:
    """The call of the first rule whose condition holds; with `rule`, of the rule of that name whatever its condition.

    Of a net that no rule of the set is about there are no words.

    Parameters
    ----------
    situation
        What the controller speaks about; altitudes in ft, the QNH in hPa, unknown is None.
    rule_set
        The words.
    rule
        The name of a rule.

    Returns
    -------
    Call
        The words, their source, who answers for terrain clearance, the read-back expected and what is said next.

    Raises
    ------
    PhraseologyError
        When no rule answers, `rule` is not in the set, its words need a value that the situation does not know, or a
        number of the situation cannot be meant.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> situation = Situation(
    ...     net="MSAW", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=False,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=1450.0, area="sector 1")
    >>> call = say(situation, load_rule_set("icao"))
    >>> for sentence in call.text.split(". "):
    ...     print(sentence)
    SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1006
    THE MINIMUM FLIGHT ALTITUDE IS 1450 FEET.
    """
    _speakable(situation)
    case = case_of(situation)
    if rule is None and all(one.when.net and situation.net not in one.when.net for one in rule_set.rules):
        return _no_words(situation, rule_set)
    chosen = _named(rule_set, rule) if rule is not None else _first(rule_set, case)
    responsible, reason = _responsibility(situation, chosen)
    parts: tuple[Part, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    if chosen.text is not None:
        values = slot_values(situation, chosen, rule_set.speech)
        left_out = () if situation.say_units else ("units",)
        parts = _filled(chosen.text, chosen, chosen, values, left_out, rule_set)
        follow_ups = tuple(_follow_up(then, chosen, values, left_out, rule_set) for then in chosen.then)
    return Call(
        text="".join(part.text for part in parts) if parts else NO_PHRASEOLOGY,
        rule_set=rule_set.name,
        rule=chosen.name,
        source=chosen.source,
        status=chosen.status,
        controller_action=chosen.controller_action,
        responsible=responsible,
        responsibility_reason=reason,
        speech=rule_set.speech,
        parts=parts,
        readback=chosen.readback,
        follow_ups=follow_ups,
    )


def sample_calls(rule_set: RuleSet) -> tuple[Call, ...]:
    """One call of every rule that has words, with every slot known: what the rule set can be heard to say.

    Parameters
    ----------
    rule_set
        The words.

    Returns
    -------
    tuple of Call
        In the order of the rules; they are to SWR123 at QNH 1006 above a minimum of 7,000 ft.

    Examples
    --------
    >>> from safetynets.phraseology import load_rule_set, sample_calls
    >>> len(sample_calls(load_rule_set("proposed-apm-directive")))
    1
    """
    return tuple(say(SAMPLE, rule_set, rule=rule.name) for rule in rule_set.rules if rule.status != "none")


def responsibility(situation: Situation) -> tuple[Literal["crew", "controller"], str]:
    """Who answers for terrain clearance, and why.

    Vectoring, or a direct route off an ATS route, makes it the controller; otherwise it is the crew.

    Parameters
    ----------
    situation
        Says whether the aircraft is vectored or on such a route; unknown counts as own navigation.

    Returns
    -------
    tuple of str
        "crew" or "controller", and the reason in words.

    References
    ----------
    PANS-ATM 8.6.5.2 and Foreword, note 2, as quoted by IFATCA WP 86 (2018) 2.5-2.6.

    Examples
    --------
    >>> responsibility(SAMPLE)[0]
    'crew'
    """
    if situation.vectored:
        return "controller", _VECTORED
    if situation.direct_off_route:
        return "controller", _DIRECT
    return "crew", _UNKNOWN if situation.vectored is None else _OWN


def _speakable(situation: Situation) -> None:
    """Refuse numbers that cannot be meant: an unknown value is None, never NaN."""
    for name, least, most in (("qnh_hpa", 800.0, 1100.0), ("minimum_flight_altitude_ft", 0.0, 60_000.0)):
        value: float | None = getattr(situation, name)
        if value is not None and not least <= value <= most:
            raise PhraseologyError(
                f"{name} is {value}", where=situation.callsign, mend=f"give {least:g} to {most:g}, or None for unknown"
            )


def _responsibility(situation: Situation, rule: Rule) -> tuple[Literal["crew", "controller"], str]:
    if rule.responsible is not None and rule.responsibility_reason is not None:
        return rule.responsible, rule.responsibility_reason
    return responsibility(situation)


def _no_words(situation: Situation, rule_set: RuleSet) -> Call:
    """What a rule set that says nothing of a net has for it."""
    responsible, reason = responsibility(situation)
    return Call(
        text=NO_PHRASEOLOGY,
        rule_set=rule_set.name,
        rule="",
        source=f"{rule_set.title} says nothing of the {situation.net}",
        status="none",
        controller_action="",
        responsible=responsible,
        responsibility_reason=reason,
        speech=rule_set.speech,
    )


def _first(rule_set: RuleSet, case: Case) -> Rule:
    for rule in rule_set.rules:
        if holds(rule.when, case):
            return rule
    raise PhraseologyError(f"no rule answers {case}", where=rule_set.name, mend="add a rule for it")


def _named(rule_set: RuleSet, name: str) -> Rule:
    for rule in rule_set.rules:
        if rule.name == name:
            return rule
    known = ", ".join(rule.name for rule in rule_set.rules)
    raise PhraseologyError(f"no rule is called {name!r}", where=rule_set.name, mend=f"use one of {known}")


def slot_values(situation: Situation, rule: Rule, speech: Speech) -> Mapping[str, tuple[Part, ...] | None]:
    """What fills each slot in this situation; None is unknown."""
    minimum_ft = situation.minimum_flight_altitude_ft
    qnh = None if situation.qnh_hpa is None else written.qnh(situation.qnh_hpa, situation.qnh_unit)
    units = None if qnh is None else written.UNIT_WORDS[situation.qnh_unit]
    values: dict[str, tuple[Part, ...] | None] = {
        "aircraft call sign": _one("aircraft call sign", situation.callsign or UNKNOWN_CALL_SIGN, "call sign"),
        "number": _one("number", qnh, "QNH"),
        "units": _one("units", units, "QNH"),
        "altitude": _one(
            "altitude", None if minimum_ft is None else written.altitude(minimum_ft, speech), "minimum altitude"
        ),
        "safe level": _one(
            "safe level", None if minimum_ft is None else written.safe_level(minimum_ft, speech), "instruction"
        ),
        "kind of area": _one("kind of area", _KIND_OF_AREA.get(situation.purpose or ""), "other"),
        "area": _one("area", situation.area.upper() or None, "other"),
        "traffic": _one("traffic", written.traffic(situation.traffic), "other"),
        "turn": _one("turn", situation.traffic.turn.upper() if situation.traffic else None, "instruction"),
        "heading": _one(
            "heading", f"{situation.traffic.heading_deg:03d}" if situation.traffic else None, "instruction"
        ),
    }
    if situation.suggested_action:
        suggested: tuple[Part, ...] | None = (Part(situation.suggested_action.upper(), None, "instruction"),)
    elif rule.action is not None and wording.SUGGESTED_ACTION not in rule.action:
        suggested = wording.fill(wording.parse(rule.action, action=rule.action), values)
    else:
        suggested = None
    return {**values, wording.SUGGESTED_ACTION: suggested}


def _one(slot: str, text: str | None, role: Role) -> tuple[Part, ...] | None:
    return None if text is None else (Part(text, slot, role),)


def _filled(
    text: str,
    step: Rule | Then,
    rule: Rule,
    values: Mapping[str, tuple[Part, ...] | None],
    left_out: Collection[str],
    rule_set: RuleSet,
) -> tuple[Part, ...]:
    pieces = wording.parse(text, alert=step.alert or rule.alert or "", action=step.action or rule.action or "")
    try:
        return wording.fill(pieces, values, left_out)
    except KeyError as missing:
        raise PhraseologyError(
            f"the words need ({missing.args[0]}), which is not known here",
            where=f"{rule_set.name}: {rule.name}",
            mend=f"give {wording.SLOTS[missing.args[0]]}, or put the words that need it in [ ]",
        ) from None


def _follow_up(
    then: Then, rule: Rule, values: Mapping[str, tuple[Part, ...] | None], left_out: Collection[str], rule_set: RuleSet
) -> FollowUp:
    parts = _filled(then.text, then, rule, values, left_out, rule_set)
    return FollowUp(trigger=then.trigger, after_s=then.after_s, text="".join(part.text for part in parts), parts=parts)
