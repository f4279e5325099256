"""`safetynets replay`: a recording through the nets of a site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import PATH, out_option, run_options
from safetynets.cli.recording_options import recording_options

if TYPE_CHECKING:
    from safetynets.recordings.profile import Profile
    from safetynets.reports.figures import Figures
    from safetynets.reports.files import Trace


@click.command()
@click.argument("tracks", type=PATH)
@click.option("--site", required=True, help="A shipped site by its name, or your own by the path of its folder.")
@click.option("--qnh-hpa", type=float, help="The QNH of the recording; by default the site's, if it has one.")
@click.option("--qnh-source", default="given on the command line", show_default=True, help="Where that QNH is from.")
@click.option("--update-s", type=float, help="Resample the recording to this surveillance update period.")
@click.option("--workers", type=click.IntRange(1, 256), help="For a folder: number of processes, one thread each.")
@click.option("--scheduler", metavar="ADDRESS", help="For a folder: the dask cluster at this address.")
@out_option
@recording_options
@run_options
def replay(
    tracks: Path,
    site: str,
    qnh_hpa: float | None,
    qnh_source: str,
    update_s: float | None,
    workers: int | None,
    scheduler: str | None,
    out: Path | None,
    profile: Profile,
    changes: tuple[str, ...],
    parameters: Path | None,
    switched_on: tuple[str, ...],
    rule_set: str | None,
    figures: Figures,
    trace: Trace,
    voice: bool,
    as_json: bool,
) -> None:
    """Replay TRACKS, a recording in any supported format, through the nets of a site.

    For a folder, every day file is replayed into its own run folder below --out. The folder of a live monitor
    is replayed as it was judged, with the decisions taken.
    """
    from safetynets.cli.outcome import parameters_on_file, refuse_early, tell, write
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.recordings.look import check
        from safetynets.sites.catalogue import site_file

    folder = out or Path("out") / tracks.name.partition(".")[0]
    site_file(site)
    chosen = parameters_on_file(parameters)
    if (tracks / "live.json").is_file():
        from safetynets.runs.changed_site import ALL_REGIONS

        changed = {change.address: change.value for change in chosen}
        changed |= refuse_early(folder, changes, voice=voice, switched_on=switched_on)
        if qnh_hpa is not None:
            changed[ALL_REGIONS] = str(qnh_hpa)
        with stages() as stage:
            stage("starting")
            from safetynets.live.replay import replay_live

            finished = replay_live(tracks, site, changed, stage, rule_set)
            folder = write(finished, folder, stage, voice=voice, figures=figures, trace=trace)
        tell(finished, folder, as_json=as_json)
        return
    if tracks.is_dir():
        from safetynets.cli.replay_days import replay_days
        from safetynets.evaluation.study.workforce import workforce
        from safetynets.runs import overrides

        with stages() as stage, workforce(workers, scheduler) as hands:
            stage("replaying the days")
            replay_days(
                tracks,
                site,
                folder,
                hands,
                overrides=overrides.parse(changes, switched_on),
                qnh_hpa=qnh_hpa,
                qnh_source=qnh_source,
                update_s=update_s,
                profile=profile,
                rule_set=rule_set,
                parameters=chosen,
                figures=figures,
                trace=trace,
            )
        return
    check(tracks, profile)
    changed = refuse_early(folder, changes, switched_on=switched_on, voice=voice)
    with stages() as stage:
        stage("starting")
        from safetynets.runs import replay as replay_recording

        finished = replay_recording(
            tracks,
            site,
            qnh_hpa=qnh_hpa,
            qnh_source=qnh_source,
            update_s=update_s,
            profile=profile,
            overrides=changed,
            progress=stage,
            rule_set=rule_set,
            parameters=chosen,
        )
        folder = write(finished, folder, stage, voice=voice, figures=figures, trace=trace)
    tell(finished, folder, as_json=as_json)
