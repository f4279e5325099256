"""Approach Path Monitor: has an aircraft on final approach left its path, or is it about to.

The rule: while joined to an approach and between its monitored distances, violated when
`altitude < nominal - below_ft - d * tan(below_deg)`, and likewise above, left and right, each if enabled
(docs/nets.md, APM).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from safetynets.engine.blocks import touched_by
from safetynets.engine.candidates import PathBounds, qnh_pressure_altitudes_ft
from safetynets.engine.net import Subjects
from safetynets.engine.reasons import Kind
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.sites.approach_path import course_vector, on_approach, path_altitude_ft, path_pieces
from safetynets.sites.geometry import Approach, Area, Site
from safetynets.tracks import PlotFlag, Tracks
from safetynets.units import FT_PER_NM, M_PER_NM, fpm_to_ftps, nm_to_m

if TYPE_CHECKING:
    from safetynets.engine.kernels.blocks import Lattice
    from safetynets.nets.apm.coarse_filter import Paths
    from safetynets.nets.apm.geometry import Approaches
    from safetynets.nets.apm.joining import Joined, JoinRules, RestartRules
    from safetynets.nets.apm.kernel import Inputs, Limits

KINDS = (Kind.BELOW, Kind.ABOVE, Kind.LEFT, Kind.RIGHT)


def forget_all(track_count: int) -> Joined:
    """What is remembered of so many tracks before their first plot."""
    from safetynets.nets.apm.joining import Joined

    return Joined(
        approach=np.full(track_count, -1, dtype=np.int32),
        climbing=np.zeros(track_count, dtype=np.int32),
        last_s=np.full(track_count, -np.inf),
        landing=np.zeros(track_count, dtype=np.bool_),
    )


def join_rules(parameters: ApmParameters) -> JoinRules:
    """When an aircraft joins and leaves an approach, in the units of the kernel."""
    from safetynets.nets.apm.joining import JoinRules

    return JoinRules(
        join_angle_rad=float(np.radians(parameters.join_angle_deg)),
        join_ceiling_ft=parameters.join_ceiling_ft,
        join_max_climb_ftps=fpm_to_ftps(parameters.join_max_climb_fpm),
        go_around_ftps=fpm_to_ftps(parameters.go_around_fpm),
        switch_margin_rad=float(np.radians(parameters.switch_margin_deg)),
        max_gap_s=parameters.max_gap_s,
    )


def groups(site: Site) -> tuple[str, ...]:
    """The one group of areas."""
    return ("apm",)


def areas(site: Site, group: str) -> tuple[str, ...]:
    """The names of the approaches of a site."""
    return tuple(approach.name for approach in site.approaches)


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Inputs:
    """What the kernel judges a plot by."""
    from safetynets.nets.apm.kernel import Hysteresis, Inputs

    parameters = site.parameters.apm
    approaches = packed_approaches(site)
    return Inputs(
        approaches=approaches,
        limits=limits(parameters),
        hysteresis=Hysteresis(parameters.hysteresis_ft, parameters.hysteresis_m, parameters.hysteresis_s),
        may_join=may_join(subjects.tracks, site, subjects.numbers),
        rules=restart_rules(site, subjects.from_s, subjects.to_s),
        joined=forget_all(subjects.tracks.track_count) if subjects.memory is None else subjects.memory,
        passed=np.empty(len(approaches.start_nm), dtype=np.bool_),
    )


def restart_rules(site: Site, from_s: float, to_s: float) -> RestartRules:
    """What tells a plot after which nothing is remembered, in a span of time."""
    from safetynets.nets.apm.joining import RestartRules

    parameters, regions = site.parameters.apm, site.pressure_regions
    everywhere = any(region.area is None for region in regions)
    return RestartRules(
        flaws=int(PlotFlag.DUPLICATE | PlotFlag.STUCK | PlotFlag.ALTITUDE_SPIKE),
        use_coasted=parameters.use_coasted_plots,
        youngest_s=parameters.minimum_track_age_s,
        go_around_ftps=fpm_to_ftps(parameters.go_around_fpm),
        known=everywhere and all(region.qnh and region.qnh[0][0] <= from_s for region in regions),
        any_may_join=any_may_join(site),
        lowest_qnh_ft=qnh_pressure_altitudes_ft(site, from_s, to_s)[0],
        joining=join_rules(parameters),
        approaches=packed_approaches(site),
    )


def any_may_join(site: Site) -> bool:
    """Whether every approach is open, and no flight plan keeps a flight from one."""
    parameters = site.parameters.apm
    return not (parameters.require_destination or parameters.require_runway or site.closed_approaches)


def limits(parameters: ApmParameters) -> Limits:
    """The allowed deviations in the units of the kernel."""
    from safetynets.nets.apm.kernel import Limits

    return Limits(
        enabled=np.array([kind.word in parameters.kinds for kind in KINDS]),
        below_ft=parameters.below_ft,
        below_ft_per_nm=float(np.tan(np.radians(parameters.below_deg))) * FT_PER_NM,
        above_ft=parameters.above_ft,
        above_ft_per_nm=float(np.tan(np.radians(parameters.above_deg))) * FT_PER_NM,
        look_ahead_s=parameters.look_ahead_s,
    )


@lru_cache(maxsize=8)
def packed_approaches(site: Site) -> Approaches:
    """The approaches of the site as arrays, in their order."""
    from safetynets.nets.apm.geometry import Approaches

    parameters = site.parameters.apm
    pieces = [path_pieces(approach) for approach in site.approaches]
    rows = np.array([row for approach_rows in pieces for row in approach_rows]).reshape(-1, 5)
    aerodromes = [approach.airport for approach in site.approaches]
    return Approaches(
        aerodrome=np.array([aerodromes.index(one) for one in aerodromes], dtype=np.int64),
        threshold_m=np.array([(a.x_m, a.y_m) for a in site.approaches]).reshape(-1, 2),
        course=np.array([course_vector(a) for a in site.approaches]).reshape(-1, 2),
        intercept_ft=np.array([a.intercept_altitude_ft for a in site.approaches]),
        start_nm=np.array([a.start_distance_nm for a in site.approaches]),
        end_nm=np.array([a.end_distance_nm for a in site.approaches]),
        half_width_m=np.array([a.half_width_m for a in site.approaches]),
        splay_m_per_nm=np.array([np.tan(np.radians(a.splay_deg)) * M_PER_NM for a in site.approaches]),
        capture_half_width_m=parameters.capture_half_width_m,
        capture_splay_m_per_nm=float(np.tan(np.radians(parameters.capture_splay_deg))) * M_PER_NM,
        first_piece=np.concatenate(([0], np.cumsum([len(p) for p in pieces], dtype=np.int64))).astype(np.int64),
        piece_from_nm=rows[:, 0].copy(),
        piece_to_nm=rows[:, 1].copy(),
        piece=rows[:, 2:].copy(),
    )


def may_join(tracks: Tracks, site: Site, numbers: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """Which of some tracks may join which approach, by destination and runway where they are required."""
    parameters = site.parameters.apm
    allowed = np.ones((len(numbers), len(site.approaches)), dtype=np.bool_)
    for i, approach in enumerate(site.approaches):
        if parameters.require_destination:
            allowed[:, i] &= tracks.destination[numbers] == approach.airport
        if parameters.require_runway:
            allowed[:, i] &= tracks.runway[numbers] == approach.runway
        allowed[:, i] &= approach.name not in site.closed_approaches
    return allowed


def bounds(site: Site, from_s: float, to_s: float) -> PathBounds | None:
    """What the coarse filter asks of every plot: is it low in the capture region of an approach."""
    if not site.approaches:
        return None
    regions = tuple((capture_region(site, one), _highest_below_ft(site, one)) for one in site.approaches)
    return PathBounds(regions, site.parameters.apm.look_ahead_s, paths_of)


def capture_region(site: Site, approach: Approach) -> Area:
    """The capture region of an approach on the plane."""
    parameters = site.parameters.apm
    splay = np.tan(np.radians(parameters.capture_splay_deg))
    ends_nm = approach.end_distance_nm, approach.start_distance_nm
    half_m = [parameters.capture_half_width_m + splay * nm_to_m(d) for d in ends_nm]
    (end_nm, end_m), (start_nm, start_m) = zip(ends_nm, half_m, strict=True)
    corners = [(end_nm, -end_m), (end_nm, end_m), (start_nm, start_m), (start_nm, -start_m)]
    return Polygon([on_approach(approach, d, c) for d, c in corners])


def _highest_below_ft(site: Site, approach: Approach) -> float:
    """The highest altitude at which an aircraft on the approach could be in violation; inf where it is not asked."""
    if site.parameters.apm.kinds != ("below",):
        return np.inf
    return float(approach.intercept_altitude_ft - site.parameters.apm.below_ft)


@lru_cache(maxsize=8)
def paths_of(site: Site, lattice: Lattice) -> Paths:
    """The approaches as the coarse filter takes them."""
    from safetynets.nets.apm.coarse_filter import Paths
    from safetynets.nets.apm.kernel import ABOVE

    parameters = site.parameters.apm
    allowed, packed = limits(parameters), packed_approaches(site)
    above = np.arange(len(allowed.enabled)) == ABOVE
    arcs = np.array([_arc_above(approach) for approach in site.approaches]).reshape(-1, 3)
    approaches_at = np.zeros(1 + lattice.rows * lattice.columns, dtype=np.uint32)
    for number, approach in enumerate(site.approaches):
        touches, _ = touched_by(lattice, capture_region(site, approach))
        approaches_at[touches] |= np.uint32(1 << number % 32)
    only_below = 0.0 if parameters.kinds == ("below",) else np.inf
    return Paths(
        approaches=packed,
        arc=arcs + np.array([0.0, 0.0, only_below - parameters.below_ft]),
        top_ft=packed.intercept_ft - parameters.below_ft + only_below,
        upwards=allowed._replace(enabled=allowed.enabled & above),
        downwards=allowed._replace(enabled=allowed.enabled & ~above),
        rules=join_rules(parameters),
        any_may_join=any_may_join(site),
        approaches_at=approaches_at,
    )


def _arc_above(approach: Approach) -> tuple[float, float, float]:
    """An arc a·d² + b·d + c (ft at d NM), a not negative, that the path is nowhere above while it is monitored.

    It is the path itself where that is one piece, and else a straight line from end to end, lifted to the highest
    corner: between corners a path is straight or bends upwards, and so is nowhere above its chord.
    """
    from safetynets.engine.kernels.legs import ROUNDING_FT

    end_nm, start_nm = approach.end_distance_nm, approach.start_distance_nm
    pieces = path_pieces(approach)
    if end_nm < 0.0 or end_nm == start_nm or any(piece.a < 0.0 for piece in pieces):
        return 0.0, 0.0, np.inf
    if len(pieces) == 1:
        return pieces[0].a, pieces[0].b, pieces[0].c + ROUNDING_FT
    corners_nm = np.clip([end_nm, start_nm, *(piece.to_nm for piece in pieces)], end_nm, start_nm)
    corners_ft = np.array([path_altitude_ft(approach, d_nm) for d_nm in corners_nm])
    slope = (corners_ft[1] - corners_ft[0]) / (start_nm - end_nm)
    return 0.0, float(slope), float((corners_ft - slope * corners_nm).max()) + ROUNDING_FT
