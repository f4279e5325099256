"""From the alert to the movement of a control: controller, frequency and crew, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safetynets.response.draws import ESCALATION, MOST_CALLS, Draws, call_stream
from safetynets.response.relays import heard_later, relayed_s
from safetynets.response.transmissions import SpokenCall, Transmission
from safetynets.sites.delivery import Delivery

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

_DECIDES = {
    "directive": "crew.decide_directive_s",
    "check": "crew.decide_check_s",
    "information": "crew.decide_information_s",
}
_FIRST, _SAY_AGAIN, _NO_ANSWER = range(3)
SHORT_SYLLABLES = 20
"""A call up to this long adds nothing to what is left out or replaced in its read-back (simulator default)."""


@dataclass(frozen=True, eq=False)
class Chain:
    """When each link of the chain has done its part, seconds after the alert, one value a draw; inf is never.

    `shown_s` at the desk it is first delivered to, `noticed_s` judged by the controller there (or at the desk it is
    delivered to later, where that one knows first), `relayed_s` passed on by each relay to the desk that speaks (none
    where that is the same), `speaks_s` first word on the frequency, `asked_s` the
    first call has said what it asks, `said_s` it is at an end, `understood_s` the crew knows what it is asked,
    `control_s` it moves a control, `manoeuvre_s` the aircraft follows. `calls` counts the transmissions.
    """

    shown_s: Floats
    noticed_s: Floats
    relayed_s: tuple[Floats, ...]
    speaks_s: Floats
    asked_s: Floats
    said_s: Floats
    understood_s: Floats
    control_s: Floats
    manoeuvre_s: Floats
    calls: NDArray[np.int64]


def chain_of(call: SpokenCall | None, draws: Draws, delivery: Delivery | None = None) -> Chain:
    """When each link from the alert to the movement of a control does its part, draw by draw.

    An alert without a sound is noticed later or missed; when the aircraft flies on into a volume where it is heard, it
    is noticed there. No delay that grows makes a time of the chain earlier.

    Parameters
    ----------
    call
        The words as the crew hears them (`spoken_call`); None where nobody is called.
    draws
        How long everybody takes.
    delivery
        The desk that the alert is delivered to; without it one controller has the aircraft on the frequency. Where it
        is delivered to no desk, nobody is called.

    Returns
    -------
    Chain
        Seconds after the alert (s), arrays of shape (draws,); inf is never.

    References
    ----------
    docs/response.md gives the model and the source of each assumption.

    Examples
    --------
    >>> from safetynets.response import draw, load_assumptions
    >>> bool(np.isinf(chain_of(None, draw(load_assumptions(), 5)).manoeuvre_s).all())
    True
    """
    shown_s, noticed_s, told_s = _known(draws, delivery)
    if call is None:
        never = np.full(draws.count, np.inf)
        return Chain(
            shown_s, noticed_s, told_s, never, never, never, never, never, never, np.zeros(draws.count, dtype=np.int64)
        )
    wait_s = np.where(draws.happens("frequency.busy_probability"), draws.value("frequency.wait_s"), 0.0)
    compose_s = draws.value("controller.compose_plain_s") if call.composed else 0.0
    speaks_s = (noticed_s, *told_s)[-1] + compose_s + wait_s
    rate = draws.value("speech.rate_syllables_per_s")
    said_s = speaks_s + call.first.syllables / rate

    understood_s, words, slipped, ended_s, calls = _called(call, draws, speaks_s, rate)
    acts, decide_s = _decision(_transmissions(call), words, slipped, draws)
    control_s = _where(acts, understood_s + decide_s)
    if call.alert_persists is not None:
        step_s = np.maximum(said_s + call.alert_persists.after_s, ended_s)
        says = call.alert_persists.says
        heard = _heard(says, draws, ESCALATION)
        slipped = _slips(says, draws, ESCALATION)
        acts, decide_s = _decision((says,), np.zeros(draws.count, dtype=np.int64), slipped, draws)
        asked_s = _where(heard, step_s + says.syllables_until_asked / rate)
        calls = calls + (np.isfinite(step_s) & (step_s < control_s))
        understood_s = np.minimum(understood_s, asked_s)
        control_s = np.minimum(control_s, _where(acts, asked_s + decide_s))
    return Chain(
        shown_s=shown_s,
        noticed_s=noticed_s,
        relayed_s=told_s,
        speaks_s=speaks_s,
        asked_s=speaks_s + call.first.syllables_until_asked / rate,
        said_s=said_s,
        understood_s=understood_s,
        control_s=control_s,
        manoeuvre_s=control_s + draws.value("aircraft.delay_s"),
        calls=calls,
    )


def _known(draws: Draws, delivery: Delivery | None) -> tuple[Floats, Floats, tuple[Floats, ...]]:
    """When the alert is first shown, noticed, and passed on by each relay of the first delivery."""
    display_s = draws.value("display.delay_s")
    shown_s = display_s if delivery is None else display_s + delivery.delay_s
    if delivery is not None and not delivery.desks:
        shown_s = np.full(draws.count, np.inf)
    noticed_s, told_s = _noticed_s(draws, shown_s, delivery)
    for later in heard_later(delivery):
        heard_s, passed_on_s = _noticed_s(draws, display_s + later.delay_s, later)
        known_s = (heard_s, *passed_on_s)[-1]
        noticed_s = np.minimum(noticed_s, known_s)
        told_s = tuple(np.minimum(each_s, known_s) for each_s in told_s)
    return shown_s, noticed_s, told_s


def _noticed_s(draws: Draws, shown_s: Floats, delivery: Delivery | None) -> tuple[Floats, tuple[Floats, ...]]:
    """When the controller at a desk has seen or heard the alert and judged it, and when each relay has passed it on."""
    elsewhere_s = np.where(
        draws.happens("controller.looks_elsewhere_probability"), draws.value("controller.looks_elsewhere_s"), 0.0
    )
    acts = ~draws.happens("controller.does_not_act_probability")
    already = acts & draws.happens("controller.already_acting_probability")
    reaction_s = elsewhere_s + draws.value("controller.reaction_s")
    if delivery is not None and delivery.visual_only:
        acts &= already | ~draws.happens("controller.visual_only_missed_probability")
        reaction_s = reaction_s + draws.value("controller.visual_only_s")
    noticed_s = _where(acts, shown_s + np.where(already, 0.0, reaction_s))
    told_s = relayed_s(noticed_s, draws, delivery)
    return noticed_s, tuple(np.where(already, noticed_s, each_s) for each_s in told_s)


def _called(
    call: SpokenCall, draws: Draws, speaks_s: Floats, rate: Floats
) -> tuple[Floats, NDArray[np.int64], Booleans, Floats, NDArray[np.int64]]:
    """Call, and call again on request, after a wrong read-back that is noticed, or when nobody answers.

    When the crew understood, which of the transmissions it then heard, whether it took that in wrongly, when the last
    of them ended, and how many there were.
    """
    options = _transmissions(call)
    until = np.array([one.syllables_until_asked for one in options])
    whole = np.array([one.syllables for one in options])
    on_request_s = draws.value("crew.answer_s") + draws.value("crew.say_again_s") + draws.value("controller.repeat_s")
    if call.no_answer is not None:
        unanswered_s, repeats = np.full(draws.count, call.no_answer.after_s), np.ones(draws.count, dtype=bool)
    else:
        unanswered_s = draws.value("controller.repeats_unasked_s")
        repeats = draws.happens("controller.repeats_unasked_probability")

    words = np.full(draws.count, _FIRST, dtype=np.int64)
    starts_s = speaks_s
    ended_s = speaks_s
    understood_s = np.full(draws.count, np.inf)
    understood_words = words
    slipped = np.zeros(draws.count, dtype=bool)
    catches = draws.happens("controller.catches_readback_error_probability")
    calls = np.zeros(draws.count, dtype=np.int64)
    for attempt in range(MOST_CALLS):
        calls = calls + np.isfinite(starts_s)
        asked_s, end_s = starts_s + until[words] / rate, starts_s + whole[words] / rate
        ended_s = np.where(np.isfinite(starts_s), end_s, ended_s)
        heard = np.choose(words, [_heard(one, draws, attempt) for one in options])
        again = heard & np.choose(words, [_asks_again(one, draws, attempt) for one in options])
        slips = heard & ~again & np.choose(words, [_slips(one, draws, attempt) for one in options])
        corrected = slips & catches
        if attempt == MOST_CALLS - 1:
            again = corrected = np.zeros(draws.count, dtype=bool)
        understands = heard & ~again & ~corrected & np.isfinite(starts_s)
        understood_words = np.where(understands, words, understood_words)
        slipped = np.where(understands, slips, slipped)
        understood_s = np.minimum(understood_s, _where(understands, asked_s))
        starts_s = np.where(again | corrected, end_s + on_request_s, _where(~heard & repeats, end_s + unanswered_s))
        words = np.where(corrected, words, np.where(again, _SAY_AGAIN, _NO_ANSWER))
    return understood_s, understood_words, slipped, ended_s, calls


def _transmissions(call: SpokenCall) -> tuple[Transmission, Transmission, Transmission]:
    """The first call, what follows a request to say again, and what follows silence."""
    return (call.first, call.say_again or call.first, call.no_answer.says if call.no_answer else call.first)


def _heard(says: Transmission, draws: Draws, call: int | str) -> Booleans:
    number = draws.assumptions.number
    taken_in = 1.0 - number("crew.not_heard_probability")
    if not says.call_sign_first:
        taken_in *= 1.0 - number("crew.not_heard_without_call_sign_probability")
    if says.plain:
        taken_in *= 1.0 - number("crew.not_heard_plain_probability")
    missed = draws.happens(1.0 - taken_in, call_stream("crew.not_heard_probability", call))
    lost = draws.happens("frequency.stepped_on_probability", call_stream("frequency.stepped_on_probability", call))
    return ~missed & ~lost


def _asks_again(says: Transmission, draws: Draws, call: int) -> Booleans:
    each = draws.assumptions.number("crew.asks_again_per_item_probability")
    any_of_them = 1.0 - (1.0 - each) ** says.items
    return draws.happens(any_of_them, call_stream("crew.asks_again_per_item_probability", call))


def _slips(says: Transmission, draws: Draws, call: int | str) -> Booleans:
    """Whether the crew leaves out, or takes wrongly, what a call turns on: its instruction, or the QNH of a check.

    Any item is as likely to be the one left out. A wrong number matters in a check alone: an aircraft told to climb
    climbs, whatever level it took in.
    """
    if says.asks == "information":
        return np.zeros(draws.count, dtype=bool)
    number = draws.assumptions.number
    tens = max(0, says.syllables - SHORT_SYLLABLES) / 10.0
    omits = (
        number("crew.omits_probability")
        + number("crew.omits_per_item_probability") * max(0, says.items - 1)
        + number("crew.omits_per_ten_syllables_probability") * tens
    ) / max(1, says.items)
    substitutes = 0.0
    if says.asks == "check" and says.gives_qnh:
        substitutes = (
            number("crew.substitutes_probability") + number("crew.substitutes_per_ten_syllables_probability") * tens
        )
    return draws.happens(min(1.0, omits + substitutes), call_stream("crew.omits_probability", call))


def _decision(
    options: tuple[Transmission, ...], words: NDArray[np.int64], slipped: Booleans, draws: Draws
) -> tuple[Booleans, Floats]:
    """Whether the crew acts on what it took in, and how long it takes to decide."""
    taken_in = [*options, *map(_without_what_it_turns_on, options)]
    which = words + np.where(slipped, len(options), 0)
    acts = np.choose(which, [draws.happens(_acts_on(one)) for one in taken_in])
    decide_s = np.choose(which, [draws.value(_DECIDES[one.asks]) for one in taken_in])
    return acts, decide_s


def _without_what_it_turns_on(says: Transmission) -> Transmission:
    """A call without its QNH where that goes with a check, else without its instruction."""
    if says.asks == "check" and says.gives_qnh:
        return replace(says, gives_qnh=False)
    return replace(says, asks="information")


def _acts_on(says: Transmission) -> str:
    match says.asks:
        case "directive":
            return "crew.acts_on_directive_probability"
        case "check" if says.gives_qnh:
            return "crew.acts_on_check_with_qnh_probability"
        case "check":
            return "crew.acts_on_check_without_qnh_probability"
        case _:
            return "crew.acts_on_information_probability"


def _where(happens: Booleans, time_s: Floats) -> Floats:
    return np.where(happens, time_s, np.inf)
