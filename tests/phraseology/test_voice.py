"""The synthetic voice: its measured length against the estimate, the radio channel, and what is refused."""

from __future__ import annotations

import importlib.util
import wave

import numpy as np
import pytest
from scipy import signal

from safetynets.errors import PhraseologyError
from safetynets.phraseology import Situation, load_rule_set, measure, say
from safetynets.phraseology.voice import (
    AGREES_WITHIN,
    CHANNEL_HZ,
    SYLLABLES_PER_WORD,
    over_radio,
    synthesise,
    wav_bytes,
    write_wav,
)


def call_of(rule_set: str, aerodrome: str | None = None):
    situation = Situation(
        net="APM",
        kind="below",
        severity="warning",
        callsign="SWR123",
        vectored=False,
        on_final=True,
        visual=False,
        qnh_hpa=1006.0,
        minimum_flight_altitude_ft=None,
        area="LSGG 22",
        aerodrome=aerodrome,
    )
    return say(situation, load_rule_set(rule_set))


@pytest.mark.parametrize("words_per_min", [100, 150, 180])
@pytest.mark.parametrize("rule_set", ["icao", "proposed-apm-directive", "proposed-apm-path"])
def test_the_audio_is_as_long_as_the_estimate_by_words_says(rule_set, words_per_min):
    call = call_of(rule_set)
    estimated_s = measure(call).words * 60.0 / words_per_min
    assert synthesise(call, words_per_min=words_per_min).voice_s == pytest.approx(estimated_s, rel=AGREES_WITHIN)


def test_plain_language_of_short_words_is_shorter_than_its_words_and_as_long_as_its_syllables():
    """I JUST HAD A ...: 1.3 syllables a word where phraseology has 1.75; the estimate by syllables still holds."""
    call = call_of("as-spoken", aerodrome="LFPG")
    measures = measure(call)
    voice_s = synthesise(call, words_per_min=150).voice_s
    assert voice_s < (1.0 - AGREES_WITHIN) * measures.words * 60.0 / 150
    assert voice_s == pytest.approx(measures.syllables / SYLLABLES_PER_WORD * 60.0 / 150, rel=AGREES_WITHIN)


def test_the_same_call_gives_the_same_bytes_and_the_file_is_as_long_as_it_says(tmp_path):
    speech, again = (synthesise(call_of("icao"), words_per_min=150, radio=True, seed=2) for _ in range(2))
    assert wav_bytes(speech) == wav_bytes(again)
    write_wav(speech, tmp_path / "call.wav")
    with wave.open(str(tmp_path / "call.wav")) as written:
        assert written.getnframes() / written.getframerate() == pytest.approx(speech.duration_s)
    assert [file.name for file in tmp_path.iterdir()] == ["call.wav"]
    assert wav_bytes(speech) != wav_bytes(synthesise(call_of("icao"), words_per_min=150, radio=True, seed=3))


def test_the_radio_passes_the_voice_and_little_outside_its_band():
    heard = over_radio(np.random.default_rng(0).standard_normal(220_500), 22_050)
    frequency_hz, power = signal.welch(heard, 22_050, nperseg=2048)
    inside = power[(frequency_hz > 500) & (frequency_hz < 3000)].mean()
    assert power[frequency_hz < CHANNEL_HZ[0] / 3].max() < 0.01 * inside
    assert power[frequency_hz > 2 * CHANNEL_HZ[1]].max() < 0.01 * inside
    assert np.abs(heard).max() <= 1.0


def test_the_voice_lasts_from_its_first_loud_sample_to_its_last(monkeypatch):
    from safetynets.phraseology import voice

    samples = np.zeros(1000)
    samples[[100, 350, 599]] = [0.5, 1.0, -0.5]
    monkeypatch.setattr(voice, "_espeak", lambda *_: (samples, 100))
    assert synthesise(call_of("icao"), words_per_min=150).voice_s == 5.0


def test_the_noise_of_the_radio_is_that_of_seed_0_unless_another_is_given():
    samples = np.sin(np.arange(2205) / 3.0)
    np.testing.assert_array_equal(over_radio(samples, 22_050), over_radio(samples, 22_050, seed=0))
    assert (over_radio(samples, 22_050) != over_radio(samples, 22_050, seed=1)).any()


@pytest.mark.parametrize("words_per_min", [20, 1000])
def test_a_rate_that_the_voice_does_not_have_is_refused(words_per_min):
    with pytest.raises(PhraseologyError, match="give one from 80 to 450"):
        synthesise(call_of("icao"), words_per_min=words_per_min)


def test_no_words_cannot_be_spoken():
    with pytest.raises(PhraseologyError, match="there are no words to speak"):
        synthesise(call_of("france"), words_per_min=150)


def test_without_the_synthesiser_it_is_said_that_the_estimates_remain(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    with pytest.raises(PhraseologyError, match=r"no speech synthesiser is installed; the estimated durations remain"):
        synthesise(call_of("icao"), words_per_min=150)


def test_a_synthesiser_that_fails_is_named_and_not_taken_for_silence(monkeypatch):
    from safetynets.phraseology import voice

    monkeypatch.setattr(voice.espeak, "__file__", "nowhere.py")
    with pytest.raises(PhraseologyError, match="the speech synthesiser failed"):
        synthesise(call_of("icao"), words_per_min=150)


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "nowhere").write_text("a file")
    speech = synthesise(call_of("icao"), words_per_min=150)
    with pytest.raises(PhraseologyError, match="cannot be written"):
        write_wav(speech, tmp_path / "nowhere" / "call.wav")
