"""TOML and JSON as they come from a user: bounded in size, nesting and length before a parser sees them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetynets.errors import InputError

LARGEST_TOML_BYTES = 2_000_000
"""`tomllib` takes up to 300 bytes of memory a byte of text: that many bytes of tables stay below 1 GB."""
LARGEST_JSON_BYTES = 500_000_000
DEEPEST = 32
"""Lists and tables in each other; no file of this package needs more than six."""
MOST_KEY_PARTS = 8
"""Parts of a dotted key: `tomllib` takes memory with their square."""
MOST_DOTS = 100_000
"""Of all keys and headers of a text: each costs `tomllib` a kilobyte."""
LARGEST_INTEGER = 2**63 - 1
"""What TOML 1.0 asks of a reader; Python itself has no bound."""
TOO_LONG = "an integer is too long: 64 bits are the most"

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^']|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\n]|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+"
    r"|[\[\]{}=,\n]"
    r"|[^\"'#\[\]{}=,\n]++",
    re.DOTALL,
)


def parse_toml(text: str) -> dict[str, Any]:
    r"""The tables of a TOML text.

    Raises
    ------
    ValueError
        For a text that is not TOML, is too large, nests too deep, has a key of too many parts or too large an integer.

    Examples
    --------
    >>> parse_toml("[msaw]\nlook_ahead_s = 30.0")
    {'msaw': {'look_ahead_s': 30.0}}
    """
    if len(text) > LARGEST_TOML_BYTES:
        raise ValueError(f"more than {LARGEST_TOML_BYTES / 1e6:g} MB of text")
    _bound(text)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:  # Python converts no integer of more than 4300 digits
        raise ValueError(TOO_LONG) from None
    _bound_integers(tables)
    return tables


def _bound(text: str) -> None:
    """Refuse what nests too deep and keys of too many parts, in one pass that never goes back."""
    depth = dots = all_dots = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in "\"'#":
            continue
        if first in "[]{}=,\n":
            depth += (first in "[{") - (first in "]}")
            dots = 0
        else:
            more = token[0].count(".")
            dots += more
            all_dots += more if not token[0].lstrip(" \t\r+-")[:1].isdigit() else 0
        if depth > DEEPEST:
            raise ValueError(f"nests deeper than {DEEPEST} lists and tables ({_line(text, token.start())})")
        if all_dots > MOST_DOTS:
            raise ValueError(f"more than {MOST_DOTS:,} dots in its keys ({_line(text, token.start())})")
        if dots >= MOST_KEY_PARTS:
            raise ValueError(f"a key of more than {MOST_KEY_PARTS} parts ({_line(text, token.start())})")


def _line(text: str, place: int) -> str:
    return f"line {text.count(chr(10), 0, place) + 1}"


def _bound_integers(value: Any) -> None:
    if isinstance(value, Mapping):
        for item in value.values():
            _bound_integers(item)
    elif isinstance(value, list):
        for item in value:
            _bound_integers(item)
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError(TOO_LONG)


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises
    ------
    ValueError
        For a text that is not JSON or nests too deep.

    Examples
    --------
    >>> parse_json("[1, null]")
    [1, None]
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nests too deep") from None


def read_toml(
    file: Path, refusal: type[InputError], mend: str = "mend the line named", missing: str = "check the path"
) -> tuple[dict[str, Any], str]:
    """The tables of a TOML file, and its text.

    Parameters
    ----------
    file
        The file; no more of it is read than a TOML file may have.
    refusal
        The class of the error.
    mend
        What to do about a text that is not TOML.
    missing
        What to do about a file that is not there.

    Raises
    ------
    InputError
        As `refusal`: where the file cannot be read, is not UTF-8 text, or `parse_toml` refuses it.
    """
    try:
        text = _bounded(file, LARGEST_TOML_BYTES).decode("utf-8-sig")
        return parse_toml(text), text
    except FileNotFoundError:
        raise refusal("there is no such file", file=file, mend=missing) from None
    except OSError as error:
        raise refusal(f"cannot be read ({error.strerror})", file=file, mend="check the path") from None
    except UnicodeDecodeError as error:
        told = f"cannot be read: not UTF-8 text (byte {error.start})"
        raise refusal(told, file=file, mend="save it as UTF-8") from None
    except ValueError as error:
        raise refusal(f"not valid TOML: {error}", file=file, mend=mend) from None


def read_json(file: Path) -> Any:
    """The value of a JSON file.

    Raises
    ------
    OSError
        Where it cannot be read.
    ValueError
        For a file that is too large, not UTF-8 text, not JSON or nests too deep.
    """
    return parse_json(_bounded(file, LARGEST_JSON_BYTES))


def _bounded(file: Path, largest_bytes: int) -> bytes:
    """The content of a file, refused where there is more of it; a device that never ends is refused too."""
    with file.open("rb") as opened:
        content = opened.read(largest_bytes + 1)
    if len(content) > largest_bytes:
        raise ValueError(f"more than {largest_bytes / 1e6:g} MB")
    return content
