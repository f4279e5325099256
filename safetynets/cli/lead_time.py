"""`safetynets lead-time`: who had time, on the ground and on board."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.assumed import assumptions_of
from safetynets.cli.common import say_page
from safetynets.cli.options import (
    FOLDER,
    assume_from_option,
    changes_option,
    json_option,
    rule_set_option,
    switch_on_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from safetynets.evaluation.lead_time import LeadTimes
    from safetynets.runs import Run


@click.command("lead-time")
@click.argument("run_or_scenario")
@click.option(
    "--out",
    type=FOLDER,
    required=True,
    help="The folder to write: lead-time.html, lead-time.csv and lead-time.json. Earlier lead times are replaced.",
)
@click.option("--callsign", help="Only this flight, even if no net alerted.")
@click.option(
    "--position-error",
    "position_bias_nm",
    type=float,
    default=0.0,
    show_default=True,
    metavar="NM",
    help="Position error of the equipment on board: the larger, the later its floors alert.",
)
@click.option(
    "--assume",
    "assumed",
    multiple=True,
    metavar="NAME=VALUE",
    help="Vary an assumption of the response model, such as crew.decide_check_s=8; may be given several times.",
)
@assume_from_option
@click.option("--draws", type=int, default=10_000, show_default=True, help="Draws of the response model.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all random draws.")
@click.option("--site", help="The folder of the site of a run, where it is not a shipped one.")
@changes_option
@switch_on_option
@rule_set_option
@json_option
def lead_time(
    run_or_scenario: str,
    out: Path,
    callsign: str | None,
    position_bias_nm: float,
    assumed: tuple[str, ...],
    measured_in: Path | None,
    draws: int,
    seed: int,
    site: str | None,
    changes: tuple[str, ...],
    switched_on: tuple[str, ...],
    rule_set: str | None,
    as_json: bool,
) -> None:
    """Compare when each net on the ground and on board alerted with the time that controller and crew need.

    RUN_OR_SCENARIO is a run folder, a shipped scenario by its name or your own by its path. The nets on
    board are an emulation.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.airborne import Equipment
        from safetynets.output import check_can_write
        from safetynets.reports.lead_time_page import check_free, write_lead_times
        from safetynets.response import draw
        from safetynets.runs import overrides

    equipment = Equipment(position_bias_nm=position_bias_nm)
    drawn = draw(assumptions_of(measured_in, assumed), draws, seed)
    changed = overrides.parse(changes, switched_on)
    check_free(out)
    check_can_write(out)
    with stages() as stage:
        from safetynets.evaluation.lead_time import lead_times

        run = _run(run_or_scenario, changed, rule_set, site, stage)
        found = lead_times(run, drawn, equipment=equipment, callsign=callsign, seed=seed, tell=stage)
        stage("writing the page")
        page = write_lead_times(found, out)
    _tell(found, page, as_json=as_json)


def _run(
    run_or_scenario: str,
    changed: dict[str, object],
    rule_set: str | None,
    site: str | None,
    stage: Callable[[str], None],
) -> Run:
    """The run of a folder judged once more, or that of a scenario."""
    from safetynets.errors import ScenarioError
    from safetynets.runs import run_scenario
    from safetynets.runs.folder import is_run_folder
    from safetynets.runs.reload import rejudge

    if not is_run_folder(Path(run_or_scenario)):
        if site is not None:
            raise ScenarioError("a scenario names its site", where="--site", mend="leave it out")
        return run_scenario(run_or_scenario, changed, progress=stage, rule_set=rule_set)
    if changed or rule_set:
        raise ScenarioError(
            "a finished run is told as it is",
            file=run_or_scenario,
            mend="give --set, --switch-on and --rule-set to 'safetynets run' or 'replay', or name the scenario here",
        )
    return rejudge(run_or_scenario, site, stage)


def _tell(found: LeadTimes, page: Path, *, as_json: bool) -> None:
    from safetynets.evaluation.lead_time import sentence_of
    from safetynets.reports.lead_time_page import verdict_of
    from safetynets.reports.lead_time_rows import lead_time_facts
    from safetynets.runs.manifest import json_ready

    if as_json:
        facts = {"page": page.as_posix(), **lead_time_facts(found)}
        click.echo(json.dumps(json_ready(facts), ensure_ascii=False, allow_nan=False, indent=2))
        return
    if len(found.events) != 1:
        click.echo(verdict_of(found))
    for event in found.events[:MOST_EVENTS]:
        click.echo(sentence_of(event))
    if len(found.events) > MOST_EVENTS:
        click.echo(f"and {len(found.events) - MOST_EVENTS:,} more, in the page")
    say_page(f"The page is {page}", page)


MOST_EVENTS = 6
"""So many events are printed; the page has all."""
