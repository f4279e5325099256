"""What the tables of the interface hold, how they change, and that nothing is lost on the way to pandas and back."""

import numpy as np
import pandas as pd
import pytest

import safetynets as sn
from safetynets import runs
from safetynets.errors import SiteError, TracksError
from safetynets.runs.reload import rejudge, reload_run
from safetynets.tracks import column_names


def same_columns(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=getattr(one, name).dtype.kind == "f")
        for per in ("plot", "track")
        for name in column_names(per)
    )


def test_tracks_survive_the_way_to_pandas_and_back(run):
    assert same_columns(sn.Tracks.from_pandas(run.tracks.to_pandas()), run.tracks)


def test_a_file_and_a_data_frame_of_the_same_rows_give_the_same_tracks(my_day):
    assert same_columns(sn.read_tracks(my_day), sn.Tracks.from_pandas(pd.read_csv(my_day)))


@pytest.mark.parametrize(
    ("column", "unit", "factor"),
    [("altitude", "m", 0.3048), ("altitude", "fl", 0.01), ("groundspeed", "mps", 1852 / 3600)],
)
def test_a_column_in_another_unit_is_converted(low_landing, column, unit, factor):
    other = low_landing.assign(**{column: low_landing[column] * factor})
    tracks, usual = sn.Tracks.from_pandas(other, units={column: unit}), sn.Tracks.from_pandas(low_landing)
    np.testing.assert_allclose(tracks.pressure_altitude_ft, usual.pressure_altitude_ft, rtol=1e-12)
    np.testing.assert_allclose(tracks.vx_mps, usual.vx_mps, rtol=1e-9, atol=1e-9)


def test_a_unit_that_is_not_known_says_which_are(low_landing):
    with pytest.raises(TracksError, match="'yd'"):
        sn.Tracks.from_pandas(low_landing, units={"altitude": "yd"})
    with pytest.raises(TracksError, match="'altitud'"):
        sn.Tracks.from_pandas(low_landing, units={"altitud": "m"})


def test_a_path_and_the_tracks_read_from_it_give_the_same_alerts_and_words(my_day):
    of_path, of_tracks = (sn.replay(given, "zurich", qnh_hpa=1013) for given in (my_day, sn.read_tracks(my_day)))
    assert of_path.alerts.to_pandas().equals(of_tracks.alerts.to_pandas())
    assert of_path.words == of_tracks.words
    assert of_path.manifest["counts"] == of_tracks.manifest["counts"]
    (more,) = [row for row in of_tracks.manifest["inputs"] if row not in of_path.manifest["inputs"]]
    assert more["file"] == "tracks in memory"


def test_tracks_of_a_frame_have_their_hash_in_the_manifest(run, low_landing):
    other = sn.replay(sn.Tracks.from_pandas(low_landing.assign(callsign="DLH4TS")), "zurich", qnh_hpa=1013)
    hashes = [
        row["sha256"] for one in (run, other) for row in one.manifest["inputs"] if row["file"] == "tracks in memory"
    ]
    assert len(set(hashes)) == 2


def test_a_site_with_other_parameters_is_another_site_and_says_where_they_are_from():
    site = sn.load_site("geneva")
    other = site.with_parameters({"apm.below_ft": 150}, source="a trial").with_parameters({"msaw.look_ahead_s": 60})
    assert (site.parameters.apm.below_ft, site.changes) == (sn.load_site("geneva").parameters.apm.below_ft, ())
    assert (other.parameters.apm.below_ft, other.parameters.msaw.look_ahead_s) == (150.0, 60.0)
    assert other.parameter_sources["apm.below_ft"] == "a trial"
    assert isinstance(other, sn.Site)


def test_of_two_values_for_one_address_the_later_holds():
    site = sn.load_site("geneva").with_parameters({"apm.below_ft": 150}).with_parameters({"apm.below_ft": 160})
    assert site.parameters.apm.below_ft == 160.0


def test_a_value_that_the_site_would_refuse_is_refused():
    with pytest.raises(SiteError, match=r"apm\.below_ft"):
        sn.load_site("geneva").with_parameters({"apm.below_ft": -1})


