"""`Tracks`: what the surveillance system believes, one numpy array a column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.errors import TracksError
from safetynets.geodesy import Plane
from safetynets.tracks.columns import filled, picked, release_memory

Floats = NDArray[np.float64]
Item = TypeVar("Item")
MOST_TRACKS = 1_000_000
TRACKS_PER_ROW = 10
FLIGHTS_AT_A_TIME = 20
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
    """What the cleaning found on a plot; the plot itself is kept as it came.

    Attributes
    ----------
    ALTITUDE_SPIKE
        A pressure altitude that the aircraft cannot have reached from where it was (`SpikeRule`).
    ALTITUDE_MISSING
        No pressure altitude.
    ON_GROUND
        Said to be on the ground.
    STUCK
        Position and altitude repeat those before.
    DUPLICATE
        At the same time as the plot before.
    AFTER_GAP
        First plot after a silence.
    POSITION_MISSING
        No position.
    """

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

    Unknown is NaN, -1 in a yes-or-no column (0 no, 1 yes), or the empty string; never zero and never a guess. The
    arrays are read-only. Built by `from_columns`, or read from a file by `safetynets.recordings.read_tracks`.

    Attributes
    ----------
    time_s, track
        UTC seconds since 1970, and the number of the track from 0, of every plot; shape (plots,) as all up to `flags`.
    latitude_deg, longitude_deg
        Position (WGS 84).
    x_m, y_m
        Position on `plane` (m); NaN without one.
    pressure_altitude_ft, geometric_altitude_ft
        Altitude on 1013.25 hPa, and altitude above mean sea level.
    vx_mps, vy_mps
        Velocity over the ground along x and y of `plane`; without one to true east and true north.
    vertical_rate_fpm
        Vertical rate, positive up.
    cleared_altitude_ft
        Altitude or level that the controller has cleared the flight to.
    selected_altitude_ft, selected_altitude_age_s, selected_altitude_source
        Altitude selected on board, its age, and where it was selected (`AltitudeSource`).
    baro_setting_hpa, baro_setting_age_s
        Setting of the altimeter as the aircraft sends it, and its age.
    vectored, visual, coasted, on_ground
        Yes-or-no: vectored by the controller, flying visually, predicted by the tracker, on the ground.
    position_accuracy_m
        Accuracy of the position as the source states it.
    flags
        What the cleaning found (`PlotFlag`).
    callsign, icao24, ssr_code, flight_rules, departure, destination, runway, aircraft_type, wake
        Facts of each track, in words; shape (tracks,).
    plane
        The plane that `x_m`, `y_m`, `vx_mps` and `vy_mps` are on; None without one.

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
        """Build tracks from columns by name; missing columns are unknown, plots are sorted by (track, time).

        Parameters
        ----------
        plots
            One array of shape (plots,) for each column that is known, in the unit of its name. `time_s` (UTC seconds
            since 1970) and `track` (from 0) must be among them.
        flights
            One array of shape (tracks,) for each fact that is known; row n is about track n.
        plane
            The plane of `x_m`, `y_m`, `vx_mps` and `vy_mps`; without it velocities point to true east and north.

        Returns
        -------
        Tracks
            The plots given, copied.

        Raises
        ------
        TracksError
            For an unknown column, columns of different lengths, a time that is not finite, a negative track number, a
            `track` that has no row in `flights`, or track numbers so high that most of them would have no plot.

        Examples
        --------
        >>> tracks = Tracks.from_columns({"time_s": [4.0, 0.0], "track": [0, 0], "pressure_altitude_ft": [5000, 5100]})
        >>> tracks.pressure_altitude_ft.tolist(), tracks.latitude_deg.tolist()
        ([5100.0, 5000.0], [nan, nan])
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
        """Build tracks as `from_columns` does, but from the arrays themselves: a long recording is never held twice.

        Parameters
        ----------
        plots
            Columns of shape (plots,) as for `from_columns`; emptied, and arrays of the right type become read-only.
        flights
            Facts of shape (tracks,) as for `from_columns`; emptied as well.
        plane
            As for `from_columns`.

        Returns
        -------
        Tracks
            The plots given, sorted by (track, time).

        Raises
        ------
        TracksError
            As `from_columns`.

        Examples
        --------
        >>> plots = {"time_s": np.array([0.0]), "track": np.array([0])}
        >>> len(Tracks.taking(plots, {})), plots
        (1, {})
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
                values = picked(values, order) if per == "plot" and order is not None else values
            else:
                key = (per, dtype, repr(unknown))
                if key not in unknowns:
                    unknowns[key] = filled(count, unknown, dtype)
                values = unknowns[key]
            values.flags.writeable = False
            release_memory(values)
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
        """Copy the tracks with the named columns replaced; lengths and order stay.

        Parameters
        ----------
        **columns
            Arrays of shape (plots,), or (tracks,) for facts of tracks, in the units of their names.

        Returns
        -------
        Tracks
            New tracks; those at hand stay as they are.

        Raises
        ------
        TracksError
            For an unknown column or one of another length.

        Examples
        --------
        >>> tracks = Tracks.from_columns({"time_s": [0.0], "track": [0]})
        >>> tracks.with_columns(pressure_altitude_ft=[5000.0]).pressure_altitude_ft.tolist()
        [5000.0]
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
        """Keep some plots; all tracks keep their number and facts.

        Parameters
        ----------
        rows
            A mask of shape (plots,), a slice, or ascending row numbers.

        Returns
        -------
        Tracks
            The plots picked, in their order.

        Examples
        --------
        >>> tracks = Tracks.from_columns({"time_s": [0, 1, 2], "track": [0, 1, 1]})
        >>> tracks.select(tracks.time_s > 1).track.tolist()
        [1]
        """
        picked: dict[str, Any] = {}
        for name in column_names("plot"):
            values = getattr(self, name)[rows]
            values.flags.writeable = False
            picked[name] = values
        return replace(self, **picked)

    def rows_of(self, track: int) -> slice:
        """The slice of plots that belong to one track.

        Parameters
        ----------
        track
            Number of the track.

        Returns
        -------
        slice
            Empty for a track without plots.

        Examples
        --------
        >>> tracks = Tracks.from_columns({"time_s": [0, 1, 2], "track": [0, 1, 1]})
        >>> tracks.rows_of(1)
        slice(1, 3, None)
        """
        number = self.track.dtype.type(track)  # of another type, every search would copy the column
        first, last = (np.searchsorted(self.track, number, side) for side in ("left", "right"))
        return slice(int(first), int(last))

    def portions(self, plots: int) -> Iterator[slice]:
        """The rows in portions, each with its tracks whole; behind each the memory of a long recording is let go.

        Parameters
        ----------
        plots
            About how many plots make a portion.

        Yields
        ------
        slice
            Rows of the plots of a portion.

        Examples
        --------
        >>> tracks = Tracks.from_columns({"time_s": [0, 1, 2], "track": [0, 1, 1]})
        >>> list(tracks.portions(2))
        [slice(0, 3, None)]
        """
        first = 0
        while first < len(self):
            end = self.rows_of(int(self.track[min(first + plots, len(self)) - 1])).stop
            yield slice(first, end)
            self.release_memory()
            first = end

    def release_memory(self) -> None:
        """Release the memory of what has been read of a long recording; it is read again when needed.

        Examples
        --------
        >>> Tracks.from_columns({"time_s": [0], "track": [0]}).release_memory()  # nothing to release: held in memory
        """
        release_memory(*(getattr(self, name) for name in column_names("plot")))

    def releasing_memory(self, items: Iterable[Item]) -> Iterator[Item]:
        """Yield items for work that reads a flight of a long recording for each, and release memory in between.

        Parameters
        ----------
        items
            Anything, such as alerts.

        Yields
        ------
        object
            The items in their order.

        Examples
        --------
        >>> list(Tracks.from_columns({"time_s": [0], "track": [0]}).releasing_memory("ab"))
        ['a', 'b']
        """
        for number, item in enumerate(items, start=1):
            yield item
            if number % FLIGHTS_AT_A_TIME == 0:
                self.release_memory()

    def alone(self, track: int) -> Tracks:
        """One track on its own, as track 0.

        Parameters
        ----------
        track
            Number of the track.

        Returns
        -------
        Tracks
            Its plots, and one row of facts.

        Examples
        --------
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
        """Project the positions onto a plane and turn the velocities into it.

        Parameters
        ----------
        plane
            The plane, usually that of a site.

        Returns
        -------
        Tracks
            The same plots with `x_m`, `y_m`, `vx_mps` and `vy_mps` on the plane; `self` where they are on it already.

        Examples
        --------
        >>> columns = {"time_s": [0.0], "track": [0], "latitude_deg": [46.2], "longitude_deg": [6.1]}
        >>> tracks = Tracks.from_columns(columns).on_plane(Plane(latitude_deg=46.2, longitude_deg=6.1))
        >>> np.abs(tracks.x_m).round(3).tolist()
        [0.0]
        """
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
    """Names of the columns of `Tracks` that have one entry a plot or one a track, in their order.

    Parameters
    ----------
    per
        "plot" or "track".

    Returns
    -------
    tuple of str
        The names; empty for any other word.

    Examples
    --------
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
