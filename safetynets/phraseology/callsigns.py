"""How call signs are spoken: telephony designators, digits and letters."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib import resources
from typing import Literal

from safetynets.errors import PhraseologyError, nearest
from safetynets.phraseology.situation import Speech
from safetynets.phraseology.spoken_numbers import Words, digits, group_form
from safetynets.text_files import parse_toml

LETTERS: Mapping[str, str] = {
    word[0]: word
    for word in (
        *("ALFA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL", "INDIA", "JULIETT", "KILO", "LIMA"),
        *("MIKE", "NOVEMBER", "OSCAR", "PAPA", "QUEBEC", "ROMEO", "SIERRA", "TANGO", "UNIFORM", "VICTOR", "WHISKEY"),
        *("X-RAY", "YANKEE", "ZULU"),
    )
}
"""The radiotelephony spelling alphabet, Annex 10 Volume II 5.2.1.3."""

_AIRLINE = re.compile(r"([A-Z]{3})(\d[A-Z0-9]{0,3})")
_ANY = re.compile(r"[A-Z0-9-]{2,8}")
_TYPE_AND_REGISTRATION = re.compile(r"([A-Z]{4,}(?: [A-Z]{2,})*) ([A-Z0-9-]{2,8})")


@functools.cache
def _names() -> Mapping[str, str]:
    text = (resources.files("safetynets.phraseology") / "telephony.toml").read_text(encoding="utf-8")
    names: Mapping[str, str] = parse_toml(text)["names"]
    return names


def telephony(designator: str) -> str:
    """The telephony designator of an aircraft operator.

    Raises
    ------
    PhraseologyError
        When the three-letter designator is not in the table of this package.

    Examples
    --------
    >>> telephony("BAW")
    'SPEEDBIRD'
    """
    names = _names()
    if designator not in names:
        raise PhraseologyError(
            f"no telephony designator is known for {designator!r}",
            file="telephony.toml",
            mend=nearest(designator, names) if len(designator) == 3 else "give a three-letter designator",
        )
    return names[designator]


def spell(text: str) -> Words:
    """Letters by the spelling alphabet and digits one by one; hyphens are not said.

    >>> spell("G-UZLO")
    ('GOLF', 'UNIFORM', 'ZULU', 'LIMA', 'OSCAR')
    """
    return tuple(word for c in text.upper() if c != "-" for word in ((LETTERS[c],) if c in LETTERS else digits(c)))


def callsign(text: str, speech: Speech = "ICAO", *, unlisted: Literal["spell", "refuse"] = "spell") -> Words:
    """A call sign as spoken: the telephony designator and the flight number, or a registration spelled out.

    ICAO says the flight number digit by digit, the FAA in group form. A designator that is not in the table is spelled
    out, or refused with `unlisted="refuse"`. The name of a manufacturer or model before a registration is said as it
    stands.

    Source: Annex 10 Vol II 5.2.1.7.2 (types a and c); JO 7110.65 2-4-20.

    Raises
    ------
    PhraseologyError
        When the text is no call sign, or its designator is refused.

    Examples
    --------
    >>> callsign("SWR123"), callsign("UAL2512", "FAA")
    (('SWISS', 'ONE', 'TWO', 'THREE'), ('UNITED', 'TWENTY', 'FIVE', 'TWELVE'))
    >>> callsign("GULFSTREAM 85VT", "FAA")
    ('GULFSTREAM', 'EIGHT', 'FIVE', 'VICTOR', 'TANGO')
    """
    upper = text.upper()
    typed = _TYPE_AND_REGISTRATION.fullmatch(upper)
    if typed is not None:
        return (*typed[1].split(), *spell(typed[2]))
    if not _ANY.fullmatch(upper):
        raise PhraseologyError(
            f"{text!r} is no call sign",
            mend="write two to eight letters and digits, as in SWR123, before them "
            "the type where it is said, as in GULFSTREAM 85VT",
        )
    airline = _AIRLINE.fullmatch(upper)
    if airline is None or (unlisted == "spell" and airline[1] not in _names()):
        return spell(upper)
    number = airline[2]
    figures = re.match(r"\d+", number)
    count = figures.end() if figures else 0
    spoken = group_form(number[:count]) if speech == "FAA" else digits(number[:count])
    return (*telephony(airline[1]).split(), *spoken, *spell(number[count:]))


def type_words(text: str) -> Words:
    """The name of a manufacturer or model that a call sign begins with; empty where it has none.

    >>> type_words("GULFSTREAM 85VT"), type_words("SWR123")
    (('GULFSTREAM',), ())
    """
    typed = _TYPE_AND_REGISTRATION.fullmatch(text.upper())
    return () if typed is None else tuple(typed[1].split())


@functools.cache
def telephony_names() -> tuple[str, ...]:
    """Every telephony designator of the table, the longest first."""
    return tuple(sorted(_names().values(), key=lambda name: (-len(name), name)))
