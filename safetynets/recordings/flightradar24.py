"""Flightradar24: the CSV of a flight, the JSON of a played-back flight, of its flight tracks and of the live feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safetynets.recordings.names import Vocabulary

TITLE = "Flightradar24"

CSV = Vocabulary(
    title="Flightradar24 CSV",
    marks=frozenset({"timestamp", "utc", "callsign", "position", "altitude", "speed", "direction"}),
    columns={
        "timestamp": ("timestamp", ""),
        "callsign": ("callsign", ""),
        "position": ("position", ""),
        "altitude": ("altitude", "ft"),
        "speed": ("groundspeed", "kt"),
        "direction": ("track", "deg"),
    },
)

UNITS = {
    "timestamp": "",
    "icao24": "",
    "callsign": "",
    "flight_id": "",
    "latitude": "deg",
    "longitude": "deg",
    "altitude": "ft",
    "groundspeed": "kt",
    "track": "deg",
    "vertical_rate": "fpm",
    "squawk": "",
    "onground": "",
}

Row = dict[str, Any]


def flights_of(value: Any) -> dict[str, list[Any]] | None:
    """The columns of a JSON of Flightradar24; None for anything else."""
    rows = list(_played_back(value) or _flight_tracks(value) or _feed(value) or ())
    return {name: [row.get(name) for row in rows] for name in UNITS} if rows else None


def _in(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _played_back(value: Any) -> list[Row]:
    """Rows of the playback of a flight: `result.response.data.flight`, each quantity in several units."""
    flight = _in(value, "result", "response", "data", "flight")
    points = _in(flight, "track")
    if not isinstance(points, list):
        return []
    facts = {
        "icao24": _in(flight, "aircraft", "identification", "modes"),
        "callsign": _in(flight, "identification", "callsign"),
        "flight_id": _in(flight, "identification", "id"),
    }
    return [
        {
            **facts,
            "timestamp": point.get("timestamp"),
            "latitude": point.get("latitude"),
            "longitude": point.get("longitude"),
            "altitude": _in(point, "altitude", "feet"),
            "groundspeed": _in(point, "speed", "kts"),
            "track": point.get("heading"),
            "vertical_rate": _in(point, "verticalSpeed", "fpm"),
            "squawk": point.get("squawk"),
        }
        for point in points
        if isinstance(point, Mapping)
    ]


def _flight_tracks(value: Any) -> list[Row]:
    """Rows of the flight tracks of the paid interface: for each flight `fr24_id` and `tracks`."""
    flights = value if isinstance(value, list) else [value]
    if not flights or not all(isinstance(_in(one, "tracks"), list) and "fr24_id" in one for one in flights):
        return []
    return [
        {
            "flight_id": flight["fr24_id"],
            "callsign": point.get("callsign"),
            "timestamp": point.get("timestamp"),
            "latitude": point.get("lat"),
            "longitude": point.get("lon"),
            "altitude": point.get("alt"),
            "groundspeed": point.get("gspeed"),
            "track": point.get("track"),
            "vertical_rate": point.get("vspeed"),
            "squawk": point.get("squawk"),
        }
        for flight in flights
        for point in flight["tracks"]
        if isinstance(point, Mapping)
    ]


def _feed(value: Any) -> list[Row]:
    """Rows of the live feed: for each flight a list whose places are fixed."""
    answers = value if isinstance(value, list) else [value]
    if not answers or not all(isinstance(one, Mapping) and "full_count" in one for one in answers):
        return []
    return [row for answer in answers for row in _feed_rows(answer)]


def _feed_rows(answer: Mapping[str, Any]) -> Iterator[Row]:
    for flight_id, state in answer.items():
        if isinstance(state, list) and len(state) >= 17:
            yield {
                "flight_id": flight_id,
                "icao24": state[0],
                "latitude": state[1],
                "longitude": state[2],
                "track": state[3],
                "altitude": state[4],
                "groundspeed": state[5],
                "squawk": state[6],
                "timestamp": state[10],
                "onground": state[14],
                "vertical_rate": state[15],
                "callsign": state[16],
            }
