"""`Tracks` with what Python users ask of them, and `read_tracks`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from safetynets.api import markup
from safetynets.api.arguments import check_number, check_path, made_public, refused
from safetynets.recordings import ReadResult, read_frame
from safetynets.recordings import read_tracks as read
from safetynets.recordings.names import is_own
from safetynets.recordings.profile import Profile
from safetynets.runs.traffic import IN_MEMORY, Origin, made_ready
from safetynets.sites.geometry import Site
from safetynets.tracks import count_flags, flat, table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Tracks(table.Tracks):
    """A set of surveillance tracks: plots sorted by (track, time), and one row of facts per track.

    Made by `read_tracks` from a file or by `Tracks.from_pandas` from a data frame. Every column is a read-only numpy
    array: `time_s`, `track`, `latitude_deg`, `longitude_deg`, `pressure_altitude_ft`, `vx_mps`, `vy_mps`,
    `vertical_rate_fpm` and others have one entry a plot; `callsign`, `icao24`, `ssr_code` and others one a track.
    Unknown is NaN, -1 in a yes-or-no column, or the empty string. `safetynets.tracks.Tracks` has every column.

    Attributes
    ----------
    origin
        Where they come from: the file, what was found in it, and what was decided.

    Examples
    --------
    >>> import pandas as pd
    >>> import safetynets as sn
    >>> frame = pd.DataFrame(
    ...     {
    ...         "timestamp": ["2019-11-11T17:55:51Z", "2019-11-11T17:55:55Z"],
    ...         "callsign": "DLH4TR",
    ...         "latitude": [48.1674, 48.1626],
    ...         "longitude": [8.5151, 8.5151],
    ...         "altitude": [14150, 14075],
    ...     }
    ... )
    >>> tracks = sn.Tracks.from_pandas(frame)
    >>> tracks
    <Tracks: 1 track, 2 plots, 2019-11-11T17:55:51Z to 2019-11-11T17:55:55Z>
    >>> tracks.pressure_altitude_ft.tolist(), tracks.callsign.tolist()
    ([14150.0, 14075.0], ['DLH4TR'])
    """

    origin: Origin = Origin()

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame, units: Mapping[str, str] | None = None) -> Self:
        """Tracks from a data frame, with the columns of a recording or with those that `to_pandas` gives.

        Parameters
        ----------
        frame
            One row a plot. The columns of a recording are `timestamp`, `latitude`, `longitude`, `altitude` (pressure
            altitude, ft), `callsign` or `icao24`, and what else docs/tracks.md names.
        units
            The unit of each column that is not in the unit of docs/tracks.md, such as `{"altitude": "m"}`.

        Returns
        -------
        Tracks
            Not cleaned: `replay` and `judge` do that.

        Raises
        ------
        ArgumentError
            For anything but a data frame and a mapping of names to units.
        TracksError
            For a column that is missing or cannot be used, naming the row (from 1) and the mend.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame(
        ...     {"timestamp": [1.6e9], "callsign": "SWR1", "latitude": 47.5, "longitude": 8.5, "altitude": 3048.0}
        ... )
        >>> Tracks.from_pandas(frame, units={"altitude": "m"}).pressure_altitude_ft.tolist()
        [10000.0]
        """
        import pandas as pd

        if not isinstance(frame, pd.DataFrame):
            raise refused("frame", frame, "a pandas DataFrame", "read a file with safetynets.read_tracks")
        profile = _profile(units)
        names = [str(name) for name in frame.columns]
        if is_own(names):
            if units:
                mend = "leave 'units' out"
                raise refused(
                    "units", units, "nothing for a frame with the columns of Tracks, whose names hold their units", mend
                )
            return cls._of(flat.from_pandas(frame), Origin())
        found = read_frame(frame, profile=profile)
        return cls._of(found.tracks, _origin(found, IN_MEMORY, None, profile))

    @classmethod
    def _of(cls, tracks: table.Tracks, origin: Origin) -> Self:
        return replace(made_public(cls, tracks), origin=origin)

    def to_pandas(self) -> pd.DataFrame:
        """All columns as a data frame, one row a plot; the facts of a track stand in each of its rows.

        Returns
        -------
        pandas.DataFrame
            Columns as in `Tracks`, with their units in their names. `from_pandas` makes the same tracks of it again.

        Examples
        --------
        >>> import safetynets as sn
        >>> tracks = sn.Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]})
        >>> tracks.to_pandas()["callsign"].tolist()
        ['SWR1']
        """
        return flat.to_pandas(self)

    def _repr_html_(self) -> str:
        last = np.searchsorted(self.track, np.arange(self.track_count), side="right")
        plots = np.diff(last, prepend=0)
        rows = zip(self.callsign, self.icao24, plots.tolist(), strict=True)
        flags = {flag: f"{count:,}" for flag, count in count_flags(self).items() if count}
        return markup.block(
            repr(self).strip("<>"),
            markup.notes((*self.origin.warnings, *self.origin.notes)),
            markup.facts(flags) if flags else "",
            markup.table(("call sign", "icao24", "plots"), rows),
        )


def read_tracks(
    path: str | Path,
    *,
    units: Mapping[str, str] | None = None,
    geoid_undulation_m: float | None = None,
    max_gap_s: float = 600.0,
) -> Tracks:
    """Read a recording in any format that docs/tracks.md lists, recognised by its content.

    Parameters
    ----------
    path
        The file.
    units
        The unit of each column that is not in the unit of docs/tracks.md, such as `{"altitude": "m"}`.
    geoid_undulation_m
        Height of the geoid above the WGS 84 ellipsoid (m), by which a column `geoaltitude` becomes an altitude above
        mean sea level; without it that column is not used.
    max_gap_s
        A silence longer than this (s) begins a new track (simulator default).

    Returns
    -------
    Tracks
        Not cleaned: `replay` and `judge` do that. `origin.counts` says what was found, `origin.notes` what was decided.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    TracksError
        For a file that cannot be used, naming file, row or column, and the mend.

    Examples
    --------
    >>> import safetynets as sn
    >>> from safetynets.sites import shipped_folder
    >>> sn.read_tracks(shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet")
    <Tracks: 1 track, 848 plots, 2019-11-11T17:55:51Z to 2019-11-11T18:09:59Z>
    """
    check_path("path", path, "the path of a recording (str or Path)")
    profile = _profile(units)
    check_number("geoid_undulation_m", geoid_undulation_m, "metres")
    check_number("max_gap_s", max_gap_s, "seconds")
    found = read(path, geoid_undulation_m=geoid_undulation_m, max_gap_s=max_gap_s, profile=profile)
    return Tracks._of(found.tracks, _origin(found, Path(path).name, Path(path), profile))


def _origin(found: ReadResult, name: str, file: Path | None, profile: Profile) -> Origin:
    return Origin(
        name=name,
        file=file,
        counts=found.counts,
        notes=found.notes,
        warnings=found.warnings,
        profile=profile,
    )


def _profile(units: object) -> Profile:
    """What is said about the columns of a recording: their units."""
    if units is not None and not isinstance(units, Mapping):
        raise refused("units", units, 'a mapping from column to unit, such as {"altitude": "m"}')
    return Profile.of(units=[f"{column}={unit}" for column, unit in (units or {}).items()])


def as_judged(tracks: object, site: Site) -> table.Tracks:
    """Tracks as the nets take them: cleaned and on the plane of the site.

    Tracks that are on that plane already, as those of a run, are taken as they are.

    Raises
    ------
    ArgumentError
        For what are no tracks.
    """
    found = tracks_of(tracks)
    if found.plane == site.plane:
        return found
    return made_ready(found, None, site, lambda _: None)[0]


def tracks_of(tracks: object) -> table.Tracks:
    """Tracks, those of a run, or those of a file.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if isinstance(tracks, table.Tracks):
        return tracks
    if isinstance(tracks, ReadResult):
        return Tracks._of(tracks.tracks, _origin(tracks, IN_MEMORY, None, Profile()))
    if isinstance(tracks, str | Path):
        return read_tracks(tracks)
    raise refused(
        "tracks", tracks, "tracks or the path of a recording", "make tracks of a data frame with Tracks.from_pandas"
    )
