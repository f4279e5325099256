"""`Tracks`: what the surveillance system believes, one numpy array a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.errors import TracksError
from safetynets.geodesy import Plane

Floats = NDArray[np.float64]
MOST_TRACKS = 1_000_000
TRACKS_PER_ROW = 10
UNKNOWN = -1
"""The third state of a yes-or-no column: neither 0 (no) nor 1 (yes)."""


class AltitudeSource(IntEnum):
    """Where a selected altitude was selected, as ASTERIX codes it; -1 where the source is unknown."""

    AIRCRAFT = 1
    """The holding altitude: the aircraft's own altitude."""
    MCP = 2
    """The mode control panel or flight control unit."""
    FMS = 3
    """The flight management system."""


class PlotFlag(IntFlag):
    """What the cleaning found on a plot; the plot itself is kept as it came."""

    ALTITUDE_SPIKE = 1
    ALTITUDE_MISSING = 2
    ON_GROUND = 4
    STUCK = 8
    DUPLICATE = 16
    AFTER_GAP = 32
    POSITION_MISSING = 64


def _floats() -> Any:
    return field(metadata={"dtype": np.float64, "unknown": np.nan, "per": "plot"})


def _singles() -> Any:
    return field(metadata={"dtype": np.float32, "unknown": np.nan, "per": "plot"})


def _yes_no() -> Any:
    return field(metadata={"dtype": np.int8, "unknown": UNKNOWN, "per": "plot"})


def _words() -> Any:
    return field(metadata={"dtype": object, "unknown": "", "per": "track"})


