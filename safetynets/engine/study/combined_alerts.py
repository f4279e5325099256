"""The alerts of all nets combined as columns, with what arbitration shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.arbitration import Spans, rule_of, shown_from
from safetynets.engine.net import Net, numbers
from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.engine.study.kernels.follow import START_S
from safetynets.engine.study.kernels.sort_alerts import SOURCE, Columns, sort_alerts
from safetynets.sites.parameters import ArbitrationParameters

Floats = NDArray[np.float64]


def combine_alerts(
    found: Sequence[tuple[Net, str, Floats]], joined: Spans, parameters: ArbitrationParameters
) -> JudgedAlerts:
    """Alerts by net and group, in the order of start, net, track and group, with what is shown.

    The groups of one net come in their order. `joined` are the spans of time in which each track is joined to an
    approach.
    """
    for source, (_, _, of_source) in enumerate(found):
        of_source[:, SOURCE] = source
    alerts = np.concatenate([of_source for _, _, of_source in found])
    place = numbers()
    rank = np.array([place[net.name] for net, _, _ in found], dtype=np.int64)
    names = sorted({group for _, group, _ in found})
    group_of = np.array([names.index(group) for _, group, _ in found], dtype=np.int64)
    columns = sort_alerts(alerts, np.argsort(alerts[:, START_S]), rank)
    net, group = rank.astype(np.int8)[columns.source], group_of[columns.source]
    return _LazilyNamed(
        names,
        group.astype(np.int16),
        net=net,
        track=columns.track,
        first_conflict_s=columns.first_conflict_s,
        start_s=columns.start_s,
        end_s=columns.end_s,
        time_to_violation_s=columns.time_to_violation_s,
        severe=columns.severe,
        shown=_shown(np.array([one.name for one, _, _ in found])[columns.source], group, columns, joined, parameters),
    )


class _LazilyNamed(JudgedAlerts):
    """Alerts whose groups are written out when they are first used: names take more memory than all the rest."""

    _names: list[str]
    _number: NDArray[np.int16]

    def __init__(self, names: list[str], number: NDArray[np.int16], **columns: NDArray[Any]) -> None:
        vars(self).update(columns, _names=names, _number=number)

    @cached_property
    def group(self) -> NDArray[np.str_]:
        """The name of the group of areas of each alert."""
        return _words(self._names, self._number)


def _words(names: list[str], index: NDArray[np.int16]) -> NDArray[np.str_]:
    """The names at indices, as wide as the longest of those that occur."""
    if not len(index):
        return np.array([], dtype=np.str_)
    occurring = np.bincount(index, minlength=len(names)) > 0
    longest = max(len(name) for name, occurs in zip(names, occurring, strict=True) if occurs)
    return np.array([name[:longest] for name in names], dtype=f"<U{longest}")[index]


def _shown(
    name: NDArray[np.str_],
    group: NDArray[np.int64],
    alerts: Columns,
    joined: Spans,
    parameters: ArbitrationParameters,
) -> NDArray[np.bool_]:
    """Which alerts the controller sees at some moment (docs/nets.md, arbitration)."""
    order = np.lexsort((group, name, alerts.start_s))
    times = alerts.start_s[order], alerts.end_s[order]
    shown_s, _ = shown_from(rule_of(parameters), name[order], alerts.track[order], *times, joined)
    shown = np.empty(len(order), dtype=np.bool_)
    shown[order] = np.isfinite(shown_s)
    return shown
