"""Altitude spikes: pressure altitudes that the aircraft cannot have reached from where it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.tracks.table import Tracks
from safetynets.units import fpm_to_ftps

Floats = NDArray[np.float64]

BELIEVED_FT, BELIEVED_S, RIVAL_FT, RIVAL_S, RIVAL_SINCE_S, RIVAL_PLOTS = range(6)
"""The places in a track's memory: the last altitude believed, and the last one of a series that contradicts it."""


@dataclass(frozen=True)
class SpikeRule:
    """When an altitude is a spike. All thresholds are simulator defaults.

    An altitude is believed when the aircraft could have flown to it from the last believed one: within `noise_ft` plus
    `fastest_fpm` for the time between, of which no more than `reach_s` counts. Otherwise it is a spike, and becomes the
    rival: when `rival_plots` spikes in a row, over at least `rival_s`, could have been flown from one to the next, it
    was the believed altitude that was wrong (or there was a gap), and the last of them is believed. A plot that repeats
    the position of the one before is no evidence for a rival: recordings repeat frozen values. An altitude outside
    `lowest_ft` to `highest_ft` is a spike whatever came before.
    """

    noise_ft: float = 1000.0
    """Above the jitter of a poor altimeter (675 ft on the Zurich landing), below a garbled digit of thousands."""
    fastest_fpm: float = 10_000.0
    """Faster than any climb or descent of an aeroplane in service."""
    reach_s: float = 15.0
    """A little above the longest usual update period."""
    rival_plots: int = 3
    rival_s: float = 10.0
    lowest_ft: float = -2000.0
    highest_ft: float = 60_000.0

    @staticmethod
    def nothing_known() -> Floats:
        """The memory of a track that has not been seen.

        Returns
        -------
        numpy.ndarray
            Six numbers, as `step` takes them.

        Examples
        --------
        >>> SpikeRule.nothing_known().shape
        (6,)
        """
        return np.array([np.nan, np.nan, np.nan, np.nan, np.nan, 0.0])

    def possible(self, altitude_ft: float) -> bool:
        """Whether an aircraft can be at this pressure altitude at all.

        Parameters
        ----------
        altitude_ft
            Pressure altitude (ft).

        Returns
        -------
        bool
            True from `lowest_ft` to `highest_ft`, the limits included; False for NaN.

        Examples
        --------
        >>> SpikeRule().possible(126_700.0)
        False
        """
        return self.lowest_ft <= altitude_ft <= self.highest_ft

    def flown(self, change_ft: Floats, seconds: Floats) -> NDArray[np.bool_]:
        """Whether an aircraft could change its altitude so much in that time.

        Parameters
        ----------
        change_ft
            Change of pressure altitude (ft), of any shape.
        seconds
            Time between the two altitudes (s), of the same shape.

        Returns
        -------
        numpy.ndarray of bool
            Of the same shape; False for NaN.

        Examples
        --------
        >>> SpikeRule().flown(np.array([-500.0, 24_450.0]), np.array([4.0, 4.0])).tolist()
        [True, False]
        """
        reach_ft = self.noise_ft + fpm_to_ftps(self.fastest_fpm) * np.minimum(seconds, self.reach_s)
        return np.asarray(np.abs(change_ft) <= reach_ft)

    def step(self, memory: Floats, time_s: float, altitude_ft: float, moved: bool) -> bool:
        """Whether this plot is a spike.

        Parameters
        ----------
        memory
            What is known of the track (`nothing_known`); brought up to date in place.
        time_s
            Time of the plot (UTC seconds since 1970).
        altitude_ft
            Its pressure altitude (ft); NaN is no spike.
        moved
            Whether its position differs from that of the plot before.

        Returns
        -------
        bool
            True for a spike.

        Examples
        --------
        >>> rule, memory = SpikeRule(), SpikeRule.nothing_known()
        >>> [rule.step(memory, t, z, True) for t, z in enumerate([4525.0, 28975.0, 4500.0])]
        [False, True, False]
        """
        if np.isnan(altitude_ft):
            return False
        if not self.possible(altitude_ft):
            return True
        believed = np.isnan(memory[BELIEVED_FT]) or self._follows(memory, BELIEVED_FT, time_s, altitude_ft)
        if not believed and moved:
            if not self._follows(memory, RIVAL_FT, time_s, altitude_ft):
                memory[RIVAL_SINCE_S], memory[RIVAL_PLOTS] = time_s, 0.0
            memory[RIVAL_FT], memory[RIVAL_S] = altitude_ft, time_s
            memory[RIVAL_PLOTS] += 1.0
            believed = memory[RIVAL_PLOTS] >= self.rival_plots and time_s - memory[RIVAL_SINCE_S] >= self.rival_s
        if believed:
            memory[:] = self.nothing_known()
            memory[BELIEVED_FT], memory[BELIEVED_S] = altitude_ft, time_s
        return not believed

    def _follows(self, memory: Floats, place: int, time_s: float, altitude_ft: float) -> bool:
        return bool(self.flown(altitude_ft - memory[place], time_s - memory[place + 1]))


def spikes(tracks: Tracks, moved: NDArray[np.bool_], memories: Floats, rule: SpikeRule) -> NDArray[np.bool_]:
    """For each plot whether its altitude is a spike; `memories` (one row a track) is brought up to date.

    `moved` says whether a plot has another position than the one before. The rule itself is `SpikeRule.step`. It is
    only walked through from a plot that does not follow from the one before, which may be remembered, until an
    altitude is believed again: in between, each altitude is believed because it follows from the one before.
    """
    spike = np.zeros(len(tracks), dtype=bool)
    rows = np.flatnonzero(~np.isnan(tracks.pressure_altitude_ft))
    if not len(rows):
        return spike
    altitude_ft, time_s, track = tracks.pressure_altitude_ft[rows], tracks.time_s[rows], tracks.track[rows]
    head = np.ones(len(rows), dtype=bool)
    head[1:] = track[1:] != track[:-1]
    before = np.empty((len(rows), 2))
    before[1:, 0], before[1:, 1] = altitude_ft[:-1], time_s[:-1]
    before[head] = memories[track[head]][:, [BELIEVED_FT, BELIEVED_S]]
    follows = rule.flown(altitude_ft - before[:, 0], time_s - before[:, 1]) | (head & np.isnan(before[:, 0]))
    follows &= (altitude_ft >= rule.lowest_ft) & (altitude_ft <= rule.highest_ft)
    doubtful = np.flatnonzero(~follows)
    end_of_track = np.append(np.flatnonzero(head)[1:], len(rows))
    walked = 0
    for start in doubtful:
        if start < walked:
            continue
        memory = memories[track[start]]
        if not head[start]:
            memory[:] = rule.nothing_known()
            memory[BELIEVED_FT], memory[BELIEVED_S] = altitude_ft[start - 1], time_s[start - 1]
        end = end_of_track[np.searchsorted(end_of_track, start, side="right")]
        for walked in range(start, end):
            spike[rows[walked]] = rule.step(memory, time_s[walked], altitude_ft[walked], bool(moved[rows[walked]]))
            if not spike[rows[walked]]:
                break
        walked += 1
    tail = np.append(np.flatnonzero(head)[1:], len(rows)) - 1
    calm = tail[~spike[rows[tail]]]
    memories[track[calm]] = rule.nothing_known()
    memories[track[calm], BELIEVED_FT] = altitude_ft[calm]
    memories[track[calm], BELIEVED_S] = time_s[calm]
    return spike
