"""The page of a listening test: one file with all its sounds, which asks, times and saves, and sends nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from markupsafe import Markup

from safetynets.errors import PhraseologyError
from safetynets.evaluation.listening.design import Item, orders
from safetynets.evaluation.listening.results import FORMAT
from safetynets.output import write_whole
from safetynets.phraseology import load_rule_set, sample_calls
from safetynets.phraseology.voice import Samples, Speech, over_radio, synthesise, wav_bytes
from safetynets.reports.environment import data_uri, render
from safetynets.reports.replay.scripts import content_policy

SOUND_HZ = 8000
"""Sample rate of the sounds: the channel ends at 3,400 Hz."""
OVERLAP_GAIN = 0.5
"""Other traffic is half as loud as the call (simulator default)."""
OVERLAP_AFTER_S = 0.7
"""When it begins to speak (simulator default)."""

Steps = Callable[[str], None]


def write_listening_page(items: Sequence[Item], file: Path, seed: int, steps: Steps) -> None:
    """Write the page; the same items and seed give the same bytes.

    Raises
    ------
    PhraseologyError
        When there is no speech synthesiser, or the file cannot be written.
    """
    text = listening_page(items, seed, steps)
    write_whole(file, text, PhraseologyError)


def listening_page(items: Sequence[Item], seed: int, steps: Steps) -> str:
    """The page as HTML text: one script of our own, nothing fetched, nothing sent."""
    told = []
    for number, item in enumerate(items):
        steps(f"speaking call {number + 1} of {len(items)}")
        sound, voice_s = sound_of(item, seed + number)
        says = item.transmission
        told.append(
            {
                "item": item.name,
                "rule_set": item.rule_set,
                "words_per_min": item.words_per_min,
                "noise_db": item.noise_db,
                "overlap": item.overlap,
                "voice": item.voice,
                "asks": says.asks,
                "gives_qnh": says.gives_qnh,
                "call_sign_first": says.call_sign_first,
                "plain": says.plain,
                "asked_s": round(voice_s * says.syllables_until_asked / says.syllables, 3),
                "instruction": item.instruction,
                "qnh": item.qnh,
                "sound": data_uri(sound, "audio/wav"),
            }
        )
    instructions = sorted({item.instruction for item in items if item.instruction})
    content = json.dumps([{**one, "sound": hashlib.sha256(str(one["sound"]).encode()).hexdigest()} for one in told])
    data = {
        "format": FORMAT,
        "test": hashlib.sha256(content.encode()).hexdigest()[:16],
        "items": told,
        "orders": orders(len(items)),
        "instructions": instructions,
    }
    script = files("safetynets.reports").joinpath("templates/listening.js").read_text(encoding="utf-8")
    return render(
        "listening.html.j2",
        policy=content_policy([script], spoken=True),
        script=Markup(script),
        data=Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")),
        count=len(items),
        instructions=instructions,
    )


def sound_of(item: Item, seed: int) -> tuple[bytes, float]:
    """The call of an item as heard, as WAV, and how long its voice speaks (s).

    Its voice at its rate, other traffic, the radio channel and its noise.
    """
    speech = synthesise(item.call, words_per_min=item.words_per_min, voice=item.voice)
    samples = speech.samples
    if item.overlap:
        other = sample_calls(load_rule_set("icao"))[seed % 2]
        over = synthesise(other, words_per_min=item.words_per_min, voice="en-us" if item.voice != "en-us" else "en-gb")
        samples = mixed(samples, over.samples, round(OVERLAP_AFTER_S * speech.rate_hz))
    heard = over_radio(samples, speech.rate_hz, seed, item.noise_db)
    return wav_bytes(Speech(_at(heard, speech.rate_hz, SOUND_HZ), SOUND_HZ, speech.voice_s)), speech.voice_s


def mixed(samples: Samples, other: Samples, after: int) -> Samples:
    """Samples with others over them from a place on; what would sound after their end is cut."""
    heard = samples.copy()
    over = other[: max(0, len(heard) - after)]
    heard[after : after + len(over)] += OVERLAP_GAIN * over
    return heard


def _at(samples: Samples, rate_hz: int, wanted_hz: int) -> Samples:
    """Samples at another rate."""
    from scipy import signal

    common = int(np.gcd(rate_hz, wanted_hz))
    resampled = signal.resample_poly(samples, wanted_hz // common, rate_hz // common)
    return np.asarray(np.clip(resampled, -1.0, 1.0), dtype=np.float64)
