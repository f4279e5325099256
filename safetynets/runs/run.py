"""`Run`: everything that came out of replaying tracks through the nets of a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.monitor import judge
from safetynets.phraseology.situation import Call
from safetynets.runs import counts
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
        Altitude (ft) on the regional QNH of every plot, NaN where it cannot be known.
    approach
        Index into `site.approaches` of the approach each plot is joined to, -1 for none.
    conflicts
        One table per net and group of areas, each with one row a plot, or one for each of the plots `kept`.
    alerts
        Every episode, in order of start time.
    deliveries
        For each alert the desk it is delivered to; None in a site without desks.
    words, proposed_words
        For each alert the ICAO call, and, for an alert of the APM, the proposed one (else None).
    manifest
        Version, seed, parameters with their sources, hashes of the inputs and counts; JSON-ready.
    kept
        Rows of the plots that `conflicts` is about, ascending; None for every plot. Of a large recording those of the
        flights with an alert are kept: all would take several times the memory of the tracks.
    plots_by_net, floor_ft
        Where not every plot is kept: what `counts.plots_by_net` counts of all, and the floor below each (NaN: none).

    Examples
    --------
    >>> from safetynets.runs import run_scenario
    >>> run = run_scenario("flat-ground-low")
    >>> run.plots_judged()["APM"]["judged"]
    46
    >>> plots = np.array([10, 11])
    >>> [(found.net.name, len(found)) for found in run.conflicts_at(plots)]
    [('MSAW', 2), ('APM', 2)]
    >>> run.floor_at(plots).shape
    (2,)
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
    kept: NDArray[np.int64] | None = None
    plots_by_net: Mapping[str, Mapping[str, Any]] | None = None
    floor_ft: NDArray[np.float64] | None = None

    def __repr__(self) -> str:
        shown = sum(alert.shown for alert in self.alerts)
        tracks = f"{self.tracks.track_count:,} track{'s' * (self.tracks.track_count != 1)}"
        alerts = f"{len(self.alerts)} alert{'s' * (len(self.alerts) != 1)}"
        return f"<Run {self.name} at {self.site.name}: {tracks}, {len(self.tracks):,} plots, {alerts}, {shown} shown>"

    def plots_judged(self) -> Mapping[str, Mapping[str, Any]]:
        """Count for each net that ran the plots that it judged and, by reason, those that it did not.

        Returns
        -------
        mapping
            By net: "plots", "judged", and "excluded" and "not_assessable" by reason.
        """
        return counts.plots_by_net(self.conflicts) if self.plots_by_net is None else self.plots_by_net

    def conflicts_at(self, rows: NDArray[np.integer[Any]]) -> tuple[Conflicts, ...]:
        """What the nets found for some plots; plots of flights that are not kept are judged anew.

        Parameters
        ----------
        rows
            Row numbers of the plots in `tracks`, shape (n,).

        Returns
        -------
        tuple of Conflicts
            One table a net and group of areas, each with n rows.
        """
        if self.kept is None:
            return tuple(table.at(rows) for table in self.conflicts)
        place = np.minimum(np.searchsorted(self.kept, rows), max(len(self.kept) - 1, 0))
        if len(self.kept) and (self.kept[place] == rows).all():
            return tuple(table.at(place) for table in self.conflicts)
        flights = np.flatnonzero(np.isin(self.tracks.track, self.tracks.track[rows]))
        judged = judge(self.tracks.select(flights), self.site)
        return tuple(table.at(np.searchsorted(flights, rows)) for table in judged.conflicts)

    def floor_at(self, rows: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        """Floor below some plots, of the nets that have one.

        Parameters
        ----------
        rows
            Row numbers of the plots in `tracks`, shape (n,).

        Returns
        -------
        numpy.ndarray
            Altitude of the floor (ft on the QNH), shape (n,); NaN where none judged.
        """
        return floor_below_ft(self.conflicts_at(rows), len(rows)) if self.floor_ft is None else self.floor_ft[rows]


def floor_below_ft(conflicts: Sequence[Conflicts], plots: int) -> NDArray[np.float64]:
    """The floor (ft) that the nets with a floor held each plot against, NaN where none judged."""
    floor_ft = np.full(plots, np.nan)
    for table in conflicts:
        if table.net.has_floor:
            floor_ft = np.fmax(floor_ft, table.minimum_ft)
    return floor_ft
