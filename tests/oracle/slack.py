"""How generously the oracle judges: by the letter, surely (every limit a hair tighter), or possibly (a hair wider).

Two correct programs may disagree about a point that lies within rounding of an edge. So a violation the oracle is
sure of must be found by the nets, and one the nets find must at least be possible to the oracle.
"""

from __future__ import annotations

from dataclasses import dataclass

HAIR_M = 1e-6
HAIR_FT = 1e-6


@dataclass(frozen=True)
class Slack:
    """Positive widens what is violated: areas grow by `m`, vertical limits move by `ft`."""

    m: float
    ft: float


LETTER = Slack(0.0, 0.0)
SURELY = Slack(-HAIR_M, -HAIR_FT)
POSSIBLY = Slack(HAIR_M, HAIR_FT)
