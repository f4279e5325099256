"""`safetynets phraseology`: rule sets checked, spoken, measured and started from one another."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, get_args

import click

from safetynets.cli.lists import listed
from safetynets.cli.options import FILE, NetName, json_option
from safetynets.cli.phraseology_compare import assumptions, compare
from safetynets.cli.phraseology_listen import listen, results
from safetynets.cli.phraseology_new import new
from safetynets.errors import PhraseologyError


@click.group()
def phraseology() -> None:
    """Write a phraseology, hear what it says and measure it."""


phraseology.add_command(compare)
phraseology.add_command(assumptions)
phraseology.add_command(listen)
phraseology.add_command(results)
phraseology.add_command(new)


@phraseology.command("list")
@json_option
def list_sets(as_json: bool) -> None:
    """List the rule sets that come with the package."""
    from safetynets.phraseology import load_rule_set, rule_set_names

    loaded = [load_rule_set(name) for name in rule_set_names()]
    listed([{"name": one.name, "rules": str(len(one.rules)), "title": one.title} for one in loaded], as_json=as_json)


@phraseology.command()
def words() -> None:
    """List the words of ICAO phraseology, which a rule set may use without naming them in other_words."""
    from safetynets.phraseology import phraseology_words

    click.echo("\n".join(phraseology_words()))


@phraseology.command()
@click.argument("rule_set")
@json_option
def check(rule_set: str, as_json: bool) -> None:
    """Check RULE_SET, a name or the path of a file, and list its rules and what sounds alike in it."""
    from safetynets.phraseology import load_rule_set, near_sounding, sample_calls
    from safetynets.phraseology.checks import unused

    loaded = load_rule_set(rule_set)
    alike, idle = near_sounding(sample_calls(loaded)), unused(loaded)
    if as_json:
        found = {
            "name": loaded.name,
            "rules": len(loaded.rules),
            "near_sounding": [vars(pair) for pair in alike],
            "warnings": idle,
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    rows = [{"rule": rule.name, "status": rule.status, "text": rule.text or "(none)"} for rule in loaded.rules]
    listed(rows, as_json=False)
    for pair in alike:
        click.echo(
            f"sounds alike ({pair.distance:.2f}): {pair.first} [{pair.first_from}] and {pair.second} "
            f"[{pair.second_from}]"
        )
    for sentence in idle:
        click.echo(f"warning: {sentence}", err=True)
    click.echo(f"{loaded.name}: {len(loaded.rules)} rules, every case answered")


@phraseology.command()
@click.option("--rule-set", "rule_sets", multiple=True, default=("icao",), help="Name or path; may be given often.")
@click.option("--net", type=NetName(), default="MSAW", show_default=True)
@click.option(
    "--kind", help="In which way the aircraft is in violation, such as below; by default the first of the net."
)
@click.option("--severity", type=click.Choice(["caution", "warning"]), default="warning", show_default=True)
@click.option("--callsign", default="SWR123", show_default=True)
@click.option("--vectored/--own-navigation", default=False, show_default=True)
@click.option("--direct", is_flag=True, help="Cleared on a direct route off an ATS route.")
@click.option("--on-final", is_flag=True)
@click.option("--on-ground", is_flag=True)
@click.option("--qnh", "qnh_hpa", type=click.FloatRange(800, 1100), help="QNH in hPa; unknown when left out.")
@click.option("--inches", is_flag=True, help="Give the QNH in inches of mercury.")
@click.option("--say-units", is_flag=True, help="Say the unit of the QNH where the wording leaves it open.")
@click.option("--minimum", "minimum_ft", type=click.FloatRange(0, 60_000), help="Minimum flight altitude in feet.")
@click.option("--suggest", "suggested_action", help="What the controller suggests, in words.")
@click.option("--purpose", help="Purpose of an APW volume, such as terrain_wall.")
@click.option("--aerodrome", help="ICAO location indicator.")
@click.option("--rule", help="The rule of this name, whatever its condition.")
@click.option("--readback", help="An answer of the crew, to be analysed.")
@click.option("--wav", type=FILE, help="Speak the call into this file.")
@click.option("--wpm", default=150.0, show_default=True, help="Words a minute of the voice.")
@click.option("--radio", is_flag=True, help="As heard over a VHF AM channel with noise.")
@json_option
def say(
    rule_sets: tuple[str, ...],
    rule: str | None,
    readback: str | None,
    wav: Path | None,
    wpm: float,
    radio: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say the call of one or more rule sets for a situation, with its measures and its read-back.

    With --wav a synthetic voice speaks it (extra [voice]), and the real length of that audio is measured.
    """
    from safetynets.phraseology import load_rule_set
    from safetynets.phraseology import say as say_call

    situation = _situation(asked)
    calls = [say_call(situation, load_rule_set(name), rule=rule) for name in rule_sets]
    reports = [_report(call, readback) for call in calls]
    if wav is not None:
        from safetynets.cli.phraseology_voice import speak_into

        if len(calls) > 1:
            raise PhraseologyError(
                f"{len(calls)} calls cannot go into one file", where="--wav", mend="say one rule set"
            )
        reports[0]["audio"] = speak_into(wav, calls[0], words_per_min=wpm, radio=radio)
    if as_json:
        click.echo(json.dumps(reports, ensure_ascii=False, indent=2))
        return
    for report in reports:
        _print(report)


