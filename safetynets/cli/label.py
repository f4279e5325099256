"""`safetynets label`: which situations called for an alert, by rule or by experts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import FILE, FOLDER, PATH, json_option
from safetynets.cli.recording_options import recording_options
from safetynets.errors import LabelsError

if TYPE_CHECKING:
    from safetynets.recordings.profile import Profile

_traffic = click.argument("traffic", type=click.Path(path_type=Path, exists=True))
_site = click.option("--site", help="A shipped site by its name, or your own by its path; a run folder knows its own.")
_qnh = click.option("--qnh-hpa", type=click.FloatRange(850, 1090), help="The QNH of a recording.")
_seed = click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the drawn names.")


@click.group()
def label() -> None:
    """Label situations: necessary, desirable, unnecessary, undesirable or void."""


@label.command()
@_traffic
@_site
@_qnh
@click.option("--expert", type=PATH, help="An expert's labels (CSV), which override the rules.")
@click.option("--out", type=FILE, required=True, help="The CSV to write.")
@recording_options
@json_option
def make(
    traffic: Path,
    site: str | None,
    qnh_hpa: float | None,
    expert: Path | None,
    out: Path,
    profile: Profile,
    as_json: bool,
) -> None:
    """Label TRAFFIC, a file of tracks or a run folder, by the faults added and what was truly flown."""
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.labels import label as label_tracks
        from safetynets.evaluation.labels.expert import overridden
        from safetynets.evaluation.labels.files import read_labels, write_labels
        from safetynets.evaluation.labels.traffic import traffic_to_label

    with stages() as stage:
        stage("reading the traffic")
        given = traffic_to_label(traffic, site, qnh_hpa, profile)
        stage("labelling")
        situations = label_tracks(given.tracks, given.site, given.truth)
        if expert is not None:
            situations = overridden(situations, read_labels(expert, given.tracks))
        write_labels(situations, out)
    counts = _counts(situations.net.tolist(), situations.category.tolist())
    if as_json:
        click.echo(json.dumps({"labels": out.as_posix(), "situations": len(situations), "by_net": counts}, indent=2))
        return
    click.echo(f"{out}: {len(situations)} situations")
    for net, of_net in counts.items():
        click.echo(f"  {net}: " + ", ".join(f"{count} {word}" for word, count in of_net.items()))


@label.command()
@_traffic
@_site
@_qnh
@_seed
@click.option("--limit", type=click.IntRange(1), help="Number of situations to export, drawn by the seed.")
@click.option("--void", is_flag=True, help="Export those that are void by the rules, too.")
@click.option("--out", type=FOLDER, required=True, help="The folder to hand out.")
@click.option("--key", type=FILE, help="The key to keep; by default OUT.key.csv.")
@recording_options
def export(
    traffic: Path,
    site: str | None,
    qnh_hpa: float | None,
    seed: int,
    limit: int | None,
    void: bool,
    out: Path,
    key: Path | None,
    profile: Profile,
) -> None:
    """Export the situations of TRAFFIC, de-identified, with a page on which an expert labels them.

    They are the situations of the rules, and every alert of the site's parameters that belongs to none of them.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.engine.follow import alerts_of
        from safetynets.engine.study.judged_alerts import judged_alerts
        from safetynets.errors import LabelsError
        from safetynets.evaluation.labels import label as label_tracks
        from safetynets.evaluation.labels.candidates import to_label, with_alerts
        from safetynets.evaluation.labels.deidentify import deidentified
        from safetynets.evaluation.labels.traffic import traffic_to_label
        from safetynets.reports.labelling_page import check_free, write_labelling_folder

    key = out.with_name(f"{out.name}.key.csv") if key is None else key
    check_free(out, key)
    with stages() as stage:
        stage("reading the traffic")
        given = traffic_to_label(traffic, site, qnh_hpa, profile)
        stage("labelling")
        situations = label_tracks(given.tracks, given.site, given.truth)
        stage("judging")
        judged = judged_alerts(alerts_of(given.tracks, given.site))
        wanted = to_label(with_alerts(situations, judged, given.tracks), limit, seed, void=void)
        if not len(wanted):
            raise LabelsError("holds no situation to label", file=traffic, mend="give other traffic, or --void")
        write_labelling_folder(deidentified(given.tracks, given.site, wanted, seed), given.site, out, key, stage)
    click.echo(f"{out}: {len(wanted)} situations, to be handed out")
    click.echo(f"{key}: which is which, to be kept")


@label.command()
@click.argument("ballot", type=PATH)
@click.option("--key", type=PATH, required=True, help="The key of the export.")
@click.option("--out", type=FILE, required=True, help="The CSV to write.")
def read(ballot: Path, key: Path, out: Path) -> None:
    """Turn a BALLOT saved from the page into an expert's labels, by the key of the export."""
    from safetynets.evaluation.labels.ballots import read_ballot, unsealed
    from safetynets.output import write_whole

    votes = read_ballot(ballot)
    write_whole(out, unsealed(votes, ballot, key), LabelsError)
    click.echo(f"{out}: {len(votes)} situations labelled by an expert")


@label.command()
@click.argument("one", type=PATH)
@click.argument("other", type=PATH)
@json_option
def agree(one: Path, other: Path, as_json: bool) -> None:
    """Measure how far two ballots, ONE and OTHER, of the same export agree: Cohen's kappa."""
    from safetynets.cli.lists import listed
    from safetynets.evaluation.labels.agreement import agreement
    from safetynets.evaluation.labels.ballots import read_ballot
    from safetynets.evaluation.labels.category import Category

    said, other_said = ({name: vote.category for name, vote in read_ballot(path).items()} for path in (one, other))
    found = agreement(said, other_said)
    words = [category.word for category in Category]
    if as_json:
        told = {
            "situations": found.count,
            "agreed_share": found.share,
            "kappa": None if found.kappa != found.kappa else found.kappa,
            "kappa_low": found.low,
            "kappa_high": found.high,
            "categories": words,
            "table": found.table.tolist(),
            "disagreements": [[name, a.word, b.word] for name, a, b in found.disagreements],
            "labelled_by_one_only": list(found.only_one),
        }
        click.echo(json.dumps(told, indent=2))
        return
    click.echo(
        f"{found.count} situations labelled by both, {found.share:.0%} alike; Cohen's kappa {found.kappa:.2f} "
        f"({found.low:.2f} to {found.high:.2f})"
    )
    listed(
        [{one.stem: a.word, other.stem: b.word, "situation": name} for name, a, b in found.disagreements], as_json=False
    )
    if found.only_one:
        click.echo(f"labelled by one only: {', '.join(found.only_one)}")


def _counts(of_nets: list[int], categories: list[int]) -> dict[str, dict[str, int]]:
    from safetynets.engine.net import nets
    from safetynets.evaluation.labels import Category

    pairs = list(zip(of_nets, categories, strict=True))
    return {
        net.name: {
            category.word: pairs.count((number, category)) for category in Category if (number, category) in pairs
        }
        for number, net in enumerate(nets())
        if number in of_nets
    }
