"""Time budgets and outcomes of several phraseologies, drawn side by side."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import PercentFormatter

from safetynets.reports import house_style as style
from safetynets.reports.chain_figure import COLOURS
from safetynets.reports.formats import number
from safetynets.response.outcome import Outcome, Share
from safetynets.runs.phraseology_study import RELAY, Answer, Study, budget_s

STAGE_COLOURS = {
    "display": COLOURS["display"],
    "controller": COLOURS["controller"],
    RELAY: COLOURS["relay"],
    "frequency busy": "#e0a100",
    "words, and repeating them": COLOURS["frequency"],
    "crew decides": COLOURS["crew"],
    "aircraft follows": COLOURS["aircraft"],
}
_HATCHES = {RELAY: "..", "frequency busy": "////", "crew decides": "\\\\\\\\"}
_LINES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (1, 1)))
_LINE_COLOURS = ("#0b5c9e", "#b8420a", "#00695c", "#8a2d73", "#5a3d8a", "#a07800", "#4d4d4d", "#2f7ea8")
_ON_BARS = [withStroke(linewidth=3.4, foreground=style.PAPER)]
_IN_THE_GROUND_FT = -1.0
"""Stands for every clearance below the ground: contact has no depth."""
NOBODY = "nobody calls"


def budget_figure(study: Study) -> Figure:
    """The mean seconds of every stage with each rule set, against the time there is."""
    height_in = 1.75 + 0.36 * len(study.answers)
    with style.house_style():
        figure = style.new_figure(height_in)
        axes = figure.add_axes((0.19, 0.62 / height_in, 0.79, 1.0 - 1.52 / height_in))
        figure.text(
            0.012, 1 - 0.22 / height_in, "Time budget against the time there is", fontsize=12, fontweight="bold"
        )
        draw_budget(axes, study)
        figure.legend(
            handles=budget_handles(study),
            loc="upper left",
            bbox_to_anchor=(0.008, 1 - 0.34 / height_in),
            ncols=7,
            handlelength=1.4,
        )
        return figure


def draw_budget(axes: Axes, study: Study) -> None:
    """Draw the mean seconds of every stage on axes, one row a rule set, and the moments that are the time there is."""
    budgets = {answer.called: budget_s(answer.outcome) for answer in study.answers}
    for row, budget in enumerate(budgets.values()):
        _budget_row(axes, row, study.answers[row], budget)
    totals = [sum(budget.values()) for budget in budgets.values()]
    moments = (
        (study.latest_enough_s, "enough clearance", (0, (5, 3))),
        (study.latest_contact_s, "no contact", "-"),
    )
    shown = [moment for moment in moments if np.isfinite(moment[0])]
    reach_s = max([*totals, 30.0, *(at_s for at_s, _, _ in shown)])
    axes.set_xlim(0.0, 1.05 * reach_s)
    for at_s, words, line in shown:
        axes.axvline(at_s, color=style.LIMIT, linewidth=1.8, linestyle=line, zorder=6, path_effects=_ON_BARS)
        axes.annotate(
            f"{words}: {number(at_s)} s",
            (at_s, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(3 if line == "-" else -3, 14 if line == "-" else 2),
            textcoords="offset points",
            ha="left" if line == "-" and at_s < 0.85 * reach_s else "right",
            va="bottom",
            fontsize=8.5,
            color=style.LIMIT,
        )
    axes.set_ylim(len(budgets) - 0.5, -0.5)
    axes.set_yticks(range(len(budgets)), list(budgets))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x")
    axes.set_xlabel("seconds after the alert, means over the draws in which the call makes the aircraft climb")


def budget_handles(study: Study) -> list[Patch]:
    """What the legend of a time budget shows: the stages in their order, a relay only where one is taken."""
    relayed = study.encounter.delivery is not None and bool(study.encounter.delivery.relays)
    return [
        Patch(facecolor=colour, hatch=_HATCHES.get(stage), edgecolor=style.PAPER, label=stage)
        for stage, colour in STAGE_COLOURS.items()
        if relayed or stage != RELAY
    ]


def _budget_row(axes: Axes, row: int, answer: Answer, budget: dict[str, float]) -> None:
    if not budget:
        words = "no words exist" if not answer.call.has_words else "the call never makes the aircraft climb"
        axes.text(0.5, row, words, va="center", fontsize=9, color=style.SOFT_INK)
        return
    left_s = 0.0
    for stage, seconds in budget.items():
        axes.barh(
            row,
            seconds,
            left=left_s,
            height=0.62,
            color=STAGE_COLOURS[stage],
            hatch=_HATCHES.get(stage),
            edgecolor=style.PAPER,
            linewidth=0.5,
            zorder=3,
        )
        left_s += seconds
    axes.annotate(
        f"{left_s:.1f} s", (left_s, row), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9, zorder=4
    )


def outcome_figure(study: Study) -> Figure:
    """How low the draws get with each rule set, and how often that is contact or too low, with 95 % intervals."""
    outcomes = {answer.called: answer.outcome for answer in study.answers} | {NOBODY: study.silence}
    height_in = max(4.6, 1.9 + 0.38 * len(outcomes))
    with style.house_style():
        figure = style.new_figure(height_in)
        left = figure.add_axes((0.055, 0.58 / height_in, 0.42, 1 - 1.65 / height_in))
        right = figure.add_axes((0.66, 0.58 / height_in, 0.30, 1 - 1.65 / height_in))
        _distributions(left, outcomes, study)
        _shares(right, outcomes)
        figure.legend(
            *left.get_legend_handles_labels(),
            loc="upper left",
            bbox_to_anchor=(0.045, 1 - 0.08 / height_in),
            ncols=4,
            handlelength=3.0,
            columnspacing=1.6,
        )
        left.set_title("How close to the ground")
        right.set_title("How often, with 95 % intervals")
        return figure


def _distributions(axes: Axes, outcomes: dict[str, Outcome], study: Study) -> None:
    shares = np.linspace(0.0, 1.0, 401)
    for place, (name, outcome) in enumerate(outcomes.items()):
        silent = name == NOBODY
        axes.plot(
            np.quantile(np.maximum(outcome.least_clearance_ft, _IN_THE_GROUND_FT), shares),
            shares,
            color=style.INK if silent else _LINE_COLOURS[place % len(_LINE_COLOURS)],
            linestyle=(0, (1, 2)) if silent else _LINES[place % len(_LINES)],
            linewidth=1.8,
            label=name,
        )
    high = axes.get_xlim()[1]
    low = -0.08 * max(high, 100.0)
    axes.axvspan(low, 0.0, color=style.TERRAIN, alpha=0.5, linewidth=0)
    axes.axvline(study.silence.enough_ft, color=style.LIMIT, linewidth=1.0, linestyle=(0, (5, 3)))
    axes.set_xlim(low, max(high, 100.0))
    axes.set_ylim(0.0, 1.0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(visible=True)
    axes.set_xlabel("least true clearance, ft (brown: contact; dashed: enough)")
    axes.set_ylabel("draws that get as low, or lower")


def _shares(axes: Axes, outcomes: dict[str, Outcome]) -> None:
    for row, outcome in enumerate(outcomes.values()):
        _interval(axes, row - 0.14, outcome.contact, style.LIMIT, "o", "contact")
        _interval(axes, row + 0.14, outcome.not_enough, NET_BLUE, "s", "less than enough clearance")
    axes.set_ylim(len(outcomes) - 0.5, -0.5)
    axes.set_yticks(range(len(outcomes)), list(outcomes))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(visible=True, axis="x")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[:2], labels[:2], loc="lower center", bbox_to_anchor=(0.35, -0.19), ncols=2, columnspacing=1.2)


NET_BLUE = style.NET_COLOURS["APM"]


def _interval(axes: Axes, at: float, share: Share, colour: str, marker: str, label: str) -> None:
    axes.plot([share.low, share.high], [at, at], color=colour, linewidth=2.2, solid_capstyle="butt")
    axes.plot([share.value], [at], marker, color=colour, markersize=5.5, label=label, linestyle="none")
