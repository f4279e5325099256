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

    Times are UTC seconds since 1970. `margin_ft`, `margin_m`, `altitude_ft`, `minimum_ft`, the deviations and the
    position are those of the plot at which the alert started; `worst_margin_ft` is the least margin within the
    episode. `end_time_s` is NaN while the alert is still active at the end of the tracks. `severity`, "caution" or
    "warning", is the highest reached. `vectored`, `visual` and `on_ground` are 1, 0, or -1 for unknown. `on_final` says
    whether the aircraft was joined to a monitored approach. `area` is the last that the alert named, on final
    approach the approach joined now; `earlier_areas` are those it named before, and each change is a re-announcement.
    `other_track` and `other_callsign` are those of the second aircraft of a pair; -1 and empty otherwise.
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
    """Alerts in order of start, kept as columns: each becomes an `Alert` when the first of them is asked for.

    `columns` has the fields of `Alert`, one row an alert.

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
    """Alerts put together in order of start, track, net, group and other track, and numbered from 1.

    In each part they are in this order. Unless the alerts of a track are all in one part, `by_name` must be said.
    """
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else dict(NONE)
    names = [columns["other_track"], *(columns[name].astype(np.str_) for name in ("group", "net"))] if by_name else []
    order = np.lexsort((*names, columns["track"], columns["start_time_s"]))
    columns = {name: column[order] for name, column in columns.items()}
    return Alerts(columns | {"alert_id": np.arange(1, len(order) + 1)})


def to_pandas(alerts: Sequence[Alert]) -> pd.DataFrame:
    """The alerts as a table, one row an episode, columns in the order of `Alert`."""
    import pandas as pd

    return pd.DataFrame([[getattr(alert, name) for name in COLUMNS] for alert in alerts], columns=list(COLUMNS))
