"""The one door from the public interface to the nets: what judges, follows and explains stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.alerts import to_pandas as table_of_alerts
from safetynets.engine.explain import explain as explain_plot
from safetynets.engine.explanation_step import Step
from safetynets.engine.follow import alerts_of
from safetynets.engine.net import nets
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.parameter_sets import SWITCH, address_of, field_at, present_at, site_with
from safetynets.evaluation.ranges import Range, range_of
from safetynets.sites.geometry import Site
from safetynets.sites.pressure import qnh_at, region_at
from safetynets.tracks import Tracks

__all__ = [
    "Alert",
    "Step",
    "alerts_of",
    "explain_plot",
    "judge_sets",
    "net_names",
    "plots_without_qnh",
    "table_of_alerts",
    "without_qnh_words",
]


def net_names() -> tuple[str, ...]:
    """The names of the nets, in their order."""
    return tuple(net.name for net in nets())


def judge_sets(tracks: Tracks, site: Site, sets: Sequence[Mapping[str, Any]]) -> list[dict[str, NDArray[Any]]]:
    """For each parameter set its alerts as columns: each is judged as a full run with it would be.

    Raises
    ------
    StudyError
        For a key that names nothing, and values that the site would refuse.
    """
    sets = [{key: _as_tuple(value) for key, value in values.items()} for values in sets]
    for values in sets:
        site_with(site, values)
    keys = list(dict.fromkeys(key for values in sets for key in values))
    prepared = prepare(tracks, site, {key: _range(site, key, sets) for key in keys})
    return [
        {
            "net": np.array([nets()[number].name for number in judged.net.tolist()], dtype=object),
            "group": judged.group.astype(object),
            "track": judged.track,
            "first_conflict_time_s": judged.first_conflict_s,
            "start_time_s": judged.start_s,
            "end_time_s": judged.end_s,
            "time_to_violation_s": judged.time_to_violation_s,
            "severity": np.where(judged.severe, "warning", "caution").astype(object),
            "shown": judged.shown,
        }
        for judged in prepared.judge_many(sets)
    ]


def _range(site: Site, key: str, sets: Sequence[Mapping[str, Any]]) -> Range:
    """The range of one parameter that holds the values of all sets, and that of the site."""
    address = address_of(key, site)
    values = [values[key] for values in sets if key in values]
    if address.key != SWITCH:
        values += present_at(site, address)
    if field_at(address).annotation in (int, float):
        return range_of(site, key, low=min(values), high=max(values))
    return range_of(site, key, choices=list(dict.fromkeys(values)))


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def plots_without_qnh(tracks: Tracks, site: Site) -> int:
    """How many plots of tracks on the plane of the site are where and when no QNH is known."""
    region = region_at(site, tracks.x_m, tracks.y_m)
    return int(np.isnan(qnh_at(site, region, tracks.time_s)).sum())


def without_qnh_words(tracks: Tracks, site: Site) -> str:
    """What to say of plots without QNH; empty where there are none."""
    without = plots_without_qnh(tracks, site)
    if not without:
        return ""
    return (
        f"{without:,} of {len(tracks):,} plots could not be judged because no QNH is known there and then: give "
        "qnh_hpa; no alert does not mean no danger"
    )


def data_frame(columns: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """Columns of one length as a data frame."""
    return pd.DataFrame(dict(columns))
