"""The options that say how a recording is to be read, given to a command as one profile."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from safetynets.cli.options import PATH

OPTIONS = (
    click.option(
        "--columns",
        multiple=True,
        metavar="NAME=COLUMN",
        help="What a column of the file is, such as lat=latitude; may be given several times.",
    ),
    click.option(
        "--units",
        multiple=True,
        metavar="COLUMN=UNIT",
        help="The unit a column is in, such as altitude=m; may be given several times.",
    ),
    click.option(
        "--altitude-reference",
        type=click.Choice(["pressure", "qnh"]),
        help="What the altitudes refer to: 1013.25 hPa (the usual), or the QNH given.",
    ),
    click.option(
        "--date", type=click.DateTime(["%Y-%m-%d"]), help="The day (UTC) of a recording whose times have none."
    ),
    click.option(
        "--edition",
        "editions",
        multiple=True,
        metavar="CATEGORY=EDITION",
        help="The edition of an ASTERIX category, such as 021=0.26; may be given several times.",
    ),
    click.option(
        "--radar",
        "radars",
        multiple=True,
        metavar="SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M",
        help="Position of a radar of ASTERIX category 048 or 001; may be given several times.",
    ),
    click.option("--profile", type=PATH, help="A file saved with --save-profile; other options add to it."),
    click.option("--save-profile", type=PATH, help="Save these options to a file, for the next recording."),
)


def recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a recording; it gets one argument, `profile`."""

    @functools.wraps(command)
    def with_profile(
        *args: Any,
        columns: tuple[str, ...],
        units: tuple[str, ...],
        altitude_reference: str | None,
        date: datetime | None,
        editions: tuple[str, ...],
        radars: tuple[str, ...],
        profile: Path | None,
        save_profile: Path | None,
        **others: Any,
    ) -> Any:
        from safetynets.recordings.profile import Profile, read_profile

        said = Profile.of(
            columns=columns,
            units=units,
            altitude_reference=altitude_reference,
            date=None if date is None else date.date(),
            editions=editions,
            radars=radars,
            base=None if profile is None else read_profile(profile),
        )
        if save_profile is not None:
            said.write(save_profile)
        return command(*args, profile=said, **others)

    for option in reversed(OPTIONS):
        with_profile = option(with_profile)
    return with_profile
