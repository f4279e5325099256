"""The runway monitor, slow and obvious: docs/nets.md, RMCA. Points are complex numbers (east + north j).

`hair` widens every limit (negative tightens): what is sure must be found, and what is found must be possible.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shapely import LineString, Point, Polygon

from safetynets.nets.rmca.parameters import RmcaParameters
from safetynets.sites.geometry import Runway

KT_MPS = 1852.0 / 3600.0
NEVER = math.inf


@dataclass(frozen=True)
class Aircraft:
    """An aircraft at the moment that is judged."""

    at: complex
    velocity: complex
    altitude_ft: float
    rate_fpm: float
    on_ground: bool
    came_from_the_air: bool

    def after(self, seconds: float) -> complex:
        return self.at + self.velocity * seconds


@dataclass(frozen=True)
class Direction:
    """A runway used in one direction."""

    runway: Runway
    end: int

    @property
    def start(self) -> complex:
        return complex(self.runway.x_m[self.end], self.runway.y_m[self.end])

    @property
    def stop(self) -> complex:
        return complex(self.runway.x_m[1 - self.end], self.runway.y_m[1 - self.end])

    @property
    def length_m(self) -> float:
        return abs(self.stop - self.start)

    @property
    def reverse(self) -> Direction:
        return Direction(self.runway, 1 - self.end)

    def seen(self, point: complex) -> complex:
        """Along (real) and to the left of (imaginary) the runway, from its start."""
        return (point - self.start) / cmath.exp(1j * cmath.phase(self.stop - self.start))

    def turned(self, vector: complex) -> complex:
        return vector / cmath.exp(1j * cmath.phase(self.stop - self.start))

    def height_ft(self, aircraft: Aircraft) -> float:
        share = self.seen(aircraft.at).real / self.length_m
        near_ft, far_ft = self.runway.elevation_ft[self.end], self.runway.elevation_ft[1 - self.end]
        if share <= 0.0:
            return aircraft.altitude_ft - near_ft
        if share >= 1.0:
            return aircraft.altitude_ft - far_ft
        return aircraft.altitude_ft - ((1.0 - share) * near_ft + share * far_ft)

    def line(self) -> LineString:
        return LineString([(self.start.real, self.start.imag), (self.stop.real, self.stop.imag)])


@dataclass(frozen=True)
class Rules:
    """The parameters, with the hysteresis (`held`) or without, and the hair."""

    given: RmcaParameters
    held: bool
    hair: float

    @property
    def wider_m(self) -> float:
        return (self.given.hysteresis_m if self.held else 0.0) + self.hair

    @property
    def wider_ft(self) -> float:
        return (self.given.hysteresis_ft if self.held else 0.0) + self.hair


def use(aircraft: Aircraft, on: Direction, rules: Rules) -> str:
    """How an aircraft uses a runway: "", "arrives", "flies", "departs" or "has landed"."""
    given, hair = rules.given, rules.hair
    moves, place = on.turned(aircraft.velocity), on.seen(aircraft.at)
    if moves.real <= 0.0 or moves.real < given.rolling_kt * KT_MPS - hair:
        return ""
    if math.degrees(abs(cmath.phase(moves))) > given.aligned_deg + hair:
        return ""
    hold_m = on.runway.holding_distance_m + rules.wider_m
    if aircraft.on_ground:
        on_it = abs(place.imag) <= on.runway.half_width_m + hair
        if not on_it or place.real < -hold_m or place.real > on.length_m + hair:
            return ""
        return "has landed" if aircraft.came_from_the_air else "departs"
    outside_m = max(0.0, on.runway.displaced_threshold_m[on.end] - place.real) + max(0.0, place.real - on.length_m)
    if on.height_ft(aircraft) > given.arrival_below_ft + rules.wider_ft:
        return ""
    if abs(place.imag) > hold_m + outside_m * math.tan(math.radians(given.aligned_deg)):
        return ""
    climbs = aircraft.rate_fpm > given.go_around_fpm + hair
    return "flies" if climbs or place.real > on.length_m + hair else "arrives"


def threshold_s(aircraft: Aircraft, on: Direction) -> float:
    to_go_m = on.runway.displaced_threshold_m[on.end] - on.seen(aircraft.at).real
    return to_go_m / on.turned(aircraft.velocity).real if to_go_m > 0.0 else 0.0


def first_true_s(condition: Callable[[float], bool], step_s: float = 0.5, to_s: float = 2000.0) -> float:
    """The first time at which a condition that then stays true is true: by steps, then by halving the last one."""
    if condition(0.0):
        return 0.0
    time_s = step_s
    while not condition(time_s):
        time_s += step_s
        step_s *= 1.05
        if time_s > to_s:
            return NEVER
    low_s, high_s = time_s - step_s, time_s
    for _ in range(60):
        middle_s = 0.5 * (low_s + high_s)
        low_s, high_s = (low_s, middle_s) if condition(middle_s) else (middle_s, high_s)
    return high_s


def rolled_m(how: str, speed_mps: float, seconds: float, given: RmcaParameters) -> float:
    """How far an aircraft is after a time."""
    if how == "departs":
        return speed_mps * seconds + 0.5 * given.departure_acceleration_mps2 * seconds**2
    if how == "has landed":
        seconds = min(seconds, speed_mps / given.landing_deceleration_mps2)
        return speed_mps * seconds - 0.5 * given.landing_deceleration_mps2 * seconds**2
    return speed_mps * seconds


def reached_s(how: str, speed_mps: float, distance_m: float, rules: Rules) -> float:
    return first_true_s(lambda t: rolled_m(how, speed_mps, t, rules.given) >= distance_m - rules.hair)


def in_protected_area(aircraft: Aircraft, on: Direction, rules: Rules) -> bool:
    if not aircraft.on_ground and on.height_ft(aircraft) > rules.given.occupied_below_ft + rules.wider_ft:
        return False
    hold_m = on.runway.holding_distance_m
    rectangle = on.line().buffer(hold_m, cap_style="square")
    point = Point(aircraft.at.real, aircraft.at.imag)
    if rules.wider_m >= 0.0:
        corners = on.line().buffer(hold_m + rules.wider_m, cap_style="square")
        return bool(corners.intersects(point))
    return bool(Polygon(rectangle).buffer(rules.wider_m, join_style="mitre").intersects(point))


def left_s(aircraft: Aircraft, on: Direction, rules: Rules) -> float:
    """When an aircraft in the protected area is out of it, to a side or above it."""
    hold_m = on.runway.holding_distance_m + rules.wider_m
    here_ft = on.height_ft(aircraft)

    def is_out(seconds: float) -> bool:
        if abs(on.seen(aircraft.after(seconds)).imag) > hold_m:
            return True
        if aircraft.on_ground or aircraft.rate_fpm <= 0.0:
            return False
        return here_ft + aircraft.rate_fpm * seconds / 60.0 > rules.given.occupied_below_ft + rules.wider_ft

    return first_true_s(is_out)


def occupied(how: str, one: Aircraft, other: Aircraft, on: Direction, rules: Rules) -> bool:
    hair = rules.hair
    own_m, other_m = on.seen(one.at).real, on.seen(other.at).real
    own_mps, other_mps = on.turned(one.velocity).real, on.turned(other.velocity).real
    if other_m < own_m - hair or other_mps >= own_mps + hair or not in_protected_area(other, on, rules):
        return False
    before_m = on.runway.displaced_threshold_m[on.end] - own_m
    reach_s = reached_s(how, own_mps, max(other_m - own_m, 0.0), rules)
    by = []
    if before_m > -abs(hair):
        by.append(max(before_m, 0.0) / own_mps)
    if before_m <= abs(hair):
        by.append(reach_s)
    away_s = left_s(other, on, rules)
    found = [each_s < NEVER and away_s > each_s - 1e3 * hair for each_s in by]
    return any(found) if hair >= 0.0 else all(found)


def conflicts(one: Aircraft, other: Aircraft, runways: tuple[Runway, ...], rules: Rules) -> Iterator[tuple[float, str]]:
    """Every conflict of an aircraft with another: when, and of which kind."""
    directions = [Direction(runway, end) for runway in runways for end in (0, 1)]
    for on in directions:
        how = use(one, on, rules)
        if how not in ("arrives", "departs", "has landed"):
            continue
        own_s = threshold_s(one, on)
        if occupied(how, one, other, on, rules):
            yield own_s, "departure" if how == "departs" else "arrival"
        if how == "has landed":
            continue
        comes = use(other, on.reverse, rules) in ("arrives", "flies", "departs")
        if comes and on.seen(other.at).real >= on.seen(one.at).real - rules.hair:
            yield max(own_s, threshold_s(other, on.reverse)), "opposite"
        for across in directions:
            other_how = use(other, across, rules)
            meet = on.line().intersection(across.line())
            if across.runway is on.runway or not other_how or not isinstance(meet, Point) or meet.is_empty:
                continue
            at = complex(meet.x, meet.y)
            to_go_m = (on.seen(at) - on.seen(one.at)).real
            other_to_go_m = (across.seen(at) - across.seen(other.at)).real
            if to_go_m < -rules.hair or other_to_go_m < -rules.hair:
                continue
            passed_s = reached_s(how, on.turned(one.velocity).real, max(to_go_m, 0.0), rules)
            other_s = reached_s(other_how, across.turned(other.velocity).real, max(other_to_go_m, 0.0), rules)
            margin_s = rules.given.crossing_margin_s + (rules.given.hysteresis_s if rules.held else 0.0)
            if other_s < NEVER and abs(passed_s - other_s) <= margin_s + 1e3 * rules.hair:
                yield max(own_s, threshold_s(other, across)), "crossing"


def uses_any(one: Aircraft, runways: tuple[Runway, ...], rules: Rules) -> bool:
    """Whether an aircraft arrives, departs or has landed on any runway."""
    ways = (use(one, Direction(runway, end), rules) for runway in runways for end in (0, 1))
    return any(how in ("arrives", "departs", "has landed") for how in ways)
