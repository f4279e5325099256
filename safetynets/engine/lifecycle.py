"""One lifecycle for all nets: confirmation, holding, hysteresis, severity and end (docs/nets.md, Lifecycle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Conflicts
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.lifecycle import Events, Memory, Rules


def rules_of(parameters: Lifecycle) -> Rules:
    """The parameters of the lifecycle as the kernel takes them."""
    from safetynets.engine.kernels.lifecycle import Rules

    return Rules(**{name: getattr(parameters, name) for name in Rules._fields})


def forget_all(track_count: int) -> Memory:
    """The memory before the first plot."""
    from safetynets.engine.kernels.lifecycle import Memory

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
        clear=np.zeros(track_count, dtype=np.int64),
        current_hits=np.zeros(track_count, dtype=np.int64),
        predicted_hits=np.zeros(track_count, dtype=np.int64),
    )


def follow(
    tracks: Tracks, conflicts: Conflicts, parameters: Lifecycle, memory: Memory, until_row: int | None = None
) -> Events:
    """Events of the alerts of one net and group, in the order of the plots; `memory` is changed in place.

    With `until_row` only the rows before it are followed.
    """
    from safetynets.engine.kernels import lifecycle as kernel

    plots = kernel.Plots(
        track=tracks.track[:until_row],
        time_s=tracks.time_s[:until_row],
        **{name: getattr(conflicts, name) for name in kernel.Plots._fields[2:]},
    )
    events = room_for(kernel.EVENTS_PER_PLOT * len(tracks))
    return those(events, slice(kernel.follow(plots, rules_of(parameters), memory, events)))


def end(memory: Memory, parameters: Lifecycle, now_s: float) -> Events:
    """How the alerts that are active by now end: lost, and then forgotten in `memory`, or not yet."""
    from safetynets.engine.kernels import lifecycle as kernel

    events = room_for(len(memory.active))
    return those(events, slice(kernel.end(memory, now_s, rules_of(parameters), events)))


def room_for(count: int) -> Events:
    """Columns that so many events are written to."""
    from safetynets.engine.kernels.lifecycle import Events

    types = {"row": np.int64, "track": np.int32, "reason": np.int8, "what": np.int8}
    return Events(**{name: np.empty(count, dtype=types.get(name, np.float64)) for name in Events._fields})


def those(events: Events, which: NDArray[np.bool_] | slice) -> Events:
    """Some of the events."""
    return events._replace(**{name: column[which] for name, column in events._asdict().items()})
