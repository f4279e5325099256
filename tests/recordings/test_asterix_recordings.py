"""ASTERIX recordings as people have them: what was written comes back, and what cannot be read is refused by cause."""

import os
import struct
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from safetynets.errors import TracksError
from safetynets.recordings import asterix, read_tracks
from safetynets.recordings.asterix.clock import Clock
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.recordings.asterix.radar import geographic, seen
from safetynets.sites import shipped_folder
from safetynets.tracks import Tracks, clean, count_flags
from safetynets.units import M_PER_NM, ft_to_m

ROOT = Path(__file__).parents[2]
SHIPPED = shipped_folder() / "data"
RADAR = (49.0, 2.5, 120.0)
RADARS = {(0, 1): RADAR}
DAY = date(2021, 10, 7)
NOON_S = datetime(2021, 10, 7, 12, tzinfo=UTC).timestamp()

COLUMNS = ("time_s", "latitude_deg", "longitude_deg", "pressure_altitude_ft", "vx_mps", "vy_mps", "vertical_rate_fpm")


@pytest.fixture(scope="module")
def paris() -> Tracks:
    """The first tracks of the Paris recording, with what a Mode S radar and a flight plan would add."""
    tracks = read_tracks(SHIPPED / "paris-2021-10-07.parquet").tracks
    part = tracks.select((tracks.track < 15) & (tracks.time_s % 4 < 1))
    rng = np.random.default_rng(62)
    count = len(part)

    def at_times(values, share):
        return np.where(rng.random(count) < share, values, np.nan)

    selected = at_times(rng.integers(10, 400, count) * 100.0, 0.8)
    setting = at_times(rng.integers(9600, 10450, count) / 10.0, 0.8)
    known = ~np.isnan(selected)
    tracks = Tracks.from_columns(
        {
            **{name: getattr(part, name) for name in (*COLUMNS, "track", "on_ground")},
            "cleared_altitude_ft": at_times(rng.integers(10, 400, count) * 100.0, 0.5),
            "selected_altitude_ft": selected,
            "selected_altitude_age_s": np.where(known, rng.integers(0, 80, count) / 4.0, np.nan),
            "selected_altitude_source": np.where(known, rng.integers(2, 4, count), -1),
            "baro_setting_hpa": setting,
            "baro_setting_age_s": np.where(np.isnan(setting), np.nan, rng.integers(0, 80, count) / 4.0),
            "coasted": rng.integers(0, 2, count),
        },
        {
            **{name: getattr(part, name)[:15] for name in ("callsign", "icao24")},
            "ssr_code": [f"{code:04o}" for code in range(1000, 1015)],
            "flight_rules": ["IFR", "VFR", ""] * 5,
            "departure": ["EDDF"] * 15,
            "destination": ["LFPG", "LFPO", ""] * 5,
            "runway": ["26L", "27R", "09"] * 5,
            "aircraft_type": ["A320"] * 15,
            "wake": ["M", "H", "J"] * 5,
        },
    )
    assert len(tracks) > 4000
    return tracks


@pytest.fixture(scope="module")
def zurich() -> Tracks:
    return read_tracks(SHIPPED / "zurich-dlh4tr-2019-11-11.parquet").tracks


def round_trip(tracks: Tracks, folder: Path, category: str, ending: str, **options) -> Tracks:
    day = datetime.fromtimestamp(float(tracks.time_s.min()), UTC).date()
    file = asterix.write(tracks, folder / f"day{ending}", category, radar=RADAR, **options)
    return asterix.read(file, date=day, radars=RADARS, **options).tracks


def assert_near(now, before, half, *, period=None) -> None:
    np.testing.assert_array_equal(np.isnan(now), np.isnan(before))
    error = np.abs(now - before)
    if period is not None:
        error = np.minimum(error, period - error)
    assert np.nanmax(error, initial=0.0) <= half * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize("ending", [".ast", ".ff", ".pcap"])
