"""Which situations are worth an expert's time: those of the rules, and alerts that belong to none of them."""

from __future__ import annotations

import numpy as np

from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.situations import Situations
from safetynets.evaluation.metrics.matching import pairs
from safetynets.tracks import Tracks

ALERT = "alert"


def with_alerts(situations: Situations, judged: JudgedAlerts, tracks: Tracks) -> Situations:
    """The situations, and one more, undesirable by the rules, for each alert that belongs to none of them.

    Alerts are judged by their situations; an expert may see a reason where no rule does.
    """
    found = pairs(judged.net, judged.track, judged.start_s, judged.end_s, situations)
    alone = np.setdiff1d(np.arange(len(judged)), found.alert)
    last_s = float(tracks.time_s.max()) if len(tracks) else 0.0
    more = [
        {
            "net": int(judged.net[i]),
            "track": int(judged.track[i]),
            "callsign": str(tracks.callsign[judged.track[i]]),
            "from_s": float(judged.first_conflict_s[i]),
            "to_s": float(judged.end_s[i]) if np.isfinite(judged.end_s[i]) else last_s,
            "category": int(Category.UNDESIRABLE),
            "resolved": True,
            "source": ALERT,
        }
        for i in alone.tolist()
    ]
    return Situations.from_rows([*situations.rows(), *more])


def to_label(situations: Situations, limit: int | None, seed: int, *, void: bool = False) -> Situations:
    """The situations to hand out: those that are not void, of more than `limit` as many as are drawn by the seed."""
    rows = np.flatnonzero((situations.category != Category.VOID) | void)
    if limit is not None and len(rows) > limit:
        rows = np.sort(np.random.default_rng(seed).choice(rows, limit, replace=False))
    return situations.select(rows)
