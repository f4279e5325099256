"""Cleaning: what is wrong with a plot is written on it; no plot is dropped and no value changed.

Every flag is decided on the plot itself and on what came before it, so that plots fed one by one as they arrive get the
same flags as a whole recording.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.tracks.spikes import SpikeRule, spikes
from safetynets.tracks.table import PlotFlag, Tracks
from safetynets.units import kt_to_mps

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PIECE_PLOTS = 1 << 18
"""So many plots are cleaned at a time; it bounds the memory and changes nothing."""


@dataclass(frozen=True)
class CleaningRule:
    """The thresholds of the cleaning. All are simulator defaults; `spike` are those of altitude spikes."""

    gap_s: float = 20.0
    """A longer silence before a plot is a gap."""
    stuck_s: float = 10.0
    """Position and altitude unchanged for this long are a repetition, not a measurement."""
    stuck_kt: float = 20.0
    """Below this ground speed an aircraft may well stay where it is."""
    spike: SpikeRule = SpikeRule()


class Cleaner:
    """Flags plots as they come; `feed` takes any number of later plots of any tracks.

    The memory is six numbers or fewer for each rule and track; it does not grow with the recording.

    Parameters
    ----------
    rule
        The thresholds; without it those of `CleaningRule`.

    Examples
    --------
    >>> cleaner = Cleaner()
    >>> first = {"time_s": [0.0], "track": [0], "pressure_altitude_ft": [5000.0]}
    >>> later = {"time_s": [4.0], "track": [0], "pressure_altitude_ft": [28975.0]}
    >>> [(cleaner.feed(Tracks.from_columns(one)).flags & PlotFlag.ALTITUDE_SPIKE).tolist() for one in (first, later)]
    [[0], [1]]
    >>> cleaner.forget(np.array([0]))
    >>> (cleaner.feed(Tracks.from_columns(later)).flags & PlotFlag.ALTITUDE_SPIKE).tolist()
    [0]
    """

    def __init__(self, rule: CleaningRule | None = None) -> None:
        self.rule = CleaningRule() if rule is None else rule
        self._last = _Last.of(0)

    def feed(self, tracks: Tracks) -> Tracks:
        """Flag the next plots.

        Parameters
        ----------
        tracks
            Plots of any tracks, none earlier than those fed before for its track.

        Returns
        -------
        Tracks
            The same plots with their flags; `flags` that were there are decided anew.

        Raises
        ------
        TracksError
            When a plot is earlier than one that was fed before for the same track.
        """
        self._last = self._last.widened(tracks.track_count)
        last = self._last
        plots = _Sequence(tracks)
        self._refuse_earlier(tracks, plots)
        north, east = _position(tracks)
        altitude_ft = tracks.pressure_altitude_ft
        since_last_s = tracks.time_s - plots.before(tracks.time_s, last.time_s)
        moved = plots.new(north, last.north) | plots.new(east, last.east)
        changed = moved | plots.new(altitude_ft, last.altitude_ft) | ~(since_last_s <= self.rule.gap_s)
        still_since_s = plots.latest(np.where(changed, tracks.time_s, np.nan), last.still_since_s)
        slow = np.hypot(tracks.vx_mps, tracks.vy_mps) < kt_to_mps(self.rule.stuck_kt)
        on_ground = tracks.on_ground == 1
        spike = spikes(tracks, moved, last.spike, self.rule.spike)
        flags = np.zeros(len(tracks), dtype=np.uint8)
        for flag, found in (
            (PlotFlag.ALTITUDE_SPIKE, spike),
            (PlotFlag.ALTITUDE_MISSING, np.isnan(altitude_ft)),
            (PlotFlag.ON_GROUND, on_ground),
            (PlotFlag.STUCK, ~on_ground & ~slow & (tracks.time_s - still_since_s >= self.rule.stuck_s)),
            (PlotFlag.DUPLICATE, since_last_s == 0.0),
            (PlotFlag.AFTER_GAP, since_last_s > self.rule.gap_s),
            (PlotFlag.POSITION_MISSING, np.isnan(north) | np.isnan(east)),
        ):
            flags[found] |= np.uint8(flag)
        for name, values in (
            ("time_s", tracks.time_s),
            ("north", north),
            ("east", east),
            ("altitude_ft", altitude_ft),
            ("still_since_s", still_since_s),
        ):
            getattr(last, name)[plots.track_of_tail] = values[plots.tail]
        return tracks.with_columns(flags=flags)

    def forget(self, tracks: NDArray[np.integer[Any]]) -> None:
        """Forget tracks that have ended, so that their numbers may be given to others.

        Parameters
        ----------
        tracks
            Numbers of the tracks, shape (n,).
        """
        fresh = _Last.of(1)
        for each in fields(self._last):
            column = getattr(self._last, each.name)
            column[tracks[tracks < len(column)]] = getattr(fresh, each.name)[0]

    def _refuse_earlier(self, tracks: Tracks, plots: _Sequence) -> None:
        early = np.flatnonzero(tracks.time_s < plots.before(tracks.time_s, self._last.time_s))
        if len(early):
            track = tracks.track[early[0]]
            raise TracksError(
                f"time_s {tracks.time_s[early[0]]} comes after {self._last.time_s[track]} was fed",
                where=f"track {track} {tracks.callsign[track]}".rstrip(),
                mend="feed the plots of a track in the order of time",
            )


def clean(tracks: Tracks, rule: CleaningRule | None = None) -> Tracks:
    """The same tracks with `flags` set: see `PlotFlag` and `CleaningRule`; nothing is dropped or repaired.

    Parameters
    ----------
    tracks
        Any tracks.
    rule
        The thresholds (s, kt, ft); without it the simulator defaults of `CleaningRule`.

    Returns
    -------
    Tracks
        The same columns but for `flags`.

    Examples
    --------
    >>> tracks = Tracks.from_columns({"time_s": [0.0, 60.0], "track": [0, 0], "on_ground": [1, 0]})
    >>> (clean(tracks).flags & PlotFlag.AFTER_GAP).tolist()
    [0, 32]
    """
    cleaner = Cleaner(rule)
    flags = np.zeros(len(tracks), dtype=np.uint8)
    for start in range(0, len(tracks), PIECE_PLOTS):
        piece = slice(start, start + PIECE_PLOTS)
        flags[piece] = cleaner.feed(tracks.select(piece)).flags
    return tracks.with_columns(flags=flags)


def count_flags(tracks: Tracks) -> dict[str, int]:
    """How many plots carry each flag, in the order of `PlotFlag`; a plot may carry several.

    Parameters
    ----------
    tracks
        Tracks that were cleaned.

    Returns
    -------
    dict of str to int
        The flag in words, and how many plots carry it.

    Examples
    --------
    >>> count_flags(clean(Tracks.from_columns({"time_s": [0.0], "track": [0]})))["altitude missing"]
    1
    """
    return {
        flag.name.lower().replace("_", " "): int(((tracks.flags & flag) != 0).sum()) for flag in PlotFlag if flag.name
    }


@dataclass
class _Last:
    """What is remembered of each track: its last plot, since when it repeats itself, and the spike rule's memory."""

    time_s: Floats
    north: Floats
    east: Floats
    altitude_ft: Floats
    still_since_s: Floats
    spike: NDArray[Any]

    @classmethod
    def of(cls, track_count: int) -> _Last:
        unknown = {field.name: np.full(track_count, np.nan) for field in fields(cls) if field.name != "spike"}
        return cls(**unknown, spike=np.tile(SpikeRule.nothing_known(), (track_count, 1)))

    def widened(self, track_count: int) -> _Last:
        more = track_count - len(self.time_s)
        if more <= 0:
            return self
        new = _Last.of(more)
        return _Last(**{f.name: np.concatenate([getattr(self, f.name), getattr(new, f.name)]) for f in fields(self)})


