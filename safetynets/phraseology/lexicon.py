"""How each word sounds, how many syllables it has, and whether it is a word of ICAO phraseology."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from safetynets.text_files import parse_toml

VOWELS = frozenset(("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"))
"""The vowels of ARPAbet; every other phoneme is a consonant."""

_SPELLINGS: tuple[tuple[str, str], ...] = (
    ("TION", "SH AH N"),
    ("IGH", "AY"),
    ("TCH", "CH"),
    ("EAU", "OW"),
    ("CH", "CH"),
    ("SH", "SH"),
    ("TH", "TH"),
    ("PH", "F"),
    ("GH", ""),
    ("NG", "NG"),
    ("CK", "K"),
    ("QU", "K W"),
    ("WH", "W"),
    ("KN", "N"),
    ("EE", "IY"),
    ("EA", "IY"),
    ("EI", "EY"),
    ("EY", "IY"),
    ("IE", "IY"),
    ("OO", "UW"),
    ("OU", "AW"),
    ("OW", "OW"),
    ("OI", "OY"),
    ("OY", "OY"),
    ("OA", "OW"),
    ("AI", "EY"),
    ("AY", "EY"),
    ("AU", "AO"),
    ("AW", "AO"),
    ("EU", "UW"),
    ("ER", "ER"),
    ("IR", "ER"),
    ("UR", "ER"),
    ("CE", "S EH"),
    ("CI", "S IH"),
    ("GE", "JH EH"),
    ("YA", "Y AE"),
    ("YE", "Y EH"),
    ("YO", "Y AO"),
    ("YU", "Y UW"),
    ("A", "AE"),
    ("E", "EH"),
    ("I", "IH"),
    ("O", "AO"),
    ("U", "AH"),
    ("Y", "IY"),
    ("B", "B"),
    ("C", "K"),
    ("D", "D"),
    ("F", "F"),
    ("G", "G"),
    ("H", "HH"),
    ("J", "JH"),
    ("K", "K"),
    ("L", "L"),
    ("M", "M"),
    ("N", "N"),
    ("P", "P"),
    ("Q", "K"),
    ("R", "R"),
    ("S", "S"),
    ("T", "T"),
    ("V", "V"),
    ("W", "W"),
    ("X", "K S"),
    ("Z", "Z"),
)
"""English spelling to sound, roughly, longest first: for words that are not in the table."""

_LETTER_NAMES: Mapping[str, str] = {
    **{"A": "EY", "B": "B IY", "C": "S IY", "D": "D IY", "E": "IY", "F": "EH F", "G": "JH IY", "H": "EY CH", "I": "AY"},
    **{"J": "JH EY", "K": "K EY", "L": "EH L", "M": "EH M", "N": "EH N", "O": "OW", "P": "P IY", "Q": "K Y UW"},
    **{"R": "AA R", "S": "EH S", "T": "T IY", "U": "Y UW", "V": "V IY", "W": "D AH B AH L Y UW", "X": "EH K S"},
    **{"Y": "W AY", "Z": "Z EH D"},
}


@dataclass(frozen=True)
class _Entry:
    phonemes: tuple[str, ...]
    is_phraseology: bool


@functools.cache
def _table() -> Mapping[str, _Entry]:
    text = (resources.files("safetynets.phraseology") / "lexicon.toml").read_text(encoding="utf-8")
    return {
        word: _Entry(tuple(sounds.split()), group["phraseology"])
        for group in parse_toml(text).values()
        for word, sounds in group["words"].items()
    }


def is_phraseology(word: str) -> bool:
    """Whether a word belongs to ICAO phraseology as far as this package's table goes.

    >>> is_phraseology("TERRAIN"), is_phraseology("OKAY")
    (True, False)
    """
    entry = _table().get(word.upper())
    return entry is not None and entry.is_phraseology


def phraseology_words() -> tuple[str, ...]:
    """Every word of the lexicon that belongs to ICAO phraseology, in alphabetical order.

    Returns
    -------
    tuple of str
        The words in capitals.

    Examples
    --------
    >>> "TERRAIN" in phraseology_words(), "OKAY" in phraseology_words()
    (True, False)
    """
    return tuple(sorted(word for word, entry in _table().items() if entry.is_phraseology))


def known_words() -> tuple[str, ...]:
    """Every word of the table, in alphabetical order."""
    return tuple(sorted(_table()))


def phonemes(word: str) -> tuple[str, ...]:
    """The sounds of a word in ARPAbet: from the table, else by rough spelling rules.

    >>> phonemes("NINE")
    ('N', 'AY', 'N', 'ER')
    """
    entry = _table().get(word.upper())
    return entry.phonemes if entry is not None else by_rule(word)


def syllables(word: str) -> int:
    """How many syllables a word has as it is spoken on the frequency.

    >>> syllables("ALTITUDE"), syllables("FOUR"), syllables("QNH")
    (3, 2, 3)
    """
    return sum(phoneme in VOWELS for phoneme in phonemes(word))


def by_rule(word: str) -> tuple[str, ...]:
    """The sounds of a word by spelling rules alone; letters without a vowel are spelled out.

    >>> by_rule("SWISS"), by_rule("TV")
    (('S', 'W', 'IH', 'S'), ('T', 'IY', 'V', 'IY'))
    """
    letters = re.sub(r"[^A-Z]", "", word.upper())
    if not re.search("[AEIOUY]", letters):
        return tuple(phoneme for letter in letters for phoneme in _LETTER_NAMES[letter].split())
    if len(letters) > 2 and letters.endswith("E") and re.search("[AEIOUY].*E$", letters) and letters[-2] not in "AEIOU":
        letters = letters[:-1]
    letters = re.sub(r"([B-DF-HJ-NP-TV-Z])\1", r"\1", letters)
    sounds: list[str] = []
    position = 0
    while position < len(letters):
        spelling, sound = next(pair for pair in _SPELLINGS if letters.startswith(pair[0], position))
        sounds += sound.split()
        position += len(spelling)
    return tuple(sounds)
