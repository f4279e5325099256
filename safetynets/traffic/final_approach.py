"""How a final approach is flown: the course is joined, then the path, in space or on the altimeter."""

from __future__ import annotations

import math

from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Approach
from safetynets.traffic.flights import Intercept, Level
from safetynets.traffic.legs import ROLL_IN_S, FlownLeg, turn_radius_m
from safetynets.traffic.motion import CROSS_TRACK_S, State, closing_rate_fpm, limited, turned
from safetynets.traffic.pilot import ORDINARY_RATE_FPM, Pilot, steer_course, steer_line
from safetynets.units import S_PER_MIN, nm_to_m

MOST_INTERCEPT_RAD = math.radians(30.0)
"""Angle at which a course is joined from far away (simulator default)."""
ALONG_COURSE_RAD = math.radians(5.0)
GLIDE_PATH_WINDOW_FT = 150.0
"""An aircraft that comes down through the path captures it until it is this far below (simulator default)."""
LOCALISER_RAD = math.radians(2.5)
"""Half the width of a localiser (recalled from ICAO Annex 10): within it the path may be captured."""
SLOPE_STEP_NM = 0.01


class InterceptFlown(FlownLeg):
    """On to a final approach course, then along its path.

    A heading that converges is kept until the course has to be turned on to; from elsewhere it is joined at 30 degrees.
    The level of the last instruction is kept until the path is captured.
    """

    def __init__(self, leg: Intercept, approach: Approach, pilot: Pilot, state: State) -> None:
        super().__init__(pilot)
        self.leg, self.approach = leg, approach
        self.path = leg.path or approach.path
        self.angle_deg = leg.angle_deg or approach.angle_deg
        self.course_rad = math.radians(approach.course_deg)
        self.steps = sorted(leg.steps, reverse=True)
        self.entry_course_rad = state.course_rad
        self.on_course = self.on_path = False
        pilot.speed_kt = leg.speed_kt or min(pilot.speed_kt, pilot.aircraft.approach_speed_kt)
        if self.path != "localiser":
            pilot.cleared_ft = pilot.selected_ft = math.nan

    def over(self, state: State) -> bool:
        """At the distance or altitude given, otherwise never: the flight lands."""
        leg = self.leg
        if leg.until_distance_nm is not None and self._position(state)[0] <= leg.until_distance_nm:
            return True
        if leg.until_altitude_ft is None:
            return False
        return state.pressure_altitude_ft <= self.pilot.pressure_level_ft(Level(altitude_ft=leg.until_altitude_ft))

    def _position(self, state: State) -> tuple[float, float]:
        return along_and_across(self.approach, state.x_m, state.y_m)

    def _turn_rate_radps(self, state: State) -> float:
        along_nm, across_m = self._position(state)
        if self.leg.speed_kt is None and along_nm <= self.leg.landing_speed_distance_nm:
            self.pilot.speed_kt = self.pilot.aircraft.landing_speed_kt
        if not self.on_course:
            angle_rad = turned(state.course_rad - self.course_rad)
            self.on_course = abs(angle_rad) < ALONG_COURSE_RAD or self._turn_begins(state, across_m, angle_rad)
            if not self.on_course and angle_rad * across_m < 0.0 and abs(angle_rad) < math.pi / 2.0:
                return steer_course(state, self.entry_course_rad)
        return steer_line(state, across_m, self.course_rad, MOST_INTERCEPT_RAD)

    def _turn_begins(self, state: State, across_m: float, angle_rad: float) -> bool:
        sideways_mps = state.ground_speed_mps * math.sin(abs(angle_rad))
        lead_m = turn_radius_m(self.pilot, state) * (1.0 - math.cos(angle_rad)) + ROLL_IN_S * sideways_mps
        gentle_m = CROSS_TRACK_S * state.ground_speed_mps * min(abs(angle_rad), MOST_INTERCEPT_RAD)
        return abs(across_m) <= max(1.5 * lead_m, gentle_m)

    def _vertical_rate_fpm(self, state: State) -> float:
        pilot = self.pilot
        along_nm, across_m = self._position(state)
        if self.path == "steps":
            while self.steps and along_nm <= self.steps[0][0]:
                pilot.obey(Level(altitude_ft=self.steps.pop(0)[1]), self.leg.rate_fpm, None, cleared=False)
                pilot.selected_ft = math.nan
        level_fpm = pilot.level_rate_fpm(state)
        if self.path in ("localiser", "steps"):
            return level_fpm
        if self.path == "profile" and along_nm > self.approach.profile[-1][0]:
            return level_fpm
        above_ft, slope_fpm = self._path(state, along_nm)
        greatest_fpm = self.leg.rate_fpm or min(ORDINARY_RATE_FPM, pilot.aircraft.descent_fpm)
        path_fpm = limited(slope_fpm + closing_rate_fpm(above_ft, pilot.vertical_g), -greatest_fpm, 0.0)
        if not self.on_path and self.on_course:
            near = path_fpm < level_fpm or 0.0 <= above_ft < GLIDE_PATH_WINDOW_FT
            self.on_path = near and abs(across_m) <= nm_to_m(max(along_nm, 0.1)) * math.tan(LOCALISER_RAD)
        return path_fpm if self.on_path else level_fpm

    def _path(self, state: State, along_nm: float) -> tuple[float, float]:
        """How far the path is above the aircraft (ft) and its own rate (fpm), both as pressure altitude."""
        pilot = self.pilot
        path_ft, outer_ft = (
            float(path_altitude_ft(self.approach, distance_nm, self.path, self.angle_deg))
            for distance_nm in (along_nm, along_nm + SLOPE_STEP_NM)
        )
        closing_mps = state.ground_speed_mps * math.cos(turned(state.course_rad - self.course_rad))
        slope_fpm = -closing_mps * (outer_ft - path_ft) / nm_to_m(SLOPE_STEP_NM) * S_PER_MIN
        if self.path not in ("ils", "papi"):
            return pilot.pressure_ft(path_ft) - state.pressure_altitude_ft, slope_fpm
        here_ft = pilot.geometric_ft(state.pressure_altitude_ft)
        stretch = (pilot.geometric_ft(state.pressure_altitude_ft + 100.0) - here_ft) / 100.0
        return (path_ft - here_ft) / stretch, slope_fpm / stretch
