"""One lifecycle for all nets: confirmation, holding, hysteresis, severity and end (docs/nets.md, Lifecycle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from safetynets.nets.conflicts import Conflicts, Reason
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.nets.kernels.lifecycle import Events, Memory, Rules


def rules_of(parameters: Lifecycle) -> Rules:
    """The parameters of the lifecycle as the kernel takes them."""
    from safetynets.nets.kernels.lifecycle import Rules

    return Rules(**{name: getattr(parameters, name) for name in Rules._fields})


def forget_all(track_count: int) -> Memory:
    """The memory before the first plot."""
    from safetynets.nets.kernels.lifecycle import Memory

    def unknown() -> np.ndarray:
        return np.full(track_count, np.nan)

    return Memory(
        active=np.zeros(track_count, dtype=np.bool_),
        severe=np.zeros(track_count, dtype=np.bool_),
        start_s=unknown(),
        first_conflict_s=unknown(),
        last_plot_s=unknown(),
        last_judged_s=unknown(),
        announced_s=unknown(),
        worst_margin_ft=unknown(),
        clear=np.zeros(track_count, dtype=np.int32),
        current_hits=np.zeros(track_count, dtype=np.int64),
        predicted_hits=np.zeros(track_count, dtype=np.int64),
    )


def follow(
    tracks: Tracks, conflicts: Conflicts, parameters: Lifecycle, memory: Memory, until_row: int | None = None
) -> Events:
    """Events of the alerts of one net and group, in the order of the plots; `memory` is changed in place.

    With `until_row` only the rows before it are followed.
    """
    from safetynets.nets.kernels import lifecycle as kernel

    room = kernel.EVENTS_PER_PLOT * len(tracks)
    events = kernel.Events(
        row=np.empty(room, dtype=np.int64),
        track=np.empty(room, dtype=np.int32),
        what=np.empty(room, dtype=np.int8),
        time_s=np.empty(room),
        first_conflict_s=np.empty(room),
        worst_margin_ft=np.empty(room),
    )
    excluded = (conflicts.reason != Reason.JUDGED) & (conflicts.reason < Reason.TRACK_TOO_YOUNG)
    count = kernel.follow(
        tracks.track[:until_row],
        tracks.time_s[:until_row],
        conflicts.assessable,
        excluded,
        conflicts.time_to_violation_s,
        conflicts.hold_time_to_violation_s,
        worst_of(conflicts),
        conflicts.severe,
        rules_of(parameters),
        memory,
        events,
    )
    return kernel.Events(
        row=events.row[:count],
        track=events.track[:count],
        what=events.what[:count],
        time_s=events.time_s[:count],
        first_conflict_s=events.first_conflict_s[:count],
        worst_margin_ft=events.worst_margin_ft[:count],
    )


def worst_of(conflicts: Conflicts) -> np.ndarray:
    """The margin whose least value an alert keeps: vertical where there is one."""
    return np.where(np.isnan(conflicts.margin_ft), np.inf, conflicts.margin_ft)
