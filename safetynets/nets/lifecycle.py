"""One lifecycle for all nets: confirmation, holding, hysteresis, severity and end (docs/nets.md, Lifecycle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.conflicts import Conflicts, Reason
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.nets.kernels.lifecycle import Events, Memory, Plots, Rules


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

    events = _room_for(len(tracks))
    count = kernel.follow(
        _plots(tracks, conflicts, until_row),
        rules_of(parameters),
        memory,
        events,
    )
    return _first(events, count)


def follow_sparse(
    tracks: Tracks,
    row: NDArray[np.int64],
    last: NDArray[np.bool_],
    conflicts: Conflicts,
    parameters: Lifecycle,
    memory: Memory,
) -> tuple[Events, NDArray[np.bool_]]:
    """Events as of `follow` over all plots, from those of them that can matter, and where too few are given.

    `tracks` and `conflicts` are of these plots, `row` their ascending rows among all, `last` marks the last plot of a
    track. Every predicted hit must be among them. The mask marks plots after which the next one of the track is needed
    too: the events of that track do not count then.
    """
    from safetynets.nets.kernels import lifecycle as kernel

    events = _room_for(len(tracks))
    broken_off = np.zeros(len(tracks), dtype=np.bool_)
    count = kernel.follow_sparse(
        row,
        last,
        _plots(tracks, conflicts),
        rules_of(parameters),
        memory,
        events,
        broken_off,
    )
    return _first(events, count), broken_off


def _room_for(plots: int) -> Events:
    from safetynets.nets.kernels import lifecycle as kernel

    room = kernel.EVENTS_PER_PLOT * plots
    return kernel.Events(
        row=np.empty(room, dtype=np.int64),
        track=np.empty(room, dtype=np.int32),
        what=np.empty(room, dtype=np.int8),
        time_s=np.empty(room),
        first_conflict_s=np.empty(room),
        worst_margin_ft=np.empty(room),
    )


def _first(events: Events, count: int) -> Events:
    return events._replace(**{name: column[:count] for name, column in events._asdict().items()})


def _plots(tracks: Tracks, conflicts: Conflicts, until_row: int | None = None) -> Plots:
    from safetynets.nets.kernels.lifecycle import Plots

    return Plots(
        track=tracks.track[:until_row],
        time_s=tracks.time_s[:until_row],
        assessable=conflicts.assessable,
        excluded=(conflicts.reason != Reason.JUDGED) & (conflicts.reason < Reason.TRACK_TOO_YOUNG),
        violation_s=conflicts.time_to_violation_s,
        hold_violation_s=conflicts.hold_time_to_violation_s,
        margin_ft=worst_of(conflicts),
        severe=conflicts.severe,
    )


def worst_of(conflicts: Conflicts) -> np.ndarray:
    """The margin whose least value an alert keeps: vertical where there is one."""
    return np.where(np.isnan(conflicts.margin_ft), np.inf, conflicts.margin_ft)
