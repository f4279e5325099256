"""One lifecycle for all nets: confirmation, holding, hysteresis, severity and end (docs/nets.md, Lifecycle)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import named
from safetynets.sites.parameters import Lifecycle

if TYPE_CHECKING:
    from safetynets.engine.kernels.lifecycle import Events, Memory, Rules


def rules_of(parameters: Lifecycle) -> Rules:
    """The parameters of the lifecycle as the kernel takes them."""
    from safetynets.engine.kernels.lifecycle import Rules

    return named(Rules, parameters)


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
        phase=np.zeros(track_count, dtype=np.int64),
        clear=np.zeros(track_count, dtype=np.int64),
        current_hits=np.zeros(track_count, dtype=np.int64),
        predicted_hits=np.zeros(track_count, dtype=np.int64),
    )


def end(memory: Memory, rules: Rules, now_s: float) -> Events:
    """How the alerts that are active by now end: lost, and then forgotten in `memory`, or not yet."""
    from safetynets.engine.kernels import lifecycle as kernel

    events = allocate_events(len(memory.active))
    return select(events, slice(kernel.end(memory, now_s, rules, events)))


def allocate_events(count: int) -> Events:
    """Columns for events."""
    from safetynets.engine.kernels.lifecycle import Events

    types = {"row": np.int64, "track": np.int32, "reason": np.int8, "what": np.int8}
    return Events(**{name: np.empty(count, dtype=types.get(name, np.float64)) for name in Events._fields})


def concatenate_events(parts: Sequence[Events]) -> Events:
    """The events of all parts, one part after the other."""
    none = allocate_events(0)
    columns = {name: [getattr(part, name) for part in (none, *parts)] for name in none._fields}
    return none._replace(**{name: np.concatenate(column) for name, column in columns.items()})


def select(events: Events, which: NDArray[np.bool_] | slice) -> Events:
    """Some of the events."""
    return events._replace(**{name: column[which] for name, column in events._asdict().items()})
