"""Approach Path Monitor: has an aircraft on final approach left its path, or is it about to.

The rule: while joined to an approach and between its monitored distances, violated when
`altitude < nominal - below_ft - d * tan(below_deg)`, and likewise above, left and right, each if enabled
(docs/nets.md, APM).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.conflicts import Conflicts, Kind, Net, Reason
from safetynets.nets.picture import Picture
from safetynets.sites.approach_path import course_vector, path_pieces
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import ApmParameters
from safetynets.tracks import Tracks
from safetynets.units import FT_PER_NM, M_PER_NM, fpm_to_ftps

if TYPE_CHECKING:
    from safetynets.nets.kernels.apm import Approaches, Joined, JoinRules, Limits

KINDS = (Kind.BELOW, Kind.ABOVE, Kind.LEFT, Kind.RIGHT)


def forget_all(track_count: int) -> Joined:
    """The memory of `join_approaches` before the first plot."""
    from safetynets.nets.kernels.apm import Joined

    return Joined(
        approach=np.full(track_count, -1, dtype=np.int32),
        climbing=np.zeros(track_count, dtype=np.int32),
        last_s=np.full(track_count, -np.inf),
        landing=np.zeros(track_count, dtype=np.bool_),
    )


def join_approaches(
    picture: Picture, tracks: Tracks, reason: NDArray[np.int8], site: Site, joined: Joined | None = None
) -> tuple[NDArray[np.int32], Joined]:
    """Index into `site.approaches` of the approach each plot is joined to (-1 for none), and the memory.

    `joined` is the memory after the plots before these; it is changed in place and given back.
    """
    from safetynets.nets.kernels import apm as kernel

    parameters = site.parameters.apm
    joined = forget_all(tracks.track_count) if joined is None else joined
    action = np.where(
        reason == Reason.JUDGED,
        kernel.JUDGE,
        np.where(reason < Reason.TRACK_TOO_YOUNG, kernel.LEAVE, kernel.KEEP),
    ).astype(np.int8)
    approach = np.full(len(picture), -1, dtype=np.int32)
    kernel.join(
        picture.track,
        picture.time_s,
        action,
        state(picture),
        _may_join(tracks, site),
        packed_approaches(site),
        join_rules(parameters),
        joined,
        approach,
    )
    return approach, joined


def join_rules(parameters: ApmParameters) -> JoinRules:
    """When an aircraft joins and leaves an approach, in the units of the kernel."""
    from safetynets.nets.kernels.apm import JoinRules

    return JoinRules(
        join_angle_rad=float(np.radians(parameters.join_angle_deg)),
        join_ceiling_ft=parameters.join_ceiling_ft,
        join_max_climb_ftps=fpm_to_ftps(parameters.join_max_climb_fpm),
        go_around_ftps=fpm_to_ftps(parameters.go_around_fpm),
        switch_margin_rad=float(np.radians(parameters.switch_margin_deg)),
        max_gap_s=parameters.max_gap_s,
    )


def apm_conflicts(picture: Picture, reason: NDArray[np.int8], approach: NDArray[np.int32], site: Site) -> Conflicts:
    """Conflicts of every plot with the approach it is joined to.

    `reason` holds, per plot, `Reason.JUDGED` or why it is not to be judged; `approach` comes from `join_approaches`.
    """
    from safetynets.nets.kernels import apm as kernel

    parameters = site.parameters.apm
    count = len(picture)
    found = np.where((reason == Reason.JUDGED) & (approach < 0), Reason.NOT_ON_APPROACH, reason).astype(np.int8)
    assessable = found == Reason.JUDGED
    verdicts = kernel.Verdicts(
        violation_s=np.full(count, np.inf),
        hold_violation_s=np.full(count, np.inf),
        kind=np.full(count, -1, dtype=np.int8),
        margin_ft=np.full(count, np.nan),
        margin_m=np.full(count, np.nan),
        limit_ft=np.full(count, np.nan),
        cross_m=np.full(count, np.nan),
        vertical_deviation_ft=np.full(count, np.nan),
    )
    kernel.judge(
        np.where(assessable, approach, -1).astype(np.int32),
        state(picture),
        packed_approaches(site),
        limits(parameters),
        parameters.hysteresis_ft,
        parameters.hysteresis_m,
        parameters.hysteresis_s,
        verdicts,
    )
    words = np.array([Kind.NONE, *KINDS], dtype=np.int8)
    return Conflicts(
        net=Net.APM,
        group="apm",
        areas=tuple(approach.name for approach in site.approaches),
        assessable=assessable,
        reason=found,
        margin_ft=verdicts.margin_ft,
        margin_m=verdicts.margin_m,
        time_to_violation_s=verdicts.violation_s,
        hold_time_to_violation_s=verdicts.hold_violation_s,
        kind=words[verdicts.kind + 1],
        area=np.where(assessable, approach, -1).astype(np.int32),
        altitude_ft=picture.altitude_ft,
        minimum_ft=verdicts.limit_ft,
        lateral_deviation_m=verdicts.cross_m,
        vertical_deviation_ft=verdicts.vertical_deviation_ft,
        severe=verdicts.violation_s == 0.0,
    )


def limits(parameters: ApmParameters) -> Limits:
    """The allowed deviations in the units of the kernel."""
    from safetynets.nets.kernels.apm import Limits

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
    from safetynets.nets.kernels.apm import Approaches

    parameters = site.parameters.apm
    pieces = [path_pieces(approach) for approach in site.approaches]
    rows = np.array([row for approach_rows in pieces for row in approach_rows]).reshape(-1, 5)
    return Approaches(
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


def state(picture: Picture) -> NDArray[np.float64]:
    """Columns x, y, vx, vy, altitude (ft), rate (ft/s): what the kernels take of each plot."""
    return np.column_stack(
        (
            picture.x_m,
            picture.y_m,
            picture.vx_mps,
            picture.vy_mps,
            picture.altitude_ft,
            fpm_to_ftps(picture.vertical_rate_fpm),
        )
    )


def _may_join(tracks: Tracks, site: Site) -> NDArray[np.bool_]:
    """Which track may join which approach, by destination and runway where they are required."""
    parameters = site.parameters.apm
    allowed = np.ones((tracks.track_count, len(site.approaches)), dtype=np.bool_)
    for i, approach in enumerate(site.approaches):
        if parameters.require_destination:
            allowed[:, i] &= tracks.destination == approach.airport
        if parameters.require_runway:
            allowed[:, i] &= tracks.runway == approach.runway
    return allowed
