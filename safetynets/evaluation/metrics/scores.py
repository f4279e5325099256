"""`Scores`: what the alerts of one parameter set are worth, as counts that add up over days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.metrics import intervals
from safetynets.evaluation.metrics.traffic_amount import TrafficAmount
from safetynets.nets.conflicts import Net

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

NUISANCE = (0, Category.UNNECESSARY, Category.UNDESIRABLE)
"""Alerts of these categories, and those that belong to no situation (0), are nuisance alerts."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Scores:
    """Counts by net (index 0 to 2) of one parameter set, and the raw times; shares are computed last.

    Attributes
    ----------
    traffic
        Flights and hours.
    alerts_by_category
        Shown alerts, (net, category): column 0 are those that belong to no situation.
    hidden
        Alerts recorded and not shown, by net.
    situations, alerted
        Situations by (net, category), and how many of them had an alert of their risk.
    warning_net, warning_time_s, allowed_s
        One value a necessary situation that has an event and was alerted: its net, the time from the first alert to the
        event (negative when it came after), and what geometry allowed (NaN where no straight extrapolation foresaw it).
    duration_net, duration_s
        One value a shown alert that ended.
    needed_s
        The warning time needed: an alert that came with less is late, where geometry allowed as much.
    """

    traffic: TrafficAmount
    alerts_by_category: Counts
    hidden: Counts
    situations: Counts
    alerted: Counts
    warning_net: NDArray[np.int8]
    warning_time_s: Floats
    allowed_s: Floats
    duration_net: NDArray[np.int8]
    duration_s: Floats
    needed_s: float

    @classmethod
    def of_days(cls, days: Sequence[Scores]) -> Scores:
        """The scores of all the days together: exactly those of their alerts and situations scored at once.

        Raises
        ------
        ValueError
            For no days, or days scored against different needed times.
        """
        if not days or len({one.needed_s for one in days}) > 1:
            raise ValueError("scores add up over at least one day, all scored against one needed time")
        added = ("alerts_by_category", "hidden", "situations", "alerted")
        joined = ("warning_net", "warning_time_s", "allowed_s", "duration_net", "duration_s")
        return cls(
            traffic=TrafficAmount.of_days([one.traffic for one in days]),
            needed_s=days[0].needed_s,
            **{name: np.sum([getattr(one, name) for one in days], axis=0) for name in added},
            **{name: np.concatenate([getattr(one, name) for one in days]) for name in joined},
        )

    def row(self) -> dict[str, float | int]:
        """One flat row of a table of results: all nets together, then each with its name as prefix."""
        row = self._row_of(np.arange(len(Net)))
        for net in Net:
            row |= {f"{net.name.lower()}_{name}": value for name, value in self._row_of(np.array([net])).items()}
        return row

    def _row_of(self, nets: NDArray[np.int64]) -> dict[str, float | int]:
        by_category = self.alerts_by_category[nets].sum(axis=0)
        situations, alerted = self.situations[nets].sum(axis=0), self.alerted[nets].sum(axis=0)
        alerts, void = int(by_category.sum()), int(by_category[Category.VOID])
        nuisance = int(by_category[list(NUISANCE)].sum())
        necessary, desirable = int(situations[Category.NECESSARY]), int(situations[Category.DESIRABLE])
        missed = necessary - int(alerted[Category.NECESSARY])
        desirable_missed = desirable - int(alerted[Category.DESIRABLE])
        given = np.isin(self.warning_net, nets)
        warning_time_s, allowed_s = self.warning_time_s[given], self.allowed_s[given]
        in_time_possible = allowed_s >= self.needed_s
        late = int((warning_time_s[in_time_possible] < self.needed_s).sum())
        of_allowed = np.clip(warning_time_s / np.maximum(allowed_s, 1e-9), 0.0, 1.0)[np.isfinite(allowed_s)]
        per_flight = intervals.rate(alerts, self.traffic.flights / 1000.0)
        per_hour = intervals.rate(alerts, self.traffic.hours)
        return {
            "alerts": alerts,
            "void_alerts": void,
            "nuisance_alerts": nuisance,
            **_share("nuisance", nuisance, alerts - void),
            "nuisance_per_1000_flights": float(intervals.rate(nuisance, self.traffic.flights / 1000.0)[0]),
            "necessary": necessary,
            "missed": missed,
            **_share("missed", missed, necessary),
            "desirable": desirable,
            "desirable_missed": desirable_missed,
            **_share("desirable_missed", desirable_missed, desirable),
            **{f"warning_time_p{p:02d}_s": _percentile(warning_time_s, p) for p in (5, 50, 95)},
            "warnings": len(warning_time_s),
            "in_time_possible": int(in_time_possible.sum()),
            "late": late,
            **_share("late", late, int(in_time_possible.sum())),
            "after_event": int((warning_time_s <= 0.0).sum()),
            "warning_of_allowed_p50": _percentile(of_allowed, 50),
            **dict(zip(_names("alerts_per_1000_flights"), map(float, per_flight), strict=True)),
            **dict(zip(_names("alerts_per_hour"), map(float, per_hour), strict=True)),
            "duration_p50_s": _percentile(self.duration_s[np.isin(self.duration_net, nets)], 50),
        }


def same(one: Scores, other: Scores) -> bool:
    """Whether two scores hold the same values in the same order; unknown is like unknown."""
    return one.traffic == other.traffic and all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in _VALUES
    )


_VALUES = tuple(column.name for column in fields(Scores) if column.name != "traffic")


def _share(name: str, count: int, of: int) -> dict[str, float]:
    return dict(zip(_names(f"{name}_share"), map(float, intervals.share(count, of)), strict=True))


def _names(name: str) -> tuple[str, str, str]:
    return name, f"{name}_low", f"{name}_high"


def _percentile(values: Floats, p: int) -> float:
    return float(np.percentile(values, p)) if len(values) else np.nan
