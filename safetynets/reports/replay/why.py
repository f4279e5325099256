"""Why an alert, in the sentences of `explain`, as the page tells it."""

from __future__ import annotations

from safetynets.engine.alerts import Alert
from safetynets.nets.explain import explain
from safetynets.runs.run import Run

EXPLAINED_ALERTS = 200
"""So many alerts are explained on the page; `safetynets explain` explains every plot of every flight."""


def why(run: Run, alert: Alert) -> tuple[str, ...]:
    """What each stage made of the plot at which the alert started: the stages of all nets and those of its own."""
    steps = explain(run.tracks, run.site, alert.track, alert.start_time_s)
    return tuple(step.text for step in steps if step.net in ("", alert.net) and step.group in ("", alert.group))
