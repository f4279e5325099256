"""An expert's word overrides every rule."""

from __future__ import annotations

import numpy as np

from safetynets.evaluation.labels.files import EXPERT
from safetynets.evaluation.labels.situations import Situations
from safetynets.evaluation.metrics.matching import RISK


def overridden(situations: Situations, by_expert: Situations) -> Situations:
    """The situations with the categories that an expert gave; what only the expert saw is added.

    An expert's row is about every situation of the same flight and risk whose span of time it touches. Of several rows
    about one situation the one with the lowest category (the greatest need of an alert) holds.
    """
    rows = situations.rows()
    new = []
    for said in sorted(by_expert.rows(), key=lambda row: -int(row["category"])):
        touched = np.flatnonzero(
            (situations.track == said["track"])
            & (RISK[situations.net] == RISK[said["net"]])
            & (situations.from_s <= said["to_s"])
            & (situations.to_s >= said["from_s"])
        )
        for place in touched:
            rows[place] |= {"category": said["category"], "source": EXPERT}
        if not len(touched):
            new.append(said | {"source": EXPERT})
    return Situations.from_rows([*rows, *new])
