"""Which plots of an ASTERIX recording are one track: by track number, or else by address or call sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safetynets.kernel_cache import njit
from safetynets.recordings.asterix.columns import Columns
from safetynets.recordings.asterix.plots import DTYPES
from safetynets.tracks.rows import Words
from safetynets.tracks.table import Tracks, column_names

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]

BY_NUMBER, BY_ADDRESS, BY_CALLSIGN = range(3)

FACTS = {"flight_rules": "rules", "aircraft_type": "type", "wake": "wake", "departure": "departure"} | {
    "destination": "destination",
    "runway": "runway",
}
"""What is known of a track, and the word that says so."""


def tracks_of(
    plots: Columns, words: dict[str, Words], max_gap_s: float, geoid_undulation_m: float | None
) -> tuple[Tracks, int]:
    """Tracks from the plots of a recording in any order, and how many plots were left out for want of an identity.

    A track is what one source sends under one track number, or without one from one address, or else under one call
    sign; a silence longer than `max_gap_s`, another address, another call sign and the end that the source reports
    begin a new one. The call sign is that of the flight plan, or else the one that the aircraft sends. Each other fact
    is what most plots of the track say. Tracks are numbered in the order of (icao24, call sign, time).
    """
    identity = identity_of(plots.look)
    named = np.flatnonzero(identity >= 0)
    anonymous = len(identity) - len(named)
    encoded = pa.array(identity[named] if anonymous else identity).dictionary_encode()
    key = np.asarray(encoded.indices.to_numpy(zero_copy_only=False)).astype(np.int32)
    order = sorted_by(key, len(encoded.dictionary))
    del identity
    key = key[order]
    if anonymous:
        order = named[order]
    del named
    time_s = plots.look("time_s")[order]
    if out_of_order(key, time_s):
        again = np.lexsort((time_s, key))
        order, key, time_s = order[again], key[again], time_s[again]
    icao24_sent, plan, target, last = (plots.take(name)[order] for name in ("icao24", "plan", "target", "last"))
    plots.take("number"), plots.take("source")
    begins = np.zeros(len(key), dtype=np.bool_)
    found = np.zeros((3, len(key)), dtype=np.int32)
    known = nothing_known(len(encoded.dictionary))
    count = new_tracks(key, time_s, icao24_sent, plan, target, last, max_gap_s, known, begins, found)
    starts = np.append(np.flatnonzero(begins), len(key))
    icao24, callsign = _names(found[:, :count], words)
    rank = np.lexsort((time_s[starts[:-1]], callsign.astype(str), icao24.astype(str)))
    lengths = np.diff(starts)[rank]
    rows = np.repeat(starts[rank] - np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64), lengths)
    rows += np.arange(len(rows))
    order = order[rows]
    del rows, key, time_s, begins, found, icao24_sent, plan, target, last
    track = np.repeat(np.arange(count, dtype=np.int32), lengths)
    flights: dict[str, NDArray[Any]] = {"icao24": icao24[rank], "callsign": callsign[rank]}
    codes = most_frequent(track, plots.take("ssr")[order].astype(np.int32) + 1, count, 4097)
    flights["ssr_code"] = np.array(["", *(f"{code:04o}" for code in range(4096))], dtype=object)[codes]
    for fact, word in FACTS.items():
        spelled, of_plot = words[word].words, plots.take(word)
        if len(spelled) > 1:
            flights[fact] = spelled[most_frequent(track, of_plot[order], count, len(spelled))]
    height_ft = plots.take("ellipsoid_height_ft")[order]
    taken: dict[str, NDArray[Any]] = {"track": track}
    for name in column_names("plot"):
        if name == "time_s" or (name in DTYPES and plots.known(name)):
            taken[name] = plots.take(name)[order]
    if geoid_undulation_m is not None:
        from safetynets.geodesy import mean_sea_level_altitude_ft

        taken["geometric_altitude_ft"] = mean_sea_level_altitude_ft(height_ft, geoid_undulation_m)
    return Tracks.taking(taken, flights), anonymous


def identity_of(look: Callable[[str], NDArray[Any]]) -> Places:
    """A number for what each plot is a plot of: source, kind of identity and value; -1 where there is none.

    `look` gives a column of the plots by its name.
    """
    source = look("source").astype(np.int64) + 1 << 34
    identity = np.full(len(source), -1, dtype=np.int64)
    plan, target, icao24, number = (look(name) for name in ("plan", "target", "icao24", "number"))
    callsign = np.where(plan > 0, plan.astype(np.int64) << 1 | 1, target.astype(np.int64) << 1)
    for kind, value, known in (
        (BY_CALLSIGN, callsign, callsign > 1),
        (BY_ADDRESS, icao24, icao24 > 0),
        (BY_NUMBER, number, number >= 0),
    ):
        identity = np.where(known, source | kind << 32 | value, identity)
    return identity


def _names(found: Codes, words: dict[str, Words]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Address and call sign of each track, from what was found of them."""
    icao24 = np.array([f"{code:06x}" if code > 0 else "" for code in found[0].tolist()], dtype=object)
    plan, target = words["plan"].words[found[1]], words["target"].words[found[2]]
    return icao24, np.where(found[1] > 0, plan, target)


