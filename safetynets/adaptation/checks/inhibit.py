"""Inhibit volumes: missing where flights are low by design, covering what should be watched, or never in force."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from shapely.geometry.base import BaseGeometry

from safetynets.adaptation import surfaces
from safetynets.adaptation.checks.finding import Severity, SiteFinding, at, cells_of, highest_in, inside_of
from safetynets.sites.approach_path import nominal_altitude_ft, on_approach
from safetynets.sites.geometry import Site

LONGEST_NM = 8.0
"""An MSAW that is silent on a final approach farther out than this is silent where it should speak."""
TOLERATED_NM = 0.3


def missing(site: Site) -> Iterator[SiteFinding]:
    """Final approaches and departures on which the MSAW alerts though all is well, for want of an inhibit volume."""
    if (site.terrain is None and not site.minimum_altitudes) or "MSAW" in site.switched_off:
        return
    for approach in site.flown_approaches:
        for path in (surfaces.low_final(site, approach), surfaces.low_departure(site, approach)):
            free = surfaces.uninhibited(site, path)
            if free.sum() * surfaces.STEP_NM <= TOLERATED_NM:
                continue
            first, last = np.flatnonzero(free)[[0, -1]]
            span = f"{path.along_nm[first]:.1f} to {path.along_nm[last]:.1f} NM"
            what, where = (
                ("departure", "beyond the runway") if path.departing else ("final approach", "before the threshold")
            )
            yield SiteFinding(
                f"inhibit-misses-{'departure' if path.departing else 'final'}", "warning", approach.name,
                f"no inhibit volume covers its {what} {span} {where}: the MSAW alerts there on ordinary flights",
                "add one for the MSAW; safetynets site check SITE --proposed FILE.toml writes it",
                at(site, (float(path.x_m[(first + last) // 2]), float(path.y_m[(first + last) // 2]))),
            )  # fmt: skip


def covering(site: Site) -> Iterator[SiteFinding]:
    """A volume that silences the APM on an approach it watches, or the MSAW far out on one."""
    for volume in site.inhibit_volumes:
        if not volume.schedule.ever:
            continue
        for approach in site.approaches:
            along_nm = np.arange(approach.end_distance_nm, max(approach.start_distance_nm, LONGEST_NM + 4.0), 0.1)
            points = np.array([on_approach(approach, each, 0.0) for each in along_nm])
            altitude_ft = nominal_altitude_ft(approach, along_nm)
            inside = surfaces.held(volume.area, volume.floor, volume.ceiling, points[:, 0], points[:, 1], altitude_ft)
            watched = inside & (along_nm <= approach.start_distance_nm)
            if "APM" in volume.nets and watched.any():
                first, last = np.flatnonzero(watched)[[0, -1]]
                yield SiteFinding(
                    "inhibit-covers-approach", "error", volume.name,
                    f"the APM is silent on {approach.name!r} from {along_nm[last]:.1f} to {along_nm[first]:.1f} NM",
                    "take APM out of its nets, or make it smaller", at(site, tuple(points[last])),
                )  # fmt: skip
            if "MSAW" in volume.nets and inside.any() and along_nm[np.flatnonzero(inside)[-1]] > LONGEST_NM:
                last = int(np.flatnonzero(inside)[-1])
                silent = f"the MSAW is silent on {approach.name!r} as far out as {along_nm[last]:.1f} NM"
                low = surfaces.low_final(site, approach), surfaces.low_departure_behind(site, approach)
                low_nm = max(path.along_nm.max(initial=0.0) for path in low)
                severity: Severity
                if along_nm[last] > low_nm + surfaces.BEYOND_NM + 0.1:
                    severity, mend = "warning", "end it where the path clears the terrain"
                else:
                    severity, silent = "note", f"{silent}, as paths there are below what it allows to {low_nm:.1f} NM"
                    mend = "only the APM watches there; a lower floor of the MSAW (below_minimum_ft) shortens it"
                yield SiteFinding(
                    "inhibit-too-long", severity, volume.name, silent, mend, at(site, tuple(points[last]))
                )


def idle(site: Site) -> Iterator[SiteFinding]:
    """A volume that never applies: switched off by hand, or wholly under the ground, or for a net that is off."""
    for volume in site.inhibit_volumes:
        place = at(site, inside_of(volume.area))
        if not volume.schedule.ever:
            text, mend = "it is switched off by hand and never applies", "switch it on where it is wanted, or remove it"
            yield SiteFinding("inhibit-never-applies", "note", volume.name, text, mend, place)
            continue
        found = highest_in(site, volume.area)
        if (
            found is not None
            and not volume.ceiling.is_flight_level
            and volume.ceiling.value_ft < _lowest_ft(site, volume.area)
        ):
            text = f"its ceiling of {volume.ceiling.value_ft:,.0f} ft is below all the ground it covers"
            yield SiteFinding(
                "inhibit-never-applies",
                "warning",
                volume.name,
                text,
                "give its ceiling as an altitude, not a height",
                place,
            )
        off = [net for net in volume.nets if net in site.switched_off]
        if len(off) == len(volume.nets):
            text, mend = f"{' and '.join(off)} is switched off at this site", "remove it"
            yield SiteFinding("inhibit-never-applies", "note", volume.name, text, mend, place)


def _lowest_ft(site: Site, area: BaseGeometry) -> float:
    heights, _, _ = cells_of(site, area)
    return float(np.nanmin(heights)) if np.isfinite(heights).any() else -math.inf
