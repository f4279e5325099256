"""The results page of the benchmark: every table of alerts, task by task, with intervals, and the DET curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from safetynets.evaluation.benchmark.score import NUISANCE_RATES, Value
from safetynets.reports import house_style as style
from safetynets.reports.environment import render
from safetynets.reports.figures import Picture
from safetynets.reports.formats import DASH
from safetynets.reports.replay.scripts import content_policy

Scores = Mapping[str, Mapping[str, Mapping[str, Value]]]
"""By table of alerts, by task ("all" first), by score."""

HEADLINE = "in_time_24s_at_1"
SHOWN = (
    ("in time at 1", HEADLINE, 100.0, "%"),
    ("detected at 0.5", "detected_at_0.5", 100.0, "%"),
    ("at 1", "detected_at_1", 100.0, "%"),
    ("at 2", "detected_at_2", 100.0, "%"),
    ("detected", "detected", 100.0, "%"),
    ("in time 24 s", "in_time_24s", 100.0, "%"),
    ("15 s", "in_time_15s", 100.0, "%"),
    ("nuisance/1,000", "nuisance_per_1000", 1.0, ""),
    ("warning p50", "warning_of_possible_p50", 100.0, "%"),
    ("p10", "warning_of_possible_p10", 100.0, "%"),
    ("alerts each", "alerts_per_detection", 1.0, ""),
)
"""Column, score, factor and unit."""


NUISANCE_TICKS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


def told(value: Value, factor: float, unit: str) -> tuple[str, str]:
    """A score and its interval as words.

    >>> told(Value(0.5, 0.25, 0.75), 100.0, "%")
    ('50%', '25-75')
    """
    if math.isnan(value.value):
        return DASH, ""
    digits = 0 if unit else 1
    ends = "" if math.isnan(value.low) else f"{factor * value.low:.{digits}f}-{factor * value.high:.{digits}f}"
    return f"{factor * value.value:.{digits}f}{unit}", ends


def benchmark_page(
    found: Scores, curves: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], flights: int, split: str | None
) -> str:
    """The page as HTML; it holds everything it says.

    Parameters
    ----------
    found
        The scores, by table of alerts and task.
    curves
        The points of the DET curves, as `score.det` gives them, each with its `table`.
    facts
        What the benchmark says of itself, and `sha256`, that of its list of checksums.
    flights
        How many were scored.
    split
        Of which split; None for all.
    """
    tables = [
        {
            "name": name,
            "rows": [
                {"task": task, "cells": [told(row[key], factor, unit) for _, key, factor, unit in SHOWN]}
                for task, row in tasks.items()
            ],
        }
        for name, tasks in found.items()
    ]
    ranked = sorted(found, key=lambda name: -_headline(found, name))
    return render(
        "benchmark.html.j2",
        policy=content_policy([], spoken=False),
        title="Results of the benchmark",
        verdict=_verdict(found, ranked),
        of=f"{flights:,} flights" + (f" of the split {split}" if split else " of every split"),
        columns=[title for title, *_ in SHOWN],
        tables=tables,
        facts=facts,
        picture=_det(found, curves),
    )


def _headline(found: Scores, name: str) -> float:
    value = found[name]["all"][HEADLINE].value
    return -1.0 if math.isnan(value) else value


def _verdict(found: Scores, ranked: Sequence[str]) -> str:
    best = found[ranked[0]]["all"][HEADLINE]
    if not best.value > 0.0:
        return "No table detects anything in time at 1 nuisance alert per 1,000 flights."
    share, ends = told(best, 100.0, "%")
    return f"{ranked[0]} detects {share} ({ends}) in time at 1 nuisance alert per 1,000 flights."


def _det(found: Scores, curves: Sequence[Mapping[str, Any]]) -> Picture:
    with style.house_style():
        figure = style.new_figure(4.6, 8.0)
        axes = figure.add_subplot()
        for place, name in enumerate(found):
            mine = [point for point in curves if point["table"] == name]
            nuisance = [point["nuisance_per_1000"] for point in mine]
            missed = [100.0 * point["missed"] for point in mine]
            colour = f"C{place % 10}"
            axes.plot(
                nuisance, missed, color=colour, marker="osD^v"[place % 5], markersize=6, linewidth=1.3, label=name
            )
        for rate in NUISANCE_RATES:
            axes.axvline(rate, color=style.SOFT_INK, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set_xscale("symlog", linthresh=0.5)
        axes.set_xticks(NUISANCE_TICKS, [f"{tick:g}" for tick in NUISANCE_TICKS])
        axes.minorticks_off()
        axes.set_xlim(0.0, max([NUISANCE_TICKS[-2], *(1.2 * point["nuisance_per_1000"] for point in curves)]))
        axes.set_ylim(0.0, 100.0)
        axes.set_xlabel("nuisance alerts per 1,000 flights (dashed: 0.5, 1 and 2)")
        axes.set_ylabel("missed, %")
        axes.legend(loc="upper right")
        figure.subplots_adjust(left=0.09, right=0.98, bottom=0.13, top=0.96)
    says = "Nuisance alerts against missed flights: a curve where a table has scores, else one point"
    return Picture.of(figure, "svg", says, f"{says}. Nearer the lower left corner is better.")
