"""`Variation`: how far the parameter sets of a study reach beyond the site that they are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from safetynets.sites.geometry import Site


@dataclass(frozen=True, eq=False)
class Variation:
    """How far the parameter sets of a study reach.

    Attributes
    ----------
    widest
        A site with every threshold at its widest: whatever any set notices, it notices too.
    extremes
        The least and the greatest value of the number with a dotted key.
    switched
        Names of the inhibit volumes that sets switch on or off.
    """

    widest: Callable[[Site], Site]
    extremes: Callable[[str], tuple[float, float]]
    switched: frozenset[str]
