"""The warning time that is needed, from the response model: until the aircraft follows the controls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safetynets.response.conversation import chain_of
from safetynets.response.draws import Draws
from safetynets.response.transmissions import SpokenCall


@dataclass(frozen=True)
class NeededTime:
    """`seconds` suffice in `share` of the draws in which the crew acts; in `never` of all draws it does not act."""

    seconds: float
    share: float
    never: float


def needed_time(call: SpokenCall, draws: Draws, share: float = 0.9) -> NeededTime:
    """The warning time needed from alert to manoeuvre, the draws of the response model deciding.

    The chain is display, controller, frequency, words, crew, aircraft. What the aircraft then loses until its
    descent is arrested is not in it. Where nobody acts in any draw it is inf.
    """
    manoeuvre_s = chain_of(call, draws).manoeuvre_s
    acts = np.isfinite(manoeuvre_s)
    seconds = float(np.quantile(manoeuvre_s[acts], share)) if acts.any() else np.inf
    return NeededTime(seconds, share, float(1.0 - acts.mean()))
