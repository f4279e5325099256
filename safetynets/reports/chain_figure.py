"""The chain of one alert, drawn: net, display, controller, frequency, crew and aircraft, one lane each."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from safetynets.reports import house_style as style
from safetynets.reports.formats import fitted, number
from safetynets.response.procedure import ACTORS, Step
from safetynets.runs.phraseology_study import Answer, Study

LANES = {
    "net": "Safety net",
    "display": "Controller's display",
    "controller": "Controller",
    "frequency": "Frequency",
    "crew": "Crew",
    "aircraft": "Aircraft",
}
COLOURS = {
    "net": "#8a2d73",
    "display": "#6b6b6b",
    "controller": "#0b5c9e",
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
        axes = figure.add_axes((0.125, 0.13, 0.86, 0.70))
        figure.text(
            0.012,
            0.955,
            f"{answer.rule_set.name}: who does what, and when",
            fontsize=12,
            fontweight="bold",
            va="center",
        )
        figure.text(0.012, 0.905, fitted(answer.call.text, 190), fontsize=9, color=style.SOFT_INK, va="center")
        figure.text(0.985, 0.03, f"{style.NOT_FOR_USE}.", fontsize=8, color=style.SOFT_INK, ha="right")
        last_s = max([step.late_s for step in answer.steps] + [30.0])
        limits = [
            (study.latest_enough_s, "last moment to begin a climb with enough clearance"),
            (study.latest_contact_s, "last moment to begin a climb without contact"),
        ]
        near = [(at_s, words) for at_s, words in limits if 0.0 <= at_s < 4.0 * last_s]
        axes.set_xlim(
            min(step.starts_s for step in answer.steps) - 1.0, max([last_s, *(at_s for at_s, _ in near)]) * 1.06
        )
        axes.set_ylim(len(ACTORS) - 0.45, -0.75)
        for step in answer.steps:
            _bar(axes, step)
        for place, (at_s, words) in enumerate(near):
            axes.axvline(at_s, color=style.LIMIT, linewidth=1.4, linestyle=("-", (0, (5, 3)))[place == 0])
            axes.annotate(
                f"{words}, {number(at_s)} s",
                (at_s, -0.62 + 0.3 * place),
                xytext=(-4, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=8.5,
                color=style.LIMIT,
            )
        axes.axvline(0.0, color=style.INK, linewidth=0.9)
        axes.set_yticks(range(len(ACTORS)), [LANES[actor] for actor in ACTORS])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(visible=True, axis="x")
        axes.set_xlabel("seconds after the alert; bar: median, whisker: 5 to 95 % of the draws in which it happens")
        return figure


def _bar(axes: Axes, step: Step) -> None:
    lane = ACTORS.index(step.actor)
    second = step.does.startswith(("says", "has no", "looks"))
    at = lane + (0.18 if second else -0.18 if step.actor in ("frequency", "crew") else 0.0)
    width_s = max(step.ends_s - step.starts_s, 0.0)
    axes.barh(at, width_s, left=step.starts_s, height=0.26, color=COLOURS[step.actor], zorder=3)
    if step.late_s > step.early_s:
        axes.plot([step.early_s, step.late_s], [at, at], color=style.INK, linewidth=1.1, zorder=4)
        for end_s in (step.early_s, step.late_s):
            axes.plot([end_s, end_s], [at - 0.06, at + 0.06], color=style.INK, linewidth=1.1, zorder=4)
    seldom = "" if step.happens > 0.995 else f" (in {number(100 * step.happens)} % of the draws)"
    inside = axes.get_xlim()
    right = step.late_s < inside[0] + 0.62 * (inside[1] - inside[0])
    axes.annotate(
        f"{step.does}{seldom}",
        (max(step.late_s, step.ends_s) if right else min(step.starts_s, step.early_s), at),
        xytext=(6 if right else -6, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=8.5,
        zorder=5,
    )
