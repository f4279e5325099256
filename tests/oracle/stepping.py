"""Time, in steps of a twentieth of a second: tau = 0, 0.05, ... and the end of the look-ahead itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

STEPS_PER_S = 20


def steps_s(look_ahead_s: float) -> Iterator[float]:
    for step in range(math.floor(look_ahead_s * STEPS_PER_S) + 1):
        yield min(step / STEPS_PER_S, look_ahead_s)
    if look_ahead_s * STEPS_PER_S > math.floor(look_ahead_s * STEPS_PER_S):
        yield look_ahead_s


def first_s(holds_at: Callable[[float], bool], look_ahead_s: float) -> float:
    """The first step at which something holds, inf for none."""
    for tau_s in steps_s(look_ahead_s):
        if holds_at(tau_s):
            return tau_s
    return math.inf
