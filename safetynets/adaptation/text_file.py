"""Text files as people have them: UTF-8 or the Windows code page, with their line numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from safetynets.errors import AdaptationError


def text_of(content: bytes, file: Path) -> str:
    """The text of a file in UTF-8, or in the Windows code page 1252 where it is no UTF-8.

    Raises
    ------
    AdaptationError
        For UTF-16 and for bytes that are no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise AdaptationError("the file is UTF-16", file=file, mend="save it as UTF-8")
    if b"\0" in content:
        raise AdaptationError("the file holds bytes that are no text", file=file, mend="give a text file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lines_of(content: bytes, file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers, from 1."""
    return enumerate(text_of(content, file).splitlines(), start=1)
