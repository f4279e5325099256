"""How numbers are spoken: digits, altitudes, levels, headings, pressures, frequencies, runways and codes.

The rules are those of ICAO Annex 10 Volume II 5.2.1.4 (in Europe SERA.14035) and, for the FAA, of Order JO 7110.65
2-4-17, both as they are well known in the field; they were not re-read for this module. Words are in ordinary spelling:
that NINE is said NIN-er stands in the lexicon.
"""

from __future__ import annotations

import math
import re

from safetynets.errors import PhraseologyError
from safetynets.phraseology.situation import Speech

Words = tuple[str, ...]

DIGITS: Words = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")
TEENS: Words = (
    "TEN", "ELEVEN", "TWELVE", "THIRTEEN", "FOURTEEN", "FIFTEEN", "SIXTEEN", "SEVENTEEN", "EIGHTEEN", "NINETEEN",
)  # fmt: skip
TENS: Words = ("TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY")


def digits(text: str) -> Words:
    """Digit by digit, a decimal point as DECIMAL.

    Source: Annex 10 Vol II 5.2.1.4.

    >>> digits("1006")
    ('ONE', 'ZERO', 'ZERO', 'SIX')
    """
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise PhraseologyError(f"{text!r} is not a number that can be spoken", mend="write digits, as in 1006 or 118.3")
    return tuple("DECIMAL" if character == "." else DIGITS[int(character)] for character in text)


