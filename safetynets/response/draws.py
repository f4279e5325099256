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
    """The chance of one study: uniform numbers, with the assumptions that turn them into values.

    One stream decides one thing in every draw, whatever the words are: two rule sets are compared on the same
    controllers, frequencies, crews and aircraft (common random numbers). Made by `draw`.

    Attributes
    ----------
    assumptions
        What the numbers are turned into values by.
    uniform
        By the name of what it decides one number from 0 to 1 a draw, shape (count,).
    count
        How many draws.

    Examples
    --------
    >>> from safetynets.response import draw, load_assumptions
    >>> assumptions = load_assumptions()
    >>> chance = draw(assumptions, 1000)
    >>> chance.value("crew.decide_check_s").shape, chance.happens("frequency.busy_probability").dtype
    ((1000,), dtype('bool'))
    >>> calm = chance.under(assumptions.changed({"frequency.busy_probability": 0}))
    >>> int(calm.happens("frequency.busy_probability").sum())
    0
    """

    assumptions: Assumptions
    uniform: Mapping[str, Floats]
    count: int
    _values: dict[tuple[str, Distribution], Floats] = field(default_factory=dict, repr=False)

    def value(self, name: str) -> Floats:
        """The value of an assumption in each draw.

        Parameters
        ----------
        name
            Such as "crew.decide_check_s".

        Returns
        -------
        numpy.ndarray
            Shape (count,), in the unit of the name.

        Raises
        ------
        KeyError
            When there is no such assumption.
        """
        assumption = self.assumptions[name]
        stream, spread = assumption.drawn_with or name, assumption.spread
        if (stream, spread) not in self._values:
            uniform = self.uniform.get(stream)
            self._values[stream, spread] = spread.at(np.full(self.count, 0.5) if uniform is None else uniform)
        return self._values[stream, spread]

    def happens(self, probability: str | float, stream: str = "") -> Booleans:
        """Whether an event happens in each draw.

        Parameters
        ----------
        probability
            Its probability, or the name of an assumption that is one.
        stream
            The name of the stream that decides it; without it that of the assumption.

        Returns
        -------
        numpy.ndarray of bool
            Shape (count,).

        Raises
        ------
        KeyError
            When there is no such assumption or stream.
        """
        if isinstance(probability, str):
            assumption = self.assumptions[probability]
            stream = stream or assumption.drawn_with or probability
            probability = assumption.median
        return self.uniform[stream] < probability

    def under(self, assumptions: Assumptions) -> Draws:
        """The same chance under other assumptions.

        Parameters
        ----------
        assumptions
            What the numbers are turned into values by.

        Returns
        -------
        Draws
            With the same uniform numbers.
        """
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
    """Draw what is left to chance.

    The same seed gives the same numbers, and no stream depends on which others there are.

    Parameters
    ----------
    assumptions
        What is drawn from.
    count
        How many draws.
    seed
        The one seed of all of them.

    Returns
    -------
    Draws
        Uniform numbers from 0 to 1; `Draws.value` turns them into the values of an assumption, one a draw.

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
