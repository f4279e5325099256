"""Runway monitoring and conflict alerting: will an aircraft land or depart on a runway that another uses or blocks.

The name is that of EUROCONTROL-SPEC-171 for what surveillance alone can do; no text of it was read, and all values are
ours. The rule, of one aircraft with regard to another (docs/nets.md, RMCA): violated while the one is on a runway or
over it, arriving or departing, and

- the other comes towards it on the same runway (opposite), or
- the other is in the protected area ahead of it, and does not leave it in time (arrival, departure), or
- the other is on a crossing runway, arriving or departing, and both pass the intersection at about one time (crossing).

It is predicted from the time that the one, and in the first and third case the other, still has to its threshold.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Point

from safetynets.engine.net import Subjects
from safetynets.engine.pairs import FIRST, SECOND, Near
from safetynets.engine.reasons import Kind
from safetynets.nets.rmca.parameters import RmcaParameters
from safetynets.sites.geometry import Runway, Site
from safetynets.tracks import Tracks
from safetynets.units import fpm_to_ftps, kt_to_mps

if TYPE_CHECKING:
    from safetynets.engine.kernels.track_state import Received
    from safetynets.nets.rmca.kernel import Ends, Inputs, Limits

Flags = NDArray[np.bool_]

KINDS = (Kind.ARRIVAL, Kind.DEPARTURE, Kind.OPPOSITE, Kind.CROSSING)
FASTEST_MPS = 170.0
"""No aircraft arrives faster."""
BESIDE_M = 150.0
"""A pair is followed until one of the two is so far outside the protected area: its alert is cleared by then."""


def groups(site: Site) -> tuple[str, ...]:
    """One group for all runways: of two aircraft there is one alert at a time for each; none without a runway."""
    return ("rmca",) if site.runways else ()


def areas(site: Site, group: str) -> tuple[str, ...]:
    """The runways in each direction, such as "LSZH 14"; two a runway, in the order of its ends."""
    return tuple(f"{runway.airport} {designator}" for runway in site.runways for designator in runway.designators)


def near(site: Site) -> Near:
    """Which plots pairs are made of: of aircraft at or before a runway; altitude and distance are left to the rule."""
    parameters: RmcaParameters = site.parameters.rmca

    def takes_part(received: Received) -> NDArray[np.uint8]:
        return _takes_part(received, site.runways, parameters)

    return Near(math.inf, math.inf, parameters.max_gap_s, takes_part=takes_part, directed=True)


def _takes_part(received: Received, runways: tuple[Runway, ...], parameters: RmcaParameters) -> NDArray[np.uint8]:
    """As what aircraft of a pair each plot may matter: near a runway as both, of unknown place as the second."""
    speed_mps = np.hypot(received.vx_mps, received.vy_mps)
    beside_m = BESIDE_M + parameters.hysteresis_m + speed_mps * parameters.max_gap_s
    reach_m = FASTEST_MPS * (parameters.warning_time_s + parameters.hysteresis_s + parameters.max_gap_s)
    users = np.zeros(len(speed_mps), dtype=np.bool_)
    for runway in runways:
        (x_m, _), (y_m, _) = runway.x_m, runway.y_m
        east, north, length_m = _direction(runway)
        along_m = (received.x_m - x_m) * east + (received.y_m - y_m) * north
        across_m = (received.x_m - x_m) * north - (received.y_m - y_m) * east
        outside_m = np.maximum(np.maximum(-along_m, along_m - length_m), 0.0)
        splay_m = (outside_m + max(runway.displaced_threshold_m)) * math.tan(math.radians(parameters.aligned_deg))
        users |= (outside_m <= reach_m) & (np.abs(across_m) <= runway.holding_distance_m + beside_m + splay_m)
    poor = (received.on_ground == 1) & ~(received.position_accuracy_m <= parameters.position_accuracy_m)
    if parameters.unknown_accuracy == "accepted":
        poor &= ~np.isnan(received.position_accuracy_m)
    return np.where(users, np.uint8(FIRST | SECOND), np.where(poor & bool(runways), np.uint8(SECOND), np.uint8(0)))


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Inputs:
    """What the kernel judges a plot of a pair by."""
    from safetynets.nets.rmca.kernel import Inputs

    assert subjects.pairs is not None
    parameters: RmcaParameters = site.parameters.rmca
    landed = _landed(subjects.tracks, subjects.memory, kt_to_mps(parameters.rolling_kt))
    pairs, so_far = subjects.pairs, subjects.memory.landed
    one = _of_pairs(landed, so_far, pairs.one_row, pairs.one.track)
    other = _of_pairs(landed, so_far, pairs.other_row, pairs.other.track)
    _remember(subjects.tracks, landed, subjects.memory)
    return Inputs(
        ends=packed_ends(site.runways),
        limits=limits_of(parameters),
        held=limits_of(parameters, held=True),
        severe_s=parameters.stage_two_s,
        accuracy_m=parameters.position_accuracy_m,
        unknown_is_poor=parameters.unknown_accuracy == "not_assessable",
        one=pairs.one,
        other=pairs.other,
        landed=one,
        other_landed=other,
    )


def limits_of(parameters: RmcaParameters, held: bool = False) -> Limits:
    """What an aircraft is held against, to alert or, wider, to hold an active alert."""
    from safetynets.nets.rmca.kernel import Limits

    wider_ft = parameters.hysteresis_ft if held else 0.0
    return Limits(
        aligned=math.tan(math.radians(parameters.aligned_deg)),
        rolling_mps=kt_to_mps(parameters.rolling_kt),
        arrival_below_ft=parameters.arrival_below_ft + wider_ft,
        climb_ftps=fpm_to_ftps(parameters.go_around_fpm),
        occupied_below_ft=parameters.occupied_below_ft + wider_ft,
        acceleration_mps2=parameters.departure_acceleration_mps2,
        deceleration_mps2=parameters.landing_deceleration_mps2,
        crossing_margin_s=parameters.crossing_margin_s + (parameters.hysteresis_s if held else 0.0),
        wider_m=parameters.hysteresis_m if held else 0.0,
    )


class Memory(NamedTuple):
    """What is remembered of each track: whether it has been in the air since it last was slow on the ground."""

    landed: Flags


def forget_all(track_count: int) -> Memory:
    """Nothing is known of so many tracks; one that is first seen rolling counts as departing."""
    return Memory(np.zeros(track_count, dtype=np.bool_))


def _landed(tracks: Tracks, memory: Memory, rolling_mps: float) -> Flags:
    """Whether the aircraft of each plot has been in the air since it last was slow on the ground."""
    slow = np.hypot(tracks.vx_mps, tracks.vy_mps) < rolling_mps
    decides = (tracks.on_ground == 0) | ((tracks.on_ground == 1) & slow)
    rows = np.arange(len(tracks))
    begins = np.ones(len(tracks), dtype=np.bool_)
    begins[1:] = tracks.track[1:] != tracks.track[:-1]
    first = np.maximum.accumulate(np.where(begins, rows, 0))
    last = np.maximum.accumulate(np.where(decides, rows, -1))
    landed: Flags = np.where(last >= first, tracks.on_ground[last] == 0, memory.landed[tracks.track])
    return landed


def _of_pairs(landed: Flags, so_far: Flags, row: NDArray[np.int64], track: NDArray[np.int32]) -> Flags:
    """The same for plots of pairs; for one of an earlier portion (a negative row) what is known of its track so far."""
    of_plots = so_far[track]
    now = row >= 0
    of_plots[now] = landed[row[now]]
    return of_plots


def _remember(tracks: Tracks, landed: Flags, memory: Memory) -> None:
    """Remember what is known after the last plot of each track."""
    ends = np.ones(len(tracks), dtype=np.bool_)
    ends[:-1] = tracks.track[1:] != tracks.track[:-1]
    memory.landed[tracks.track[ends]] = landed[ends]


@lru_cache(maxsize=16)
def packed_ends(runways: tuple[Runway, ...]) -> Ends:
    """The ends of runways as the kernel takes them."""
    from safetynets.nets.rmca.kernel import Ends

    rows = []
    for runway in runways:
        east, north, length_m = _direction(runway)
        for end, sign in ((0, 1.0), (1, -1.0)):
            rows.append(
                (
                    runway.x_m[end],
                    runway.y_m[end],
                    sign * east,
                    sign * north,
                    length_m,
                    runway.displaced_threshold_m[end],
                    runway.elevation_ft[end],
                    runway.half_width_m,
                    runway.holding_distance_m,
                )
            )
    crossing_m = np.full((len(rows), len(rows)), np.nan)
    for one, runway in enumerate(runways):
        for other, crossed in enumerate(runways):
            at = _line(runway).intersection(_line(crossed))
            if one != other and isinstance(at, Point):
                for end in (0, 1):
                    along_m = math.hypot(at.x - runway.x_m[end], at.y - runway.y_m[end])
                    crossing_m[2 * one + end, 2 * other : 2 * other + 2] = along_m
    columns = np.array(rows, dtype=np.float64).reshape(-1, len(Ends._fields) - 1).T
    names = [name for name in Ends._fields if name != "crossing_m"]
    return Ends(**dict(zip(names, map(np.ascontiguousarray, columns), strict=True)), crossing_m=crossing_m)


def _line(runway: Runway) -> LineString:
    return LineString(list(zip(runway.x_m, runway.y_m, strict=True)))


def _direction(runway: Runway) -> tuple[float, float, float]:
    """East and north of the direction from the first end to the second, and the length (m)."""
    dx, dy = runway.x_m[1] - runway.x_m[0], runway.y_m[1] - runway.y_m[0]
    length_m = math.hypot(dx, dy)
    return dx / length_m, dy / length_m, length_m
