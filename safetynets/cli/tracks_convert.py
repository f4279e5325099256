"""`safetynets tracks convert`: a recording from one format to another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safetynets.cli.options import json_option
from safetynets.cli.recording_options import recording_options
from safetynets.errors import TracksError

if TYPE_CHECKING:
    from safetynets.recordings.profile import Profile

TARGETS = ("cat062", "cat021", "cat048", "parquet", "csv")
TABLES = {"parquet": ".parquet", "csv": ".csv"}


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--to", "to", type=click.Choice(TARGETS), required=True, help="What to write: an ASTERIX category or a table."
)
@click.option(
    "--radar",
    "radars",
    multiple=True,
    metavar="SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M",
    help="A radar of IN (categories 048 and 001), or the one that OUT is seen from; may be given several times.",
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
    radars: tuple[str, ...],
    geoid_undulation_m: float | None,
    profile: Profile,
    as_json: bool,
) -> None:
    """Convert the recording IN to OUT.

    An ASTERIX category is written as raw blocks (.ast), FINAL (.ff) or a capture (.pcap), by the ending of OUT. What a
    category has no item for is not written.
    """
    known = dict(_radar(text) for text in radars)
    _refuse_target(source, target, to, known)
    from safetynets.cli.stages import stages
    from safetynets.recordings import asterix, read_tracks, write_csv, write_parquet

    with stages() as stage:
        stage("reading")
        if asterix.sniff(_head(source)) is not None:
            recording = asterix.read(
                source,
                date=profile.date,
                editions=profile.editions,
                radars=known,
                geoid_undulation_m=geoid_undulation_m,
            )
            tracks = recording.tracks
        else:
            tracks = read_tracks(source, geoid_undulation_m=geoid_undulation_m, profile=profile).tracks
        stage("writing")
        target.parent.mkdir(parents=True, exist_ok=True)
        if to in TABLES:
            (write_parquet if to == "parquet" else write_csv)(tracks, target)
        else:
            sender, radar = next(iter(known.items()), ((0, 1), None))
            asterix.write(tracks, target, to, radar=radar, source=sender, geoid_undulation_m=geoid_undulation_m)
    told = {"file": target.as_posix(), "format": to, "plots": len(tracks), "tracks": tracks.track_count}
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(f"{target}: {len(tracks):,} plots of {tracks.track_count:,} tracks as {to}")


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


def _head(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return file.read(1 << 16)
    except FileNotFoundError:
        raise TracksError("no such file", file=source, mend="check the path") from None
    except PermissionError:
        raise TracksError("may not be read", file=source, mend="check its permissions") from None
    except IsADirectoryError:
        raise TracksError("is a folder, not a recording", file=source, mend="name one file in it") from None


def _radar(text: str) -> tuple[tuple[int, int], tuple[float, float, float]]:
    name, _, place = text.partition("=")
    try:
        sac, sic = (int(part) for part in name.split("/"))
        latitude_deg, longitude_deg, height_m = (float(part) for part in place.split(","))
    except ValueError:
        raise TracksError(
            f"--radar {text!r} is not understood",
            mend="write SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M, as 25/201=46.4,6.1,1680",
        ) from None
    if not (0 <= sac <= 255 and 0 <= sic <= 255 and abs(latitude_deg) <= 90 and abs(longitude_deg) <= 180):
        raise TracksError(
            f"--radar {text!r} cannot be", mend="SAC and SIC are 0 to 255, latitude 90 and longitude 180 at most"
        )
    return (sac, sic), (latitude_deg, longitude_deg, height_m)
