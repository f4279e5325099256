"""The tracks of plots as they come, each with a number, and what its flight has said up to now."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.geodesy import mean_sea_level_altitude_ft
from safetynets.live.order import PlotColumns
from safetynets.recordings.asterix.identity import FACTS, Known, new_tracks, nothing_known
from safetynets.recordings.asterix.plots import DTYPES
from safetynets.tracks.rows import Words
from safetynets.tracks.table import Tracks, column_names

CODES = ("icao24", "plan", "target", "ssr", "number", *FACTS.values())
"""What is remembered of a flight, as it was said last."""
UNKNOWN_CODE = {"icao24": -1, "ssr": -1, "number": -1}
AT_LEAST = 256


class Flights:
    """Gives each plot the number of its track; of a flight it knows what was said last.

    A track is what it is to a recording that is read (`identity.tracks_of`). A number is given to another track once
    the track has ended and was forgotten. `identity` is that of its plots (`identity.identity_of`), `serial` counts the
    tracks, so that it tells those of one number apart.
    """

    def __init__(self, words: dict[str, Words], max_gap_s: float, geoid_undulation_m: float | None) -> None:
        self._words, self._max_gap_s, self._geoid_undulation_m = words, max_gap_s, geoid_undulation_m
        self._known = nothing_known(0)
        self._track_of = np.empty(0, dtype=np.int32)
        self._codes = {name: np.empty(0, dtype=np.int32) for name in CODES}
        self._facts = {name: np.empty(0, dtype=object) for name in column_names("track")}
        self._last_s = np.empty(0)
        self._spelled: dict[str, NDArray[np.object_]] = {}
        self._free: list[int] = []
        self._begun = 0
        self.identity, self.serial = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)

    @property
    def count(self) -> int:
        """How many tracks there are that are not forgotten."""
        return len(self._last_s) - len(self._free)

    def take(self, plots: PlotColumns, identities: int) -> Tracks:
        """The plots, which are in the order of time, as tracks without a plane; `identities` is how many keys exist."""
        self._make_room(identities)
        key, time_s = plots["key"], plots["time_s"]
        begins, found = np.zeros(len(key), dtype=np.bool_), np.empty((3, len(key)), dtype=np.int32)
        icao24, plan, target, last = (plots[name] for name in ("icao24", "plan", "target", "last"))
        new_tracks(key, time_s, icao24, plan, target, last, self._max_gap_s, self._known, begins, found)
        track = self._numbered(key, begins)
        self._last_s[track], self.identity[track] = time_s, plots["identity"]
        self._note(plots, track)
        columns: dict[str, NDArray[Any]] = {"track": track}
        for name in column_names("plot"):
            if name in DTYPES:
                columns[name] = plots[name]
        if self._geoid_undulation_m is not None:
            columns["geometric_altitude_ft"] = mean_sea_level_altitude_ft(
                plots["ellipsoid_height_ft"], self._geoid_undulation_m
            )
        return Tracks.taking(columns, dict(self._facts))

    def track_number(self, track: int) -> int:
        """The number that the surveillance system gives the track; -1 where it gives none."""
        return int(self._codes["number"][track])

    def silent_since(self, time_s: float) -> NDArray[np.int32]:
        """The tracks that had no plot since a time."""
        return np.flatnonzero(self._last_s < time_s).astype(np.int32)

    def forget(self, tracks: NDArray[np.int32], keys: NDArray[np.int32]) -> None:
        """Forget tracks and keys; their numbers may be given to others."""
        fresh = nothing_known(1)
        self._known.last_s[keys], self._known.ended[keys] = fresh.last_s[0], fresh.ended[0]
        self._known.names[:, keys] = 0
        self._last_s[tracks] = np.inf
        self._free += tracks.tolist()

    def _numbered(self, key: NDArray[np.int32], begins: NDArray[np.bool_]) -> NDArray[np.int32]:
        if not begins.any():
            return self._track_of[key]
        track = []
        for one, new in zip(key.tolist(), begins.tolist(), strict=True):
            if new:
                self._track_of[one] = self._begin()
            track.append(self._track_of[one])
        return np.array(track, dtype=np.int32)

    def _begin(self) -> int:
        """A number for a new track, of which nothing is known."""
        if not self._free:
            start, more = len(self._last_s), max(AT_LEAST, len(self._last_s))
            self._free = list(range(start + more - 1, start - 1, -1))
            self._last_s = np.concatenate([self._last_s, np.full(more, np.inf)])
            self.identity = np.concatenate([self.identity, np.zeros(more, dtype=np.int64)])
            self.serial = np.concatenate([self.serial, np.zeros(more, dtype=np.int64)])
            self._codes = {
                name: np.concatenate([column, np.full(more, UNKNOWN_CODE.get(name, 0), dtype=np.int32)])
                for name, column in self._codes.items()
            }
            empty = np.full(more, "", dtype=object)
            self._facts = {name: np.concatenate([column, empty]) for name, column in self._facts.items()}
        number = self._free.pop()
        self._begun += 1
        self.serial[number] = self._begun
        for name, column in self._codes.items():
            column[number] = UNKNOWN_CODE.get(name, 0)
        if any(column[number] for column in self._facts.values()):
            for name in self._facts:
                self._facts[name] = self._facts[name].copy()
                self._facts[name][number] = ""
        return number

    def _note(self, plots: PlotColumns, track: NDArray[np.int32]) -> None:
        """Note what the plots say of their flights."""
        for name in CODES:
            said = plots[name]
            rows = np.flatnonzero(said > UNKNOWN_CODE.get(name, 0))
            rows = rows[self._codes[name][track[rows]] != said[rows]]
            if not len(rows):
                continue
            self._codes[name][track[rows]] = said[rows]
            changed = np.unique(track[rows])
            for fact, values in self._told(name, changed):
                column = self._facts[fact].copy()  # what was given out stays as it was
                column[changed] = values
                self._facts[fact] = column

    def _told(self, name: str, tracks: NDArray[np.int32]) -> list[tuple[str, Any]]:
        """The facts that a code stands for."""
        codes = self._codes[name][tracks]
        if name == "icao24":
            return [("icao24", [f"{code:06x}" for code in codes.tolist()])]
        if name == "ssr":
            return [("ssr_code", [f"{code:04o}" for code in codes.tolist()])]
        if name in ("plan", "target"):
            plan, target = self._codes["plan"][tracks], self._codes["target"][tracks]
            return [("callsign", np.where(plan > 0, self._words_of("plan")[plan], self._words_of("target")[target]))]
        return [(fact, self._words_of(word)[codes]) for fact, word in FACTS.items() if word == name]

    def _words_of(self, name: str) -> NDArray[np.object_]:
        if len(self._spelled.get(name, ())) != len(self._words[name].codes):
            self._spelled[name] = self._words[name].words
        return self._spelled[name]

    def _make_room(self, identities: int) -> None:
        more = identities - len(self._track_of)
        if more > 0:
            fresh = nothing_known(more)
            known: list[tuple[Any, Any]] = list(zip(self._known, fresh, strict=True))
            joined = [np.concatenate(pair, axis=-1) for pair in known]
            self._known = Known(*joined)
            self._track_of = np.concatenate([self._track_of, np.full(more, -1, dtype=np.int32)])
