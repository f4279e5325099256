"""Alerts as GeoJSON (RFC 7946): where each started, the path flown while it lasted, and the area that it is about."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from shapely import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from safetynets.engine.alerts import Alert
from safetynets.exports.finished_run import FinishedRun
from safetynets.exports.shapes import area_of, flown, positions
from safetynets.output import write_whole
from safetynets.runs.manifest import json_ready
from safetynets.sites.geometry import Site

Feature = dict[str, Any]


def write_geojson(run: FinishedRun, file: Path) -> int:
    """Write the alerts of a run as one feature collection, and return how many alerts; times are seconds since 1970.

    Raises
    ------
    ScenarioError
        Where the file cannot be written.
    """
    features = [
        feature for alert, row in zip(run.alerts, run.rows, strict=True) for feature in _features(run, alert, row)
    ]
    content = {"type": "FeatureCollection", "features": features}
    write_whole(file, json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    return len(run.alerts)


def _features(run: FinishedRun, alert: Alert, row: Mapping[str, Any]) -> list[Feature]:
    """The start with every fact of the alert, then path and area with what names it; longitude before latitude."""
    facts = json_ready({column.name: getattr(alert, column.name) for column in fields(Alert)} | {"words": row["words"]})
    named = {"alert_id": alert.alert_id, "net": alert.net, "area": alert.area, "callsign": alert.callsign}
    start = None
    if math.isfinite(alert.latitude_deg) and math.isfinite(alert.longitude_deg):
        start = {"type": "Point", "coordinates": [round(alert.longitude_deg, 7), round(alert.latitude_deg, 7)]}
    found = [_feature(start, {"what": "start"} | facts)]
    path = [[longitude_deg, latitude_deg] for latitude_deg, longitude_deg in flown(run, alert)]
    if len(path) > 1:
        found.append(_feature({"type": "LineString", "coordinates": path}, {"what": "path"} | named))
    area = area_of(run.site, alert)
    if area is not None:
        parts = list(area.geoms) if isinstance(area, MultiPolygon) else [area]
        shape = {"type": "MultiPolygon", "coordinates": [_rings(run.site, part) for part in parts]}
        found.append(_feature(shape, {"what": "area"} | named))
    return found


def _rings(site: Site, polygon: Polygon) -> list[list[list[float]]]:
    """The outer ring counter-clockwise, then the holes clockwise."""
    turned = orient(polygon)
    return [
        [[longitude_deg, latitude_deg] for latitude_deg, longitude_deg in positions(site, list(ring.coords))]
        for ring in (turned.exterior, *turned.interiors)
    ]


def _feature(geometry: dict[str, Any] | None, properties: dict[str, Any]) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
