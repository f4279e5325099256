"""The crew: what it believes, its latest instructions, and the autopilot commands that follow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from safetynets import altimetry
from safetynets.altimetry import STANDARD_GRAVITY_MPS2, STANDARD_PRESSURE_HPA, mode_c_ft
from safetynets.sites.geometry import Site
from safetynets.traffic.aircraft import Aircraft
from safetynets.traffic.flights import Level
from safetynets.traffic.motion import CROSS_TRACK_S, LEVEL_S, TRACK_S, State, closing_rate_fpm, limited, turned
from safetynets.traffic.weather import Quantity, Weather
from safetynets.units import fl_to_ft, fpm_to_ftps, m_to_ft

ORDINARY_RATE_FPM = 1500.0
"""Rate of a climb or descent for which none is given (simulator default), if the aircraft can do it."""
CAPTURED_FT = 20.0
"""A level this near is reached: the last feet of a level-off take for ever."""


@dataclass
class Pilot:
    """A crew with its altimeter setting and the instructions that hold now.

    `level_pa_ft` is the level flown to, as pressure altitude; `cleared_ft` and `selected_ft` are what surveillance
    learns of it, NaN where it learns nothing.
    """

    aircraft: Aircraft
    site: Site
    weather: Weather
    qnh_hpa: float
    altimeter_hpa: float
    transition_altitude_ft: float
    level_pa_ft: float
    speed_kt: float
    rate_fpm: float = ORDINARY_RATE_FPM
    vertical_g: float = 0.05
    cleared_ft: float = math.nan
    selected_ft: float = math.nan
    vectored: bool = False

    @cached_property
    def wind_mps(self) -> tuple[float, float]:
        """Where the wind blows to on the plane, whose north is true north at its centre."""
        return self.weather.wind_mps()

    def plane_course_rad(self, true_deg: float, state: State) -> float:
        """Direction on the plane of a true course or heading at the aircraft."""
        latitude_deg, longitude_deg = self.site.plane.to_geographic(state.x_m, state.y_m)
        return math.radians(true_deg + float(self.site.plane.convergence_deg(latitude_deg, longitude_deg)))

    def geometric_ft(self, pressure_altitude_ft: Quantity) -> Quantity:
        """Altitude above mean sea level at a pressure altitude, in this air."""
        return self.weather.geometric_altitude_ft(pressure_altitude_ft, self.qnh_hpa)

    def setting_hpa(self, pressure_altitude_ft: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is set on the altimeter: 1013.25 above the transition altitude, below it the crew's setting."""
        above = pressure_altitude_ft - altimetry.pressure_altitude_ft(self.qnh_hpa) > self.transition_altitude_ft
        return np.where(above, STANDARD_PRESSURE_HPA, self.altimeter_hpa)

    def pressure_level_ft(self, level: Level) -> float:
        """Pressure altitude at which this crew reads the level off its altimeter."""
        if level.flight_level is not None:
            return fl_to_ft(level.flight_level)
        assert level.altitude_ft is not None
        return self.pressure_ft(level.altitude_ft)

    def pressure_ft(self, indicated_altitude_ft: float) -> float:
        """Pressure altitude at which the altimeter, on the crew's setting, shows this altitude."""
        return mode_c_ft(indicated_altitude_ft, self.altimeter_hpa)

    def obey(self, level: Level, rate_fpm: float | None, speed_kt: float | None, cleared: bool) -> None:
        """Take an instruction: a level, a rate and a speed, each if given."""
        if speed_kt is not None:
            self.speed_kt = speed_kt
        if level.given:
            self.level_pa_ft = self.pressure_level_ft(level)
            named_ft = fl_to_ft(level.flight_level) if level.flight_level is not None else level.altitude_ft
            assert named_ft is not None
            self.selected_ft = named_ft
            self.cleared_ft = named_ft if cleared else math.nan
            self.rate_fpm = ORDINARY_RATE_FPM
            self.vertical_g = self.aircraft.level_off_g
        if rate_fpm is not None:
            self.rate_fpm = rate_fpm

    def level_off(self, state: State) -> None:
        """Make the level at which the aircraft can stop its climb or descent the level to fly at."""
        acceleration_ftps2 = 0.7 * self.vertical_g * m_to_ft(STANDARD_GRAVITY_MPS2)
        bend_ftps = acceleration_ftps2 * LEVEL_S
        rate_ftps = fpm_to_ftps(state.vertical_rate_fpm)
        stop_ft = ((abs(rate_ftps) + bend_ftps) ** 2 - bend_ftps**2) / (2.0 * acceleration_ftps2)
        self.level_pa_ft = state.pressure_altitude_ft + math.copysign(stop_ft, rate_ftps)
        self.selected_ft = self.cleared_ft = math.nan

    def level_rate_fpm(self, state: State) -> float:
        """Vertical rate that flies to the level at the rate in force and captures it."""
        rate_fpm = closing_rate_fpm(self.level_pa_ft - state.pressure_altitude_ft, self.vertical_g)
        return limited(rate_fpm, -self.rate_fpm, self.rate_fpm)

    def at_level(self, state: State) -> bool:
        """Whether the level is reached and held."""
        return abs(state.pressure_altitude_ft - self.level_pa_ft) < CAPTURED_FT and abs(state.vertical_rate_fpm) < 200.0


def steer_course(state: State, course_rad: float) -> float:
    """Turn rate (rad/s) that brings the aircraft on to a course over the ground."""
    return turned(course_rad - state.course_rad) / TRACK_S


def steer_heading(state: State, heading_rad: float) -> float:
    """Turn rate (rad/s) that brings the aircraft on to a heading."""
    return turned(heading_rad - state.heading_rad) / TRACK_S


def steer_line(state: State, across_m: float, course_rad: float, most_rad: float) -> float:
    """Turn rate (rad/s) that joins and follows a line the aircraft is `across_m` right of."""
    angle = limited(across_m / (CROSS_TRACK_S * state.ground_speed_mps), -most_rad, most_rad)
    return steer_course(state, course_rad - angle)
