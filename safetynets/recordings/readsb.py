"""readsb and tar1090: `trace_full` of the globe history, and `aircraft.json`, one or many, or one a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safetynets.recordings import mode_s
from safetynets.recordings.accuracy import NACP_M
from safetynets.recordings.names import usual_units

UNITS = {**mode_s.UNITS, **usual_units("coasted", "position_accuracy")}

STALE, GEOMETRIC_ALTITUDE = 1, 8
"""Flags of a point of a trace: no position for 20 s before it; its altitude is geometric."""

Row = dict[str, Any]


def aircraft_of(value: Any) -> tuple[str, dict[str, list[Any]]] | None:
    """What a JSON of readsb is and its columns; None for anything else."""
    values = value if isinstance(value, list) else [value]
    if len(values) == 1 and isinstance(values[0], Mapping) and isinstance(values[0].get("files"), list):
        values = values[0]["files"]
    if not values or not all(isinstance(one, Mapping) for one in values):
        return None
    if all("icao" in one and "trace" in one and "timestamp" in one for one in values):
        return "readsb trace", _columns(row for one in values for row in _traced(one))
    if all("now" in one and "aircraft" in one for one in values):
        return "readsb aircraft.json", _columns(row for one in values for row in _seen(one))
    return None


def _columns(rows: Iterator[Row]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {name: [] for name in UNITS}
    for row in rows:
        for name, column in columns.items():
            column.append(row.get(name))
    return columns


def _traced(value: Mapping[str, Any]) -> Iterator[Row]:
    begins_s = value["timestamp"]
    known: Mapping[str, Any] = {}
    for point in value["trace"] if isinstance(value["trace"], list) else []:
        if not isinstance(point, list) or len(point) < 8:
            continue
        told = point[8] if len(point) > 8 and isinstance(point[8], Mapping) else {}
        known = {**known, **{key: told[key] for key in ("flight", "squawk", "nac_p") if key in told}}
        flags = point[6] if isinstance(point[6], int) else 0
        on_ground = point[3] == "ground"
        altitude = None if on_ground else point[3]
        geometric = point[10] if len(point) > 10 else None
        if flags & GEOMETRIC_ALTITUDE and altitude is not None:
            altitude, geometric = None, altitude
        yield {
            "timestamp": begins_s + point[0],
            "icao24": value["icao"],
            "callsign": known.get("flight"),
            "latitude": point[1],
            "longitude": point[2],
            "altitude": altitude,
            "geoaltitude": geometric,
            "groundspeed": point[4],
            "track": None if on_ground else point[5],
            "vertical_rate": point[7],
            "onground": on_ground,
            "squawk": known.get("squawk"),
            "coasted": bool(flags & STALE),
            "selected_mcp": told.get("nav_altitude_mcp"),
            "barometric_setting": told.get("nav_qnh"),
            "position_accuracy": _accuracy_m(known),
        }


def _seen(value: Mapping[str, Any]) -> Iterator[Row]:
    for aircraft in value["aircraft"] if isinstance(value["aircraft"], list) else []:
        if not isinstance(aircraft, Mapping) or aircraft.get("lat") is None or aircraft.get("lon") is None:
            continue
        on_ground = aircraft.get("alt_baro") == "ground"
        yield {
            "timestamp": value["now"] - (aircraft.get("seen_pos") or 0.0),
            "icao24": aircraft.get("hex"),
            "callsign": aircraft.get("flight"),
            "latitude": aircraft["lat"],
            "longitude": aircraft["lon"],
            "altitude": None if on_ground else aircraft.get("alt_baro", aircraft.get("altitude")),
            "geoaltitude": aircraft.get("alt_geom"),
            "groundspeed": aircraft.get("gs", aircraft.get("speed")),
            "track": None if on_ground else aircraft.get("track"),
            "vertical_rate": aircraft.get("baro_rate", aircraft.get("geom_rate")),
            "onground": on_ground,
            "squawk": aircraft.get("squawk"),
            "selected_mcp": aircraft.get("nav_altitude_mcp"),
            "barometric_setting": aircraft.get("nav_qnh"),
            "position_accuracy": _accuracy_m(aircraft),
        }


def _accuracy_m(told: Mapping[str, Any]) -> float | None:
    """The accuracy of a position by its category; None where none is given."""
    nacp = told.get("nac_p")
    return NACP_M[nacp] if isinstance(nacp, int) and 0 < nacp < len(NACP_M) else None
