"""The two tables of a study: a row a parameter set, and a row a parameter set and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from safetynets.engine.net import Net, nets
from safetynets.evaluation.labels import Category
from safetynets.evaluation.metrics import intervals
from safetynets.evaluation.metrics.scores import NUISANCE
from safetynets.evaluation.study.parts import DayScores, Part, combined


def tables(
    parts: Sequence[Part], sets: Sequence[Mapping[str, Any]], told: Sequence[Net]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The results of sets by all their days together, and by each day; both in the order of the sets.

    The nets `told` have columns of their own.
    """
    rows: list[dict[str, Any]] = []
    of_days: list[pd.DataFrame] = []
    for days, together in combined(parts):
        first = len(rows)
        rows.extend(
            {"set": first + place, **sets[first + place], **one.row(told)} for place, one in enumerate(together)
        )
        of_days.extend(_of_day(day, first, sets, told) for day in days)
    by_day = pd.concat(of_days, ignore_index=True).sort_values(["set", "order"], kind="stable")
    return pd.DataFrame(rows), by_day.drop(columns="order").reset_index(drop=True)


def _of_day(day: DayScores, first: int, sets: Sequence[Mapping[str, Any]], told: Sequence[Net]) -> pd.DataFrame:
    """One day of a group of sets: counts and shares, with the intervals of those."""
    counts = {
        name: np.stack([getattr(one, name) for one in day.scores])
        for name in ("alerts_by_category", "situations", "alerted")
    }
    count = len(day.scores)
    columns: dict[str, Any] = {
        "set": np.arange(first, first + count),
        **{key: [one[key] for one in sets[first : first + count]] for key in sets[first]},
        "day": day.facts["day"],
        "order": day.facts["number"],
        "fault_size": np.nan if day.facts["fault_size"] is None else float(day.facts["fault_size"]),
        "flights": day.facts["flights"],
        "faulty": day.faulty,
        "faulty_alerted": day.faulty_alerted,
        **_shares("detected", day.faulty_alerted, np.full(count, day.faulty)),
        "others_alerted": day.others_alerted,
        **_shares("others_alerted", day.others_alerted, np.full(count, day.facts["flights"] - day.faulty)),
    }
    prefixes = [("", list(range(len(nets()))))]
    prefixes += [(f"{net.key}_", [nets().index(net)]) for net in told]
    for prefix, chosen in prefixes:
        columns |= _of_nets(prefix, *(values[:, chosen].sum(axis=1) for values in counts.values()))
    return pd.DataFrame(columns)


def _of_nets(
    prefix: str, by_category: NDArray[np.int64], situations: NDArray[np.int64], alerted: NDArray[np.int64]
) -> dict[str, Any]:
    alerts, nuisance = by_category.sum(axis=1), by_category[:, list(NUISANCE)].sum(axis=1)
    necessary = situations[:, Category.NECESSARY]
    missed = necessary - alerted[:, Category.NECESSARY]
    desirable = situations[:, Category.DESIRABLE]
    desirable_missed = desirable - alerted[:, Category.DESIRABLE]
    columns = {
        "alerts": alerts,
        "nuisance_alerts": nuisance,
        **_shares("nuisance", nuisance, alerts - by_category[:, Category.VOID]),
        "necessary": necessary,
        "missed": missed,
        **_shares("missed", missed, necessary),
        "desirable": desirable,
        "desirable_missed": desirable_missed,
        **_shares("desirable_missed", desirable_missed, desirable),
    }
    return {prefix + name: values for name, values in columns.items()}


def _shares(name: str, count: NDArray[np.int64], of: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    named = (f"{name}_share", f"{name}_share_low", f"{name}_share_high")
    return dict(zip(named, intervals.share(count, of), strict=True))


def rows_of(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Only the rows of scores, without the values of the sets: what a search goes by."""
    return [one.row() for _, together in combined(parts) for one in together]
