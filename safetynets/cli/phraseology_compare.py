"""`safetynets phraseology compare`: what the words of several rule sets change, on one page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.assumed import assumptions_of
from safetynets.cli.common import say_page
from safetynets.cli.options import FOLDER, assume_from_option, changes_option, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safetynets.response import Assumptions
    from safetynets.runs.phraseology_study import Study


@click.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option(
    "--rule-sets",
    default="icao,france,proposed-apm-directive,as-spoken",
    show_default=True,
    help="Names or paths of rule sets, separated by commas; NAME:RULE says one rule whatever its condition.",
)
@click.option(
    "--out",
    type=FOLDER,
    default=Path("out/phraseology"),
    show_default=True,
    help="The folder for the page and its numbers.",
)
@click.option(
    "--assume",
    "assumed",
    multiple=True,
    metavar="NAME=VALUE",
    help="Vary an assumption, such as crew.decide_check_s=8; may be given several times.",
)
@assume_from_option
@click.option("--draws", type=int, default=10_000, show_default=True, help="Draws of each situation.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all random draws.")
@click.option(
    "--future",
    type=click.Choice(["flown", "straight"]),
    default="flown",
    show_default=True,
    help="How the aircraft flies if nobody calls: as its track says, or straight on from the alert.",
)
@click.option("--alert", "alert_id", type=int, help="The alert to study; by default those about the lowest moment.")
@click.option(
    "--audio/--no-audio",
    default=None,
    help="Let the page play each call (needs the extra [voice]); by default where that is installed.",
)
@changes_option
@json_option
def compare(
    scenarios: tuple[str, ...],
    rule_sets: str,
    out: Path,
    assumed: tuple[str, ...],
    measured_in: Path | None,
    draws: int,
    seed: int,
    future: str,
    alert_id: int | None,
    audio: bool | None,
    changes: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compare rule sets on an alert of each SCENARIO, and write one page about it.

    A scenario is a shipped one by its name or your own by its path.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.phraseology.voice import can_speak
        from safetynets.reports.phraseology_page import study_numbers, write_study
        from safetynets.runs import overrides
        from safetynets.runs.manifest import json_ready
        from safetynets.runs.phraseology_study import load_phrasings, study_phraseologies

    under = assumptions_of(measured_in, assumed)
    loaded = load_phrasings([name.strip() for name in rule_sets.split(",") if name.strip()])
    with stages() as stage:
        studies = [
            study
            for scenario in dict.fromkeys(scenarios)
            for study in study_phraseologies(
                scenario,
                loaded,
                under,
                draws=draws,
                seed=seed,
                future="straight" if future == "straight" else "flown",
                alert_id=alert_id,
                overrides=overrides.parse(changes),
                progress=stage,
            )
        ]
        stage("writing the page")
        page = write_study(studies, under, out, _spoken(studies) if audio or (audio is None and can_speak()) else None)
    if as_json:
        found = {"page": page.as_posix(), **study_numbers(studies, under)}
        click.echo(json.dumps(json_ready(found), ensure_ascii=False, allow_nan=False, indent=2))
        return
    _tell(studies, under)
    say_page(f"The page is {page}", page)


@click.command()
@assume_from_option
@json_option
def assumptions(measured_in: Path | None, as_json: bool) -> None:
    """List what the closed loop assumes of people, frequency and aircraft: the names for --assume."""
    from safetynets.cli.lists import listed

    shown = assumptions_of(measured_in).by_name.values()
    listed(
        [
            {"name": one.name, "value": one.words, "tag": one.tag, "meaning": one.meaning}
            | ({"source": one.source, "measured": one.measured, "not_measured": one.not_measured} if as_json else {})
            for one in shown
        ],
        as_json=as_json,
    )


def _tell(studies: Sequence[Study], assumptions: Assumptions) -> None:
    import sys

    from rich.console import Console
    from rich.table import Column, Table

    from safetynets.cli.lists import PIPED_WIDTH
    from safetynets.phraseology import sentence_start
    from safetynets.reports.formats import percent
    from safetynets.reports.phraseology_words import NO_CONTACT, basis_words, contact_differs, desk_words, share_words
    from safetynets.runs.phraseology_study import budget_s

    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
    for study in studies:
        # Where no aircraft meets the ground, even if nobody calls, contact tells no rule sets apart.
        told = contact_differs(study)
        contact = [Column("contact")] if told else []
        table = Table(
            Column("words", no_wrap=True, overflow="ignore"),
            *contact,
            "climbs",
            "seconds until it climbs",
            "call",
            title=f"{study.title}: the {study.alert.net}",
        )
        for answer in study.answers:
            seconds = sum(budget_s(answer.outcome).values())
            table.add_row(
                sentence_start(answer.called),
                *([share_words(answer.outcome.contact)] if told else []),
                percent(answer.outcome.manoeuvred.value) if answer.call.has_words else "no words",
                f"{seconds:.1f}" if seconds else "-",
                answer.call.text,
            )
        table.add_row("Nobody calls", *([share_words(study.silence.contact)] if told else []), "-", "-", "-")
        console.print(table)
        if not told:
            console.print(NO_CONTACT, highlight=False)
        console.print(desk_words(study, assumptions), highlight=False)
    console.print(basis_words(assumptions), highlight=False)


def _spoken(studies: Sequence[Study]) -> dict[str, bytes]:
    """A WAV of every call by its text."""
    from safetynets.phraseology.voice import synthesise, wav_bytes

    calls = {answer.call.text: answer.call for study in studies for answer in study.answers if answer.call.has_words}
    return {text: wav_bytes(synthesise(call, words_per_min=180.0, radio=True)) for text, call in calls.items()}
