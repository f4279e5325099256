"""What a study keeps of a net and group: enough to judge every parameter set that shares its geometry."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.arbitration import Spans
from safetynets.engine.follow import alerts_of_net
from safetynets.engine.net import Net
from safetynets.engine.pairs import Near, PairRows, PairTable
from safetynets.engine.study.plots import StudyPlots
from safetynets.sites.geometry import Site

Floats = NDArray[np.float64]

NO_SPANS = Spans(np.empty(0, dtype=np.int32), np.empty((0, 2)))
COLUMNS = ("track", "first_conflict_time_s", "start_time_s", "end_time_s", "time_to_violation_s")
"""Columns of an alert as a study has them (`safetynets.engine.study.kernels.follow`), by their names in `Alert`."""


class KeptGeometry(Protocol):
    """What is kept of the plots for one net and group; `spans` are those joined to an approach, if the net says so."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the plots that are kept."""

    @property
    def bytes(self) -> int:
        """The bytes that are kept."""

    @property
    def spans(self) -> Spans:
        """The spans of time in which tracks are joined to an approach."""

    def judge(self, sites: Sequence[Site]) -> list[Floats]:
        """The alerts at each of some settings, by track."""


@dataclass(frozen=True, eq=False)
class WholeRuns:
    """Nothing is kept of a net that does not say how: each set is judged from the tracks."""

    given: StudyPlots
    net: Net
    group: str
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    bytes: int = 0
    spans: Spans = NO_SPANS

    def judge(self, sites: Sequence[Site]) -> list[Floats]:
        """The alerts at each of some settings, by track."""
        return [self._alerts(site) for site in sites]

    def _alerts(self, site: Site, found: PairRows | None = None) -> Floats:
        columns = alerts_of_net(self.given.tracks, site, self.net, self.group, found)
        severe = (columns["severity"] == "warning").astype(np.float64)
        alerts = np.column_stack(
            [*(columns[name].astype(np.float64) for name in COLUMNS), severe, np.full(len(severe), -1.0)]
        )
        return alerts[np.argsort(columns["track"], kind="stable")]


MOST_JOINS = 2
"""As many spatial joins are kept at once; the one longest unused makes room."""


@dataclass(frozen=True, eq=False)
class WholePairs(WholeRuns):
    """Of a net about pairs the plots of pairs are kept: sets that ask for pairs as near share one spatial join."""

    joins: OrderedDict[Near, PairRows] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def judge(self, sites: Sequence[Site]) -> list[Floats]:
        """The alerts at each of some settings, by track."""
        return [self._alerts(site, self._join(site)) for site in sites]

    def _join(self, site: Site) -> PairRows:
        assert self.net.near is not None
        near = self.net.near(site)
        with self.lock:
            if near not in self.joins:
                self.joins[near] = PairTable(near).rows(self.given.tracks)
                if len(self.joins) > MOST_JOINS:
                    self.joins.popitem(last=False)
            self.joins.move_to_end(near)
            return self.joins[near]


def prepare_whole(given: StudyPlots, net: Net, group: str) -> WholeRuns:
    """For a net that does not say what to keep."""
    return WholeRuns(given, net, group) if net.near is None else WholePairs(given, net, group)
