"""The scores of one parameter set by net, group, area, fault or flight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.situations import Situations
from safetynets.evaluation.metrics import intervals
from safetynets.evaluation.metrics.matching import category_of_alerts, pairs
from safetynets.evaluation.metrics.scores import NUISANCE

By = Literal["net", "group", "area", "fault", "flight"]
NO_FAULT = "(none)"


def breakdown(
    judged: JudgedAlerts, situations: Situations, by: By, areas: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Break the scores of one parameter set down by net, group, area, fault or flight.

    Parameters
    ----------
    judged
        Its alerts; those shown count.
    situations
        What happened in the traffic.
    by
        "net", "group", "area", "fault" or "flight". By "group" and "area" there are alerts only, for a missed situation
        has none. An alert is about the fault of the situation that it belongs to.
    areas
        By "area": that of each alert, in the order of `judged`.

    Returns
    -------
    list of dict
        One a value of `by`, ascending: counts of alerts, nuisance alerts, necessary and missed situations, and shares
        (from 0 to 1) with their intervals.

    Raises
    ------
    ValueError
        By "area" without one area for each alert.

    Examples
    --------
    See `safetynets.evaluation.metrics.score.score`.
    """
    if by == "area" and (areas is None or len(areas) != len(judged)):
        raise ValueError("by area, one area for each alert is needed")
    found = pairs(judged.net, judged.track, judged.start_s, judged.end_s, situations)
    category = category_of_alerts(found, len(judged), situations)
    nuisance = np.isin(category, NUISANCE) & judged.shown
    counted = judged.shown & (category != Category.VOID)
    alerted = np.zeros(len(situations), dtype=np.bool_)
    alerted[found.situation[judged.shown[found.alert]]] = True
    necessary = situations.category == Category.NECESSARY
    alert_keys, situation_keys = _keys(judged, situations, by, areas, found.alert, found.situation)
    rows = []
    for key in sorted({*alert_keys[judged.shown].tolist(), *situation_keys[necessary].tolist()}):
        of_alert, of_situation = alert_keys == key, situation_keys == key
        row: dict[str, Any] = {by: key, "alerts": int((of_alert & judged.shown).sum())}
        row |= _share("nuisance", int((nuisance & of_alert).sum()), int((counted & of_alert).sum()))
        if by not in ("group", "area"):
            row["necessary"] = int((necessary & of_situation).sum())
            row |= _share("missed", int((necessary & of_situation & ~alerted).sum()), row["necessary"])
        rows.append(row)
    return rows


def _keys(
    judged: JudgedAlerts,
    situations: Situations,
    by: By,
    areas: Sequence[str] | None,
    alert: NDArray[np.intp],
    situation: NDArray[np.intp],
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """What each alert and each situation is counted under."""
    none = np.full(len(situations), "", dtype=np.str_)
    names = np.array([net.name for net in nets()])
    match by:
        case "net":
            return names[judged.net], names[situations.net]
        case "group":
            return judged.group.astype(np.str_), none
        case "area":
            return np.array(areas, dtype=np.str_), none
        case "flight":
            return judged.track.astype(np.str_), situations.track.astype(np.str_)
        case "fault":
            fault = np.where(situations.fault == "", NO_FAULT, situations.fault).astype(np.str_)
            of_alert = np.full(len(judged), NO_FAULT, dtype=np.result_type(fault.dtype, np.dtype(f"U{len(NO_FAULT)}")))
            put_in = fault[situation] != NO_FAULT
            of_alert[alert[put_in]] = fault[situation[put_in]]
            return of_alert, fault


def _share(name: str, count: int, of: int) -> dict[str, Any]:
    value, low, high = (float(each) for each in intervals.share(count, of))
    total = "nuisance_alerts" if name == "nuisance" else name
    return {total: count, f"{name}_share": value, f"{name}_share_low": low, f"{name}_share_high": high}
