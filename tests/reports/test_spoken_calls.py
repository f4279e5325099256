"""The page that plays the calls: what it holds is what the files hold, and it stays small enough to open."""

from __future__ import annotations

import base64
import html
import importlib.util
import re
import wave
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from safetynets.errors import PhraseologyError
from safetynets.phraseology import Situation, load_rule_set, say
from safetynets.phraseology.measures import measure
from safetynets.reports import spoken_calls
from safetynets.reports.folder import write_run_folder
from safetynets.reports.spoken_calls import write_recordings
from safetynets.runs.run import Run


@pytest.fixture(scope="module")
def spoken_run(run: Run) -> Run:
    """The alerts of LOW1: its APM alert is shown and has two calls, its MSAW alert is not shown."""
    situation = Situation(
        net="APM",
        kind="below",
        severity="warning",
        callsign="SWR123",
        vectored=False,
        on_final=True,
        visual=False,
        qnh_hpa=1001.0,
        minimum_flight_altitude_ft=None,
        area="ILS 22",
    )
    icao, proposed = (say(situation, load_rule_set(name)) for name in ("icao", "proposed-apm-directive"))
    return replace(
        run, alerts=run.alerts[:2], words=(icao, icao), proposed_words=(proposed, None), deliveries=(None, None)
    )


@pytest.fixture(scope="module")
def written(spoken_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run_folder(
        spoken_run, tmp_path_factory.mktemp("runs") / "spoken", replace=False, voice=True, figures="none"
    )


def duration_s(wav: bytes) -> float:
    with wave.open(BytesIO(wav)) as heard:
        return heard.getnframes() / heard.getframerate()


def test_each_call_of_a_shown_alert_is_in_the_page_as_it_is_in_its_file(written: Path, spoken_run: Run) -> None:
    files = {file.name: file.read_bytes() for file in (written / "audio").iterdir()}
    assert set(files) == {"1-LOW1-icao.wav", "1-LOW1-proposed-apm-directive.wav"}
    page = (written / "report.html").read_text(encoding="utf-8")
    players = re.findall(
        r'<audio controls id="[^"]+" preload="none" src="data:audio/wav;base64,([^"]+)" aria-label="([^"]+)">', page
    )
    assert [base64.b64decode(source) for source, _ in players] == [files[name] for name in sorted(files)]
    calls = (spoken_run.words[0], spoken_run.proposed_words[0])
    for (source, label), call in zip(players, calls, strict=True):
        assert call is not None
        assert label == f"LOW1, APM alert 1: {call.text}"
        # The voice keeps to the rate within 15 % and has silence of at most half a second around it.
        spoken_s = measure(call).words * 60.0 / 150.0
        assert 0.85 * spoken_s < duration_s(base64.b64decode(source)) < 1.15 * spoken_s + 0.5


def test_the_page_may_play_what_it_holds_and_fetch_nothing(written: Path) -> None:
    page = (written / "report.html").read_text(encoding="utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    allowed = html.unescape(policy).split("; ")
    assert allowed[:-1] == ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:", "media-src data:"]
    assert re.fullmatch(r"script-src( 'sha256-[^']+')+", allowed[-1])


def test_the_same_calls_give_the_same_bytes(written: Path, spoken_run: Run, tmp_path: Path) -> None:
    recordings = write_recordings(spoken_run, tmp_path)
    for file in (written / "audio").iterdir():
        assert (tmp_path / "audio" / file.name).read_bytes() == file.read_bytes()
    page = (written / "report.html").read_text(encoding="utf-8")
    assert len(recordings) == 2
    assert all(recording.source in page for recording in recordings.values())


def test_calls_beyond_the_size_of_the_page_are_in_the_folder_only_and_the_page_says_so(
    spoken_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken_calls, "_PAGE_BYTES", 500_000)
    path = write_run_folder(spoken_run, tmp_path / "run", replace=False, voice=True, figures="none")
    page = (path / "report.html").read_text(encoding="utf-8")
    assert page.count("<audio") == 1
    assert "it has only the first calls, 1 more are in the folder of the run" in page
    assert (path / "audio" / "1-LOW1-proposed-apm-directive.wav").is_file()


def test_a_call_without_words_is_not_spoken(spoken_run: Run, tmp_path: Path) -> None:
    nothing = replace(spoken_run.words[0], status="none", text="no words", parts=())
    assert write_recordings(replace(spoken_run, words=(nothing,) * 2, proposed_words=(None,) * 2), tmp_path) == {}


def test_without_a_synthesiser_nothing_is_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", {}.get)
    with pytest.raises(PhraseologyError, match=r"cannot play the calls; install the extra"):
        write_run_folder(run, tmp_path / "run", replace=False, voice=True)
    assert list(tmp_path.iterdir()) == []
