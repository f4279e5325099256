"""From the written call to the words that are spoken, each with the role it plays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from safetynets.errors import PhraseologyError
from safetynets.phraseology import callsigns, spoken_numbers
from safetynets.phraseology.situation import UNKNOWN_CALL_SIGN, Part, Role, Speech
from safetynets.phraseology.spoken_numbers import Words

_TOKEN = re.compile(r"\d+(?:\.\d+)?[LRC]?(?![A-Z0-9])|[A-Z][A-Z0-9_'-]*|\d[A-Z0-9]*")

_HOURS = {"10": "TEN", "11": "ELEVEN", "12": "TWELVE"}
"""Of the clock these are said in one word."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PRESSURES = ("QNH", "QFE", "ALTIMETER")


@dataclass(frozen=True)
class SpokenWord:
    """One word as it is spoken, in capitals and ordinary spelling, with the role of the part it belongs to."""

    word: str
    role: Role


def speak(parts: Iterable[Part], speech: Speech = "ICAO") -> tuple[SpokenWord, ...]:
    """The words of a call as they are spoken, numbers and call signs by the rules of ICAO or the FAA.

    Parameters
    ----------
    parts
        The parts of a call: `speak(call.parts, call.speech)`.
    speech
        "ICAO" or "FAA".

    Returns
    -------
    tuple of SpokenWord
        The words in order; an unknown call sign is not spoken.

    Raises
    ------
    PhraseologyError
        For a number that cannot be spoken as what it is, such as a QNH that is none.

    Examples
    --------
    >>> words = speak([Part("QNH IS ", None, "other"), Part("1006", "number", "QNH"), Part(".", None, "other")])
    >>> " ".join(word.word for word in words)
    'QNH IS ONE ZERO ZERO SIX'
    """
    return tuple(SpokenWord(word, part.role) for part in parts for word in _part(part, speech))


def _part(part: Part, speech: Speech) -> Words:
    match part.slot:
        case "aircraft call sign":
            return () if part.text == UNKNOWN_CALL_SIGN else callsigns.callsign(part.text, speech)
        case "number":
            return _pressure(part.text, speech)
        case "altitude" | "safe level":
            number, *unit = part.text.split()
            return (*spoken_numbers.altitude(float(number)), *unit)
        case _:
            return words_of(part.text, speech)


def words_of(text: str, speech: Speech = "ICAO") -> Words:
    """A plain text as spoken words; what a number is follows from the words around it.

    FLIGHT LEVEL, HEADING, RUNWAY, SQUAWK, QNH and ALTIMETER before a number, FEET and O'CLOCK after it, and a decimal
    point say how it is spoken; any other number is spoken digit by digit.

    Parameters
    ----------
    text
        Any text.
    speech
        "ICAO" or "FAA".

    Returns
    -------
    tuple of str
        The words in capitals, in order.

    Raises
    ------
    PhraseologyError
        For a number that cannot be spoken as what the words around it say it is.

    Examples
    --------
    >>> " ".join(words_of("Turn right heading 270, climb to 7000 feet"))
    'TURN RIGHT HEADING TWO SEVEN ZERO CLIMB TO SEVEN THOUSAND FEET'
    >>> " ".join(words_of("Traffic 11 o'clock 10 miles"))
    "TRAFFIC ELEVEN O'CLOCK ONE ZERO MILES"
    """
    written = tokens(text)
    words: list[str] = []
    for position, token in enumerate(written):
        before = [word for word in written[max(0, position - 2) : position] if word != "IS"]
        after = written[position + 1] if position + 1 < len(written) else ""
        words += _number(token, before, after, speech) if token[0].isdigit() else (token,)
    return tuple(words)


def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in capitals, without punctuation.

    >>> tokens("Q_N_H is 1006, runway 27R")
    ('QNH', 'IS', '1006', 'RUNWAY', '27R')
    """
    return tuple(token.replace("_", "") for token in _TOKEN.findall(text.upper()))


def _number(token: str, before: list[str], after: str, speech: Speech) -> Words:
    last = before[-1] if before else ""
    if last == "RUNWAY" or token[-1] in "LRC":
        return spoken_numbers.runway(token, speech)[1:]
    if not NUMBER.fullmatch(token):
        return callsigns.spell(token)
    if last in _PRESSURES:
        return _pressure(token, speech)
    if before == ["FLIGHT", "LEVEL"]:
        return spoken_numbers.flight_level(float(token), speech)[2:]
    if last == "HEADING":
        return spoken_numbers.heading(float(token))[1:]
    if after == "O'CLOCK" and token in _HOURS:
        return (_HOURS[token],)
    if last == "SQUAWK":
        return spoken_numbers.ssr_code(token, speech)[1:]
    if after in ("FEET", "FT"):
        return spoken_numbers.altitude(float(token))
    if re.fullmatch(r"1[1-3]\d\.\d{1,3}", token):
        return spoken_numbers.frequency(token, speech)
    return spoken_numbers.digits(token)


def _pressure(token: str, speech: Speech) -> Words:
    try:
        if "." in token:
            return spoken_numbers.pressure_inhg(float(token), speech)
        return spoken_numbers.pressure_hpa(float(token), speech)
    except PhraseologyError as error:
        raise PhraseologyError(error.problem, where="QNH", mend=error.mend) from None