@pytest.mark.parametrize("category", ["cat062", "cat021", "cat048"])
def test_what_is_written_comes_back_within_half_the_last_bit(paris, tmp_path, category, ending) -> None:
    back = round_trip(paris, tmp_path, category, ending)
    assert len(back) == len(paris)
    np.testing.assert_array_equal(back.track, paris.track)
    for name in ("callsign", "icao24", "ssr_code"):
        assert getattr(back, name).tolist() == getattr(paris, name).tolist()
    assert_near(back.time_s, paris.time_s, 1 / 256)
    assert_near(back.pressure_altitude_ft, paris.pressure_altitude_ft, 12.5)
    np.testing.assert_array_equal(back.on_ground, paris.on_ground)
    assert_near(back.baro_setting_hpa, paris.baro_setting_hpa, 0.05)
    np.testing.assert_array_equal(back.selected_altitude_source, paris.selected_altitude_source)
    assert_near(back.selected_altitude_ft, paris.selected_altitude_ft, 8.0 if category == "cat048" else 12.5)
    if category == "cat048":
        check_polar_position(back, paris)
    else:
        half_deg = 180 / 2**26 if category == "cat062" else 180 / 2**31
        assert_near(back.latitude_deg, paris.latitude_deg, half_deg)
        assert_near(back.longitude_deg, paris.longitude_deg, half_deg)
        assert_near(back.vertical_rate_fpm, paris.vertical_rate_fpm, 3.125)
        age_s = (0.125 if category == "cat062" else 0.05) + 1e-5  # ages are kept in single precision
        assert_near(back.selected_altitude_age_s, paris.selected_altitude_age_s, age_s)
    if category == "cat062":
        check_what_only_a_tracker_knows(back, paris)
    else:
        check_polar_velocity(back, paris)
    if category != "cat021":
        np.testing.assert_array_equal(back.coasted, paris.coasted)


def check_what_only_a_tracker_knows(back: Tracks, tracks: Tracks) -> None:
    assert_near(back.vx_mps, tracks.vx_mps, 0.125)
    assert_near(back.vy_mps, tracks.vy_mps, 0.125)
    assert_near(back.cleared_altitude_ft, tracks.cleared_altitude_ft, 12.5)
    assert_near(back.baro_setting_age_s, tracks.baro_setting_age_s, 0.125)
    for name in ("flight_rules", "departure", "destination", "runway", "aircraft_type", "wake"):
        assert getattr(back, name).tolist() == getattr(tracks, name).tolist()


def check_polar_velocity(back: Tracks, tracks: Tracks) -> None:
    speed_mps = np.hypot(tracks.vx_mps, tracks.vy_mps)
    assert_near(np.hypot(back.vx_mps, back.vy_mps), speed_mps, M_PER_NM / 2**15)
    moving = speed_mps > M_PER_NM / 2**13
    course_deg = np.degrees(np.arctan2(tracks.vx_mps, tracks.vy_mps))
    now_deg = np.degrees(np.arctan2(back.vx_mps, back.vy_mps))
    assert_near(now_deg[moving], course_deg[moving], 360 / 2**17, period=360.0)


def check_polar_position(back: Tracks, tracks: Tracks) -> None:
    """Seen from the radar at the altitude that was sent; without an altitude there is no position."""
    height_m = ft_to_m(back.pressure_altitude_ft)
    range_m, azimuth_deg = seen(tracks.latitude_deg, tracks.longitude_deg, height_m, RADAR)
    now_m, now_deg = seen(back.latitude_deg, back.longitude_deg, height_m, RADAR)
    assert_near(now_m, range_m, M_PER_NM / 512)
    assert_near(now_deg, azimuth_deg, 360 / 2**17, period=360.0)


def test_the_landing_at_zurich_comes_back_and_is_cleaned_alike(zurich, tmp_path) -> None:
    for category in ("cat062", "cat021"):
        back = round_trip(zurich, tmp_path, category, ".pcap")
        assert count_flags(clean(back)) == count_flags(clean(zurich))
        assert_near(back.pressure_altitude_ft, zurich.pressure_altitude_ft, 12.5)


def test_geometric_altitudes_come_back_where_the_geoid_is_known(zurich, tmp_path) -> None:
    tracks = zurich.with_columns(geometric_altitude_ft=zurich.pressure_altitude_ft + 130.0)
    for category in ("cat062", "cat021"):
        back = round_trip(tracks, tmp_path, category, ".ast", geoid_undulation_m=47.0)
        assert_near(back.geometric_altitude_ft, tracks.geometric_altitude_ft, 3.125)
    without = asterix.read(tmp_path / "day.ast", date=date(2019, 11, 11))
    assert np.isnan(without.tracks.geometric_altitude_ft).all()
    assert any("geoid" in note for note in without.notes)


def test_the_alerts_of_a_recording_are_those_of_its_asterix(zurich, tmp_path) -> None:
    from safetynets.recordings import write_parquet
    from safetynets.runs import replay

    def alerts(tracks: Tracks):
        run = replay(write_parquet(tracks, tmp_path / "day.parquet"), "zurich", qnh_hpa=975.0, qnh_source="a test")
        return [(alert.net, alert.callsign, round(alert.start_time_s)) for alert in run.alerts]

    before = alerts(zurich)
    assert before
    for category in ("cat062", "cat021"):
        assert alerts(round_trip(zurich, tmp_path, category, ".ff")) == before


