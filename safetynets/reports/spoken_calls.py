"""The calls of a run as audio: a WAV file for each, and as many of them inside the page as it can carry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from safetynets.engine.alerts import Alert
from safetynets.errors import PhraseologyError
from safetynets.phraseology.situation import Call
from safetynets.phraseology.voice import can_speak, synthesise, wav_bytes
from safetynets.reports.environment import data_uri
from safetynets.reports.formats import safe_name
from safetynets.runs.run import Run

WORDS_PER_MIN = 150.0
"""Rate of the voice: what `safetynets phraseology say` speaks at, half as fast again as the ICAO maximum."""
FOLDER = "audio"
_PAGE_BYTES = 3_000_000
"""About what the audio of one page may take; further calls are in the folder only."""


@dataclass(frozen=True)
class Recording:
    """One call as the page plays it: a data URI, and what it is called."""

    source: str
    label: str


Recordings = dict[tuple[int, str], Recording]
"""The calls inside the page, by the number of the alert and the rule set of the call."""


def check_voice() -> None:
    """Refuse to speak where no synthesiser is installed.

    Raises
    ------
    PhraseologyError
        When the optional extra `[voice]` is not installed.
    """
    if not can_speak():
        raise PhraseologyError(
            "no speech synthesiser is installed, so the page cannot play the calls",
            where="--voice",
            mend="install the extra: pip install 'safetynets[voice]', or leave the option out",
        )


def write_recordings(run: Run, folder: Path) -> Recordings:
    """Speak the calls of the shown alerts, in order of time, into WAV files in `audio` of the run folder.

    Returns those that the page has room for.

    Raises
    ------
    PhraseologyError
        When there is no synthesiser, or it fails.
    """
    spoken: dict[Call, bytes] = {}
    recordings: Recordings = {}
    room = _PAGE_BYTES
    for alert, call in spoken_calls(run):
        if call not in spoken:
            spoken[call] = wav_bytes(synthesise(call, words_per_min=WORDS_PER_MIN))
        name = f"{alert.alert_id}-{safe_name(alert.callsign, alert.track)}-{call.rule_set}.wav"
        (folder / FOLDER).mkdir(exist_ok=True)
        (folder / FOLDER / name).write_bytes(spoken[call])
        inside = data_uri(spoken[call], "audio/wav")
        room -= len(inside)
        label = f"{alert.callsign or f'Track {alert.track}'}, {alert.net} alert {alert.alert_id}: {call.text}"
        if room > 0:
            recordings[alert.alert_id, call.rule_set] = Recording(inside, label)
    return recordings


def spoken_calls(run: Run) -> Iterator[tuple[Alert, Call]]:
    """The calls that are spoken: those with words, of the alerts that the controller sees."""
    for alert, words, proposed in zip(run.alerts, run.words, run.proposed_words, strict=True):
        for call in (words, proposed):
            if alert.shown and call is not None and call.has_words:
                yield alert, call
