"""`safetynets traffic`: ordinary traffic by the day."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from safetynets.cli.options import FOLDER, json_option
from safetynets.text_files import read_json


@click.group()
def traffic() -> None:
    """Generate traffic to study the nets on."""


@traffic.command()
@click.argument("site")
@click.option("--days", type=click.IntRange(1, 3660), default=1, show_default=True, help="How many days.")
@click.option(
    "--movements-per-day",
    type=click.IntRange(1, 20_000),
    default=1500,
    show_default=True,
    help="How many flights a day.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The seed of all random draws.")
@click.option("--out", type=FOLDER, required=True, help="The folder to write the days to.")
@click.option(
    "--start", type=click.DateTime(["%Y-%m-%d"]), default="2024-01-01", show_default=True, help="The first day (UTC)."
)
@click.option(
    "--faults-share", type=click.FloatRange(0, 1), help="Share of the arrivals to put a fault into; else the settings'."
)
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="How many processes to use.")
@json_option
def generate(
    site: str,
    days: int,
    movements_per_day: int,
    seed: int,
    out: Path,
    start: datetime,
    faults_share: float | None,
    workers: int,
    as_json: bool,
) -> None:
    """Generate ordinary traffic of SITE: a shipped one by its name, or your own settings by their path.

    Each day is a Parquet file of tracks, a CSV with the label of every track, and a JSON with the QNH of the day.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.traffic.generator import load_settings, write_days

    settings = load_settings(site)
    with stages() as stage:
        written = write_days(
            settings,
            out,
            start=start.replace(tzinfo=UTC).date(),
            days=days,
            movements=movements_per_day,
            seed=seed,
            faults_share=faults_share,
            worker_count=workers,
            progress=stage,
        )
    told = [read_json(files.day) for files in written]
    if as_json:
        listed = [
            {"tracks": files.tracks.as_posix(), "labels": files.labels.as_posix(), **day}
            for files, day in zip(written, told, strict=True)
        ]
        click.echo(json.dumps(listed, indent=2))
        return
    for files, day in zip(written, told, strict=True):
        faults = sum(day["faults"].values())
        click.echo(
            f"{files.tracks}: {day['movements']:,} movements, {day['plots']:,} plots, {faults:,} faults, "
            f"QNH {day['qnh_hpa']:g} hPa"
        )
