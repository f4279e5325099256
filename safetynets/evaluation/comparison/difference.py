"""What differs between two runs that cannot be compared: site, plane, traffic, and what was done to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from safetynets.runs.folder import TRACKS, read_manifest

_PLANE = ("plane_latitude_deg", "plane_longitude_deg")


def differences_of_runs(before: Path, after: Path) -> list[str]:
    """What differs between two run folders, each in a sentence without its stop, the most telling first.

    Raises
    ------
    ScenarioError
        For a folder that holds no run.
    """
    manifests = [read_manifest(folder) for folder in (before, after)]
    traffic = [_traffic(folder / TRACKS) for folder in (before, after)]
    facts = [
        ("the site", [manifest["site"]["name"] for manifest in manifests]),
        ("the centre of the plane", [one["plane"] for one in traffic]),
        ("the recording or scenario", [_source(manifest) for manifest in manifests]),
        ("the surveillance update", [_update(manifest) for manifest in manifests]),
        ("the faults put into the traffic", [_faults(manifest) for manifest in manifests]),
        ("the time", [one["time"] for one in traffic]),
        ("the flights", [one["flights"] for one in traffic]),
        ("the plots", [one["plots"] for one in traffic]),
    ]
    return [f"{what}: {first}, and {second}" for what, (first, second) in facts if first != second]


def _source(manifest: dict[str, Any]) -> str:
    told = manifest.get("scenario") or {}
    recording = told.get("recording") or {}
    return str(recording.get("file") or told.get("name") or manifest.get("name", "unknown"))


def _update(manifest: dict[str, Any]) -> str:
    told = manifest.get("scenario") or {}
    update_s = (told.get("recording") or {}).get("update_s") or told.get("update_s")
    return "as recorded" if update_s is None else f"{update_s:g} s"


def _faults(manifest: dict[str, Any]) -> str:
    faults = [
        f"{one.get('fault', 'fault')} of {one.get('callsign', 'a flight')}" for one in manifest.get("faults") or ()
    ]
    return ", ".join(faults).replace("_", " ") or "none"


def _traffic(file: Path) -> dict[str, str]:
    read = pq.read_table(file, columns=["time_s", "track"])
    known = set(pq.read_schema(file).names)
    times_s = read["time_s"].to_numpy()
    plane = "unknown"
    if set(_PLANE) <= known and len(read):
        first = pq.read_table(file, columns=list(_PLANE)).slice(0, 1).to_pylist()[0]
        plane = ", ".join(f"{first[name]:.4f}" for name in _PLANE)
    return {
        "plane": plane,
        "flights": f"{len(np.unique(read['track'].to_numpy())):,}",
        "plots": f"{len(read):,}",
        "time": "none" if not len(read) else f"{_moment(times_s.min())} to {_moment(times_s.max())}",
    }


def _moment(time_s: float) -> str:
    return f"{np.datetime64(round(float(time_s)), 's')}Z"
