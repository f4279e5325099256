"""Generated days as files: a Parquet of tracks, a CSV of labels and a JSON of the day beside it."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from safetynets import __version__
from safetynets.output import write_whole
from safetynets.recordings import write_parquet
from safetynets.spreadsheet import csv_text, harmless
from safetynets.traffic.generator.day import GeneratedDay, generate_day, workers
from safetynets.traffic.generator.movements import Label, Request
from safetynets.traffic.generator.settings import GeneratorSettings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class DayFiles:
    """The files of one generated day.

    Attributes
    ----------
    tracks, labels, day
        The tracks (Parquet), what is true of each (CSV), and what the day was made from (JSON).
    """

    tracks: Path
    labels: Path
    day: Path


def write_days(
    settings: GeneratorSettings,
    folder: Path,
    *,
    start: date,
    days: int,
    movements: int,
    seed: int,
    faults_share: float | None = None,
    worker_count: int = 1,
    progress: Progress | None = None,
) -> list[DayFiles]:
    """Generate days of traffic and write each as soon as it is there.

    Every day has its own random streams, drawn from the seed and the number of the day since 1970: a day comes out the
    same whatever other days are generated with it.

    Parameters
    ----------
    settings
        The settings of the site (`load_settings`).
    folder
        Where; it is made if it is not there.
    start
        The first day (UTC).
    days
        How many days.
    movements
        How many flights a day.
    seed
        The one seed of all draws.
    faults_share
        Share of the arrivals that have a fault, from 0 to 1; without it that of the settings.
    worker_count
        How many processes; the bytes are the same whatever their number.
    progress
        Called with a few words before each day.

    Returns
    -------
    list of DayFiles
        One a day.

    Raises
    ------
    ScenarioError
        For settings that do not fit their site.

    Examples
    --------
    >>> import tempfile
    >>> from safetynets.traffic.generator import load_settings
    >>> asked = {"start": date(2024, 1, 1), "days": 1, "movements": 1, "seed": 1}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     day, = write_days(load_settings("geneva"), Path(folder), **asked)
    ...     day.tracks.name, day.labels.name
    ('2024-01-01.parquet', '2024-01-01.labels.csv')
    """
    folder.mkdir(parents=True, exist_ok=True)
    pool = workers(worker_count) if worker_count > 1 else None
    written = []
    try:
        for offset in range(days):
            day = start + timedelta(days=offset)
            if progress is not None:
                progress(f"generating {day.isoformat()}")
            request = _request(settings, day, movements, seed, faults_share)
            written.append(_write(generate_day(request, pool), request, day, folder))
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
    return written


def _request(settings: GeneratorSettings, day: date, movements: int, seed: int, faults_share: float | None) -> Request:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Request(
        settings=settings,
        day=(day - date(1970, 1, 1)).days,
        start_time_s=midnight.timestamp(),
        movements=movements,
        seed=seed,
        faults_share=settings.faults.share if faults_share is None else faults_share,
    )


def _write(generated: GeneratedDay, request: Request, day: date, folder: Path) -> DayFiles:
    files = DayFiles(
        tracks=folder / f"{day.isoformat()}.parquet",
        labels=folder / f"{day.isoformat()}.labels.csv",
        day=folder / f"{day.isoformat()}.json",
    )
    write_whole(files.labels, labels_text(generated.labels))
    write_whole(files.day, day_text(generated, request, day))
    write_parquet(generated.tracks, files.tracks)
    return files


def labels_text(labels: tuple[Label, ...]) -> str:
    """The labels of a day as CSV: one row a track, in the order of the tracks; unknown is empty."""
    names = [field.name for field in fields(Label)]
    rows = ([number, *(_cell(getattr(label, name)) for name in names)] for number, label in enumerate(labels))
    return csv_text(["track", *names], rows)


def day_text(generated: GeneratedDay, request: Request, day: date) -> str:
    """The day as JSON: the QNH to run the site with, and everything the day was made from."""
    settings_json = request.settings.model_dump_json()
    told = {
        "notice": "Generated traffic. Not for operational use.",
        "package": {"name": "safetynets", "version": __version__},
        "site": Path(request.settings.site).name,
        "date": day.isoformat(),
        "seed": request.seed,
        "movements": request.movements,
        "faults_share": request.faults_share,
        **asdict(generated.weather),
        "settings_sha256": hashlib.sha256(settings_json.encode()).hexdigest(),
        "plots": len(generated.tracks),
        "kinds": dict(sorted(Counter(label.kind for label in generated.labels).items())),
        "faults": dict(sorted(Counter(label.fault for label in generated.labels if label.fault).items())),
        "drawn_again": sum(label.attempts - 1 for label in generated.labels),
    }
    return json.dumps(told, indent=2) + "\n"


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return "" if math.isnan(value) else round(value, 1)
    return harmless(value) if isinstance(value, str) else value
