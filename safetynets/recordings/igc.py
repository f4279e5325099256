"""IGC files of gliders and light aircraft: pressure altitude and position once in a few seconds (extra `[igc]`)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from safetynets.errors import TracksError
from safetynets.recordings.source import Source

TITLE = "IGC flight recorder"

UNITS = {
    "timestamp": "",
    "callsign": "",
    "flight_id": "",
    "latitude": "deg",
    "longitude": "deg",
    "altitude": "m",
    "geoaltitude": "m",
}


def is_igc(lines: Sequence[str]) -> bool:
    """Whether the first lines of a text are those of an IGC file: who wrote it, then its header.

    >>> is_igc(["AXXX001", "HFDTE150923"]), is_igc(["timestamp,icao24"])
    (True, False)
    """
    return bool(lines) and lines[0].startswith("A") and any(line.startswith(("HFDTE", "HODTE")) for line in lines[:60])


def igc_columns(source: Source) -> dict[str, list[Any]]:
    """The fixes of an IGC file.

    Raises
    ------
    TracksError
        When the extra is not installed, or the file holds no fix or no date.
    """
    try:
        from aerofiles.igc import Reader
    except ImportError:
        raise TracksError(
            "IGC files need aerofiles", file=source.file, mend="install it: pip install 'safetynets[igc]'"
        ) from None
    text = source.whole().decode("latin-1")
    try:
        read = Reader(skip_duplicates=False).read(io.StringIO(text))
        fixes, header = read["fix_records"][1], read["header"][1]
    except Exception as error:  # the library raises whatever a line makes it raise
        raise TracksError(
            f"not readable as IGC: {type(error).__name__}: {error}", file=source.file, mend="copy the file again"
        ) from None
    day = header.get("utc_date")
    if not fixes or day is None:
        missing = "a date" if fixes else "a fix"
        raise TracksError(f"is an IGC file without {missing}", file=source.file, mend="read it from the recorder again")
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    times_s: list[float] = []
    for fix in fixes:
        moment = midnight + timedelta(
            hours=fix["time"].hour,
            minutes=fix["time"].minute,
            seconds=fix["time"].second + fix["time"].microsecond / 1e6,
        )
        while times_s and moment.timestamp() < times_s[-1] - 43_200.0:
            moment += timedelta(days=1)
        times_s.append(moment.timestamp())
    name = str(header.get("competition_id") or header.get("glider_registration") or "").strip()
    return {
        "timestamp": times_s,
        "callsign": [name] * len(fixes),
        "flight_id": [str(header.get("logger_id") or source.file.name.partition(".")[0])] * len(fixes),
        "latitude": [fix["lat"] for fix in fixes],
        "longitude": [fix["lon"] for fix in fixes],
        "altitude": [fix.get("pressure_alt") or None for fix in fixes],
        "geoaltitude": [fix.get("gps_alt") or None for fix in fixes],
    }
