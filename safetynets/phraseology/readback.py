"""Read-backs: what a crew should answer to a call, and what is wrong with what it does answer."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from safetynets.phraseology import callsigns
from safetynets.phraseology.readback_grammar import Item, ItemKind, parse
from safetynets.phraseology.situation import UNKNOWN_CALL_SIGN, Call

ErrorKind = Literal["wrong", "transposed digits", "missing", "say again", "unable", "not understood"]

_ACTIONS: tuple[ItemKind, ...] = ("check", "climb", "descend", "turn", "go around", "stop")
_GERUNDS = {
    "check": "CHECKING",
    "climb": "CLIMBING",
    "descend": "DESCENDING",
    "go around": "GOING AROUND",
    "stop": "STOPPING",
}


@dataclass(frozen=True)
class ReadBackError:
    """One thing wrong with an answer: what kind of error, about which item, what was expected and what was heard."""

    kind: ErrorKind
    item: str
    expected: str
    heard: str

    def __str__(self) -> str:
        match self.kind:
            case "missing":
                return f"missing {self.item}: expected {self.expected}"
            case "not understood":
                return f"not understood: {self.heard}"
            case "say again" | "unable":
                return f"the crew says {self.kind.upper()}"
            case _:
                how = "wrong value" if self.kind == "wrong" else self.kind
                return f"{how} in {self.item}: expected {self.expected}, heard {self.heard}"


@dataclass(frozen=True)
class ReadBack:
    """An answer of the crew, taken apart.

    Attributes
    ----------
    items
        The items understood.
    errors
        Everything that is wrong with it.
    """

    items: tuple[Item, ...]
    errors: tuple[ReadBackError, ...]

    @property
    def is_correct(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


def expected_items(call: Call) -> tuple[Item, ...]:
    """What the crew has to read back besides its call sign.

    Parameters
    ----------
    call
        What the crew is told.

    Returns
    -------
    tuple of Item
        In the order of the call; empty where nothing is to be read back.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> situation = Situation(
    ...     net="MSAW", kind="below", severity="warning", callsign="SWR123", vectored=True, on_final=False,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=7000.0, area="sector 1")
    >>> [(item.kind, item.value) for item in expected_items(say(situation, load_rule_set("icao")))]
    [('climb', ''), ('level', '7000')]
    """
    items: list[Item] = []
    if "instruction" in call.readback:
        instruction = "".join(part.text for part in call.parts if part.role == "instruction")
        understood, _ = parse(instruction)
        items += dict.fromkeys(item for item in understood if item.kind in (*_ACTIONS, "level", "heading"))
    if "QNH" in call.readback:
        items += [Item("QNH", part.text) for part in call.parts if part.slot == "number"]
    if "minimum altitude" in call.readback:
        items += [Item("level", part.text.split()[0]) for part in call.parts if part.slot == "altitude"]
    return tuple(items)


def correct_readbacks(call: Call) -> tuple[str, ...]:
    """Correct answers to a call, written: each order of the items, the call sign last.

    Parameters
    ----------
    call
        What the crew is told.

    Returns
    -------
    tuple of str
        The answers; empty where no words exist or nothing is to be read back.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> situation = Situation(
    ...     net="MSAW", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=False,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="sector 1")
    >>> for answer in correct_readbacks(say(situation, load_rule_set("icao"))):
    ...     print(answer)
    CHECKING ALTITUDE, QNH 1006, SWR123
    QNH 1006, CHECKING ALTITUDE, SWR123
    CHECKING, QNH 1006, SWR123
    QNH 1006, CHECKING, SWR123
    """
    groups = _spoken_together(expected_items(call))
    if not groups:
        return ()
    ending = [call_sign] if (call_sign := _call_sign(call)) else []
    return tuple(
        ", ".join([*order, *ending])
        for phrases in itertools.product(*(_phrases(group) for group in groups))
        for order in itertools.permutations(phrases)
    )


def _spoken_together(items: Sequence[Item]) -> list[list[Item]]:
    """A level or heading belongs to the action before it."""
    groups: list[list[Item]] = []
    for item in items:
        if item.kind in ("level", "heading") and groups and groups[-1][0].kind in _ACTIONS:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _phrases(group: Sequence[Item]) -> tuple[str, ...]:
    first, *rest = group
    tail = "".join(f" HEADING {item.value}" if item.kind == "heading" else f" TO {item.value} FEET" for item in rest)
    match first.kind:
        case "QNH":
            return (f"QNH {first.value}",)
        case "level":
            return (f"{first.value} FEET",)
        case "heading":
            return (f"HEADING {first.value}",)
        case "turn":
            return (f"TURNING {first.value}{tail}",)
        case "check" if first.value:
            return (f"CHECKING {first.value}", "CHECKING")
        case _:
            return (f"{_GERUNDS[first.kind]}{tail}",)


def _call_sign(call: Call) -> str:
    written = next((part.text for part in call.parts if part.slot == "aircraft call sign"), "")
    return "" if written == UNKNOWN_CALL_SIGN else written


def parse_readback(answer: str, call: Call) -> ReadBack:
    """An answer of the crew, written or in spoken words, compared with what it should have been.

    A crew that asks to SAY AGAIN, or is UNABLE, is not blamed for what else is missing. WILCO stands for the
    instruction, but never for a QNH, level or heading (PANS-ATM 4.5.7.5.1 c for the QNH).

    Parameters
    ----------
    answer
        What the crew said.
    call
        What it was told.

    Returns
    -------
    ReadBack
        The items understood, and one error for each thing wrong.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> situation = Situation(
    ...     net="MSAW", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=False,
    ...     visual=False, qnh_hpa=1001.0, minimum_flight_altitude_ft=None, area="sector 1")
    >>> call = say(situation, load_rule_set("icao"))
    >>> for error in parse_readback("Checking, QNH one zero one one, Swiss one two three", call).errors:
    ...     print(error)
    wrong value in QNH: expected 1001, heard 1011
    """
    items, unparsed = parse(answer, call_sign=_call_sign(call))
    errors = [*_refusals(items)]
    if not errors:
        expected = expected_items(call)
        errors += _comparison(expected, items)
    errors += _call_sign_errors(call, items)
    if unparsed:
        errors.append(ReadBackError("not understood", "words", "", " ".join(unparsed)))
    return ReadBack(items, tuple(errors))


def _refusals(items: Sequence[Item]) -> Iterator[ReadBackError]:
    for item in items:
        if item.kind == "say again":
            yield ReadBackError("say again", "call", "", "SAY AGAIN")
        elif item.kind == "unable":
            yield ReadBackError("unable", "instruction", "", "UNABLE")


def _comparison(expected: Sequence[Item], heard: Sequence[Item]) -> Iterator[ReadBackError]:
    complies = any(item.kind == "acknowledged" and item.value == "WILCO" for item in heard)
    for item in expected:
        if item.kind in _ACTIONS:
            yield from _action_errors(item, heard, complies=complies)
            continue
        of_kind = [other.value for other in heard if other.kind == item.kind]
        if not of_kind:
            yield ReadBackError("missing", item.kind, item.value, "")
        elif any(_digits(value) != _digits(item.value) for value in of_kind):
            wrong = next(value for value in of_kind if _digits(value) != _digits(item.value))
            yield ReadBackError(_how_wrong(item.value, wrong), item.kind, item.value, wrong)


def _action_errors(item: Item, heard: Sequence[Item], *, complies: bool) -> Iterator[ReadBackError]:
    actions = [other for other in heard if other.kind in _ACTIONS]
    same = [other for other in actions if other.kind == item.kind]
    if any(not item.value or not other.value or other.value == item.value for other in same):
        return
    name = f"{item.kind} {item.value}".strip().upper()
    opposed = same or [other for other in actions if {other.kind, item.kind} == {"climb", "descend"}]
    if opposed:
        yield ReadBackError("wrong", "instruction", name, f"{opposed[0].kind} {opposed[0].value}".strip().upper())
    elif not complies:
        yield ReadBackError("missing", "instruction", name, "")


def _call_sign_errors(call: Call, items: Sequence[Item]) -> Iterator[ReadBackError]:
    written = _call_sign(call)
    if not written:
        return
    right = {" ".join(callsigns.callsign(written, "ICAO")), " ".join(callsigns.callsign(written, "FAA"))}
    heard = [item.value for item in items if item.kind == "call sign"]
    if not heard:
        yield ReadBackError("missing", "call sign", written, "")
    elif heard[-1] not in right:
        spoken = " ".join(callsigns.callsign(written, call.speech))
        same_words = Counter(heard[-1].split()) == Counter(spoken.split())
        kind: ErrorKind = "transposed digits" if same_words else "wrong"
        yield ReadBackError(kind, "call sign", spoken, heard[-1])


def _digits(value: str) -> str:
    return value.replace(".", "")


def _how_wrong(expected: str, heard: str) -> ErrorKind:
    return "transposed digits" if Counter(_digits(expected)) == Counter(_digits(heard)) else "wrong"
