"""`JudgedAlerts`: the alerts of one parameter set as columns, lean enough to be made a thousand times over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.net import numbers

__all__ = ["JudgedAlerts"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class JudgedAlerts:
    """The alerts of one parameter set as columns, in the order of start, net, track and group.

    Attributes
    ----------
    net, group
        The place of the net among all (`safetynets.engine.net.numbers`), and the name of the group of areas; shape
        (alerts,) as all.
    track
        Track number in the tracks that were judged.
    first_conflict_s, start_s, end_s
        UTC seconds since 1970; an alert that still lasts at the end of the tracks has a NaN end.
    time_to_violation_s
        What the alert announced when it started (s); 0 is violated now.
    severe, shown
        Whether it ever was a warning, and whether the controller saw it after arbitration.

    Examples
    --------
    >>> judged = judged_alerts([])
    >>> len(judged), len(judged.select(judged.shown))
    (0, 0)
    """

    net: NDArray[np.int8]
    group: NDArray[np.str_]
    track: NDArray[np.int32]
    first_conflict_s: Floats
    start_s: Floats
    end_s: Floats
    time_to_violation_s: Floats
    severe: NDArray[np.bool_]
    shown: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start_s)

    def select(self, rows: NDArray[Any]) -> JudgedAlerts:
        """Keep some alerts.

        Parameters
        ----------
        rows
            A mask of shape (alerts,), or row numbers.

        Returns
        -------
        JudgedAlerts
            The alerts picked, in their order.
        """
        return JudgedAlerts(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


def judged_alerts(alerts: Sequence[Alert]) -> JudgedAlerts:
    """The columns of full alerts, as a run of the nets gives them."""
    ordered = sorted(alerts, key=lambda alert: (alert.start_time_s, numbers()[alert.net], alert.track, alert.group))
    return JudgedAlerts(
        net=np.array([numbers()[alert.net] for alert in ordered], dtype=np.int8),
        group=np.array([alert.group for alert in ordered], dtype=np.str_),
        track=np.array([alert.track for alert in ordered], dtype=np.int32),
        first_conflict_s=np.array([alert.first_conflict_time_s for alert in ordered], dtype=np.float64),
        start_s=np.array([alert.start_time_s for alert in ordered], dtype=np.float64),
        end_s=np.array([alert.end_time_s for alert in ordered], dtype=np.float64),
        time_to_violation_s=np.array([alert.time_to_violation_s for alert in ordered], dtype=np.float64),
        severe=np.array([alert.severity == "warning" for alert in ordered], dtype=np.bool_),
        shown=np.array([alert.shown for alert in ordered], dtype=np.bool_),
    )
