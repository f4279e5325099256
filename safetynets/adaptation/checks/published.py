"""The approaches of a site against published ones, such as those of the FAA's CIFP."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from safetynets.adaptation.checks.finding import Severity, SiteFinding, at
from safetynets.adaptation.parts import FinalApproach
from safetynets.sites.geometry import Approach, Site

TOLERANCES = {
    "threshold": (60.0, "m"),
    "course": (0.3, "°"),
    "angle": (0.05, "°"),
    "threshold elevation": (5.0, "ft"),
    "height over the threshold": (5.0, "ft"),
    "intercept altitude": (200.0, "ft"),
}
"""How far a value of a site may be from the published one before it is said, and its unit."""


def against_published(site: Site, published: Sequence[FinalApproach]) -> Iterator[SiteFinding]:
    """Values of approaches that differ from the published ones, and approaches that are not published at all."""
    known = {(one.airport, one.runway.lstrip("0")): one for one in published}
    airports = {one.airport for one in published}
    for approach in site.flown_approaches:
        if approach.airport not in airports:
            continue
        place = at(site, (approach.x_m, approach.y_m))
        other = known.get((approach.airport, approach.runway.lstrip("0")))
        if other is None:
            text = f"no final approach to {approach.airport} {approach.runway} is published in this file"
            yield SiteFinding(
                "not-published", "note", approach.name, text, "see whether the runway is still in use", place
            )
            continue
        for what, (own, theirs, off) in _differences(site, approach, other).items():
            tolerance, unit = TOLERANCES[what]
            if off > tolerance:
                text = f"{what}: {own}; published: {theirs} ({other.where})"
                severity: Severity = "note" if what == "intercept altitude" else "warning"
                yield SiteFinding(
                    "differs-from-published", severity, approach.name, text, f"it differs by {off:.3g} {unit}", place
                )


def _differences(site: Site, approach: Approach, other: FinalApproach) -> dict[str, tuple[str, str, float]]:
    """For each value: the site's, the published one, and how far they are apart."""
    x_m, y_m = site.plane.to_plane(*other.threshold)
    away_m = math.hypot(float(x_m) - approach.x_m, float(y_m) - approach.y_m)
    turned_deg = abs((approach.true_course_deg - other.true_course_deg + 180.0) % 360.0 - 180.0)
    own, theirs = at(site, (approach.x_m, approach.y_m)), other.threshold
    numbers = {
        "threshold elevation": (approach.threshold_elevation_ft, other.threshold_elevation_ft),
        "height over the threshold": (approach.threshold_crossing_height_ft, other.crossing_height_ft),
        "intercept altitude": (approach.intercept_altitude_ft, other.intercept_altitude_ft),
    }
    if approach.path != "profile":
        numbers["angle"] = (approach.angle_deg, other.angle_deg)
    found = {
        "threshold": (f"[{own[0]:.4f}, {own[1]:.4f}]", f"[{theirs[0]:.4f}, {theirs[1]:.4f}]", away_m),
        "course": (f"{approach.true_course_deg:.1f}° true", f"{other.true_course_deg:.1f}° true", turned_deg),
    }
    for what, (mine, published) in numbers.items():
        unit = TOLERANCES[what][1]
        found[what] = (f"{mine:g} {unit}", f"{published:g} {unit}", abs(mine - published))
    return found
