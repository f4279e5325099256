"""View points, tables, GeoJSON and KML: what the programs that read them ask for, and what the run says."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pytest
from click.testing import Result

from safetynets.exports.geojson import write_geojson
from safetynets.exports.kml import write_kml
from safetynets.exports.view_points import view_points

PAGE = Path(__file__).parents[2] / "docs" / "exports.md"
TYPES = {
    "name": str,
    "text": str,
    "status": str,
    "timestamp": str,
    "time_window": float,
    "position_latitude": float,
    "position_longitude": float,
    "position_window_latitude": float,
    "position_window_longitude": float,
    "filters": dict,
    "annotations": list,
}


def import_into_compass(text: str) -> list[dict]:
    """What the importer of version 0.3 asks for; it stops at the first that it does not find so."""
    content = json.loads(text)
    assert content["content_type"] == "view_points"
    assert content["content_version"] == "0.3"
    points = content["view_points"]
    assert isinstance(points, list)
    assert points, "an empty list is refused"
    for point in points:
        assert type(point["id"]) is int
        assert type(point["type"]) is str
        for key, value in point.items():
            if key in TYPES:
                assert type(value) is TYPES[key], key
            elif key not in ("id", "type"):
                assert type(value) in (str, int, float, bool), f"{key} can be a column only if it is primitive"
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", point["timestamp"])
        for feature in (feature for each in point["annotations"] for feature in each["features"]):
            assert feature["geometry"]["type"] in ("points", "lines", "line_string", "text")
            assert re.fullmatch("#[0-9a-f]{6}", feature["properties"]["color"])
            for latitude_deg, longitude_deg in feature["geometry"]["coordinates"]:
                assert 40 < latitude_deg < 50, "latitude comes first"
                assert 0 < longitude_deg < 10
    assert len({point["id"] for point in points}) == len(points)
    return points


def test_the_view_points_of_a_run_pass_the_checks_of_the_importer(safetynets, wall) -> None:
    done = safetynets("export", wall, "--to", "view-points", "--out", "points.json")
    assert done.exit_code == 0, done.output
    (point,) = import_into_compass(Path("points.json").read_text(encoding="utf-8"))
    assert (point["net"], point["area"]) == ("APW", "terrain wall east of the downwind")
    assert point["phrase"].startswith(point["callsign"])


def test_every_alert_has_a_view_point_with_its_area_or_course_its_path_and_its_start(handmade, by_hand) -> None:
    points = view_points(handmade(by_hand.alerts))
    assert [point["type"] for point in points] == ["APM warning", "MSAW caution", "MSAW warning", "APW warning"]
    assert [point["shown"] for point in points] == [True, False, True, True]
    kinds = [[f["geometry"]["type"] for f in point["annotations"][0]["features"]] for point in points]
    assert kinds == [["line_string", "line_string", "points"]] * 4
    assert points[0]["timestamp"] == "2023-11-05 11:01:20.000"
    import_into_compass(
        json.dumps({"content_type": "view_points", "content_version": "0.3", "view_points": points}, allow_nan=False)
    )


def test_a_run_without_alerts_writes_no_view_points_and_says_so(safetynets, quiet) -> None:
    done = safetynets("export", quiet, "--to", "view-points", "--out", "points.json")
    assert done.exit_code == 0, done.output
    assert "no alert, so no file is written" in done.output
    assert not Path("points.json").exists()


def test_the_queries_of_the_page_run_on_a_dataset_of_two_runs(safetynets, wall, tmp_path) -> None:
    other = tmp_path / "again"
    shutil.copytree(wall, other)
    for run in (wall, other, wall):
        done = safetynets("export", run, "--to", "table", "--out", "alerts")
        assert done.exit_code == 0, done.output
    fence = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert fence
    names: dict = {}
    queries = fence[1].split("\n\n")
    exec(queries[0] + "\n" + queries[1], names)
    results = [eval(query, names) for query in (text.split("\n", 1)[1] for text in queries[2:])]
    frame = names["alerts"]
    assert sorted(frame["run"]) == ["again", "zurich-wall"], "exported twice, a run is there once"
    assert frame["start"].dt.strftime("%Y-%m-%d").tolist() == frame["day"].astype(str).tolist()
    assert results[0].sum() == 2
    assert results[1].loc[("APW", "terrain wall east of the downwind"), "alerts"] == 2
    assert results[2].num_rows == int((frame["severity"] == "warning").sum())
    assert isinstance(frame, pd.DataFrame)
    assert ds.dataset("alerts", partitioning="hive").count_rows() == 2


def test_a_folder_that_is_no_dataset_is_not_written_into(safetynets, wall) -> None:
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("dear")
    done = safetynets("export", wall, "--to", "table", "--out", "mine")
    assert done.exit_code == 2
    assert "holds 'letter.txt', so it is no dataset of alerts" in done.output
    assert [each.name for each in Path("mine").iterdir()] == ["letter.txt"]


def test_geojson_has_longitude_first_and_every_fact_of_the_alert(handmade, by_hand, tmp_path) -> None:
    assert write_geojson(handmade(by_hand.alerts), tmp_path / "alerts.geojson") == 4
    features = json.loads((tmp_path / "alerts.geojson").read_text(encoding="utf-8"))["features"]
    assert [each["properties"]["what"] for each in features] == ["start", "path", *["start", "path", "area"] * 3]
    start = features[0]
    assert start["geometry"]["coordinates"] == [
        pytest.approx(by_hand.alerts[0].longitude_deg, abs=1e-7),
        pytest.approx(by_hand.alerts[0].latitude_deg, abs=1e-7),
    ]
    assert start["properties"]["vertical_deviation_ft"] == -600.0
    assert start["properties"]["margin_m"] is None, "unknown is null"
    area = features[-1]["geometry"]
    assert len(area["coordinates"][0][0]) == 5, "four corners, closed"
    longitudes = [longitude for longitude, _ in area["coordinates"][0][0]]
    assert 5.9 < min(longitudes) < max(longitudes) < 6.1, "5 to 12 km west of 6.109 E"


def test_kml_is_xml_with_a_folder_an_alert_whatever_a_call_sign_holds(handmade, by_hand, tmp_path) -> None:
    from dataclasses import replace

    alerts = [replace(by_hand.alerts[0], callsign="<A&B>\x07"), *by_hand.alerts[1:]]
    assert write_kml(handmade(alerts), tmp_path / "alerts.kml") == 4
    root = ET.parse(tmp_path / "alerts.kml").getroot()
    space = {"k": "http://www.opengis.net/kml/2.2"}
    folders = root.findall("k:Document/k:Folder", space)
    assert [folder.findtext("k:name", "", space) for folder in folders][:2] == ["1 APM <A&B>", "2 MSAW LOW1"]
    first = folders[0].findtext("k:Placemark/k:Point/k:coordinates", "", space)
    assert first.split(",")[0] == f"{by_hand.alerts[0].longitude_deg:.7f}"


def test_an_option_of_category_004_is_refused_elsewhere(safetynets, wall) -> None:
    done = safetynets("export", wall, "--to", "kml", "--profile", "compass")
    assert done.exit_code == 2
    assert "--profile is of cat004 only" in done.output


def test_duckdb_answers_the_queries_of_the_page_on_the_dataset_as_it_is(
    safetynets: Callable[..., Result], wall: Path, tmp_path: Path
) -> None:
    assert safetynets("export", wall, "--to", "table", "--out", "alerts").exit_code == 0
    other = shutil.copytree(wall, tmp_path / "another-run")
    assert safetynets("export", other, "--to", "table", "--out", "alerts").exit_code == 0
    queries = re.search(r"^```sql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert queries is not None
    by_day, by_hour, by_flight = (query for query in queries[1].split(";") if query.strip())
    (alert,) = pd.read_parquet(wall / "alerts.parquet").to_dict("records")
    start = pd.Timestamp(alert["start_time_s"], unit="s", tz="UTC")

    ((day, net, count, warnings),) = duckdb.sql(by_day).fetchall()
    assert (str(day), net, count) == (f"{start:%Y-%m-%d}", "APW", 2)
    assert warnings == 2 * (alert["severity"] == "warning")
    assert duckdb.sql(by_hour).fetchall() == [(start.hour, "APW", alert["area"], 2)]
    ((_, callsign, flights, worst_ft),) = duckdb.sql(by_flight).fetchall()
    assert (callsign, flights, worst_ft) == (alert["callsign"], 2, alert["worst_margin_ft"])
