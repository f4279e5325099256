"""The alerts of all nets put together as columns, with what arbitration shows of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safetynets.evaluation.judged import JudgedAlerts
from safetynets.evaluation.judging.approaches import Spans
from safetynets.evaluation.judging.kernels.follow import Alerts, shown_off_the_approach, shown_one_at_a_time
from safetynets.nets.conflicts import Net
from safetynets.sites.parameters import ArbitrationParameters

NETS_BY_NAME = {net: rank for rank, net in enumerate(sorted(Net, key=lambda net: net.name))}
"""Arbitration takes alerts that start at once in the order of the names of their nets."""


def put_together(
    found: Sequence[tuple[Net, str, Alerts]], joined: Spans, parameters: ArbitrationParameters
) -> JudgedAlerts:
    """Alerts by net and group, in the order of start, net, track and group, with what is shown.

    `joined` are the spans of time in which each track is joined to an approach.
    """
    counts = [len(alerts.track) for _, _, alerts in found]
    names = sorted({group for _, group, _ in found})
    net = np.repeat(np.array([net for net, _, _ in found], dtype=np.int8), counts)
    group = np.repeat(np.array([names.index(group) for _, group, _ in found], dtype=np.int64), counts)
    each = [alerts for _, _, alerts in found]
    start_s, track = (np.concatenate([getattr(one, name) for one in each]) for name in ("start_s", "track"))
    # Within a net and group they come by track: only several groups of one net are to be mixed.
    by_track = np.arange(len(track)) if len(found) <= len(Net) else np.lexsort((group, track, net))
    order = by_track[np.argsort(start_s[by_track], kind="stable")]
    net, group = net[order], group[order]
    alerts = Alerts(
        track=track[order],
        first_conflict_s=np.concatenate([one.first_conflict_s for one in each])[order],
        start_s=start_s[order],
        end_s=np.concatenate([one.end_s for one in each])[order],
        time_to_violation_s=np.concatenate([one.time_to_violation_s for one in each])[order],
        severe=np.concatenate([one.severe for one in each])[order],
    )
    return JudgedAlerts(
        net=net,
        group=_words(names, group),
        track=alerts.track,
        first_conflict_s=alerts.first_conflict_s,
        start_s=alerts.start_s,
        end_s=alerts.end_s,
        time_to_violation_s=alerts.time_to_violation_s,
        severe=alerts.severe,
        shown=_shown(net, group, alerts, joined, parameters),
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
    alerts: Alerts,
    joined: Spans,
    parameters: ArbitrationParameters,
) -> NDArray[np.bool_]:
    """Which alerts the controller sees at some moment (docs/nets.md, arbitration)."""
    shown = np.ones(len(net), dtype=np.bool_)
    if parameters.rule == "apm_speaks_on_final":
        among = np.flatnonzero(net == Net.MSAW)
        first_span, span_s = joined
        off = np.empty(len(among), dtype=np.bool_)
        shown_off_the_approach(alerts.track[among], alerts.start_s[among], alerts.end_s[among], first_span, span_s, off)
        shown[among] = off
    elif parameters.rule == "one_alert_called_msaw":
        by_name = np.array([NETS_BY_NAME[one] for one in Net], dtype=np.int64)[net]
        order = np.lexsort((group, by_name, alerts.start_s, alerts.track))
        order = order[net[order] != Net.APW]
        shown_one_at_a_time(order, alerts.track, alerts.start_s, alerts.end_s, shown)
    return shown