def test_libasterix_reads_what_is_written_and_writes_the_same_octets(paris, tmp_path) -> None:
    from asterix.base import Bits, RawDatablock
    from asterix.generated import Cat_021_2_7, Cat_048_1_32, Cat_062_1_21

    few = paris.select(paris.time_s < paris.time_s.min() + 600)
    for category, spec in (("cat062", Cat_062_1_21), ("cat021", Cat_021_2_7), ("cat048", Cat_048_1_32)):
        octets = asterix.write(few, tmp_path / "day.ast", category, radar=RADAR).read_bytes()
        count = 0
        for raw in RawDatablock.parse(Bits.from_bytes(octets)):
            records = spec.cv_uap.parse(raw.get_raw_records())
            assert not isinstance(records, ValueError), records
            assert b"".join(record.unparse().to_bytes() for record in records) == raw.get_raw_records().to_bytes()
            count += len(records)
        assert count == len(few)


# ---- single records


def file_of(folder: Path, category: int, columns, *, name="day.ast", edition=None, uap="") -> Path:
    file = folder / name
    encoded = encode(category, columns, edition=edition, uap=uap)
    file.write_bytes(b"".join(block for _, block in blocks(category, encoded)))
    return file


def track_062(**more):
    rows = max((len(values) for values in more.values()), default=1)
    given = {name.replace("_", "/").removeprefix("i"): values for name, values in more.items()}
    plain = {"010/SAC": 25, "010/SIC": 1, "040": 7, "070": 43200.0, "105/LAT": 46.2, "105/LON": 6.1, "136": 65.0}
    return {**{path: np.full(rows, value) for path, value in plain.items()}, **given}


def test_a_barometric_setting_is_800_more_than_its_code_and_unknown_at_both_ends_of_the_range(tmp_path) -> None:
    settings = [213.2, 0.0, 409.5, 0.1, np.nan]
    file = file_of(tmp_path, 62, track_062(i380_BPS=settings, i070=43200.0 + np.arange(5)))
    recording = asterix.read(file, date=DAY)
    np.testing.assert_array_equal(recording.tracks.baro_setting_hpa, [1013.2, np.nan, np.nan, 800.1, np.nan])
    assert recording.summary["baro_setting"]["out_of_range"] == 2


def test_an_old_setting_and_an_old_selected_altitude_are_unknown(tmp_path) -> None:
    columns = track_062(
        i380_BPS=[213.2, 213.2],
        i295_BPS=[4.0, 40.0],
        i380_SAL_ALT=[5000.0, 5000.0],
        i380_SAL_SAS=[1, 1],
        i380_SAL_SRC=[2, 3],
        i295_SAL=[30.25, 29.75],
        i070=[43200.0, 43201.0],
    )
    recording = asterix.read(file_of(tmp_path, 62, columns), date=DAY)
    np.testing.assert_array_equal(recording.tracks.baro_setting_hpa, [1013.2, np.nan])
    np.testing.assert_array_equal(recording.tracks.baro_setting_age_s, [4.0, np.nan])
    np.testing.assert_array_equal(recording.tracks.selected_altitude_ft, [np.nan, 5000.0])
    assert recording.tracks.selected_altitude_source.tolist() == [-1, 3]
    assert recording.summary["selected_altitude"]["stale"] == 1
    assert recording.summary["stale_after_s"] == 30.0
    longer = asterix.read(tmp_path / "day.ast", date=DAY, stale_s=60.0).tracks
    assert longer.selected_altitude_ft.tolist() == [5000.0, 5000.0]


def test_an_altitude_on_a_qnh_is_not_taken_for_a_pressure_altitude(tmp_path) -> None:
    columns = track_062(i135_QNH=[0, 1, 1], i135_CTB=[64.0, 70.0, 70.0], i136=[np.nan, np.nan, 65.0])
    recording = asterix.read(file_of(tmp_path, 62, columns), date=DAY)
    np.testing.assert_array_equal(recording.tracks.pressure_altitude_ft, [6400.0, np.nan, 6500.0])
    assert recording.counts["plots with an altitude on a QNH only"] == 1


def test_simulated_reports_are_left_out_and_counted(tmp_path) -> None:
    columns = track_062(i080_MON=[0, 0], i080_SIM=[1, 0], i040=[1, 2])
    recording = asterix.read(file_of(tmp_path, 62, columns), date=DAY)
    assert len(recording.tracks) == 1
    assert recording.counts["simulated and test reports left out"] == 1