class _Sequence:
    """The order of plots within tracks, the last plot of an earlier feed coming before the first of this one."""

    def __init__(self, tracks: Tracks) -> None:
        track = tracks.track
        self.track = track
        self.first = np.ones(len(track), dtype=bool)
        self.first[1:] = track[1:] != track[:-1]
        last = np.ones(len(track), dtype=bool)
        last[:-1] = self.first[1:]
        self.head = np.flatnonzero(self.first)
        self.tail = np.flatnonzero(last)
        self.track_of_tail = track[self.tail]

    def before(self, values: Floats, remembered: Floats) -> Floats:
        """The value of the plot before, for each plot."""
        previous = np.empty_like(values)
        previous[1:] = values[:-1]
        previous[self.head] = remembered[self.track[self.head]]
        return previous

    def new(self, values: Floats, remembered: Floats) -> Flags:
        """Whether a value differs from the one before; two unknowns do not differ."""
        previous = self.before(values, remembered)
        return np.asarray((values != previous) & ~(np.isnan(values) & np.isnan(previous)))

    def latest(self, values: Floats, remembered: Floats) -> Floats:
        """For each plot the last value up to it that is not NaN."""
        source = np.where(np.isnan(values) & ~self.first, 0, np.arange(len(values)))
        source = np.maximum.accumulate(source)
        head = np.where(np.isnan(values[self.head]), remembered[self.track[self.head]], values[self.head])
        filled = values.copy()
        filled[self.head] = head
        return np.asarray(filled[source])


def _position(tracks: Tracks) -> tuple[Floats, Floats]:
    """Latitude and longitude, or where they are unknown y and x on the plane."""
    return (
        np.where(np.isnan(tracks.latitude_deg), tracks.y_m, tracks.latitude_deg),
        np.where(np.isnan(tracks.longitude_deg), tracks.x_m, tracks.longitude_deg),
    )
