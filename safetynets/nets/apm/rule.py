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

from safetynets.engine.conflicts import Conflicts, Kind, Net, conflicts_of, room_for
from safetynets.engine.track_state import TrackState
from safetynets.sites.approach_path import course_vector, path_pieces
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import ApmParameters
from safetynets.tracks import Tracks
from safetynets.units import FT_PER_NM, M_PER_NM, fpm_to_ftps

if TYPE_CHECKING:
    from safetynets.nets.apm.kernel import Approaches, Hysteresis, Joined, JoinRules, Limits

KINDS = (Kind.BELOW, Kind.ABOVE, Kind.LEFT, Kind.RIGHT)


def forget_all(track_count: int) -> Joined:
    """The memory of `join_approaches` before the first plot."""
    from safetynets.nets.apm.kernel import Joined

    return Joined(
        approach=np.full(track_count, -1, dtype=np.int32),
        climbing=np.zeros(track_count, dtype=np.int32),
        last_s=np.full(track_count, -np.inf),
        landing=np.zeros(track_count, dtype=np.bool_),
    )


def join_approaches(
    picture: TrackState, tracks: Tracks, reason: NDArray[np.int8], site: Site, joined: Joined | None = None
) -> tuple[NDArray[np.int32], Joined]:
    """Index into `site.approaches` of the approach each plot is joined to (-1 for none), and the memory.

    `joined` is the memory after the plots before these; it is changed in place and given back.
    """
    from safetynets.nets.apm import kernel

    parameters = site.parameters.apm
    joined = forget_all(tracks.track_count) if joined is None else joined
    approach = np.full(len(picture), -1, dtype=np.int32)
    kernel.join(
        picture.track,
        picture.time_s,
        reason,
        state(picture),
        may_join(tracks, site),
        packed_approaches(site),
        join_rules(parameters),
        joined,
        approach,
    )
    return approach, joined


def join_rules(parameters: ApmParameters) -> JoinRules:
    """When an aircraft joins and leaves an approach, in the units of the kernel."""
    from safetynets.nets.apm.kernel import JoinRules

    return JoinRules(
        join_angle_rad=float(np.radians(parameters.join_angle_deg)),
        join_ceiling_ft=parameters.join_ceiling_ft,
        join_max_climb_ftps=fpm_to_ftps(parameters.join_max_climb_fpm),
        go_around_ftps=fpm_to_ftps(parameters.go_around_fpm),
        switch_margin_rad=float(np.radians(parameters.switch_margin_deg)),
        max_gap_s=parameters.max_gap_s,
    )


def apm_conflicts(picture: TrackState, reason: NDArray[np.int8], approach: NDArray[np.int32], site: Site) -> Conflicts:
    """Conflicts of every plot with the approach it is joined to.

    `reason` holds, per plot, `Reason.JUDGED` or why it is not to be judged; `approach` comes from `join_approaches`.
    """
    from safetynets.nets.apm import kernel

    verdicts = room_for(len(picture))
    kernel.judge(reason, approach, state(picture), *asked(site), verdicts)
    return conflicts_of(Net.APM, "apm", areas_of(site), verdicts, picture.altitude_ft)


def areas_of(site: Site) -> tuple[str, ...]:
    """The names of the approaches of a site."""
    return tuple(approach.name for approach in site.approaches)


def asked(site: Site) -> tuple[Approaches, Limits, Hysteresis]:
    """What the kernel judges a plot by."""
    from safetynets.nets.apm.kernel import Hysteresis

    parameters = site.parameters.apm
    hysteresis = Hysteresis(parameters.hysteresis_ft, parameters.hysteresis_m, parameters.hysteresis_s)
    return packed_approaches(site), limits(parameters), hysteresis


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
    from safetynets.nets.apm.kernel import Approaches

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


def state(picture: TrackState) -> NDArray[np.float64]:
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


def may_join(tracks: Tracks, site: Site) -> NDArray[np.bool_]:
    """Which track may join which approach, by destination and runway where they are required."""
    parameters = site.parameters.apm
    allowed = np.ones((tracks.track_count, len(site.approaches)), dtype=np.bool_)
    for i, approach in enumerate(site.approaches):
        if parameters.require_destination:
            allowed[:, i] &= tracks.destination == approach.airport
        if parameters.require_runway:
            allowed[:, i] &= tracks.runway == approach.runway
    return allowed
