"""`RunDay`: what a saved run of one day tells of its traffic, its alerts, its labels and its parameters."""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.net import numbers
from safetynets.errors import LabelsError, ScenarioError, StudyError, TracksError
from safetynets.evaluation.labels import Category, Situations, label, read_labels, read_truth
from safetynets.evaluation.labels.files import EXPERT
from safetynets.evaluation.labels.traffic import traffic_to_label
from safetynets.evaluation.labels.truth import SIDECAR_COLUMNS
from safetynets.evaluation.metrics.matching import category_of_alerts, pairs
from safetynets.evaluation.metrics.scores import NUISANCE
from safetynets.geodesy import Plane
from safetynets.recordings import read_tracks
from safetynets.runs.alerts_on_file import became_actual_on_file, read_alerts
from safetynets.runs.changed_site import ALL_REGIONS
from safetynets.runs.folder import TRACKS, is_run_folder, read_manifest
from safetynets.tracks import Tracks
from safetynets.units import S_PER_H

LABELS = "labels.csv"
"""The labels of a run, in its folder."""
BY_RULES: Literal["rules"] = "rules"
"""Instead of a folder of labels: the rules of docs/labels.md decide for every day."""
UNLABELLED = -1
"""The category of an alert of which no label says anything."""
MOST_SHARED = 0.25
"""Two runs that share more than this part of the shorter one's time are of the same hours (simulator default)."""
_AIRLINE = re.compile(r"([A-Z]{3})\d[0-9A-Z]{0,3}")


