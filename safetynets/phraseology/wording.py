"""Wordings in the notation of PANS-ATM: (slots) to fill in and [options] that are left out when a slot is unknown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from safetynets.phraseology.situation import Part, Role

SUGGESTED_ACTION = "suggested pilot action, if possible"

SLOTS: Mapping[str, str] = {
    "aircraft call sign": "the call sign",
    "number": "the QNH",
    "units": "the unit of the QNH",
    "altitude": "the minimum flight altitude",
    "safe level": "the minimum flight altitude, up to the next whole hundred feet",
    SUGGESTED_ACTION: "what the controller suggests, or the rule's own `action`",
    "kind of area": "the purpose of the volume, as DANGER AREA, RESTRICTED AREA or PROHIBITED AREA",
    "area": "the name of the polygon, approach or volume",
    "traffic": "where the other aircraft is: bearing by the clock, and distance in whole miles",
    "turn": "LEFT or RIGHT, away from the other aircraft",
    "heading": "the heading 60 degrees away from the present one to that side",
}
"""Every slot and what fills it. The names are those of PANS-ATM 12.6.1 where it has one."""

_ROLE_OF_SLOT: Mapping[str, Role] = {
    "aircraft call sign": "call sign",
    "number": "QNH",
    "units": "QNH",
    "altitude": "minimum altitude",
    "safe level": "instruction",
    "turn": "instruction",
    "heading": "instruction",
    SUGGESTED_ACTION: "instruction",
}

_TOKEN = re.compile(r"\(([^()\[\]]*)\)|([\[\]])|([^()\[\]]+)|([()])")


@dataclass(frozen=True)
class Piece:
    """One piece of a wording: fixed text or a slot; `option` is where the option it stands in begins, None for none."""

    text: str
    is_slot: bool
    option: int | None
    role: Role


class WordingError(ValueError):
    """A wording whose brackets do not match."""


def parse(wording: str, *, alert: str = "", action: str = "") -> tuple[Piece, ...]:
    """A wording taken apart; pieces inside the first occurrence of `alert` and of `action` get these roles.

    Raises
    ------
    WordingError
        When a bracket has no partner or an option stands inside another.

    Examples
    --------
    >>> [piece.text for piece in parse("QNH IS (number) [(units)].")]
    ['QNH IS ', 'number', ' ', 'units', '.']
    """
    spans: list[tuple[int, int, Role]] = []
    for words, role in ((alert, "alert"), (action, "instruction")):
        start = wording.find(words) if words else -1
        if start >= 0:
            spans.append((start, start + len(words), role))  # type: ignore[arg-type]
    pieces: list[Piece] = []
    option: int | None = None
    for token in _TOKEN.finditer(wording):
        slot, bracket, text, stray = token.groups()
        if stray:
            raise WordingError(f"the bracket {stray!r} at character {token.start() + 1} has no partner")
        if bracket == "[":
            if option is not None:
                raise WordingError("an option [ ] stands inside another option")
            option = token.start()
        elif bracket == "]":
            if option is None:
                raise WordingError(f"the bracket ']' at character {token.start() + 1} has no partner")
            option = None
        elif slot is not None:
            inside = _role_at(token.start(), spans)
            role = inside if inside != "other" else _ROLE_OF_SLOT.get(slot, "other")
            pieces.append(Piece(slot, True, option, role))
        else:
            pieces += _split(text, token.start(), option, spans)
    if option is not None:
        raise WordingError("the bracket '[' has no partner")
    return tuple(pieces)


def _role_at(position: int, spans: list[tuple[int, int, Role]]) -> Role:
    return next((role for start, end, role in spans if start <= position < end), "other")


def _split(text: str, offset: int, option: int | None, spans: list[tuple[int, int, Role]]) -> list[Piece]:
    """Fixed text cut where its role changes."""
    groups = itertools.groupby(enumerate(text), key=lambda item: _role_at(offset + item[0], spans))
    return [Piece("".join(c for _, c in group), False, option, role) for role, group in groups]


def slots(pieces: tuple[Piece, ...], *, outside_options: bool = False) -> tuple[str, ...]:
    """The slots of a wording, in order; with `outside_options` only those that must be known."""
    return tuple(p.text for p in pieces if p.is_slot and not (outside_options and p.option is not None))


def fill(
    pieces: tuple[Piece, ...],
    values: Mapping[str, tuple[Part, ...] | None],
    left_out: Collection[str] = (),
) -> tuple[Part, ...]:
    """The parts of a call: slots replaced by their values, options with an unknown slot left out.

    A value of None is unknown; a slot in `left_out` drops its option though it is known. Spaces and stops that an
    option leaves behind are tidied: "1006 . ." becomes "1006.".

    Raises
    ------
    KeyError
        When a slot outside every option is unknown.

    Examples
    --------
    >>> pieces = parse("QNH IS (number) [(units)]. [THE MINIMUM FLIGHT ALTITUDE IS (altitude)].")
    >>> number = (Part("1006", "number", "QNH"),)
    >>> "".join(part.text for part in fill(pieces, {"number": number, "units": None, "altitude": None}))
    'QNH IS 1006.'
    """
    dropped = {p.option for p in pieces if p.is_slot and (values[p.text] is None or p.text in left_out)}
    parts: list[Part] = []
    for piece in pieces:
        if piece.option is not None and piece.option in dropped:
            continue
        if not piece.is_slot:
            parts.append(Part(piece.text, None, piece.role))
            continue
        value = values[piece.text]
        if value is None:
            raise KeyError(piece.text)
        parts += value
    return _tidied(parts)


def _tidied(parts: list[Part]) -> tuple[Part, ...]:
    kept: list[tuple[str, int]] = []
    for index, part in enumerate(parts):
        for character in part.text:
            if character == " " and (not kept or kept[-1][0] == " "):
                continue
            if character in ",.":
                while kept and kept[-1][0] in " ,.":
                    character = "." if kept.pop()[0] == "." else character
            kept.append((character, index))
    while kept and kept[-1][0] == " ":
        kept.pop()
    groups = itertools.groupby(kept, key=lambda item: item[1])
    return tuple(Part("".join(c for c, _ in group), parts[i].slot, parts[i].role) for i, group in groups)
