"""The chain of one alert, drawn: net, display, controller, frequency, crew and aircraft, one lane each.

A lane of display, controller or frequency says at which desk; every desk that learns of it by relay has its own.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from safetynets.phraseology import sentence_start
from safetynets.reports import house_style as style
from safetynets.reports.formats import fitted, number
from safetynets.response.procedure import Step
from safetynets.runs.phraseology_study import Answer, Study

LANES = {
    "net": "Safety net",
    "display": "Controller's display",
    "controller": "Controller",
    "relay": "Relay to",
    "frequency": "Frequency",
    "crew": "Crew",
    "aircraft": "Aircraft",
}
COLOURS = {
    "net": "#8a2d73",
    "display": "#6b6b6b",
    "controller": "#0b5c9e",
    "relay": "#4a6a1e",
    "frequency": "#b8420a",
    "crew": "#00695c",
    "aircraft": "#5a3d8a",
}
_HEIGHT_IN = 4.7


def chain_figure(study: Study, answer: Answer) -> Figure:
    """Who does what when, in the median of the draws, with the span from 5 to 95 % of each end.

    The lines say until when the median aircraft can still begin to climb.
    """
    with style.house_style():
        figure = style.new_figure(_HEIGHT_IN)
        axes = figure.add_axes((0.175, 0.13, 0.81, 0.70))
        figure.text(
            0.012,
            0.955,
            f"{sentence_start(answer.called)}: who knows and does what, and when",
            fontsize=12,
            fontweight="bold",
            va="center",
        )
        figure.text(0.012, 0.905, fitted(answer.call.text, 190), fontsize=9, color=style.SOFT_INK, va="center")
        figure.text(0.985, 0.03, f"{style.NOT_FOR_USE}.", fontsize=8, color=style.SOFT_INK, ha="right")
        axes.set_xlim(*_span_s(study))
        lanes = _lanes(answer)
        axes.set_ylim(len(lanes) - 0.45, -0.75)
        for step in answer.steps:
            _bar(axes, step, lanes.index(_lane(step)))
        _limits(axes, study)
        axes.axvline(0.0, color=style.INK, linewidth=0.9)
        axes.set_yticks(range(len(lanes)), lanes)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(visible=True, axis="x")
        axes.set_xlabel("seconds after the alert; bar: median, whisker: 5 to 95 % of the draws in which it happens")
        return figure


def _lanes(answer: Answer) -> list[str]:
    """The names of the lanes from the top: those of the steps, below them whom the alert never reaches."""
    reached = list(dict.fromkeys(_lane(step) for step in answer.steps))
    actors = {step.actor for step in answer.steps} | {"relay"}
    return reached + [words for actor, words in LANES.items() if actor not in actors]


def _lane(step: Step) -> str:
    return f"{LANES[step.actor]}\n{fitted(step.desk, 30)}" if step.desk else LANES[step.actor]


def _bar(axes: Axes, step: Step, lane: int) -> None:
    second = step.does.startswith(("says", "has no", "looks"))
    at = lane + (0.18 if second else -0.18 if step.actor in ("frequency", "crew") else 0.0)
    width_s = max(step.ends_s - step.starts_s, 0.0)
    axes.barh(at, width_s, left=step.starts_s, height=0.26, color=COLOURS[step.actor], zorder=3)
    if step.late_s > step.early_s:
        axes.plot([step.early_s, step.late_s], [at, at], color=style.INK, linewidth=1.1, zorder=4)
        for end_s in (step.early_s, step.late_s):
            axes.plot([end_s, end_s], [at - 0.06, at + 0.06], color=style.INK, linewidth=1.1, zorder=4)
    seldom = "" if step.happens > 0.995 else f" (in {number(100 * step.happens)} % of the draws)"
    axes.annotate(
        f"{step.does}{seldom}",
        (max(step.late_s, step.ends_s), at),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        zorder=5,
    )


def _span_s(study: Study) -> tuple[float, float]:
    """One span for all rule sets of a study, with room for words at its right."""
    steps = [step for answer in study.answers for step in answer.steps]
    return min(step.starts_s for step in steps) - 1.0, 1.6 * max([step.late_s for step in steps] + [30.0])


def _limits(axes: Axes, study: Study) -> None:
    moments = [
        (study.latest_enough_s, "to begin a climb with enough clearance", (0, (5, 3))),
        (study.latest_contact_s, "to begin a climb without contact", "-"),
    ]
    right_s = axes.get_xlim()[1]
    for place, (at_s, words, line) in enumerate(moments):
        if not np.isfinite(at_s):
            continue
        seen = 0.0 <= at_s <= right_s
        if seen:
            axes.axvline(at_s, color=style.LIMIT, linewidth=1.4, linestyle=line)
        told = f"last moment {words}: {number(at_s)} s" + (" →" if at_s > right_s else "")
        at_right = not seen or at_s > 0.5 * right_s
        axes.annotate(
            told,
            (at_s if seen else right_s, -0.62 + 0.3 * place),
            xytext=(-5 if at_right else 5, 0),
            textcoords="offset points",
            ha="right" if at_right else "left",
            va="center",
            fontsize=8.5,
            color=style.LIMIT,
        )
