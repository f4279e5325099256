"""What an alert is about as positions on WGS 84: its area, and the path flown while it lasted."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from shapely import MultiPolygon, Point, Polygon

from safetynets.engine.alerts import Alert
from safetynets.exports.finished_run import FinishedRun
from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Area, Site

Position = tuple[float, float]
"""Latitude and longitude (deg)."""


def area_of(site: Site, alert: Alert) -> Area | None:
    """The volume or minimum-altitude polygon of an alert on the plane (m), a circle with 256 corners; None for none."""
    for volume in site.volumes:
        if alert.net == "APW" and volume.name == alert.area:
            return volume.area or Point(volume.x_m, volume.y_m).buffer(volume.radius_m, quad_segs=64)
    for polygon in site.minimum_altitudes:
        if alert.net == "MSAW" and polygon.name == alert.area:
            return polygon.area
    return None


def outlines(site: Site, alert: Alert) -> list[list[Position]]:
    """The rings of the area of an alert, closed; for an APM alert the course of its approach; empty for terrain."""
    for approach in site.approaches:
        if alert.net == "APM" and approach.name == alert.area:
            ends = [on_approach(approach, at_nm, 0.0) for at_nm in (approach.start_distance_nm, 0.0)]
            return [positions(site, ends)]
    area = area_of(site, alert)
    parts = [] if area is None else list(area.geoms) if isinstance(area, MultiPolygon) else [area]
    rings = [ring for part in parts if isinstance(part, Polygon) for ring in (part.exterior, *part.interiors)]
    return [positions(site, list(ring.coords)) for ring in rings]


def positions(site: Site, points: Sequence[tuple[float, ...]]) -> list[Position]:
    """Latitude and longitude (deg, 7 decimals: a centimetre) of points on the plane."""
    xy = np.array([point[:2] for point in points])
    latitude_deg, longitude_deg = site.plane.to_geographic(xy[:, 0], xy[:, 1])
    return list(zip(latitude_deg.round(7).tolist(), longitude_deg.round(7).tolist(), strict=True))


def flown(run: FinishedRun, alert: Alert) -> list[Position]:
    """Where the aircraft was from the first conflict to the end of the alert; plots without a position are left out."""
    end_s = alert.end_time_s if math.isfinite(alert.end_time_s) else math.inf
    rows = run.plots(alert.track, alert.first_conflict_time_s, end_s)
    latitude_deg, longitude_deg = run.tracks.latitude_deg[rows].round(7), run.tracks.longitude_deg[rows].round(7)
    both = zip(latitude_deg.tolist(), longitude_deg.tolist(), strict=True)
    return [place for place in both if math.isfinite(place[0]) and math.isfinite(place[1])]
