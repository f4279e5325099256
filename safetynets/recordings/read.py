"""`read_tracks`: one call for every format a recording may come in."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa

from safetynets.errors import TracksError
from safetynets.recordings.assemble import assemble
from safetynets.recordings.csv_file import csv_batches, csv_names
from safetynets.recordings.files import check_file
from safetynets.recordings.json_file import json_batches, json_frame
from safetynets.recordings.names import RECORDING, check_names, is_own
from safetynets.recordings.parquet_file import parquet_batches, parquet_names
from safetynets.recordings.result import ReadResult, counted
from safetynets.tracks.flat import check_own_names, from_batches

if TYPE_CHECKING:
    import pandas as pd

FORMATS = {".parquet": "Parquet", ".csv": "CSV", ".json": "JSON"}
"""The extensions that are read; each may be followed by `.gz`."""

GZIP_MAGIC = b"\x1f\x8b"
PARQUET_MAGIC = b"PAR1"

Opened = tuple[Iterator[pa.RecordBatch], list[str]]
"""The batches of a recording, and the names of all its columns."""


def read_tracks(path: str | Path, *, geoid_undulation_m: float | None = None, max_gap_s: float = 600.0) -> ReadResult:
    r"""Read a recording: CSV, Parquet or pandas-JSON (list of records or object of columns), each also gzipped.

    The columns are those of `names.RECORDING`, or those of `Tracks` in a file that this package wrote. `geoaltitude` is
    above the ellipsoid and becomes `geometric_altitude_ft` only with the height of the geoid above it,
    `geoid_undulation_m`. A silence longer than `max_gap_s` (simulator default) begins a new track. Parquet and CSV are
    read piece by piece.

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
    file = Path(path)
    check_file(file)
    known = _format_by_extension(file)
    try:
        with file.open("rb") as opened:
            source = _unzipped(opened, known)
            _check_content(source, known, file)
            batches, names = _OPENED[known](source, file)
            if not is_own(names):
                return assemble(
                    batches, names=names, file=file, geoid_undulation_m=geoid_undulation_m, max_gap_s=max_gap_s
                )
            tracks = from_batches(batches, names, file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise TracksError(f"truncated or damaged gzip: {error}", file=file, mend="copy the file again") from error
    if not len(tracks):
        raise TracksError("holds no plots", file=file, mend="record at least one row below the column names")
    return ReadResult(tracks, counted(tracks, len(tracks)), ())


def read_frame(frame: pd.DataFrame, *, geoid_undulation_m: float | None = None, max_gap_s: float = 600.0) -> ReadResult:
    """Tracks from a data frame with the columns of a recording, such as `traffic` holds; see `read_tracks`.

    Raises
    ------
    TracksError
        As `read_tracks`; the rows are counted from 1.
    """
    names = [str(name) for name in frame.columns]
    check_names(names, None)
    batches = json_batches(frame, [name for name in names if name in RECORDING])
    return assemble(batches, names=names, geoid_undulation_m=geoid_undulation_m, max_gap_s=max_gap_s)


def _format_by_extension(file: Path) -> str:
    suffixes = [suffix.lower() for suffix in file.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    if not suffixes or suffixes[-1] not in FORMATS:
        raise TracksError(
            f"unknown extension {file.suffix!r}",
            file=file,
            mend=f"give one of {', '.join(FORMATS)}, each also with .gz",
        )
    return FORMATS[suffixes[-1]]


def _unzipped(opened: BinaryIO, known: str) -> BinaryIO:
    """The file itself, or what is in it if it is gzipped: CSV as it is needed, the others whole."""
    start = opened.read(2)
    opened.seek(0)
    if start != GZIP_MAGIC:
        return opened
    unzipped = gzip.GzipFile(fileobj=opened)
    return cast(BinaryIO, unzipped) if known == "CSV" else BytesIO(unzipped.read())


def _check_content(source: BinaryIO, known: str, file: Path) -> None:
    start = source.read(4096)
    if not start.strip():
        raise TracksError("is empty", file=file, mend="record at least one plot")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(PARQUET_MAGIC):
        found = "Parquet"
    elif b"\x00" in start:
        found = "binary data"
    elif text[:1] in (b"{", b"["):
        found = "JSON"
    else:
        found = "CSV"
    if found != known:
        holds = "text that is no JSON" if (known, found) == ("JSON", "CSV") else found
        raise TracksError(
            f"named as {known} but holds {holds}",
            file=file,
            mend=f"write it as {known}" + (f" or name it {_extension(found)}" if found in FORMATS.values() else ""),
        )


def _extension(name: str) -> str:
    return next(extension for extension, format_name in FORMATS.items() if format_name == name)


def _wanted(names: Sequence[str], file: Path) -> list[str]:
    """The columns to read, once their names have been checked."""
    if is_own(names):
        check_own_names(names, file)
        return list(names)
    check_names(names, file)
    return [name for name in names if name in RECORDING]


def _open_parquet(source: BinaryIO, file: Path) -> Opened:
    names = parquet_names(source, file)
    return parquet_batches(source, _wanted(names, file), file), names


def _open_csv(source: BinaryIO, file: Path) -> Opened:
    names = csv_names(source, file)
    return csv_batches(source, _wanted(names, file), file), names


def _open_json(source: BinaryIO, file: Path) -> Opened:
    source.seek(0)
    frame = json_frame(source.read(), file)
    names = [str(name) for name in frame.columns]
    return json_batches(frame, _wanted(names, file)), names


_OPENED = {"Parquet": _open_parquet, "CSV": _open_csv, "JSON": _open_json}
