"""Terrain and obstacles: missing where it is needed, lower than what stands on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from safetynets.adaptation.checks.finding import SiteFinding, at, ground_ft
from safetynets.sites.approach_path import on_approach
from safetynets.sites.geometry import Site


def none(site: Site) -> Iterator[SiteFinding]:
    """No terrain and no minimum altitudes: the MSAW has nothing to judge by; and parameters that need terrain."""
    msaw = site.parameters.msaw
    if site.terrain is None and "MSAW" not in site.switched_off:
        if not site.minimum_altitudes:
            yield SiteFinding(
                "msaw-blind", "error", site.name, "without terrain and minimum altitudes the MSAW judges nothing",
                "add one of both, or switch the MSAW off with [switched_off]",
            )  # fmt: skip
        for name, wanted in (("escape_test", msaw.escape_test), ("horizontal_buffer_m", msaw.horizontal_buffer_m > 0)):
            if wanted:
                yield SiteFinding(
                    "parameter-without-terrain", "warning", f"msaw.{name}", "it does nothing without terrain",
                    "add [terrain], or leave it out",
                )  # fmt: skip
    if not site.approaches and "APM" not in site.switched_off:
        yield SiteFinding(
            "apm-blind", "note", site.name, "it has no approach: the APM judges nothing",
            "add approaches, or switch the APM off with [switched_off]",
        )  # fmt: skip


def holes(site: Site) -> Iterator[SiteFinding]:
    """Approaches that leave the terrain data."""
    if site.terrain is None:
        return
    for approach in site.approaches:
        along_nm = np.arange(0.0, approach.start_distance_nm + 2.0, 0.1)
        points = np.array([on_approach(approach, each, 0.0) for each in along_nm])
        unknown = np.isnan(ground_ft(site, points[:, 0], points[:, 1]))
        if unknown.any():
            first = int(np.flatnonzero(unknown)[0])
            yield SiteFinding(
                "terrain-missing", "warning", approach.name,
                f"there is no terrain data under it {along_nm[first]:.1f} NM before the threshold",
                "add height files, or widen terrain.extent_nm", at(site, tuple(points[first])),
            )  # fmt: skip


def obstacles(site: Site) -> Iterator[SiteFinding]:
    """An obstacle whose top is below the ground it stands on."""
    for obstacle in site.obstacles:
        (ground,) = ground_ft(site, obstacle.x_m, obstacle.y_m)
        if obstacle.top_ft < ground - 100.0:
            yield SiteFinding(
                "obstacle-underground", "warning", obstacle.name,
                f"its top is at {obstacle.top_ft:,.0f} ft, the ground there at {ground:,.0f} ft",
                "give the altitude of its top, not its height, and in feet", at(site, (obstacle.x_m, obstacle.y_m)),
            )  # fmt: skip


def undulation(site: Site) -> Iterator[SiteFinding]:
    """No geoid undulation: geometric altitudes stay unknown."""
    if site.geoid_undulation_m is None:
        yield SiteFinding(
            "no-undulation", "note", site.name, "without geoid_undulation_m geometric altitudes are not used",
            "give the height of mean sea level above the WGS 84 ellipsoid",
        )  # fmt: skip
