"""When exactly a situation became true, and since when straight extrapolation foresaw it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from safetynets.evaluation.labels.flown import Flown

Floats = NDArray[np.float64]
Judge = Callable[[Flown], NDArray[np.int8]]
"""The category of each state, 0 for none."""

STEP_S = 2.0
"""Between two moments of an extrapolation: 140 m at 140 kt."""
_HALVINGS = 12


def as_bad_as(found: NDArray[np.int8], category: NDArray[np.int8] | int) -> NDArray[np.bool_]:
    """Where a category is found that is at least as serious.

    >>> as_bad_as(np.array([0, 1, 2, 3], dtype=np.int8), 2).tolist()
    [False, True, True, False]
    """
    return (found > 0) & (found <= category)


def moment_between(judge: Judge, before: Flown, after: Flown, category: NDArray[np.int8]) -> Floats:
    """When a category first holds on the straight line between a state where it does not and one where it does."""
    low, high = np.zeros(len(before)), np.ones(len(before))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        holds = as_bad_as(judge(before.between(after, middle)), category)
        low, high = np.where(holds, low, middle), np.where(holds, middle, high)
    return before.time_s + high * (after.time_s - before.time_s)


def known_since_s(
    judge: Judge, states: Flown, track: NDArray[np.int32], event_s: Floats, category: int, look_s: float, slack_s: float
) -> Floats:
    """The first state from which on, until the event, every straight extrapolation met what came; NaN for none.

    One event a row, of one track each. Looked for at most `look_s` before the event. An extrapolation meets it when it
    is in the category at most `slack_s` after the event.
    """
    return np.array(
        [
            _known_since_s(judge, states, int(number), float(moment_s), category, look_s, slack_s)
            for number, moment_s in zip(track, event_s, strict=True)
        ]
    )


def _known_since_s(
    judge: Judge, states: Flown, track: int, event_s: float, category: int, look_s: float, slack_s: float
) -> float:
    first, last = np.searchsorted(states.track, [track, track + 1])
    begin, end = first + np.searchsorted(states.time_s[first:last], [event_s - look_s, event_s])
    if begin == end:
        return np.nan
    seconds = np.arange(0.0, look_s + STEP_S, STEP_S)
    rows = np.repeat(np.arange(begin, end), len(seconds))
    ahead = states.pick(rows).ahead(np.tile(seconds, end - begin))
    met = as_bad_as(judge(ahead), category) & (ahead.time_s <= event_s + slack_s)
    blind = np.flatnonzero(~met.reshape(end - begin, len(seconds)).any(axis=1))
    since = begin + blind[-1] + 1 if len(blind) else begin
    return float(states.time_s[since]) if since < end else np.nan