def test_a_code_that_was_not_validated_or_is_garbled_is_unknown(tmp_path) -> None:
    columns = {
        **{path: [value] * 3 for path, value in {"010/SAC": 0, "010/SIC": 1, "140": 43200.0, "161/TRN": 5}.items()},
        "020/TYP": [5, 5, 0],
        "040/RHO": [20.0] * 3,
        "040/THETA": [90.0] * 3,
        "070/V": [1, 0, 0],
        "070/MODE3A": ["1234", "4321", "4321"],
        "090/V": [0, 1, 0],
        "090/G": [0, 0, 1],
        "090/FL": [100.0, 100.0, -1.25],
        "230/STAT": [0, 1, 4],
    }
    tracks = asterix.read(file_of(tmp_path, 48, columns), date=DAY, radars=RADARS).tracks
    assert tracks.ssr_code.tolist() == ["4321"]
    np.testing.assert_array_equal(tracks.pressure_altitude_ft, [10_000.0, np.nan, np.nan])
    assert np.isnan(tracks.latitude_deg).tolist() == [False, True, True]
    assert tracks.on_ground.tolist() == [0, 1, -1]
    assert tracks.coasted.tolist() == [0, 0, 1]


def test_the_call_sign_of_the_plan_stands_before_that_of_the_aircraft(tmp_path) -> None:
    columns = track_062(
        i245_CHR=["SWR1X", "SWR1X", "SWR1X"], i390_CS=["", "SWR1", ""], i070=[43200.0, 43204.0, 43208.0]
    )
    tracks = asterix.read(file_of(tmp_path, 62, columns), date=DAY).tracks
    assert tracks.callsign.tolist() == ["SWR1"]
    assert len(tracks) == 3


def test_a_track_number_given_to_another_aircraft_is_another_track(tmp_path) -> None:
    columns = track_062(
        i380_ADR=[0x4B1234, 0x4B1234, 0x3C664E, 0x3C664E],
        i080_MON=[0, 0, 0, 0],
        i080_TSE=[0, 0, 1, 0],
        i070=[43200.0, 43204.0, 43208.0, 43212.0],
    )
    tracks = asterix.read(file_of(tmp_path, 62, columns), date=DAY).tracks
    assert tracks.icao24.tolist() == ["3c664e", "3c664e", "4b1234"]
    assert tracks.track.tolist() == [0, 1, 2, 2]


def test_the_same_track_number_of_two_sources_is_two_tracks(tmp_path) -> None:
    columns = {**track_062(i070=[43200.0, 43201.0, 43204.0, 43205.0]), "010/SIC": [1, 2, 1, 2]}
    recording = asterix.read(file_of(tmp_path, 62, columns), date=DAY)
    assert recording.tracks.track_count == 2
    assert [(one["sic"], one["update_period_s"]) for one in recording.summary["sources"]] == [(1, 4.0), (2, 4.0)]


@pytest.mark.parametrize("edition", ["0.26", "0.23", "2.1", "2.7"])
def test_every_edition_of_category_021_gives_the_same_plot(tmp_path, edition) -> None:
    old = edition.startswith("0")
    columns = {
        "010/SAC": [0],
        "010/SIC": [1],
        "030" if old else "073": [43200.5],
        "130/LAT": [47.5],
        "130/LON": [8.5],
        "080": [0x4B1234],
        "145": [65.25],
        "160/GS": [0.05],
        "160/TA": [90.0],
        "155" if old else "155/BVR": [-500.0],
        "170": ["SWR1"],
        "146/SAS": [1],
        "146/SRC" if old else "146/S": [2],
        "146/ALT": [5000.0],
        "040/GBS": [0],
    }
    file = file_of(tmp_path, 21, columns, edition=edition)
    tracks = asterix.read(file, date=DAY, editions={"021": edition}).tracks
    assert tracks.time_s.tolist() == [NOON_S + 0.5]
    assert tracks.callsign.tolist() == ["SWR1"]
    assert (tracks.pressure_altitude_ft[0], tracks.vertical_rate_fpm[0]) == (6525.0, -500.0)
    assert tracks.selected_altitude_ft.tolist() == [5000.0]
    assert tracks.selected_altitude_source.tolist() == [2]
    assert tracks.on_ground.tolist() == [0]
    np.testing.assert_allclose([tracks.latitude_deg[0], tracks.longitude_deg[0]], [47.5, 8.5], atol=180 / 2**24)
    np.testing.assert_allclose(tracks.vx_mps[0], 0.05 * M_PER_NM, atol=M_PER_NM / 2**15)


