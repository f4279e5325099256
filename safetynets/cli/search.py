"""`safetynets search`: where an alert just begins, what the nets miss, what two parameter sets differ about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.options import FOLDER, PATH, NetName, changes_option, json_option

if TYPE_CHECKING:
    from safetynets.evaluation.search.boundary import Pair
    from safetynets.evaluation.search.likeliest import Probability
    from safetynets.evaluation.search.missed import Likeliest, Written

folder_option = click.option(
    "--out", type=FOLDER, help="The folder for the scenarios found; by default out/search-NAME."
)
net_option = click.option("--net", type=NetName(), help="The net whose alert is meant; by default any.")
model_option = click.option("--model", type=PATH, help="What may go wrong (TOML); by default on final approach.")
draws_option = click.option(
    "--draws",
    type=click.IntRange(50, 100_000),
    default=200,
    show_default=True,
    help="Flights a round of the search, for each kind of fault.",
)
weighted_option = click.option(
    "--weighted-draws",
    type=click.IntRange(500, 1_000_000),
    default=2500,
    show_default=True,
    help="About how many flights estimate each probability; four times as many at least halve its interval.",
)
seed_option = click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of all draws.")


@click.group()
def search() -> None:
    """Search for situations: each result is a scenario file, replayed and explained."""


@search.command()
@click.argument("scenario")
@click.option(
    "--vary",
    required=True,
    multiple=True,
    metavar="NUMBER",
    help="fault.amount, flights.0.legs.1.altitude_ft, apm.below_ft; repeat it for several, each varied alone.",
)
@click.option("--from", "low", type=float, help="The lowest value; by default by the unit of the number.")
@click.option("--to", "high", type=float, help="The highest value.")
@click.option("--callsign", help="The flight whose alert is meant; by default any of the scenario.")
@net_option
@folder_option
@changes_option
@json_option
def boundary(
    scenario: str,
    vary: tuple[str, ...],
    low: float | None,
    high: float | None,
    callsign: str | None,
    net: str | None,
    out: Path | None,
    changes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find the just-alerting value of a number of SCENARIO, to half a foot or half a second.

    Writes the pair of scenarios on both sides of it: must alert, must not alert.
    """
    import json
    from dataclasses import asdict

    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.search.boundary import resolution_of, search_boundary, span_of, write_pair
        from safetynets.evaluation.search.situation import open_situation
        from safetynets.runs.manifest import json_ready
        from safetynets.runs.overrides import parse

    found: dict[str, list[Pair]] = {}
    with stages() as stage:
        stage("reading the scenario")
        situation = open_situation(scenario, parse(changes))
        spans = {number: span_of(situation, number) for number in vary}
        folder = out or Path("out") / f"search-{situation.scenario.name}"
        for number, (lowest, highest) in spans.items():
            stage(f"searching the boundary of {number}")
            ends = lowest if low is None else low, highest if high is None else high
            met = search_boundary(situation, number, *ends, resolution_of(situation, number), net, callsign)
            stage("writing and replaying the pairs")
            within = folder / number if len(spans) > 1 else folder
            places = [within if len(met) == 1 else within / f"boundary-{place}" for place in range(1, len(met) + 1)]
            found[number] = [
                write_pair(situation, number, each, place, net, callsign)
                for each, place in zip(met, places, strict=True)
            ]
    if as_json:
        facts = [
            {
                "vary": number,
                "resolution": resolution_of(situation, number),
                "boundaries": [
                    asdict(pair) | {"must_alert": str(pair.must_alert), "must_not_alert": str(pair.must_not_alert)}
                    for pair in pairs
                ],
            }
            for number, pairs in found.items()
        ]
        click.echo(json.dumps(json_ready(facts[0] if len(facts) == 1 else facts), indent=2))
        return
    for number, pairs in found.items():
        if len(pairs) > 1:
            click.echo(f"The answer changes {len(pairs)} times between the ends: each change is a boundary of its own.")
        for pair in pairs:
            click.echo(f"{number}: alert at {pair.boundary.must_alert:g}, none at {pair.boundary.must_not_alert:g}")
            click.echo(f"  {pair.must_alert}: {pair.why_alert}")
            click.echo(f"  {pair.must_not_alert}: {pair.why_not}")


