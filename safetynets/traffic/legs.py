"""How each leg is flown: one small class a leg, with the command it gives now and when it is done."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from safetynets.errors import ScenarioError
from safetynets.geodesy import MEAN_EARTH_RADIUS_M
from safetynets.sites.geometry import Approach
from safetynets.traffic.flights import (
    ChangeLevel,
    ClimbOut,
    FlyTo,
    Heading,
    Hold,
    Intercept,
    Leg,
    Level,
    LevelOff,
    Speed,
)
from safetynets.traffic.motion import Command, State, closing_rate_fpm, limited, turned
from safetynets.traffic.pilot import (
    MOST_INTERCEPT_DEG,
    ORDINARY_RATE_FPM,
    Pilot,
    steer_course,
    steer_heading,
    steer_line,
)
from safetynets.traffic.places import find_approach, path_altitude_ft, plane_position
from safetynets.units import M_PER_NM, S_PER_MIN, m_to_ft, nm_to_m

ROLL_IN_S = 2.5
"""Half the time to roll to 25 degrees of bank at 5 degrees a second: a turn begins that much earlier."""
GLIDE_PATH_WINDOW_FT = 150.0
"""An aircraft descending through a path within this far below it still captures it."""
LATERAL_CAPTURE_DEG = 2.5
"""Half the width of a localiser (ICAO Annex 10, recalled): within it the glide path may be captured."""


class FlownLeg(Protocol):
    """A leg being flown."""

    def command(self, state: State) -> Command:
        """What the autopilot asks for now."""

    def done(self, state: State) -> bool:
        """Whether the next leg begins."""


class Straight:
    """The present course is kept; ends when `finished` says so."""

    def __init__(self, pilot: Pilot, state: State, for_s: float = 0.0, until_level: bool = False) -> None:
        self.pilot, self.course_rad = pilot, state.course_rad
        self.end_s, self.until_level = state.time_s + for_s, until_level

    def command(self, state: State) -> Command:
        return self.pilot.command(steer_course(state, self.course_rad), self.pilot.level_rate_fpm(state))

    def done(self, state: State) -> bool:
        return state.time_s >= self.end_s and (not self.until_level or self.pilot.at_level(state))


class HeadingFlown:
    """A turn to a heading, which is then kept."""

    def __init__(self, leg: Heading, pilot: Pilot, state: State) -> None:
        self.leg, self.pilot = leg, pilot
        self.heading_rad = turned(pilot.plane_course_rad(leg.heading_deg, state))
        ahead = (self.heading_rad - state.heading_rad) % (2.0 * math.pi)
        self.long_way = {"right": ahead > math.pi, "left": ahead < math.pi, "shorter": False}[leg.turn]
        self.start_s, self.start_m = state.time_s, (state.x_m, state.y_m)

    def command(self, state: State) -> Command:
        turn_rate = steer_heading(state, self.heading_rad)
        if self.long_way:
            sign = 1.0 if self.leg.turn == "right" else -1.0
            if turn_rate * sign > 0.0:
                self.long_way = False
            else:
                turn_rate = sign
        return self.pilot.command(turn_rate, self.pilot.level_rate_fpm(state))

    def done(self, state: State) -> bool:
        leg = self.leg
        if leg.for_s is not None:
            return state.time_s >= self.start_s + leg.for_s
        if leg.for_nm is not None:
            return math.dist(self.start_m, (state.x_m, state.y_m)) >= nm_to_m(leg.for_nm)
        if leg.until_level:
            return self.pilot.at_level(state)
        return not self.long_way and abs(turned(self.heading_rad - state.heading_rad)) < math.radians(1.0)


class FlyToFlown:
    """Straight to a point, turning early enough for the leg after it."""

    def __init__(self, point_m: tuple[float, float], next_course_rad: float | None, pilot: Pilot) -> None:
        self.point_m, self.next_course_rad, self.pilot = point_m, next_course_rad, pilot

    def _to_go(self, state: State) -> tuple[float, float]:
        return self.point_m[0] - state.x_m, self.point_m[1] - state.y_m

    def command(self, state: State) -> Command:
        east_m, north_m = self._to_go(state)
        return self.pilot.command(steer_course(state, math.atan2(east_m, north_m)), self.pilot.level_rate_fpm(state))

    def done(self, state: State) -> bool:
        east_m, north_m = self._to_go(state)
        lead_m = state.ground_speed_mps
        radius_m = turn_radius_m(self.pilot, state)
        if self.next_course_rad is not None:
            change = min(abs(turned(self.next_course_rad - state.course_rad)), math.radians(120.0))
            if change > math.radians(1.0):
                lead_m += radius_m * math.tan(change / 2.0) + ROLL_IN_S * state.ground_speed_mps
        distance_m = math.hypot(east_m, north_m)
        behind = east_m * state.vx_mps + north_m * state.vy_mps <= 0.0
        return distance_m <= lead_m or (behind and distance_m <= 2.0 * radius_m)


def turn_radius_m(pilot: Pilot, state: State) -> float:
    """Radius of the tightest turn the aircraft's limits allow in still air."""
    airspeed = state.true_airspeed_mps
    bank = math.radians(pilot.aircraft.bank_deg)
    by_bank_m = airspeed**2 / (9.80665 * math.tan(bank))
    return max(by_bank_m, airspeed / math.radians(pilot.aircraft.turn_rate_degps))


