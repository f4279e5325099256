"""Builders of small situations: a site made by hand, and a picture of a few plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely import Polygon, box

from safetynets.engine.track_state import TrackState
from safetynets.geodesy import Plane
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.nets.apw.parameters import ApwParameters
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.sites.geometry import (
    Approach,
    Area,
    Limit,
    MinimumAltitude,
    Obstacle,
    PressureRegion,
    Schedule,
    Site,
    Terrain,
    Volume,
)
from safetynets.sites.parameters import Parameters
from safetynets.tracks.table import Tracks

STANDARD_HPA = 1013.25
PLANE = Plane(latitude_deg=46.0, longitude_deg=6.0)
ALWAYS = Schedule(permanent=True, on=False, periods=(), weekly=())
EVERYWHERE_STANDARD = PressureRegion("everywhere", None, ((0.0, STANDARD_HPA),), 5000.0, 60.0, "made by hand")


def site(**parts: Any) -> Site:
    """A site with nothing in it but what is given; altitudes are pressure altitudes (QNH 1013.25) unless given."""
    bare: dict[str, Any] = {
        "name": "bare",
        "title": "Bare",
        "folder": Path("bare"),
        "plane": PLANE,
        "geoid_undulation_m": None,
        "terrain": None,
        "minimum_altitudes": (),
        "obstacles": (),
        "approaches": (),
        "volumes": (),
        "inhibit_volumes": (),
        "pressure_regions": (EVERYWHERE_STANDARD,),
        "parameters": Parameters(),
        "parameter_sources": {},
        "input_files": (),
    }
    return Site(**{**bare, **parts})


def parameters(
    msaw: Mapping[str, Any] | None = None, apm: Mapping[str, Any] | None = None, apw: Mapping[str, Any] | None = None
) -> Parameters:
    return Parameters(
        msaw=MsawParameters(**(msaw or {})), apm=ApmParameters(**(apm or {})), apw=ApwParameters(**(apw or {}))
    )


def minimum(minimum_ft: float, area: Area, name: str = "sector") -> MinimumAltitude:
    return MinimumAltitude(name, minimum_ft, area, "made by hand", True)


def obstacle(x_m: float, y_m: float, radius_m: float, top_ft: float, name: str = "mast") -> Obstacle:
    return Obstacle(name, x_m, y_m, radius_m, top_ft, "made by hand", True)


def terrain(elevation_ft: ArrayLike, cell_m: float = 500.0, x0_m: float = 0.0, y0_m: float = 0.0) -> Terrain:
    return Terrain(x0_m, y0_m, cell_m, np.asarray(elevation_ft, dtype=np.float64), ())


def approach(**parts: Any) -> Approach:
    """A 3 degree ILS to a threshold at the origin at sea level, flown northwards, monitored from 12 to 1 NM."""
    usual: dict[str, Any] = {
        "name": "ILS 36",
        "airport": "XXXX",
        "runway": "36",
        "x_m": 0.0,
        "y_m": 0.0,
        "threshold_elevation_ft": 0.0,
        "course_deg": 0.0,
        "true_course_deg": 0.0,
        "path": "ils",
        "angle_deg": 3.0,
        "threshold_crossing_height_ft": 50.0,
        "profile": (),
        "intercept_altitude_ft": 9000.0,
        "start_distance_nm": 12.0,
        "end_distance_nm": 1.0,
        "half_width_m": 200.0,
        "splay_deg": 3.0,
        "source": "made by hand",
        "illustrative": True,
    }
    return Approach(**{**usual, **parts})


def volume(area: Area | None = None, **parts: Any) -> Volume:
    """A permanently restricted volume from 2,000 to 4,000 ft over `area`, or over a circle of 1 km at the origin."""
    usual: dict[str, Any] = {
        "name": "R-1",
        "group": parts.get("name", "R-1"),
        "purpose": "restricted",
        "area": area,
        "x_m": 0.0,
        "y_m": 0.0,
        "radius_m": 1000.0,
        "floor": Limit(2000.0, False),
        "ceiling": Limit(4000.0, False),
        "lateral_buffer_m": 0.0,
        "vertical_buffer_ft": 0.0,
        "schedule": ALWAYS,
        "allowed_callsigns": (),
        "allowed_ssr_codes": (),
        "allowed_flight_rules": (),
        "source": "made by hand",
        "illustrative": True,
    }
    return Volume(**{**usual, **parts})


def square(west: float, south: float, east: float, north: float) -> Polygon:
    return box(west, south, east, north)


PICTURE_DEFAULTS: dict[str, float] = {
    "time_s": 0.0,
    "track": 0,
    "x_m": 0.0,
    "y_m": 0.0,
    "vx_mps": 0.0,
    "vy_mps": 0.0,
    "altitude_ft": 0.0,
    "vertical_rate_fpm": 0.0,
    "qnh_hpa": STANDARD_HPA,
    "qnh_pressure_altitude_ft": 0.0,
    "cleared_level_ft": np.nan,
    "selected_level_ft": np.nan,
    "turn_rate_radps": 0.0,
}


def picture(plots: Sequence[Mapping[str, float]]) -> TrackState:
    """A picture of plots given by what is special about them; the rest is zero, or unknown for the levels."""
    columns: dict[str, NDArray[Any]] = {}
    for column in fields(TrackState):
        values = [plot.get(column.name, PICTURE_DEFAULTS[column.name]) for plot in plots]
        columns[column.name] = np.array(values, dtype=np.int32 if column.name == "track" else np.float64)
    return TrackState(**columns)


def tracks_of(picture: TrackState, flights: Mapping[str, Sequence[str]] | None = None) -> Tracks:
    """Tracks that show this picture on a standard day."""
    return Tracks.from_columns(
        {
            "time_s": picture.time_s,
            "track": picture.track,
            "x_m": picture.x_m,
            "y_m": picture.y_m,
            "vx_mps": picture.vx_mps,
            "vy_mps": picture.vy_mps,
            "pressure_altitude_ft": picture.altitude_ft + picture.qnh_pressure_altitude_ft,
            "vertical_rate_fpm": picture.vertical_rate_fpm,
        },
        flights,
        plane=PLANE,
    )
