"""`Run`: everything that came out of replaying tracks through the nets of a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from safetynets.tracks.columns import release_memory
from safetynets.tracks.portions import PORTION_PLOTS


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
        One table per net and group of areas, each with one row a plot; with no row where flights are `judged_anew`.
    alerts
        Every episode, in order of start time.
    deliveries
        For each alert the desk it is delivered to; None in a site without desks.
    words, proposed_words
        For each alert the ICAO call, and, for an alert of the APM, the proposed one (else None).
    manifest
        Version, seed, parameters with their sources, hashes of the inputs and counts; JSON-ready.
    judged_anew
        Whether what the nets found of a flight is not kept and found anew when it is asked for (`conflicts_at`): of a
        large recording it would take several times the memory of the tracks.
    plots_by_net, floor_ft
        Where flights are judged anew: what `counts.plots_by_net` counts, and the floor below each plot (NaN: none).

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
    judged_anew: bool = False
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
        """What the nets found for some plots; where verdicts are not kept, their flights are judged anew.

        Parameters
        ----------
        rows
            Row numbers of the plots in `tracks`, shape (n,).

        Returns
        -------
        tuple of Conflicts
            One table a net and group of areas, each with n rows.
        """
        if not self.judged_anew:
            return tuple(table.at(rows) for table in self.conflicts)
        flights = self._rows_of(np.unique(self.tracks.track[rows]))
        judged = judge(self.tracks.select(flights), self.site)
        return tuple(table.at(np.searchsorted(flights, rows)) for table in judged.conflicts)

    def conflicts_of(
        self, flights: Iterable[int], plots: int = PORTION_PLOTS
    ) -> Iterator[tuple[NDArray[np.int64], tuple[Conflicts, ...]]]:
        """What the nets found for whole flights, a portion of the plots at a time.

        Parameters
        ----------
        flights
            Track numbers in ascending order.
        plots
            About how many plots make a portion.

        Yields
        ------
        tuple of (numpy.ndarray, tuple of Conflicts)
            Row numbers of the plots in `tracks`, shape (n,), and one table of n rows a net and group of areas.

        Examples
        --------
        >>> from safetynets.runs import run_scenario
        >>> run = run_scenario("geneva-early-descent")
        >>> [(len(rows), [len(table) for table in found]) for rows, found in run.conflicts_of([0])]
        [(102, [102, 102])]
        """
        some: list[int] = []
        count = 0
        for flight in flights:
            rows = self.tracks.rows_of(flight)
            some.append(flight)
            count += rows.stop - rows.start
            if count >= plots:
                yield self._found_of(some)
                some, count = [], 0
        if some:
            yield self._found_of(some)

    def _found_of(self, flights: Sequence[int]) -> tuple[NDArray[np.int64], tuple[Conflicts, ...]]:
        rows = self._rows_of(flights)
        found = self.conflicts_at(rows)
        self.release_memory()
        return rows, found

    def _rows_of(self, flights: Iterable[int]) -> NDArray[np.int64]:
        parts = [self.tracks.rows_of(flight) for flight in flights]
        return np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(part.start, part.stop) for part in parts)])

    def release_memory(self) -> None:
        """Release the memory of the plots read of a long recording; they are read again when needed.

        Examples
        --------
        >>> from safetynets.runs import run_scenario
        >>> run_scenario("geneva-early-descent").release_memory()  # nothing to release: 102 plots
        """
        self.tracks.release_memory()
        release_memory(self.altitude_ft, self.approach, *([] if self.floor_ft is None else [self.floor_ft]))

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
