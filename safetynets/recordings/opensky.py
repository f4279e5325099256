"""OpenSky: state vectors as CSV, as Parquet (Trino), and as the REST interface answers. All are in metres and m/s."""

from __future__ import annotations

from typing import Any

from safetynets.recordings.names import SENT, Vocabulary, usual_units

TITLE = "OpenSky state vectors"

STATE_VECTORS = Vocabulary(
    title=TITLE,
    marks=frozenset({"time", "icao24", "lat", "lon", "velocity", "baroaltitude"}),
    columns={
        "time": ("timestamp", ""),
        "icao24": ("icao24", ""),
        "callsign": ("callsign", ""),
        "lat": ("latitude", "deg"),
        "lon": ("longitude", "deg"),
        "velocity": ("groundspeed", "mps"),
        "heading": ("track", "deg"),
        "vertrate": ("vertical_rate", "mps"),
        "onground": ("onground", ""),
        "squawk": ("squawk", ""),
        "baroaltitude": ("altitude", "m"),
        "geoaltitude": ("geoaltitude", "m"),
    },
)
"""Columns of the historical database. Its `heading` is the true track over the ground."""

STATES = ("icao24", "callsign", "origin", "time_position", "last_contact", "longitude", "latitude", "baro_altitude",
          "onground", "velocity", "true_track", "vertical_rate", "sensors", "geo_altitude", "squawk")  # fmt: skip
"""The places of a state in an answer of the REST interface."""

UNITS = usual_units(*SENT) | {"altitude": "m", "geoaltitude": "m", "groundspeed": "mps", "vertical_rate": "mps"}


def states_of(value: Any) -> dict[str, list[Any]] | None:
    """The columns of one answer of the REST interface, or of several; None for anything else.

    A state without position is left out; its time is that of the position.
    """
    answers = value if isinstance(value, list) else [value]
    if not answers or not all(isinstance(one, dict) and "time" in one and "states" in one for one in answers):
        return None
    columns: dict[str, list[Any]] = {name: [] for name in UNITS}
    for answer in answers:
        for state in answer["states"] or []:
            if not isinstance(state, list) or len(state) < 12:
                continue
            named = dict(zip(STATES, state, strict=False))
            if named["latitude"] is None or named["longitude"] is None:
                continue
            columns["timestamp"].append(named["time_position"] or answer["time"])
            for column, name in (
                *(
                    (same, same)
                    for same in ("icao24", "callsign", "latitude", "longitude", "onground", "vertical_rate")
                ),
                ("altitude", "baro_altitude"),
                ("groundspeed", "velocity"),
                ("track", "true_track"),
                ("geoaltitude", "geo_altitude"),
                ("squawk", "squawk"),
            ):
                columns[column].append(named.get(name))
    return columns
