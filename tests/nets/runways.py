"""Runways made by hand, aircraft at them, and tracks of these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from safetynets.nets.rmca.parameters import RmcaParameters
from safetynets.sites.geometry import Runway, Site
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets.situations import PLANE
from tests.nets.situations import site as bare_site

RUNWAY_M = 3000.0
ACCURATE_M = 8.0


def runway(name: str = "18/36", **parts: Any) -> Runway:
    """3,000 m northwards from the origin at sea level, 60 m wide, protected 75 m to each side."""
    usual: dict[str, Any] = {
        "name": name,
        "airport": "XXXX",
        "designators": ("36", "18"),
        "x_m": (0.0, 0.0),
        "y_m": (0.0, RUNWAY_M),
        "displaced_threshold_m": (0.0, 0.0),
        "elevation_ft": (0.0, 0.0),
        "half_width_m": 30.0,
        "holding_distance_m": 75.0,
        "source": "made by hand",
        "illustrative": True,
    }
    return Runway(**{**usual, **parts})


CROSSED = runway("09/27", designators=("09", "27"), x_m=(-1000.0, 1500.0), y_m=(1000.0, 1000.0))
"""Crosses the first 1,000 m from either start, eastwards."""


def site(*runways: Runway, **parameters: Any) -> Site:
    rmca = RmcaParameters(**parameters)
    return bare_site(runways=runways or (runway(),), parameters=Parameters(rmca=rmca), switched_on=frozenset({"RMCA"}))


def plots(
    callsign: str,
    time_s: Sequence[float] | np.ndarray,
    x_m: Any,
    y_m: Any,
    vx_mps: Any = 0.0,
    vy_mps: Any = 0.0,
    altitude_ft: Any = np.nan,
    rate_fpm: Any = np.nan,
    on_ground: Any = 1,
    accuracy_m: Any = ACCURATE_M,
) -> dict[str, Any]:
    """Plots of one aircraft, on the ground unless it is said; each value is one for all or one for each plot."""
    columns = {
        "time_s": time_s,
        "x_m": x_m,
        "y_m": y_m,
        "vx_mps": vx_mps,
        "vy_mps": vy_mps,
        "pressure_altitude_ft": altitude_ft,
        "vertical_rate_fpm": rate_fpm,
        "on_ground": on_ground,
        "position_accuracy_m": accuracy_m,
    }
    count = len(time_s)
    return {"callsign": callsign} | {name: np.broadcast_to(values, count) for name, values in columns.items()}


def tracks_of(*aircraft: dict[str, Any]) -> Tracks:
    """Tracks of aircraft, in this order."""
    names = [name for name in aircraft[0] if name != "callsign"]
    columns = {name: np.concatenate([each[name] for each in aircraft]) for name in names}
    columns["track"] = np.repeat(np.arange(len(aircraft)), [len(each["time_s"]) for each in aircraft])
    return Tracks.from_columns(columns, {"callsign": [each["callsign"] for each in aircraft]}, plane=PLANE)


def arrival(
    callsign: str, from_m: float = -4000.0, speed_mps: float = 70.0, seconds: float = 60.0, **more: Any
) -> dict[str, Any]:
    """Along the runway northwards on a 3 degree path to its start, from so far before it."""
    time_s = np.arange(0.0, seconds)
    y_m = from_m + speed_mps * time_s
    altitude_ft = np.maximum(-y_m, 0.0) * np.tan(np.radians(3.0)) / 0.3048 + 50.0
    rate_fpm = np.where(y_m < 0.0, -speed_mps * np.tan(np.radians(3.0)) / 0.3048 * 60.0, 0.0)
    given = {
        "x_m": 0.0,
        "y_m": y_m,
        "vy_mps": speed_mps,
        "altitude_ft": altitude_ft,
        "rate_fpm": rate_fpm,
        "on_ground": 0,
        "accuracy_m": np.nan,
    }
    return plots(callsign, time_s, **{**given, **more})


def departure(
    callsign: str, at_m: float = 50.0, after_s: float = 10.0, acceleration_mps2: float = 2.0, seconds: float = 45.0
) -> dict[str, Any]:
    """Stands on the runway, then rolls northwards; it is on the ground all the time."""
    time_s = np.arange(0.0, seconds)
    rolls_s = np.maximum(time_s - after_s, 0.0)
    y_m = at_m + 0.5 * acceleration_mps2 * rolls_s**2
    return plots(callsign, time_s, 0.0, y_m, vy_mps=acceleration_mps2 * rolls_s)


def standing(callsign: str, x_m: float, y_m: float, seconds: float = 60.0, **more: Any) -> dict[str, Any]:
    """Stands still on the ground; its plots come 0.4 s after those of others."""
    return plots(callsign, np.arange(0.0, seconds) + 0.4, x_m, y_m, **more)
