"""A flight in every format and dialect that recordings come in is the same flight."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from safetynets.errors import TracksError
from safetynets.recordings import read_tracks
from safetynets.recordings.profile import Profile
from safetynets.tracks import Tracks
from safetynets.units import fpm_to_ftps, ft_to_m, kt_to_mps, mps_to_kt

DATA = Path(__file__).parent / "data"
COLUMNS = ("time_s", "latitude_deg", "longitude_deg", "pressure_altitude_ft", "vx_mps", "vy_mps", "vertical_rate_fpm")

TEXT = (DATA / "reference.csv").read_text(encoding="utf-8")


def assert_same_flight(tracks: Tracks, reference: Tracks, *, but: tuple[str, ...] = (), coarse: bool = False) -> None:
    """The same plots; `coarse` where the format rounds courses to degrees or speeds to hundredths of m/s."""
    assert tracks.track_count == 1
    assert len(tracks) == len(reference)
    # 1e-5 deg is the last digit of SBS; a degree of course is 0.6 m/s at 140 kt; 0.005 m/s is 1 ft/min.
    allowed = {"latitude_deg": 6e-6, "longitude_deg": 6e-6, "pressure_altitude_ft": 0.02, "vertical_rate_fpm": 1.0}
    for name in COLUMNS:
        if name not in but:
            tolerance = allowed.get(name, 0.4 if coarse else 0.02) if name != "time_s" else 0.0
            np.testing.assert_allclose(getattr(tracks, name), getattr(reference, name), rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    ("name", "recognised", "options"),
    [
        ("opensky-state-vectors.csv", "CSV, OpenSky state vectors", {}),
        ("opensky-trino.parquet", "Parquet, OpenSky state vectors", {"but": ("vertical_rate_fpm",)}),
        ("flightradar24.csv", "CSV, Flightradar24 CSV", {"but": ("vertical_rate_fpm",), "coarse": True}),
        ("sbs-basestation.csv", "SBS (BaseStation) messages", {"coarse": True}),
        ("semicolon-decimal-comma.csv", "CSV, columns as named by traffic", {}),
        ("record-a-line.json", "JSON, columns as named by traffic", {}),
        ("callsign-underscore.csv", "CSV, columns as named by traffic", {}),
    ],
)
def test_a_format_is_recognised_and_read_in_its_own_units(
    reference: Tracks, name: str, recognised: str, options: dict[str, object]
) -> None:
    read = read_tracks(DATA / name)
    assert read.format == recognised
    assert read.warnings == ()
    assert_same_flight(read.tracks, reference, **options)  # type: ignore[arg-type]
    assert read.tracks.callsign.tolist() == ["TST14"]


def with_tabs(text: str) -> bytes:
    return text.replace(",", "\t").encode()


def with_blanks(text: str) -> bytes:
    return text.replace(",", ", ").encode()


def in_capitals(text: str) -> bytes:
    first, _, rest = text.partition("\n")
    return (first.upper() + "\n" + rest).encode()


def with_comments(text: str) -> bytes:
    lines = text.splitlines()
    return "\n".join(["# written by hand", "", lines[0], *lines[1:9], "# half time", *lines[9:], "// end"]).encode()


def of_a_spreadsheet(text: str) -> bytes:
    return ("sep=;\r\n" + text.replace(",", ";").replace("\n", "\r\n")).encode("utf-8-sig")


def utf16(text: str) -> bytes:
    return text.encode("utf-16")


def utf16_without_mark(text: str) -> bytes:
    return text.encode("utf-16-be")


def quoted(text: str) -> bytes:
    return "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in text.splitlines()).encode()


@pytest.mark.parametrize(
    "written",
    [with_tabs, with_blanks, in_capitals, with_comments, of_a_spreadsheet, utf16, utf16_without_mark, quoted],
)
def test_a_dialect_is_read_as_it_is(tmp_path: Path, reference: Tracks, written: Callable[[str], bytes]) -> None:
    path = tmp_path / "day"
    path.write_bytes(written(TEXT))
    assert_same_flight(read_tracks(path).tracks, reference)


def zipped(content: bytes, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/day.csv", content)


def zstandard(content: bytes, path: Path) -> None:
    path.write_bytes(pa.compress(content, codec="zstd", asbytes=True))


PACKERS: dict[str, Callable[[bytes, Path], object]] = {
    "gz": lambda content, path: path.write_bytes(gzip.compress(content)),
    "xz": lambda content, path: path.write_bytes(lzma.compress(content)),
    "bz2": lambda content, path: path.write_bytes(bz2.compress(content)),
    "zip": zipped,
    "zst": zstandard,
}


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("name", ["reference.csv", "opensky-trino.parquet", "record-a-line.json"])
def test_a_packed_file_is_read_as_the_plain_one(tmp_path: Path, reference: Tracks, packing: str, name: str) -> None:
    path = tmp_path / f"no-ending-{packing}"
    PACKERS[packing]((DATA / name).read_bytes(), path)
    but = ("vertical_rate_fpm",) if name == "opensky-trino.parquet" else ()  # its rates are those of the descent
    assert_same_flight(read_tracks(path).tracks, reference, but=but)


@pytest.mark.parametrize("packing", PACKERS)
def test_a_bomb_is_refused_before_it_fills_the_memory(
    tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safetynets.recordings.source.BOMB_BYTES", 1 << 20)
    path = tmp_path / "bomb"
    PACKERS[packing](TEXT.encode() + b"\n" * (24 << 20), path)
    with pytest.raises(TracksError, match=r"unpacks to more than \d+ MiB, 400 times its size or more; unpack it"):
        read_tracks(path)


@pytest.mark.parametrize("packing", PACKERS)
def test_a_packed_file_that_is_cut_is_refused(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "cut"
    PACKERS[packing]((DATA / "reference.csv").read_bytes() * 9, path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(TracksError, match=r"truncated or damaged (gzip|xz|bzip2|zip|zstd)"):
        read_tracks(path)


def traces() -> dict[str, bytes]:
    """Three aircraft as the globe history keeps them: a gzipped file each, and what goes with them."""
    named = {}
    for number, icao24 in enumerate(("4b0aaa", "4b0bbb", "4b0ccc")):
        points = [[4.0 * row, 47.5, 8.5 + 0.001 * row, 5000 + 25 * row, 250.0, 90.0, 0, 384] for row in range(20)]
        points[0].append({"flight": f"TST{number}   "})
        trace = {"icao": icao24, "timestamp": 1699999000.0 + number, "trace": points}
        named[f"./traces/{icao24[-2:]}/trace_full_{icao24}.json"] = gzip.compress(json.dumps(trace).encode())
        trace["trace"] = points[15:]
        named[f"./traces/{icao24[-2:]}/trace_recent_{icao24}.json"] = gzip.compress(json.dumps(trace).encode())
    return named


def write_tar(path: Path, files: dict[str, bytes], mode: str) -> None:
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))


@pytest.mark.parametrize("packing", ["zip", "tar", "tgz"])
def test_an_archive_of_traces_is_one_recording(tmp_path: Path, packing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safetynets.recordings.archive.FILES_AT_A_TIME", 2)
    path = tmp_path / f"day.{packing}"
    if packing == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in traces().items():
                archive.writestr(name, content)
    else:
        write_tar(path, {**traces(), "./heatmap/00.bin.ttf": b"\0" * 99}, "w:gz" if packing == "tgz" else "w")
    read = read_tracks(path)
    assert read.format == "archive, readsb trace"
    assert read.tracks.callsign.tolist() == ["TST0", "TST1", "TST2"]
    assert [read.tracks.rows_of(track).stop for track in range(3)] == [20, 40, 60], "trace_recent is not read again"
    assert read.tracks.time_s[20] == 1699999001.0
    assert read.tracks.pressure_altitude_ft[19] == 5475.0


def test_an_archive_is_refused_by_the_file_that_is_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "day.tar"
    write_tar(path, {**traces(), "./receiver.json": b'{"refresh": 1000}'}, "w")
    with pytest.raises(TracksError, match=r"day.tar: ./receiver.json: is no trace and no aircraft.json of readsb"):
        read_tracks(path)
    write_tar(path, {"notes.txt": b"hello"}, "w")
    with pytest.raises(TracksError, match="an archive without a JSON file"):
        read_tracks(path)
    write_tar(path, traces(), "w")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(TracksError, match="truncated or damaged archive"):
        read_tracks(path)


def test_an_archive_of_several_files_is_refused_with_their_names(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "days.zip", "w") as archive:
        archive.writestr("one.csv", TEXT)
        archive.writestr("two.csv", TEXT)
    with pytest.raises(TracksError, match=r"holds 2 files: one.csv, two.csv; pack one recording"):
        read_tracks(tmp_path / "days.zip")


def rows(reference: Tracks) -> list[dict[str, float]]:
    """The plots of the reference flight, one mapping each, in the usual units."""
    speed_kt = mps_to_kt(np.hypot(reference.vx_mps, reference.vy_mps))
    track_deg = np.degrees(np.arctan2(reference.vx_mps, reference.vy_mps)) % 360
    return [
        {
            "time": float(reference.time_s[i]),
            "lat": float(reference.latitude_deg[i]),
            "lon": float(reference.longitude_deg[i]),
            "alt": float(reference.pressure_altitude_ft[i]),
            "gs": float(speed_kt[i]),
            "track": float(track_deg[i]),
            "rate": float(reference.vertical_rate_fpm[i]),
        }
        for i in range(len(reference))
    ]


def in_json(tmp_path: Path, value: object) -> Path:
    path = tmp_path / "day.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def state(row: dict[str, float]) -> list[object]:
    return [
        *("4b0fff", "TST14   ", "Switzerland", row["time"], row["time"], row["lon"], row["lat"], ft_to_m(row["alt"])),
        *(False, kt_to_mps(row["gs"]), row["track"], ft_to_m(fpm_to_ftps(row["rate"])), None, None, "1000", False, 0),
    ]


def test_answers_of_the_opensky_rest_interface_are_in_metres(tmp_path: Path, reference: Tracks) -> None:
    answers = [{"time": int(row["time"]), "states": [state(row)]} for row in rows(reference)]
    read = read_tracks(in_json(tmp_path, answers))
    assert read.format == "OpenSky state vectors (REST)"
    assert_same_flight(read.tracks, reference)
    one = read_tracks(in_json(tmp_path, answers[0]))
    assert len(one.tracks) == 1


def test_a_trace_of_readsb_is_read_with_what_the_aircraft_has_set(tmp_path: Path, reference: Tracks) -> None:
    points = [
        [row["time"] - 1699999000, row["lat"], row["lon"], row["alt"], row["gs"], row["track"], 0, row["rate"], None]
        for row in rows(reference)
    ]
    points[0][8] = {"flight": "TST14   ", "squawk": "1000", "nav_qnh": 1013.6, "nav_altitude_mcp": 4000}
    points[-1][6] = 1
    trace = {"icao": "4b0fff", "timestamp": 1699999000, "trace": points}
    path = tmp_path / "trace_full_4b0fff.json"
    path.write_bytes(gzip.compress(json.dumps(trace).encode()))
    read = read_tracks(path)
    assert read.format == "readsb trace"
    assert_same_flight(read.tracks, reference)
    assert read.tracks.callsign.tolist() == ["TST14"]
    assert read.tracks.baro_setting_hpa[0] == 1013.6
    assert read.tracks.selected_altitude_ft[0] == 4000.0
    assert read.tracks.coasted[[0, -1]].tolist() == [0, 1]


def test_snapshots_of_aircraft_json_a_line_each_are_one_recording(tmp_path: Path, reference: Tracks) -> None:
    lines = [
        json.dumps(
            {
                "now": row["time"] + 0.5,
                "messages": 1,
                "aircraft": [
                    {
                        **{
                            "hex": "4b0fff",
                            "flight": "TST14   ",
                            "seen_pos": 0.5,
                            "lat": row["lat"],
                            "lon": row["lon"],
                        },
                        **{"alt_baro": row["alt"], "gs": row["gs"], "track": row["track"], "baro_rate": row["rate"]},
                    },
                    {"hex": "4b0001", "alt_baro": "ground"},
                ],
            }
        )
        for row in rows(reference)
    ]
    path = tmp_path / "aircraft.json"
    path.write_text("\n".join(lines), encoding="utf-8")
    read = read_tracks(path)
    assert read.format == "readsb aircraft.json"
    assert_same_flight(read.tracks, reference)


def test_an_aircraft_on_the_ground_has_no_altitude_and_no_track_in_readsb(tmp_path: Path) -> None:
    aircraft = {"hex": "4b0fff", "lat": 47.4, "lon": 8.5, "alt_baro": "ground", "gs": 5.0, "track": 90.0}
    tracks = read_tracks(in_json(tmp_path, {"now": 1.7e9, "messages": 1, "aircraft": [aircraft]})).tracks
    assert np.isnan([tracks.pressure_altitude_ft[0], tracks.vx_mps[0]]).all()
    assert tracks.on_ground.tolist() == [1]


def test_a_played_back_flight_of_flightradar24_is_read_in_feet_and_knots(tmp_path: Path, reference: Tracks) -> None:
    points = [
        {
            **{"timestamp": row["time"], "latitude": row["lat"], "longitude": row["lon"], "heading": row["track"]},
            "altitude": {"feet": row["alt"], "meters": ft_to_m(row["alt"])},
            "speed": {"kmh": row["gs"] * 1.852, "kts": row["gs"], "mph": row["gs"] * 1.15},
            "verticalSpeed": {"fpm": row["rate"], "ms": 0},
        }
        for row in rows(reference)
    ]
    flight = {
        "identification": {"callsign": "TST14"},
        "aircraft": {"identification": {"modes": "4B0FFF"}},
        "track": points,
    }
    read = read_tracks(in_json(tmp_path, {"result": {"response": {"data": {"flight": flight}}}}))
    assert read.format == "Flightradar24 JSON"
    assert_same_flight(read.tracks, reference)


def test_flight_tracks_of_flightradar24_have_iso_times(tmp_path: Path, reference: Tracks) -> None:
    points = [
        {
            "timestamp": str(np.datetime64(int(row["time"]), "s")) + "Z",
            **{"lat": row["lat"], "lon": row["lon"], "alt": row["alt"], "gspeed": row["gs"], "vspeed": row["rate"]},
            **{"track": row["track"], "callsign": "TST14", "source": "ADSB"},
        }
        for row in rows(reference)
    ]
    assert_same_flight(read_tracks(in_json(tmp_path, [{"fr24_id": "3a", "tracks": points}])).tracks, reference)


def test_the_live_feed_of_flightradar24_is_read_by_its_places(tmp_path: Path) -> None:
    state = ["4B1815", 47.45, 8.56, 137, 3500, 140, "1000", "F-LSZH1", "A320", "HB-IJB", 1.7e9, "LHR", "ZRH", "LX317"]
    feed = {"full_count": 9, "version": 4, "2f0a": [*state, 0, -700, "SWR31V", 0, "SWR"]}
    tracks = read_tracks(in_json(tmp_path, feed)).tracks
    assert (tracks.icao24[0], tracks.callsign[0]) == ("4b1815", "SWR31V")
    assert (tracks.pressure_altitude_ft[0], tracks.vertical_rate_fpm[0]) == (3500.0, -700.0)


def decoded(reference: Tracks) -> list[dict[str, object]]:
    messages: list[dict[str, object]] = [
        {"timestamp": 1699999199.0, "df": "21", "icao24": "4b0fff", "bds": "40", "selected_mcp": 3000,
         "barometric_setting": 1012.8, "squawk": "1000"},
        {"timestamp": 1699999199.5, "df": "17", "icao24": "4b0fff", "bds": "08", "callsign": "TST14"},
    ]  # fmt: skip
    for row in rows(reference):
        same = {"timestamp": row["time"], "df": "17", "icao24": "4b0fff"}
        velocity = {"groundspeed": row["gs"], "track": row["track"], "vertical_rate": row["rate"], "geo_minus_baro": 50}
        messages.append({**same, "bds": "09", **velocity, "timestamp": row["time"] - 0.2})
        place = {"latitude": row["lat"], "longitude": row["lon"], "altitude": row["alt"]}
        messages.append({**same, "bds": "05", **place})
    return messages


def test_decoded_mode_s_messages_become_plots_with_what_is_set_on_board(tmp_path: Path, reference: Tracks) -> None:
    path = tmp_path / "day.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in decoded(reference)), encoding="utf-8")
    read = read_tracks(path, geoid_undulation_m=0.0)
    assert read.format == "Mode S messages"
    assert_same_flight(read.tracks, reference)
    assert read.tracks.baro_setting_hpa[0] == 1012.8
    assert read.tracks.selected_altitude_ft[0] == 3000.0
    assert np.isnan(read.tracks.selected_altitude_ft[-1])  # sent once, five minutes before: no longer believed
    assert read.tracks.geometric_altitude_ft[0] == 4050.0


def test_raw_mode_s_frames_are_decoded_by_rs1090(tmp_path: Path) -> None:
    # The even and odd position pair of the textbook "The 1090 Megahertz Riddle": 52.2572 N, 3.9194 E, 38,000 ft.
    path = tmp_path / "frames.txt"
    path.write_text(
        "1457996400,8D40621D58C386435CC412692AD6\n1457996402,8D40621D58C382D690C8AC2863A7\n", encoding="ascii"
    )
    tracks = read_tracks(path).tracks
    assert tracks.icao24.tolist() == ["40621d"]
    assert tracks.pressure_altitude_ft[-1] == 38_000.0
    assert (tracks.latitude_deg[-1], tracks.longitude_deg[-1]) == pytest.approx((52.2616, 3.9294), abs=0.02)


IGC = """AXXX001SafetynetsTest
HFDTE141123
HFCIDCOMPETITIONID:XY
I013638FXA
B2359584728123N00820456EA0121901279012
B0000024728100N00820500EA0121401274012
"""


def test_an_igc_file_has_pressure_altitudes_in_metres_and_goes_over_midnight(tmp_path: Path) -> None:
    path = tmp_path / "flight.igc"
    path.write_text(IGC, encoding="ascii")
    read = read_tracks(path, geoid_undulation_m=47.0)
    assert read.format == "IGC flight recorder"
    assert read.tracks.callsign.tolist() == ["XY"]
    assert read.tracks.time_s.tolist() == [1700006398.0, 1700006402.0]
    np.testing.assert_allclose(read.tracks.pressure_altitude_ft, [1219 / 0.3048, 1214 / 0.3048])
    np.testing.assert_allclose(read.tracks.geometric_altitude_ft, [(1279 - 47) / 0.3048, (1274 - 47) / 0.3048])
    np.testing.assert_allclose(read.tracks.latitude_deg[0], 47 + 28.123 / 60)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "LFPG_A LFPG LSZH A320 120000 120500 0 80 0 AFR1 211007 211007 2940.5 152.8 2930.1 170.2 1 2 3 0\n",
            "is SO6: the segments of planned flights, minutes long; give surveillance plots",
        ),
        ("(FPL-SWR1-IS-A320/M-SDE/C-LSZH0800-N0450F350-LFPG0110)\n", "holds flight plan messages; give surveillance"),
        ('<?xml version="1.0"?><kml><Document/></kml>', "is KML or GPX"),
    ],
)
def test_a_plan_is_refused_with_what_to_give_instead(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "day.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TracksError, match=said.replace("(", r"\(")):
        read_tracks(path)


def test_a_file_with_only_a_flight_number_is_read_by_it(tmp_path: Path) -> None:
    lines = TEXT.replace("icao24,callsign", "track number,x").replace("4b0fff,TST14", "1207,").splitlines()
    path = tmp_path / "day.csv"
    path.write_text("\n".join([*lines, *(line.replace("1207", "1208") for line in lines[1:])]), encoding="utf-8")
    tracks = read_tracks(path).tracks
    assert tracks.callsign.tolist() == ["1207", "1208"]
    assert tracks.icao24.tolist() == ["", ""]
    assert (tracks.track == 0).sum() == (tracks.track == 1).sum() == 71


def test_columns_and_units_that_are_given_make_any_table_readable(tmp_path: Path, reference: Tracks) -> None:
    first, _, rest = TEXT.partition("\n")
    path = tmp_path / "day.csv"
    path.write_text("when,who,name,y,x,h,v,c,w\n" + rest, encoding="utf-8")
    said = dict(zip(("when", "who", "name", "y", "x", "h", "v", "c", "w"), first.split(","), strict=True))
    profile = Profile.of(columns=[f"{name}={column}" for name, column in said.items()])
    assert_same_flight(read_tracks(path, profile=profile).tracks, reference)


@pytest.mark.parametrize(
    ("name", "units"),
    [
        ("altitude-metres.csv", ["altitude=m"]),
        ("groundspeed-mps.csv", ["groundspeed=mps"]),
        ("flight-levels.csv", ["altitude=fl"]),
    ],
)
def test_the_unit_that_a_refusal_proposes_mends_the_file(name: str, units: list[str], reference: Tracks) -> None:
    read = read_tracks(DATA / name, profile=Profile.of(units=units))
    assert read.warnings == ()
    # Flight levels and tenths of metres round the altitudes; 72.0 m/s is 139.96 kt.
    np.testing.assert_allclose(read.tracks.pressure_altitude_ft, reference.pressure_altitude_ft, atol=51.0)
    np.testing.assert_allclose(read.tracks.vx_mps, reference.vx_mps, atol=0.03)


def test_altitudes_on_the_qnh_become_pressure_altitudes(reference: Tracks) -> None:
    profile = Profile.of(altitude_reference="qnh")
    read = read_tracks(DATA / "reference.csv", profile=profile, qnh_hpa=1003.25)
    # 10 hPa below the standard are 275 ft near the ground; what reads 4,000 ft on that QNH sends 4,275 ft.
    np.testing.assert_allclose(read.tracks.pressure_altitude_ft - reference.pressure_altitude_ft, 274.6, atol=1.0)
    with pytest.raises(TracksError, match="the altitudes are on the QNH, and no QNH is given; give it"):
        read_tracks(DATA / "reference.csv", profile=profile)