class InterceptFlown:
    """On to a final approach course, then along its path."""

    def __init__(self, leg: Intercept, approach: Approach, pilot: Pilot, state: State) -> None:
        self.leg, self.approach, self.pilot = leg, approach, pilot
        self.path = leg.path or approach.path
        self.angle_deg = leg.angle_deg or approach.angle_deg
        self.course_rad = math.radians(approach.course_deg)
        self.steps = sorted(leg.steps, reverse=True)
        self.on_path = False
        self.captured = False
        self.entry_course_rad = state.course_rad
        self.pilot.speed_kt = leg.speed_kt or min(pilot.speed_kt, pilot.aircraft.approach_speed_kt)
        if self.path != "localiser":
            self.pilot.cleared_ft = self.pilot.selected_ft = math.nan

    def along_nm(self, state: State) -> float:
        """Distance to the threshold along the course, positive before it."""
        east_m, north_m = state.x_m - self.approach.x_m, state.y_m - self.approach.y_m
        return -(east_m * math.sin(self.course_rad) + north_m * math.cos(self.course_rad)) / M_PER_NM

    def across_m(self, state: State) -> float:
        """Distance right of the course."""
        east_m, north_m = state.x_m - self.approach.x_m, state.y_m - self.approach.y_m
        return east_m * math.cos(self.course_rad) - north_m * math.sin(self.course_rad)

    def command(self, state: State) -> Command:
        if self.along_nm(state) <= self.leg.landing_speed_distance_nm and self.leg.speed_kt is None:
            self.pilot.speed_kt = self.pilot.aircraft.landing_speed_kt
        return self.pilot.command(self._turn_rate(state), self._vertical_rate_fpm(state))

    def _turn_rate(self, state: State) -> float:
        across_m = self.across_m(state)
        angle = turned(state.course_rad - self.course_rad)
        most = math.radians(MOST_INTERCEPT_DEG)
        if not self.captured:
            converging = angle * across_m < 0.0 and abs(angle) < math.radians(100.0)
            lead_m = turn_radius_m(self.pilot, state) * (1.0 - math.cos(angle)) + ROLL_IN_S * abs(
                state.ground_speed_mps * math.sin(angle)
            )
            joined = abs(across_m) <= max(1.5 * lead_m, 20.0 * state.ground_speed_mps * min(abs(angle), most))
            if converging and not joined and abs(angle) > math.radians(5.0):
                return steer_course(state, self.entry_course_rad)
            self.captured = joined or abs(angle) < math.radians(5.0)
        return steer_line(state, across_m, self.course_rad, most)

    def _vertical_rate_fpm(self, state: State) -> float:
        pilot = self.pilot
        along_nm = self.along_nm(state)
        level_fpm = pilot.level_rate_fpm(state)
        if self.path == "localiser":
            return level_fpm
        if self.path == "steps":
            while self.steps and along_nm <= self.steps[0][0]:
                pilot.obey(Level(altitude_ft=self.steps.pop(0)[1]), self.leg.rate_fpm, None, cleared=False)
                pilot.selected_ft = math.nan
            return pilot.level_rate_fpm(state)
        error_ft, slope_fpm = self._path(state, along_nm)
        greatest_fpm = self.leg.rate_fpm or min(ORDINARY_RATE_FPM, pilot.aircraft.descent_fpm)
        path_fpm = limited(slope_fpm + closing_rate_fpm(error_ft, pilot.vertical_g), -greatest_fpm, 0.0)
        if not self.on_path:
            across_deg = math.degrees(math.atan2(abs(self.across_m(state)), nm_to_m(max(along_nm, 0.1))))
            near = -GLIDE_PATH_WINDOW_FT < -error_ft <= 0.0 or path_fpm < level_fpm
            self.on_path = near and self.captured and across_deg <= LATERAL_CAPTURE_DEG
        return path_fpm if self.on_path else level_fpm

    def _path(self, state: State, along_nm: float) -> tuple[float, float]:
        """How far the path is above the aircraft, and the path's own rate, both in pressure altitude."""
        pilot, angle = self.pilot, math.tan(math.radians(self.angle_deg))
        path_ft = float(path_altitude_ft(self.approach, self.path, self.angle_deg, np.float64(along_nm)))
        closing_mps = state.ground_speed_mps * math.cos(turned(state.course_rad - self.course_rad))
        if self.path in ("ils", "papi"):
            here_ft = pilot.geometric_ft(state.pressure_altitude_ft)
            stretch = (pilot.geometric_ft(state.pressure_altitude_ft + 100.0) - here_ft) / 100.0
            slope = angle + nm_to_m(along_nm) / MEAN_EARTH_RADIUS_M
            return (path_ft - here_ft) / stretch, -m_to_ft(closing_mps * slope) * S_PER_MIN / stretch
        if self.path == "profile":
            behind_ft = float(path_altitude_ft(self.approach, self.path, self.angle_deg, np.float64(along_nm + 0.01)))
            slope = (behind_ft - path_ft) / m_to_ft(nm_to_m(0.01))
        else:
            slope = angle
        target_ft = pilot.pressure_level_ft(Level(altitude_ft=max(path_ft, -1500.0)))
        return target_ft - state.pressure_altitude_ft, -m_to_ft(closing_mps * slope) * S_PER_MIN

    def done(self, state: State) -> bool:
        leg = self.leg
        if leg.until_distance_nm is not None and self.along_nm(state) <= leg.until_distance_nm:
            return True
        if leg.until_altitude_ft is None:
            return False
        return state.pressure_altitude_ft <= self.pilot.pressure_level_ft(Level(altitude_ft=leg.until_altitude_ft))


