"""Which plot belongs to which track: one aircraft is one track, however its address and call sign are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.tracks.flat import changes

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Words = NDArray[np.object_]
Order = NDArray[np.intp]

GARBLED_PLOTS = 2
"""No more plots in a row than this carry a garbled call sign (simulator default)."""
SURE_TIMES = 5
"""A call sign is garbled only beside one that this many times as many plots in a row carry (simulator default)."""


def tidy_address(word: Any) -> str:
    """A 24-bit address as six small hexadecimal digits; what is none is kept as it came.

    >>> tidy_address(" 4B0FFF"), tidy_address("0x4b0fff"), tidy_address(4840.0), tidy_address(None)
    ('4b0fff', '4b0fff', '004840', '')
    """
    text = "" if word is None else str(word).strip().lower().removesuffix(".0").removeprefix("0x")
    if text in ("nan", "none"):
        return ""
    return text.zfill(6) if re.fullmatch(r"[0-9a-f]{1,6}", text) else text


def tidy_callsign(word: Any) -> str:
    """A call sign in capitals, without the blanks, underscores and other signs it may be padded with.

    >>> tidy_callsign("tst14__"), tidy_callsign("TST14   "), tidy_callsign("@@@@@@@@")
    ('TST14', 'TST14', '')
    """
    return "" if word is None else str(word).strip(" \t\r\n\0_@#?").upper()


def tidy_flight(word: Any) -> str:
    """The name or number of a flight or track, as text.

    >>> tidy_flight(14.0), tidy_flight("SWR14_001 ")
    ('14', 'SWR14_001')
    """
    text = "" if word is None else str(word).strip()
    return text.removesuffix(".0") if re.fullmatch(r"-?\d+\.0", text) else text


def tidy_squawk(code: Any) -> str:
    """An SSR code as four digits, whatever became of its leading zeros.

    >>> tidy_squawk(20.0), tidy_squawk("7000")
    ('0020', '7000')
    """
    text = "" if code is None else str(code).strip().removesuffix(".0")
    return text.zfill(4) if text.isdigit() else "" if text.lower() == "nan" else text


@dataclass(frozen=True)
class Identified:
    """The plots of a recording by track.

    Attributes
    ----------
    order
        The plots in the order of (icao24, callsign, flight, time); None where they came in it.
    track
        The number of the track of each plot, in that order.
    icao24, callsign
        The code of each track's address and call sign.
    filled, garbled
        How many plots were given the call sign of their aircraft because they had none, or a garbled one.
    """

    order: Order | None
    track: Codes
    icao24: Codes
    callsign: Codes
    filled: int
    garbled: int


def owners(icao24: Codes, callsign: Codes, flight: Codes) -> Codes:
    """A number for the aircraft of each plot: by its address, else by its call sign, else by its flight."""
    if not len(icao24) or icao24.min() > 0:
        return icao24
    calls, flights = int(icao24.max()) + 1, int(icao24.max()) + int(callsign.max()) + 2
    return np.where(icao24 > 0, icao24, np.where(callsign > 0, calls + callsign, flights + flight)).astype(np.int32)


def identify(time_s: Floats, icao24: Codes, callsign: Codes, flight: Codes, max_gap_s: float) -> Identified:
    """The tracks of plots in any order: what one (icao24, callsign) sends without a silence longer than `max_gap_s`.

    A plot without call sign takes the last one of its aircraft within that time, or else the next. Two plots or fewer
    in a row that carry another call sign than many before or after them carry a garbled one, and take that of the many.
    The codes number the words in alphabetical order; 0 is none.
    """
    owner = owners(icao24, callsign, flight)
    order = _grouped(owner, time_s)
    owner, address, call, name, time = (_taken(values, order) for values in (owner, icao24, callsign, flight, time_s))
    filled = _with_callsign(time, address, call, max_gap_s)
    clean = _without_garbled(time, address, filled, max_gap_s)
    was_empty, was_garbled = int((filled != call).sum()), int((clean != filled).sum())
    begins = np.flatnonzero(changes(owner, clean))
    lengths = np.diff(np.append(begins, len(owner)))
    runs = np.column_stack(
        [address[begins], clean[begins], np.where(address[begins] + clean[begins] == 0, name[begins], 0)]
    )
    _, rank = np.unique(runs, axis=0, return_inverse=True)
    rank = rank.reshape(-1)
    del owner, call, name, filled, runs  # of a long recording hundreds of megabytes
    again = None
    if (np.diff(rank) < 0).any():
        turn = np.argsort(rank, kind="stable")
        again = np.repeat(begins[turn] - np.concatenate([[0], np.cumsum(lengths[turn])[:-1]]), lengths[turn])
        again += np.arange(len(again))
        rank, lengths = rank[turn], lengths[turn]
        time, address, clean = time[again], address[again], clean[again]
    new = np.ones(len(time), dtype=bool)
    new[1:] = time[1:] - time[:-1] > max_gap_s
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    new[starts[np.diff(rank, prepend=-1) != 0]] = True
    whole = again if order is None else order if again is None else order[again]
    return Identified(
        whole,
        np.cumsum(new, dtype=np.int32) - np.int32(1),
        address[new],
        clean[new],
        was_empty,
        was_garbled,
    )


def ssr_codes(track: Codes, words: Words, code: Codes) -> tuple[Words, int]:
    """The SSR code that most plots of each track carry (0 is none; of equals the first in order), and how many change.

    >>> track, code = np.array([0, 0, 0], dtype=np.int32), np.array([1, 2, 2], dtype=np.int32)
    >>> ssr_codes(track, np.array(["", "1000", "7000"], dtype=object), code)
    (array(['7000'], dtype=object), 1)
    """
    begins = np.flatnonzero(changes(track, code))
    plots = np.diff(np.append(begins, len(track)))
    sent = code[begins] != 0
    begins, plots = begins[sent], plots[sent]
    pair, place = np.unique(track[begins].astype(np.int64) * len(words) + code[begins], return_inverse=True)
    plots = np.bincount(place, weights=plots, minlength=len(pair))
    owner, code_of_pair = pair // len(words), pair % len(words)
    result = np.full(int(track[-1]) + 1, "", dtype=object)
    rising = np.lexsort((-code_of_pair, plots))
    result[owner[rising]] = words[code_of_pair[rising]]
    return result, int((np.unique(owner, return_counts=True)[1] > 1).sum())


def _taken(values: NDArray[Any], order: Order | None) -> NDArray[Any]:
    return values if order is None else values[order]


def _grouped(owner: Codes, time_s: Floats) -> Order | None:
    """The order by (owner, time), plots at one time as they came; None where they came in it."""
    rising = np.diff(owner)
    if not (rising < 0).any():
        order = None
        within = ((rising != 0) | (np.diff(time_s) >= 0)).all()
    else:
        small = owner.astype(np.uint16) if owner.max() < 1 << 16 else owner
        order = np.argsort(small, kind="stable")
        within = ((np.diff(owner[order]) != 0) | (np.diff(time_s[order]) >= 0)).all()
    return order if within else np.lexsort((time_s, owner))


def _with_callsign(time_s: Floats, address: Codes, callsign: Codes, max_gap_s: float) -> Codes:
    """Call signs with the gaps filled from the last plot of the same aircraft, or else from the next."""
    if not ((callsign == 0) & (address != 0)).any():
        return callsign
    filled = callsign.copy()
    for direction in (slice(None), slice(None, None, -1)):
        words, owner, time = filled[direction], address[direction], time_s[direction]
        source = np.maximum.accumulate(np.where(words != 0, np.arange(len(words)), 0))
        near = (owner != 0) & (owner[source] == owner) & (np.abs(time - time[source]) <= max_gap_s)
        filled[direction] = np.where((words == 0) & near, words[source], words)
    return filled


def _without_garbled(time_s: Floats, address: Codes, callsign: Codes, max_gap_s: float) -> Codes:
    """Call signs, where a garbled one is that of the many plots before it, or else after it."""
    begins = np.flatnonzero(changes(address, callsign))
    if len(begins) < 2 or not (np.diff(address[begins]) == 0).any():
        return callsign
    ends = np.append(begins[1:], len(address)) - 1
    plots, owner = ends - begins + 1, address[begins]
    short = (plots <= GARBLED_PLOTS) & (owner != 0)
    word = callsign[begins].copy()
    for step in (1, -1):
        near = np.zeros(len(begins), dtype=bool)
        there, here = (slice(None, -1), slice(1, None)) if step == 1 else (slice(1, None), slice(None, -1))
        pause = time_s[begins[1:]] - time_s[ends[:-1]] <= max_gap_s
        near[here] = pause & (owner[there] == owner[here]) & (plots[there] >= SURE_TIMES * plots[here])
        taken = short & near & (word == callsign[begins])
        word[here] = np.where(taken[here], callsign[begins][there], word[here])
    return np.repeat(word, plots)