def test_the_wrong_edition_is_refused_with_the_one_that_fits(paris, tmp_path) -> None:
    file = asterix.write(paris, tmp_path / "day.ast", "cat021")
    with pytest.raises(TracksError, match=r"cannot be decoded as edition 0\.26; .* say --edition 021=2\.7"):
        asterix.read(file, date=DAY, editions={"021": "0.26"})
    with pytest.raises(TracksError, match=r"unknown edition '9' of ASTERIX category 021; use one of 2\.7, 2\.6"):
        asterix.read(file, date=DAY, editions={"021": "9"})


def test_a_mode_s_register_gives_selected_altitude_source_and_setting(tmp_path) -> None:
    # Register 4,0 of a reply that the documentation of pyModeS decodes: MCP and FMS 3,008 ft, 1020.0 hPa.
    both = 0x85E42F31300000
    only_fms = both & ~(1 << 55)
    nothing = both & ~(1 << 55) & ~(1 << 42) & ~(1 << 29)
    columns = {
        **{path: [value] * 4 for path, value in {"010/SAC": 0, "010/SIC": 1, "161/TRN": 5, "090/FL": 100.0}.items()},
        "140": [43200.0, 43204.0, 43208.0, 43212.0],
        "040/RHO": [20.0] * 4,
        "040/THETA": [90.0] * 4,
        "250/MBDATA": np.array([[both, both], [both, only_fms], [nothing, -1], [both, -1]]),
        "250/BDS1": np.array([[6, 4], [6, 4], [4, -1], [5, -1]]),
        "250/BDS2": np.array([[0, 0], [0, 0], [0, -1], [0, -1]]),
    }
    tracks = asterix.read(file_of(tmp_path, 48, columns), date=DAY, radars=RADARS).tracks
    np.testing.assert_array_equal(tracks.selected_altitude_ft, [3008.0, 3008.0, np.nan, np.nan])
    assert tracks.selected_altitude_source.tolist() == [2, 3, -1, -1]
    np.testing.assert_array_equal(tracks.baro_setting_hpa, [1020.0, 1020.0, np.nan, np.nan])


# ---- radars


def test_slant_range_and_azimuth_become_a_position_and_back_to_a_millimetre() -> None:
    rng = np.random.default_rng(48)
    latitude_deg, longitude_deg = 46.4 + rng.uniform(-3, 3, 2000), 6.1 + rng.uniform(-4, 4, 2000)
    height_m = rng.uniform(0, 13_000, 2000)
    radar = (46.4, 6.1, 1677.0)
    range_m, azimuth_deg = seen(latitude_deg, longitude_deg, height_m, radar)
    back = geographic(range_m, azimuth_deg, height_m, radar)
    np.testing.assert_allclose(back[0], latitude_deg, atol=1e-8)
    np.testing.assert_allclose(back[1], longitude_deg, atol=1e-8)


def test_an_aircraft_right_above_the_radar_is_placed_there() -> None:
    latitude_deg, longitude_deg = geographic(np.array([3000.0]), np.array([45.0]), np.array([9000.0]), RADAR)
    np.testing.assert_allclose([latitude_deg[0], longitude_deg[0]], RADAR[:2], atol=1e-9)


def test_a_radar_whose_position_is_not_known_is_refused_by_name(paris, tmp_path) -> None:
    file = asterix.write(paris, tmp_path / "day.pcap", "cat048", radar=RADAR, source=(25, 201))
    with pytest.raises(TracksError, match=r"radars 25/201 .*say --radar SAC/SIC="):
        asterix.read(file)


def test_category_001_takes_its_time_from_the_north_markers_and_its_source_from_the_record_before(tmp_path) -> None:
    marker = file_of(
        tmp_path, 2, {"010/SAC": [0], "010/SIC": [1], "000": [1], "030": [43200.0], "041": [4.0]}, name="marker"
    )
    plots = {
        "010/SAC": [0, -1],
        "010/SIC": [1, -1],
        "020/TYP": [1, 1],
        "161": [12, 13],
        "040/RHO": [10.0, 20.0],
        "040/THETA": [90.0, 180.0],
        "070/MODE3A": ["1234", "1235"],
        "090/HGT": [50.0, 60.0],
        "141": [(43200.0 - 1.0) % 512, (43200.0 + 2.5) % 512],
    }
    tracks_file = file_of(tmp_path, 1, plots, name="plots", uap="track")
    file = tmp_path / "day.ast"
    file.write_bytes(marker.read_bytes() + tracks_file.read_bytes() + marker.read_bytes())
    recording = asterix.read(file, date=DAY, radars=RADARS)
    assert sorted(recording.tracks.time_s - NOON_S) == [-1.0, 2.5]
    assert recording.tracks.track_count == 2
    assert recording.summary["status"]["002"]["0/1"] == {"messages": {"1": 2}, "antenna_period_s": 4.0}
    due_east = recording.tracks.select(recording.tracks.pressure_altitude_ft == 5000.0)
    assert due_east.longitude_deg[0] > RADAR[1]
    assert abs(due_east.latitude_deg[0] - RADAR[0]) < 0.001


