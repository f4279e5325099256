"""SBS (BaseStation) messages of port 30003: 22 fields a line without names; what one aircraft sends is put together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.recordings.csv_file import csv_batches
from safetynets.recordings.dialect import Dialect
from safetynets.recordings.source import Source

TITLE = "SBS (BaseStation) messages"
NOTE = "the times of SBS messages are those of the receiver's clock and were taken for UTC: dump1090 writes local time"

FIELDS = ("message", "type", "session", "aircraft", "icao24", "flight", "date", "time", "logged_date", "logged_time",
          "callsign", "altitude", "groundspeed", "track", "latitude", "longitude", "vertical_rate", "squawk", "alert",
          "emergency", "spi", "onground")  # fmt: skip

UNITS = {
    "timestamp": "",
    "icao24": "",
    "callsign": "",
    "latitude": "deg",
    "longitude": "deg",
    "altitude": "ft",
    "groundspeed": "kt",
    "track": "deg",
    "vertical_rate": "fpm",
    "squawk": "",
    "onground": "",
}

AGES_S = {"callsign": 600.0, "squawk": 600.0, "altitude": 10.0, "groundspeed": 10.0, "track": 10.0,
          "vertical_rate": 10.0, "onground": 30.0}  # fmt: skip
"""How long what an aircraft sent holds for its later positions (simulator defaults)."""


def sbs_table(source: Source) -> pa.Table:
    """One row for each position that an aircraft sent, with what it sent before.

    Raises
    ------
    TracksError
        For a line of another form, or a date or time that is none.
    """
    dialect = Dialect("utf-8", ",", ".", FIELDS, 0, ())
    wanted = dict.fromkeys(FIELDS, "word")
    table = pa.Table.from_batches(list(csv_batches(source, dialect, wanted, typed=False)))
    table = table.filter(pc.and_(pc.equal(table["message"], "MSG"), pc.is_valid(table["icao24"])))
    if not table.num_rows:
        raise TracksError("holds no messages of aircraft", file=source.file, mend="record lines that begin with MSG")
    moment = pc.binary_join_element_wise(pc.replace_substring(table["date"], "/", "-"), table["time"], " ")
    try:
        ticks = moment.cast(pa.timestamp("us")).cast(pa.int64()).combine_chunks()
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0]
        raise TracksError(
            f"a date or time of an SBS message is none: {reason}",
            file=source.file,
            mend="write 2023/11/14,22:00:00.000",
        ) from None
    time_s = np.asarray(ticks.fill_null(0).to_numpy(zero_copy_only=False)) / 1e6
    address = table["icao24"].combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.lexsort((time_s, address))
    time_s, address, table = time_s[order], address[order], table.take(pa.array(order))
    columns: dict[str, Any] = {name: table[name].combine_chunks() for name in ("icao24", "latitude", "longitude")}
    columns["timestamp"] = pa.array(time_s)
    for name, age_s in AGES_S.items():
        values = table[name].combine_chunks()
        rows = _latest(values, time_s, address, age_s)
        columns[name] = values.take(pa.array(rows, mask=rows < 0))
    columns["onground"] = pc.replace_substring(columns["onground"], "-1", "1")
    placed = pc.and_(pc.is_valid(columns["latitude"]), pc.is_valid(columns["longitude"]))
    found = pa.table({name: columns[name] for name in UNITS}).filter(placed)
    if not found.num_rows:
        raise TracksError("holds no positions", file=source.file, mend="record MSG,3 messages, too")
    return found


def _latest(values: pa.Array, time_s: NDArray[Any], address: NDArray[Any], age_s: float) -> NDArray[np.int64]:
    """For each row that of the last value of its aircraft up to it that is not older than `age_s`; else -1."""
    rows = np.arange(len(values))
    source = np.maximum.accumulate(np.where(values.is_valid().to_numpy(zero_copy_only=False), rows, -1))
    # What is sent at the very time of a position may stand after it in the file.
    last_of_moment = np.searchsorted(address * 1e12 + time_s, address * 1e12 + time_s, side="right") - 1
    source = source[last_of_moment]
    there = source >= 0
    good = there & (address[source] == address) & (time_s - time_s[source] <= age_s)
    return np.where(good, source, -1)
