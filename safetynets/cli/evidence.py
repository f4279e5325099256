"""`safetynets evidence`: requirements, what answers them, and what is not verified."""

from __future__ import annotations

from pathlib import Path

import click

from safetynets.cli.common import say_page
from safetynets.cli.options import FILE, FOLDER


@click.command()
@click.option("--out", type=FOLDER, required=True, help="The folder of the pack to make.")
@click.option("--checkout", type=FOLDER, help="The checkout whose tests are used; by default that of this package.")
@click.option(
    "--junit",
    type=FILE,
    help="Results of a run of the tests (pytest --junitxml); without it the tagged tests are run now.",
)
def evidence(out: Path, checkout: Path | None, junit: Path | None) -> None:
    """Make a pack: every requirement, how it is verified, the result, versions and hashes.

    Unverified requirements come first.
    """
    import safetynets
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.evidence.pack import as_json, facts, gather, markdown
        from safetynets.output import whole_folder
        from safetynets.reports.evidence_page import evidence_page

    root = checkout or Path(safetynets.__file__).parents[1]
    with stages() as stage, whole_folder(out) as folder:
        stage("reading requirements and tags")
        told = facts(gather(root, folder, junit, stage), root)
        (folder / "evidence.json").write_text(as_json(told), encoding="utf-8", newline="\n")
        (folder / "evidence.md").write_text(markdown(told), encoding="utf-8", newline="\n")
        (folder / "evidence.html").write_text(evidence_page(told, root), encoding="utf-8", newline="\n")
    counts = ", ".join(f"{count} {result}" for result, count in told["counts"].items())
    click.echo(f"{len(told['requirements'])} requirements: {counts}")
    for row in told["requirements"]:
        if row["result"] != "passed":
            why = row["not_verified"] or ", ".join(
                f"{test}: {result}" for test, result in row["tests"].items() if result != "passed"
            )
            click.echo(f"  {row['result']}: {row['id']}: {why}")
    say_page(f"The pack is {out}, its page {out / 'evidence.html'}", out / "evidence.html")
