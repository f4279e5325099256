"""Draw the pictures of docs/figures.md, all of them or those named: python docs/draw_figures.py [NAME ...].

Studies are judged into out/figures and out/paris-qnh, as `safetynets tune` does, and not again while they are there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from safetynets.engine.monitor import judge
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.evaluation.metrics import Scores, score
from safetynets.evaluation.study.execute import JudgedStudy, judge_study
from safetynets.evaluation.study.finish import finish
from safetynets.evaluation.study.load import load_study
from safetynets.evaluation.study.open_day import open_day
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.evaluation.study.workforce import workforce
from safetynets.reports import displays
from safetynets.reports.house_style import figure_bytes
from safetynets.response import load_assumptions
from safetynets.runs import Run, run_scenario
from safetynets.runs.phraseology_study import load_phrasings, study_phraseologies

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
STUDIES = HERE.parent / "out"
SMALL_STUDY = HERE / "figures-study.toml"
RULE_SETS = ("icao", "france", "proposed-apm-directive", "as-spoken")
MAP_DPI = 80


@cache
def run(scenario: str) -> Run:
    """A shipped scenario, run once."""
    return run_scenario(scenario)


@cache
def judged(name: str) -> JudgedStudy:
    """A study, its parameter sets judged once."""
    loaded = load_study(name)
    with workforce(None, None) as hands:
        return judge_study(loaded, STUDIES / loaded.study.name, hands)


@cache
def study(name: str) -> StudyOutcome:
    """What a judged study comes to."""
    of = judged(name)
    with workforce(None, None) as hands:
        return finish(of, STUDIES / of.loaded.study.name, hands)


def det() -> displays.Display:
    """All sets of the small study, the present and the recommended one marked."""
    told = study(str(SMALL_STUDY))
    chosen = told.manifest["recommended"]["set"]
    return displays.DetDisplay.from_results(told.results, present=told.manifest["present"], recommended=chosen)


def pareto() -> displays.Display:
    """The same with the warning time."""
    told = study(str(SMALL_STUDY))
    chosen = told.manifest["recommended"]["set"]
    return displays.ParetoDisplay.from_results(told.results, present=told.manifest["present"], recommended=chosen)


def warning_time() -> displays.Display:
    """What the present set of the small study gave, needed and could have given."""
    of = judged(str(SMALL_STUDY))
    scores = []
    for plan in of.days:
        day = open_day(plan, of.place)
        alerts = judged_alerts(judge(day.tracks, day.site).alerts)
        scores.append(score(alerts, day.situations, day.amount, of.loaded.needed.times_s))
    return displays.WarningTimeDisplay.from_scores(Scores.of_days(scores))


def time_budget() -> displays.Display:
    """The seconds from the alert to the climb, with each rule set."""
    answered, *_ = study_phraseologies("zurich-1990", load_phrasings(RULE_SETS), load_assumptions(), draws=2000)
    return displays.TimeBudgetDisplay.from_study(answered)


DRAWN: dict[str, Callable[[], displays.Display]] = {
    "plan-view": lambda: displays.PlanViewDisplay.from_run(run("geneva-early-descent")),
    "profile": lambda: displays.ProfileDisplay.from_run(run("geneva-early-descent")),
    "timeline": lambda: displays.TimelineDisplay.from_run(run("geneva-early-descent")),
    "det": det,
    "pareto": pareto,
    "warning-time": warning_time,
    "sensitivity": lambda: displays.SensitivityDisplay.from_outcome(study(str(SMALL_STUDY))),
    "sobol": lambda: displays.SobolDisplay.from_outcome(study(str(SMALL_STUDY))),
    "thresholds": lambda: displays.ThresholdDisplay.from_outcome(study("paris-qnh")),
    "time-budget": time_budget,
}


def picture(name: str) -> tuple[str, bytes]:
    """File name and content of a picture; the map is PNG, for its relief is an image anyway."""
    figure = DRAWN[name]().plot().figure_
    if name == "plan-view":
        return f"figure-{name}.png", figure_bytes(figure, "png", MAP_DPI)
    return f"figure-{name}.svg", figure_bytes(figure)


def main(names: list[str]) -> None:
    """Draw the pictures and keep them beside those of the other pages."""
    for name in names or DRAWN:
        file, content = picture(name)
        (PICTURES / file).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
