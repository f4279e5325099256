"""`Alert`: one episode, as the controller sees it and as the record keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One episode of one net about one aircraft, or about a pair of them.

    Attributes
    ----------
    alert_id
        From 1 in the order of start.
    net, kind, severity
        Name of the net; in which way it is in violation (`Kind.word`); "caution" or "warning", the highest reached.
    callsign, track
        Of the aircraft; of a pair, the first.
    area, earlier_areas
        The last area that the alert named, on final approach the approach joined now; and those it named before, in
        order.
    group
        The group of areas; a track has at most one alert at a time per net and group.
    first_conflict_time_s, start_time_s, end_time_s
        When the net first found the conflict, when the alert started and when it ended (UTC seconds since 1970); NaN
        for an alert that is still active at the end of the tracks.
    end_reason
        Why it ended, in words.
    time_to_violation_s
        What it announced at the start (s); 0 is violated now.
    margin_ft, margin_m
        How far from violation vertically and laterally at the start; negative is violated.
    worst_margin_ft
        The least vertical margin (ft) of the episode.
    altitude_ft, minimum_ft
        Altitude (ft on the QNH) at the start, and the limit it was compared with.
    lateral_deviation_m, vertical_deviation_ft
        From the final approach course (right positive) and path (below negative) at the start; NaN without an approach.
    latitude_deg, longitude_deg
        Where it started (WGS 84).
    vectored, visual, on_ground
        At the start: 1 yes, 0 no, -1 unknown.
    on_final
        Whether the aircraft was joined to a monitored approach at the start.
    qnh_hpa
        The QNH (hPa) at the start.
    reannounced_times_s
        When it was announced again (UTC seconds since 1970).
    shown, shown_time_s
        Whether the controller sees it after arbitration, and from when (UTC seconds since 1970; NaN for never).
    shown_as, suppressed_by
        Under which name it is shown, and which net hides it; empty where that does not apply.
    other_track, other_callsign
        The second aircraft of a pair; -1 and empty otherwise.
    """

    alert_id: int
    net: str
    kind: str
    severity: str
    callsign: str
    track: int
    area: str
    group: str
    first_conflict_time_s: float
    start_time_s: float
    end_time_s: float
    end_reason: str
    time_to_violation_s: float
    margin_ft: float
    worst_margin_ft: float
    margin_m: float
    altitude_ft: float
    minimum_ft: float
    lateral_deviation_m: float
    vertical_deviation_ft: float
    latitude_deg: float
    longitude_deg: float
    vectored: int
    visual: int
    on_final: bool
    qnh_hpa: float
    reannounced_times_s: tuple[float, ...]
    earlier_areas: tuple[str, ...] = ()
    shown: bool
    shown_time_s: float
    shown_as: str
    suppressed_by: str
    other_track: int = -1
    other_callsign: str = ""
    on_ground: int = -1


COLUMNS = tuple(column.name for column in fields(Alert))

Columns = dict[str, NDArray[Any]]
"""Fields of alerts by their names, one row an alert."""

NONE: Columns = {name: np.empty(0) for name in COLUMNS}


class Alerts(Sequence[Alert]):
    """Alerts in order of start, kept as columns: each becomes an `Alert` when the first of them is used.

    Parameters
    ----------
    columns
        By the name of a field of `Alert` an array of shape (alerts,).

    Examples
    --------
    >>> alerts = in_order([])
    >>> len(alerts), list(alerts), alerts.columns["margin_ft"].tolist()
    (0, [], [])
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def __len__(self) -> int:
        return len(self.columns["alert_id"])

    @overload
    def __getitem__(self, index: int) -> Alert: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Alert, ...]: ...
    def __getitem__(self, index: int | slice) -> Alert | tuple[Alert, ...]:
        return self._alerts[index]

    def __iter__(self) -> Iterator[Alert]:
        return iter(self._alerts)

    def __eq__(self, other: object) -> bool:
        """Whether the other is a sequence of equal alerts; not even of themselves are alerts equal that hold a NaN."""
        return isinstance(other, Sequence) and self._alerts == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._alerts)

    @cached_property
    def _alerts(self) -> tuple[Alert, ...]:
        """The constructor of `Alert` would set the fields one by one, which takes ten times as long."""
        alerts, empty = [], dict.fromkeys(COLUMNS)
        for row in zip(*(self.columns[name].tolist() for name in COLUMNS), strict=True):
            alert, fields_of_alert = object.__new__(Alert), empty.copy()
            fields_of_alert.update(zip(COLUMNS, row, strict=True))
            object.__setattr__(alert, "__dict__", fields_of_alert)
            alerts.append(alert)
        return tuple(alerts)


def in_order(parts: Sequence[Columns], by_name: bool = False) -> Alerts:
    """Put alerts together in order of start, track, net, group and other track, and number them from 1.

    Parameters
    ----------
    parts
        Columns of alerts, each part in this order.
    by_name
        Whether the alerts of one track may be in several parts.

    Returns
    -------
    Alerts
        All of them.

    Examples
    --------
    >>> in_order([NONE, NONE]).columns["alert_id"].tolist()
    []
    """
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else dict(NONE)
    names = [columns["other_track"], *(columns[name].astype(np.str_) for name in ("group", "net"))] if by_name else []
    order = np.lexsort((*names, columns["track"], columns["start_time_s"]))
    columns = {name: column[order] for name, column in columns.items()}
    return Alerts(columns | {"alert_id": np.arange(1, len(order) + 1)})


def to_pandas(alerts: Sequence[Alert]) -> pd.DataFrame:
    """Alerts as a data frame.

    Parameters
    ----------
    alerts
        Any alerts.

    Returns
    -------
    pandas.DataFrame
        One row an alert, columns in the order of `Alert`; the units are in their names.

    Examples
    --------
    >>> to_pandas([]).columns[:3].tolist()
    ['alert_id', 'net', 'kind']
    """
    import pandas as pd

    return pd.DataFrame([[getattr(alert, name) for name in COLUMNS] for alert in alerts], columns=list(COLUMNS))