def test_a_run_with_changed_parameters_is_read_back_with_them(low_landing, tmp_path):
    site = sn.load_site("zurich").with_parameters({"apm.below_ft": 900})
    run = sn.replay(sn.Tracks.from_pandas(low_landing), site, qnh_hpa=1013)
    assert run.manifest["site_overrides"] == {"apm.below_ft": 900, "pressure_regions.*.qnh_hpa": 1013}
    folder = run.save(tmp_path / "run")
    assert reload_run(folder).site.parameters.apm.below_ft == 900.0
    assert len(rejudge(folder).alerts) == len(run.alerts)


def test_a_qnh_of_the_run_holds_over_that_of_the_site(low_landing):
    site = sn.load_site("zurich").with_parameters({"pressure_regions.*.qnh_hpa": 990})
    run = sn.replay(sn.Tracks.from_pandas(low_landing), site, qnh_hpa=1013)
    assert {alert.qnh_hpa for alert in run.alerts} == {1013.0}


def test_a_run_of_the_interface_is_that_of_the_house(run, low_landing):
    tracks = sn.Tracks.from_pandas(low_landing)
    inner = runs.replay(tracks, "zurich", qnh_hpa=1013, origin=tracks.origin)
    assert run.words == inner.words
    assert run.manifest == inner.manifest
    assert [alert.start_time_s for alert in run.alerts] == [alert.start_time_s for alert in inner.alerts]


def test_the_folder_that_save_writes_is_that_of_the_house(run, low_landing, tmp_path):
    from safetynets.reports.folder import write_run_folder

    tracks = sn.Tracks.from_pandas(low_landing)
    inner = runs.replay(tracks, "zurich", qnh_hpa=1013, origin=tracks.origin)
    saved, written = run.save(tmp_path / "saved"), write_run_folder(inner, tmp_path / "written", replace=False)
    files = sorted(file.relative_to(saved) for file in saved.rglob("*") if file.is_file())
    assert files == sorted(file.relative_to(written) for file in written.rglob("*") if file.is_file())
    assert [name for name in files if (saved / name).read_bytes() != (written / name).read_bytes()] == []


def test_the_words_of_an_alert_are_those_of_the_run(run):
    for alert, call in zip(run.alerts, run.words, strict=True):
        assert sn.say(alert, rule_set="icao") == call
    assert "MAINTAIN" not in sn.say(run.alerts[0], rule_set="icao").text
    assert sn.say(run.alerts[0], rule_set="faa").text != run.words[0].text


def test_many_sets_are_each_a_full_run(low_landing):
    sets = [{"apm.below_ft": 150}, {"apm.below_ft": 900}, {"msaw.look_ahead_s": 60, "apm.kinds": ["above"]}, {}]
    tracks = sn.Tracks.from_pandas(low_landing)
    judged = sn.judge_many(tracks, "zurich", sets, qnh_hpa=1013)
    for values, one in zip(sets, judged, strict=True):
        full = sn.judge(tracks, sn.load_site("zurich").with_parameters(values), qnh_hpa=1013)
        assert one.columns["start_time_s"].tolist() == [alert.start_time_s for alert in full]
        assert one.columns["net"].tolist() == [alert.net for alert in full]
    assert judged.to_pandas()["shown"].tolist()[:2] == [3, 0]
    assert judged[0].to_pandas()["callsign"].unique().tolist() == ["DLH4TR"]


def test_tracks_of_a_run_are_judged_as_they_are(run):
    assert sn.judge(run.tracks, run.site).to_pandas().equals(run.alerts.to_pandas())


def test_an_alert_is_explained_at_its_start_and_a_flight_at_any_moment(run):
    of_alert = run.explain(alert=1)
    assert of_alert.time_s == run.alerts[0].start_time_s
    assert {step.net for step in of_alert} == {"", "APM"}
    assert "The controller sees it as APM" in str(of_alert)
    same = run.explain("DLH4TR", of_alert.time_s, net="apm")
    assert str(same) == str(of_alert)
    by_function = sn.explain(run.tracks, run.site, "DLH4TR", "18:06:44", net="APM")
    assert str(by_function) == str(of_alert)
