"""How the simple legs are flown: one small class a leg, with the command it gives now and when it is over."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

from safetynets.altimetry import STANDARD_GRAVITY_MPS2
from safetynets.errors import ScenarioError
from safetynets.traffic.flights import ClimbOut, Heading, Level
from safetynets.traffic.motion import Command, State, advance, turned
from safetynets.traffic.pilot import CAPTURED_FT, Pilot, steer_course, steer_heading
from safetynets.units import nm_to_m

ROLL_IN_S = 2.5
"""Half the time to roll to 25 degrees of bank at 5 degrees a second: a turn begins that much earlier."""
ON_HEADING_RAD = math.radians(1.0)


class FlownLeg(ABC):
    """A leg being flown: how it steers, how it climbs or descends, and when it is over."""

    def __init__(self, pilot: Pilot) -> None:
        self.pilot = pilot

    def command(self, state: State) -> Command:
        """What the autopilot asks for now."""
        turn_rate_radps, rate_fpm = self._turn_rate_radps(state), self._vertical_rate_fpm(state)
        return Command(turn_rate_radps, rate_fpm, self.pilot.vertical_g, self.pilot.speed_kt)

    def move(self, state: State, step_s: float) -> None:
        """Move the aircraft on; one that is on the ground and has no more to do stands."""
        if state.on_ground:
            state.vx_mps = state.vy_mps = state.speed_kt = state.vertical_rate_fpm = 0.0
            state.time_s += step_s
            return
        pilot = self.pilot
        advance(state, self.command(state), pilot.aircraft, pilot.weather, pilot.wind_mps, step_s)

    @abstractmethod
    def over(self, state: State) -> bool:
        """Whether the next leg begins."""

    @abstractmethod
    def _turn_rate_radps(self, state: State) -> float: ...

    def _vertical_rate_fpm(self, state: State) -> float:
        return self.pilot.level_rate_fpm(state)


class Straight(FlownLeg):
    """Keep the present course over the ground, for a time and, if required, until the level is reached."""

    def __init__(self, pilot: Pilot, state: State, for_s: float = 0.0, until_level: bool = False) -> None:
        super().__init__(pilot)
        self.course_rad = state.course_rad
        self.end_s, self.until_level = state.time_s + for_s, until_level

    def over(self, state: State) -> bool:
        """After the time, at the level."""
        return state.time_s >= self.end_s and (not self.until_level or self.pilot.at_level(state))

    def _turn_rate_radps(self, state: State) -> float:
        return steer_course(state, self.course_rad)


class HeadingFlown(FlownLeg):
    """A turn to a heading, which is then kept."""

    def __init__(self, leg: Heading, pilot: Pilot, state: State) -> None:
        super().__init__(pilot)
        self.leg = leg
        self.heading_rad = turned(pilot.plane_course_rad(leg.heading_deg, state))
        self.sign = -1.0 if leg.turn == "left" else 1.0
        to_the_right = (self.heading_rad - state.heading_rad) % (2.0 * math.pi)
        self.long_way = {"right": to_the_right > math.pi, "left": to_the_right < math.pi, "shorter": False}[leg.turn]
        self.start_s, self.start_m = state.time_s, (state.x_m, state.y_m)

    def over(self, state: State) -> bool:
        """After the time or distance, at the level, or on the heading."""
        leg = self.leg
        if leg.for_s is not None:
            return state.time_s >= self.start_s + leg.for_s
        if leg.for_nm is not None:
            return math.dist(self.start_m, (state.x_m, state.y_m)) >= nm_to_m(leg.for_nm)
        if leg.until_level:
            return self.pilot.at_level(state)
        return not self.long_way and abs(turned(self.heading_rad - state.heading_rad)) < ON_HEADING_RAD

    def _turn_rate_radps(self, state: State) -> float:
        turn_rate_radps = steer_heading(state, self.heading_rad)
        if self.long_way and turn_rate_radps * self.sign <= 0.0:
            return self.sign
        self.long_way = False
        return turn_rate_radps


class FlyToFlown(FlownLeg):
    """Straight to a point, turning early enough for the leg after it."""

    def __init__(self, point_m: tuple[float, float], next_course_rad: float | None, pilot: Pilot) -> None:
        super().__init__(pilot)
        self.point_m, self.next_course_rad = point_m, next_course_rad

    def over(self, state: State) -> bool:
        """Where the next turn has to begin, within a second of the point, or abeam of it and too near to turn to."""
        east_m, north_m = self.to_go_m(state)
        radius_m = turn_radius_m(self.pilot, state)
        lead_m = state.ground_speed_mps
        if self.next_course_rad is not None:
            change_rad = min(abs(turned(self.next_course_rad - state.course_rad)), math.radians(120.0))
            if change_rad > ON_HEADING_RAD:
                lead_m += radius_m * math.tan(change_rad / 2.0) + ROLL_IN_S * state.ground_speed_mps
        distance_m = math.hypot(east_m, north_m)
        behind = east_m * state.vx_mps + north_m * state.vy_mps <= 0.0
        return distance_m <= lead_m or (behind and distance_m <= 2.0 * radius_m)

    def to_go_m(self, state: State) -> tuple[float, float]:
        """East and north from the aircraft to the point."""
        return self.point_m[0] - state.x_m, self.point_m[1] - state.y_m

    def _turn_rate_radps(self, state: State) -> float:
        east_m, north_m = self.to_go_m(state)
        return steer_course(state, math.atan2(east_m, north_m))


class ClimbOutFlown(FlownLeg):
    """Straight ahead and up: a departure, or a go-around with the pull-up of one."""

    def __init__(self, leg: ClimbOut, pilot: Pilot, state: State) -> None:
        super().__init__(pilot)
        self.course_rad = state.course_rad
        pilot.obey(leg, leg.rate_fpm or pilot.aircraft.climb_fpm, leg.speed_kt, cleared=True)
        if leg.do == "go_around":
            pilot.vertical_g = pilot.aircraft.pull_up_g
        until = leg if leg.straight_until_ft is None else Level(altitude_ft=leg.straight_until_ft)
        self.until_pa_ft = pilot.pressure_level_ft(until)
        if self.until_pa_ft > pilot.level_pa_ft + CAPTURED_FT / 2.0:
            above_ft, until_ft = self.until_pa_ft - pilot.level_pa_ft, leg.straight_until_ft
            raise ScenarioError(
                f"the {leg.do} keeps straight until {until_ft:,.0f} ft, {above_ft:,.0f} ft above the level it flies to",
                mend="lower 'straight_until_ft', or climb higher",
            )

    def over(self, state: State) -> bool:
        """When high enough."""
        return state.pressure_altitude_ft >= self.until_pa_ft - CAPTURED_FT

    def _turn_rate_radps(self, state: State) -> float:
        return steer_course(state, self.course_rad)


def turn_radius_m(pilot: Pilot, state: State) -> float:
    """Radius of the tightest turn that the limits of the aircraft allow in still air."""
    airspeed_mps = state.true_airspeed_mps
    by_bank_m = airspeed_mps**2 / (STANDARD_GRAVITY_MPS2 * math.tan(pilot.aircraft.bank_rad))
    return max(by_bank_m, airspeed_mps / pilot.aircraft.turn_rate_radps)