# ---- time


def test_midnight_is_passed_forwards_and_late_records_go_back_over_it(tmp_path) -> None:
    seconds = [86398.0, 86399.5, 0.5, 86399.75, 1.0]
    file = file_of(tmp_path, 62, track_062(i070=seconds))
    tracks = asterix.read(file, date=date(2021, 10, 6)).tracks
    assert sorted(tracks.time_s - NOON_S + 43200.0) == [-2.0, -0.5, -0.25, 0.5, 1.0]


@pytest.mark.parametrize("portion", [1, 7, 10_000])
def test_records_with_wrong_times_do_not_make_it_another_day(portion) -> None:
    """One right record in fifty among random octets that look like records; midnight passes, and a silence of 5 h."""
    chance, clock = np.random.default_rng(1), Clock(DAY)
    right_s = np.concatenate([86_370.0 + np.arange(60.0), 104_400.0 + np.arange(60.0)])
    among = np.arange(len(right_s)) >= 10
    said_s, places = [], []
    for time_s, noisy in zip(right_s, among, strict=True):
        # after the silence the first six come alone
        noisy = noisy and not 0.0 <= time_s - 104_400.0 < 6.0
        said_s += [time_s % 86_400.0, *(chance.uniform(0.0, 86_400.0, 49) if noisy else ())]
        places.append(len(said_s) - (50 if noisy else 1))
    said = np.array(said_s)
    parts = [said[first : first + portion] for first in range(0, len(said), portion)]
    found_s = np.concatenate([clock.time_s(part, np.full(len(part), np.nan)) for part in parts])
    assert found_s[places].tolist() == (NOON_S - 43_200.0 + right_s).tolist()


def test_a_sparse_recording_goes_over_midnight() -> None:
    times_s = np.concatenate([80_000.0 + np.arange(10.0), 82_000.0 + 5_000.0 * np.arange(40)])
    found_s = Clock(DAY).time_s(times_s % 86_400.0, np.full(len(times_s), np.nan))
    assert found_s.tolist() == (NOON_S - 43_200.0 + times_s).tolist()


def test_a_capture_dates_every_record_by_its_own_packet(tmp_path) -> None:
    midnight_s = NOON_S + 43200.0
    times = midnight_s + np.array([-1.0, -0.25, 0.0, 0.25, 90_000.0, 200_000.0])
    tracks = Tracks.from_columns(
        {"time_s": times, "track": [0] * 6, "latitude_deg": [47.0] * 6, "longitude_deg": [8.0] * 6},
        {"icao24": ["4b1234"]},
    )
    file = asterix.write(tracks, tmp_path / "days.pcap", "cat021")
    assert asterix.read(file).tracks.time_s.tolist() == times.tolist()
    with pytest.raises(TracksError, match=r"a silence of 30\.6 hours"):
        asterix.write(tracks, tmp_path / "days.ast", "cat021")
    assert not list(tmp_path.glob("*.part"))


def test_a_recording_without_dates_is_refused_with_what_to_say(paris, tmp_path) -> None:
    for ending in (".ast", ".ff"):
        file = asterix.write(paris, tmp_path / f"day{ending}", "cat062")
        with pytest.raises(TracksError, match="say --date YYYY-MM-DD, the day"):
            asterix.read(file)


# ---- what is no recording


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"timestamp,icao24\n1,2\n", "does not look like ASTERIX"),
        (bytes(range(256)), "does not look like ASTERIX"),
        (bytes.fromhex("f000080000000000") * 4, "holds ASTERIX of category 240 only"),
        (bytes.fromhex("d4c3b2a1020004000000000000000000ffff00006900"), "truncated pcap"),
        (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 105), "a link of type 105"),
        (struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1), "holds no ASTERIX block"),
    ],
)
def test_what_is_no_recording_is_refused_by_cause(tmp_path, content, message) -> None:
    file = tmp_path / "day.bin"
    file.write_bytes(content)
    with pytest.raises(TracksError, match=message):
        asterix.read(file, date=DAY)


