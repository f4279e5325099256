"""How accurate positions are, from the sources that say so; unknown where they do not."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from safetynets.recordings import asterix, read_tracks
from safetynets.recordings.accuracy import NACP_M, accuracy_m


def test_a_category_is_the_limit_of_its_accuracy_and_zero_is_unknown():
    np.testing.assert_array_equal(accuracy_m([0, 8, 9, 10, 11, 12]), [np.nan, 92.6, 30.0, 10.0, 3.0, np.nan])


def test_aircraft_json_tells_the_category(tmp_path):
    aircraft = [
        {"hex": "4b1234", "lat": 47.45, "lon": 8.55, "alt_baro": "ground", "gs": 5.0, "nac_p": 9},
        {"hex": "4b5678", "lat": 47.46, "lon": 8.56, "alt_baro": "ground", "gs": 5.0},
    ]
    file = tmp_path / "aircraft.json"
    file.write_text(json.dumps({"now": 1_700_000_000.0, "aircraft": aircraft}), encoding="utf-8")
    tracks = read_tracks(file).tracks
    assert tracks.position_accuracy_m.tolist() == [30.0, pytest.approx(np.nan, nan_ok=True)]
    assert tracks.on_ground.tolist() == [1, 1]


def test_a_column_of_a_table_is_in_metres_unless_its_unit_is_said(tmp_path):
    file = tmp_path / "day.csv"
    rows = ["timestamp,icao24,latitude,longitude,altitude,position_accuracy"]
    rows += [f"2024-01-01T00:00:0{n}Z,4b1234,47.45,8.55,1400,{accuracy}" for n, accuracy in enumerate((30, 92.6, ""))]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    accuracies_m = read_tracks(file).tracks.position_accuracy_m
    np.testing.assert_array_equal(accuracies_m, np.array([30.0, 92.6, np.nan], dtype=np.float32))


def test_category_021_tells_the_category(tmp_path):
    from safetynets.recordings.asterix.encoder import encode
    from safetynets.recordings.asterix.tables import load

    count = len(NACP_M)
    columns = {
        "010/SAC": np.full(count, 25.0),
        "010/SIC": np.full(count, 1.0),
        "080": np.full(count, float(0x4B1234)),
        "073": 100.0 + np.arange(count),
        "130/LAT": np.full(count, 47.45),
        "130/LON": np.full(count, 8.55),
        "090/NUCRNACV": np.full(count, 1.0),
        "090/NUCPNIC": np.full(count, 8.0),
        "090/NICBARO": np.full(count, 0.0),
        "090/SIL": np.full(count, 3.0),
        "090/NACP": np.arange(float(count)),
    }
    records = encode(load(21), columns).records()
    file = tmp_path / "surface.ast"
    file.write_bytes(b"".join(bytes((21,)) + (len(one) + 3).to_bytes(2, "big") + one for one in records))
    tracks = asterix.read(file, date=date(2024, 1, 1)).tracks
    np.testing.assert_allclose(tracks.position_accuracy_m, np.array(NACP_M, dtype=np.float32))
