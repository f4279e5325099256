"""Damaged and hostile files are refused with a message: no traceback, no gigabytes, no number that is none."""

from __future__ import annotations

import json
import random
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safetynets.errors import TracksError
from safetynets.recordings import read_tracks, write_csv, write_parquet
from safetynets.tracks import Tracks

DATA = Path(__file__).parent / "data"
NAMES = "timestamp,icao24,callsign,latitude,longitude,altitude\n"
OWN = "time_s,track,pressure_altitude_ft,callsign\n"

TOKENS = (
    b"",
    b"nan",
    b"inf",
    b"1e400",
    b"9" * 40,
    b"\xff",
    b"\x00",
    b'"',
    b"\n",
    b";",
    b"1_0",
    b"null",
    b"[",
    b"}",
    b"\\ud800",
)
JSONS = (
    {"icao": "4b0fff", "timestamp": 1.7e9, "trace": [[0, 47.0, 8.0, 4000, 140.0, 90.0, 0, 0, {"flight": "A"}]]},
    {
        "now": 1.7e9,
        "messages": 1,
        "aircraft": [{"hex": "4b0fff", "lat": 47.0, "lon": 8.0, "alt_baro": 4000, "gs": 100.0}],
    },
    {
        "time": 1700000000,
        "states": [["4b0fff", "A", "CH", 1700000000, 1700000000, 8.0, 47.0, 1e3, False, 70.0, 90.0, 0.0]],
    },
)


def whole_files(folder: Path) -> list[bytes]:
    reference = read_tracks(DATA / "reference.csv").tracks
    written = [write_parquet(reference, folder / "own.parquet"), write_csv(reference, folder / "own.csv")]
    return [
        *(
            path.read_bytes()[:4000] if path.suffix != ".parquet" else path.read_bytes()
            for path in sorted(DATA.iterdir())
        ),
        *(path.read_bytes() for path in written),
        *(json.dumps(one).encode() for one in JSONS),
    ]


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The content with a few bytes changed, put in, taken out, or cut off."""
    changed = bytearray(content)
    for _ in range(dice.choice([1, 2, 5, 20])):
        place = dice.randrange(len(changed) + 1)
        kind = dice.random()
        if kind < 0.4 and changed:
            changed[place % len(changed)] = dice.randrange(256)
        elif kind < 0.7:
            changed[place : place + dice.randrange(8)] = dice.choice(TOKENS)
        elif kind < 0.9:
            del changed[place : place + dice.randrange(200)]
        elif kind < 0.95:
            del changed[place:]
    return bytes(changed)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    contents = whole_files(tmp_path)
    path = tmp_path / "damaged"
    refused = unnamed = 0
    for _ in range(250):
        path.write_bytes(damaged(dice.choice(contents), dice))
        try:
            read_tracks(path)
        except TracksError as error:
            refused += 1
            unnamed += not str(error).startswith(f"{path}: ")
    assert unnamed == 0
    assert 100 < refused < 250, "the damage is neither always fatal nor never"


def refusal(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TracksError) as caught:
        read_tracks(path)
    return str(caught.value).removeprefix(f"{path}: ")


def test_a_track_number_beyond_reason_takes_no_memory(tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        said = refusal(tmp_path / "own.csv", OWN + "1,0,3,A\n2,2000000000,3,B\n")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert said == "track 2000000000 in a table of 3 rows or more; number the tracks from 0 without gaps"
    assert peak < 20e6
    with pytest.raises(TracksError, match="number the tracks from 0 without gaps"):
        Tracks.from_columns({"time_s": [0.0], "track": [2_000_000_000]})


@pytest.mark.parametrize("value", ["1_4150", "\u0661\u0664", "\uff14\uff10\uff10\uff10", "0x40", "4000ft", "4.000.0"])
def test_a_number_is_written_in_plain_digits(tmp_path: Path, value: str) -> None:
    row = "2021-10-07T12:00:00Z,3c664e,DLH4TR,47.5,8.5,"
    said = refusal(tmp_path / "day.csv", NAMES + row + "14150\n" + row + value + "\n")
    assert said == f"row 2: altitude is {value!r}, not a number; give a number (feet)"


@pytest.mark.parametrize("unit", ["us", "ms"])
def test_a_timestamp_beyond_the_years_that_python_knows_is_no_time(tmp_path: Path, unit: str) -> None:
    ticks = pa.array([1_700_000_000 * {"us": 1_000_000, "ms": 1000}[unit], 2**62], pa.int64())
    columns = {"time": ticks.cast(pa.timestamp(unit)), "icao24": ["3c664e"] * 2, "altitude": [14150.0] * 2}
    pq.write_table(pa.table(columns | {"lat": [47.5] * 2, "lon": [8.5] * 2}), tmp_path / "day.parquet")
    with pytest.raises(TracksError, match=f"row 2: time is {2**62}, no time between 1980 and 2100"):
        read_tracks(tmp_path / "day.parquet")


def test_all_that_is_wrong_with_the_rows_of_a_file_is_said_at_once(tmp_path: Path) -> None:
    same = "3c664e,DLH4TR"
    rows = [
        f"2021-10-07T12:00:00Z,{same},97.5,8.5,FL100",
        f"noon,{same},47.5,8.5,14150",
        f"2021-10-07T12:00:08Z,{same},47.5,888,14150",
        f"2021-10-07T12:00:12Z,{same},99,8.5,14150",
    ]
    assert refusal(tmp_path / "day.csv", NAMES + "\n".join(rows)).splitlines()[:1] == ["4 problems:"]
    lines = refusal(tmp_path / "day.csv", NAMES + "\n".join(rows)).splitlines()[1:]
    assert lines[0].startswith("  row 1: latitude 97.5 is outside -90 to 90 (and 1 more rows)")
    assert lines[1].startswith("  row 1: altitude is 'FL100', not a number")
    assert lines[2].startswith("  row 2: timestamp is 'noon', no time between 1980 and 2100")
    assert lines[3].startswith("  row 3: longitude 888 is outside -180 to 180")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            NAMES.encode().replace(b"altitude", b"alt\xfctude") + b"1,2,3,4,5,6\n",
            "the column names hold a byte that is not",
        ),
        (NAMES.encode("utf-16").replace(b"a", b"\x00", 1), "column"),
        (b"\xff\xfe", "holds no plots"),
    ],
)
def test_a_header_of_another_encoding_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(tmp_path / "day.csv", content)


def test_a_zip_that_lost_bytes_in_its_middle_is_refused(tmp_path):
    """Found by `make attack`: its directory is whole, and says where a member would begin before the file does."""
    packed = tmp_path / "day.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day.csv", (DATA / "reference.csv").read_bytes())
    whole = packed.read_bytes()
    packed.write_bytes(whole[:40] + whole[80:])
    with pytest.raises(TracksError, match="truncated or damaged zip"):
        read_tracks(packed)
