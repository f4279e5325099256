"""Every bad file gives one clear message that names the file, the row or column, and the mend."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from safetynets.errors import TracksError
from safetynets.recordings import read_tracks, write_parquet
from safetynets.tracks import Tracks, from_pandas

NAMES = "timestamp,icao24,callsign,latitude,longitude,altitude,groundspeed,track\n"
GOOD = "1633608773000,0101de,MSR799,48.4,3.8,13650,325,311\n"


def refusal(path: Path, content: str | bytes | None) -> str:
    """The message with which a file is refused, without the folder it is in."""
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TracksError) as caught:
        read_tracks(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert caught.value.mend or " problems:\n" in message
    assert caught.value.mend is None or "\n" not in message
    return message.removeprefix(f"{path}: ")


def with_value(name: str, value: str) -> str:
    values = dict(zip(NAMES.strip().split(","), GOOD.strip().split(","), strict=True)) | {name: value}
    return NAMES + GOOD + ",".join(values.values()) + "\n"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("latitude", "91", "row 2: latitude 91 is outside -90 to 90; give degrees in that range"),
        ("longitude", "-180.5", "row 2: longitude -180.5 is outside -180 to 180; give degrees"),
        ("groundspeed", "-5", "row 2: groundspeed -5 is outside 0 to 2000; give knots"),
        ("track", "400", "row 2: track 400 is outside -360 to 360; give degrees"),
        ("altitude", "FL120", "row 2: altitude is 'FL120', not a number; give a number (feet)"),
        ("altitude", "inf", "row 2: altitude is inf; leave it empty where it is unknown"),
        ("altitude", "-inf", "row 2: altitude is -inf; leave it empty where it is unknown"),
        ("latitude", "infinity", "row 2: latitude is inf; leave it empty"),
        ("timestamp", "nan", "row 2: timestamp is missing; give UTC as"),
        ("timestamp", "", "row 2: timestamp is missing; give UTC as"),
        ("timestamp", "inf", "row 2: timestamp is inf; give UTC as"),
        ("timestamp", "1633608773", "row 2: timestamp is 1633608773, no time between 1980 and 2100"),
        ("timestamp", "2021-10-07", "row 2: timestamp is '2021-10-07', not a number; give a number (milliseconds"),
        ("timestamp", "9e12", "row 2: timestamp is 9000000000000, no time between 1980 and 2100"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_row(tmp_path: Path, name: str, value: str, message: str) -> None:
    assert refusal(tmp_path / "day.csv", with_value(name, value)).startswith(message)


@pytest.mark.parametrize("name", ["altitude", "latitude", "longitude", "groundspeed", "track"])
def test_a_single_unknown_value_is_no_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / "day.csv"
    path.write_text(with_value(name, ""))
    assert len(read_tracks(path).tracks) == 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (NAMES.replace("altitude", "depth"), "a track file without altitude cannot be judged by any net; give 'alt"),
        (NAMES.replace("altitude", "height"), "a track file without altitude cannot be judged by any net; if 'height'"),
        (NAMES.replace("altitude", "baroaltitude"), "a track file without altitude cannot be judged by any net; if"),
        (
            NAMES.replace("altitude", "altitude_h"),
            "2 problems:\n  unknown unit 'h' in column 'altitude_h'; convert it and",
        ),
        (NAMES.replace("groundspeed", "gs_nm"), "unknown unit 'nm' in column 'gs_nm'; convert it and name it"),
        (NAMES.replace("latitude", "latitud"), "no column 'latitude', only 'timestamp', 'icao24'"),
        (NAMES.replace("timestamp", "moment"), "no column 'timestamp', only 'moment'"),
        (
            NAMES.replace("timestamp", "moment").replace("latitude", "north"),
            "2 problems:\n  no column 'timestamp', only 'moment', 'icao24'",
        ),
        (NAMES.replace("icao24", "a").replace("callsign", "b"), "no column says which aircraft a plot belongs to"),
        (NAMES.replace("callsign", "icao24"), "two columns are named 'icao24'; keep one"),
    ],
)
def test_a_missing_or_doubtful_column_is_named(tmp_path: Path, names: str, message: str) -> None:
    assert refusal(tmp_path / "day.csv", names + GOOD).startswith(message)


@pytest.mark.parametrize(("value", "shown"), [("maybe", "'maybe'"), ("2", "'2'")])
def test_a_doubtful_answer_is_named_with_its_row(tmp_path: Path, value: str, shown: str) -> None:
    content = NAMES.strip() + ",onground\n" + GOOD.strip() + ",True\n" + GOOD.strip() + f",{value}\n"
    expected = f"row 2: onground is {shown}; give true or false, or leave it empty"
    assert refusal(tmp_path / "day.csv", content) == expected


def test_a_plot_of_no_aircraft_is_named_with_its_row(tmp_path: Path) -> None:
    content = NAMES + GOOD + GOOD.replace("0101de,MSR799", ",")
    assert refusal(tmp_path / "day.csv", content).startswith("row 2: neither icao24 nor callsign")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.csv", None, "no such file; check the path"),
        ("empty.csv", "", "is empty; record at least one plot"),
        ("blank.json", " \n\n", "is empty; record at least one plot"),
        ("empty.parquet", b"", "is empty; record at least one plot"),
        ("header.csv", NAMES, "holds no plots; record at least one row"),
        ("list.json", "[]", "holds no plots; record at least one"),
        ("ragged.csv", NAMES + GOOD + "1,2,3\n", "row 2: not readable as CSV: Expected 8 columns, got 3"),
        (
            "latin.csv",
            (NAMES + GOOD + GOOD.replace("MSR", "M\xdcR")).encode("latin-1"),
            "row 2: not readable as CSV: invalid UTF8 data; write UTF-8",
        ),
        ("noise.csv", b"\x00\x01\x02\x03", "holds binary data of no known format; see docs/tracks.md"),
        ("scalar.json", "[1, 2, 3]", "is JSON, but no table of plots; give a list of records"),
        ("deep.json", "[" * 100_000, "not readable as JSON: nests too deep"),
        ("uneven.json", '{"timestamp": [1, 2], "latitude": [1]}', "the columns have different lengths"),
        ("cut.json", '[{"timestamp": 1633608773,', "not readable as JSON: "),
        ("lines.json", '{"timestamp":1}\n{"timestamp":\n', "line 2: not readable as JSON: Expecting value"),
        ("cut.csv.gz", gzip.compress((NAMES + GOOD * 999).encode(), mtime=0)[:70], "truncated or damaged gzip: "),
        ("cut.json.gz", gzip.compress(b'[{"timestamp": 1}]', mtime=0)[:14], "truncated or damaged gzip: "),
        ("noise.json.gz", b"\x1f\x8bnot gzip at all", "truncated or damaged gzip: "),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(
    tmp_path: Path, name: str, content: str | bytes | None, message: str
) -> None:
    assert refusal(tmp_path / name, content).startswith(message)


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    folder = tmp_path / "day.csv"
    folder.mkdir()
    assert refusal(folder, None) == "is a folder, not a recording; name one file in it"


def cut_in_half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def without_its_start(content: bytes) -> bytes:
    return content[8:]


def overwritten(content: bytes) -> bytes:
    return content[:100] + bytes(400) + content[500:]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut_in_half, "truncated or damaged Parquet: "),
        (without_its_start, "is a Parquet file without its start; copy or write"),
        (overwritten, "truncated or damaged Parquet: "),
    ],
)
def test_a_damaged_parquet_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes], message: str) -> None:
    path = tmp_path / "day.parquet"
    write_parquet(Tracks.from_columns({"time_s": range(2000), "track": [0] * 2000}), path)
    assert refusal(path, damage(path.read_bytes())).startswith(message)


def test_a_bad_value_far_down_a_long_parquet_is_found_at_its_row(tmp_path: Path) -> None:
    rows = 300_000
    frame = pd.DataFrame({"timestamp": range(1_600_000_000, 1_600_000_000 + rows), "icao24": "4b1234"})
    frame["latitude"], frame["longitude"], frame["altitude"] = 47.0, 8.0, 5000.0
    frame.loc[287_654, "latitude"] = 97.0
    frame.to_parquet(tmp_path / "day.parquet")
    assert refusal(tmp_path / "day.parquet", None).startswith("row 287655: latitude 97 is outside")


def test_text_among_the_numbers_of_a_json_is_named(tmp_path: Path) -> None:
    row = {"timestamp": 1633608773, "icao24": "a", "latitude": 1.0, "longitude": 2.0, "altitude": 3.0, "squawk": 7}
    content = json.dumps([row, row | {"latitude": "north", "squawk": "7000"}])
    assert refusal(tmp_path / "day.json", content).startswith("row 2: latitude is 'north', not a number")


OWN = "time_s,track,pressure_altitude_ft,callsign\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (OWN.replace("track", "latitude") + "1,0,3,A\n", "unknown column 'latitude'; write 'latitude_deg'"),
        ("time_s,track\n1,0\n", "a track file without altitude cannot be judged by any net"),
        (OWN + "1,0.5,3,A\n", "row 1: track is 0.5; give a whole number"),
        (OWN + "1,0,3,A\n2,-2,3,A\n", "row 2: track is -2; number the tracks from 0"),
        (OWN + "1,0,3,A\n,0,3,A\n", "row 2: time_s is missing; give every plot its time"),
        (OWN + "1,0,3,A\n2,0,4,B\n", "row 2: callsign of track 0 is 'B', before it was 'A'"),
        (OWN + "1,0,inf,A\n", "row 1: pressure_altitude_ft is inf; leave it empty"),
        ("time_s,track,pressure_altitude_ft,plane_latitude_deg\n1,0,3,46\n", "half a plane; give both"),
    ],
)
def test_a_table_of_our_own_is_checked_as_strictly(tmp_path: Path, content: str, message: str) -> None:
    assert refusal(tmp_path / "own.csv", content).startswith(message)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"time_s": [0.0]}, "no column 'track'"),
        ({"time_s": [0.0], "track": [0], "altitude": [1.0]}, "unknown column 'altitude'"),
        ({"time_s": ["noon"], "track": [0]}, "row 1: time_s is 'noon', not a number"),
    ],
)
def test_a_frame_that_is_no_table_of_tracks_is_refused(columns: dict[str, object], message: str) -> None:
    with pytest.raises(TracksError, match=message):
        from_pandas(pd.DataFrame(columns))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"time_s": [0.0, float("nan")], "track": [0, 0]}, "row 2: time_s is nan; give every plot its time"),
        ({"time_s": [float("inf")], "track": [0]}, "row 1: time_s is inf"),
        ({"time_s": [0.0], "track": [-3]}, "track -3 is negative"),
        ({"time_s": [0.0], "track": [0, 1]}, r"column 'time_s' has shape \(1,\), expected \(2,\)"),
        ({"time_s": [0.0], "track": [0], "vx_mps": [1.0, 2.0]}, "column 'vx_mps' has shape"),
        ({"time_s": [0.0], "track": [0], "speed": [1.0]}, "unknown column 'speed'; use one of time_s"),
    ],
)
def test_columns_that_are_no_tracks_are_refused(columns: dict[str, list[float]], message: str) -> None:
    with pytest.raises(TracksError, match=message):
        Tracks.from_columns(columns)
