"""`Run`: everything that came out of replaying tracks through the nets of a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.phraseology.situation import Call
from safetynets.sites.delivery import Delivery
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """A finished run.

    Attributes
    ----------
    name, title
        Of the scenario, or of the replayed recording.
    site, tracks
        The site with the parameters used; the tracks as judged, on the site's plane.
    altitude_ft
        Altitude on the regional QNH of every plot, NaN where it cannot be known.
    approach
        Index into `site.approaches` of the approach each plot is joined to, -1 for none.
    conflicts
        One table per net and group of areas, each with one row a plot.
    alerts
        Every episode, in order of start time.
    deliveries
        For each alert the desk it is delivered to; None in a site without desks.
    words, proposed_words
        For each alert the ICAO call, and, for an alert of the APM, the proposed one (else None).
    manifest
        Version, seed, parameters with their sources, hashes of the inputs and counts; JSON-ready.
    """

    name: str
    title: str
    site: Site
    tracks: Tracks
    altitude_ft: NDArray[np.float64]
    approach: NDArray[np.int32]
    conflicts: tuple[Conflicts, ...]
    alerts: Sequence[Alert]
    words: tuple[Call, ...]
    proposed_words: tuple[Call | None, ...]
    manifest: Mapping[str, Any]
    deliveries: tuple[Delivery | None, ...]

    def __repr__(self) -> str:
        shown = sum(alert.shown for alert in self.alerts)
        tracks = f"{self.tracks.track_count:,} track{'s' * (self.tracks.track_count != 1)}"
        alerts = f"{len(self.alerts)} alert{'s' * (len(self.alerts) != 1)}"
        return f"<Run {self.name} at {self.site.name}: {tracks}, {len(self.tracks):,} plots, {alerts}, {shown} shown>"
