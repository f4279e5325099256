"""How often two nets speak about the same flight at about the same time, and which of them first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import JudgedAlerts

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

SPAN_S = 30.0
"""Two alerts of one flight that are nearer in time than this overlap (simulator default)."""


@dataclass(frozen=True, eq=False)
class Overlap:
    """How often two nets speak about the same flight; all indices are nets, rows the one asked about.

    Attributes
    ----------
    alerts
        Alerts of each net, shown or not, shape (nets,).
    with_other
        [i, j]: how many alerts of net i have one of net j about the same flight within the span.
    first
        [i, j]: how many of these began before every such alert of net j.
    lead_p50_s
        [i, j]: the median time (s) from the earliest such alert of net j to the alert of net i (positive: j was
        earlier); NaN where there is none.
    """

    alerts: Counts
    with_other: Counts
    first: Counts
    lead_p50_s: Floats


def overlap_between_nets(judged: JudgedAlerts, span_s: float = SPAN_S) -> Overlap:
    """How often two nets speak about the same flight at about the same time, and which of them first.

    Parameters
    ----------
    judged
        The alerts of one parameter set; also those not shown count, for arbitration hides the overlap.
    span_s
        Two alerts overlap when no more than this (s) passes from the end of the one to the start of the other
        (simulator default).

    Returns
    -------
    Overlap
        Counts and times by pair of nets.

    Examples
    --------
    See `safetynets.evaluation.metrics.score.score`.
    """
    count = len(nets())
    end_s = np.where(np.isnan(judged.end_s), np.inf, judged.end_s)
    one, other = _of_same_track(judged.track)
    near = (judged.start_s[one] <= end_s[other] + span_s) & (judged.start_s[other] <= end_s[one] + span_s)
    near &= judged.net[one] != judged.net[other]
    one, other = one[near], other[near]
    earliest_s = np.full((len(judged), count), np.inf)
    np.minimum.at(earliest_s, (one, judged.net[other]), judged.start_s[other])
    met = np.isfinite(earliest_s)
    lead_s = judged.start_s[:, np.newaxis] - earliest_s
    with_other, first = np.zeros((count, count), dtype=np.int64), np.zeros((count, count), dtype=np.int64)
    lead_p50_s = np.full((count, count), np.nan)
    for i in range(count):
        for j in range(count):
            rows = met[:, j] & (judged.net == i)
            with_other[i, j], first[i, j] = rows.sum(), (lead_s[rows, j] < 0.0).sum()
            if rows.any():
                lead_p50_s[i, j] = np.median(lead_s[rows, j])
    return Overlap(np.bincount(judged.net, minlength=count).astype(np.int64), with_other, first, lead_p50_s)


def _of_same_track(track: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All ordered pairs of rows of one track."""
    order = np.argsort(track, kind="stable")
    first, last = (np.searchsorted(track[order], track, side=side) for side in ("left", "right"))
    counts = last - first
    one = np.repeat(np.arange(len(track)), counts)
    offset = np.arange(len(one)) - np.repeat(np.cumsum(counts) - counts, counts)
    return one, order[np.repeat(first, counts) + offset]
