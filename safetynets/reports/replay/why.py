"""Why an alert, in the sentences of `explain`, as the page tells it."""

from __future__ import annotations

from safetynets.engine.alerts import Alert
from safetynets.engine.explain import explain
from safetynets.runs.explanation import Explanation, explanation
from safetynets.runs.run import Run

EXPLAINED_ALERTS = 1000
"""So many alerts are explained on the page; `safetynets explain RUN --alert N` explains each."""


def why(run: Run, alert: Alert) -> Explanation:
    """What decided the plot at which the alert started, for the net that alerted."""
    return explanation(explain(run.tracks, run.site, alert.track, alert.start_time_s), alert.net, alert.group)
