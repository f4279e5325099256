"""A call as audio: espeak-ng speaks it without a network, and the real length of that audio is measured.

The synthesiser comes with the optional extra `[voice]` (the package espeakng-loader). Where it is not installed, that
is said, and the durations estimated from words and syllables remain.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import PhraseologyError
from safetynets.output import write_whole
from safetynets.phraseology import espeak
from safetynets.phraseology.situation import Call
from safetynets.phraseology.speech import SpokenWord, speak

Samples = NDArray[np.float64]

LEAST_RATE_WPM, MOST_RATE_WPM = 80, 450
"""What espeak-ng accepts."""
VOICE = "en-gb"
CHANNEL_HZ = (300.0, 3400.0)
"""Pass band of the radio channel: that of telephony, recalled for VHF AM with 25 kHz spacing (simulator default)."""
NOISE_DB = -26.0
"""Noise of the radio channel below full scale (simulator default)."""

SYLLABLES_PER_WORD = 1.75
"""Of the words that espeak-ng's words a minute count, measured on ICAO 12.6.1.1 at 100 to 180 words a minute."""
AGREES_WITHIN = 0.15
"""The estimate by words agrees with the audio within this share, or the difference is explained."""

_MODULE = "espeakng_loader"
_QUIET = 0.01
_PEAK = 0.8
_SAYS = {"NINER": "niner", "QNH": "Q N H", "QFE": "Q F E", "HEU": "er"}
"""Words the synthesiser would not say as they are spoken on the frequency."""


@dataclass(frozen=True, eq=False)
class Speech:
    """Spoken audio: samples from -1 to 1 at a rate, and how long (s) the voice is heard in it, without silence."""

    samples: Samples
    rate_hz: int
    voice_s: float

    @property
    def duration_s(self) -> float:
        """The length of the audio (s)."""
        return len(self.samples) / self.rate_hz


def can_speak() -> bool:
    """Whether the synthesiser is installed."""
    return importlib.util.find_spec(_MODULE) is not None


def synthesise(call: Call, *, words_per_min: float, radio: bool = False, seed: int = 0, voice: str = VOICE) -> Speech:
    """The call as espeak-ng speaks it at a rate; with `radio` as it arrives over a VHF AM channel with noise.

    Raises
    ------
    PhraseologyError
        When the synthesiser is not installed, the rate is not one it has, or there are no words.
    """
    if not call.has_words:
        raise PhraseologyError("there are no words to speak", where=f"{call.rule_set}: {call.rule}")
    if not LEAST_RATE_WPM <= words_per_min <= MOST_RATE_WPM:
        raise PhraseologyError(
            f"{words_per_min:g} words a minute is no rate of the synthesiser",
            where="--wpm",
            mend=f"give one from {LEAST_RATE_WPM} to {MOST_RATE_WPM}",
        )
    spoken = speak(call.parts, call.speech)
    samples, rate_hz = _espeak(spoken_text(spoken), round(words_per_min), voice)
    loud = np.flatnonzero(np.abs(samples) > _QUIET * np.abs(samples).max())
    voice_s = float(loud[-1] - loud[0] + 1) / rate_hz
    return Speech(over_radio(samples, rate_hz, seed) if radio else _PEAK * samples, rate_hz, voice_s)


def spoken_text(spoken: Sequence[SpokenWord]) -> str:
    """The words for the synthesiser: in small letters, a comma where the role of the words changes.

    >>> spoken_text([SpokenWord("SWISS", "call sign"), SpokenWord("NINER", "call sign"), SpokenWord("QNH", "QNH")])
    'swiss niner, Q N H'
    """
    text = ""
    for before, word in zip([None, *spoken[:-1]], spoken, strict=True):
        if before is not None:
            text += ", " if "call sign" in (before.role, word.role) and before.role != word.role else " "
        text += _SAYS.get(word.word, word.word.lower())
    return text


def over_radio(samples: Samples, rate_hz: int, seed: int = 0, noise_db: float = NOISE_DB) -> Samples:
    """The samples through the pass band of a radio channel, with its noise; the same seed gives the same noise."""
    from scipy import signal

    noise = 10.0 ** (noise_db / 20.0) * np.random.default_rng(seed).standard_normal(len(samples))
    band = signal.butter(4, CHANNEL_HZ, btype="bandpass", fs=rate_hz, output="sos")
    heard = np.asarray(signal.sosfilt(band, samples + noise), dtype=np.float64)
    return np.asarray(np.clip(_PEAK * heard / np.abs(heard).max(), -1.0, 1.0))


def wav_bytes(speech: Speech) -> bytes:
    """A mono WAV of 16 bits; the same speech gives the same bytes."""
    buffer = BytesIO()
    with wave.open(buffer, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(speech.rate_hz)
        written.writeframes(np.round(speech.samples * 32767.0).astype("<i2").tobytes())
    return buffer.getvalue()


def write_wav(speech: Speech, file: Path) -> None:
    """Write the WAV of a speech.

    Raises
    ------
    PhraseologyError
        When the file cannot be written.
    """
    write_whole(file, wav_bytes(speech), PhraseologyError)


def _espeak(text: str, words_per_min: int, voice: str = VOICE) -> tuple[Samples, int]:
    """The samples of a text from -1 to 1, and their rate (Hz)."""
    if not can_speak():
        raise PhraseologyError(
            "no speech synthesiser is installed; the estimated durations remain",
            where="--wav",
            mend="install the extra: pip install 'safetynets[voice]'",
        )
    done = subprocess.run(
        [sys.executable, espeak.__file__, voice, str(words_per_min)],
        input=text.encode(),
        capture_output=True,
        check=False,
    )
    rate_hz, _, samples = done.stdout.partition(b"\n")
    if done.returncode or not samples:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise PhraseologyError(
            f"the speech synthesiser failed: {said[-1] if said else 'it said nothing'}",
            where="--wav",
            mend="install espeakng-loader again",
        )
    return np.frombuffer(samples, dtype=np.int16).astype(np.float64) / 32768.0, int(rate_hz)
