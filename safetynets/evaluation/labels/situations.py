"""`Situations`: what happened in the traffic that an alert would have been right or wrong about, one row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEFAULTS: dict[str, Any] = {
    "callsign": "",
    "event_s": np.nan,
    "known_s": np.nan,
    "least_clearance_ft": np.nan,
    "resolved": False,
    "fault": "",
    "source": "",
}
"""What a column is where it is not given."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Situations:
    """One row a situation, in the order of net, track and begin.

    A situation is a span of time in which one flight is so near to what a net warns of that an alert of that net can be
    judged. It exists whether or not any net says anything: missed alerts are counted from situations.

    Attributes
    ----------
    situation
        Its number, from 0 in the order of the rows.
    net
        `Net` as a number: the net whose business it is.
    track, callsign
        Which flight.
    from_s, to_s
        UTC seconds since 1970: an alert that is active within this span belongs to it.
    category
        `Category` as a number.
    event_s
        When what its category rests on first was so: below the floor, beside the path, inside the volume; NaN where it
        never was.
    known_s
        The first moment from which on straight extrapolation foresaw the event; NaN where there is none.
    least_clearance_ft
        Least true height above the ground within the span; NaN where that is not what it is about.
    resolved
        Whether it was over before the track was.
    fault
        The fault put into the flight, empty for none.
    source
        Who says so: "put in", "true clearance", "flown future", "corrupt track" or "expert".
    """

    situation: NDArray[np.int32]
    net: NDArray[np.int8]
    track: NDArray[np.int32]
    callsign: NDArray[np.str_]
    from_s: Floats
    to_s: Floats
    category: NDArray[np.int8]
    event_s: Floats
    known_s: Floats
    least_clearance_ft: Floats
    resolved: NDArray[np.bool_]
    fault: NDArray[np.str_]
    source: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.from_s)

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]]) -> Situations:
        """Build situations from rows, put in order and numbered.

        Parameters
        ----------
        rows
            Values by name of column; net, track, from_s, to_s and category are needed, what else is not given is
            unknown.

        Returns
        -------
        Situations
            In the order of net, track and begin.

        Examples
        --------
        >>> one = {"net": 0, "track": 3, "from_s": 0.0, "to_s": 60.0, "category": 1}
        >>> found = Situations.from_rows([one, one | {"track": 1}])
        >>> found.track.tolist(), found.situation.tolist(), found.fault.tolist()
        ([1, 3], [0, 1], ['', ''])
        >>> found.rows()[0]["track"], len(found.select(found.track == 3))
        (1, 1)
        """
        ordered = sorted(rows, key=lambda row: (int(row["net"]), int(row["track"]), float(row["from_s"])))
        columns = {
            name: np.array([row.get(name, DEFAULTS.get(name)) for row in ordered], dtype=dtype)
            for name, dtype in DTYPES.items()
            if name != "situation"
        }
        return cls(situation=np.arange(len(ordered), dtype=np.int32), **columns)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as mappings of plain values.

        Returns
        -------
        list of dict
            One a situation, as `from_rows` takes them.

        Examples
        --------
        See `from_rows`.
        """
        names = [column.name for column in fields(self)]
        columns = [getattr(self, name).tolist() for name in names]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    def select(self, rows: NDArray[Any]) -> Situations:
        """Keep some situations; they keep their numbers.

        Parameters
        ----------
        rows
            A mask of shape (situations,), or row numbers.

        Returns
        -------
        Situations
            The situations picked, in their order.

        Examples
        --------
        See `from_rows`.
        """
        return replace(self, **{column.name: getattr(self, column.name)[rows] for column in fields(self)})


DTYPES: dict[str, Any] = {
    "situation": np.int32,
    "net": np.int8,
    "track": np.int32,
    "callsign": np.str_,
    "from_s": np.float64,
    "to_s": np.float64,
    "category": np.int8,
    "event_s": np.float64,
    "known_s": np.float64,
    "least_clearance_ft": np.float64,
    "resolved": np.bool_,
    "fault": np.str_,
    "source": np.str_,
}
"""The numpy type of each column of `Situations`."""
