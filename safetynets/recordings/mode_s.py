"""Mode S: decoded messages a line (jet1090, rs1090), or raw frames, which rs1090 decodes (extra `[mode-s]`).

What an aircraft sends in different messages (position, velocity, call sign, selected altitude, barometric setting) is
put together: each position becomes a plot with what was sent before, as far as that is not too old.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from safetynets.errors import TracksError
from safetynets.recordings.names import SENT, usual_units
from safetynets.recordings.source import Source

TITLE = "Mode S messages"

UNITS = usual_units(*SENT, "selected_mcp", "barometric_setting")

AGES_S = {"callsign": 600.0, "squawk": 600.0, "altitude": 10.0, "groundspeed": 10.0, "track": 10.0,
          "vertical_rate": 10.0, "selected_mcp": 30.0, "barometric_setting": 30.0}  # fmt: skip
"""How long what an aircraft sent holds for its later positions (simulator defaults)."""

FRAME = re.compile(
    r"^\s*(?:(?P<time>\d+(?:\.\d+)?)\s*[,;\s]\s*)?[*@]?(?P<frame>[0-9a-fA-F]{14}(?:[0-9a-fA-F]{14})?);?\s*$"
)


def is_decoded(value: Any) -> bool:
    """Whether a JSON value is a list of decoded messages."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, Mapping) and "df" in one and "timestamp" in one for one in value[:50])
    )


def is_raw(lines: Sequence[str]) -> bool:
    """Whether the first lines of a text are frames, with or without a time before them.

    >>> is_raw(["1720248189.5,8f393322384a02aea63afc43dcba"]), is_raw(["time,lat,lon"])
    (True, False)
    """
    shown = [line for line in lines[:50] if line.strip()]
    return bool(shown) and all(FRAME.match(line) for line in shown[1:] or shown)


def raw_columns(source: Source) -> dict[str, list[Any]]:
    """The plots in raw frames, one a line, each after the seconds since 1970 at which it was received.

    Raises
    ------
    TracksError
        When the extra is not installed, or a frame has no time.
    """
    try:
        import rs1090
    except ImportError:
        raise TracksError(
            "raw Mode S frames need rs1090",
            file=source.file,
            mend="install it: pip install 'safetynets[mode-s]', or decode them first, a JSON record a line",
        ) from None
    times_s, frames = [], []
    for number, line in enumerate(source.whole().decode("ascii", "replace").splitlines(), start=1):
        found = FRAME.match(line)
        if found is None:
            if not line.strip() or number == 1:
                continue
            raise TracksError(
                f"{line[:40]!r} is no Mode S frame", file=source.file, where=f"line {number}", mend="leave it out"
            )
        if found["time"] is None:
            raise TracksError(
                "a frame without a time",
                file=source.file,
                where=f"line {number}",
                mend="write seconds since 1970,frame",
            )
        times_s.append(float(found["time"]))
        frames.append(found["frame"].lower())
    return plots_of(rs1090.decode(frames, times_s), source)


def plots_of(messages: Sequence[Mapping[str, Any]], source: Source) -> dict[str, list[Any]]:
    """One plot for each position in decoded messages, in the order of time.

    Raises
    ------
    TracksError
        When no message holds a position.
    """
    columns: dict[str, list[Any]] = {name: [] for name in UNITS}
    held: dict[str, dict[str, tuple[Any, float]]] = {}
    last: dict[str, tuple[float, float]] = {}
    for message in sorted(messages, key=lambda one: float(one["timestamp"])):
        address, now_s = message.get("icao24"), float(message["timestamp"])
        if not address:
            continue
        known = held.setdefault(address, {})
        for name, value in _told(message):
            if value is not None:
                known[name] = (value, now_s)
        place = (message.get("latitude"), message.get("longitude"))
        if None in place or (last.get(address) == (now_s, place[0])):
            continue
        last[address] = (now_s, place[0])  # type: ignore[assignment]
        columns["timestamp"].append(now_s)
        columns["icao24"].append(address)
        columns["latitude"].append(place[0])
        columns["longitude"].append(place[1])
        for name, age_s in AGES_S.items():
            value, since_s = known.get(name, (None, now_s))
            columns[name].append(value if now_s - since_s <= age_s else None)
        columns["onground"].append(str(message.get("bds")) == "06")
        above, since_s = known.get("geo_minus_baro", (None, now_s))
        altitude = columns["altitude"][-1]
        fresh = above is not None and altitude is not None and now_s - since_s <= AGES_S["altitude"]
        columns["geoaltitude"].append(altitude + above if fresh else None)
    if not columns["timestamp"]:
        raise TracksError("holds no positions", file=source.file, mend="record extended squitters (DF 17), too")
    return columns


def _told(message: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What a message says, by the name of its column; what a register of an answer may hold stands within it."""
    told: list[tuple[str, Any]] = []
    registers = [value for key, value in message.items() if isinstance(value, Mapping) and key.startswith("bds")]
    extended = str(message.get("df")) in ("17", "18")
    for part in (message, *(registers if len(registers) == 1 else ())):
        for name in ("callsign", "squawk", "altitude", "selected_mcp", "barometric_setting", "geo_minus_baro"):
            told.append((name, part.get(name)))
        # The velocities of BDS 5,0 and 6,0 are told from other registers by guesswork: only squitters count.
        if extended:
            told += [(name, part.get(name)) for name in ("groundspeed", "track", "vertical_rate")]
    return told