@njit(cache=True, nogil=True)
def sorted_by(key: Codes, keys: int) -> Places:
    """The order of the rows by key, those of one key in the order in which they came."""
    place = np.zeros(keys + 1, dtype=np.int64)
    for k in key:
        place[k + 1] += 1
    for k in range(keys):
        place[k + 1] += place[k]
    order = np.empty(len(key), dtype=np.int64)
    for i in range(len(key)):
        order[place[key[i]]] = i
        place[key[i]] += 1
    return order


@njit(cache=True, nogil=True)
def out_of_order(key: Codes, time_s: Floats) -> bool:
    """Whether a row is earlier than the one before it of the same key."""
    for i in range(1, len(key)):  # noqa: SIM110 numba compiles the loop
        if key[i] == key[i - 1] and time_s[i] < time_s[i - 1]:
            return True
    return False


class Known(NamedTuple):
    """What is known of each identity from its plots up to now: of the last whether it ends the track, and when it was.

    The rows of `names` are the address, the plan's and the target's call sign that its track has shown; 0 for none.
    """

    last_s: Floats
    ended: Flags
    names: Codes


def nothing_known(keys: int) -> Known:
    """What is known of so many identities before their first plot."""
    return Known(np.full(keys, np.nan), np.zeros(keys, dtype=np.bool_), np.zeros((3, keys), dtype=np.int32))


@njit(cache=True, nogil=True)
def new_tracks(
    key: Codes,
    time_s: Floats,
    icao24: Codes,
    plan: Codes,
    target: Codes,
    last: Flags,
    max_gap_s: float,
    known: Known,
    begins: Flags,
    found: Codes,
) -> int:
    """Find which rows begin a track, and address and call signs of each; return how many begin.

    The rows of a key are in the order of time. `known` is what was known of the keys before, and is brought up to date.
    """
    count = 0
    names = known.names
    for i in range(len(key)):
        k = key[i]
        new = np.isnan(known.last_s[k]) or time_s[i] - known.last_s[k] > max_gap_s or known.ended[k]
        if not new:
            new = icao24[i] > 0 and names[0, k] > 0 and icao24[i] != names[0, k]
            if plan[i] > 0 and names[1, k] > 0:
                new = new or plan[i] != names[1, k]
            elif plan[i] == 0 and names[1, k] == 0 and target[i] > 0 and names[2, k] > 0:
                new = new or target[i] != names[2, k]
        if new:
            begins[i] = True
            names[0, k], names[1, k], names[2, k] = 0, 0, 0
            count += 1
        if icao24[i] > 0:
            names[0, k] = icao24[i]
        if plan[i] > 0:
            names[1, k] = plan[i]
        if target[i] > 0:
            names[2, k] = target[i]
        known.last_s[k], known.ended[k] = time_s[i], last[i]
        if count > 0:
            for name in range(3):
                found[name, count - 1] = names[name, k]
    return count


@njit(cache=True, nogil=True)
def most_frequent(track: Codes, code: Codes, tracks: int, codes: int) -> Codes:
    """The code that most rows of each track have, 0 aside; of those equally frequent the lowest. Sorted by track."""
    plots = np.zeros(codes, dtype=np.int32)
    result = np.zeros(tracks, dtype=np.int32)
    start = 0
    while start < len(track):
        end = start
        best = 0
        while end < len(track) and track[end] == track[start]:
            one = code[end]
            plots[one] += 1
            if one > 0 and (plots[one] > plots[best] or best == 0 or (plots[one] == plots[best] and one < best)):
                best = one
            end += 1
        result[track[start]] = best
        for i in range(start, end):
            plots[code[i]] = 0
        start = end
    return result
