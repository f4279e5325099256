"""The grammar of what a crew answers, as a recursive-descent parser over spoken words.

answer    = { fixed | qnh | check | climb | descend | turn | heading | callsign | level | unknown word } ;
fixed     = "SAY" "AGAIN" | "UNABLE" | go-around | stop | "WILCO" | "ROGER" | "AFFIRM" ;
qnh       = ( "QNH" | "ALTIMETER" ) [ "IS" ] pressure | digit digit digit digit ;
pressure  = "ONE" "THOUSAND" | digit { digit | "DECIMAL" | "POINT" } ;
check     = ( "CHECK" | "CHECKING" ) [ owner ] [ thing { "AND" thing } ] [ "IMMEDIATELY" ] ;
owner     = "YOUR" | "OUR" | "MY" | "THE" ;
thing     = "ALTITUDE" | "LEVEL" | "POSITION" | "ALTIMETER" [ "SETTING" ] ;
climb     = ( "CLIMB" | "CLIMBING" ) [ "IMMEDIATELY" ] [ [ "TO" ] level ] [ "IMMEDIATELY" ] ;
descend   = ( "DESCEND" | "DESCENDING" ) [ "IMMEDIATELY" ] [ [ "TO" ] level ] [ "IMMEDIATELY" ] ;
turn      = ( "TURN" | "TURNING" ) ( "LEFT" | "RIGHT" ) [ "IMMEDIATELY" ] [ heading ] [ "IMMEDIATELY" ] ;
go-around = ( "GO" | "GOING" ) "AROUND" [ "IMMEDIATELY" ] ;
stop      = ( "STOP" | "STOPPING" ) [ "IMMEDIATELY" ] ;
heading   = "HEADING" digit digit digit ;
level     = "FLIGHT" "LEVEL" number | number [ "FEET" ] ;
number    = digit { digit } [ "THOUSAND" [ digit "HUNDRED" ] | "HUNDRED" ] ;
callsign  = ( telephony designator | letter letter ) { digit | letter | group } ;
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from safetynets.phraseology import callsigns
from safetynets.phraseology.speech import NUMBER, tokens
from safetynets.phraseology.spoken_numbers import DIGITS, TEENS, TENS, digits

ItemKind = Literal[
    "call sign",
    "QNH",
    "check",
    "climb",
    "descend",
    "turn",
    "go around",
    "stop",
    "level",
    "heading",
    "say again",
    "unable",
    "acknowledged",
]


@dataclass(frozen=True)
class Item:
    """One thing a crew said, with its value: digits of a number, the side of a turn, what is being checked."""

    kind: ItemKind
    value: str = ""


_THINGS = ("ALTITUDE", "LEVEL", "POSITION", "ALTIMETER")
_GROUP_WORDS = frozenset((*TEENS, *TENS, "HUNDRED"))
_LETTER_WORDS = frozenset(callsigns.LETTERS.values())
_VARIANTS = {"NINER": "NINE", "TREE": "THREE", "FIFE": "FIVE", "FOWER": "FOUR", "TOUSAND": "THOUSAND", "ALPHA": "ALFA"}
_WRITTEN_CALL_SIGN = re.compile(r"[A-Z]{2,3}\d[A-Z0-9]{0,3}|[A-Z]{1,2}-[A-Z]{3,4}")


def parse(text: str, *, call_sign: str = "") -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items of an answer, written or in spoken words, and the words that the grammar does not know.

    A written call sign is recognised by its digits or hyphen, and where it is the given `call_sign`.

    Examples
    --------
    >>> items, unknown = parse("climbing to 7000 feet, QNH one thousand, uh Swiss 123")
    >>> [(item.kind, item.value) for item in items], unknown
    ([('climb', ''), ('level', '7000'), ('QNH', '1000'), ('call sign', 'SWISS ONE TWO THREE')], ('UH',))
    """
    return _Parser(_spoken(text, call_sign), callsigns.type_words(call_sign)).answer()


def _spoken(text: str, call_sign: str) -> tuple[str, ...]:
    """The words of an answer, every number digit by digit whatever it is, since a crew may say any number."""
    words: list[str] = []
    if callsigns.type_words(call_sign):
        text = re.sub(re.escape(call_sign), " ".join(callsigns.callsign(call_sign)), text, flags=re.IGNORECASE)
    for token in tokens(text):
        if token == call_sign or _WRITTEN_CALL_SIGN.fullmatch(token):
            words += callsigns.callsign(token)
        elif NUMBER.fullmatch(token):
            words += digits(token)
        else:
            words.append(_VARIANTS.get(token, token))
    return tuple(words)


