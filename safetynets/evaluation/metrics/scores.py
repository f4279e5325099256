"""`Scores`: what the alerts of one parameter set are worth, as counts that add up over days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import Net, nets
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.metrics import intervals
from safetynets.evaluation.metrics.traffic_amount import TrafficAmount

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

NUISANCE = (0, Category.UNNECESSARY, Category.UNDESIRABLE)
"""Alerts of these categories, and those that belong to no situation (0), are nuisance alerts."""
OF_LABELS = ("nuisance_share", "missed_share")
"""Ends of the names of shares that rest on labels; detection does not."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Scores:
    """Counts by net of one parameter set, and the raw times; shares are computed last.

    The index of a net is its place among all (`safetynets.engine.net.numbers`).

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
        One value a necessary situation that has an event and was alerted: its net, the time (s) from the first alert to
        the event (negative when it came after), and what geometry allowed (NaN where no straight extrapolation foresaw
        it).
    duration_net, duration_s
        One value a shown alert that ended.
    needed_s
        The warning time needed, by net: an alert that came with less is late, where geometry allowed as much. It is
        that of the net whose business the situation is, whichever net spoke first.
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
    needed_s: Floats

    @classmethod
    def of_days(cls, days: Sequence[Scores]) -> Scores:
        """The scores of all the days together: exactly those of their alerts and situations scored at once.

        Parameters
        ----------
        days
            The scores of the same parameter set on each day.

        Returns
        -------
        Scores
            Counts added, times put together.

        Raises
        ------
        ValueError
            For no days, or days scored against other needed times.

        Examples
        --------
        See `safetynets.evaluation.metrics.score.score`.
        """
        if not days or len({tuple(one.needed_s) for one in days}) > 1:
            raise ValueError("scores add up over at least one day, all scored against the same needed times")
        added = ("alerts_by_category", "hidden", "situations", "alerted")
        joined = ("warning_net", "warning_time_s", "allowed_s", "duration_net", "duration_s")
        return cls(
            traffic=TrafficAmount.of_days([one.traffic for one in days]),
            needed_s=days[0].needed_s,
            **{name: np.sum([getattr(one, name) for one in days], axis=0) for name in added},
            **{name: np.concatenate([getattr(one, name) for one in days]) for name in joined},
        )

    @property
    def needed_of_warnings_s(self) -> Floats:
        """The warning time needed, one value for each of `warning_time_s`."""
        return self.needed_s[self.warning_net]

    def row(self, told: Sequence[Net] | None = None) -> dict[str, float | int]:
        """One flat row of a table of results: all nets together, then each with its name as prefix.

        Parameters
        ----------
        told
            Only these nets; without it every net.

        Returns
        -------
        dict of str to float or int
            Counts, shares (from 0 to 1) with their intervals (`_low`, `_high`), rates and times (`_s`); docs/metrics.md
            has every column.

        Examples
        --------
        See `safetynets.evaluation.metrics.score.score`.
        """
        columns = self._columns()
        places = {"": 0} | {net.key + "_": 1 + nets().index(net) for net in (nets() if told is None else told)}
        return {f"{prefix}{name}": values[place].item() for prefix, place in places.items() for name, values in columns}

    def _columns(self) -> list[tuple[str, NDArray[Any]]]:
        """Every column by name, one value for each row of `_sums`."""
        sums = _sums()
        by_category = sums @ self.alerts_by_category
        situations, missed = sums @ self.situations, sums @ (self.situations - self.alerted)
        alerts, void = by_category.sum(axis=1), by_category[:, Category.VOID]
        nuisance = by_category[:, NUISANCE].sum(axis=1)
        necessary, desirable = situations[:, Category.NECESSARY], situations[:, Category.DESIRABLE]
        given = sums[:, self.warning_net].astype(np.bool_)
        needed_s = self.needed_of_warnings_s
        in_time = self.allowed_s >= needed_s
        possible = (given & in_time).sum(axis=1)
        late = (given & in_time & (self.warning_time_s < needed_s)).sum(axis=1)
        of_allowed = np.clip(self.warning_time_s / np.maximum(self.allowed_s, _LEAST_S), 0.0, 1.0)
        per_1000_flights, hours = self.traffic.flights / 1000.0, self.traffic.hours
        lasted = sums[:, self.duration_net].astype(np.bool_)
        return [
            ("alerts", alerts),
            ("void_alerts", void),
            ("nuisance_alerts", nuisance),
            *_with_interval("nuisance_share", intervals.share(nuisance, alerts - void)),
            ("nuisance_per_1000_flights", intervals.rate(nuisance, per_1000_flights)[0]),
            ("necessary", necessary),
            ("missed", missed[:, Category.NECESSARY]),
            *_with_interval("missed_share", intervals.share(missed[:, Category.NECESSARY], necessary)),
            ("desirable", desirable),
            ("desirable_missed", missed[:, Category.DESIRABLE]),
            *_with_interval("desirable_missed_share", intervals.share(missed[:, Category.DESIRABLE], desirable)),
            *_percentiles("warning_time", "_s", self.warning_time_s, given, (5, 50, 95)),
            ("warnings", given.sum(axis=1)),
            ("in_time_possible", possible),
            ("late", late),
            *_with_interval("late_share", intervals.share(late, possible)),
            ("after_event", (given & (self.warning_time_s <= 0.0)).sum(axis=1)),
            *_percentiles("warning_of_allowed", "", of_allowed, given & np.isfinite(self.allowed_s), (50,)),
            *_with_interval("alerts_per_1000_flights", intervals.rate(alerts, per_1000_flights)),
            *_with_interval("alerts_per_hour", intervals.rate(alerts, hours)),
            *_percentiles("duration", "_s", self.duration_s, lasted, (50,)),
        ]


def _sums() -> NDArray[np.int64]:
    """Which nets each prefix of columns adds up: all together, then each alone."""
    return np.vstack([np.ones(len(nets()), dtype=np.int64), np.eye(len(nets()), dtype=np.int64)])


_LEAST_S = 1e-9


def _with_interval(name: str, found: tuple[Floats, Floats, Floats]) -> list[tuple[str, Floats]]:
    return list(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))


def _percentiles(
    name: str, unit: str, values: Floats, counted: NDArray[np.bool_], wanted: Sequence[int]
) -> list[tuple[str, Floats]]:
    """Percentiles of the values counted under each prefix, NaN where there are none."""
    found = np.full((len(counted), len(wanted)), np.nan)
    for place, rows in enumerate(counted):
        if rows.any():
            found[place] = np.percentile(values[rows], wanted)
    return [(f"{name}_p{p:02d}{unit}", column) for p, column in zip(wanted, found.T, strict=True)]


def widen_for_wrong_labels(table: Any, wrong: float) -> None:
    """Make the intervals of the shares that rest on labels as wide as a share `wrong` of wrong labels makes them.

    `table` is a row of scores, or a frame of them, and is changed in place.

    >>> row = {"nuisance_share": 0.15, "nuisance_share_low": 0.10, "nuisance_share_high": 0.20}
    >>> widen_for_wrong_labels(row, 0.05)
    >>> round(float(row["nuisance_share_low"]), 3), float(row["nuisance_share_high"])
    (0.056, 0.2)
    """
    if wrong:
        for name in [name for name in table if str(name).endswith(OF_LABELS)]:
            low, high = f"{name}_low", f"{name}_high"
            table[low], table[high] = intervals.with_wrong_labels(table[low], table[high], wrong)
