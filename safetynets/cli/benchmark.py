"""`safetynets benchmark`: make it, run the shipped nets over it, and score any program's table of alerts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.common import say_page
from safetynets.cli.options import FILE, FOLDER, changes_option, json_option

if TYPE_CHECKING:
    from safetynets.evaluation.benchmark.score import Value

ON_BOARD = "airborne"
BASELINE_NAMES = ("shipped", "naive", "faa-like", "tuned-paris", ON_BOARD)


@click.group()
def benchmark() -> None:
    """A benchmark for any program: flights with known truth, and one scorer for all."""


@benchmark.command()
@click.option("--out", type=FOLDER, required=True, help="The folder to make.")
@click.option(
    "--faulty",
    type=click.IntRange(1, 99),
    default=5,
    show_default=True,
    help="Flights with a fault for a real approach.",
)
@click.option(
    "--movements", type=click.IntRange(1, 5000), default=300, show_default=True, help="Flights of a generated day."
)
@click.option(
    "--stray",
    type=click.IntRange(0, 1000),
    default=20,
    show_default=True,
    help="Flights of a generated day for each of the tasks terrain and airspace.",
)
@click.option(
    "--pairs", type=click.IntRange(0, 1000), default=100, show_default=True, help="Pairs of flights in each split."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the draws.")
@click.option(
    "--final", is_flag=True, help="The final split, by its keeper: other faults and pairs, a seed kept secret."
)
@json_option
def make(out: Path, faulty: int, movements: int, stray: int, pairs: int, seed: int, final: bool, as_json: bool) -> None:
    """Make the benchmark: real approaches with added faults, generated days, and published accidents."""
    import json

    from safetynets.cli.stages import stages

    with stages():
        from safetynets.errors import BenchmarkError
        from safetynets.evaluation.benchmark.make import make_benchmark

    if out.exists():
        raise BenchmarkError("is there already", file=out, mend="choose another folder, or remove it")
    with stages() as stage:
        stage("starting")
        made = make_benchmark(
            out,
            faulty=faulty,
            seed=seed,
            movements=movements,
            stray=stray,
            pairs=pairs,
            final=final,
            tell=stage,
        )
    if as_json:
        click.echo(json.dumps({"folder": out.as_posix(), "flights": made.counts}, indent=2))
        return
    for key, count in sorted(made.counts.items()):
        click.echo(f"{count:6,} {key}")
    click.echo(f"The benchmark is {out}; its rules are docs/public-benchmark.md")


@benchmark.command()
@click.argument("data", type=FOLDER)
@click.option("--out", type=FILE, required=True, help="The table to write (CSV).")
@click.option("--baseline", type=click.Choice(BASELINE_NAMES), default="shipped", show_default=True)
@changes_option
def alerts(data: Path, out: Path, baseline: str, changes: tuple[str, ...]) -> None:
    """Write the alerts of this package's nets on the flights of DATA, as a program's table."""
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.errors import BenchmarkError
        from safetynets.evaluation.benchmark.baselines import BASELINES, write_answers, write_answers_on_board
        from safetynets.evaluation.benchmark.tables import read_situations
        from safetynets.runs.overrides import parse

    with stages() as stage:
        stage("judging every flight")
        read_situations(data)
        changed = parse(changes)
        if baseline == ON_BOARD:
            if changed:
                raise BenchmarkError(
                    "the nets on board have no parameters of a site", where="--set", mend="leave it out with airborne"
                )
            count = write_answers_on_board(data, out)
        else:
            count = write_answers(data, out, BASELINES[baseline] | changed)
    click.echo(f"{out}: {count:,} alerts")


@benchmark.command()
@click.argument("data", type=FOLDER)
@click.argument("tables", type=FILE, nargs=-1, required=True)
@click.option("--split", help="Score one split alone: train, rank or final.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Threads for the intervals.")
@click.option("--det", "det_file", type=FILE, help="Write the DET curves (CSV).")
@click.option("--page", type=FILE, help="Write the results page (HTML).")
@json_option
def score(
    data: Path,
    tables: tuple[Path, ...],
    split: str | None,
    workers: int,
    det_file: Path | None,
    page: Path | None,
    as_json: bool,
) -> None:
    """Score TABLES of alerts (CSV or Parquet: flight, net, start, end, and score if there is one) about DATA."""
    import json

    from safetynets.evaluation.benchmark import score as scoring
    from safetynets.evaluation.benchmark.tables import facts_of, read_answers, read_situations, write_csv

    every = read_situations(data)
    situations = every if split is None else read_situations(data, split)
    names = every.flight.tolist()
    answers = [read_answers(file, situations, names) for file in tables]
    found: dict[str, dict[str, dict[str, Value]]] = {}
    curves: list[dict[str, Any]] = []
    for one in answers:
        found[one.name] = {"all": scoring.score(situations, one, workers=workers)}
        for task in scoring.tasks_of(situations):
            which = situations.task == task
            part = scoring.only(one, which)
            found[one.name][task] = scoring.score(situations.where(which), part, workers=workers)
        curves += [{"table": one.name, **point} for point in scoring.det(situations, one)]
    if det_file is not None:
        write_csv(det_file, ("table", "score", "nuisance_per_1000", "missed"), curves)
    if page is not None:
        from safetynets.evaluation.benchmark.tables import CHECKSUMS, sha256_of
        from safetynets.output import write_whole
        from safetynets.reports.benchmark_page import benchmark_page

        about = facts_of(data) | {"sha256_of_its_checksums": sha256_of(data / CHECKSUMS)}
        write_whole(page, benchmark_page(found, curves, about, len(situations), split))
    if as_json:
        told = {name: {task: scoring.as_rows(row) for task, row in by.items()} for name, by in found.items()}
        facts = {"benchmark": facts_of(data), "split": split, "flights": len(situations), "scores": told}
        click.echo(json.dumps(facts, indent=2, allow_nan=False))
        return
    _print(found, len(situations), split)
    if page is not None:
        say_page(f"The results page is {page}", page)


def _print(found: dict[str, dict[str, dict[str, Value]]], flights: int, split: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from safetynets.cli.outcome import FILE_WIDTH
    from safetynets.reports.benchmark_page import SHOWN, told

    console = Console(width=max(FILE_WIDTH, 170))
    for name, tasks in found.items():
        table = Table(
            title=f"{name}: {flights:,} flights{'' if split is None else f' of {split}'}", title_justify="left"
        )
        table.add_column("task")
        for title, *_ in SHOWN:
            table.add_column(title, justify="right")
        for task, row in tasks.items():
            cells = (told(row[key], factor, unit) for _, key, factor, unit in SHOWN)
            table.add_row(task, *(f"{value}\n{ends}" for value, ends in cells))
        console.print(table)
    console.print("95 % intervals by resampling flights. Not for operational use.")
