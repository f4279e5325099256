"""`safetynets tracks convert`: a recording from one format to another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import PATH, json_option
from safetynets.cli.recording_options import recording_options
from safetynets.errors import TracksError

if TYPE_CHECKING:
    from safetynets.recordings.profile import Profile

TARGETS = ("cat062", "cat021", "cat048", "parquet", "csv")
TABLES = {"parquet": ".parquet", "csv": ".csv"}


@click.command()
@click.argument("source", metavar="IN", type=PATH)
@click.argument("target", metavar="OUT", type=PATH)
@click.option(
    "--to", "to", type=click.Choice(TARGETS), required=True, help="What to write: an ASTERIX category or a table."
)
@click.option(
    "--geoid-undulation-m", type=float, help="The geoid above the ellipsoid: with it geometric altitudes are kept."
)
@recording_options
@json_option
def convert(
    source: Path,
    target: Path,
    to: str,
    geoid_undulation_m: float | None,
    profile: Profile,
    as_json: bool,
) -> None:
    """Convert the recording IN to OUT.

    An ASTERIX category is written as raw blocks (.ast), FINAL (.ff) or a capture (.pcap), by the ending of OUT. What a
    category has no item for is not written. Category 048 is seen from the first --radar.
    """
    radars = profile.radar_positions
    _refuse_target(source, target, to, radars)
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.recordings import asterix, look, read_tracks, write_csv, write_parquet

    look.check(source, profile)
    with stages() as stage:
        stage("reading")
        tracks = read_tracks(source, geoid_undulation_m=geoid_undulation_m, profile=profile).tracks
        stage("writing")
        target.parent.mkdir(parents=True, exist_ok=True)
        if to in TABLES:
            (write_parquet if to == "parquet" else write_csv)(tracks, target)
        else:
            sender, radar = next(iter(radars.items()), ((0, 1), None))
            asterix.write(tracks, target, to, radar=radar, source=sender, geoid_undulation_m=geoid_undulation_m)
    told = {"file": target.as_posix(), "format": to, "plots": len(tracks), "tracks": tracks.track_count}
    if as_json:
        click.echo(json.dumps(told))
    else:
        of_tracks = "track" if tracks.track_count == 1 else "tracks"
        click.echo(f"{target}: {len(tracks):,} plots, {tracks.track_count:,} {of_tracks}, as {to}")


def _refuse_target(
    source: Path, target: Path, to: str, radars: dict[tuple[int, int], tuple[float, float, float]]
) -> None:
    """Refuse at once what cannot be written."""
    from safetynets.recordings.containers_write import container_of

    if to not in TABLES:
        container_of(target)
    elif target.suffix.lower() != TABLES[to]:
        raise TracksError(f"named {target.suffix!r} but written as {to}", file=target, mend=f"name it {TABLES[to]}")
    if to == "cat048" and not radars:
        raise TracksError(
            "category 048 has slant range and azimuth, so it needs the radar that sees",
            file=target,
            mend="say --radar SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M",
        )
    if target.is_dir():
        raise TracksError("is a folder", file=target, mend="name a file in it")
    if target.exists() and source.exists() and target.samefile(source):
        raise TracksError("IN and OUT are one file", file=target, mend="write to another file")
