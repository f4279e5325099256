"""What traffic shows about a site: alerts that cluster at a threshold, minima that everybody flies below, and more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import shapely

from safetynets.adaptation import surfaces
from safetynets.adaptation.checks.finding import SiteFinding, at, inside_of
from safetynets.runs.counts import approaches_joined
from safetynets.runs.run import Run
from safetynets.sites.geometry import Approach
from safetynets.tracks import Tracks
from safetynets.tracks.portions import PORTION_PLOTS
from safetynets.units import nm_to_m

NEAR_NM = 6.0
LEAST_FLIGHTS = 5
"""Fewer flights show nothing about a site."""
CLUSTER_SHARE = 0.2
"""Alerts cluster at a threshold where this share of the flights that come near it has one."""
BELOW_SHARE = 0.5
FLIGHTS_THAT_SHOW = 20


def traffic_findings(run: Run) -> tuple[SiteFinding, ...]:
    """What a day of traffic, replayed through the nets of a site, shows about that site."""
    found = [*clusters(run), *_below_minima(run), *_never_joined(run)]
    return tuple(sorted(found, key=lambda one: one.severity == "note"))


def cluster_warnings(run: Run) -> tuple[str, ...]:
    """One sentence for each threshold at which alerts of the MSAW cluster, as `site check --traffic` says it."""
    return tuple(f"{one.about}: {one.text}; {one.mend}" for one in clusters(run))


def clusters(run: Run) -> Iterator[SiteFinding]:
    """Thresholds near which many flights have an MSAW alert: probably an inhibit volume is missing or too small."""
    alerts = [alert for alert in run.alerts if alert.net == "MSAW"]
    if len(alerts) < LEAST_FLIGHTS:
        return
    x_m, y_m = run.site.plane.to_plane(
        [alert.latitude_deg for alert in alerts], [alert.longitude_deg for alert in alerts]
    )
    for approach in _one_of_each_end(run):
        near = np.hypot(x_m - approach.x_m, y_m - approach.y_m) <= nm_to_m(NEAR_NM)
        alerted = {alert.track for alert, is_near in zip(alerts, near.tolist(), strict=True) if is_near}
        flights = _flights_near(run.tracks, approach)
        if len(alerted) < LEAST_FLIGHTS or len(alerted) < CLUSTER_SHARE * flights:
            continue
        uncovered = [
            path
            for path in (surfaces.low_final(run.site, approach), surfaces.low_departure_behind(run.site, approach))
            if surfaces.uninhibited(run.site, path).sum() * surfaces.STEP_NM > 0.3
        ]
        about = Counter(alert.area for alert, is_near in zip(alerts, near.tolist(), strict=True) if is_near)
        area, count = min(about.items(), key=lambda item: (-item[1], item[0]))
        if uncovered:
            mend = "no inhibit volume covers its final approach and the departures over it: add one for the MSAW"
        elif area in {minimum.name for minimum in run.site.minimum_altitudes}:
            mend = (
                f"{count} alerts are about the minimum altitude {area!r}: see whether flights may pass there as they do"
            )
        else:
            mend = "see whether the inhibit volume there is wide and high enough"
        yield SiteFinding(
            "alerts-cluster",
            "warning",
            approach.name,
            f"{len(alerted)} of {flights} flights within {NEAR_NM:.0f} NM of its threshold have an MSAW alert",
            mend,
            at(run.site, (approach.x_m, approach.y_m)),
        )


def _one_of_each_end(run: Run) -> list[Approach]:
    """The flown approaches, of those with one threshold only the first."""
    first: dict[tuple[int, int], Approach] = {}
    for approach in run.site.flown_approaches:
        first.setdefault((round(approach.x_m / 100.0), round(approach.y_m / 100.0)), approach)
    return list(first.values())


def _flights_near(tracks: Tracks, approach: Approach) -> int:
    flights = 0
    for rows in tracks.portions(PORTION_PLOTS):
        with np.errstate(invalid="ignore"):
            distance_m = np.hypot(tracks.x_m[rows] - approach.x_m, tracks.y_m[rows] - approach.y_m)
        flights += len(np.unique(tracks.track[rows][distance_m <= nm_to_m(NEAR_NM)]))
    return flights


def _below_minima(run: Run) -> Iterator[SiteFinding]:
    """Minimum altitudes below which most flights over them are: the value, the area or the traffic is not meant."""
    tracks, site = run.tracks, run.site
    silent = np.zeros(len(tracks), dtype=np.bool_)
    for volume in site.inhibit_volumes:
        if "MSAW" in volume.nets and volume.schedule.ever:
            silent |= shapely.intersects_xy(volume.area, tracks.x_m, tracks.y_m)
    for area in site.minimum_altitudes:
        inside = shapely.intersects_xy(area.area, tracks.x_m, tracks.y_m) & ~silent & np.isfinite(run.altitude_ft)
        flights = len(np.unique(tracks.track[inside]))
        below = len(np.unique(tracks.track[inside & (run.altitude_ft < area.minimum_ft)]))
        if flights >= LEAST_FLIGHTS and below >= BELOW_SHARE * flights:
            yield SiteFinding(
                "minimum-flown-below",
                "warning",
                area.name,
                f"{below} of {flights} flights over it are below its {area.minimum_ft:,.0f} ft",
                "compare the value with the chart, cut the area at the final approach, or inhibit the MSAW there",
                at(site, inside_of(area.area)),
            )


def _never_joined(run: Run) -> Iterator[SiteFinding]:
    """Approaches that no flight joins in a day on which many fly."""
    if run.tracks.track_count < FLIGHTS_THAT_SHOW:
        return
    for name, flown in approaches_joined(run.tracks, run.approach, run.site).items():
        if not flown:
            approach = next(one for one in run.site.approaches if one.name == name)
            yield SiteFinding(
                "approach-never-joined",
                "note",
                name,
                f"none of {run.tracks.track_count} flights joins it",
                "in order where the runway was not in use; else compare threshold and course",
                at(run.site, (approach.x_m, approach.y_m)),
            )