class _Parser:
    """One rule of the grammar a method; each moves `position` past what it has understood, or leaves it alone."""

    def __init__(self, words: tuple[str, ...], type_words: tuple[str, ...] = ()) -> None:
        self.words = words
        self.type_words = type_words
        self.position = 0

    def answer(self) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        items: list[Item] = []
        unknown: list[str] = []
        rules = (
            self.fixed,
            self.qnh,
            self.check,
            self.climb_or_descend,
            self.turn,
            self.heading,
            self.callsign,
            self.level,
        )
        while self.position < len(self.words):
            understood = next((found for rule in rules if (found := rule())), None)
            if understood:
                items += understood
            else:
                unknown.append(self.words[self.position])
                self.position += 1
        return tuple(items), tuple(unknown)

    def take(self, *choices: str) -> str | None:
        """The next word, if it is one of these."""
        if self.position < len(self.words) and self.words[self.position] in choices:
            self.position += 1
            return self.words[self.position - 1]
        return None

    def take_all(self, *sequence: str) -> bool:
        """The next words, if they are exactly these."""
        if self.words[self.position : self.position + len(sequence)] == sequence:
            self.position += len(sequence)
            return True
        return False

    def take_digits(self) -> str:
        found = ""
        while digit := self.take(*DIGITS):
            found += str(DIGITS.index(digit))
        return found

    def fixed(self) -> list[Item]:
        if self.take_all("SAY", "AGAIN"):
            return [Item("say again")]
        if self.take("UNABLE"):
            return [Item("unable")]
        if self.take_all("GO", "AROUND") or self.take_all("GOING", "AROUND"):
            self.take("IMMEDIATELY")
            return [Item("go around")]
        if self.take("STOP", "STOPPING"):
            self.take("IMMEDIATELY")
            return [Item("stop")]
        acknowledgement = self.take("WILCO", "ROGER", "AFFIRM")
        return [Item("acknowledged", acknowledgement)] if acknowledgement else []

    def qnh(self) -> list[Item]:
        start = self.position
        named = self.take("QNH", "ALTIMETER")
        if named:
            self.take("IS")
            if self.take_all("ONE", "THOUSAND"):
                return [Item("QNH", "1000")]
        whole = self.take_digits()
        fraction = self.take_digits() if whole and self.take("DECIMAL", "POINT") else ""
        alone = len(whole) == 4 and self.next_word() not in ("FEET", "THOUSAND", "HUNDRED")
        if whole and (named or alone):
            return [Item("QNH", f"{whole}.{fraction}" if fraction else whole)]
        self.position = start
        return []

    def check(self) -> list[Item]:
        if not self.take("CHECK", "CHECKING"):
            return []
        self.take("YOUR", "OUR", "MY", "THE")
        things: list[str] = []
        while thing := self.take(*_THINGS):
            things.append("ALTIMETER SETTING" if thing == "ALTIMETER" and self.take("SETTING") else thing)
            if not self.take("AND"):
                break
        self.take("IMMEDIATELY")
        return [Item("check", " AND ".join(things))]

    def climb_or_descend(self) -> list[Item]:
        verb = self.take("CLIMB", "CLIMBING", "DESCEND", "DESCENDING")
        if not verb:
            return []
        self.take("IMMEDIATELY")
        start = self.position
        self.take("TO")
        level = self.level()
        if not level:
            self.position = start
        self.take("IMMEDIATELY")
        return [Item("climb" if verb.startswith("CLIMB") else "descend"), *level]

    def turn(self) -> list[Item]:
        start = self.position
        side = self.take("LEFT", "RIGHT") if self.take("TURN", "TURNING") else None
        if not side:
            self.position = start
            return []
        self.take("IMMEDIATELY")
        heading = self.heading()
        self.take("IMMEDIATELY")
        return [Item("turn", side), *heading]

    def heading(self) -> list[Item]:
        start = self.position
        digits = self.take_digits() if self.take("HEADING") else ""
        if len(digits) != 3:
            self.position = start
            return []
        return [Item("heading", digits)]

    def level(self) -> list[Item]:
        start = self.position
        prefix = "FL" if self.take_all("FLIGHT", "LEVEL") else ""
        number = self.number()
        if not number:
            self.position = start
            return []
        self.take("FEET")
        return [Item("level", prefix + number)]

    def number(self) -> str:
        digits = self.take_digits()
        if digits and self.take("THOUSAND"):
            start = self.position
            hundreds = self.take_digits()
            if not (len(hundreds) == 1 and self.take("HUNDRED")):
                self.position, hundreds = start, "0"
            return f"{digits}{hundreds}00"
        return f"{digits}00" if digits and self.take("HUNDRED") else digits

    def callsign(self) -> list[Item]:
        start = self.position
        if not self.designator():
            return []
        while self.take(*DIGITS, *_LETTER_WORDS, *_GROUP_WORDS):
            pass
        return [Item("call sign", " ".join(self.words[start : self.position]))]

    def designator(self) -> bool:
        if self.type_words and self.take_all(*self.type_words):
            return True
        for name in callsigns.telephony_names():
            start = self.position
            if self.take_all(*name.split()):
                if self.next_word() in (*DIGITS, *_GROUP_WORDS):
                    return True
                self.position = start
        start = self.position
        if self.take(*_LETTER_WORDS) and self.take(*_LETTER_WORDS):
            return True
        self.position = start
        return False

    def next_word(self) -> str:
        return self.words[self.position] if self.position < len(self.words) else ""
