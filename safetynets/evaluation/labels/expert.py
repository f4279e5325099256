"""An expert's word overrides every rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import risks
from safetynets.evaluation.labels.files import EXPERT
from safetynets.evaluation.labels.situations import Situations

SAME_S = 1.0


def overridden(situations: Situations, by_expert: Situations) -> Situations:
    """Put the categories that an expert gave in place of those by rule; what only the expert saw is added.

    An expert's row is about the situation of the same flight and risk with the same span of time, to a second; without
    one, about every such situation that its span touches. Of several rows about one situation the one with the lowest
    category (the greatest need of an alert) holds.

    Parameters
    ----------
    situations
        By rule (`label`).
    by_expert
        As `read_labels` gives them.

    Returns
    -------
    Situations
        All of them, in order, numbered anew.

    Examples
    --------
    >>> row = {"net": 0, "track": 3, "from_s": 0.0, "to_s": 60.0, "category": 2}
    >>> found = overridden(Situations.from_rows([row]), Situations.from_rows([row | {"category": 1}]))
    >>> found.category.tolist(), found.source.tolist()
    ([1], ['expert'])
    """
    rows = situations.rows()
    new = []
    for said in sorted(by_expert.rows(), key=lambda row: -int(row["category"])):
        touched = _meant(situations, said)
        for place in touched:
            rows[place] |= {"category": said["category"], "source": EXPERT}
        if not len(touched):
            new.append(said | {"source": EXPERT})
    return Situations.from_rows([*rows, *new])


def _meant(situations: Situations, said: Mapping[str, Any]) -> NDArray[np.intp]:
    of_flight = (situations.track == said["track"]) & (risks()[situations.net] == risks()[said["net"]])
    same = np.abs(situations.from_s - said["from_s"]) <= SAME_S
    same &= np.abs(situations.to_s - said["to_s"]) <= SAME_S
    touches = (situations.from_s <= said["to_s"]) & (situations.to_s >= said["from_s"])
    return np.flatnonzero(of_flight & (same if (of_flight & same).any() else touches))
