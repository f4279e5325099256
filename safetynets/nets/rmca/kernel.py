"""Two aircraft at the runways of a site: when the one is on a runway, or over it, that the other does not leave to it.

The rule and its words: `safetynets.nets.rmca.rule`, and docs/nets.md, RMCA.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, separate
from safetynets.engine.kernels.dispatch import implements, judge
from safetynets.engine.kernels.track_state import Levels, Received
from safetynets.engine.kernels.verdict import JUDGED, NO_KIND, Verdict, nothing, verdict_of
from safetynets.engine.reasons import Kind, Reason

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

ARRIVAL, DEPARTURE, OPPOSITE, CROSSING = int(Kind.ARRIVAL), int(Kind.DEPARTURE), int(Kind.OPPOSITE), int(Kind.CROSSING)
UNKNOWN, POOR = int(Reason.POSITION_ACCURACY_UNKNOWN), int(Reason.POSITION_NOT_ACCURATE)

NOT_USING, ARRIVING, CLIMBING, DEPARTING, LANDED = range(5)
"""How an aircraft uses a runway in one direction; CLIMBING is any flight along it that does not arrive."""


class Ends(NamedTuple):
    """The ends of all runways, two a runway: where each is, the direction along the runway, and what is protected.

    `crossing_m[e, f]` is how far from end e, along its runway, that of end f crosses it; NaN where it does not.
    """

    x_m: Floats
    y_m: Floats
    east: Floats
    north: Floats
    length_m: Floats
    displaced_m: Floats
    elevation_ft: Floats
    half_width_m: Floats
    holding_m: Floats
    crossing_m: Floats


class Limits(NamedTuple):
    """What an aircraft is held against; `wider_m` is what the runways are protected wider by."""

    aligned: float
    rolling_mps: float
    arrival_below_ft: float
    climb_ftps: float
    occupied_below_ft: float
    acceleration_mps2: float
    deceleration_mps2: float
    crossing_margin_s: float
    wider_m: float


class Craft(NamedTuple):
    """An aircraft on the plane; `landed` says of one on the ground that it came from the air."""

    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float
    altitude_ft: float
    rate_ftps: float
    on_ground: bool
    landed: bool


class Seen(NamedTuple):
    """An aircraft from an end of a runway: along it, across it (right positive), and above it."""

    along_m: float
    across_m: float
    along_mps: float
    across_mps: float
    height_ft: float


class Inputs(NamedTuple):
    """What a pair is judged by.

    `one` and `other` are the plots of the two, row by row; `landed` and `other_landed` say which of those on the ground
    came from the air. An accuracy that is not known is worse than any where `unknown_is_poor`.
    """

    ends: Ends
    limits: Limits
    held: Limits
    severe_s: float
    accuracy_m: float
    unknown_is_poor: bool
    one: Received
    other: Received
    landed: Flags
    other_landed: Flags


class Conflict(NamedTuple):
    """The first conflict of two aircraft: when (inf for none), which kind, and at which end; -1 where none is used."""

    time_s: float
    kind: int
    end: int


@inlined
def seen_from(craft: Craft, ends: Ends, e: int) -> Seen:
    """An aircraft from end e; the elevation of the runway is linear between its ends."""
    east, north = ends.east[e], ends.north[e]
    dx, dy = craft.x_m - ends.x_m[e], craft.y_m - ends.y_m[e]
    along_m = dx * east + dy * north
    share = min(max(along_m / ends.length_m[e], 0.0), 1.0)
    elevation_ft = ends.elevation_ft[e] + share * (ends.elevation_ft[e ^ 1] - ends.elevation_ft[e])
    return Seen(
        along_m,
        dx * north - dy * east,
        craft.vx_mps * east + craft.vy_mps * north,
        craft.vx_mps * north - craft.vy_mps * east,
        craft.altitude_ft - elevation_ft,
    )


@inlined
def use_of(craft: Craft, seen: Seen, ends: Ends, e: int, limits: Limits) -> int:
    """How an aircraft uses the runway of end e in its direction."""
    if seen.along_mps < limits.rolling_mps or abs(seen.across_mps) > seen.along_mps * limits.aligned:
        return NOT_USING
    holding_m = ends.holding_m[e] + limits.wider_m
    if craft.on_ground:
        if abs(seen.across_m) > ends.half_width_m[e] or not -holding_m <= seen.along_m <= ends.length_m[e]:
            return NOT_USING
        return LANDED if craft.landed else DEPARTING
    before_m = max(ends.displaced_m[e] - seen.along_m, 0.0)
    beyond_m = max(seen.along_m - ends.length_m[e], 0.0)
    if not seen.height_ft <= limits.arrival_below_ft:
        return NOT_USING
    if abs(seen.across_m) > holding_m + (before_m + beyond_m) * limits.aligned:
        return NOT_USING
    return CLIMBING if craft.rate_ftps > limits.climb_ftps or beyond_m > 0.0 else ARRIVING


@inlined
def to_runway_s(seen: Seen, ends: Ends, e: int) -> float:
    """Time until an aircraft that uses the runway of end e passes its threshold; 0 on the runway and over it."""
    return max(ends.displaced_m[e] - seen.along_m, 0.0) / seen.along_mps


@inlined
def reach_s(use: int, along_mps: float, distance_m: float, limits: Limits) -> float:
    """Time until an aircraft is so much farther along its runway; inf where it stops before."""
    if use == DEPARTING:
        a = limits.acceleration_mps2
        return (np.sqrt(along_mps**2 + 2.0 * a * distance_m) - along_mps) / a
    if use == LANDED:
        b = limits.deceleration_mps2
        left = along_mps**2 - 2.0 * b * distance_m
        return (along_mps - np.sqrt(left)) / b if left >= 0.0 else np.inf
    return distance_m / along_mps


@inlined
def outside_m(seen: Seen, ends: Ends, e: int) -> float:
    """How far an aircraft is outside the protected area of the runway of end e, seen from above; negative inside."""
    holding_m = ends.holding_m[e]
    beyond_m = max(-seen.along_m, seen.along_m - ends.length_m[e])
    return max(abs(seen.across_m), beyond_m) - holding_m


@inlined
def occupies(craft: Craft, seen: Seen, ends: Ends, e: int, limits: Limits) -> bool:
    """Whether an aircraft is in the protected area of the runway of end e, on the ground or low."""
    low = craft.on_ground or seen.height_ft <= limits.occupied_below_ft
    return low and outside_m(seen, ends, e) <= limits.wider_m


@inlined
def leaves_s(craft: Craft, seen: Seen, ends: Ends, e: int, limits: Limits) -> float:
    """Time until an aircraft in the protected area leaves it to a side or upwards, moving as it does now."""
    left_s = np.inf
    if seen.across_mps != 0.0:
        room_m = ends.holding_m[e] + limits.wider_m - np.sign(seen.across_mps) * seen.across_m
        left_s = room_m / abs(seen.across_mps)
    if not craft.on_ground and craft.rate_ftps > 0.0:
        left_s = min(left_s, (limits.occupied_below_ft - seen.height_ft) / craft.rate_ftps)
    return left_s


@inlined
def _occupied(use: int, own: Seen, other: Craft, ahead: Seen, ends: Ends, e: int, limits: Limits) -> bool:
    """Whether the runway that an aircraft uses is occupied ahead of it by one that does not leave it in time."""
    apart_m = ahead.along_m - own.along_m
    if apart_m < 0.0 or ahead.along_mps >= own.along_mps or not occupies(other, ahead, ends, e, limits):
        return False
    clear_by_s = to_runway_s(own, ends, e)
    if clear_by_s == 0.0:
        clear_by_s = reach_s(use, own.along_mps, apart_m, limits)
    return clear_by_s < np.inf and leaves_s(other, ahead, ends, e, limits) > clear_by_s


@inlined
def _opposite_s(own: Seen, other: Craft, ends: Ends, e: int, limits: Limits) -> float:
    """When two aircraft that use one runway towards each other are both on it or over it; inf for never."""
    if seen_from(other, ends, e).along_m < own.along_m:
        return np.inf
    r = e ^ 1
    seen = seen_from(other, ends, r)
    use = use_of(other, seen, ends, r, limits)
    if use in (NOT_USING, LANDED):
        return np.inf
    return max(to_runway_s(own, ends, e), to_runway_s(seen, ends, r))


@inlined
def _crossing_s(use: int, own: Seen, other: Craft, ends: Ends, e: int, f: int, limits: Limits) -> float:
    """When two aircraft that pass the intersection of their runways at about one time are on them; inf for never."""
    seen = seen_from(other, ends, f)
    other_use = use_of(other, seen, ends, f, limits)
    to_go_m, other_to_go_m = ends.crossing_m[e, f] - own.along_m, ends.crossing_m[f, e] - seen.along_m
    if other_use == NOT_USING or to_go_m < 0.0 or other_to_go_m < 0.0:
        return np.inf
    passed_s = reach_s(use, own.along_mps, to_go_m, limits)
    other_passed_s = reach_s(other_use, seen.along_mps, other_to_go_m, limits)
    if other_passed_s == np.inf or abs(passed_s - other_passed_s) > limits.crossing_margin_s:
        return np.inf
    return max(to_runway_s(own, ends, e), to_runway_s(seen, ends, f))


@separate
def conflict_of(one: Craft, other: Craft, ends: Ends, limits: Limits) -> Conflict:
    """The first conflict of an aircraft that uses a runway with another; the first in the order of ends and kinds.

    Without any, `end` is that which the aircraft uses and reaches first.
    """
    first_s, kind, end, used_s = np.inf, NO_KIND, -1, np.inf
    for e in range(len(ends.x_m)):
        own = seen_from(one, ends, e)
        use = use_of(one, own, ends, e, limits)
        if use in (NOT_USING, CLIMBING):
            continue
        own_s = to_runway_s(own, ends, e)
        if first_s == np.inf and (end < 0 or own_s < used_s):
            end, used_s = e, own_s
        if use != LANDED:
            time_s = _opposite_s(own, other, ends, e, limits)
            if time_s < first_s:
                first_s, kind, end = time_s, OPPOSITE, e
        if own_s < first_s and _occupied(use, own, other, seen_from(other, ends, e), ends, e, limits):
            first_s, kind, end = own_s, DEPARTURE if use == DEPARTING else ARRIVAL, e
        if use != LANDED:
            for f in range(len(ends.x_m)):
                if not np.isnan(ends.crossing_m[e, f]):
                    time_s = _crossing_s(use, own, other, ends, e, f, limits)
                    if time_s < first_s:
                        first_s, kind, end = time_s, CROSSING, e
    return Conflict(float(first_s), int(kind), int(end))


@inlined
def _poor(received: Received, i: int, inputs: Inputs) -> int:
    """Why a position is not accurate enough to be judged on the ground, or `JUDGED`."""
    if received.on_ground[i] != 1:
        return JUDGED
    accuracy_m = received.position_accuracy_m[i]
    if np.isnan(accuracy_m):
        return UNKNOWN if inputs.unknown_is_poor else JUDGED
    return POOR if accuracy_m > inputs.accuracy_m else JUDGED


@implements(judge, Inputs)
@separate
def judge_plot(
    inputs: Inputs, i: int, n: int, phase: int, time_s: float, state: Floats, levels: Levels, settled_s: float
) -> Verdict:
    """Judge one plot of a pair (`dispatch.judge`); the other aircraft is moved on to the time of the plot."""
    ends, limits, received = inputs.ends, inputs.limits, inputs.other
    poor = _poor(inputs.one, i, inputs)
    if poor != JUDGED and np.hypot(state[2], state[3]) >= limits.rolling_mps:
        return nothing(poor)
    one = Craft(
        state[0], state[1], state[2], state[3], state[4], state[5], inputs.one.on_ground[i] == 1, inputs.landed[i]
    )
    late_s = time_s - received.time_s[i]
    rate_ftps = received.vertical_rate_fpm[i] / 60.0
    other = Craft(
        received.x_m[i] + received.vx_mps[i] * late_s,
        received.y_m[i] + received.vy_mps[i] * late_s,
        received.vx_mps[i],
        received.vy_mps[i],
        received.pressure_altitude_ft[i] - levels.qnh_pressure_altitude_ft + rate_ftps * late_s,
        rate_ftps,
        received.on_ground[i] == 1,
        inputs.other_landed[i],
    )
    found = held = conflict_of(one, other, ends, limits)
    if found.time_s > settled_s:
        held = conflict_of(one, other, ends, inputs.held)
    end = found.end if found.end >= 0 else held.end
    if end < 0:
        return verdict_of(JUDGED, np.nan, np.nan, np.inf, np.inf, NO_KIND, -1, np.nan, np.nan, np.nan, False)
    poor = _poor(received, i, inputs)
    if poor != JUDGED:
        return nothing(poor)
    return verdict_of(
        JUDGED,
        np.nan,
        outside_m(seen_from(other, ends, end), ends, end),
        found.time_s,
        min(found.time_s, held.time_s),
        found.kind,
        end,
        np.nan,
        seen_from(one, ends, end).across_m,
        np.nan,
        found.time_s <= inputs.severe_s,
    )
