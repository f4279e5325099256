"""`Alert`: one episode, as the controller sees it and as the record keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COLUMNS: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One episode of one net about one aircraft.

    Times are UTC seconds since 1970. `margin_ft`, `margin_m`, `altitude_ft`, `minimum_ft`, the deviations and the
    position are those of the plot at which the alert started; `worst_margin_ft` is the least margin within the
    episode. `end_time_s` is NaN while the alert is still active at the end of the tracks. `severity`, "caution" or
    "warning", is the highest reached. `vectored` and `visual` are 1, 0, or -1 for unknown. `on_final` says whether the
    aircraft was joined to a monitored approach.
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
    shown: bool
    shown_time_s: float
    shown_as: str
    suppressed_by: str


COLUMNS = tuple(column.name for column in fields(Alert))

_OF_ORDER = attrgetter("start_time_s", "track", "net", "group")

Columns = dict[str, NDArray[Any] | list[Any]]
"""Fields of alerts by their names, one row an alert."""


def of_columns(columns: Columns) -> tuple[Alert, ...]:
    """The alerts of columns of all fields.

    The constructor would set the fields one by one, which takes ten times as long.
    """
    values = (columns[name] for name in COLUMNS)
    rows = zip(*(column.tolist() if isinstance(column, np.ndarray) else column for column in values), strict=True)
    alerts, empty = [], dict.fromkeys(COLUMNS)
    for row in rows:
        alert, fields_of_alert = object.__new__(Alert), empty.copy()
        fields_of_alert.update(zip(COLUMNS, row, strict=True))
        object.__setattr__(alert, "__dict__", fields_of_alert)
        alerts.append(alert)
    return tuple(alerts)


def numbered(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """The alerts in order of start, numbered from 1; they are made for this, and nobody has them yet."""
    ordered = sorted(alerts, key=_OF_ORDER)
    for number, alert in enumerate(ordered, start=1):
        alert.__dict__["alert_id"] = number
    return tuple(ordered)


def to_pandas(alerts: Sequence[Alert]) -> pd.DataFrame:
    """The alerts as a table, one row an episode, columns in the order of `Alert`."""
    return pd.DataFrame([[getattr(alert, name) for name in COLUMNS] for alert in alerts], columns=list(COLUMNS))
