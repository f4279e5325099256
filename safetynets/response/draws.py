"""`Draws`: the chance of one study, drawn once and shared by every rule set that is compared."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import PhraseologyError
from safetynets.response.assumptions import Assumptions
from safetynets.response.distributions import Distribution

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

MOST_CALLS = 3
"""How often a crew is called at most before the controller gives up (simulator default)."""

_ONCE = (
    "controller.does_not_act_probability",
    "controller.already_acting_probability",
    "controller.catches_readback_error_probability",
    "controller.looks_elsewhere_probability",
    "controller.visual_only_missed_probability",
    "controller.repeats_unasked_probability",
    "frequency.busy_probability",
    "crew.acts_on_directive_probability",
)
_EACH_CALL = (
    "frequency.stepped_on_probability",
    "crew.not_heard_probability",
    "crew.asks_again_per_item_probability",
    "crew.omits_probability",
)
ESCALATION = "second step"
"""Names the call of a rule set's second step in the streams of chance."""


@dataclass(frozen=True, eq=False)
class Draws:
    """Uniform numbers by the name of what they decide, with the assumptions that turn them into values.

    One stream decides one thing in every draw, whatever the words are: two rule sets are compared on the same
    controllers, frequencies, crews and aircraft (common random numbers).
    """

    assumptions: Assumptions
    uniform: Mapping[str, Floats]
    count: int
    _values: dict[tuple[str, Distribution], Floats] = field(default_factory=dict, repr=False)

    def value(self, name: str) -> Floats:
        """The value of an assumption in each draw."""
        assumption = self.assumptions[name]
        stream, spread = assumption.drawn_with or name, assumption.spread
        if (stream, spread) not in self._values:
            uniform = self.uniform.get(stream)
            self._values[stream, spread] = spread.at(np.full(self.count, 0.5) if uniform is None else uniform)
        return self._values[stream, spread]

    def happens(self, probability: str | float, stream: str = "") -> Booleans:
        """Whether an event of this probability happens in each draw; an assumption may be given by name."""
        if isinstance(probability, str):
            assumption = self.assumptions[probability]
            stream = stream or assumption.drawn_with or probability
            probability = assumption.median
        return self.uniform[stream] < probability

    def under(self, assumptions: Assumptions) -> Draws:
        """The same chance under other assumptions."""
        return replace(self, assumptions=assumptions)


def streams(assumptions: Assumptions, idle: Collection[str] = ()) -> tuple[str, ...]:
    """The names of everything that chance decides under these assumptions, except those that are `idle`."""
    spread = [
        one.name
        for one in assumptions.by_name.values()
        if one.spread.is_random and not one.drawn_with and one.name not in idle
    ]
    once = [name for name in _ONCE if name not in idle]
    each_call = [call_stream(name, call) for name in _EACH_CALL for call in (*range(MOST_CALLS), ESCALATION)]
    partners = {one.drawn_with for one in assumptions.by_name.values() if one.spread.is_random and one.drawn_with}
    return tuple(dict.fromkeys([*spread, *sorted(partners), *once, *each_call]))


def call_stream(name: str, call: int | str) -> str:
    """The stream that decides something anew for each call: the first, a repetition, or the second step.

    >>> call_stream("crew.not_heard_probability", 0)
    'crew.not_heard_probability (call 1)'
    """
    return f"{name} (call {call + 1})" if isinstance(call, int) else f"{name} ({call})"


def draw(assumptions: Assumptions, count: int = 10_000, seed: int = 0) -> Draws:
    """Draw `count` times; the same seed gives the same numbers, and no stream depends on which others there are.

    Parameters
    ----------
    assumptions
        What is drawn from.
    count
        How many draws.
    seed
        Of all of them.

    Returns
    -------
    Draws
        Uniform numbers from 0 to 1; `value` makes the values of an assumption of them, one a draw, in the unit of its
        name.

    Raises
    ------
    PhraseologyError
        When `count` is not positive.

    Examples
    --------
    >>> from safetynets.response import load_assumptions
    >>> draw(load_assumptions(), 5).count
    5
    """
    if count < 1:
        raise PhraseologyError(f"{count} draws are none", where="--draws", mend="give a number from 1 upwards")
    return Draws(
        assumptions,
        {name: np.random.default_rng([seed, zlib.crc32(name.encode())]).random(count) for name in _all(assumptions)},
        count,
    )


def _all(assumptions: Assumptions) -> Sequence[str]:
    """Every stream there could be, so that varying an assumption changes no other draw."""
    return tuple(dict.fromkeys([*(one.name for one in assumptions.by_name.values()), *streams(assumptions)]))
