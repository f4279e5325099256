"""Processor time of each step of a study's task, for one generated day, and what it comes to for a million plots."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from safetynets.evaluation.judging import prepare
from safetynets.evaluation.metrics import score_many
from safetynets.evaluation.study.days import plan_days
from safetynets.evaluation.study.designs import designed, present_set, widened
from safetynets.evaluation.study.load import load_study
from safetynets.evaluation.study.open_day import Place, open_day

Result = TypeVar("Result")

FLIGHTS_A_DAY, PLOTS_A_FLIGHT, DAYS = 30_000, 1_350, 365
"""A continent: 90 minutes a flight at a plot every 4 s."""


def main() -> None:
    """Measure the second of two days, so that nothing is compiled or read for the first time, and print a table."""
    loaded = load_study("zurich-thirty-days")
    sets = designed(loaded.ranges, loaded.study.ranges, loaded.study.design)
    ranges = widened(loaded.ranges, present_set(loaded.site, loaded.ranges))
    place = Place("zurich", loaded.changes)
    spent: dict[str, float] = {}

    def timed(step: str, work: Callable[[], Result]) -> Result:
        start_s = time.process_time()
        found = work()
        spent[step] = time.process_time() - start_s
        return found

    with tempfile.TemporaryDirectory() as folder:
        for plan in plan_days(loaded, Path(folder))[:2]:
            timed("generating the day (not needed for recordings)", lambda: open_day(plan, place))  # noqa: B023
            day = timed("reading, cleaning, labelling", lambda: open_day(plan, place))  # noqa: B023
            prepared = timed("predicting at the widest setting", lambda: prepare(day.tracks, day.site, ranges))  # noqa: B023
            judged = timed(f"judging {len(sets):,} sets", lambda: prepared.judge_many(sets, threads=1))  # noqa: B023
            timed(f"scoring {len(sets):,} sets", lambda: score_many(judged, day.situations, day.amount))  # noqa: B023
    spent["generating the day (not needed for recordings)"] -= spent["reading, cleaning, labelling"]
    millions = len(day.tracks) / 1e6
    lines = [
        f"{len(day.tracks):,} plots",
        "",
        "| step | processor seconds | for a million plots |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {step} | {of_s:.2f} | {of_s / millions:,.1f} |" for step, of_s in spent.items()]
    of_s = sum(list(spent.values())[1:]) / millions
    plots = FLIGHTS_A_DAY * PLOTS_A_FLIGHT
    hours = of_s * plots / 1e6 * DAYS / 3600.0
    lines += [
        "",
        f"{of_s:,.0f} s of one processor for a million plots, all steps but generating. {FLIGHTS_A_DAY:,} flights a "
        f"day of {PLOTS_A_FLIGHT:,} plots are {plots / 1e6:.1f} million plots a day; {DAYS} days take {hours:,.0f} "
        f"processor hours, {hours / 64:,.0f} hours on 64 processors.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