class ClimbOutFlown:
    """Straight ahead, climbing."""

    def __init__(self, leg: ClimbOut, pilot: Pilot, state: State) -> None:
        self.pilot, self.course_rad = pilot, state.course_rad
        pilot.obey(leg, leg.rate_fpm or pilot.aircraft.climb_fpm, leg.speed_kt, cleared=True)
        pilot.vertical_g = pilot.aircraft.pull_up_g
        until = leg if leg.straight_until_ft is None else Level(altitude_ft=leg.straight_until_ft)
        self.until_pa_ft = pilot.pressure_level_ft(until)

    def command(self, state: State) -> Command:
        return self.pilot.command(steer_course(state, self.course_rad), self.pilot.level_rate_fpm(state))

    def done(self, state: State) -> bool:
        return state.pressure_altitude_ft >= self.until_pa_ft - 20.0


class HoldFlown:
    """To the fix, then racetracks: a turn outbound, `leg_s` outbound, a turn back, inbound to the fix."""

    def __init__(self, leg: Hold, fix_m: tuple[float, float], pilot: Pilot, state: State) -> None:
        self.leg, self.fix_m, self.pilot = leg, fix_m, pilot
        self.inbound_rad = turned(pilot.plane_course_rad(leg.inbound_course_deg, state))
        self.outbound_deg = (leg.inbound_course_deg + 180.0) % 360.0
        self.phase: FlownLeg = FlyToFlown(fix_m, None, pilot)
        self.inbound, self.passed, self.turning = True, 0, False

    def command(self, state: State) -> Command:
        if self.inbound and self.phase.done(state):
            self.passed += 1
            self.inbound, self.turning = False, True
            turn = Heading(do="heading", heading_deg=self.outbound_deg, turn=self.leg.turn)
            self.phase = HeadingFlown(turn, self.pilot, state)
        elif not self.inbound and self.phase.done(state):
            if self.turning:
                self.turning = False
                self.phase = Straight(self.pilot, state, for_s=self.leg.leg_s)
            else:
                self.inbound = True
                self.phase = InboundFlown(self.fix_m, self.inbound_rad, self.leg.turn, self.pilot, state)
        return self.phase.command(state)

    def done(self, state: State) -> bool:
        return self.inbound and self.passed >= self.leg.turns and self.phase.done(state)


