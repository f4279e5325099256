"""From the legs of a scenario to the legs being flown."""

from __future__ import annotations

import math
from dataclasses import replace

from safetynets.errors import ScenarioError
from safetynets.traffic.final_approach import InterceptFlown
from safetynets.traffic.flights import (
    ChangeLevel,
    ClimbOut,
    FlyTo,
    Heading,
    Hold,
    Intercept,
    Land,
    Leg,
    LevelOff,
    Speed,
    Stand,
    TakeOff,
    Taxi,
)
from safetynets.traffic.holding import HoldFlown
from safetynets.traffic.legs import ClimbOutFlown, FlownLeg, FlyToFlown, HeadingFlown, Straight
from safetynets.traffic.motion import State
from safetynets.traffic.pilot import Pilot
from safetynets.traffic.places import find_approach, plane_position, runway_course_rad
from safetynets.traffic.surface import LandFlown, StandFlown, TakeOffFlown, TaxiFlown


def begin(leg: Leg, following: Leg | None, pilot: Pilot, state: State) -> FlownLeg:
    """Start to fly a leg; the instructions that go with it hold from now on.

    Raises
    ------
    ScenarioError
        For an approach or a runway that the site does not have, or one without a profile that is to be flown; for a leg
        in flight of an aircraft on the ground, and the reverse.
    """
    if state.on_ground != isinstance(leg, Taxi | Stand | TakeOff):
        where, mend = ("on the ground", "take off first") if state.on_ground else ("in flight", "land first")
        raise ScenarioError(f"the aircraft is {where} when {leg.do!r} begins", mend=mend)
    pilot.vectored = isinstance(leg, Heading) and leg.do == "vectors"
    if isinstance(leg, FlyTo | Heading | ChangeLevel | Hold):
        pilot.obey(leg, leg.rate_fpm, leg.speed_kt, leg.cleared)
    match leg:
        case FlyTo():
            point_m = plane_position(pilot.site, leg)
            return FlyToFlown(point_m, _course_after(point_m, following, pilot, state), pilot)
        case Heading():
            return HeadingFlown(leg, pilot, state)
        case ChangeLevel():
            return Straight(pilot, state, until_level=leg.wait)
        case LevelOff():
            pilot.level_off(state)
            return Straight(pilot, state, for_s=leg.for_s)
        case Speed():
            pilot.speed_kt = leg.speed_kt
            return Straight(pilot, state)
        case ClimbOut():
            return ClimbOutFlown(leg, pilot, state)
        case Hold():
            return HoldFlown(leg, plane_position(pilot.site, leg), pilot, state)
        case Taxi():
            stops = not isinstance(following, Taxi | TakeOff)
            return TaxiFlown(leg, plane_position(pilot.site, leg), stops, pilot)
        case Stand():
            return StandFlown(leg, pilot, state)
        case TakeOff():
            return TakeOffFlown(leg, runway_course_rad(pilot.site, leg.runway), pilot, state)
        case Land():
            return LandFlown(leg, find_approach(pilot.site, leg.approach), pilot, state)
        case Intercept():
            approach = find_approach(pilot.site, leg.approach)
            if leg.profile:
                approach = replace(approach, profile=tuple(sorted(leg.profile)))
            if (leg.path or approach.path) == "profile" and not approach.profile:
                raise ScenarioError(f"approach {approach.name!r} has no profile to fly", mend="choose another path")
            return InterceptFlown(leg, approach, pilot, state)


def _course_after(point_m: tuple[float, float], following: Leg | None, pilot: Pilot, state: State) -> float | None:
    match following:
        case FlyTo() | Hold():
            x_m, y_m = plane_position(pilot.site, following)
            return math.atan2(x_m - point_m[0], y_m - point_m[1])
        case Heading():
            return pilot.plane_course_rad(following.heading_deg, state)
        case Intercept():
            return math.radians(find_approach(pilot.site, following.approach).course_deg)
    return None
