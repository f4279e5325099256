"""The folder of a run: tables, figures, manifest and page, written whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from matplotlib.figure import Figure

from safetynets.engine.alerts import Alert
from safetynets.errors import ScenarioError
from safetynets.recordings import write_parquet
from safetynets.reports.files import write_alerts, write_conflicts, write_json
from safetynets.reports.formats import clock, number, safe_name
from safetynets.reports.house_style import png_bytes, svg_bytes
from safetynets.reports.map_figure import map_figure
from safetynets.reports.page import Picture, report_page
from safetynets.reports.profile_figure import flight_figure, passes_of, profile_figure, profiled_alerts
from safetynets.reports.profile_flight import flight_name, name_of
from safetynets.reports.quiet_flights import quiet_flights
from safetynets.reports.replay.document import replay_of
from safetynets.reports.spoken_calls import check_voice, write_recordings
from safetynets.reports.timeline_figure import timeline_figure
from safetynets.runs.manifest import json_ready
from safetynets.runs.run import Run

Steps = Callable[[str], None]

_PAGE_BYTES = 3_000_000
"""About what the pictures of one page may take; profiles beyond it stand beside the page and are linked."""


def write_run_folder(run: Run, path: Path, *, replace: bool, steps: Steps | None = None, voice: bool = False) -> Path:
    """Write everything a run has to show into the folder `path`, and return it.

    The folder is filled under a temporary name beside `path` and renamed when it is whole: a failure leaves what was
    there before. `steps` is called with the name of each part before it is written. With `voice` the calls of the shown
    alerts are spoken into `audio`, and the page plays them. The same run gives the same bytes.

    Raises
    ------
    ScenarioError
        When `path` exists and is not an empty folder, unless it is a run folder and `replace` is true.
    PhraseologyError
        When `voice` is asked for and there is no speech synthesiser.
    """
    path = Path(path)
    check_free(path, replace=replace)
    if voice:
        check_voice()
    tell = steps or _silent
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent))
    try:
        whole = unfinished / "run"
        whole.mkdir()
        _fill(run, whole, tell, voice=voice)
        if path.exists():
            path.rename(unfinished / "replaced")
        whole.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return path


def is_run_folder(path: Path) -> bool:
    """Whether a folder holds a run written by this package: it has the manifest that says so."""
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        return bool(manifest["package"]["name"] == "safetynets")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def check_free(path: Path, *, replace: bool) -> None:
    """Refuse a path that a run folder must not take.

    Raises
    ------
    ScenarioError
        When `path` exists and is not an empty folder, unless it is a run folder and `replace` is true.
    """
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    if not path.is_dir() or not is_run_folder(path):
        raise ScenarioError(
            "exists and is not a run folder, so it is not overwritten",
            file=path,
            mend="choose a folder that does not exist yet",
        )
    if not replace:
        raise ScenarioError(
            "holds a run already", file=path, mend="choose another folder or allow this one to be replaced"
        )


def _silent(step: str) -> None:
    del step


def _fill(run: Run, folder: Path, tell: Steps, *, voice: bool) -> None:
    tell("alerts")
    write_alerts(run, folder)
    tell("conflicts")
    write_conflicts(run, folder / "conflicts.parquet")
    tell("tracks")
    write_parquet(run.tracks, folder / "tracks.parquet")
    write_json(json_ready(run.manifest), folder / "manifest.json")
    figures = folder / "figures"
    figures.mkdir()
    tell("map")
    map_picture = _write_figure(
        map_figure(run),
        figures / "map",
        _map_alt(run),
        "Plan view, framed on the approaches, volumes and alerts.",
        "png",
    )
    tell("timeline")
    timeline_picture = _write_figure(
        timeline_figure(run), figures / "timeline", _timeline_alt(run), "From first conflict over start to end.", "svg"
    )
    room = _PAGE_BYTES - len(map_picture.source) - len(timeline_picture.source)
    embedded: list[Picture] = []
    linked: list[tuple[str, str]] = []
    for name, picture in _profiles(run, figures, tell):
        room -= len(picture.source)
        if room > 0:
            embedded.append(picture)
        else:
            linked.append((f"figures/{name}.svg", picture.caption))
    if voice:
        tell("calls")
    recordings = write_recordings(run, folder) if voice else {}
    tell("replay")
    replay = replay_of(run)
    tell("page")
    page = report_page(run, map_picture, timeline_picture, embedded, linked, recordings, replay)
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")


def _profiles(run: Run, figures: Path, tell: Steps) -> Iterator[tuple[str, Picture]]:
    """Name and picture of each profile: of the alerted flights or, where no net spoke, of the few there are."""
    for alert in profiled_alerts(run):
        tell(f"profile of {name_of(alert)}")
        name = f"profile-{alert.alert_id}-{safe_name(alert.callsign, alert.track)}"
        figure = profile_figure(run, alert)
        yield name, _write_figure(figure, figures / name, _profile_alt(alert), _profile_caption(alert), "svg")
    for track in quiet_flights(run):
        flight = flight_name(run, track)
        tell(f"profile of {flight}")
        passes = passes_of(run, track)
        for place, row in enumerate(passes, start=1):
            which = f", approach {place} of {len(passes)}" if len(passes) > 1 else ""
            name = f"flight-{track}-{safe_name(str(run.tracks.callsign[track]), track)}" + f"-{place}" * bool(which)
            words = f"Vertical profile of {flight}{which}, a flight without an alert."
            figure = flight_figure(run, track, row)
            yield name, _write_figure(figure, figures / name, words, f"{flight}{which}: no alert.", "svg")


def _write_figure(figure: Figure, stem: Path, alt: str, caption: str, embedded: str) -> Picture:
    contents = {"png": png_bytes(figure), "svg": svg_bytes(figure)}
    for suffix, content in contents.items():
        stem.with_name(f"{stem.name}.{suffix}").write_bytes(content)
    media_type = {"png": "image/png", "svg": "image/svg+xml"}[embedded]
    return Picture(contents[embedded], media_type, alt, caption)


def _map_alt(run: Run) -> str:
    where = "; ".join(
        f"{name_of(alert)} {alert.net} {alert.kind} at {clock(alert.start_time_s)}" for alert in run.alerts[:20]
    )
    return (
        f"Map of {run.site.title} with {len(run.site.approaches)} approaches, {len(run.site.volumes)} volumes and "
        f"{run.tracks.track_count} tracks. " + (f"Alerts: {where}." if run.alerts else "No alert.")
    )


def _timeline_alt(run: Run) -> str:
    return f"Timeline of {len(run.alerts)} alerts; the table of alerts holds the same times."


def _profile_alt(alert: Alert) -> str:
    text = (
        f"Vertical profile of {name_of(alert)}: {alert.net} {alert.kind} at "
        f"{clock(alert.start_time_s)} UTC, altitude {number(alert.altitude_ft)} ft, limit {number(alert.minimum_ft)} ft"
    )
    if alert.net == "APM":
        text += f", {number(alert.vertical_deviation_ft, signed=True)} ft from the path"
    return text + "."


def _profile_caption(alert: Alert) -> str:
    name = name_of(alert)
    return f"{name}: {alert.net} {alert.kind}, alert {alert.alert_id} of the table."