def _situation(asked: dict[str, Any]) -> Any:
    from safetynets.engine.net import net_of
    from safetynets.errors import nearest
    from safetynets.phraseology import Situation
    from safetynets.phraseology.callsigns import callsign
    from safetynets.sites.geometry import Purpose

    purpose = asked["purpose"]
    if purpose is not None and purpose not in get_args(Purpose):
        mend = nearest(purpose, get_args(Purpose))
        raise PhraseologyError(f"unknown purpose {purpose!r}", where="--purpose", mend=mend)
    try:
        callsign(asked["callsign"], unlisted="refuse")
    except PhraseologyError as error:
        spelled = ", or put a hyphen into it to have it spelled" if error.file else ""
        raise PhraseologyError(error.problem, where="--callsign", mend=f"{error.mend}{spelled}") from None
    kinds = [kind.word for kind in net_of(asked["net"]).kinds]
    if asked["kind"] is not None and asked["kind"] not in kinds:
        mend = nearest(asked["kind"], kinds)
        raise PhraseologyError(f"the {asked['net']} has no alerts of kind {asked['kind']!r}", where="--kind", mend=mend)
    return Situation(
        net=asked["net"],
        kind=asked["kind"] or kinds[0],
        severity=asked["severity"],
        callsign=asked["callsign"],
        vectored=asked["vectored"],
        direct_off_route=asked["direct"],
        on_final=asked["on_final"],
        on_ground=asked["on_ground"],
        visual=False,
        qnh_hpa=asked["qnh_hpa"],
        qnh_unit="inHg" if asked["inches"] else "hPa",
        say_units=asked["say_units"],
        minimum_flight_altitude_ft=asked["minimum_ft"],
        area="",
        suggested_action=asked["suggested_action"],
        purpose=purpose,
        aerodrome=asked["aerodrome"],
    )


def _report(call: Any, readback: str | None) -> dict[str, Any]:
    from safetynets.phraseology import correct_readbacks, measure, parse_readback, speak, words_heading

    report = {
        **dataclasses.asdict(call),
        "heading": words_heading(call),
        "spoken": " ".join(word.word for word in speak(call.parts, call.speech)),
        "measures": dataclasses.asdict(measure(call)),
        "correct_readbacks": correct_readbacks(call),
    }
    if readback is not None:
        found = parse_readback(readback, call)
        report["answer"] = readback
        report["answer_errors"] = [str(error) for error in found.errors]
    return report


def _print(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False)
    facts = Table.grid(padding=(0, 2))
    rows = [
        ("call", report["text"]),
        ("spoken", report["spoken"] or "-"),
        ("rule", f"{report['heading']}: rule {report['rule']} of {report['rule_set']}"),
        ("source", report["source"]),
        ("controller", report["controller_action"]),
        ("terrain", f"{report['responsible']}: {report['responsibility_reason']}"),
        ("read-back", " / ".join(report["correct_readbacks"]) or "-"),
    ]
    rows += [(f"if {step['trigger']}", f"after {step['after_s']:g} s: {step['text']}") for step in report["follow_ups"]]
    if "answer" in report:
        rows += [("answer", report["answer"]), ("", "; ".join(report["answer_errors"]) or "correct")]
    for row in rows:
        facts.add_row(*row)
    console.print(facts)
    if "audio" in report:
        console.print(report["audio"]["words"])
    if not report["measures"]["words"]:
        return
    times = Table("seconds until", "first alert word", "first instruction word", "whole instruction", "QNH", "end")
    for rate, timing in report["measures"]["timings"].items():
        said = [timing[key] for key in ("alert_s", "instruction_s", "instruction_end_s", "qnh_s", "end_s")]
        times.add_row(rate, *("-" if seconds is None else f"{seconds:.1f}" for seconds in said))
    console.print(times)
