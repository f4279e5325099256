"""`Tracks` goes through pandas, Arrow, Parquet and CSV and comes back with every bit as it was."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.geodesy import Plane
from safetynets.recordings import read_tracks, write_csv, write_parquet
from safetynets.tracks import Tracks, column_names, from_arrow, from_pandas, to_arrow, to_pandas
from safetynets.tracks.table import column_dtype

WORDS = st.text(alphabet=st.sampled_from(list('ABZ019 ,;"\n#é')), max_size=4)
LIMITS = {"latitude_deg": 90.0, "longitude_deg": 180.0}


@st.composite
def any_tracks(draw: st.DrawFn) -> Tracks:
    """Any table there can be: unknown values, tracks without plots, equal times, with and without a plane."""
    track_count = draw(st.integers(0, 4))
    plot_count = draw(st.integers(0, 12)) if track_count else 0

    def column(name: str) -> list[float]:
        dtype, _ = column_dtype(name)
        if name == "track":
            values = st.integers(0, max(track_count - 1, 0))
        elif name == "time_s":
            values = st.floats(-1e9, 4e9) | st.sampled_from([0.0, 1.0])
        elif dtype is np.float64:
            limit = LIMITS.get(name)
            values = st.floats(-limit, limit) if limit else st.floats(allow_nan=False, allow_infinity=False)
            values = values | st.just(float("nan"))
        else:
            values = st.integers(-1, 1) if dtype is np.int8 else st.integers(0, 127)
        return draw(st.lists(values, min_size=plot_count, max_size=plot_count))

    plots = {name: column(name) for name in column_names("plot")}
    words = st.lists(WORDS, min_size=track_count, max_size=track_count)
    facts = {name: draw(words) for name in column_names("track")}
    plane = draw(st.none() | st.builds(Plane, st.floats(-89, 89), st.floats(-179, 179)))
    return Tracks.from_columns(plots, facts, plane)


def assert_same_bits(first: Tracks, second: Tracks) -> None:
    for name in column_names("plot"):
        one, other = getattr(first, name), getattr(second, name)
        assert one.dtype == other.dtype, name
        if one.dtype == np.float64:
            assert np.array_equal(np.isnan(one), np.isnan(other)), name
            known = ~np.isnan(one)
            assert one[known].tobytes() == other[known].tobytes(), name
        else:
            assert one.tobytes() == other.tobytes(), name
    for name in column_names("track"):
        assert getattr(first, name).tolist() == getattr(second, name).tolist(), name
    assert first.plane == second.plane


@given(any_tracks())
def test_arrow_and_pandas_give_back_every_bit(tracks: Tracks) -> None:
    assert_same_bits(from_arrow(to_arrow(tracks)), tracks)
    assert_same_bits(from_pandas(to_pandas(tracks)), tracks)


@given(tracks=any_tracks().filter(len))
@settings(max_examples=60)
def test_files_give_back_every_bit(tmp_path_factory: pytest.TempPathFactory, tracks: Tracks) -> None:
    folder = tmp_path_factory.mktemp("round-trip")
    parquet = write_parquet(tracks, folder / "day.parquet")
    assert_same_bits(read_tracks(parquet).tracks, tracks)
    text = write_csv(tracks, folder / "day.csv")
    assert_same_bits(read_tracks(text).tracks, tracks)
    zipped = folder / "day.csv.gz"
    zipped.write_bytes(gzip.compress(text.read_bytes()))
    assert_same_bits(read_tracks(zipped).tracks, tracks)


@given(tracks=any_tracks())
@settings(max_examples=30)
def test_the_same_tracks_are_written_as_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, tracks: Tracks
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    again = from_pandas(to_pandas(tracks))
    for write in (write_parquet, write_csv):
        assert write(tracks, folder / "one").read_bytes() == write(again, folder / "two").read_bytes()


def test_the_real_paris_recording_goes_through_csv_without_loss(paris: Tracks, tmp_path: Path) -> None:
    some = paris.select(paris.track < 12)
    assert len(some) > 10_000
    assert_same_bits(read_tracks(write_csv(some, tmp_path / "paris.csv")).tracks, some)


def test_a_write_that_fails_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    one = Tracks.from_columns({"time_s": [0.0], "track": [0]})
    target = write_parquet(one, tmp_path / "day.parquet")
    before = target.read_bytes()
    broken = Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["\ud800"]})
    with pytest.raises(UnicodeEncodeError):
        write_parquet(broken, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["day.parquet"]


def test_the_flat_table_is_readable_without_this_package(tmp_path: Path) -> None:
    tracks = Tracks.from_columns({"time_s": [0.0, 4.0], "track": [0, 0]}, {"callsign": ["SWR1"]})
    frame = pd.read_parquet(write_parquet(tracks, tmp_path / "day.parquet"))
    assert frame["callsign"].tolist() == ["SWR1", "SWR1"]
    assert frame["time_s"].tolist() == [0.0, 4.0]


def test_call_signs_that_a_spreadsheet_would_run_are_written_harmless_and_read_back(tmp_path):
    callsigns = ["=cmd|'/c calc'!A0", "@SUM(1)", "-1+1", "'=1", "'SWR1", "SWR2"]
    tracks = Tracks.from_columns(
        {
            "time_s": np.repeat([0.0, 4.0], 6),
            "track": np.tile(np.arange(6), 2),
            "latitude_deg": 47.0 + 0.001 * np.arange(12),
            "longitude_deg": np.full(12, 8.0),
        },
        {"callsign": callsigns},
    )
    written = write_csv(tracks, tmp_path / "day.csv")
    cells = [cell for line in written.read_text().splitlines()[1:] for cell in line.split(",")]
    assert not [cell for cell in cells if cell.strip('"').startswith(("=", "@", "-1+"))]
    assert sorted(read_tracks(written).tracks.callsign) == sorted(callsigns)


def test_columns_of_which_nothing_is_known_are_left_out_whatever_their_type(tmp_path: Path) -> None:
    tracks = Tracks.from_columns({"time_s": [0.0], "track": [0], "position_accuracy_m": [30.0]})
    names = pq.read_schema(write_parquet(tracks, tmp_path / "one.parquet")).names
    assert "position_accuracy_m" in names
    assert not {"selected_altitude_age_s", "baro_setting_age_s", "baro_setting_hpa", "coasted", "wake"} & set(names)
