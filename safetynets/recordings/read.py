"""`read_tracks`: one call for every format a recording may come in, chosen by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from safetynets.errors import TracksError
from safetynets.recordings import flightradar24, igc, mode_s, opensky, readsb, sbs
from safetynets.recordings.archive import archive_columns
from safetynets.recordings.assemble import Asked, Batches, Opened, assemble, one_ahead
from safetynets.recordings.csv_file import csv_batches
from safetynets.recordings.dialect import Dialect
from safetynets.recordings.json_file import json_batches, json_value, table_of
from safetynets.recordings.look import VOCABULARIES, Look, look_at
from safetynets.recordings.names import Meaning, interpret, is_own
from safetynets.recordings.parquet_file import parquet_batches, parquet_names
from safetynets.recordings.profile import Profile
from safetynets.recordings.result import ReadResult, counted
from safetynets.tracks.flat import check_own_names, from_batches
from safetynets.tracks.table import column_names

if TYPE_CHECKING:
    import pandas as pd


def read_tracks(
    path: str | Path,
    *,
    geoid_undulation_m: float | None = None,
    max_gap_s: float = 600.0,
    profile: Profile | None = None,
    qnh_hpa: float | None = None,
    strict: bool = True,
) -> ReadResult:
    r"""Read a recording: whatever `docs/tracks.md` lists, recognised by its content, packed or not.

    Parameters
    ----------
    path
        The file.
    geoid_undulation_m
        The geoid above the ellipsoid (m): with it heights above the ellipsoid become `geometric_altitude_ft`.
    max_gap_s
        A longer silence begins a new track (600 s, simulator default).
    profile
        What is said about the columns and units of the file.
    qnh_hpa
        The QNH (hPa) of altitudes that are declared to be on one.
    strict
        Whether a recording that contradicts itself beyond doubt is refused; else it is only said in `warnings`.

    Returns
    -------
    ReadResult
        The tracks, counts, notes and warnings.

    Raises
    ------
    TracksError
        Naming the file, the row (the first row of data is row 1) or column, and the mend.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "day.csv"
    ...     _ = path.write_text(
    ...         "timestamp,icao24,callsign,latitude,longitude,altitude\n"
    ...         "2021-10-07T12:00:00Z,3c664e,DLH4TR,47.5,8.5,14150\n"
    ...     )
    ...     result = read_tracks(path)
    >>> result.tracks.callsign[0], float(result.tracks.pressure_altitude_ft[0]), result.counts["rows"]
    ('DLH4TR', 14150.0, 1)
    """
    asked = Asked(profile or Profile(), geoid_undulation_m, qnh_hpa, max_gap_s, strict)
    look = look_at(path)
    found = _READERS[look.kind](look, asked)
    pa.default_memory_pool().release_unused()  # Arrow keeps what it has read through: as much as the file
    return found


def read_frame(
    frame: pd.DataFrame,
    *,
    geoid_undulation_m: float | None = None,
    max_gap_s: float = 600.0,
    profile: Profile | None = None,
) -> ReadResult:
    """Read a data frame with the columns of a recording, such as `traffic` holds.

    Parameters
    ----------
    frame
        One row a plot; the columns are those that docs/tracks.md lists, or those of `Tracks`.
    geoid_undulation_m
        Height of the geoid above the WGS 84 ellipsoid (m): with it heights above the ellipsoid become
        `geometric_altitude_ft`.
    max_gap_s
        A longer silence (s) begins a new track (simulator default).
    profile
        What is said about the columns and units of the frame.

    Returns
    -------
    ReadResult
        The tracks, counts, notes and warnings.

    Raises
    ------
    TracksError
        Naming the row (the first is row 1) or column, and the mend.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame(
    ...     {"timestamp": [1.6e9], "callsign": ["SWR1"], "latitude": [47.5], "longitude": [8.5], "altitude": [5000]}
    ... )
    >>> read_frame(frame).tracks.callsign.tolist()
    ['SWR1']
    """
    columns = {str(name): frame[name] for name in frame.columns}
    asked = Asked(profile or Profile(), geoid_undulation_m, None, max_gap_s)
    return _table("data frame", [str(name) for name in frame.columns], _batches_of(columns), asked, None)


def _batches_of(columns: Mapping[str, Any]) -> Batches:
    def batches(wanted: Mapping[str, str], typed: bool) -> Iterator[pa.RecordBatch]:
        del typed
        return json_batches(columns, wanted)

    return batches


def _table(
    form: str,
    names: list[str],
    batches: Batches,
    asked: Asked,
    file: Path | None,
    notes: tuple[str, ...] = (),
    expected: int = 0,
) -> ReadResult:
    """A table of named columns: of this package, of a source that is known, or of any other."""
    if is_own(names):
        check_own_names(names, file)
        facts = column_names("track")
        wanted = {name: "word" if name in facts else "" for name in names}
        tracks = from_batches(one_ahead(batches(wanted, False)), names, file, expected)
        if not len(tracks):
            raise TracksError("holds no plots", file=file, mend="record at least one row below the column names")
        return ReadResult(tracks, counted(tracks, len(tracks)), notes, format=f"{form}, written by safetynets")
    found = interpret(names, asked.profile, VOCABULARIES, file)
    opened = Opened(f"{form}, {found.title}", tuple(names), found.columns, batches, notes, expected)
    return assemble(opened, asked, file)


def _parquet(look: Look, asked: Asked) -> ReadResult:
    source = look.source

    def batches(wanted: Mapping[str, str], typed: bool) -> Iterator[pa.RecordBatch]:
        del typed
        return parquet_batches(source, wanted)

    names, expected = parquet_names(source)
    return _table("Parquet", names, batches, asked, source.file, (), expected)


def _csv(look: Look, asked: Asked) -> ReadResult:
    dialect: Dialect = look.dialect

    def batches(wanted: Mapping[str, str], typed: bool) -> Iterator[pa.RecordBatch]:
        return csv_batches(look.source, dialect, wanted, typed=typed)

    notes = (f"written with {dialect.spelt}",) if dialect.spelt else ()
    return _table("CSV", list(dialect.names), batches, asked, look.source.file, notes)


def _json(look: Look, asked: Asked) -> ReadResult:
    source = look.source
    value = json_value(source)
    try:
        if (states := opensky.states_of(value)) is not None:
            return _known(f"{opensky.TITLE} (REST)", states, opensky.UNITS, asked, source.file)
        if (aircraft := readsb.aircraft_of(value)) is not None:
            return _known(aircraft[0], aircraft[1], readsb.UNITS, asked, source.file)
        if (flights := flightradar24.flights_of(value)) is not None:
            return _known(f"{flightradar24.TITLE} JSON", flights, flightradar24.UNITS, asked, source.file)
        if mode_s.is_decoded(value):
            return _known(mode_s.TITLE, mode_s.plots_of(value, source), mode_s.UNITS, asked, source.file)
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError) as error:
        raise TracksError(
            f"looks like a JSON of OpenSky, readsb, Flightradar24 or Mode S, and is not: {error}",
            file=source.file,
            mend="write it as that program does, or as a list of records",
        ) from error
    columns = table_of(value, source)
    return _table("JSON", list(columns), _batches_of(columns), asked, source.file)


def _archive(look: Look, asked: Asked) -> ReadResult:
    source = look.source
    title, _ = next(archive_columns(source))
    meanings = {name: Meaning(name, unit, title) for name, unit in readsb.UNITS.items()}

    def batches(wanted: Mapping[str, str], typed: bool) -> Iterator[pa.RecordBatch]:
        del typed
        for _, columns in archive_columns(source):
            yield from json_batches(columns, wanted)

    return assemble(Opened(f"archive, {title}", tuple(readsb.UNITS), meanings, batches), asked, source.file)


def _sbs(look: Look, asked: Asked) -> ReadResult:
    table = sbs.sbs_table(look.source)
    columns = {name: table[name] for name in table.column_names}
    return _known(sbs.TITLE, columns, sbs.UNITS, asked, look.source.file, (sbs.NOTE,))


def _igc(look: Look, asked: Asked) -> ReadResult:
    return _known(igc.TITLE, igc.igc_columns(look.source), igc.UNITS, asked, look.source.file)


def _mode_s(look: Look, asked: Asked) -> ReadResult:
    return _known(mode_s.TITLE, mode_s.raw_columns(look.source), mode_s.UNITS, asked, look.source.file)


def _asterix(look: Look, asked: Asked) -> ReadResult:
    from safetynets.recordings import asterix

    with look.source.opened() as stream:
        return asterix.read(
            look.source.file,
            date=asked.profile.date,
            editions=asked.profile.editions,
            radars=asked.profile.radar_positions,
            geoid_undulation_m=asked.geoid_undulation_m,
            max_gap_s=asked.max_gap_s,
            source=stream,
        ).result


_READERS: Mapping[str, Callable[[Look, Asked], ReadResult]] = {
    "parquet": _parquet,
    "asterix": _asterix,
    "csv": _csv,
    "json": _json,
    "archive": _archive,
    "sbs": _sbs,
    "igc": _igc,
    "mode_s": _mode_s,
}


def _known(
    title: str,
    columns: Mapping[str, Any],
    units: Mapping[str, str],
    asked: Asked,
    file: Path,
    notes: tuple[str, ...] = (),
) -> ReadResult:
    """A recording whose columns and units are fixed by its format."""
    meanings = {name: Meaning(name, units[name], title) for name in columns}

    def batches(wanted: Mapping[str, str], typed: bool) -> Iterator[pa.RecordBatch]:
        del typed
        if isinstance(next(iter(columns.values())), pa.ChunkedArray | pa.Array):
            yield from pa.table({name: columns[name] for name in wanted}).combine_chunks().to_batches()
        else:
            yield from json_batches(columns, wanted)

    return assemble(Opened(title, tuple(columns), meanings, batches, notes), asked, file)
