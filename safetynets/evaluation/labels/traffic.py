"""The traffic to be labelled: a recording, a generated day, or the folder of a run, with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from safetynets.engine.track_state import track_state_of
from safetynets.errors import LabelsError
from safetynets.evaluation.labels.truth import Truth, read_truth, sidecar_of, truth_of_faults
from safetynets.recordings import Profile
from safetynets.runs.changed_site import ALL_REGIONS
from safetynets.runs.folder import TRACKS
from safetynets.runs.reload import reload_run
from safetynets.runs.traffic import recorded, silent
from safetynets.sites import Site, load_site
from safetynets.text_files import read_json
from safetynets.tracks import Tracks
from safetynets.traffic import FaultRecord


@dataclass(frozen=True, eq=False)
class LabelledTraffic:
    """Tracks on the plane of their site under a title, and what is known of them (None: nothing, a recording)."""

    title: str
    tracks: Tracks
    site: Site
    truth: Truth | None


def traffic_to_label(
    path: Path, site: str | None, qnh_hpa: float | None = None, profile: Profile | None = None
) -> LabelledTraffic:
    """Traffic from a run folder, or from a file of tracks.

    Beside a day that the traffic generator made its `.labels.csv` says what was put in and its `.json` the QNH. A file
    is cleaned like a recording that is replayed.

    Raises
    ------
    InputError
        For traffic, a site or a sidecar that cannot be used, and where no QNH makes an altitude known.
    """
    given = _of_run(path, site) if path.is_dir() else _of_file(path, site, qnh_hpa, profile)
    of_plots = track_state_of(given.tracks, given.site)
    if not np.isfinite(of_plots.altitude_ft).any():
        raise LabelsError("no altitude of any plot is known", file=path, mend="give the QNH with --qnh-hpa")
    return given


def _of_file(path: Path, site: str | None, qnh_hpa: float | None, profile: Profile | None) -> LabelledTraffic:
    if site is None:
        raise LabelsError("no site is given", file=path, mend="name it with --site")
    sidecar = sidecar_of(path)
    if not sidecar.is_file():
        plain = load_site(site, {} if qnh_hpa is None else {ALL_REGIONS: qnh_hpa})
        return LabelledTraffic(path.name, recorded(path, None, plain, silent, profile, qnh_hpa).tracks, plain, None)
    changed = load_site(site, {ALL_REGIONS: _qnh_of_day(path) if qnh_hpa is None else qnh_hpa})
    tracks = recorded(path, None, changed, silent, profile, qnh_hpa).tracks
    return LabelledTraffic(path.name, tracks, changed, read_truth(sidecar, tracks.track_count))


def _of_run(folder: Path, site: str | None) -> LabelledTraffic:
    reloaded = reload_run(folder, site)
    tracks = reloaded.tracks
    told = reloaded.manifest.get("faults", [])
    try:
        records = [FaultRecord(**{column.name: fault[column.name] for column in fields(FaultRecord)}) for fault in told]
    except (KeyError, TypeError):
        raise LabelsError("does not say which faults were put in", file=folder / TRACKS, mend="run it again") from None
    generated = bool(reloaded.manifest.get("scenario", {}).get("flights"))
    title = str(reloaded.manifest["title"])
    return LabelledTraffic(title, tracks, reloaded.site, truth_of_faults(tracks, records, generated))


def _qnh_of_day(path: Path) -> float:
    file = path.with_name(f"{path.name.split('.')[0]}.json")
    try:
        return float(read_json(file)["qnh_hpa"])
    except (OSError, ValueError, KeyError, TypeError):
        raise LabelsError(
            "says no QNH of the day", file=file, mend="keep it beside the tracks it belongs to, or give --qnh-hpa"
        ) from None
