"""How alike two phrases sound, and which phrases of a rule set could be mistaken for one another.

The distance is our own simple measure, a simulator default: it ranks pairs, it does not predict errors.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safetynets.phraseology.lexicon import VOWELS, phonemes
from safetynets.phraseology.situation import Call, Role
from safetynets.phraseology.speech import speak

OTHER_ALERTS: tuple[tuple[str, str], ...] = (
    ("LOW ALTITUDE WARNING", "ICAO Doc 4444 12.6.1.1"),
    ("TERRAIN ALERT", "ICAO Doc 4444 12.6.1.2"),
    ("LOW ALTITUDE ALERT", "FAA Order JO 7110.65 2-1-6 a"),
    ("TRAFFIC ALERT", "FAA Order JO 7110.65 2-1-6 b; said for TERRAIN ALERT at Lyon on 7 September 2010"),
)
"""Alert words that a crew may expect, whatever the rule set, with their source."""

NEAR = 0.45
"""Two phrases nearer than this are reported: between TRAFFIC ALERT and TERRAIN ALERT (0.40) and unrelated phrases."""

_MANNERS = (
    frozenset({"P", "B", "T", "D", "K", "G"}),
    frozenset({"F", "V", "TH", "DH", "S", "Z", "SH", "ZH", "HH"}),
    frozenset({"CH", "JH"}),
    frozenset({"M", "N", "NG"}),
    frozenset({"L", "R", "W", "Y"}),
)
_VOICING_PAIRS = frozenset(
    frozenset(pair) for pair in (("P", "B"), ("T", "D"), ("K", "G"), ("F", "V"), ("TH", "DH"), ("S", "Z"), ("SH", "ZH"))
)


@dataclass(frozen=True)
class NearSounding:
    """Two phrases that sound alike.

    Attributes
    ----------
    first, second
        The phrases.
    first_from, second_from
        The rule set and rule of each, or its source.
    distance
        From 0 (the same sounds) to 1.
    """

    first: str
    first_from: str
    second: str
    second_from: str
    distance: float


def distance(first: Iterable[str], second: Iterable[str]) -> float:
    """How different two sequences of words sound: 0 is the same, 1 nothing in common.

    The least cost of turning the sounds of one into those of the other, over the number of sounds of the longer: a
    sound left out or put in costs 1; replaced 0.25 by its voiced or unvoiced partner, 0.5 by another of its
    kind (vowel, stop, fricative, nasal, glide), else 1.

    Examples
    --------
    >>> round(distance(["TRAFFIC", "ALERT"], ["TERRAIN", "ALERT"]), 2) < NEAR
    True
    >>> distance(["FIVE"], ["FIVE"])
    0.0
    """
    one = [sound for word in first for sound in phonemes(word)]
    two = [sound for word in second for sound in phonemes(word)]
    if not one or not two:
        return float(bool(one or two))
    row = [float(column) for column in range(len(two) + 1)]
    for line, sound in enumerate(one, start=1):
        above, row = row, [float(line)]
        for column, other in enumerate(two, start=1):
            replaced = above[column - 1] + _replacement(sound, other)
            row.append(min(replaced, above[column] + 1, row[-1] + 1))
    return row[-1] / max(len(one), len(two))


def _replacement(sound: str, other: str) -> float:
    if sound == other:
        return 0.0
    if frozenset((sound, other)) in _VOICING_PAIRS:
        return 0.25
    if sound in VOWELS and other in VOWELS:
        return 0.5
    return 0.5 if any(sound in manner and other in manner for manner in _MANNERS) else 1.0


def nearest_call(call: Call, others: Iterable[Call]) -> tuple[Call, float] | None:
    """The call that sounds most like this one.

    Calls are compared whole, without their call signs. Calls of the same words, and those without words, do not count.

    Parameters
    ----------
    call
        The call.
    others
        Those it is compared with.

    Returns
    -------
    tuple of Call and float, or None
        The nearest of the others and its distance, from 0 (the same sounds) to 1; None when there is no other.

    Notes
    -----
    The distance is our own simple measure, a simulator default: it ranks pairs, it does not predict errors.

    Examples
    --------
    >>> from safetynets.phraseology import load_rule_set, sample_calls
    >>> calls = {call.rule: call for call in sample_calls(load_rule_set("proposed-apm-path"))}
    >>> found = nearest_call(calls["left"], calls.values())
    >>> found[0].rule, round(found[1], 2)
    ('right', 0.03)
    """
    words = _without_call_sign(call)
    ranked = [
        (distance(words, theirs), number, other)
        for number, other in enumerate(others)
        if (theirs := _without_call_sign(other)) and theirs != words
    ]
    if not ranked:
        return None
    apart, _, nearest = min(ranked, key=lambda entry: entry[:2])
    return nearest, apart


def _without_call_sign(call: Call) -> tuple[str, ...]:
    return tuple(spoken.word for spoken in speak(call.parts, call.speech) if spoken.role != "call sign")


def near_sounding(calls: Sequence[Call]) -> tuple[NearSounding, ...]:
    """The alert words, instructions and numbers of some calls that sound alike.

    Alert words are also compared with those a crew may expect from elsewhere (`OTHER_ALERTS`), so that TERRAIN ALERT is
    reported beside TRAFFIC ALERT. Numbers are compared with the other numbers of the same call.

    Parameters
    ----------
    calls
        The calls.

    Returns
    -------
    tuple of NearSounding
        The pairs, the nearest first.

    Notes
    -----
    The distance is our own simple measure, a simulator default: it ranks pairs, it does not predict errors.

    Examples
    --------
    >>> from safetynets.phraseology import load_rule_set, sample_calls
    >>> nearest = near_sounding(sample_calls(load_rule_set("icao")))[0]
    >>> nearest.first, nearest.second
    ('LOW ALTITUDE WARNING', 'LOW ALTITUDE ALERT')
    """
    found: dict[tuple[str, str], NearSounding] = {}
    alerts = _phrases(calls, "alert")
    pairs = [*itertools.combinations(alerts, 2), *itertools.combinations(_phrases(calls, "instruction"), 2)]
    own = {words for words, _ in alerts}
    others = [(tuple(words.split()), source) for words, source in OTHER_ALERTS]
    pairs += itertools.product(alerts, [other for other in others if other[0] not in own])
    for call in calls:
        numbers = [*_phrases([call], "QNH"), *_phrases([call], "minimum altitude")]
        pairs += itertools.combinations(numbers, 2)
    for (one, one_from), (two, two_from) in pairs:
        apart = distance(one, two)
        if apart < NEAR:
            near = NearSounding(" ".join(one), one_from, " ".join(two), two_from, apart)
            found.setdefault((near.first, near.second), near)
    return tuple(sorted(found.values(), key=lambda near: (near.distance, near.first, near.second)))


def _phrases(calls: Iterable[Call], role: Role) -> list[tuple[tuple[str, ...], str]]:
    """The distinct phrases of one role, each with the rule it comes from."""
    phrases: dict[tuple[str, ...], str] = {}
    for call in calls:
        words = tuple(spoken.word for spoken in speak(call.parts, call.speech) if spoken.role == role)
        if words:
            phrases.setdefault(words, f"{call.rule_set}: {call.rule}")
    return list(phrases.items())
