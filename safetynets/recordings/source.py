"""A recording as it lies on the disk: found, and unpacked within bounds."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, BinaryIO, cast

from safetynets.errors import TracksError

HEAD_BYTES = 1 << 16
"""So much of the content decides what a file is."""

BOMB_RATIO = 400
BOMB_BYTES = 1 << 27
"""A file that has unpacked to more than this, and to more than that many times its size, is no recording. Repetitive
recordings pack to a hundredth; gzip's bound is 1,032, those of xz and zstd lie far above."""

PACKINGS = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
}

JSON_ENDINGS = (".json", ".json.gz")
TAR_MAGIC, TAR_MAGIC_AT = b"ustar", 257

SPOILT = (
    EOFError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)
"""What the libraries raise for a damaged file, or for one in a way of packing that they do not know."""


class Bounded(io.RawIOBase):
    """A stream that is unpacked while it is read, and refuses to become absurdly large."""

    def __init__(self, stream: IO[bytes], packed_bytes: int, file: Path, packing: str) -> None:
        self._stream = stream
        self._bound = max(BOMB_BYTES, BOMB_RATIO * packed_bytes)
        self._file = file
        self._packing = packing
        self._read_bytes = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer with what comes next."""
        try:
            chunk = self._stream.read(len(buffer))
        except SPOILT as error:
            raise spoilt(error, self._file, self._packing) from error
        self._read_bytes += len(chunk)
        if self._read_bytes > self._bound:
            raise TracksError(
                f"unpacks to more than {self._bound >> 20:,} MiB, {BOMB_RATIO} times its size or more",
                file=self._file,
                mend="unpack it and look at it",
            )
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        """Close what is underneath, too."""
        if not self.closed:
            self._stream.close()
        super().close()


def spoilt(error: Exception, file: Path, packing: str) -> TracksError:
    """The error for a file that its packing shows to be damaged."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return TracksError(f"truncated or damaged {packing}: {reason}", file=file, mend="copy the file again")


@dataclass(frozen=True)
class Source:
    """One recording: its path, how it is packed, and the start of its content.

    Attributes
    ----------
    file
        The path as given.
    packing
        "gzip", "zip", "xz", "zstd", "bzip2", or "" for a plain file.
    member
        The file within a zip archive.
    holds_many
        Whether it is an archive, zip or tar, of many JSON files.
    """

    file: Path
    packing: str
    member: str = ""
    holds_many: bool = False

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The content from its start, unpacked."""
        with self.file.open("rb") as packed:
            if not self.packing:
                yield packed
                return
            try:
                content = self._unpacked(packed)
            except SPOILT as error:
                raise spoilt(error, self.file, self.packing) from error
            with io.BufferedReader(
                Bounded(content, self.file.stat().st_size, self.file, self.packing), 1 << 18
            ) as stream:
                yield cast(BinaryIO, stream)

    @cached_property
    def head(self) -> bytes:
        """The first bytes of the content."""
        with self.opened() as stream:
            return stream.read(HEAD_BYTES)

    @property
    def tail(self) -> bytes:
        """The last four bytes of the file as it lies there."""
        with self.file.open("rb") as packed:
            packed.seek(-min(4, self.file.stat().st_size), 2)
            return packed.read()

    def whole(self) -> bytes:
        """All of the content."""
        with self.opened() as stream:
            return stream.read()

    def _unpacked(self, packed: BinaryIO) -> IO[bytes]:
        if self.packing == "gzip":
            return cast(IO[bytes], gzip.GzipFile(fileobj=packed))
        if self.packing == "bzip2":
            return cast(IO[bytes], bz2.BZ2File(packed))
        if self.packing == "xz":
            return cast(IO[bytes], lzma.LZMAFile(packed))
        if self.packing == "zip":
            return zipfile.ZipFile(packed).open(self.member)
        import pyarrow as pa

        return cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd"))


def find(path: str | Path) -> Source:
    """The recording at a path.

    Raises
    ------
    TracksError
        When there is no file, it may not be read, it is empty, or its packing is damaged.
    """
    file = Path(path)
    try:
        if file.is_dir():
            raise TracksError("is a folder, not a recording", file=file, mend="name one file in it")
        if not file.is_file():
            raise TracksError("no such file", file=file, mend="check the path")
        with file.open("rb") as stream:
            start = stream.read(8)
    except PermissionError:
        raise TracksError("may not be read", file=file, mend="check its permissions") from None
    except (OSError, ValueError) as error:
        raise TracksError(f"cannot be read: {error}", file=file, mend="check the path") from None
    packing = next((name for magic, name in PACKINGS.items() if start.startswith(magic)), "")
    names = _names(file) if packing == "zip" else []
    if len(names) > 1:
        return Source(file, packing, holds_many=True)
    source = Source(file, packing, names[0] if names else "")
    if source.head[TAR_MAGIC_AT:].startswith(TAR_MAGIC):
        return Source(file, packing, holds_many=True)
    if not source.head.strip():
        raise TracksError("is empty", file=file, mend="record at least one plot")
    return source


def _names(file: Path) -> list[str]:
    """The file in a zip archive, or the many JSON files in it."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir() and "__MACOSX" not in one.filename]
    except SPOILT as error:
        raise spoilt(error, file, "zip") from None
    if len(names) != 1 and not (names and all(name.endswith(JSON_ENDINGS) for name in names)):
        shown = f": {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}" if names else ""
        raise TracksError(f"holds {len(names)} files{shown}", file=file, mend="pack one recording, or unpack it")
    return names