@search.command()
@click.argument("scenario")
@net_option
@click.option(
    "--below-ft",
    type=click.FloatRange(0),
    default=250.0,
    show_default=True,
    help="How far below its path a flight needs an alert.",
)
@click.option(
    "--beside-m",
    type=click.FloatRange(0),
    default=600.0,
    show_default=True,
    help="How far beside its course a flight needs an alert.",
)
@click.option(
    "--needed-s",
    type=click.FloatRange(0),
    default=24.0,
    show_default=True,
    help="How long before its last plot it needs the alert.",
)
@model_option
@draws_option
@weighted_option
@seed_option
@folder_option
@changes_option
@json_option
def missed(
    scenario: str,
    net: str | None,
    below_ft: float,
    beside_m: float,
    needed_s: float,
    model: Path | None,
    draws: int,
    weighted_draws: int,
    seed: int,
    out: Path | None,
    changes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Find the likeliest flight of SCENARIO on final that needs an alert and gets none in time, and its probability."""
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.search.faulty_flights import load_model
        from safetynets.evaluation.search.missed import search_missed, write_likeliest
        from safetynets.evaluation.search.situation import open_situation
        from safetynets.runs.overrides import parse

    with stages() as stage:
        stage("reading the scenario")
        faults = load_model(model)
        situation = open_situation(scenario, parse(changes))
        found = search_missed(
            situation,
            faults,
            net=net,
            below_ft=below_ft,
            beside_m=beside_m,
            needed_s=needed_s,
            draws=draws,
            weighted_draws=weighted_draws,
            seed=seed,
            tell=stage,
        )
        written = None
        if found.told is not None:
            stage("writing and replaying it")
            says = f"It needs an alert {needed_s:g} s before its end and gets none in time."
            folder = out or Path("out") / f"search-{situation.scenario.name}"
            written = write_likeliest(situation, found, folder, "missed", net, says)
    _tell(found, written, "a flight with a fault is missed", as_json=as_json)


@search.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@click.option("--scenario", required=True, help="The scenario whose flight on final is flown with faults.")
@net_option
@model_option
@draws_option
@weighted_option
@seed_option
@folder_option
@json_option
def difference(
    before: Path,
    after: Path,
    scenario: str,
    net: str | None,
    model: Path | None,
    draws: int,
    weighted_draws: int,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Find the likeliest flight on which only one of the parameter files BEFORE and AFTER alerts."""
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.comparison.sources import load_parameters
        from safetynets.evaluation.parameter_sets import site_with
        from safetynets.evaluation.search.faulty_flights import load_model
        from safetynets.evaluation.search.missed import search_difference, write_likeliest
        from safetynets.evaluation.search.situation import open_situation

    with stages() as stage:
        stage("reading the scenario")
        faults, sets = load_model(model), [load_parameters(file) for file in (before, after)]
        situation = open_situation(scenario)
        sites = [site_with(situation.site, {change.address: change.value for change in one.changes}) for one in sets]
        found = search_difference(
            situation,
            faults,
            sites[0],
            sites[1],
            net=net,
            draws=draws,
            weighted_draws=weighted_draws,
            seed=seed,
            tell=stage,
        )
        written = None
        if found.told is not None and found.flights is not None:
            stage("writing and replaying it")
            folder = out or Path("out") / f"search-{situation.scenario.name}"
            for one, site, word in zip(sets, sites, ("before", "after"), strict=True):
                from dataclasses import replace

                put = replace(situation, site=site)
                says = f"Judged by {one.name}: the other of {sets[0].name} and {sets[1].name} ends differently."
                this = write_likeliest(put, found, folder, f"difference-{word}", net, says)
                written = this if written is None else written
                click.echo(f"{word} ({one.name}): {this.why}\n  {this.file}", err=as_json)
    _tell(found, None if not as_json else written, "the two differ about a flight with a fault", as_json=as_json)


def _tell(found: Likeliest, written: Written | None, what: str, *, as_json: bool) -> None:
    import json

    from safetynets.evaluation.search.missed import described

    if as_json:
        facts: dict[str, Any] = {
            "probability": _facts(found.probability),
            "by_fault": {fault: _facts(part) for fault, part in found.by_fault.items()},
            "likeliest": None if found.told is None else described(found.told),
            "sigma": None if found.told is None else found.sigma,
            "scenario": None if written is None else str(written.file),
            "why": None if written is None else written.why,
        }
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False))
        return
    part = found.probability
    click.echo(
        f"Probability that {what}: {part.value:.4g} (95 %: {part.low:.4g} to {part.high:.4g}; "
        f"{part.draws:,} weighted draws)"
    )
    for fault, each in found.by_fault.items():
        click.echo(f"  {fault}: {each.value:.4g} ({each.low:.4g} to {each.high:.4g})")
    if found.told is None:
        click.echo("None was found.")
        return
    click.echo(f"The likeliest: {described(found.told)} ({found.sigma:.1f} standard deviations out).")
    if written is not None:
        click.echo(f"  {written.file}: {written.why}")


def _facts(part: Probability) -> dict[str, float]:
    return {"value": part.value, "low": part.low, "high": part.high, "draws": part.draws, "failures": part.failures}
