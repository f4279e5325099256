"""`TrafficAmount`: how much traffic the alerts came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safetynets.tracks import Tracks
from safetynets.units import S_PER_H


@dataclass(frozen=True)
class TrafficAmount:
    """Flights, and hours in which there was traffic to watch; amounts of several days add up.

    Attributes
    ----------
    flights
        Tracks with at least one plot.
    hours
        From the first plot to the last (h).

    Examples
    --------
    >>> TrafficAmount.of_days([TrafficAmount(1500, 24.0), TrafficAmount(500, 8.0)])
    TrafficAmount(flights=2000, hours=32.0)
    """

    flights: int
    hours: float

    @classmethod
    def of_days(cls, amounts: Sequence[TrafficAmount]) -> TrafficAmount:
        """The traffic of all the days together.

        Parameters
        ----------
        amounts
            The traffic of each day.

        Returns
        -------
        TrafficAmount
            Their sum.
        """
        return cls(sum(one.flights for one in amounts), sum(one.hours for one in amounts))


def traffic_amount(tracks: Tracks) -> TrafficAmount:
    """How much traffic tracks are.

    Parameters
    ----------
    tracks
        The tracks of one day.

    Returns
    -------
    TrafficAmount
        The tracks with at least one plot, and the hours from the first plot to the last.

    Examples
    --------
    >>> traffic_amount(Tracks.from_columns({"time_s": [0.0, 1800.0, 3600.0], "track": [0, 0, 2]}))
    TrafficAmount(flights=2, hours=1.0)
    """
    if not len(tracks):
        return TrafficAmount(0, 0.0)
    return TrafficAmount(len(np.unique(tracks.track)), float(np.ptp(tracks.time_s)) / S_PER_H)
