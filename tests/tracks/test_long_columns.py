"""Columns longer than memory should hold lie in files that go with them: nothing that comes of them is another."""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path

import numpy as np
import pytest

from safetynets.recordings import read_tracks, write_parquet
from safetynets.sites import shipped_folder
from safetynets.tracks import Tracks, clean, column_names, columns, derive, map_portions
from safetynets.tracks.columns import filled, new_column, picked, release_memory

LANDINGS = shipped_folder() / "data" / "paris-2021-10-07.parquet"


@pytest.fixture
def on_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column of more than ten values is a long one, and is worked on seven values at a time."""
    monkeypatch.setattr(columns, "LONG_PLOTS", 10)
    monkeypatch.setattr(columns, "PIECE_PLOTS", 7)


def lies_in_a_file(column: np.ndarray) -> bool:
    base = column
    while isinstance(base, np.ndarray):
        base = base.base
    return isinstance(base, memoryview) and isinstance(base.obj, mmap.mmap)


@pytest.mark.usefixtures("on_file")
def test_a_long_column_holds_what_was_put_in_also_after_its_memory_was_given_back():
    column = new_column(1000, np.float64)
    column[:] = np.arange(1000.0)
    release_memory(column[5:9])
    assert lies_in_a_file(column)
    assert column.tolist() == np.arange(1000.0).tolist()
    assert filled(1000, np.nan, np.float32).dtype == np.float32
    assert np.isnan(filled(1000, np.nan, np.float32)).all()
    order = np.random.default_rng(1).permutation(1000)
    assert picked(column, order).tolist() == order.tolist()


@pytest.mark.usefixtures("on_file")
def test_its_file_has_no_name_and_goes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    column = new_column(1000, np.float64)
    assert lies_in_a_file(column)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("on_file")
def test_where_the_disk_has_no_room_the_column_is_in_memory(monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.posix_fallocate", full)
    column = filled(1000, 7, np.int8)
    assert not lies_in_a_file(column)
    assert column.sum() == 7000


def read(path: Path) -> Tracks:
    return map_portions(read_tracks(path).tracks, lambda portion: derive(clean(portion)), plots=500)


@pytest.mark.parametrize("form", ["as it came", "own"])
def test_a_recording_read_into_files_has_the_same_columns(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = LANDINGS if form == "as it came" else write_parquet(read(LANDINGS), tmp_path / "own.parquet")
    in_memory = derive(clean(read_tracks(path).tracks))
    monkeypatch.setattr(columns, "LONG_PLOTS", 10)
    in_files = read(path)
    assert lies_in_a_file(in_files.latitude_deg)
    assert lies_in_a_file(in_files.vertical_rate_fpm)
    for name in (*column_names("plot"), *column_names("track")):
        one, other = getattr(in_memory, name), getattr(in_files, name)
        assert one.dtype == other.dtype, name
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), name
    assert not in_files.time_s.flags.writeable
