"""A call spoken into a file, and how its real length compares with the estimate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetynets.phraseology import Call, measure
from safetynets.phraseology.voice import AGREES_WITHIN, SYLLABLES_PER_WORD, synthesise, write_wav
from safetynets.units import S_PER_MIN


def speak_into(file: Path, call: Call, *, words_per_min: float, radio: bool) -> dict[str, Any]:
    """Write the WAV of a call; its length as measured, as estimated, and both in words.

    Raises
    ------
    PhraseologyError
        When the call cannot be spoken or the file not be written.
    """
    speech = synthesise(call, words_per_min=words_per_min, radio=radio)
    write_wav(speech, file)
    measures = measure(call)
    estimated_s = measures.words * S_PER_MIN / words_per_min
    words = (
        f"wrote {file}: the voice is heard for {speech.voice_s:.2f} s; {measures.words} words at {words_per_min:g} a "
        f"minute are estimated at {estimated_s:.2f} s"
    )
    if abs(speech.voice_s / estimated_s - 1.0) > AGREES_WITHIN:
        words += (
            f". They differ because its words have {measures.syllables / measures.words:.1f} syllables each, and the "
            f"voice counts a word as about {SYLLABLES_PER_WORD}: by syllables it is "
            f"{measures.syllables / SYLLABLES_PER_WORD * S_PER_MIN / words_per_min:.2f} s"
        )
    return {"file": str(file), "voice_s": speech.voice_s, "estimated_s": estimated_s, "words": words}
