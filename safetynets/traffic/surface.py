"""How an aircraft moves on the ground: it taxies, stands, rolls for take-off and rolls out after the landing."""

from __future__ import annotations

import math

from safetynets.sites.geometry import Approach
from safetynets.traffic.flights import Land, Stand, TakeOff, Taxi
from safetynets.traffic.legs import FlownLeg
from safetynets.traffic.motion import State, settle
from safetynets.traffic.pilot import Pilot
from safetynets.units import ftps_to_fpm, kt_to_mps, mps_to_kt

TAXI_ACCELERATION_MPS2 = 1.0
"""With which an aircraft that taxies changes its speed (simulator default)."""
FLARE_M = 300.0
"""From the threshold crossing height down to the ground (simulator default)."""


class OnTheGround(FlownLeg):
    """A leg on the ground, which moves the aircraft without the pilot."""

    def over(self, state: State) -> bool:  # noqa: ARG002
        """At once; a leg that lasts says so."""
        return True

    def _turn_rate_radps(self, state: State) -> float:  # noqa: ARG002 no autopilot steers on the ground
        return 0.0


class TaxiFlown(OnTheGround):
    """Straight to a place, braking before it where the aircraft is to stop there."""

    def __init__(self, leg: Taxi, point_m: tuple[float, float], stops: bool, pilot: Pilot) -> None:
        super().__init__(pilot)
        self.point_m, self.speed_mps, self.stops, self.there = point_m, kt_to_mps(leg.speed_kt), stops, False

    def over(self, state: State) -> bool:  # noqa: ARG002
        """At the place."""
        return self.there

    def move(self, state: State, step_s: float) -> None:
        """Taxi on."""
        east_m, north_m = self.point_m[0] - state.x_m, self.point_m[1] - state.y_m
        to_go_m = math.hypot(east_m, north_m)
        wanted_mps = self.speed_mps
        if self.stops:
            wanted_mps = min(wanted_mps, math.sqrt(2.0 * TAXI_ACCELERATION_MPS2 * to_go_m))
        change_mps = TAXI_ACCELERATION_MPS2 * step_s
        before_mps = state.ground_speed_mps
        speed_mps = min(max(wanted_mps, before_mps - change_mps), before_mps + change_mps)
        self.there = to_go_m <= max(speed_mps, 0.5) * step_s
        if self.there:
            state.x_m, state.y_m = self.point_m
            speed_mps = 0.0 if self.stops else speed_mps
        else:
            state.heading_rad = math.atan2(east_m, north_m)
            state.x_m += speed_mps * step_s * math.sin(state.heading_rad)
            state.y_m += speed_mps * step_s * math.cos(state.heading_rad)
        roll(state, speed_mps)
        state.time_s += step_s


class StandFlown(OnTheGround):
    """Stand still for a time."""

    def __init__(self, leg: Stand, pilot: Pilot, state: State) -> None:
        super().__init__(pilot)
        self.end_s = state.time_s + leg.for_s

    def over(self, state: State) -> bool:
        """After the time."""
        return state.time_s >= self.end_s

    def move(self, state: State, step_s: float) -> None:
        """Stay."""
        roll(state, 0.0)
        state.time_s += step_s


class TakeOffFlown(OnTheGround):
    """Along the runway from its present speed to the speed at which the aircraft lifts off, or to where it stops."""

    def __init__(self, leg: TakeOff, course_rad: float, pilot: Pilot, state: State) -> None:
        super().__init__(pilot)
        self.leg, self.end_s = leg, math.inf
        self.rejected = self.stopped = False
        self.reject_mps = math.inf if leg.reject_at_kt is None else kt_to_mps(leg.reject_at_kt)
        state.heading_rad = course_rad
        true_airspeed_mps = pilot.weather.true_airspeed_mps(leg.lift_off_kt, state.pressure_altitude_ft)
        east_mps, north_mps = pilot.wind_mps
        tailwind_mps = east_mps * math.sin(state.heading_rad) + north_mps * math.cos(state.heading_rad)
        self.lift_off_mps = true_airspeed_mps + tailwind_mps

    def over(self, state: State) -> bool:
        """In the air, or stopped after a rejected take-off."""
        return not state.on_ground or self.stopped

    def move(self, state: State, step_s: float) -> None:
        """Roll on."""
        before_mps = state.ground_speed_mps
        self.rejected = self.rejected or before_mps >= self.reject_mps
        rate_mps2 = -self.leg.deceleration_mps2 if self.rejected else self.leg.acceleration_mps2
        speed_mps = min(max(before_mps + rate_mps2 * step_s, 0.0), self.lift_off_mps)
        _along(state, 0.5 * (before_mps + speed_mps) * step_s)
        roll(state, speed_mps)
        state.time_s += step_s
        self.stopped = self.rejected and speed_mps == 0.0
        if not self.rejected and speed_mps >= self.lift_off_mps:
            state.on_ground, state.speed_kt = False, self.leg.lift_off_kt
            self.pilot.speed_kt = self.leg.lift_off_kt
            settle(state, self.pilot.weather, self.pilot.wind_mps)


class LandFlown(OnTheGround):
    """From the threshold down to the ground, then along the runway until the aircraft is slow enough to leave it."""

    def __init__(self, leg: Land, approach: Approach, pilot: Pilot, state: State) -> None:
        super().__init__(pilot)
        self.leg, self.done = leg, False
        self.speed_mps = state.ground_speed_mps
        self.ground_ft = approach.threshold_elevation_ft
        height_ft = pilot.geometric_ft(state.pressure_altitude_ft) - self.ground_ft
        self.down_ftps = max(height_ft, 1.0) * self.speed_mps / FLARE_M
        state.heading_rad = state.course_rad

    def over(self, state: State) -> bool:  # noqa: ARG002
        """When slow enough."""
        return self.done

    def move(self, state: State, step_s: float) -> None:
        """Fly on down, or roll on."""
        before_mps = state.ground_speed_mps
        if not state.on_ground:
            height_ft = self.pilot.geometric_ft(state.pressure_altitude_ft) - self.ground_ft
            sinks_ft = min(self.down_ftps * step_s, height_ft)
            state.pressure_altitude_ft -= sinks_ft
            state.vertical_rate_fpm = -ftps_to_fpm(sinks_ft / step_s)
            _along(state, before_mps * step_s)
            state.on_ground = sinks_ft >= height_ft
            roll(state, before_mps, state.vertical_rate_fpm if not state.on_ground else 0.0)
        else:
            slow_mps = kt_to_mps(self.leg.exit_speed_kt)
            speed_mps = max(before_mps - self.leg.deceleration_mps2 * step_s, slow_mps)
            _along(state, 0.5 * (before_mps + speed_mps) * step_s)
            roll(state, speed_mps)
            self.done = speed_mps <= slow_mps
        state.time_s += step_s


def roll(state: State, speed_mps: float, rate_fpm: float = 0.0) -> None:
    """Set the speed over the ground in the direction of the nose."""
    state.vx_mps, state.vy_mps = speed_mps * math.sin(state.heading_rad), speed_mps * math.cos(state.heading_rad)
    state.speed_kt, state.true_airspeed_mps = mps_to_kt(speed_mps), speed_mps
    state.vertical_rate_fpm, state.bank_rad = rate_fpm, 0.0


def _along(state: State, distance_m: float) -> None:
    state.x_m += distance_m * math.sin(state.heading_rad)
    state.y_m += distance_m * math.cos(state.heading_rad)