def test_an_undecodable_block_is_passed_over_and_counted(paris, tmp_path) -> None:
    file = asterix.write(paris, tmp_path / "day.ast", "cat062")
    whole = asterix.read(file, date=DAY)
    octets = bytearray(file.read_bytes())
    octets[3] |= 0x40  # the second bit of the FSPEC of category 062 is spare
    file.write_bytes(octets)
    recording = asterix.read(file, date=DAY)
    assert recording.summary["undecodable_blocks"] == {"062": 1}
    assert len(recording.tracks) < len(whole.tracks)
    assert any("1 of" in note and "passed over" in note for note in recording.notes)


def test_a_length_that_cannot_be_costs_the_octets_up_to_the_next_block(paris, tmp_path) -> None:
    file = asterix.write(paris, tmp_path / "day.ast", "cat062")
    octets = bytearray(file.read_bytes())
    at = 0
    for _ in range(5):
        at += int.from_bytes(octets[at + 1 : at + 3], "big")
    length = int.from_bytes(octets[at + 1 : at + 3], "big")
    octets[at + 1 : at + 3] = (length + 1).to_bytes(2, "big")
    file.write_bytes(octets)
    assert asterix.read(file, date=DAY).summary["octets_outside_blocks"] == length


def test_a_recording_that_ends_within_a_block_loses_only_that_block(paris, tmp_path) -> None:
    octets = asterix.write(paris, tmp_path / "day.ast", "cat062").read_bytes()
    ends = [0]
    while ends[-1] < len(octets):
        ends.append(ends[-1] + int.from_bytes(octets[ends[-1] + 1 : ends[-1] + 3], "big"))
    for number in (40, 80, 120):
        for beyond in range(3, ends[number + 1] - ends[number], 11):
            (tmp_path / "cut.ast").write_bytes(octets[: ends[number] + beyond])
            summary = asterix.read(tmp_path / "cut.ast", date=DAY).summary
            assert summary["blocks"] == {"062": number}
            assert summary["octets_outside_blocks"] == beyond


def test_bits_that_are_flipped_anywhere_end_in_a_recording_or_a_refusal(paris, tmp_path) -> None:
    few = paris.select(paris.time_s < paris.time_s.min() + 120)
    rng = np.random.default_rng(2)
    read, refused = 0, 0
    for category, ending in (("cat062", ".ast"), ("cat048", ".ff"), ("cat021", ".pcap")):
        original = np.frombuffer(
            asterix.write(few, tmp_path / f"day{ending}", category, radar=RADAR).read_bytes(), dtype=np.uint8
        )
        file = tmp_path / "flipped"
        for _ in range(60):
            octets = original.copy()
            octets[rng.integers(0, len(octets), 40)] ^= np.uint8(1) << rng.integers(0, 8, 40).astype(np.uint8)
            file.write_bytes(octets.tobytes())
            try:
                recording = asterix.read(file, date=DAY, radars=RADARS)
            except TracksError:
                refused += 1
                continue
            read += 1
            assert 0 < len(recording.tracks) <= len(few)
            assert np.isfinite(recording.tracks.time_s).all()
    assert read > 20
    assert read + refused == 180


def test_no_kernel_reads_beyond_the_end_of_a_flipped_recording() -> None:
    """The kernels run as Python, where a read beyond the end is an error."""
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "tests.flip_asterix", "2000"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=plain)
    assert done.returncode == 0, done.stderr
    assert "2,000 bits flipped" in done.stdout


def test_a_file_cut_anywhere_ends_in_a_recording_or_a_refusal(paris, tmp_path) -> None:
    few = paris.select(paris.time_s < paris.time_s.min() + 60)
    for category, ending in (("cat062", ".ast"), ("cat048", ".ff"), ("cat021", ".pcap")):
        original = asterix.write(few, tmp_path / f"day{ending}", category, radar=RADAR).read_bytes()
        file = tmp_path / "cut"
        whole = len(asterix.read(tmp_path / f"day{ending}", date=DAY, radars=RADARS).tracks)
        for end in range(len(original) - 200, len(original), 7):
            file.write_bytes(original[:end])
            assert len(asterix.read(file, date=DAY, radars=RADARS).tracks) <= whole


