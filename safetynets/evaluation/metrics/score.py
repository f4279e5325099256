"""Score the alerts of parameter sets against what happened: many sets at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.situations import Situations
from safetynets.evaluation.metrics.matching import Pairs, category_of_alerts, pairs
from safetynets.evaluation.metrics.needed import BUDGET_S
from safetynets.evaluation.metrics.scores import Scores
from safetynets.evaluation.metrics.traffic_amount import TrafficAmount

Floats = NDArray[np.float64]


def score(
    judged: JudgedAlerts, situations: Situations, traffic: TrafficAmount, needed_s: float | Sequence[float] = BUDGET_S
) -> Scores:
    """Score the alerts of one parameter set on one day against what happened.

    An alert belongs to a situation when it is about the same flight and risk and is active within its span
    (docs/metrics.md). Only alerts that the controller was shown count.

    Parameters
    ----------
    judged
        The alerts.
    situations
        What happened in the traffic.
    traffic
        How much traffic there was.
    needed_s
        The warning time needed (s): one for all nets, or one for each in their order; by default the stated budget.

    Returns
    -------
    Scores
        Counts and times; `Scores.row` has the shares.

    Examples
    --------
    >>> from safetynets.evaluation.metrics import breakdown, overlap_between_nets
    >>> at_s = np.array([100.0])
    >>> judged = JudgedAlerts(
    ...     net=np.array([0], dtype=np.int8), group=np.array(["msaw"]), track=np.array([0], dtype=np.int32),
    ...     first_conflict_s=at_s, start_s=at_s, end_s=at_s + 20.0, time_to_violation_s=np.array([15.0]),
    ...     severe=np.array([True]), shown=np.array([True]),
    ... )
    >>> row = {"net": 0, "track": 0, "from_s": 90.0, "to_s": 150.0, "category": Category.NECESSARY, "event_s": 130.0}
    >>> situations = Situations.from_rows([row])
    >>> scores = score(judged, situations, TrafficAmount(1, 1.0))
    >>> scores.row()["missed_share"], scores.warning_time_s.tolist()
    (0.0, [30.0])
    >>> len(score_many([judged, judged], situations, TrafficAmount(1, 1.0)))
    2
    >>> breakdown(judged, situations, "net")[0]["alerts"], overlap_between_nets(judged).alerts[:3].tolist()
    (1, [1, 0, 0])
    >>> Scores.of_days([scores, scores]).row()["alerts"]
    2
    """
    return score_many([judged], situations, traffic, needed_s)[0]


def score_many(
    judged: Sequence[JudgedAlerts],
    situations: Situations,
    traffic: TrafficAmount,
    needed_s: float | Sequence[float] = BUDGET_S,
) -> list[Scores]:
    """Score the alerts of many parameter sets on the same day, each equal to `score` of it alone.

    Parameters
    ----------
    judged
        The alerts of each set.
    situations, traffic, needed_s
        As for `score`.

    Returns
    -------
    list of Scores
        In the order of the sets.

    Examples
    --------
    See `score`.
    """
    set_count, situation_count = len(judged), len(situations)
    if not set_count:
        return []
    needed_of_nets = np.full(len(nets()), needed_s, dtype=np.float64)
    shown = [np.flatnonzero(one.shown) for one in judged]
    of_set = np.repeat(np.arange(set_count), [len(rows) for rows in shown])
    net, track, start_s, end_s = (
        np.concatenate([getattr(one, name)[rows] for one, rows in zip(judged, shown, strict=True)])
        for name in ("net", "track", "start_s", "end_s")
    )
    found = pairs(net, track, start_s, end_s, situations)
    category = category_of_alerts(found, len(net), situations)
    by_category = _counted((set_count, len(nets()), len(Category) + 1), of_set, net, category)
    hidden = np.stack([np.bincount(one.net[~one.shown], minlength=len(nets())) for one in judged])
    first_s = _first_alert_s(found, of_set, start_s, set_count, situation_count)
    alerted = np.isfinite(first_s)
    kinds = (len(nets()), len(Category) + 1)
    of_kind = _counted(kinds, situations.net, situations.category)
    sets, rows = np.nonzero(alerted)
    alerted_of_kind = _counted((set_count, *kinds), sets, situations.net[rows], situations.category[rows])
    warns = (situations.category == Category.NECESSARY) & np.isfinite(situations.event_s)
    sets, rows = np.nonzero(alerted & warns)
    warning_s = situations.event_s[rows] - first_s[sets, rows]
    allowed_s = (situations.event_s - situations.known_s)[rows]
    ended = np.flatnonzero(np.isfinite(end_s))
    warned = np.cumsum(np.bincount(sets, minlength=set_count))[:-1]
    lasted = np.cumsum(np.bincount(of_set[ended], minlength=set_count))[:-1]
    columns = zip(
        by_category,
        hidden,
        alerted_of_kind,
        np.split(situations.net[rows], warned),
        np.split(warning_s, warned),
        np.split(allowed_s, warned),
        np.split(net[ended], lasted),
        np.split((end_s - start_s)[ended], lasted),
        strict=True,
    )
    return [
        Scores(
            traffic=traffic,
            alerts_by_category=of_alerts,
            hidden=not_shown,
            situations=of_kind,
            alerted=of_alerted,
            warning_net=warning_net,
            warning_time_s=warning_time_s,
            allowed_s=allowed,
            duration_net=duration_net,
            duration_s=duration_s,
            needed_s=needed_of_nets,
        )
        for of_alerts, not_shown, of_alerted, warning_net, warning_time_s, allowed, duration_net, duration_s in columns
    ]


def _first_alert_s(
    found: Pairs, of_set: NDArray[np.intp], start_s: Floats, set_count: int, situation_count: int
) -> Floats:
    """The start of the first alert of each (set, situation); inf where there is none."""
    first_s = np.full(set_count * situation_count, np.inf)
    np.minimum.at(first_s, of_set[found.alert] * situation_count + found.situation, start_s[found.alert])
    return first_s.reshape(set_count, situation_count)


def _counted(shape: tuple[int, ...], *indices: NDArray[np.integer]) -> NDArray[np.int64]:
    flat = np.ravel_multi_index([np.asarray(index, dtype=np.intp) for index in indices], shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape).astype(np.int64)
