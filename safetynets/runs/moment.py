"""A flight and a moment, as people say them, found in tracks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import numpy as np

from safetynets.errors import ScenarioError, nearest
from safetynets.tracks import Tracks

FARTHEST_S = 60.0
"""A moment this far from every plot of the flight is taken for a mistake."""


def plot_at(tracks: Tracks, callsign: str, moment: str) -> tuple[int, float]:
    """Track number and time (UTC, seconds since 1970) of a flight's last plot at or before a moment.

    The moment is ISO 8601 (UTC where it does not say), a time of the day, or seconds since 1970. Where several tracks
    have the call sign, the one with a plot nearest to the moment is meant.

    Raises
    ------
    ScenarioError
        For a call sign that is not there, words that are no time, and a moment at which the flight was not seen.

    Examples
    --------
    >>> tracks = Tracks.from_columns({"time_s": [43200.0, 43204.0], "track": [0, 0]}, {"callsign": ["SWR1"]})
    >>> plot_at(tracks, "SWR1", "12:00:05")
    (0, 43204.0)
    """
    flown = [number for number, name in enumerate(tracks.callsign) if name == callsign and len(_times(tracks, number))]
    if not flown:
        near = nearest(callsign, sorted({str(name) for name in tracks.callsign if name}))
        raise ScenarioError(
            f"no flight {callsign!r}", where="--callsign", mend=near if len(near) < 40 else "see tracks.parquet"
        )
    found: list[tuple[float, int, float]] = []
    for number in flown:
        times_s = _times(tracks, number)
        wanted_s = _seconds(moment, float(times_s[0]), float(times_s[-1]))
        row = max(int(np.searchsorted(times_s, wanted_s, side="right")) - 1, 0)
        found.append((abs(float(times_s[row]) - wanted_s), number, float(times_s[row])))
    away_s, number, time_s = min(found)
    if away_s > FARTHEST_S:
        times_s = _times(tracks, number)
        raise ScenarioError(
            f"{callsign} was not seen at {moment}",
            where="--time",
            mend=f"choose a time from {_iso(times_s[0])} to {_iso(times_s[-1])}",
        )
    return number, time_s


def _times(tracks: Tracks, number: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return tracks.time_s[tracks.rows_of(number)]


def _seconds(moment: str, first_s: float, last_s: float) -> float:
    try:
        return float(moment)
    except ValueError:
        pass
    try:
        of_day = time.fromisoformat(moment.removesuffix("Z"))
    except ValueError:
        pass
    else:
        day = datetime.fromtimestamp(first_s, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        on_first_day = day + timedelta(hours=of_day.hour, minutes=of_day.minute, seconds=of_day.second)
        seconds = on_first_day.timestamp() + of_day.microsecond / 1e6
        return seconds if seconds >= first_s or seconds + 86_400.0 > last_s else seconds + 86_400.0
    try:
        instant = datetime.fromisoformat(moment)
    except ValueError:
        raise ScenarioError(
            f"{moment!r} is no time", where="--time", mend="write 2021-10-07T12:14:28Z, 12:14:28 or seconds since 1970"
        ) from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
