"""Perfect surveillance: the truth at its update period."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.errors import ScenarioError
from safetynets.tracks import Tracks, column_names

HELD = frozenset(
    {
        "cleared_altitude_ft",
        "selected_altitude_ft",
        "baro_setting_hpa",
        "vectored",
        "visual",
        "coasted",
        "on_ground",
        "flags",
    }
)
"""Columns that hold from one row to the next and are not interpolated."""


def seen_perfectly(truth: Tracks, update_s: float, start_time_s: float) -> Tracks:
    """The truth as perfect surveillance sees it: every `update_s` counted from `start_time_s`, nothing lost or late.

    Between two rows of the truth (a second) quantities are interpolated; the rest is as at the row before. Positions
    are exact. On the ground an aircraft sends no altitude, as with ADS-B.

    Raises
    ------
    ScenarioError
        For an update period of less than 0.1 s.
    """
    if not update_s >= 0.1:
        raise ScenarioError(f"update period of {update_s} s", where="update_s", mend="give at least 0.1 s")
    names = [name for name in column_names("plot") if name != "track"]
    columns: dict[str, list[NDArray[np.float64]]] = {name: [] for name in names}
    track: list[NDArray[np.int32]] = []
    for number in range(truth.track_count):
        rows = truth.rows_of(number)
        times_s = truth.time_s[rows]
        if len(times_s) == 0:
            continue
        first = math.ceil((times_s[0] - start_time_s) / update_s - 1e-9)
        last = math.floor((times_s[-1] - start_time_s) / update_s + 1e-9)
        scans_s = start_time_s + update_s * np.arange(first, last + 1)
        track.append(np.full(len(scans_s), number, dtype=np.int32))
        before = np.clip(np.searchsorted(times_s, scans_s + 1e-6, side="right") - 1, 0, len(times_s) - 1)
        for name in names:
            values = getattr(truth, name)[rows]
            if name == "time_s":
                columns[name].append(scans_s)
            elif name in HELD:
                columns[name].append(values[before])
            else:
                columns[name].append(np.interp(scans_s, times_s, values))
    plots: dict[str, ArrayLike] = {
        name: np.concatenate(parts) if parts else np.empty(0) for name, parts in columns.items()
    }
    on_ground = np.asarray(plots["on_ground"]) == 1
    for name in ("pressure_altitude_ft", "vertical_rate_fpm"):
        plots[name] = np.where(on_ground, np.nan, plots[name])
    plots["position_accuracy_m"] = np.zeros(len(on_ground))
    plots["track"] = np.concatenate(track) if track else np.empty(0, dtype=np.int32)
    facts = {name: getattr(truth, name) for name in column_names("track")}
    return Tracks.from_columns(plots, facts, truth.plane)
