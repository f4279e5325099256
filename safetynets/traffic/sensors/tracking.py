"""From the plots of a flight to its system track."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from safetynets.traffic.sensors.kalman import StraightFlight
from safetynets.traffic.sensors.models import ModeC, Tracker
from safetynets.traffic.sensors.plots import Plots
from safetynets.units import ftps_to_fpm

Floats = NDArray[np.float64]

COLUMNS = (
    "time_s",
    "x_m",
    "y_m",
    "vx_mps",
    "vy_mps",
    "pressure_altitude_ft",
    "geometric_altitude_ft",
    "vertical_rate_fpm",
    "coasted",
)
FIRST_SPEED_MPS = 150.0
"""Spread of the speed of a flight of which only one plot is known."""
FIRST_RATE_FTPS = 30.0
MANOEUVRE = 6.0
"""A plot about two and a half standard deviations off (squared) tells of a manoeuvre."""
HARD_MANOEUVRE = 5.0
"""How much more acceleration the tracker allows for when it notices one."""
GATE = 25.0
"""A plot five standard deviations off (squared) is not believed even so, unless the next one says the same."""


class SystemTrack:
    """The track of one flight while its plots come in: position and altitude, each with its own filter.

    Two plots begin a track. The altitude given is the last that Mode C sent within the update, as it was sent; only its
    rate is filtered. A surprising plot is left out once.
    """

    def __init__(self, tracker: Tracker, mode_c: ModeC) -> None:
        self.tracker = tracker
        self.altitude_variance = np.array([[max(mode_c.step_ft**2 / 12.0, 4.0)]])
        self.place: StraightFlight | None = None
        self.height: StraightFlight | None = None
        self.doubted_place = self.doubted_height = False
        self.plots = 0
        self.last_arrival_s = -math.inf
        self.altitude_ft = self.geometric_ft = math.nan
        self.altitude_s = self.geometric_s = -math.inf

    def take(self, plots: Plots, row: int) -> None:
        """Take one plot into the track."""
        time_s, altitude_ft = float(plots.time_s[row]), float(plots.pressure_altitude_ft[row])
        place_m = np.array([plots.x_m[row], plots.y_m[row]])
        self.plots += 1
        self.last_arrival_s = float(plots.arrival_s[row])
        geometric_ft = float(plots.geometric_altitude_ft[row])
        if math.isfinite(altitude_ft):
            self.altitude_ft, self.altitude_s = altitude_ft, self.last_arrival_s
        if math.isfinite(geometric_ft):
            self.geometric_ft, self.geometric_s = geometric_ft, self.last_arrival_s
        self.place, self.doubted_place = _updated(
            self.place,
            self.doubted_place,
            place_m,
            plots.variance_m2[row],
            time_s,
            FIRST_SPEED_MPS,
            self.tracker.manoeuvre_mps2,
        )
        if math.isfinite(altitude_ft):
            self.height, self.doubted_height = _updated(
                self.height,
                self.doubted_height,
                np.array([altitude_ft]),
                self.altitude_variance,
                time_s,
                FIRST_RATE_FTPS,
                self.tracker.vertical_ftps2,
            )

    def row(self, time_s: float, update_s: float) -> tuple[float, ...] | None:
        """The system track at a time (the columns of `COLUMNS`), or None where there is none."""
        if self.plots < 2 or self.place is None or time_s - self.last_arrival_s > self.tracker.drop_s:
            return None
        (x_m, y_m), (vx_mps, vy_mps) = self.place.at(time_s)
        rate_fpm = math.nan if self.height is None else ftps_to_fpm(float(self.height.state[1]))
        before_s = time_s - update_s
        coasted = self.last_arrival_s <= before_s
        altitude_ft = self.altitude_ft if self.altitude_s > before_s else math.nan
        geometric_ft = self.geometric_ft if self.geometric_s > before_s else math.nan
        return time_s, x_m, y_m, vx_mps, vy_mps, altitude_ft, geometric_ft, rate_fpm, float(coasted)


def _updated(
    known: StraightFlight | None,
    doubted: bool,
    value: Floats,
    variance: Floats,
    time_s: float,
    rate_spread: float,
    acceleration: float,
) -> tuple[StraightFlight, bool]:
    """The filter with a measurement taken in, and whether the measurement was left out as too surprising."""
    if known is None:
        return StraightFlight.begun(value, variance, rate_spread, acceleration, time_s), False
    if time_s <= known.time_s:
        # A plot older than what is known: the usual tracker of plots in order has no use for it.
        return known, doubted
    since_s = time_s - known.time_s
    known.predict(time_s)
    if known.surprise(value, variance) > MANOEUVRE:
        known.disturb(since_s, HARD_MANOEUVRE * acceleration)
    if known.surprise(value, variance) > GATE:
        return (
            (StraightFlight.begun(value, variance, rate_spread, acceleration, time_s), False)
            if doubted
            else (known, True)
        )
    known.update(value, variance)
    return known, False


def system_track(plots: Plots, tracker: Tracker, mode_c: ModeC, update_s: float, start_time_s: float) -> Floats:
    """The system track of a flight: a row every `update_s` counted from `start_time_s`, with the columns `COLUMNS`."""
    if len(plots) == 0:
        return np.empty((0, len(COLUMNS)))
    track = SystemTrack(tracker, mode_c)
    first = math.floor((plots.arrival_s[0] - start_time_s) / update_s)
    last = math.ceil((plots.arrival_s[-1] + tracker.drop_s - start_time_s) / update_s)
    rows = []
    taken = 0
    for number in range(first, last + 1):
        time_s = start_time_s + number * update_s
        while taken < len(plots) and plots.arrival_s[taken] <= time_s:
            track.take(plots, taken)
            taken += 1
        row = track.row(time_s, update_s)
        if row is not None:
            rows.append(row)
    return np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS))
