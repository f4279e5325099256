"""How a hold is flown: to the fix, then racetracks."""

from __future__ import annotations

import math

from safetynets.traffic.flights import Heading, Hold
from safetynets.traffic.legs import FlownLeg, FlyToFlown, HeadingFlown, Straight
from safetynets.traffic.motion import Command, State, turned
from safetynets.traffic.pilot import Pilot, steer_line

LAST_OF_THE_TURN_RAD = math.radians(100.0)
JOIN_INBOUND_RAD = math.radians(30.0)


class HoldFlown(FlownLeg):
    """To the fix; then a turn outbound, `leg_s` outbound, a turn back and inbound to the fix, `turns` times.

    The entry is direct from every direction: the teardrop and parallel entries of Doc 8168 are not flown.
    """

    def __init__(self, leg: Hold, fix_m: tuple[float, float], pilot: Pilot, state: State) -> None:
        super().__init__(pilot)
        self.leg, self.fix_m = leg, fix_m
        self.inbound_rad = turned(pilot.plane_course_rad(leg.inbound_course_deg, state))
        self.part: FlownLeg = FlyToFlown(fix_m, None, pilot)
        self.parts_flown = 0

    def over(self, state: State) -> bool:
        """At the fix, after the last racetrack."""
        return self.parts_flown == 3 * self.leg.turns and self.part.over(state)

    def command(self, state: State) -> Command:
        """The command of the part of the racetrack that is being flown."""
        if self.part.over(state):
            self.part = self._next_part(state)
            self.parts_flown += 1
        return self.part.command(state)

    def _next_part(self, state: State) -> FlownLeg:
        leg = self.leg
        if self.parts_flown % 3 == 0:
            outbound_deg = (leg.inbound_course_deg + 180.0) % 360.0
            turn = Heading(do="heading", heading_deg=outbound_deg, turn=leg.turn)
            return HeadingFlown(turn, self.pilot, state)
        if self.parts_flown % 3 == 1:
            return Straight(self.pilot, state, for_s=leg.leg_s)
        return InboundFlown(self.fix_m, self.inbound_rad, leg.turn, self.pilot)

    def _turn_rate_radps(self, state: State) -> float:
        return self.part.command(state).turn_rate_radps


class InboundFlown(FlyToFlown):
    """A turn in the direction of the hold, then along the inbound course to the fix."""

    def __init__(self, fix_m: tuple[float, float], inbound_rad: float, turn: str, pilot: Pilot) -> None:
        super().__init__(fix_m, None, pilot)
        self.inbound_rad, self.sign = inbound_rad, 1.0 if turn == "right" else -1.0
        self.turning = True

    def over(self, state: State) -> bool:
        """Abeam of the fix, once the turn inbound is over: wind may carry a flight past beside it."""
        east_m, north_m = self.to_go_m(state)
        along_m = east_m * math.sin(self.inbound_rad) + north_m * math.cos(self.inbound_rad)
        return not self.turning and along_m <= state.ground_speed_mps

    def _turn_rate_radps(self, state: State) -> float:
        remaining_rad = turned(self.inbound_rad - state.course_rad) * self.sign
        self.turning = self.turning and not 0.0 <= remaining_rad < LAST_OF_THE_TURN_RAD
        if self.turning:
            return self.sign
        east_m, north_m = self.to_go_m(state)
        across_m = north_m * math.sin(self.inbound_rad) - east_m * math.cos(self.inbound_rad)
        return steer_line(state, across_m, self.inbound_rad, JOIN_INBOUND_RAD)
