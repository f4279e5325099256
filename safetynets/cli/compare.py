"""`safetynets compare`: two parameter sets, or two runs, on the same traffic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.common import say_page
from safetynets.cli.options import PATH, json_option, labels_wrong_option
from safetynets.cli.recording_options import recording_options

if TYPE_CHECKING:
    from safetynets.evaluation.comparison.comparison import Comparison
    from safetynets.recordings.profile import Profile


@click.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@click.option("--site", help="The site of parameter files and of runs whose site is not a shipped one.")
@click.option("--tracks", type=PATH, help="Day file, or folder of day files, for parameter sets and sites.")
@click.option("--qnh-hpa", type=float, help="The QNH of the days; without it, that beside each day, or the site's.")
@click.option("--update-s", type=float, help="Resample the days to this surveillance update period.")
@click.option(
    "--explain", type=click.IntRange(0, 1000), default=20, show_default=True, help="Changed alerts to explain."
)
@labels_wrong_option
@click.option("--workers", type=click.IntRange(1, 256), help="Number of processes that judge, one thread each.")
@click.option("--scheduler", metavar="ADDRESS", help="Judge on the dask cluster at this address.")
@click.option("--out", type=PATH, help="Where to write the page (.html, or a folder).")
@recording_options
@json_option
def compare(
    before: Path,
    after: Path,
    site: str | None,
    tracks: Path | None,
    qnh_hpa: float | None,
    update_s: float | None,
    explain: int,
    labels_wrong: float,
    workers: int | None,
    scheduler: str | None,
    out: Path | None,
    profile: Profile,
    as_json: bool,
) -> None:
    """Compare AFTER with BEFORE on the same traffic: alerts gained, lost and moved in time, each explained.

    Each is a parameter file (TOML, such as a study writes), a site, or the folder of a run; two runs bring their
    traffic with them. BEFORE may also be a recording of the alerts of an operational system, ASTERIX category 004, and
    AFTER a run on the same traffic.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.errors import StudyError
        from safetynets.evaluation.comparison.operational import compare_operational, is_recording
        from safetynets.evaluation.comparison.sources import compare_runs, is_run
        from safetynets.evaluation.study.compare_sets import compare_sets
        from safetynets.evaluation.study.workforce import workforce
        from safetynets.reports.comparison_page import write_comparison_page

    runs = [is_run(path) for path in (before, after)]
    operational = runs == [False, True] and is_recording(before)
    if any(runs) and not all(runs) and not operational:
        raise StudyError(
            "one is a run and the other is not",
            where=f"{before}, {after}",
            mend="give two of one kind, or a recording of alerts (category 004) and a run",
        )
    with stages() as stage:
        stage("judging both")
        if operational:
            from safetynets.exports.area_names import area_codes

            found = compare_operational(before, after, explain, site, area_codes, labels_wrong)
        elif all(runs):
            found = compare_runs(before, after, explain, site, labels_wrong)
        else:
            with workforce(workers, scheduler) as hands:
                found = compare_sets(
                    before,
                    after,
                    tracks,
                    hands,
                    site=site,
                    qnh_hpa=qnh_hpa,
                    update_s=update_s,
                    profile=profile,
                    explain_at_most=explain,
                    labels_wrong_share=labels_wrong,
                )
        page = None
        if out is not None:
            stage("writing the page")
            page = write_comparison_page(found, out)
    _tell(found, page, as_json=as_json)


def _tell(found: Comparison, page: Path | None, *, as_json: bool) -> None:
    import json
    from dataclasses import asdict

    from safetynets.runs.manifest import json_ready

    if as_json:
        click.echo(json.dumps(json_ready(asdict(found)), ensure_ascii=False, allow_nan=False, indent=2))
        return
    click.echo(found.sentence)
    for caveat in found.caveats:
        click.echo(f"  {caveat}")
    for key, (was, now) in found.values.items():
        click.echo(f"{key}: {was} → {now}")
    for net, counts in found.counts.items():
        if any(counts.values()):
            told = ", ".join(f"{count:,} {change}" for change, count in counts.items())
            click.echo(f"{net}: {told}")
    if page is not None:
        say_page(f"The page is {page}", page)
