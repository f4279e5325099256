"""The alerts of all nets put together as columns, with what arbitration shows of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safetynets.evaluation.judged import JudgedAlerts
from safetynets.evaluation.judging.approaches import Spans
from safetynets.evaluation.judging.kernels.arbitrate import by_set, shown_off_the_approach, shown_one_at_a_time
from safetynets.evaluation.judging.kernels.follow import (
    END_S,
    FIRST_CONFLICT_S,
    SEVERE,
    START_S,
    TIME_TO_VIOLATION_S,
    TRACK,
)
from safetynets.nets.conflicts import Net
from safetynets.sites.parameters import ArbitrationParameters

Floats = NDArray[np.float64]

NETS_BY_NAME = {net: rank for rank, net in enumerate(sorted(Net, key=lambda net: net.name))}
"""Arbitration takes alerts that start at once in the order of the names of their nets."""


def put_together(
    found: Sequence[tuple[Net, str, Floats]], joined: Spans, parameters: Sequence[ArbitrationParameters]
) -> list[JudgedAlerts]:
    """The alerts of each set from those of all sets by net and group, with what arbitration shows of them.

    `joined` are the spans of time in which each track is joined to an approach.
    """
    apart = [(net, group, *by_set(alerts, len(parameters))) for net, group, alerts in found]
    return [
        _of_one_set([(net, group, rows[first[s] : first[s + 1]]) for net, group, rows, first in apart], joined, one)
        for s, one in enumerate(parameters)
    ]


def _of_one_set(
    found: Sequence[tuple[Net, str, Floats]], joined: Spans, parameters: ArbitrationParameters
) -> JudgedAlerts:
    """The alerts of one set, in the order of start, net, track and group, with what is shown."""
    counts = [len(alerts) for _, _, alerts in found]
    names = sorted({group for _, group, _ in found})
    net = np.repeat(np.array([net for net, _, _ in found], dtype=np.int8), counts)
    group = np.repeat(np.array([names.index(group) for _, group, _ in found], dtype=np.int64), counts)
    alerts = np.concatenate([rows for _, _, rows in found])
    # Within a net and group they come by track: only several groups of one net are to be mixed.
    by_track = np.arange(len(net)) if len(found) <= len(Net) else np.lexsort((group, alerts[:, TRACK], net))
    order = by_track[np.argsort(alerts[by_track, START_S], kind="stable")]
    net, group, alerts = net[order], group[order], alerts[order]
    track, start_s, end_s = alerts[:, TRACK].astype(np.int32), alerts[:, START_S].copy(), alerts[:, END_S].copy()
    return JudgedAlerts(
        net=net,
        group=_words(names, group),
        track=track,
        first_conflict_s=alerts[:, FIRST_CONFLICT_S].copy(),
        start_s=start_s,
        end_s=end_s,
        time_to_violation_s=alerts[:, TIME_TO_VIOLATION_S].copy(),
        severe=alerts[:, SEVERE] != 0.0,
        shown=_shown(net, group, track, start_s, end_s, joined, parameters),
    )


def _words(names: list[str], index: NDArray[np.int64]) -> NDArray[np.str_]:
    """The names at indices, as wide as the longest of those that occur."""
    if not len(index):
        return np.array([], dtype=np.str_)
    occurring = np.bincount(index, minlength=len(names)) > 0
    longest = max(len(name) for name, occurs in zip(names, occurring, strict=True) if occurs)
    return np.array([name[:longest] for name in names], dtype=f"<U{longest}")[index]


def _shown(
    net: NDArray[np.int8],
    group: NDArray[np.int64],
    track: NDArray[np.int32],
    start_s: Floats,
    end_s: Floats,
    joined: Spans,
    parameters: ArbitrationParameters,
) -> NDArray[np.bool_]:
    """Which alerts the controller sees at some moment (docs/nets.md, arbitration)."""
    shown = np.ones(len(net), dtype=np.bool_)
    if parameters.rule == "apm_speaks_on_final":
        among = np.flatnonzero(net == Net.MSAW)
        first_span, span_s = joined
        off = np.empty(len(among), dtype=np.bool_)
        shown_off_the_approach(track[among], start_s[among], end_s[among], first_span, span_s, off)
        shown[among] = off
    elif parameters.rule == "one_alert_called_msaw":
        by_name = np.array([NETS_BY_NAME[one] for one in Net], dtype=np.int64)[net]
        order = np.lexsort((group, by_name, start_s, track))
        order = order[net[order] != Net.APW]
        shown_one_at_a_time(order, track, start_s, end_s, shown)
    return shown
