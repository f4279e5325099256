"""The design of a listening test: which calls are heard under which conditions, and in which order by whom."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from safetynets.errors import PhraseologyError
from safetynets.phraseology import Call, RuleSet, Situation, say
from safetynets.response import spoken_call
from safetynets.response.transmissions import Transmission

RATES_WPM = (120.0, 180.0)
NOISES_DB = (-26.0, -10.0)
VOICES = ("en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp")
MOST_ITEMS = 96
"""More calls than this tire a listener, and make the file too large to send."""

_AIRLINES = ("SWR", "BAW", "DLH", "AFR", "KLM", "UAL", "EZY", "RYR")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One call of the test.

    Attributes
    ----------
    name
        What the results call it.
    rule_set
        Whose words it has.
    words_per_min, noise_db, overlap, voice
        How it is heard: rate of the voice, radio noise below full scale (dB), whether other traffic speaks at the same
        time, and the synthetic voice.
    call
        The words.
    """

    name: str
    rule_set: str
    words_per_min: float
    noise_db: float
    overlap: bool
    voice: str
    call: Call

    @property
    def transmission(self) -> Transmission:
        """The call as its hearer meets it: what it asks, and by when it has said so."""
        spoken = spoken_call(self.call)
        assert spoken is not None, "an item has words"
        return spoken.first

    @property
    def instruction(self) -> str:
        """What the crew is told to do, in the words of the call; empty where it is told nothing."""
        return "".join(part.text for part in self.call.parts if part.role == "instruction").strip(" ,.")

    @property
    def qnh(self) -> str:
        """The altimeter setting that the call gives; empty where it gives none."""
        return next((part.text for part in self.call.parts if part.slot == "number"), "")


def items_of(
    rule_sets: Sequence[RuleSet],
    situation: Situation,
    *,
    rates_wpm: Sequence[float] = RATES_WPM,
    noises_db: Sequence[float] = NOISES_DB,
    overlaps: Sequence[bool] = (False, True),
    voices: Sequence[str] = VOICES,
    seed: int = 0,
) -> tuple[Item, ...]:
    """Every rule set under every condition once, each call with a call sign and a QNH of its own.

    Parameters
    ----------
    rule_sets
        The rule sets to compare.
    situation
        What the controller speaks about; its call sign and QNH are replaced.
    rates_wpm, noises_db, overlaps
        The conditions: all are combined.
    voices
        Voices of the synthesiser, dealt out so that each rule set has each equally often, as far as the numbers allow.
    seed
        Of call signs, altimeter settings and the dealing of voices.

    Returns
    -------
    tuple of Item
        In the order of rule set and condition.

    Raises
    ------
    PhraseologyError
        When a rule set has no words for the situation, or there would be too many calls.
    """
    conditions = list(itertools.product(rates_wpm, noises_db, overlaps))
    count = len(rule_sets) * len(conditions)
    if count > MOST_ITEMS:
        raise PhraseologyError(
            f"{len(rule_sets)} rule sets under {len(conditions)} conditions are {count} calls",
            mend=f"keep to {MOST_ITEMS}: fewer rule sets, rates or levels of noise",
        )
    rng = np.random.default_rng(seed)
    first_voice = rng.permutation(len(voices))
    items = []
    for number, (rule_set, (place, condition)) in enumerate(itertools.product(rule_sets, enumerate(conditions))):
        heard = replace(
            situation,
            callsign=f"{rng.choice(_AIRLINES)}{rng.integers(100, 1000)}",
            qnh_hpa=float(rng.integers(985, 1031)),
        )
        call = say(heard, rule_set)
        if not call.has_words:
            raise PhraseologyError(
                f"{rule_set.name} has no words for the {situation.net}",
                where=call.rule,
                mend="leave it out, or ask for another --net",
            )
        rate_wpm, noise_db, overlap = condition
        items.append(
            Item(
                name=f"C{number + 1:02d}",
                rule_set=rule_set.name,
                words_per_min=rate_wpm,
                noise_db=noise_db,
                overlap=overlap,
                voice=voices[int(first_voice[(place + number // len(conditions)) % len(voices)])],
                call=call,
            )
        )
    return tuple(items)


def orders(count: int) -> list[list[int]]:
    """Orders of `count` calls, one a listener: each call stands in each place, and follows each other, equally often.

    A Williams design (1949): for an odd number of calls it takes twice as many orders, the second half reversed.

    Examples
    --------
    >>> orders(4)
    [[0, 1, 3, 2], [1, 2, 0, 3], [2, 3, 1, 0], [3, 0, 2, 1]]
    """
    zigzag = [0]
    for step in range(1, count):
        zigzag.append((step + 1) // 2 if step % 2 else count - step // 2)
    rows = [[(place + shift) % count for place in zigzag] for shift in range(count)]
    return rows if count % 2 == 0 else rows + [row[::-1] for row in rows]