@dataclass(frozen=True, eq=False, kw_only=True)
class Tracks:
    """A set of surveillance tracks: plots sorted by (track, time), and one row of facts per track.

    Unknown is NaN, -1 in a yes-or-no column, or the empty string; never zero and never a guess. The arrays are
    read-only. `plane` says in which plane `x_m`, `y_m`, `vx_mps` and `vy_mps` are; where it is None the positions are
    NaN and the velocities point to true east and true north.

    Examples
    --------
    >>> tracks = Tracks.from_columns(
    ...     {"time_s": [0.0, 4.0], "track": [0, 0], "latitude_deg": [46.0, 46.0], "longitude_deg": [6.0, 6.01]},
    ...     {"callsign": ["SWR1"]},
    ... )
    >>> len(tracks), tracks.track_count, tracks.callsign[0]
    (2, 1, 'SWR1')
    """

    time_s: Floats = _floats()
    track: NDArray[np.int32] = field(metadata={"dtype": np.int32, "unknown": 0, "per": "plot"})
    latitude_deg: Floats = _floats()
    longitude_deg: Floats = _floats()
    x_m: Floats = _floats()
    y_m: Floats = _floats()
    pressure_altitude_ft: Floats = _floats()
    geometric_altitude_ft: Floats = _floats()
    vx_mps: Floats = _floats()
    vy_mps: Floats = _floats()
    vertical_rate_fpm: Floats = _floats()
    cleared_altitude_ft: Floats = _floats()
    selected_altitude_ft: Floats = _floats()
    selected_altitude_age_s: NDArray[np.float32] = _singles()
    selected_altitude_source: NDArray[np.int8] = _yes_no()
    baro_setting_hpa: Floats = _floats()
    baro_setting_age_s: NDArray[np.float32] = _singles()
    vectored: NDArray[np.int8] = _yes_no()
    visual: NDArray[np.int8] = _yes_no()
    coasted: NDArray[np.int8] = _yes_no()
    on_ground: NDArray[np.int8] = _yes_no()
    position_accuracy_m: NDArray[np.float32] = _singles()
    flags: NDArray[np.uint8] = field(metadata={"dtype": np.uint8, "unknown": 0, "per": "plot"})

    callsign: NDArray[np.object_] = _words()
    icao24: NDArray[np.object_] = _words()
    ssr_code: NDArray[np.object_] = _words()
    flight_rules: NDArray[np.object_] = _words()
    departure: NDArray[np.object_] = _words()
    destination: NDArray[np.object_] = _words()
    runway: NDArray[np.object_] = _words()
    aircraft_type: NDArray[np.object_] = _words()
    wake: NDArray[np.object_] = _words()

    plane: Plane | None = None

    @classmethod
    def from_columns(
        cls,
        plots: Mapping[str, ArrayLike],
        flights: Mapping[str, ArrayLike] | None = None,
        plane: Plane | None = None,
    ) -> Tracks:
        """Tracks from columns by name; missing columns are unknown, plots are sorted by (track, time).

        Raises
        ------
        TracksError
            For an unknown column, columns of different lengths, a time that is not finite, a negative track number, or
            a `track` that has no row in `flights`.
        """
        return cls.taking(
            {name: np.array(values) for name, values in plots.items()},
            {name: np.array(values, dtype=object) for name, values in (flights or {}).items()},
            plane,
        )

    @classmethod
    def taking(
        cls, plots: dict[str, NDArray[Any]], flights: dict[str, NDArray[Any]], plane: Plane | None = None
    ) -> Tracks:
        """As `from_columns`, but takes the arrays over and empties `plots`: a long recording is never held twice.

        Raises
        ------
        TracksError
            As `from_columns`.
        """
        _check_given(plots, flights)
        track = plots["track"] = plots["track"].astype(np.int32, copy=False)
        time_s = plots["time_s"] = plots["time_s"].astype(np.float64, copy=False)
        plot_count = len(track)
        known_tracks = len(next(iter(flights.values()))) if flights else 0
        track_count = max(known_tracks, int(track.max()) + 1 if plot_count else 0)
        if not flights:
            check_track_numbers(track_count, plot_count)
        if flights and track_count > known_tracks:
            raise TracksError(f"track {track_count - 1} has no row in the table of tracks")
        order = None if _sorted(track, time_s) else np.lexsort((time_s, track))
        del track, time_s
        columns: dict[str, Any] = {}
        # Arrays are read-only, so the columns of which nothing is known are one array: half the memory of most tables.
        unknowns: dict[tuple[str, Any, Any], NDArray[Any]] = {}
        for column in fields(cls):
            if "per" not in column.metadata:
                continue
            per, dtype, unknown = (column.metadata[key] for key in ("per", "dtype", "unknown"))
            count, given = (plot_count, plots) if per == "plot" else (track_count, flights)
            if column.name in given:
                values = given.pop(column.name).astype(dtype, copy=False)
                if values.shape != (count,):
                    raise TracksError(f"column {column.name!r} has shape {values.shape}, expected ({count},)")
                values = values[order] if per == "plot" and order is not None else values
            else:
                key = (per, dtype, repr(unknown))
                if key not in unknowns:
                    unknowns[key] = np.full(count, unknown, dtype=dtype)
                values = unknowns[key]
            values.flags.writeable = False
            columns[column.name] = values
        return cls(**columns, plane=plane)

    def __len__(self) -> int:
        return len(self.time_s)

    def __repr__(self) -> str:
        tracks = f"{self.track_count:,} track{'s' * (self.track_count != 1)}"
        if not len(self):
            return f"<Tracks: {tracks}, no plots>"
        first, last = (
            datetime.fromtimestamp(float(at_s), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for at_s in (self.time_s.min(), self.time_s.max())
        )
        return f"<Tracks: {tracks}, {len(self):,} plots, {first} to {last}>"

    @property
    def track_count(self) -> int:
        """Number of tracks in the table."""
        return len(self.callsign)

    def with_columns(self, **columns: ArrayLike) -> Tracks:
        """A copy in which the named columns are replaced; lengths and order stay.

        Raises
        ------
        TracksError
            For an unknown column or one of another length.
        """
        typed: dict[str, Any] = {}
        for column in fields(self):
            if column.name in columns:
                values = np.array(columns[column.name], dtype=column.metadata["dtype"])
                present = getattr(self, column.name)
                if values.shape != present.shape:
                    raise TracksError(f"column {column.name!r} has shape {values.shape}, expected {present.shape}")
                values.flags.writeable = False
                typed[column.name] = values
        for name in columns:
            if name not in typed:
                raise TracksError(f"unknown column {name!r}")
        return replace(self, **typed)

    def select(self, rows: NDArray[Any] | slice) -> Tracks:
        """The plots that a mask, slice or ascending index array picks; all tracks keep their number and facts."""
        picked: dict[str, Any] = {}
        for name in column_names("plot"):
            values = getattr(self, name)[rows]
            values.flags.writeable = False
            picked[name] = values
        return replace(self, **picked)

    def rows_of(self, track: int) -> slice:
        """The slice of plots that belong to one track number.

        >>> tracks = Tracks.from_columns({"time_s": [0, 1, 2], "track": [0, 1, 1]})
        >>> tracks.rows_of(1)
        slice(1, 3, None)
        """
        number = self.track.dtype.type(track)  # of another type, every search would copy the column
        first, last = (np.searchsorted(self.track, number, side) for side in ("left", "right"))
        return slice(int(first), int(last))

    def alone(self, track: int) -> Tracks:
        """One track by itself, as number 0.

        >>> tracks = Tracks.from_columns({"time_s": [0, 1, 2], "track": [0, 1, 1]}, {"callsign": ["SWR1", "SWR2"]})
        >>> tracks.alone(1).callsign.tolist(), tracks.alone(1).track.tolist()
        (['SWR2'], [0, 0])
        """
        own = self.select(self.rows_of(track))
        facts = {name: getattr(self, name)[track : track + 1] for name in column_names("track")}
        number = np.zeros(len(own), dtype=np.int32)
        number.flags.writeable = False
        return replace(own, track=number, **facts)

    def on_plane(self, plane: Plane) -> Tracks:
        """The same tracks with positions on `plane` and velocities turned into it."""
        if self.plane == plane:
            return self
        x_m, y_m = plane.to_plane(self.latitude_deg, self.longitude_deg)
        turn_rad = np.radians(plane.convergence_deg(self.latitude_deg, self.longitude_deg))
        if self.plane is not None:
            turn_rad = turn_rad - np.radians(self.plane.convergence_deg(self.latitude_deg, self.longitude_deg))
        cos, sin = np.cos(turn_rad), np.sin(turn_rad)
        turned = self.with_columns(
            x_m=x_m,
            y_m=y_m,
            vx_mps=self.vx_mps * cos + self.vy_mps * sin,
            vy_mps=self.vy_mps * cos - self.vx_mps * sin,
        )
        return replace(turned, plane=plane)


def _check_given(plots: Mapping[str, NDArray[Any]], flights: Mapping[str, NDArray[Any]]) -> None:
    for given, per in ((plots, "plot"), (flights, "track")):
        names = column_names(per)
        for name in given:
            if name not in names:
                raise TracksError(f"unknown column {name!r}", mend=f"use one of {', '.join(names)}")
    if "track" not in plots or "time_s" not in plots:
        raise TracksError("a table of plots needs the columns 'track' and 'time_s'")
    track, time_s = plots["track"], plots["time_s"]
    if track.shape != time_s.shape:
        raise TracksError(f"column 'time_s' has shape {time_s.shape}, expected {track.shape}")
    if len(track) and track.min() < 0:
        raise TracksError(f"track {track.min()} is negative", mend="number the tracks from 0")
    timeless = np.flatnonzero(~np.isfinite(time_s.astype(np.float64, copy=False)))
    if len(timeless):
        raise TracksError(
            f"time_s is {time_s[timeless[0]]}", where=f"row {timeless[0] + 1}", mend="give every plot its time"
        )


def check_track_numbers(track_count: int, row_count: int, file: str | Path | None = None) -> None:
    """Refuse track numbers so high that the table of tracks would be mostly empty: it has a row for each number.

    Raises
    ------
    TracksError
        When there would be more than a million tracks, and more than ten for each row.
    """
    if track_count > max(MOST_TRACKS, TRACKS_PER_ROW * row_count):
        raise TracksError(
            f"track {track_count - 1} in a table of {row_count:,} rows or more",
            file=file,
            mend="number the tracks from 0 without gaps",
        )


def _sorted(track: NDArray[np.int32], time_s: Floats) -> bool:
    later = (track[1:] > track[:-1]) | ((track[1:] == track[:-1]) & (time_s[1:] >= time_s[:-1]))
    return bool(later.all())


def column_names(per: str) -> tuple[str, ...]:
    """Names of the columns that there are per "plot" or per "track", in their order.

    >>> column_names("track")[:2]
    ('callsign', 'icao24')
    """
    return tuple(column.name for column in fields(Tracks) if column.metadata.get("per") == per)


def column_dtype(name: str) -> tuple[Any, Any]:
    """The numpy type of a column and the value that means unknown in it.

    >>> column_dtype("on_ground")
    (<class 'numpy.int8'>, -1)
    """
    metadata = Tracks.__dataclass_fields__[name].metadata
    return metadata["dtype"], metadata["unknown"]
