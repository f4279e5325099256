"""What a study keeps of a net and group: enough to judge every parameter set that shares its geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.arbitration import Spans
from safetynets.engine.follow import alerts_of_net
from safetynets.engine.net import Net
from safetynets.engine.study.plots import StudyPlots
from safetynets.sites.geometry import Site

Floats = NDArray[np.float64]

NO_SPANS = Spans(np.empty(0, dtype=np.int32), np.empty((0, 2)))
COLUMNS = ("track", "first_conflict_time_s", "start_time_s", "end_time_s", "time_to_violation_s")
"""Columns of an alert as a study has them (`safetynets.engine.study.kernels.follow`), by their names in `Alert`."""


class Kept(Protocol):
    """What is kept of the plots for one net and group; `spans` are those joined to an approach, if the net says so."""

    @property
    def count(self) -> int:
        """How many plots are kept."""

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
    count: int = 0
    bytes: int = 0
    spans: Spans = NO_SPANS

    def judge(self, sites: Sequence[Site]) -> list[Floats]:
        """The alerts at each of some settings, by track."""
        return [self._alerts(site) for site in sites]

    def _alerts(self, site: Site) -> Floats:
        columns = alerts_of_net(self.given.tracks, site, self.net, self.group)
        severe = (columns["severity"] == "warning").astype(np.float64)
        alerts = np.column_stack(
            [*(columns[name].astype(np.float64) for name in COLUMNS), severe, np.full(len(severe), -1.0)]
        )
        return alerts[np.argsort(columns["track"], kind="stable")]


def prepare_whole(given: StudyPlots, net: Net, group: str) -> WholeRuns:
    """For a net that does not say what to keep."""
    return WholeRuns(given, net, group)
