"""Every kind of figure by its name: what it is made from, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from safetynets.errors import ScenarioError, nearest

if TYPE_CHECKING:
    from safetynets.evaluation.study.outcome import StudyOutcome
    from safetynets.reports.displays.display import Display
    from safetynets.runs.phraseology_study import Study
    from safetynets.runs.run import Run


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What may be chosen of a figure: an alert of a run, a net, a metric and a parameter of a study."""

    alert_id: int | None = None
    net: str = ""
    metric: str | None = None
    parameter: str | None = None


def of_run(kind: str, run: Run, choice: Choice) -> Display:
    """The display of a kind of figure of a run."""
    from safetynets.reports.displays import run as displays
    from safetynets.reports.displays.warning_time import WarningTimeDisplay

    makers: dict[str, Callable[[], Display]] = {
        "plan-view": lambda: displays.PlanViewDisplay.from_run(run),
        "profile": lambda: displays.ProfileDisplay.from_run(run, choice.alert_id),
        "timeline": lambda: displays.TimelineDisplay.from_run(run),
        "warning-time": lambda: WarningTimeDisplay.from_alerts(run.alerts),
    }
    return makers[kind]()


def of_study(kind: str, outcome: StudyOutcome, choice: Choice) -> Display:
    """The display of a kind of figure of a tuning study; the present and the recommended set are marked."""
    from safetynets.reports import displays

    told = outcome.manifest
    present, recommended = told["present"], told["recommended"]["set"]
    makers: dict[str, Callable[[], Display]] = {
        "det": lambda: displays.DetDisplay.from_results(
            outcome.results, present=present, recommended=recommended, net=choice.net
        ),
        "pareto": lambda: displays.ParetoDisplay.from_results(
            outcome.results, present=present, recommended=recommended, net=choice.net
        ),
        "sensitivity": lambda: displays.SensitivityDisplay.from_outcome(outcome, choice.metric),
        "sobol": lambda: displays.SobolDisplay.from_outcome(outcome, choice.metric),
        "thresholds": lambda: displays.ThresholdDisplay.from_outcome(outcome, choice.parameter),
    }
    return makers[kind]()


def of_phraseologies(study: Study) -> Display:
    """The time budget of an alert with each rule set."""
    from safetynets.reports.displays.time_budget import TimeBudgetDisplay

    return TimeBudgetDisplay.from_study(study)


KINDS = {
    "plan-view": "run",
    "profile": "run",
    "timeline": "run",
    "warning-time": "run",
    "time-budget": "phraseologies",
    "det": "study",
    "pareto": "study",
    "sensitivity": "study",
    "sobol": "study",
    "thresholds": "study",
}
"""The names of all figures, each with what it is made from."""


def made_from(kind: str) -> str:
    """What a kind of figure is made from: "run", "phraseologies" or "study".

    Raises
    ------
    ScenarioError
        For an unknown kind; the error names the nearest.

    >>> made_from("profile")
    'run'
    """
    if kind not in KINDS:
        raise ScenarioError(f"there is no figure {kind!r}", mend=nearest(kind, KINDS))
    return KINDS[kind]
