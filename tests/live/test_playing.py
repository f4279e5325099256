"""A recording played on the wire: every container gives the same blocks, each at its own time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from safetynets.errors import TracksError
from safetynets.live.play import datagrams
from safetynets.recordings import read_tracks
from safetynets.recordings.asterix import write
from safetynets.sites import shipped_folder
from safetynets.units import S_PER_DAY


@pytest.mark.parametrize("ending", [".ast", ".ff"])
def test_a_recording_without_dates_is_paced_by_the_times_of_its_records(ending: str, tmp_path: Path) -> None:
    tracks = read_tracks(shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet").tracks
    with_dates = list(datagrams(write(tracks, tmp_path / "day.pcap", "cat062")))

    without = list(datagrams(write(tracks, tmp_path / f"day{ending}", "cat062")))

    assert [one for _, one in without] == [one for _, one in with_dates]
    # a block is sent with its newest record, whose time has steps of 1/128 s
    assert [time_s % S_PER_DAY for time_s, _ in without] == pytest.approx(
        [time_s % S_PER_DAY for time_s, _ in with_dates], abs=1.0
    )
    assert all(later[0] >= earlier[0] for earlier, later in pairwise(without))


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text("timestamp,icao24\n")

    with pytest.raises(TracksError, match="does not look like ASTERIX"):
        list(datagrams(file))