class InboundFlown(FlyToFlown):
    """A turn in the direction of the hold, then along the inbound course to the fix."""

    def __init__(self, fix_m: tuple[float, float], inbound_rad: float, turn: str, pilot: Pilot, state: State) -> None:
        super().__init__(fix_m, None, pilot)
        self.inbound_rad, self.sign, self.turning = inbound_rad, 1.0 if turn == "right" else -1.0, True

    def command(self, state: State) -> Command:
        east_m, north_m = self._to_go(state)
        across_m = -(east_m * math.cos(self.inbound_rad) - north_m * math.sin(self.inbound_rad))
        if self.turning:
            remaining = turned(self.inbound_rad - state.course_rad) * self.sign
            self.turning = not 0.0 <= remaining < math.radians(100.0)
            if self.turning:
                return self.pilot.command(self.sign, self.pilot.level_rate_fpm(state))
        rate = steer_line(state, across_m, self.inbound_rad, math.radians(MOST_INTERCEPT_DEG))
        return self.pilot.command(rate, self.pilot.level_rate_fpm(state))

    def done(self, state: State) -> bool:
        return not self.turning and super().done(state)


def begin(leg: Leg, following: Leg | None, pilot: Pilot, state: State) -> FlownLeg:
    """Start to fly a leg; instructions that go with it hold from now on.

    Raises
    ------
    ScenarioError
        For an approach that the site does not have, or one without a profile that is to be flown.
    """
    pilot.vectored = isinstance(leg, Heading) and leg.do == "vectors"
    if isinstance(leg, FlyTo | Heading | ChangeLevel | Hold):
        pilot.obey(leg, leg.rate_fpm, leg.speed_kt, leg.cleared)
    if isinstance(leg, FlyTo):
        point_m = plane_position(pilot.site, leg)
        return FlyToFlown(point_m, _course_after(point_m, following, pilot, state), pilot)
    if isinstance(leg, Heading):
        return HeadingFlown(leg, pilot, state)
    if isinstance(leg, ChangeLevel):
        return Straight(pilot, state, until_level=leg.wait)
    if isinstance(leg, LevelOff):
        pilot.level_off(state)
        return Straight(pilot, state, for_s=leg.for_s)
    if isinstance(leg, Speed):
        pilot.speed_kt = leg.speed_kt
        return Straight(pilot, state)
    if isinstance(leg, ClimbOut):
        return ClimbOutFlown(leg, pilot, state)
    if isinstance(leg, Hold):
        return HoldFlown(leg, plane_position(pilot.site, leg), pilot, state)
    approach = find_approach(pilot.site, leg.approach)
    if (leg.path or approach.path) == "profile" and not approach.profile:
        raise ScenarioError(f"approach {approach.name!r} has no profile to fly", mend="choose another path")
    return InterceptFlown(leg, approach, pilot, state)


def _course_after(point_m: tuple[float, float], following: Leg | None, pilot: Pilot, state: State) -> float | None:
    if isinstance(following, FlyTo | Hold):
        x_m, y_m = plane_position(pilot.site, following)
        return math.atan2(x_m - point_m[0], y_m - point_m[1])
    if isinstance(following, Heading):
        return pilot.plane_course_rad(following.heading_deg, state)
    if isinstance(following, Intercept):
        approach = find_approach(pilot.site, following.approach)
        return math.radians(approach.course_deg)
    return None
