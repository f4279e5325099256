"""How an aircraft moves: its commands, and how far its limits let it follow them within one time step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from safetynets.altimetry import STANDARD_GRAVITY_MPS2
from safetynets.traffic.aircraft import Aircraft
from safetynets.traffic.weather import Weather
from safetynets.units import S_PER_MIN, fpm_to_ftps, ft_to_m, ftps_to_fpm, m_to_ft

STEP_S = 0.5
"""Time step of the motion; a turn at 3 degrees a second is followed within 0.2 m a step."""
TRACK_S = 5.0
"""Time constant with which a track or heading error is flown out."""
CROSS_TRACK_S = 4.0 * TRACK_S
"""Time constant of a cross-track error: four times the inner one damps it critically."""
GRAVITY_FTPS2 = m_to_ft(STANDARD_GRAVITY_MPS2)
LEVEL_S = 5.0
"""Time constant of the last feet of a level-off."""


@dataclass(slots=True)
class State:
    """Where an aircraft is and how it moves; angles in radians clockwise from the plane's y axis."""

    time_s: float
    x_m: float
    y_m: float
    pressure_altitude_ft: float
    heading_rad: float
    speed_kt: float
    vertical_rate_fpm: float = 0.0
    bank_rad: float = 0.0
    vx_mps: float = 0.0
    vy_mps: float = 0.0
    true_airspeed_mps: float = 0.0
    on_ground: bool = False

    @property
    def course_rad(self) -> float:
        """Direction over the ground."""
        return math.atan2(self.vx_mps, self.vy_mps)

    @property
    def ground_speed_mps(self) -> float:
        """Speed over the ground."""
        return math.hypot(self.vx_mps, self.vy_mps)


class Command(NamedTuple):
    """What the autopilot asks for: a turn rate, a vertical rate with the g to reach it, and an indicated speed."""

    turn_rate_radps: float
    vertical_rate_fpm: float
    vertical_g: float
    speed_kt: float


def limited(value: float, least: float, most: float) -> float:
    """The value, or the limit it lies beyond."""
    return least if value < least else most if value > most else value


def turned(angle_rad: float) -> float:
    """The same direction between -pi and pi.

    >>> round(turned(1.5 * math.pi) / math.pi, 6)
    -0.5
    """
    return (angle_rad + math.pi) % (2.0 * math.pi) - math.pi


def closing_rate_fpm(error_ft: float, acceleration_g: float) -> float:
    """Vertical rate (fpm) at which a level `error_ft` away is still captured with this acceleration.

    Far away it is the parabola of a constant deceleration, in the last feet an exponential of `LEVEL_S`.
    """
    acceleration_ftps2 = 0.7 * acceleration_g * GRAVITY_FTPS2
    bend_ftps = acceleration_ftps2 * LEVEL_S
    rate_ftps = math.sqrt(2.0 * acceleration_ftps2 * abs(error_ft) + bend_ftps**2) - bend_ftps
    return math.copysign(ftps_to_fpm(rate_ftps), error_ft)


def settle(state: State, weather: Weather, wind_mps: tuple[float, float]) -> None:
    """Set the speeds that follow from heading, indicated speed, altitude and wind."""
    state.true_airspeed_mps = weather.true_airspeed_mps(state.speed_kt, state.pressure_altitude_ft)
    state.vx_mps = state.true_airspeed_mps * math.sin(state.heading_rad) + wind_mps[0]
    state.vy_mps = state.true_airspeed_mps * math.cos(state.heading_rad) + wind_mps[1]


def advance(
    state: State,
    command: Command,
    aircraft: Aircraft,
    weather: Weather,
    wind_mps: tuple[float, float],
    step_s: float = STEP_S,
) -> None:
    """Move the state on by `step_s`, following the command as far as the limits of the aircraft allow."""
    gravity = STANDARD_GRAVITY_MPS2
    airspeed = state.true_airspeed_mps
    most_bank = min(aircraft.bank_rad, math.atan(aircraft.turn_rate_radps * airspeed / gravity))
    bank = limited(math.atan(command.turn_rate_radps * airspeed / gravity), -most_bank, most_bank)
    roll = aircraft.roll_rate_radps * step_s
    bank = state.bank_rad + limited(bank - state.bank_rad, -roll, roll)
    turn_rate = 0.5 * (math.tan(bank) + math.tan(state.bank_rad)) * gravity / airspeed

    rate_step = ftps_to_fpm(command.vertical_g * GRAVITY_FTPS2 * step_s)
    wanted = limited(command.vertical_rate_fpm, -aircraft.descent_fpm, aircraft.climb_fpm)
    rate_fpm = state.vertical_rate_fpm + limited(wanted - state.vertical_rate_fpm, -rate_step, rate_step)

    # Thrust and drag bound the rate of total energy: what the climb takes, the acceleration cannot have.
    energy_ktps = gravity / airspeed * state.speed_kt / airspeed
    climb_left_mps = ft_to_m(fpm_to_ftps(aircraft.climb_fpm - rate_fpm))
    descent_left_mps = ft_to_m(fpm_to_ftps(-aircraft.descent_fpm - rate_fpm))
    speed_step = limited(
        command.speed_kt - state.speed_kt,
        max(-aircraft.acceleration_ktps, min(0.0, descent_left_mps * energy_ktps)) * step_s,
        min(aircraft.acceleration_ktps, max(0.0, climb_left_mps * energy_ktps)) * step_s,
    )

    vx_before, vy_before = state.vx_mps, state.vy_mps
    state.heading_rad = turned(state.heading_rad + turn_rate * step_s)
    state.bank_rad = bank
    state.speed_kt += speed_step
    state.pressure_altitude_ft += 0.5 * (rate_fpm + state.vertical_rate_fpm) * step_s / S_PER_MIN
    state.vertical_rate_fpm = rate_fpm
    settle(state, weather, wind_mps)
    state.x_m += 0.5 * (vx_before + state.vx_mps) * step_s
    state.y_m += 0.5 * (vy_before + state.vy_mps) * step_s
    state.time_s += step_s
