"""A flight and a moment, as people say them, found in tracks."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.errors import ScenarioError
from safetynets.text_files import read_json
from safetynets.tracks import Tracks
from safetynets.units import S_PER_DAY

FARTHEST_S = 60.0
"""A moment this far from every plot of the flight is taken for a mistake."""


@dataclass(frozen=True)
class Asked:
    """Which flight is meant, and when (empty where nothing says it); the track where an alert names it."""

    callsign: str
    moment: str
    track: int | None = None


def which_flight(run: Path, alert_id: int | None, callsign: str | None, moment: str | None) -> Asked:
    """The flight and the moment that are meant: an alert of a run folder, or a call sign and a time.

    Without a time, the start of the alert, or of the first alert of the flight.

    Raises
    ------
    ScenarioError
        For an alert that is not there, and where neither says which flight or when.
    """
    if alert_id is None and callsign is None:
        raise ScenarioError("which flight?", where="explain", mend="give --alert, or --callsign and --time")
    if alert_id is None and moment is not None:
        return Asked(str(callsign), moment)
    alerts = _alerts(run)
    if alert_id is None:
        found = next((alert for alert in alerts if _same(str(alert["callsign"]), str(callsign))), None)
        if found is None:
            return Asked(str(callsign), "")
    else:
        found = next((alert for alert in alerts if alert["alert_id"] == alert_id), None)
        if found is None:
            raise ScenarioError(
                f"there is no alert {alert_id}", where="--alert", mend=f"the run has {len(alerts)}: see alerts.csv"
            )
        if callsign is not None and not _same(str(found["callsign"]), callsign):
            raise ScenarioError(
                f"alert {alert_id} is of {found['callsign']}", where="--callsign", mend="give one of the two"
            )
    return Asked(str(found["callsign"]), moment or repr(found["start_time_s"]), int(found["track"]))


def _alerts(run: Path) -> list[dict[str, Any]]:
    file = run / "alerts.json"
    try:
        alerts: list[dict[str, Any]] = read_json(file)
    except (OSError, ValueError):
        raise ScenarioError("is not the table of alerts of a run", file=file, mend="run it again") from None
    return alerts


def _same(one: str, other: str) -> bool:
    return one.strip().upper() == other.strip().upper()


def plot_at(tracks: Tracks, callsign: str, moment: str, track: int | None = None) -> tuple[int, float]:
    """Track number and time (UTC, seconds since 1970) of a flight's last plot at or before a moment.

    The moment is ISO 8601 (UTC where it does not say), a time of the day, or seconds since 1970. Where several tracks
    have the call sign, the one with a plot nearest to the moment is meant, unless `track` says which.

    Raises
    ------
    ScenarioError
        For a call sign that is not there, with those most like it; words that are no time; and a moment at which the
        flight was not seen.

    Examples
    --------
    >>> tracks = Tracks.from_columns({"time_s": [43200.0, 43204.0], "track": [0, 0]}, {"callsign": ["SWR1"]})
    >>> plot_at(tracks, "swr1", "12:00:05")
    (0, 43204.0)
    """
    named = [number for number, name in enumerate(tracks.callsign) if _same(str(name), callsign)]
    flown = [number for number in (named if track is None else [track]) if len(_times(tracks, number))]
    if not flown:
        raise ScenarioError(f"no flight {callsign!r}", where="--callsign", mend=_most_like(callsign, tracks))
    if not moment:
        raise ScenarioError(f"when? {callsign} has no alert", where="--time", mend="give a time, such as 18:05")
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


def _most_like(callsign: str, tracks: Tracks) -> str:
    """The call signs most like one that is not there."""
    known = sorted({str(name) for name in tracks.callsign if name})
    like = difflib.get_close_matches(callsign.strip().upper(), known, n=5, cutoff=0.5)
    if like:
        return f"the most like it are {', '.join(like)}"
    return (
        f"the run has {len(known)} call signs, such as {', '.join(known[:3])}" if known else "no flight has a call sign"
    )


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
        return seconds if seconds >= first_s or seconds + S_PER_DAY > last_s else seconds + S_PER_DAY
    try:
        instant = datetime.fromisoformat(moment)
    except ValueError:
        raise ScenarioError(
            f"{moment!r} is no time", where="--time", mend="write 2021-10-07T12:14:28Z, 12:14:28 or seconds since 1970"
        ) from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
