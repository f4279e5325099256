"""The passes of a flight over final approaches: where its distance flown reaches the threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safetynets.reports.replay.drawn_plots import Floats, Rows
from safetynets.reports.site_shapes import approach_name
from safetynets.runs.run import Run
from safetynets.sites.approach_path import along_and_across

_SAME_NM = 1.0
"""Stretches on one approach whose thresholds are so near in distance flown are one pass, left and joined again."""


@dataclass(frozen=True)
class Pass:
    """A pass: the time of its last joined plot (s), the distance flown at the threshold (NM), the approach."""

    until_s: float
    threshold_nm: float
    approach: str


def passes(run: Run, rows: Rows, flown_nm: Floats) -> dict[int, list[Pass]]:
    """For each track that was joined to an approach its passes in order of time.

    `flown_nm` is the distance flown at the plots `rows`. Beyond the last joined plot the flight is taken to fly on
    straight to the threshold.
    """
    track, joined = run.tracks.track[rows], run.approach[rows]
    ends = np.ones(len(rows), dtype=bool)
    ends[:-1] = (joined[1:] != joined[:-1]) | (track[1:] != track[:-1])
    found: dict[int, list[Pass]] = {}
    last = np.flatnonzero(ends & (joined >= 0))
    x_m, y_m, time_s = (_at(run, name, rows[last]) for name in ("x_m", "y_m", "time_s"))
    for at, *here, until_s in zip(last.tolist(), x_m, y_m, time_s, strict=True):
        approach = run.site.approaches[int(joined[at])]
        distance_nm, _ = along_and_across(approach, *here)
        new = Pass(until_s, float(flown_nm[at]) + distance_nm, approach_name(approach))
        before = found.setdefault(int(track[at]), [])
        if before and before[-1].approach == new.approach and new.threshold_nm - before[-1].threshold_nm < _SAME_NM:
            before.pop()
        before.append(new)
    return found


def _at(run: Run, name: str, rows: Rows) -> list[float]:
    values: list[float] = getattr(run.tracks, name)[rows].tolist()
    run.release_memory()
    return values
