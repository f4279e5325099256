"""What contradicts itself is said by its cause and by what mends it; what does not is read without a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from safetynets.errors import TracksError
from safetynets.recordings import read_frame, read_tracks
from safetynets.recordings.profile import Profile
from safetynets.units import fpm_to_ftps, ft_to_m, kt_to_mps

DATA = Path(__file__).parent / "data"
SHIPPED = Path(__file__).parents[2] / "scenarios" / "data"


def flight() -> pd.DataFrame:
    """The reference flight with times as seconds."""
    frame = pd.read_csv(DATA / "reference.csv")
    frame["timestamp"] = pd.to_datetime(frame["timestamp"]).astype("datetime64[s, UTC]").astype(np.int64)
    return frame


@pytest.mark.parametrize(
    ("name", "cause", "mend"),
    [
        ("altitude-metres.csv", "the altitudes are metres", "say --units altitude=m"),
        (
            "groundspeed-mps.csv",
            "the ground speed says 72 kt",
            "say --units groundspeed=mps",
        ),
        ("flight-levels.csv", r"the altitudes are flight levels \(hundreds of feet\)", "say --units altitude=fl"),
        ("time-six-digits.csv", "70 of 70 plots have the time of the plot before", "write the seconds whole"),
    ],
)
def test_a_file_in_a_wrong_unit_is_refused_with_the_unit_it_is_in(name: str, cause: str, mend: str) -> None:
    with pytest.raises(TracksError, match=f"{cause}.*{mend}"):
        read_tracks(DATA / name)


@pytest.mark.parametrize(
    ("change", "cause", "units"),
    [
        (
            lambda frame: frame.assign(vertical_rate=ft_to_m(fpm_to_ftps(frame["vertical_rate"]))),
            "the vertical rates are m/s",
            ["vertical_rate=mps"],
        ),
        (
            lambda frame: frame.assign(
                altitude=ft_to_m(frame["altitude"]),
                vertical_rate=ft_to_m(fpm_to_ftps(frame["vertical_rate"])),
                groundspeed=kt_to_mps(frame["groundspeed"]),
            ),
            "2 problems:(.|\n)*the speeds are m/s(.|\n)*the altitudes are metres and the vertical rates m/s",
            ["groundspeed=mps", "altitude=m,vertical_rate=mps"],
        ),
        (
            lambda frame: frame.assign(groundspeed=frame["groundspeed"] * 1.852),
            "the speeds are km/h",
            ["groundspeed=kmh"],
        ),
        (
            lambda frame: frame.rename(columns={"latitude": "longitude", "longitude": "latitude"}),
            "latitude and longitude swapped; say --columns latitude=longitude,longitude=latitude",
            [],
        ),
    ],
    ids=["rates in m/s", "OpenSky renamed, not converted", "speeds in km/h", "swapped"],
)
def test_a_frame_in_a_wrong_unit_is_refused_and_the_proposal_mends_it(change, cause: str, units: list[str]) -> None:
    frame = change(flight())
    with pytest.raises(TracksError, match=cause):
        read_frame(frame)
    columns = [] if units else ["latitude=longitude,longitude=latitude"]
    mended = read_frame(frame, profile=Profile.of(units=units, columns=columns))
    assert mended.warnings == ()
    reference = read_tracks(DATA / "reference.csv").tracks
    np.testing.assert_allclose(mended.tracks.pressure_altitude_ft, reference.pressure_altitude_ft, atol=1e-6)
    np.testing.assert_allclose(mended.tracks.vertical_rate_fpm, reference.vertical_rate_fpm, atol=1e-6)
    np.testing.assert_allclose(mended.tracks.latitude_deg, reference.latitude_deg, atol=1e-9)


def test_metres_without_any_vertical_rate_show_by_their_steps() -> None:
    frame = flight().drop(columns="vertical_rate")
    frame["altitude"] = ft_to_m(np.round((frame["altitude"] - 7.0 * np.arange(71)) / 25.0) * 25.0).round(2)
    frame["groundspeed"], frame["track"] = 160.0, 137.29
    fast = flight()
    frame["latitude"] = fast["latitude"][0] + (fast["latitude"] - fast["latitude"][0]) * 160 / 140
    frame["longitude"] = fast["longitude"][0] + (fast["longitude"] - fast["longitude"][0]) * 160 / 140
    with pytest.raises(TracksError, match=r"the altitudes stand in steps of 7.62 m, which are 25 ft.*altitude=m"):
        read_frame(frame)


def test_a_unit_that_was_declared_is_believed_with_a_warning() -> None:
    read = read_tracks(DATA / "altitude-metres.csv", profile=Profile.of(units=["altitude=ft"]))
    assert read.warnings == (
        "the altitudes change 0.298 times as fast as the vertical rates say: the altitudes are metres; "
        "say --units altitude=m",
    )


def test_a_reading_that_is_not_strict_says_what_a_strict_one_refuses() -> None:
    read = read_tracks(DATA / "groundspeed-mps.csv", strict=False)
    assert read.refused
    assert "the speeds are m/s; say --units groundspeed=mps" in read.warnings[0]


@pytest.mark.parametrize(
    "name",
    ["paris-2021-10-07", "zurich-dlh4tr-2019-11-11", "rega-zurich", "rega-st-gallen", "zurich-ground"],
)
def test_real_recordings_with_all_their_dirt_do_not_contradict_themselves(name: str) -> None:
    from safetynets.recordings.contradictions import contradictions

    assert contradictions(read_tracks(SHIPPED / f"{name}.parquet").tracks, {}) == []


def test_a_clock_set_back_by_an_hour_is_named_with_its_row() -> None:
    frame = flight()
    frame.loc[40:, "timestamp"] -= 3600
    with pytest.raises(TracksError, match=r"row 41: the clock steps back by an hour.*write UTC"):
        read_frame(frame)
    # The same in a file that holds one aircraft after the other.
    other = frame.assign(icao24="4b0aaa", callsign="TST15")
    with pytest.raises(TracksError, match="row 41: the clock steps back by an hour"):
        read_frame(pd.concat([frame, other]))


def test_rows_in_any_order_are_no_clock_that_steps_back() -> None:
    frame = pd.concat([flight(), flight().assign(timestamp=lambda rows: rows["timestamp"] + 3600)])
    shuffled = frame.sample(frac=1.0, random_state=1)
    assert read_frame(shuffled).tracks.track_count == 2


def test_zeros_between_altitudes_in_flight_are_unknown() -> None:
    read = read_tracks(DATA / "altitude-zero.csv")
    assert read.counts["plots whose altitude of zero is unknown"] == 5
    assert int(np.isnan(read.tracks.pressure_altitude_ft).sum()) == 5
    assert np.nanmin(read.tracks.pressure_altitude_ft) > 1000.0


@pytest.mark.parametrize(
    ("altitudes", "onground", "unknown"),
    [
        ([300.0, 150.0, 0.0, 0.0, 0.0], None, 0),
        ([0.0, 0.0, 25.0, 150.0, 300.0], None, 0),
        ([4000.0, 0.0, 0.0, 0.0, 0.0], None, 4),
        ([4000.0, 0.0, 0.0, 0.0, 0.0], [False, True, True, True, True], 0),
        ([0.0, 0.0, 0.0, 0.0, 0.0], None, 5),
    ],
    ids=["landing by the sea", "take-off by the sea", "lost in flight", "said to be on the ground", "zeros at 140 kt"],
)
def test_a_zero_is_believed_where_an_aircraft_could_be_there(altitudes, onground, unknown: int) -> None:
    frame = flight().head(5).assign(altitude=altitudes).drop(columns="vertical_rate")
    if onground is not None:
        frame["onground"] = onground
    assert read_frame(frame).counts["plots whose altitude of zero is unknown"] == unknown


def test_an_aircraft_parked_at_altitude_zero_stays_there() -> None:
    frame = flight().head(5).assign(altitude=0.0, groundspeed=0.0, latitude=53.6, longitude=10.0)
    assert read_frame(frame).tracks.pressure_altitude_ft.tolist() == [0.0] * 5


def test_address_and_call_sign_are_one_however_they_are_written() -> None:
    frame = flight()
    frame.loc[::2, "icao24"] = "4B0FFF"
    frame.loc[1::4, "callsign"] = "tst14   "
    frame.loc[2::4, "callsign"] = "TST14___"
    frame.loc[3::8, "icao24"] = "0x4b0fff"
    tracks = read_frame(frame).tracks
    assert (tracks.icao24.tolist(), tracks.callsign.tolist()) == (["4b0fff"], ["TST14"])


def test_a_garbled_call_sign_is_that_of_its_aircraft() -> None:
    frame = flight()
    frame.loc[[0, 30, 31, 70], "callsign"] = ["T5T14", "TST1", "TST1", "XXXX"]
    read = read_frame(frame)
    assert read.tracks.callsign.tolist() == ["TST14"]
    assert read.counts["plots with a garbled call sign"] == 4
    assert any("4 plots carried a garbled call sign" in note for note in read.notes)


def test_an_aircraft_that_changes_its_call_sign_is_two_tracks() -> None:
    frame = flight()
    frame.loc[40:, "callsign"] = "ABC15"
    read = read_frame(frame)
    assert read.tracks.callsign.tolist() == ["ABC15", "TST14"]
    assert read.tracks.track.tolist() == [0] * 31 + [1] * 40
    assert read.counts["plots with a garbled call sign"] == 0
    assert (np.diff(read.tracks.time_s[:31]) == 4).all()
