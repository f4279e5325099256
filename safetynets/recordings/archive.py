"""Archives of many JSON files, zip or tar: the traces of a day as readsb keeps them, one file an aircraft."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import chain, islice
from typing import IO, Any, cast

from safetynets.errors import TracksError
from safetynets.recordings import readsb
from safetynets.recordings.source import JSON_ENDINGS, SPOILT, Bounded, Source, spoilt
from safetynets.text_files import parse_json

FILES_AT_A_TIME = 200
GZIP_MAGIC = b"\x1f\x8b"
MEND = "unpack it and name one recording; of archives only those of readsb's JSON files are read"


def archive_columns(source: Source) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    """What the files of an archive are and their columns, some files at a time.

    Raises
    ------
    TracksError
        When the archive is damaged, or a file in it is no trace and no `aircraft.json` of readsb.
    """
    values = _values(source)
    while some := list(islice(values, FILES_AT_A_TIME)):
        found = readsb.aircraft_of([value for _, value in some])
        if found is None:
            name = next((name for name, value in some if readsb.aircraft_of(value) is None), some[0][0])
            raise TracksError("is no trace and no aircraft.json of readsb", file=source.file, where=name, mend=MEND)
        yield found


def _values(source: Source) -> Iterator[tuple[str, Any]]:
    for name, content in _contents(source):
        try:
            yield name, parse_json(content.decode())
        except (ValueError, UnicodeError) as error:
            raise TracksError(f"not readable as JSON: {error}", file=source.file, where=name, mend=MEND) from None


def _contents(source: Source) -> Iterator[tuple[str, bytes]]:
    """The name and the content of each JSON file, unpacked."""
    files = _zipped(source) if source.packing == "zip" else _of_tar(source)
    try:
        first = next(files, None)
        if first is None:
            raise TracksError("is an archive without a JSON file", file=source.file, mend=MEND)
        for name, content in chain([first], files):
            if content.startswith(GZIP_MAGIC):
                inner = gzip.GzipFile(fileobj=io.BytesIO(content))
                content = _read(cast(IO[bytes], inner), len(content), source)
            yield name, content
    except (tarfile.TarError, *SPOILT) as error:
        if isinstance(error, TracksError):
            raise
        raise spoilt(error, source.file, "archive") from error


def _zipped(source: Source) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source.file) as archive:
        for one in archive.infolist():
            if _is_wanted(one.filename):
                yield one.filename, _read(archive.open(one), one.compress_size, source)


def _of_tar(source: Source) -> Iterator[tuple[str, bytes]]:
    with source.opened() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for one in archive:
            if one.isfile() and _is_wanted(one.name) and (file := archive.extractfile(one)) is not None:
                yield one.name, file.read()


def _read(stream: IO[bytes], packed_bytes: int, source: Source) -> bytes:
    with io.BufferedReader(Bounded(stream, packed_bytes, source.file, "archive")) as bounded:
        return bounded.read()


def _is_wanted(path: str) -> bool:
    """Whether a file of an archive is JSON; a `trace_recent` repeats the end of the `trace_full` beside it."""
    name = path.rpartition("/")[2]
    return name.endswith(JSON_ENDINGS) and not name.startswith(("trace_recent", ".")) and "__MACOSX" not in path