def altitude(altitude_ft: float) -> Words:
    """An altitude, height or elevation in feet, without the unit: whole hundreds and thousands by these words.

    Source: Annex 10 Vol II 5.2.1.4; Doc 9432 2.4.2-2.4.3; the FAA does the same (JO 7110.65 2-4-17).

    >>> altitude(7500), altitude(1450)
    (('SEVEN', 'THOUSAND', 'FIVE', 'HUNDRED'), ('ONE', 'FOUR', 'FIVE', 'ZERO'))
    """
    number = _whole(altitude_ft, "altitude", 0, 99_999)
    if number % 100 or number == 0:
        return digits(str(number))
    thousands, hundreds = divmod(number // 100, 10)
    words: Words = ()
    if thousands:
        words += (*digits(str(thousands)), "THOUSAND")
    if hundreds:
        words += (*digits(str(hundreds)), "HUNDRED")
    return words


def flight_level(level_fl: float, speech: Speech = "ICAO") -> Words:
    """A flight level: digit by digit, but for ICAO whole hundreds by HUNDRED.

    Source: Annex 10 Vol II 5.2.1.4; JO 7110.65 2-4-17.

    >>> flight_level(100), flight_level(95)
    (('FLIGHT', 'LEVEL', 'ONE', 'HUNDRED'), ('FLIGHT', 'LEVEL', 'NINE', 'FIVE'))
    """
    number = _whole(level_fl, "flight level", 0, 999)
    if speech == "ICAO" and number and number % 100 == 0:
        return ("FLIGHT", "LEVEL", DIGITS[number // 100], "HUNDRED")
    return ("FLIGHT", "LEVEL", *digits(f"{number:03d}" if speech == "FAA" else str(number)))


def heading(heading_deg: float) -> Words:
    """A heading: three digits; north is THREE SIX ZERO.

    Source: Annex 10 Vol II 5.2.1.4; JO 7110.65 2-4-17.

    >>> heading(85)
    ('HEADING', 'ZERO', 'EIGHT', 'FIVE')
    """
    return ("HEADING", *digits(f"{_whole(heading_deg, 'heading', 0, 360) or 360:03d}"))


def pressure_hpa(pressure_hpa: float, speech: Speech = "ICAO") -> Words:
    """An altimeter setting in hectopascals: digit by digit, but for ICAO 1000 as ONE THOUSAND.

    Source: Annex 10 Vol II 5.2.1.4.

    >>> pressure_hpa(1006), pressure_hpa(1000)
    (('ONE', 'ZERO', 'ZERO', 'SIX'), ('ONE', 'THOUSAND'))
    """
    number = _whole(pressure_hpa, "pressure in hPa", 800, 1100)
    if speech == "ICAO" and number == 1000:
        return ("ONE", "THOUSAND")
    return digits(str(number))


def pressure_inhg(pressure_inhg: float, speech: Speech = "ICAO") -> Words:
    """An altimeter setting in inches of mercury: ICAO says the DECIMAL, the FAA only the four digits.

    Source: Annex 10 Vol II 5.2.1.4 for the decimal; JO 7110.65 2-4-17.

    >>> pressure_inhg(29.92), pressure_inhg(29.92, "FAA")
    (('TWO', 'NINE', 'DECIMAL', 'NINE', 'TWO'), ('TWO', 'NINE', 'NINE', 'TWO'))
    """
    if not 24.0 <= pressure_inhg <= 33.0:
        raise PhraseologyError(f"{pressure_inhg} is no pressure in inches of mercury", mend="give one from 24 to 33")
    words = digits(f"{pressure_inhg:.2f}")
    return words if speech == "ICAO" else tuple(word for word in words if word != "DECIMAL")


def frequency(text: str, speech: Speech = "ICAO") -> Words:
    """A VHF frequency in MHz: six digits, or four where the last two are zeros, with DECIMAL (FAA: POINT).

    Source: Annex 10 Vol II 5.2.1.4 and 5.2.1.7; JO 7110.65 2-4-17.

    >>> frequency("118.3"), frequency("118.005")
    (('ONE', 'ONE', 'EIGHT', 'DECIMAL', 'THREE'), ('ONE', 'ONE', 'EIGHT', 'DECIMAL', 'ZERO', 'ZERO', 'FIVE'))
    """
    if not re.fullmatch(r"1[1-3]\d\.\d{1,3}", text):
        raise PhraseologyError(f"{text!r} is no VHF frequency", mend="write it in MHz, as in 118.3 or 118.005")
    whole, fraction = text.split(".")
    fraction = fraction[:1] if not fraction[1:].strip("0") else fraction
    words = digits(f"{whole}.{fraction}")
    return words if speech == "ICAO" else tuple("POINT" if word == "DECIMAL" else word for word in words)


def runway(designator: str, speech: Speech = "ICAO") -> Words:
    """A runway: digit by digit and LEFT, RIGHT or CENTRE; the FAA leaves out a leading zero.

    Source: Annex 10 Vol II 5.2.1.4; JO 7110.65 2-4-17.

    >>> runway("27R")
    ('RUNWAY', 'TWO', 'SEVEN', 'RIGHT')
    """
    match = re.fullmatch(r"(\d{1,2})([LRC]?)", designator.upper())
    if match is None or not 1 <= int(match[1]) <= 36:
        raise PhraseologyError(f"{designator!r} is no runway", mend="write it as in 04 or 27R")
    number = str(int(match[1])) if speech == "FAA" else f"{int(match[1]):02d}"
    side = {"L": ("LEFT",), "R": ("RIGHT",), "C": ("CENTRE",), "": ()}[match[2]]
    return ("RUNWAY", *digits(number), *side)


def ssr_code(code: str, speech: Speech = "ICAO") -> Words:
    """An SSR code: digit by digit, but for ICAO whole thousands by THOUSAND.

    Source: Annex 10 Vol II 5.2.1.4; JO 7110.65 2-4-17.

    >>> ssr_code("7000"), ssr_code("4261")
    (('SQUAWK', 'SEVEN', 'THOUSAND'), ('SQUAWK', 'FOUR', 'TWO', 'SIX', 'ONE'))
    """
    if not re.fullmatch("[0-7]{4}", code):
        raise PhraseologyError(f"{code!r} is no SSR code", mend="write four digits from 0 to 7")
    if speech == "ICAO" and code.endswith("000") and code != "0000":
        return ("SQUAWK", DIGITS[int(code[0])], "THOUSAND")
    return ("SQUAWK", *digits(code))


def group_form(text: str) -> Words:
    """The digits of a flight number in the FAA's group form.

    Source: JO 7110.65 2-4-20.

    >>> group_form("2512"), group_form("123"), group_form("100")
    (('TWENTY', 'FIVE', 'TWELVE'), ('ONE', 'TWENTY', 'THREE'), ('ONE', 'HUNDRED'))
    """
    if len(text) in (3, 4) and text.endswith("00") and not text.startswith("0"):
        return (*_pair(text[:-2]), "HUNDRED")
    first = len(text) % 2 or 2
    groups = [text[:first], *(text[i : i + 2] for i in range(first, len(text), 2))]
    return tuple(word for group in groups for word in _pair(group))


def _pair(text: str) -> Words:
    """One or two digits as an ordinary number; a leading zero is said."""
    if len(text) == 1 or text[0] == "0":
        return digits(text)
    number = int(text)
    if number < 20:
        return (TEENS[number - 10],)
    ten, one = divmod(number, 10)
    return (TENS[ten - 2], *((DIGITS[one],) if one else ()))


def _whole(value: float, what: str, least: int, most: int) -> int:
    if not math.isfinite(value) or value != round(value) or not least <= value <= most:
        raise PhraseologyError(
            f"{value} is no {what} that can be spoken", mend=f"give a whole number from {least} to {most}"
        )
    return round(value)
