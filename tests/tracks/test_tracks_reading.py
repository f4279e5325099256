"""Recordings in every format and spelling come in as the same tracks."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from safetynets.errors import TracksError
from safetynets.recordings import read_frame, read_tracks
from safetynets.tracks import Tracks
from safetynets.units import kt_to_mps

NOON_S = 1633608000.0


def recording(**changes: object) -> pd.DataFrame:
    """Three plots of one flight, one second apart, with the names and units of a recording."""
    columns: dict[str, object] = {
        "timestamp": [1633608000000, 1633608001000, 1633608002000],
        "icao24": ["0101de"] * 3,
        "callsign": ["MSR799"] * 3,
        "latitude": [48.48, 48.481, 48.482],
        "longitude": [3.82, 3.83, 3.84],
        "altitude": [13650.0, np.nan, 13625.0],
        "groundspeed": [325.0, 324.0, 324.0],
        "track": [90.0, 180.0, 270.0],
        "vertical_rate": [-896.0, -832.0, -832.0],
        "onground": [False, False, True],
        "squawk": ["1000", "0020", "0020"],
    }
    columns.update(changes)
    return pd.DataFrame({name: values for name, values in columns.items() if values is not None})


def test_every_format_gives_the_same_tracks(tmp_path: Path) -> None:
    frame = recording()
    records, columns, text = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.csv"
    frame.to_json(records, orient="records")
    frame.to_json(columns, orient="columns")
    frame.to_csv(text)
    frame.to_parquet(tmp_path / "d.parquet")
    for path in (records, columns, text):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    read = [read_tracks(path).tracks for path in sorted(tmp_path.iterdir())]
    assert len(read) == 7
    for tracks in [*read, read_frame(frame).tracks]:
        assert tracks.time_s.tolist() == [NOON_S, NOON_S + 1, NOON_S + 2]
        assert tracks.callsign.tolist() == ["MSR799"]
        assert tracks.icao24.tolist() == ["0101de"]
        assert tracks.ssr_code.tolist() == ["0020"]
        assert tracks.latitude_deg.tolist() == [48.48, 48.481, 48.482]
        np.testing.assert_array_equal(tracks.pressure_altitude_ft, [13650.0, np.nan, 13625.0])
        assert tracks.vertical_rate_fpm.tolist() == [-896.0, -832.0, -832.0]
        assert tracks.on_ground.tolist() == [0, 0, 1]
        assert tracks.plane is None


@pytest.mark.parametrize(
    "times",
    [
        [1633608000000, 1633608001000, 1633608002000],
        [1633608000, 1633608001, 1633608002],
        [1633608000.0, 1633608001.0, 1633608002.0],
        ["2021-10-07T12:00:00Z", "2021-10-07 12:00:01", "2021-10-07T14:00:02+02:00"],
        pd.to_datetime(["2021-10-07 12:00:00", "2021-10-07 12:00:01", "2021-10-07 12:00:02"]),
        pd.to_datetime(["2021-10-07 14:00:00+02:00", "2021-10-07 14:00:01+02:00", "2021-10-07 14:00:02+02:00"]),
    ],
    ids=["milliseconds", "seconds", "float seconds", "text", "dates without zone", "dates with zone"],
)
@pytest.mark.parametrize("extension", ["csv", "parquet"])
def test_times_are_understood_however_they_are_written(tmp_path: Path, times: object, extension: str) -> None:
    path = tmp_path / f"day.{extension}"
    frame = recording(timestamp=times)
    if extension == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    assert read_tracks(path).tracks.time_s.tolist() == [NOON_S, NOON_S + 1, NOON_S + 2]


def test_fractions_of_a_second_survive(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    recording(timestamp=pd.to_datetime([1633608000123456789 + i for i in range(3)])).to_parquet(path)
    # A float of 1.6e9 has steps of 2.4e-7 s.
    np.testing.assert_allclose(read_tracks(path).tracks.time_s[0] - NOON_S, 0.123456789, rtol=0, atol=2.4e-7)


def test_heading_is_never_taken_for_track() -> None:
    frame = recording(track=None, heading=[90.0, 90.0, 90.0])
    result = read_frame(frame)
    assert np.isnan(result.tracks.vx_mps).all()
    assert any("heading" in note for note in result.notes)
    both = read_frame(recording(heading=[0.0, 0.0, 0.0])).tracks
    assert both.vx_mps[0] == pytest.approx(kt_to_mps(325.0))
    assert both.vy_mps[1] == pytest.approx(-kt_to_mps(324.0))


@pytest.mark.parametrize(
    ("name", "unit", "of_one"),
    [
        ("altitude", "m", 0.3048),
        ("altitude", "fl", 100.0),
        ("groundspeed", "mps", 1852 / 3600),
        ("groundspeed", "kmh", 1.852),
        ("vertical_rate", "mps", 0.3048 / 60),
        ("latitude", "rad", np.pi / 180),
    ],
)
@pytest.mark.parametrize("spelt", ["{}_{}", "{} [{}]", "{} ({})"])
def test_a_unit_in_the_name_of_a_column_is_the_unit_of_its_values(
    name: str, unit: str, of_one: float, spelt: str
) -> None:
    frame = recording(altitude=[13650.0, np.nan, 13600.0])
    frame[name] = frame[name] / 100 if unit == "fl" else frame[name] * of_one
    read = read_frame(frame.rename(columns={name: spelt.format(name, unit).capitalize()}))
    for column in ("pressure_altitude_ft", "vx_mps", "vertical_rate_fpm", "latitude_deg"):
        expected = getattr(read_frame(recording(altitude=[13650.0, np.nan, 13600.0])).tracks, column)
        np.testing.assert_allclose(getattr(read.tracks, column), expected, rtol=1e-12, atol=1e-9)


def test_a_unit_that_is_none_of_its_quantity_is_refused() -> None:
    frame = recording().rename(columns={"groundspeed": "groundspeed_nm"})
    with pytest.raises(TracksError, match="unknown unit 'nm' in column 'groundspeed_nm'; convert it and name it"):
        read_frame(frame)


def test_state_vectors_in_metres_are_pointed_out_not_guessed() -> None:
    frame = recording().rename(columns={"altitude": "baroaltitude"})
    with pytest.raises(TracksError, match=r"without altitude.*'baroaltitude' is that, rename it to 'altitude' .*feet"):
        read_frame(frame)


def test_heights_above_the_ellipsoid_need_the_geoid() -> None:
    frame = recording(geoaltitude=[13850.0, np.nan, 13825.0])
    without = read_frame(frame)
    assert np.isnan(without.tracks.geometric_altitude_ft).all()
    assert any("geoid undulation" in note for note in without.notes)
    altitude_ft = read_frame(frame, geoid_undulation_m=47.0).tracks.geometric_altitude_ft
    # 47 m are 154.2 ft, by which the ellipsoid lies below mean sea level.
    np.testing.assert_allclose(altitude_ft, [13695.8, np.nan, 13670.8], atol=0.01)


def test_a_long_silence_begins_a_new_track() -> None:
    times = [1633608000, 1633608600, 1633609201]
    tracks = read_frame(recording(timestamp=times)).tracks
    assert tracks.track.tolist() == [0, 0, 1]
    assert tracks.callsign.tolist() == ["MSR799", "MSR799"]
    assert read_frame(recording(timestamp=times), max_gap_s=601).tracks.track_count == 1


def test_rows_may_come_in_any_order() -> None:
    frame = pd.concat([recording(), recording(callsign=["AFR1"] * 3, icao24=["390000"] * 3)]).iloc[[4, 0, 5, 2, 3, 1]]
    tracks = read_frame(frame).tracks
    assert tracks.callsign.tolist() == ["MSR799", "AFR1"]
    assert tracks.track.tolist() == [0, 0, 0, 1, 1, 1]
    assert tracks.time_s.tolist() == [NOON_S, NOON_S + 1, NOON_S + 2] * 2


def test_a_plot_without_call_sign_stays_with_its_aircraft() -> None:
    result = read_frame(recording(callsign=[None, "MSR799 ", ""]))
    assert result.tracks.track_count == 1
    assert result.tracks.callsign.tolist() == ["MSR799"]
    assert result.counts["plots given the call sign of their aircraft"] == 2


def test_a_plot_far_in_time_from_any_call_sign_keeps_none() -> None:
    result = read_frame(recording(callsign=["MSR799", "", ""], timestamp=[1633608000, 1633609000, 1633609001]))
    assert result.tracks.callsign.tolist() == ["", "MSR799"]
    assert result.counts["plots given the call sign of their aircraft"] == 0


def test_either_address_or_call_sign_is_enough() -> None:
    assert read_frame(recording(icao24=None)).tracks.icao24.tolist() == [""]
    assert read_frame(recording(callsign=None)).tracks.callsign.tolist() == [""]


def test_the_code_that_most_plots_carry_is_the_track_s_and_a_change_is_counted() -> None:
    result = read_frame(recording(squawk=["7000", "1000", "1000"]))
    assert result.tracks.ssr_code.tolist() == ["1000"]
    assert result.counts["tracks that change their SSR code"] == 1
    assert read_frame(recording(squawk=["1000", "7000", "7000"])).tracks.ssr_code.tolist() == ["7000"]
    assert read_frame(recording(squawk=["7000", "1000", ""])).tracks.ssr_code.tolist() == ["1000"]
    steady = read_frame(recording(squawk=[20, 20, np.nan]))
    assert steady.tracks.ssr_code.tolist() == ["0020"]
    assert steady.counts["tracks that change their SSR code"] == 0


def test_columns_that_are_not_used_are_named() -> None:
    result = read_frame(recording(spi=[False] * 3, alert=[False] * 3))
    assert "columns not used: spi, alert" in result.notes


def test_selected_altitude_and_altimeter_setting_are_taken_over() -> None:
    tracks = read_frame(recording(selected_mcp=[4000.0] * 3, barometric_setting=[1011.0] * 3)).tracks
    assert tracks.selected_altitude_ft.tolist() == [4000.0] * 3
    assert tracks.baro_setting_hpa.tolist() == [1011.0] * 3


def peak_bytes(path: Path, plots: int) -> int:
    """The most memory that numpy and Python held while a file was read; the second time, when all is imported."""
    read_tracks(path)
    tracemalloc.start()
    try:
        assert len(read_tracks(path).tracks) == plots
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_of_reading_grows_by_little_more_than_the_tracks_themselves(tmp_path: Path) -> None:
    peaks = {}
    for plots in (200_000, 400_000):
        path = tmp_path / f"{plots}.parquet"
        moments = np.arange(plots)
        pd.DataFrame(
            {
                "timestamp": 1633608000.0 + moments // 100,
                "callsign": np.char.add("F", (moments % 100).astype(str)),
                "latitude": 47.0 + moments * 1e-7,
                "longitude": 8.0 + moments * 1e-7,
                "altitude": 5000.0 + moments % 1000,
                "groundspeed": 250.0,
                "track": 10.0,
            }
        ).to_parquet(path, row_group_size=50_000)
        peaks[plots] = peak_bytes(path, plots)
    # A plot takes 130 bytes in `Tracks`; sorting one column at a time and the identities take the rest.
    assert (peaks[400_000] - peaks[200_000]) / 200_000 < 180


def test_importing_tracks_reads_nothing_and_loads_no_pandas() -> None:
    watched = (
        "import sys, builtins, socket\n"
        "def refuse(*a, **k): raise AssertionError('work at import')\n"
        "import numpy, pyproj, pyarrow, pyarrow.csv, pyarrow.parquet\n"
        "builtins.open = socket.socket = refuse\n"
        "import safetynets.recordings.read\n"
        "print('pandas' in sys.modules)\n"
    )
    answer = subprocess.run([sys.executable, "-c", watched], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_an_empty_json_column_is_unknown_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    rows = json.loads(recording().to_json(orient="records"))
    for row in rows:
        row["vertical_rate"] = row["onground"] = None
    path.write_text(json.dumps(rows))
    tracks: Tracks = read_tracks(path).tracks
    assert np.isnan(tracks.vertical_rate_fpm).all()
    assert tracks.on_ground.tolist() == [-1, -1, -1]
