"""The days of a study: where each is, what is put into it, and by what it is known when a study is resumed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from safetynets import __version__
from safetynets.errors import StudyError
from safetynets.evaluation.labels.truth import sidecar_of
from safetynets.evaluation.study.load import LoadedStudy, site_of
from safetynets.evaluation.study.schema import GeneratedTraffic, StudyFaults
from safetynets.recordings import Profile, read_profile
from safetynets.recordings.look import ENDINGS, is_recording_by_name
from safetynets.runs.manifest import sha256
from safetynets.traffic.generator import load_settings

TRAFFIC_FOLDER = "traffic"


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """One day to judge; all that a worker needs to know of it.

    Attributes
    ----------
    number, name
        Of the day, counted from 0; with the size of the fault where each size has a copy of the day.
    file
        The tracks.
    identity
        What the day is known by: the hash of its file, or for a generated day what it is generated from.
    generated, settings_json, date
        For a generated day how it is made, when it is not there yet.
    qnh_hpa
        The QNH given for it; None where that of the file beside it or of the site holds.
    update_s
        Resample to this surveillance update period.
    faults, fault_size, seed
        What is put into it.
    labels
        An expert's labels.
    profile
        What is said about the columns and units of the file.
    """

    number: int
    name: str
    file: Path
    identity: str
    generated: GeneratedTraffic | None = None
    settings_json: str = ""
    date: date | None = None
    qnh_hpa: float | None = None
    update_s: float | None = None
    faults: StudyFaults | None = None
    fault_size: float | None = None
    seed: int = 0
    labels: Path | None = None
    profile: Profile | None = None

    @property
    def beside(self) -> Path:
        """The JSON that the traffic generator writes beside a day, whether it is there or not."""
        return self.file.with_name(f"{self.file.name.removesuffix('.parquet')}.json")

    @property
    def sidecar(self) -> Path:
        """The labels that the traffic generator writes beside a day, whether they are there or not."""
        return sidecar_of(self.file)


def plan_days(loaded: LoadedStudy, out: Path) -> list[DayPlan]:
    """The days of a study in their order; generated ones go to the study's folder `out`.

    Raises
    ------
    StudyError
        For files or a folder that are not there.
    ScenarioError
        For traffic settings that cannot be used.
    """
    traffic = loaded.study.traffic
    if traffic.generated is not None:
        return list(_generated(loaded, traffic.generated, out.resolve() / TRAFFIC_FOLDER))
    labels = None if traffic.labels is None else _existing(loaded, traffic.labels, "traffic.labels").resolve()
    profile = None if traffic.profile is None else read_profile(_existing(loaded, traffic.profile, "traffic.profile"))
    return plan_recorded(
        _recorded_files(loaded),
        qnh_hpa=traffic.qnh_hpa,
        update_s=traffic.update_s,
        asked=traffic.faults,
        seed=traffic.seed,
        labels=labels,
        profile=profile,
    )


def plan_recorded(
    files: Sequence[Path],
    *,
    qnh_hpa: float | None,
    update_s: float | None,
    asked: StudyFaults | None = None,
    seed: int = 0,
    labels: Path | None = None,
    profile: Profile | None = None,
) -> list[DayPlan]:
    """The days of these files, each as often as its faults need."""
    days: list[DayPlan] = []
    for file in files:
        identity = sha256(file)
        for faults, size in _copies(asked):
            days.append(
                DayPlan(
                    number=len(days),
                    name=_stem(file) + _copy_name(asked, faults, size),
                    file=file.resolve(),
                    identity=identity,
                    qnh_hpa=qnh_hpa,
                    update_s=update_s,
                    faults=faults,
                    fault_size=size,
                    seed=seed,
                    labels=labels,
                    profile=profile,
                )
            )
    return days


def _generated(loaded: LoadedStudy, asked: GeneratedTraffic, folder: Path) -> Iterator[DayPlan]:
    site = site_of(loaded.study, loaded.file)
    beside = None if asked.settings is None else loaded.folder / asked.settings
    named = beside if beside is not None and beside.is_file() else asked.settings
    settings = load_settings(named if named is not None else str(site))
    for offset in range(asked.days):
        day = asked.start + timedelta(days=offset)
        made_from = {
            "version": __version__,
            "settings": settings.model_dump_json(),
            "date": day.isoformat(),
            "movements": asked.movements_per_day,
            "seed": asked.seed,
            "faults_share": asked.faults_share,
        }
        yield DayPlan(
            number=offset,
            name=day.isoformat(),
            file=folder / f"{day.isoformat()}.parquet",
            identity=json.dumps(made_from, sort_keys=True),
            generated=asked,
            settings_json=settings.model_dump_json(),
            date=day,
            update_s=loaded.study.traffic.update_s,
        )


def _recorded_files(loaded: LoadedStudy) -> list[Path]:
    traffic = loaded.study.traffic
    if traffic.folder is None:
        return [_existing(loaded, name, "traffic.files") for name in traffic.files]
    folder = loaded.folder / traffic.folder
    if not folder.is_dir():
        raise StudyError(
            f"there is no folder {traffic.folder!r}",
            file=loaded.file,
            where="traffic.folder",
            mend="write its path relative to the study",
        )
    found = day_files(folder)
    if not found:
        raise StudyError(
            f"the folder {traffic.folder!r} holds no day files",
            file=loaded.file,
            where="traffic.folder",
            mend=f"put files of tracks into it ({', '.join(ENDINGS)})",
        )
    return found


def day_files(folder: Path) -> list[Path]:
    """The files of tracks in a folder, by name; what the traffic generator leaves beside them is left out."""
    files = [file for file in sorted(folder.iterdir()) if is_recording_by_name(file.name)]
    days = {_stem(file) for file in files if not file.name.endswith((".json", ".labels.csv"))}
    return [
        file
        for file in files
        if not file.name.endswith((".labels.csv", ".made-from.json"))
        and not (file.name.endswith(".json") and _stem(file) in days)
    ]


def _existing(loaded: LoadedStudy, name: str, where: str) -> Path:
    file = loaded.folder / name
    if not file.is_file():
        raise StudyError(
            f"there is no file {name!r}", file=loaded.file, where=where, mend="write its path relative to the study"
        )
    return file


def _copies(faults: StudyFaults | None) -> Iterator[tuple[StudyFaults | None, float | None]]:
    """The faults and their size in each copy of a day."""
    if faults is None:
        yield None, None
        return
    if faults.also_without:
        yield None, None
    if not faults.each_size:
        yield faults, None
    for size in faults.each_size:
        yield faults, size


def _copy_name(asked: StudyFaults | None, faults: StudyFaults | None, size: float | None) -> str:
    if asked is None or (not asked.each_size and not asked.also_without):
        return ""
    if faults is None:
        return ", as recorded"
    return f", {faults.kinds[0].fault} {size:g}" if size is not None else ", with faults"


def _stem(file: Path) -> str:
    return file.name.partition(".")[0]
