"""`safetynets phraseology listen` and `results`: a listening test as one file, and what its answers are worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.common import say_page
from safetynets.cli.options import FILE, PATH, json_option
from safetynets.errors import PhraseologyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safetynets.evaluation.listening.results import Answer


@click.command()
@click.argument("rule_sets", nargs=-1, required=True)
@click.option("--out", type=FILE, default=Path("listening-test.html"), show_default=True)
@click.option("--net", type=click.Choice(["MSAW", "APM", "APW"]), default="MSAW", show_default=True)
@click.option("--vectored", is_flag=True, help="The crew of the calls is vectored.")
@click.option("--rates", default="120,180", show_default=True, help="Words a minute, separated by commas.")
@click.option("--noise", default="-26,-10", show_default=True, help="Radio noise below full scale (dB).")
@click.option("--overlap", type=click.Choice(["both", "none"]), default="both", show_default=True)
@click.option("--voices", default="en-gb,en-us,en-gb-scotland,en-gb-x-rp", show_default=True, help="espeak-ng voices.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of names, QNH and noise.")
def listen(
    rule_sets: tuple[str, ...],
    out: Path,
    net: Any,
    vectored: bool,
    rates: str,
    noise: str,
    overlap: str,
    voices: str,
    seed: int,
) -> None:
    """Make a listening test of RULE_SETS, names or paths: one file that works without a network.

    Each rule set is heard at each rate, each level of noise, and with and without other traffic over it; the order is
    balanced over listeners. Each listener saves a file of results for 'safetynets phraseology results'.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.listening.design import items_of
        from safetynets.phraseology import Situation, load_rule_set
        from safetynets.reports.listening_page import write_listening_page

    situation = Situation(
        net=net,
        kind="inside" if net == "APW" else "below",
        severity="warning",
        callsign="SWR123",
        vectored=vectored,
        on_final=net == "APM",
        visual=False,
        qnh_hpa=1013.0,
        minimum_flight_altitude_ft=7000.0,
        area="",
        purpose="danger" if net == "APW" else None,
    )
    items = items_of(
        [load_rule_set(name) for name in dict.fromkeys(rule_sets)],
        situation,
        rates_wpm=_numbers("--rates", rates),
        noises_db=_numbers("--noise", noise),
        overlaps=(False, True) if overlap == "both" else (False,),
        voices=[name.strip() for name in voices.split(",") if name.strip()],
        seed=seed,
    )
    with stages() as stage:
        write_listening_page(items, out, seed, stage)
    say_page(f"The test is {out}: {len(items)} calls. Send it as it is; collect the files that listeners save", out)


@click.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--out", type=FILE, help="Write what was found, for 'phraseology compare --assume-from'.")
@json_option
def results(files: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    """Analyse FILES that listeners saved: what was understood, wrong QNH, time to act, and how rule sets differ.

    Intervals (95 %) are over listeners, not over answers; rule sets are compared within each listener.
    """
    from safetynets.evaluation.listening.measured import measured
    from safetynets.evaluation.listening.results import MEASURES, differences, read_results, summary
    from safetynets.output import write_whole

    answers, test = read_results(files)
    rows, pairs = summary(answers), [one for measure in MEASURES for one in differences(answers, measure)]
    assumed = measured(answers)
    if out is not None or as_json:
        text = _as_json(answers, test, rows, pairs, assumed)
        if out is not None:
            write_whole(out, text + "\n", PhraseologyError)
        if as_json:
            click.echo(text)
            return
    _tell(answers, rows, pairs, assumed)
    if out is not None:
        click.echo(f"wrote {out}; use it with: safetynets phraseology compare SCENARIO --assume-from {out}")


def _as_json(
    answers: Sequence[Answer], test: str, rows: Sequence[dict[str, Any]], pairs: Sequence[Any], assumed: Sequence[Any]
) -> str:
    from dataclasses import asdict

    from safetynets.evaluation.listening.measured import SUMMARY
    from safetynets.evaluation.listening.results import MEASURES, by_listener, spread_of_listeners
    from safetynets.runs.manifest import json_ready

    found = {
        "format": SUMMARY,
        "test": test,
        "listeners": len({answer.listener for answer in answers}),
        "answers": len(answers),
        "summary": [
            {name: asdict(value) if name in MEASURES else value for name, value in row.items()} for row in rows
        ],
        "by_listener": {measure: by_listener(answers, measure) for measure in MEASURES},
        "spread_of_listeners": {
            measure: {"least": least, "greatest": greatest, "standard_deviation": deviation}
            for measure, (least, greatest, deviation) in spread_of_listeners(answers).items()
        },
        "differences": [asdict(one) for one in pairs],
        "measured": [asdict(one) for one in assumed],
    }
    return json.dumps(json_ready(found), ensure_ascii=False, allow_nan=False, indent=2)


def _tell(
    answers: Sequence[Answer], rows: Sequence[dict[str, Any]], pairs: Sequence[Any], assumed: Sequence[Any]
) -> None:
    from safetynets.cli.lists import listed
    from safetynets.evaluation.listening.results import MEASURES, spread_of_listeners

    click.echo(f"{len({answer.listener for answer in answers})} listeners, {len(answers)} answers")
    listed(
        [
            {"value": row["value"], "by": row["by"], **{measure: row[measure].words for measure in MEASURES}}
            for row in rows
        ],
        as_json=False,
    )
    for measure, (least, greatest, deviation) in spread_of_listeners(answers).items():
        click.echo(
            f"{measure}: listeners range from {least:.2f} to {greatest:.2f} (standard deviation {deviation:.2f})"
        )
    for one in pairs:
        words = f"{one.measure}: {one.first} minus {one.second} is {one.estimate.words}"
        if one.estimate.low <= 0.0 <= one.estimate.high:
            needed = f"; {one.needed} listeners would be needed to find it" if one.needed else ""
            words += f": no difference is shown by {one.estimate.listeners} listeners{needed}"
        click.echo(words)
    if assumed:
        names = ", ".join(f"{one.name} ({one.answers} answers)" for one in assumed)
        click.echo(f"Of the closed loop these answers measure {names}")


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",") if word.strip()]
    except ValueError:
        raise PhraseologyError(
            f"{text!r} is no list of numbers", where=option, mend="write them with commas, as 120,180"
        ) from None
