"""How a whole file is damaged: bits, bytes, words, lines, and parts of another file."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

TOKENS = (
    b"",
    b"nan",
    b"-inf",
    b"1e400",
    b"-0",
    b"9" * 40,
    b"99999999999999999999",
    b"2147483648",
    b"-1",
    b"0.1e-320",
    b"true",
    b"null",
    b"{}",
    b"[]",
    b"[[",
    b"}",
    b'"',
    b'""',
    b"'''",
    b"\\u0000",
    b"\\ud800",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x00",
    b"\n",
    b"\r",
    b"\t",
    b";",
    b",,",
    b"1_000",
    b"\xd9\xa1\xd9\xa2",
    b"../../x",
    b"/dev/null",
    b"file:///x",
    b"=1+1",
    b"2023-02-30T25:61:61Z",
    b"0000-00-00",
    b"1970-01-01",
    b"a" * 300,
    b"%s%n",
    b"${x}",
    b"<!ENTITY x 'y'>",
)
Harm = Callable[[bytearray, bytes, Random], None]
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
WORD = re.compile(rb"[A-Za-z_]{2,}")


def damaged(whole: bytes, other: bytes, random: Random) -> bytes:
    """The file after one to four injuries; `other` is a file of which parts may come in."""
    content = bytearray(whole)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        if not content:
            content = bytearray(random.choice(TOKENS))
            continue
        _HARMS[random.randrange(len(_HARMS))](content, other, random)
    return bytes(content)


def _place(content: bytearray, random: Random) -> int:
    return random.randrange(len(content))


def _flip(content: bytearray, _: bytes, random: Random) -> None:
    for _each in range(random.choice((1, 2, 8))):
        content[_place(content, random)] ^= 1 << random.randrange(8)


def _byte(content: bytearray, _: bytes, random: Random) -> None:
    content[_place(content, random)] = random.randrange(256)


def _token(content: bytearray, _: bytes, random: Random) -> None:
    place = _place(content, random)
    content[place : place + random.choice((0, 1, 4))] = random.choice(TOKENS)


def _replaced(pattern: re.Pattern[bytes]) -> Harm:
    def harm(content: bytearray, _: bytes, random: Random) -> None:
        found = list(pattern.finditer(bytes(content)))
        if found:
            one = random.choice(found)
            another = random.choice(found)[0] if random.random() < 0.4 else random.choice(TOKENS)
            content[one.start() : one.end()] = another

    return harm


def _cut(content: bytearray, _: bytes, random: Random) -> None:
    place = _place(content, random)
    del content[place : place + random.choice((1, 3, 20, len(content)))]


def _doubled(content: bytearray, _: bytes, random: Random) -> None:
    place = _place(content, random)
    part = content[place : place + random.choice((1, 10, 100, 1000))]
    content[place:place] = part * random.choice((1, 2, 30))


def _spliced(content: bytearray, other: bytes, random: Random) -> None:
    if other:
        start = random.randrange(len(other))
        place = _place(content, random)
        content[place : place + random.choice((0, 50))] = other[start : start + random.choice((5, 50, 500))]


def _lines(content: bytearray, _: bytes, random: Random) -> None:
    lines = bytes(content).split(b"\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(3):
        case 0:
            lines[first], lines[second] = lines[second], lines[first]
        case 1:
            lines.insert(first, lines[second])
        case 2:
            del lines[first]
    content[:] = b"\n".join(lines)


_HARMS = (
    _flip,
    _byte,
    _token,
    _token,
    _replaced(NUMBER),
    _replaced(NUMBER),
    _replaced(WORD),
    _cut,
    _doubled,
    _spliced,
    _lines,
)
