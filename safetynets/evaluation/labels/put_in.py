"""Labels from what was put in: a flight with a fault called for an alert, whatever came of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from safetynets.engine.conflicts import Net
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.rules import LabelRules
from safetynets.evaluation.labels.truth import Truth
from safetynets.tracks import Tracks

Row = dict[str, Any]

PUT_IN = "put in"
NET_OF_FAULT = {
    "into_volume": Net.APW,
    "vectored_below_minimum": Net.MSAW,
    "wrong_step": Net.MSAW,
    "through_cleared_level": Net.MSAW,
    "turn_towards_terrain": Net.MSAW,
}
"""Whose business a fault is from which nothing came; all others are the approach path monitor's."""


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
        net = NET_OF_FAULT.get(str(truth.fault[track]), Net.APM)
        serious = [
            row
            for row in after
            if row["track"] == track
            and row["category"] <= Category.DESIRABLE
            and (row["net"] == Net.APW) == (net == Net.APW)
        ]
        start_s = float(truth.start_s[track])
        if serious:
            earliest = min(serious, key=lambda row: (row["from_s"], row["net"]))
            earliest["from_s"] = min(earliest["from_s"], start_s)
        else:
            more.append(
                {
                    "net": int(net),
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
