"""What a call costs: words, syllables, seconds, and how long until each thing that matters has been said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from safetynets.phraseology.lexicon import is_phraseology, syllables
from safetynets.phraseology.readback import expected_items
from safetynets.phraseology.situation import Call, Role
from safetynets.phraseology.speech import SpokenWord, speak
from safetynets.units import S_PER_MIN


@dataclass(frozen=True)
class Rate:
    """A speaking rate.

    Attributes
    ----------
    name, value, unit
        Such as "150 words/min", 150 and "words/min".
    source
        Where it is from.
    """

    name: str
    value: float
    unit: Literal["words/min", "syllables/s"]
    source: str


RATES: tuple[Rate, ...] = (
    Rate("100 words/min", 100.0, "words/min", "ICAO Annex 10 Vol II: not above 100 words a minute (R-hi)"),
    Rate("150 words/min", 150.0, "words/min", "simulator default for brisk speech"),
    Rate("180 words/min", 180.0, "words/min", "simulator default for fast speech"),
    Rate("4.5 syllables/s", 4.5, "syllables/s", "a JCAB study: clear-speech test"),
    Rate("6.1 syllables/s", 6.1, "syllables/s", "a JCAB study: median measured on the frequency"),
)


@dataclass(frozen=True)
class Timing:
    """Seconds from the start of a call, at one rate; None where there is nothing of the kind in the call.

    `alert_s` and `instruction_s` are when the first word of the alert and of the instruction has been said,
    `instruction_end_s` when the whole instruction has, `qnh_s` when the QNH and its unit have, `end_s` when all has.
    """

    alert_s: float | None
    instruction_s: float | None
    instruction_end_s: float | None
    qnh_s: float | None
    end_s: float


@dataclass(frozen=True)
class Measures:
    """What a call costs.

    Attributes
    ----------
    words, syllables
        How many.
    timings
        By the name of a rate (`RATES`) when its parts have been said.
    readback_items
        How many things are to be read back besides the call sign.
    outside_icao
        The words that are not ICAO's.
    """

    words: int
    syllables: int
    timings: Mapping[str, Timing]
    readback_items: int
    outside_icao: tuple[str, ...]


def measure(call: Call) -> Measures:
    """The measures of a call; all zero where no words exist.

    The words of the call sign do not count as words outside ICAO phraseology.

    Parameters
    ----------
    call
        What `say` answered with.

    Returns
    -------
    Measures
        Words, syllables and, for each rate of speech, the seconds until alert, instruction, QNH and end.

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> situation = Situation(
    ...     net="APM", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=True,
    ...     visual=False, qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="LSGG 22")
    >>> directive = measure(say(situation, load_rule_set("proposed-apm-directive")))
    >>> directive.words, directive.timings["150 words/min"].instruction_s
    (9, 2.8)
    """
    spoken = speak(call.parts, call.speech)
    outside = dict.fromkeys(w.word for w in spoken if w.role != "call sign" and not is_phraseology(w.word))
    return Measures(
        words=len(spoken),
        syllables=sum(syllables(w.word) for w in spoken),
        timings={rate.name: timing(spoken, rate) for rate in RATES},
        readback_items=len(expected_items(call)),
        outside_icao=tuple(outside),
    )


def timing(spoken: Sequence[SpokenWord], rate: Rate) -> Timing:
    """When the parts of a call have been said at a rate, counted from its first word.

    At a rate in words a minute every word takes the same time; at one in syllables a second each takes its syllables.
    Pauses and hesitation are not counted.
    """
    ends: list[float] = []
    units = 0
    for word in spoken:
        units += 1 if rate.unit == "words/min" else syllables(word.word)
        ends.append(units * S_PER_MIN / rate.value if rate.unit == "words/min" else units / rate.value)

    def said(role: Role, *, last: bool) -> float | None:
        of_role = [end for end, word in zip(ends, spoken, strict=True) if word.role == role]
        return (of_role[-1] if last else of_role[0]) if of_role else None

    return Timing(
        alert_s=said("alert", last=False),
        instruction_s=said("instruction", last=False),
        instruction_end_s=said("instruction", last=True),
        qnh_s=said("QNH", last=True),
        end_s=ends[-1] if ends else 0.0,
    )
