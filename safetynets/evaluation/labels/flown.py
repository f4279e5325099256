"""`Flown`: states of aircraft as they truly were, and where straight extrapolation puts them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.track_state import track_state_of
from safetynets.sites.geometry import Site
from safetynets.tracks import PlotFlag, Tracks
from safetynets.units import fpm_to_ftps

Floats = NDArray[np.float64]

CORRUPT = PlotFlag.ALTITUDE_SPIKE | PlotFlag.STUCK
"""Plots of which nothing can be said, and which may all the same look like a conflict."""
NOT_FLOWN = PlotFlag.ALTITUDE_MISSING | PlotFlag.POSITION_MISSING | PlotFlag.DUPLICATE | PlotFlag.ON_GROUND


@dataclass(frozen=True, eq=False, kw_only=True)
class Flown:
    """One row a state: time, track, place on the plane, altitudes and rates.

    `true_ft` is above mean sea level: geometric where the tracks have it, else on the QNH. `altitude_ft` is on the QNH,
    `pressure_altitude_ft` on 1013.25 hPa. `by_sight` is who keeps clear by sight: VFR and visual flights.
    """

    time_s: Floats
    track: NDArray[np.int32]
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    true_ft: Floats
    altitude_ft: Floats
    pressure_altitude_ft: Floats
    vertical_rate_fpm: Floats
    by_sight: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.time_s)

    def pick(self, rows: NDArray[Any]) -> Flown:
        """The states that a mask or index array picks."""
        return replace(self, **{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    def ahead(self, seconds: Floats) -> Flown:
        """Each state carried on straight, at its velocity and rate, by one number of seconds each."""
        up_ft = fpm_to_ftps(self.vertical_rate_fpm) * seconds
        return replace(
            self,
            time_s=self.time_s + seconds,
            x_m=self.x_m + self.vx_mps * seconds,
            y_m=self.y_m + self.vy_mps * seconds,
            true_ft=self.true_ft + up_ft,
            altitude_ft=self.altitude_ft + up_ft,
            pressure_altitude_ft=self.pressure_altitude_ft + up_ft,
        )

    def between(self, later: Flown, part: Floats) -> Flown:
        """States on the straight lines from these to those of `later`; `part` 0 is here, 1 is there."""
        moved = ("time_s", "x_m", "y_m", "true_ft", "altitude_ft", "pressure_altitude_ft")
        return replace(
            self, **{name: getattr(self, name) + part * (getattr(later, name) - getattr(self, name)) for name in moved}
        )


def flown(tracks: Tracks, site: Site, by_sight: NDArray[np.bool_], fault_start_s: Floats) -> tuple[Flown, Flown]:
    """The states of all plots of which something can be said; and of the corrupt ones, as they stand.

    `by_sight` and `fault_start_s` are one value a track. Flagged visual plots are flown by sight too; nothing is from
    the begin of a fault on, for who flies by sight does not mean to fly into the ground.
    """
    of_plots = track_state_of(tracks, site)
    true_ft = np.where(np.isfinite(tracks.geometric_altitude_ft), tracks.geometric_altitude_ft, of_plots.altitude_ft)
    by_sight = by_sight[tracks.track] | (tracks.visual == 1)
    with np.errstate(invalid="ignore"):
        by_sight &= ~(tracks.time_s >= fault_start_s[tracks.track])
    states = Flown(
        **{name: getattr(tracks, name) for name in _FROM_TRACKS},
        true_ft=true_ft,
        altitude_ft=of_plots.altitude_ft,
        by_sight=by_sight,
    )
    known = (tracks.flags & NOT_FLOWN == 0) & (tracks.on_ground != 1) & (tracks.coasted != 1)
    known &= np.isfinite(tracks.x_m) & np.isfinite(true_ft) & np.isfinite(of_plots.altitude_ft)
    corrupt = tracks.flags & CORRUPT != 0
    return states.pick(known & ~corrupt), states.pick(known & corrupt)


def carried_on(states: Flown, track: NDArray[np.intp], seconds: float) -> Flown:
    """The states, and of the tracks named what comes after their last one, straight on for so long.

    What comes after is seen every `CARRIED_ON_STEP_S`. The order of (track, time) holds.
    """
    last = np.searchsorted(states.track, track, side="right") - 1
    last = last[(last >= 0) & (states.track[last] == track)] if len(states) else last[:0]
    steps_s = np.arange(CARRIED_ON_STEP_S, seconds + CARRIED_ON_STEP_S / 2.0, CARRIED_ON_STEP_S)
    more = states.pick(np.repeat(last, len(steps_s))).ahead(np.tile(steps_s, len(last)))
    order = np.argsort(np.concatenate([states.track, more.track]), kind="stable")
    return replace(
        states,
        **{
            column.name: np.concatenate([getattr(states, column.name), getattr(more, column.name)])[order]
            for column in fields(states)
        },
    )


CARRIED_ON_STEP_S = 4.0
_FROM_TRACKS = ("time_s", "track", "x_m", "y_m", "vx_mps", "vy_mps", "pressure_altitude_ft", "vertical_rate_fpm")
