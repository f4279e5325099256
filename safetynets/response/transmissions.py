"""What of a call matters to its hearer: how long until the words that count, and what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from safetynets.phraseology.lexicon import is_phraseology
from safetynets.phraseology.measures import Rate, timing
from safetynets.phraseology.readback_grammar import parse
from safetynets.phraseology.situation import Call, Part, Speech
from safetynets.phraseology.speech import speak

Asks = Literal["directive", "check", "information"]

_ORDERS = ("climb", "descend", "turn", "go around", "stop")
_COUNTED = ("alert", "instruction", "QNH", "minimum altitude")
_SYLLABLES = Rate("one syllable a second", 1.0, "syllables/s", "a clock that counts syllables")


@dataclass(frozen=True)
class Transmission:
    """One transmission of the controller.

    Attributes
    ----------
    text
        The words as written.
    asks
        "directive" (climb, descend, turn, go around, stop), "check", or "information" for neither.
    syllables_until_asked, syllables
        Until the crew knows what it is asked: the end of the instruction, for a check also of the QNH that goes with
        it, for information the end of the call; and of the whole call.
    gives_qnh, call_sign_first, plain
        Whether it gives the QNH, begins with the call sign, and has words outside ICAO phraseology.
    items
        How many things it tells: alert, instruction, QNH, minimum altitude.
    """

    text: str
    asks: Asks
    syllables_until_asked: int
    syllables: int
    gives_qnh: bool
    call_sign_first: bool
    plain: bool
    items: int


@dataclass(frozen=True)
class Step:
    """A second step of a rule set: its words, and how long after the end of the first call (s) they are due."""

    after_s: float
    says: Transmission


@dataclass(frozen=True)
class SpokenCall:
    """A call with its second steps, as its hearer meets it.

    Attributes
    ----------
    first
        The call.
    say_again, no_answer, alert_persists
        What is said when the crew asks to say again, when nobody answers, and while the alert lasts; None where the
        rule set has no such step.
    composed
        Whether the controller has to find the words: the rule set only records what was once said.
    """

    first: Transmission
    say_again: Transmission | None
    no_answer: Step | None
    alert_persists: Step | None
    composed: bool


def spoken_call(call: Call) -> SpokenCall | None:
    """A call as its hearer meets it; None where no words exist.

    Parameters
    ----------
    call
        What `say` answered with.

    Returns
    -------
    SpokenCall or None
        The first transmission and those that follow, with their durations (s).

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> situation = Situation(
    ...     net="APM", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=True,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="LSGG 22")
    >>> directive = spoken_call(say(situation, load_rule_set("proposed-apm-directive")))
    >>> directive.first.asks, directive.first.items, directive.no_answer.after_s
    ('directive', 2, 5.0)
    """
    if not call.has_words:
        return None
    steps = {
        step.trigger: Step(step.after_s, _transmission(step.parts, step.text, call.speech)) for step in call.follow_ups
    }
    say_again = steps.get("say again")
    return SpokenCall(
        first=_transmission(call.parts, call.text, call.speech),
        say_again=None if say_again is None else say_again.says,
        no_answer=steps.get("no answer"),
        alert_persists=steps.get("alert persists"),
        composed=call.status == "as spoken",
    )


def _transmission(parts: Sequence[Part], text: str, speech: Speech) -> Transmission:
    spoken = speak(parts, speech)
    when = timing(spoken, _SYLLABLES)
    understood, _ = parse("".join(part.text for part in parts if part.role == "instruction"))
    kinds = {item.kind for item in understood}
    asks: Asks = "directive" if kinds & set(_ORDERS) else "check" if "check" in kinds else "information"
    roles = {part.role for part in parts}
    until = when.end_s
    if asks == "directive" and when.instruction_end_s is not None:
        until = when.instruction_end_s
    elif asks == "check" and when.instruction_end_s is not None:
        until = max(when.instruction_end_s, when.qnh_s or 0.0)
    return Transmission(
        text=text,
        asks=asks,
        syllables_until_asked=round(until),
        syllables=round(when.end_s),
        gives_qnh="QNH" in roles,
        call_sign_first=bool(spoken) and spoken[0].role == "call sign",
        plain=any(word.role != "call sign" and not is_phraseology(word.word) for word in spoken),
        items=len(roles & set(_COUNTED)),
    )
