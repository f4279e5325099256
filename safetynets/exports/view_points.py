"""Alerts as view points of COMPASS, version 0.3: one an alert, sorted and filtered there, drawn by a click."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safetynets.engine.alerts import Alert
from safetynets.exports.finished_run import FinishedRun
from safetynets.exports.shapes import Position, flown, outlines
from safetynets.output import write_whole

VERSION = "0.3"
BEFORE_AND_AFTER_S = 60.0
"""The window of time reaches this far beyond the alert on both sides (simulator default)."""
WINDOW_DEG = 0.15
"""Half the extent of the map around the alert, in latitude and longitude (simulator default)."""
AREA_COLOUR, PATH_COLOUR, START_COLOUR = "#1f77b4", "#ff7f0e", "#d62728"


def write_view_points(run: FinishedRun, file: Path) -> int:
    """Write a view point for each alert, and return how many; COMPASS refuses an empty list, so none writes no file.

    Raises
    ------
    ScenarioError
        Where the file cannot be written.
    """
    points = view_points(run)
    if points:
        content = {"content_type": "view_points", "content_version": VERSION, "view_points": points}
        write_whole(file, json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    return len(points)


def view_points(run: FinishedRun) -> list[dict[str, Any]]:
    """The view points of the alerts of a run, in order of start; what is not known is left out."""
    return [_point(run, alert, str(row["words"])) for alert, row in zip(run.alerts, run.rows, strict=True)]


def _point(run: FinishedRun, alert: Alert, words: str) -> dict[str, Any]:
    name = alert.callsign or f"track {alert.track}"
    end_s = alert.end_time_s if math.isfinite(alert.end_time_s) else alert.start_time_s
    icao24 = str(run.tracks.icao24[alert.track]).upper()
    numbers = {
        "margin_ft": alert.margin_ft,
        "worst_margin_ft": alert.worst_margin_ft,
        "time_to_violation_s": alert.time_to_violation_s,
        "position_latitude": alert.latitude_deg,
        "position_longitude": alert.longitude_deg,
    }
    point: dict[str, Any] = {
        "id": alert.alert_id,
        "type": f"{alert.net} {alert.severity}",
        "name": f"{alert.net} {name}",
        "text": words,
        "status": "open",
        "timestamp": _timestamp(alert.start_time_s),
        "time_window": 2.0 * (end_s - alert.start_time_s + BEFORE_AND_AFTER_S),
        "net": alert.net,
        "severity": alert.severity,
        "kind": alert.kind,
        "area": alert.area,
        "callsign": alert.callsign,
        "shown": alert.shown,
        "suppressed_by": alert.suppressed_by,
        "phrase": words,
    }
    point |= {key: float(value) for key, value in numbers.items() if math.isfinite(value)}
    if "position_latitude" in point and "position_longitude" in point:
        point |= {"position_window_latitude": WINDOW_DEG, "position_window_longitude": WINDOW_DEG}
    if icao24:
        point["filters"] = {"Aircraft Address": {"Aircraft Address Values": icao24}}
    point["annotations"] = [_annotation(run, alert, name)]
    return point


def _annotation(run: FinishedRun, alert: Alert, name: str) -> dict[str, Any]:
    features = [
        _feature("line_string", ring, {"color": AREA_COLOUR, "line_width": 2}) for ring in outlines(run.site, alert)
    ]
    path = flown(run, alert)
    if len(path) > 1:
        features.append(_feature("line_string", path, {"color": PATH_COLOUR, "line_width": 3}))
    if math.isfinite(alert.latitude_deg) and math.isfinite(alert.longitude_deg):
        start = [(round(alert.latitude_deg, 7), round(alert.longitude_deg, 7))]
        features.append(_feature("points", start, {"color": START_COLOUR, "symbol": "circle", "symbol_size": 10}))
    return {
        "name": f"{alert.net} {name} {alert.area}".strip(),
        "symbol_color": START_COLOUR,
        "features": features,
    }


def _feature(kind: str, places: list[Position], properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [list(place) for place in places]}
    return {"type": "feature", "geometry": geometry, "properties": properties}


def _timestamp(time_s: float) -> str:
    """UTC to the millisecond, as the importer reads it.

    >>> _timestamp(1_699_182_000.25)
    '2023-11-05 11:00:00.250'
    """
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
