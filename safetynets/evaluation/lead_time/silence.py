"""Why a ground net spoke, and why it did not, in one line."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.net import Net
from safetynets.engine.reasons import Reason
from safetynets.runs.run import Run


def why_it_spoke(alert: Alert) -> str:
    """The numbers of an alert at its start, as far as it has them.

    >>> from safetynets.runs import run_scenario
    >>> why_it_spoke(run_scenario("flat-ground-low").alerts[0]).split(":")[0]
    'below XXFL 36'
    """
    what = " ".join(filter(None, (alert.kind, alert.area)))
    facts = []
    if math.isfinite(alert.altitude_ft) and math.isfinite(alert.minimum_ft):
        facts.append(f"{alert.altitude_ft:,.0f} ft, limit {alert.minimum_ft:,.0f} ft")
    if math.isfinite(alert.vertical_deviation_ft):
        facts.append(f"{alert.vertical_deviation_ft:+,.0f} ft from the path")
    if alert.time_to_violation_s > 0.0:
        facts.append(f"in {alert.time_to_violation_s:.0f} s")
    said = f"{what}: {', '.join(facts)}" if facts else what
    return said if alert.shown else f"{said}; not shown, for the {alert.suppressed_by} speaks"


@lru_cache(maxsize=1)
def verdicts_of(run: Run, track: int) -> tuple[NDArray[np.float64], tuple[Conflicts, ...]]:
    """The times of the plots of a track, and what the nets found for them."""
    rows = run.tracks.rows_of(track)
    return run.tracks.time_s[rows], run.conflicts_at(np.arange(rows.start, rows.stop))


def why_silent(run: Run, net: Net, track: int, from_s: float, until_s: float) -> str:
    """What a net made of the plots of a track between two moments, none of which became an alert."""
    time_s, conflicts = verdicts_of(run, track)
    within = (time_s >= from_s) & (time_s <= until_s)
    tables = [found for found in conflicts if found.net is net]
    if not tables:
        return "the site has nothing for it to watch"
    if not within.any():
        return "no plot in this time"
    judged = np.any([found.assessable for found in tables], axis=0) & within
    unjudged = Counter(tables[0].reason[within & ~judged].tolist())
    parts = []
    if judged.any():
        margins = [found.margin_ft[judged & found.assessable] for found in tables]
        least_ft = min((float(np.nanmin(one)) for one in margins if np.isfinite(one).any()), default=math.nan)
        in_conflict = np.any([np.isfinite(found.time_to_violation_s) for found in tables], axis=0) & judged
        said = f"judged {judged.sum()} plots"
        if in_conflict.any():
            said += f", {in_conflict.sum()} of them in conflict, not enough for an alert"
        elif math.isfinite(least_ft):
            said += f", never nearer to its limit than {least_ft:,.0f} ft"
        parts.append(said)
    for unable, words in ((False, "excluded"), (True, "not assessable")):
        counted = {
            Reason(code).word: count for code, count in unjudged.items() if Reason(code).not_assessable == unable
        }
        if counted:
            parts.append(f"{words}: " + ", ".join(f"{word} {count}" for word, count in counted.items()))
    return "; ".join(parts)
