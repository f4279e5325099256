"""The plots of a recording, a column at a time, while it is read: what nothing is known of takes no memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.recordings.asterix.plots import DTYPES, WORDS


class Columns:
    """Columns that grow in place, so that a long recording is never held twice.

    >>> columns = Columns()
    >>> plots = {name: np.full(2, Columns.unknown(name)) for name in DTYPES}
    >>> columns.append({**plots, "time_s": np.array([0.0, 4.0])})
    >>> len(columns), columns.known("time_s"), columns.known("cleared_altitude_ft")
    (2, True, False)
    """

    def __init__(self) -> None:
        self._values: dict[str, NDArray[Any]] = {}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @staticmethod
    def unknown(name: str) -> Any:
        """What stands in a column for unknown: NaN, no, 0 in words, -1 in other whole numbers."""
        dtype = np.dtype(DTYPES[name])
        if dtype.kind == "f":
            return np.nan
        return dtype.type(0 if dtype.kind == "b" or name in WORDS else -1)

    def append(self, plots: dict[str, NDArray[Any]]) -> None:
        """Put plots at the end."""
        before, after = self._length, self._length + len(plots["time_s"])
        for name, dtype in DTYPES.items():
            values, unknown = plots[name], self.unknown(name)
            if name not in self._values:
                if (np.isnan(values) if np.dtype(dtype).kind == "f" else values == unknown).all():
                    continue
                self._values[name] = np.full(before, unknown, dtype=dtype)
            column = self._values[name]
            column.resize(after, refcheck=False)
            column[before:] = values
        self._length = after

    def known(self, name: str) -> bool:
        """Whether anything is known of a column."""
        return name in self._values

    def take(self, name: str) -> NDArray[Any]:
        """A column, which is then let go; one of which nothing is known takes no memory."""
        values = self.look(name)
        self._values.pop(name, None)
        return values

    def look(self, name: str) -> NDArray[Any]:
        """A column that stays."""
        if name in self._values:
            return self._values[name]
        return np.broadcast_to(np.array(self.unknown(name), dtype=DTYPES[name]), self._length)
