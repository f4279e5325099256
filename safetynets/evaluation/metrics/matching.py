"""Which alert belongs to which situation: same flight, same risk, at the same time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import nets, risks
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.situations import Situations

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

UNTOUCHED = 0
"""Stands for the category of an alert that belongs to no situation."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Alerts and situations that belong together, as indices into both; sorted by alert, then situation."""

    alert: Indices
    situation: Indices


def pairs(net: NDArray[np.int8], track: NDArray[np.int32], start_s: Floats, end_s: Floats, known: Situations) -> Pairs:
    """All pairs of an alert and a situation of the same track and risk whose spans of time touch.

    An alert whose end is NaN still lasts.
    """
    key = _key(known.net, known.track)
    order = np.argsort(key, kind="stable")
    wanted = _key(net, track)
    first, last = (np.searchsorted(key[order], wanted, side=side) for side in ("left", "right"))
    counts = last - first
    alert = np.repeat(np.arange(len(wanted)), counts)
    offset = np.arange(len(alert)) - np.repeat(np.cumsum(counts) - counts, counts)
    situation = order[np.repeat(first, counts) + offset]
    ends_s = np.where(np.isnan(end_s), np.inf, end_s)
    touch = (start_s[alert] <= known.to_s[situation]) & (ends_s[alert] >= known.from_s[situation])
    return Pairs(alert[touch], situation[touch])


def category_of_alerts(found: Pairs, alert_count: int, known: Situations) -> NDArray[np.int8]:
    """The category of each alert: that of its situations which has most need of it, else `UNTOUCHED`.

    The order is necessary, desirable, void, unnecessary, undesirable: an alert about a corrupt track is not a nuisance.
    """
    rank = np.full(alert_count, len(_BY_NEED))
    np.minimum.at(rank, found.alert, _RANK[known.category[found.situation]])
    category: NDArray[np.int8] = np.append(_BY_NEED, np.int8(UNTOUCHED))[rank]
    return category


_BY_NEED = np.array(
    [Category.NECESSARY, Category.DESIRABLE, Category.VOID, Category.UNNECESSARY, Category.UNDESIRABLE], dtype=np.int8
)
_RANK = np.empty(len(_BY_NEED) + 1, dtype=np.int64)
_RANK[_BY_NEED] = np.arange(len(_BY_NEED))
"""Place of each category in `_BY_NEED`."""


def _key(net: NDArray[np.int8], track: NDArray[np.int32]) -> NDArray[np.int64]:
    return track.astype(np.int64) * len(nets()) + risks()[net]
