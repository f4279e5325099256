"""A finished study of two parameters of the MSAW, for the tests of what is drawn and written about one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from safetynets.evaluation.metrics import intervals
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.front import costs, dominators
from safetynets.evaluation.study.metrics import Condition, better
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.evaluation.study.recommend import recommend
from safetynets.evaluation.study.sensitivity import one_at_a_time
from safetynets.runs.manifest import json_ready

START_S = 1_699_182_000.0
"""2023-11-05 11:00:00 UTC."""


def _study_results(count: int) -> pd.DataFrame:
    """Sets of two parameters whose shares follow from them: wider is more nuisance and less missed.

    The first set is the present one. Every count is a whole number of 100 alerts, of 80 necessary situations, or of 60
    that could be in time.
    """
    share = np.linspace(0.0, 1.0, count)
    clearance_ft = np.concatenate([[500.0], 200.0 + 600.0 * share[1:]])
    look_ahead_s = np.concatenate([[60.0], 20.0 + 10.0 * (np.arange(1, count) * 7 % 8)])
    wide = (clearance_ft - 200.0) / 600.0 + (look_ahead_s - 20.0) / 140.0
    columns: dict[str, object] = {
        "set": np.arange(count),
        "msaw.terrain_clearance_ft": clearance_ft,
        "msaw.look_ahead_s": look_ahead_s,
    }
    for prefix in ("", "msaw_"):
        nuisance, missed = np.round(10 + 40 * wide).astype(int), np.round(12 * np.maximum(1.0 - wide, 0.0)).astype(int)
        late = np.round(30 * np.maximum(1.2 - wide, 0.0)).astype(int)
        for name, counted, of in (("nuisance", nuisance, 100), ("missed", missed, 80), ("late", late, 60)):
            ends = ("", "_low", "_high")
            values = dict(zip(ends, intervals.share(counted, of), strict=True))
            columns |= {f"{prefix}{name}_share{end}": value for end, value in values.items()}
        columns |= {
            f"{prefix}alerts": np.full(count, 100),
            f"{prefix}nuisance_alerts": nuisance,
            f"{prefix}necessary": np.full(count, 80),
            f"{prefix}missed": missed,
            f"{prefix}in_time_possible": np.full(count, 60),
            f"{prefix}late": late,
            f"{prefix}warning_time_p05_s": 4.0 + 10.0 * wide,
            f"{prefix}warning_time_p50_s": 20.0 + 20.0 * wide,
            f"{prefix}alerts_per_1000_flights": np.full(count, 50.0),
            f"{prefix}alerts_per_hour": np.full(count, 1.25),
            f"{prefix}duration_p50_s": np.full(count, 30.0),
        }
    return pd.DataFrame(columns)


def _changed_alert(change: str, before_s: float | None, after_s: float | None, **facts: object) -> dict[str, object]:
    moved_s = None if before_s is None or after_s is None else after_s - before_s
    values: dict[str, object] = {
        "change": change,
        "day": "2024-01-01",
        "net": "MSAW",
        "group": "",
        "area": "terrain",
        "callsign": "LOW1",
        "track": 3,
        "category": "necessary",
        "fault": "early_descent",
        "before_s": before_s,
        "after_s": after_s,
        "moved_s": moved_s,
        "why_before": [],
        "why_after": [],
    }
    return values | facts


def study_made_by_hand() -> StudyOutcome:
    """A study of 33 sets made by hand, but for the fronts, recommendation and sensitivities, which are computed."""
    results = _study_results(33)
    objectives = ["nuisance_share", "missed_share", "warning_time_p50_s"]
    ranges = {
        key: Range(key, "number", low=low, high=high)
        for key, low, high in (("msaw.terrain_clearance_ft", 200.0, 800.0), ("msaw.look_ahead_s", 20.0, 90.0))
    }
    conditions = [Condition.parse("missed <= present")]
    recommendation = recommend(results, ranges, objectives, conditions)
    by = dominators(costs([results[name].to_numpy() for name in objectives], objectives))
    chosen = recommendation.set
    assert chosen not in (None, 0)
    lost = _changed_alert(
        "lost",
        START_S,
        None,
        category="unnecessary",
        fault="",
        callsign="<b>NIL2</b>",
        why_before=["Level at 4,700 ft.", "The floor ahead is 4,750 ft."],
        why_after=["Level at 4,700 ft.", "The floor ahead is 4,450 ft."],
    )
    moved = _changed_alert("moved", START_S + 60.0, START_S + 55.0)
    sizes = (3.0, 9.0)
    return StudyOutcome(
        results=results,
        days=pd.concat(
            [
                results.assign(
                    day=f"one-{size:g}",
                    fault_size=size,
                    flights=1000,
                    faulty=0 if np.isnan(size) else 40,
                    faulty_alerted=0 if np.isnan(size) else 40 - (results["missed"] * weight).astype(int),
                    others_alerted=20 if np.isnan(size) else 0,
                )
                for size, weight in zip((np.nan, *sizes), (0.0, 1.0, 0.25), strict=True)
            ]
        ),
        manifest=json_ready(
            {
                "package": {"name": "safetynets", "version": "0"},
                "name": "by-hand",
                "title": "A study made by hand",
                "site": {
                    "name": "handmade",
                    "title": "A ridge made by hand",
                    "terrain": {"notes": ["a ridge"]},
                    "illustrative": ["South"],
                },
                "traffic": {"source": "made by hand", "faults": {"source": "invented"}},
                "impossible_sets": 2,
                "design": {"method": "latin-hypercube", "sets": 33, "seed": 0},
                "objectives": [{"metric": name, "better": better(name)} for name in objectives],
                "constraints": ["missed <= present"],
                "needed": [
                    {"net": "MSAW", "time_s": 30.0, "origin": "stated", "source": "our own <rule>"},
                    *(
                        {"net": net, "time_s": 24.0, "origin": "budget", "source": "the stated budget"}
                        for net in ("APM", "APW")
                    ),
                ],
                "ranges": [
                    {
                        "key": one.key,
                        "kind": one.kind,
                        "low": one.low,
                        "high": one.high,
                        "choices": [],
                        "unit": one.key.rpartition("_")[2],
                        "meaning": "as its name says",
                        "present": float(results[one.key][0]),
                    }
                    for one in ranges.values()
                ],
                "parameters": [
                    {
                        "name": "msaw.look_ahead_s",
                        "value": 60.0,
                        "unit": "s",
                        "meaning": "as its name says",
                        "source": "made by hand",
                    }
                ],
                "inputs": [{"file": "one.parquet", "sha256": "0" * 64}],
                "days": [
                    {
                        "day": f"one-{size:g}",
                        "file": "one.parquet",
                        "copy": "",
                        "qnh_hpa": 1001.0,
                        "flights": 1000,
                        "plots": 200_000,
                        "hours": 24.0,
                        "faults": {"wrong_altimeter_setting": 40},
                        "fault_size": size,
                        "categories": {"necessary": 40},
                    }
                    for size in sizes
                ],
                "skipped_days": [{"day": "two", "file": "two.parquet", "problem": "is not Parquet"}],
                "sets": 33,
                "present": 0,
                "front": np.flatnonzero(by < 0).tolist(),
                "dominated": [{"set": int(row), "by": int(by[row])} for row in np.flatnonzero(by >= 0)],
                "admissible": np.flatnonzero(results["missed"] <= results["missed"][0]).tolist(),
                "recommended": {"set": chosen, "reason": recommendation.reason, "rule": recommendation.rule},
                "sensitivity": {
                    "one_at_a_time": one_at_a_time(results, ranges, objectives),
                    "sobol": {
                        "note": "Exact.",
                        "method": "by hand",
                        "rows": [
                            {"metric": "missed_share", "key": key, "first": first, "total": first + 0.1}
                            for key, first in zip(ranges, (0.6, 0.3), strict=True)
                        ],
                    },
                },
                "comparison": {
                    "before_name": "present",
                    "after_name": f"set {chosen}",
                    "values": {key: [float(results[key][0]), float(results[key][chosen])] for key in ranges},
                    "before": {},
                    "after": {},
                    "counts": {net: {"gained": 0, "lost": 1, "moved": 1, "same": 98} for net in ("MSAW", "all")},
                    "changed": [moved, lost],
                    "explained": 1,
                    "sentence": "Nuisance 30 % to 20 %, nothing necessary lost.",
                    "caveats": ["Made by hand."],
                    "traffic": [],
                },
            }
        ),
    )
