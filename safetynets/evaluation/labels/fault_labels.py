"""Labels from added faults: a flight with a fault called for an alert, whatever the outcome."""

from __future__ import annotations

from typing import Any

import numpy as np

from safetynets.engine.net import Net, guarding, nets
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.rules import LabelRules
from safetynets.evaluation.labels.truth import Truth
from safetynets.tracks import Tracks

Row = dict[str, Any]

PUT_IN = "put in"
INTO_AIRSPACE = frozenset({"into_volume"})
NOT_ON_FINAL = frozenset({"vectored_below_minimum", "wrong_step", "through_cleared_level", "turn_towards_terrain"})
"""Faults that bring a flight into airspace, and near the ground before the final approach; all others are on final."""


def _net_of(fault: str) -> Net:
    """Whose business a fault is from which nothing came."""
    return guarding("airspace") if fault in INTO_AIRSPACE else guarding("ground", on_final=fault not in NOT_ON_FINAL)


def with_faults(rows: list[Row], tracks: Tracks, truth: Truth, rules: LabelRules) -> list[Row]:
    """The rows with the faults named, and a row for each great fault of which no serious situation came.

    A situation of a flight that a fault moved begins with the fault: an alert is right from then on. A fault is great
    when it brings the flight down, or moves it sideways, by as much as the rules say.
    """
    after = [row for row in rows if truth.fault[row["track"]] and row["ends_s"] >= truth.start_s[row["track"]]]
    for row in after:
        row["fault"] = str(truth.fault[row["track"]])
    more = []
    for track in np.flatnonzero(truth.fault != "").tolist():
        of_plots = tracks.rows_of(track)
        if of_plots.start == of_plots.stop or not _great(track, truth, rules):
            continue
        net = _net_of(str(truth.fault[track]))
        serious = [
            row
            for row in after
            if row["track"] == track and row["category"] <= Category.DESIRABLE and nets()[row["net"]].risk == net.risk
        ]
        start_s = float(truth.start_s[track])
        if serious:
            earliest = min(serious, key=lambda row: (row["from_s"], row["net"]))
            earliest["from_s"] = min(earliest["from_s"], start_s)
        else:
            more.append(
                {
                    "net": nets().index(net),
                    "track": track,
                    "from_s": start_s,
                    "to_s": float(tracks.time_s[of_plots.stop - 1]),
                    "category": int(Category.DESIRABLE),
                    "resolved": True,
                    "fault": str(truth.fault[track]),
                    "source": PUT_IN,
                }
            )
    return [*rows, *more]


def _great(track: int, truth: Truth, rules: LabelRules) -> bool:
    return bool(truth.up_ft[track] <= -rules.put_in_below_ft or abs(truth.right_m[track]) >= rules.put_in_beside_m)