@dataclass(frozen=True, eq=False, kw_only=True)
class Flights:
    """One row a track: call sign, type, wake and operator of the flight; empty where unknown.

    `seen_in_hour` says in which hours of the day (UTC) it was seen, one column an hour; a track without a plot in none.
    """

    callsign: NDArray[np.object_]
    aircraft_type: NDArray[np.object_]
    wake: NDArray[np.object_]
    seen_in_hour: NDArray[np.bool_]

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Whether each was seen at all."""
        return np.asarray(self.seen_in_hour.any(axis=1))

    @property
    def count(self) -> int:
        """How many were seen."""
        return int(self.seen.sum())

    @cached_property
    def operator(self) -> NDArray[np.object_]:
        """The operator of each flight."""
        return np.array([operator_of(callsign) for callsign in self.callsign], dtype=object)


@dataclass(frozen=True, eq=False, kw_only=True)
class RunDay:
    """A saved run as one day of many.

    Attributes
    ----------
    name, folder
        Name of the run folder, and where it is.
    site, version
        Name of the site, and the version of the package that made the run.
    first_s, last_s
        Times of the first and the last plot, UTC seconds since 1970.
    flights
        The flights seen.
    approaches
        How many approaches were flown on each path of the site.
    not_assessable
        For each net that ran the share of its plots that it could not judge; NaN without plots.
    alerts
        The alerts shown to the controller, in order of start.
    hidden
        How many alerts were recorded and not shown.
    actual
        For each alert whether its area was violated while it lasted; None where nothing tells.
    situations
        What the labels say of the traffic; None for a day without labels.
    category
        For each alert its category (`Category`), 0 for one that no situation called for, `UNLABELLED` where no label
        says anything; None for a day without labels.
    label_source, label_problem
        Where the labels are from, and why those wanted cannot be used; empty for none.
    parameters
        Every parameter and every override of the site by dotted key, without the QNH.
    files
        Hash of every input by name, without the recording.
    """

    name: str
    folder: Path
    site: str
    version: str
    first_s: float
    last_s: float
    flights: Flights
    approaches: Mapping[str, int]
    not_assessable: Mapping[str, float]
    alerts: tuple[Alert, ...]
    hidden: int
    actual: tuple[bool | None, ...]
    situations: Situations | None
    category: tuple[int, ...] | None
    label_source: str
    label_problem: str
    parameters: Mapping[str, Any]
    files: Mapping[str, str]

    @property
    def nuisance(self) -> tuple[bool | None, ...]:
        """For each alert whether it is a nuisance; None where no label says, and for a void situation."""
        if self.category is None:
            return (None,) * len(self.alerts)
        return tuple(map(is_nuisance, self.category))


def is_nuisance(category: int) -> bool | None:
    """Whether an alert of a category is a nuisance; None where no label says, and for a void situation.

    >>> is_nuisance(0), is_nuisance(Category.NECESSARY), is_nuisance(Category.VOID), is_nuisance(UNLABELLED)
    (True, False, None, None)
    """
    return None if category in (UNLABELLED, Category.VOID) else category in NUISANCE


def operator_of(callsign: str) -> str:
    """The ICAO designator of the airline in a call sign; empty where it has none, such as a registration.

    >>> operator_of("SWR12K"), operator_of("HBZZX"), operator_of("N123AB")
    ('SWR', '', '')
    """
    match = _AIRLINE.fullmatch(callsign)
    return match[1] if match else ""


def run_folders(folder: Path) -> list[Path]:
    """The run folders in a folder, by name.

    Raises
    ------
    ScenarioError
        For a folder that is not there, or holds no run.
    """
    if not folder.is_dir():
        raise ScenarioError("is no folder", file=folder, mend="name the folder that holds the run folders")
    found = sorted(each for each in folder.iterdir() if each.is_dir() and is_run_folder(each))
    if not found:
        mend = "make the runs with 'safetynets replay DAYS --site SITE --out FOLDER'"
        if is_run_folder(folder):
            mend = "name the folder that holds this run and those of other days"
        raise ScenarioError("holds no run folders", file=folder, mend=mend)
    return found


def read_day(folder: Path, labels: Path | Literal["rules"] | None = None, site: str | None = None) -> RunDay:
    """Read a saved run as a day.

    Labels are those of the file `NAME.csv` or `NAME.labels.csv` in the folder `labels`, else of `labels.csv` in the run
    folder: a table of situations (as `safetynets label` writes it), or the truth that the traffic generator left beside
    the day. Without such a file the truth of faults put in and of scripted flights counts, and with `BY_RULES` what
    was flown. Otherwise the day has no labels.

    Raises
    ------
    InputError
        For a folder that is no whole run, and labels that do not fit. A site that is no longer the one of the run only
        leaves the day without labels.
    """
    manifest = read_manifest(folder)
    alerts, _ = read_alerts(folder)
    tracks = read_tracks(folder / TRACKS).tracks
    shown = tuple(alert for alert in alerts if alert.shown)
    problem = ""
    try:
        situations, source = _situations(folder, manifest, tracks, labels, site)
    except ScenarioError as error:  # the site is no longer that of the run: its alerts count all the same
        situations, source, problem = None, "", f"{error.problem}; {error.mend}"
    try:
        counts, recording = manifest["counts"], str(manifest.get("recording", ""))
        facts = {
            "version": manifest["package"]["version"],
            "approaches": dict(counts["approaches_joined"]),
            "not_assessable": {net: _share_not_assessable(of_net) for net, of_net in counts["nets"].items()},
            "parameters": {key: value for key, value in manifest["site_overrides"].items() if key != ALL_REGIONS}
            | {row["name"]: row["value"] for row in manifest["parameters"]},
            "files": {row["file"]: row["sha256"] for row in manifest["inputs"] if row["file"] != recording},
        }
    except (KeyError, TypeError, AttributeError):
        raise ScenarioError("is not a whole manifest of a run", file=folder, mend="run it again") from None
    return RunDay(
        name=folder.name,
        folder=folder,
        site=manifest["site"]["name"],
        first_s=float(tracks.time_s.min()) if len(tracks) else np.nan,
        last_s=float(tracks.time_s.max()) if len(tracks) else np.nan,
        flights=_flights(tracks),
        alerts=shown,
        hidden=len(alerts) - len(shown),
        actual=tuple(became_actual_on_file(folder, shown)),
        situations=situations,
        category=None if situations is None else categories(shown, situations),
        label_source=source,
        label_problem=problem,
        **facts,
    )


@dataclass(frozen=True)
class DayTask:
    """A run folder to read as a day; as for `read_day`."""

    folder: Path
    labels: Path | Literal["rules"] | None
    site: str | None


@dataclass(frozen=True)
class ReadDay:
    """What came of a task: the day, or what is wrong with it."""

    name: str
    day: RunDay | None
    problem: str = ""


def read_task(task: DayTask) -> ReadDay:
    """Read a day; one that cannot be used is reported, not raised, but for its labels and its site."""
    try:
        return ReadDay(task.folder.name, read_day(task.folder, task.labels, task.site))
    except (ScenarioError, TracksError) as error:
        return ReadDay(task.folder.name, None, str(error))


def of_month(days: Sequence[RunDay], month: str, folder: Path) -> list[RunDay]:
    """The days that begin in a month, such as "2024-01" (UTC).

    Raises
    ------
    StudyError
        For what is no month, and where no day is in it.
    """
    try:
        first = datetime.strptime(month, "%Y-%m")
    except ValueError:
        raise StudyError(f"{month!r} is no month", where="--month", mend="write it as 2024-01") from None
    found = [
        day
        for day in days
        if np.isfinite(day.first_s) and f"{datetime.fromtimestamp(day.first_s, UTC):%Y-%m}" == f"{first:%Y-%m}"
    ]
    if not found:
        raise StudyError(f"no run is of {month}", file=folder, where="--month", mend="name another month")
    return found


def in_order(days: Sequence[RunDay]) -> tuple[RunDay, ...]:
    """The days in the order of time; runs without a plot are left out.

    Raises
    ------
    StudyError
        For runs at different sites, and for two runs over the same hours; flights that end after midnight may reach
        into the next day.
    """
    ordered = tuple(sorted((day for day in days if np.isfinite(day.first_s)), key=lambda day: (day.first_s, day.name)))
    if not ordered:
        raise StudyError("none of the runs has a plot", mend="check the recordings with 'safetynets tracks check'")
    sites = sorted({day.site for day in ordered})
    if len(sites) > 1:
        raise StudyError(f"the runs are at different sites: {', '.join(sites)}", mend="keep one folder for each site")
    for day, after in itertools.pairwise(ordered):
        shared_s = min(day.last_s, after.last_s) - after.first_s
        if shared_s > MOST_SHARED * min(day.last_s - day.first_s, after.last_s - after.first_s):
            raise StudyError(
                f"{day.name} and {after.name} are runs over the same hours, whose flights would count twice",
                file=day.folder.parent,
                mend="keep one of them here, and hold them against each other with 'safetynets compare'",
            )
    return ordered


def flights_through(folder: Path, circles: Sequence[tuple[float, float]], radius_m: float) -> list[int]:
    """How many flights of a run have a plot within each circle, given by latitude and longitude (degrees)."""
    tracks = read_tracks(folder / TRACKS).tracks
    found = []
    for latitude_deg, longitude_deg in circles:
        x_m, y_m = _plane(latitude_deg, longitude_deg).to_plane(tracks.latitude_deg, tracks.longitude_deg)
        found.append(len(np.unique(tracks.track[np.hypot(x_m, y_m) <= radius_m])))
    return found


@lru_cache(maxsize=64)
def _plane(latitude_deg: float, longitude_deg: float) -> Plane:
    """The same plane for every day: making one takes longer than using it."""
    return Plane(latitude_deg, longitude_deg)


def _flights(tracks: Tracks) -> Flights:
    seen = np.zeros((tracks.track_count, 24), dtype=np.bool_)
    seen[tracks.track, (tracks.time_s // S_PER_H).astype(np.int64) % 24] = True
    return Flights(callsign=tracks.callsign, aircraft_type=tracks.aircraft_type, wake=tracks.wake, seen_in_hour=seen)


def _share_not_assessable(of_net: Mapping[str, Any]) -> float:
    return sum(of_net["not_assessable"].values()) / of_net["plots"] if of_net["plots"] else np.nan


def categories(alerts: Sequence[Alert], situations: Situations) -> tuple[int, ...]:
    """The category of each alert by the labels of its day, as in `RunDay.category`.

    Where experts alone have labelled, an alert of which they say nothing has no category.
    """
    net = np.array([numbers()[alert.net] for alert in alerts], dtype=np.int8)
    track = np.array([alert.track for alert in alerts], dtype=np.int32)
    start_s = np.array([alert.start_time_s for alert in alerts], dtype=np.float64)
    end_s = np.array([alert.end_time_s for alert in alerts], dtype=np.float64)
    found = pairs(net, track, start_s, end_s, situations)
    category = category_of_alerts(found, len(alerts), situations)
    if len(situations) and (situations.source == EXPERT).all():
        category = np.where(np.isin(np.arange(len(alerts)), found.alert), category, np.int8(UNLABELLED))
    return tuple(category.tolist())


def _situations(
    folder: Path,
    manifest: Mapping[str, Any],
    tracks: Tracks,
    labels: Path | Literal["rules"] | None,
    site: str | None,
) -> tuple[Situations | None, str]:
    file = _label_file(folder, labels)
    if file is not None:
        if not _is_truth(file):
            return read_labels(file, tracks), f"the labels in {file.name}"
        traffic = traffic_to_label(folder, site)
        return label(traffic.tracks, traffic.site, read_truth(file, traffic.tracks.track_count)), "what was generated"
    known = bool(manifest.get("faults")) or bool(manifest.get("scenario", {}).get("flights"))
    if not known and labels != BY_RULES:
        return None, ""
    traffic = traffic_to_label(folder, site)
    source = "what was put in" if known else "the rules, by what was flown"
    return label(traffic.tracks, traffic.site, traffic.truth), source


def _label_file(folder: Path, labels: Path | Literal["rules"] | None) -> Path | None:
    places = [folder / LABELS]
    if isinstance(labels, Path):
        places = [labels / f"{folder.name}.csv", labels / f"{folder.name}.labels.csv", *places]
    return next((file for file in places if file.is_file()), None)


def _is_truth(file: Path) -> bool:
    """Whether a table is the truth of generated flights, not of situations."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            names = next(csv.reader(stream), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"is no CSV in UTF-8: {error}", file=file, mend="save it as CSV in UTF-8") from None
    return set(SIDECAR_COLUMNS) <= set(names)


def same_value(one: Any, other: Any) -> bool:
    """Whether two values of manifests are the same.

    >>> same_value(60, 60.0), same_value([1, 2], [1, 3])
    (True, False)
    """
    return bool(one == other) or json.dumps(one) == json.dumps(other)