def test_chunks_of_any_size_give_the_same_recording(paris, tmp_path, monkeypatch) -> None:
    from safetynets.recordings.containers_read import Container

    for category, ending in (("cat062", ".ast"), ("cat048", ".ff"), ("cat021", ".pcap")):
        file = asterix.write(paris, tmp_path / f"day{ending}", category, radar=RADAR)
        whole = asterix.read(file, date=DAY, radars=RADARS)
        chunks = Container.chunks
        with monkeypatch.context() as patched:
            patched.setattr(Container, "chunks", lambda self, chunks=chunks: chunks(self, 70_001))
            pieces = asterix.read(file, date=DAY, radars=RADARS)
        assert pieces.summary == whole.summary
        for name in (*COLUMNS, "track", "selected_altitude_ft", "baro_setting_hpa"):
            np.testing.assert_array_equal(getattr(pieces.tracks, name), getattr(whole.tracks, name))


def test_track_numbers_are_given_again_only_after_the_silence_that_ends_a_track(tmp_path) -> None:
    count = 5000
    starts = np.arange(count) * 700.0
    tracks = Tracks.from_columns(
        {
            "time_s": NOON_S + np.repeat(starts, 2) + np.tile([0.0, 4.0], count),
            "track": np.repeat(np.arange(count), 2),
            "latitude_deg": np.full(2 * count, 47.0),
            "longitude_deg": np.full(2 * count, 8.0),
        },
        {"icao24": [f"{number:06x}" for number in range(1, count + 1)]},
    )
    back = asterix.read(asterix.write(tracks, tmp_path / "days.pcap", "cat021")).tracks
    assert back.track_count == count
    at_once = tracks.with_columns(time_s=np.tile([NOON_S, NOON_S + 4.0], count))
    with pytest.raises(TracksError, match="more than 4,096 tracks at a time"):
        asterix.write(at_once, tmp_path / "day.pcap", "cat021")


def test_a_track_number_is_not_given_again_while_its_silence_could_be_a_gap() -> None:
    from safetynets.recordings.asterix.writer import track_numbers

    def numbers_of(third_s: float) -> list[int]:
        return track_numbers(Tracks.from_columns({"time_s": [0.0, 1.0, third_s], "track": [0, 1, 2]}), 2).tolist()

    assert numbers_of(600.5) == [0, 1, 0]
    with pytest.raises(TracksError, match="more than 2 tracks at a time"):
        numbers_of(599.0)


def test_what_a_category_cannot_hold_is_refused_with_call_sign_and_time(zurich, tmp_path) -> None:
    high = zurich.with_columns(pressure_altitude_ft=np.full(len(zurich), 300_000.0))
    with pytest.raises(TracksError, match=r"DLH4TR at 2019-11-11 17:55:51: .*090/FL is 3000, outside"):
        asterix.write(high, tmp_path / "day.ast", "cat048", radar=(47.5, 8.5, 430.0))
    assert not list(tmp_path.iterdir())


def test_the_status_of_sensors_and_tracker_is_told(tmp_path) -> None:
    batches = {"010/SAC": [25, 25], "010/SIC": [1, 1], "000": [2, 2], "030": [43200.0, 43204.0]}
    parts = [
        file_of(tmp_path, 62, track_062(), name="a").read_bytes(),
        file_of(tmp_path, 65, batches, name="b").read_bytes(),
        file_of(
            tmp_path, 65, {"010/SAC": [25], "010/SIC": [1], "000": [1], "030": [43201.0], "040/NOGO": [1]}, name="c"
        ).read_bytes(),
        file_of(
            tmp_path,
            63,
            {"010/SAC": [25], "010/SIC": [1], "030": [43201.0], "050/SAC": [25], "050/SIC": [201], "060/CON": [3]},
            name="d",
        ).read_bytes(),
        file_of(
            tmp_path, 34, {"010/SAC": [25], "010/SIC": [201], "000": [1], "030": [43200.0], "041": [4.0]}, name="e"
        ).read_bytes(),
    ]
    file = tmp_path / "day.ast"
    file.write_bytes(b"".join(parts))
    status = asterix.read(file, date=DAY).summary["status"]
    assert status["065"]["25/1"] == {
        "messages": {"1": 1, "2": 2},
        "batch_period_s": 4.0,
        "states": {"degraded": 1},
    }
    assert status["063"] == {"25/201": {"states": {"not connected": 1}}}
    assert status["034"]["25/201"]["antenna_period_s"] == 4.0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_table_of_text_is_never_taken_for_asterix(encoding) -> None:
    lines = ['"timestamp","icao24","Höhe"', *(f'"{number}","4b{number:04x}","{number * 25}"' for number in range(4000))]
    assert asterix.sniff("\n".join(lines).encode(encoding)[: 1 << 16]) is None
    assert asterix.sniff("\n".join(lines).replace('"', " ").encode(encoding)[: 1 << 16]) is None
