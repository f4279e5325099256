"""The folder of a run: tables, figures, manifest and page, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from safetynets.output import whole_folder
from safetynets.recordings import write_parquet
from safetynets.reports.figures import Figures, write_figures
from safetynets.reports.files import Trace, write_alerts, write_conflicts, write_json
from safetynets.reports.page import report_page
from safetynets.reports.replay.document import replay_of
from safetynets.reports.spoken_calls import check_voice, write_recordings
from safetynets.runs.folder import PAGE, check_free
from safetynets.runs.manifest import json_ready
from safetynets.runs.run import Run
from safetynets.runs.traffic import silent

Steps = Callable[[str], None]


def write_run_folder(
    run: Run,
    path: Path,
    *,
    replace: bool,
    steps: Steps | None = None,
    voice: bool = False,
    figures: Figures = "few",
    trace: Trace = "alerted",
) -> Path:
    """Write everything a run has to show into a folder.

    The folder is filled under a temporary name beside `path` and renamed when it is whole: a failure leaves what was
    there before. The same run gives the same bytes.

    Parameters
    ----------
    run
        The finished run.
    path
        The folder to write.
    replace
        Whether a run folder that is there may be replaced.
    steps
        Called with the name of each part before it is written.
    voice
        Whether the calls of the shown alerts are spoken into `audio`, for the page to play.
    figures
        "none", "few" (map and timeline) or "all" (also the profile of each alert).
    trace
        What `conflicts.parquet` holds: "none" (there is no such file), "alerted" (every plot of the flights with an
        alert) or "all" (every plot).

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ScenarioError
        When `path` exists and is not an empty folder, unless it is a run folder and `replace` is true; where it cannot
        be written.
    PhraseologyError
        When `voice` is wanted and there is no speech synthesiser.

    Examples
    --------
    >>> import tempfile
    >>> from safetynets.runs import run_scenario
    >>> run = run_scenario("flat-ground-low")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_run_folder(run, Path(folder) / "out", replace=False, figures="none", trace="none")
    ...     (written / "report.html").is_file()
    True
    """
    path = Path(path)
    check_free(path, replace=replace)
    if voice:
        check_voice()
    with whole_folder(path) as whole:
        _fill(run, whole, steps or silent, voice=voice, figures=figures, trace=trace)
        check_free(path, replace=replace)
    return path


def _fill(run: Run, folder: Path, tell: Steps, *, voice: bool, figures: Figures, trace: Trace) -> None:
    def stage(name: str) -> None:
        run.release_memory()
        tell(name)

    stage("alerts")
    write_alerts(run, folder)
    if trace != "none":
        stage("conflicts")
        write_conflicts(run, folder / "conflicts.parquet", trace)
    stage("tracks")
    write_parquet(run.tracks, folder / "tracks.parquet")
    write_json(json_ready(run.manifest), folder / "manifest.json")
    pictures = write_figures(run, folder / "figures", figures, stage)
    if voice:
        stage("calls")
    recordings = write_recordings(run, folder) if voice else {}
    stage("replay")
    replay = replay_of(run)
    stage("page")
    with (folder / PAGE).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(report_page(run, pictures, recordings, replay))
