"""The scenarios of Geneva are what their pages say: the reported points, and what would have been otherwise."""

import numpy as np
import pytest

from safetynets.runs import Run, run_scenario
from safetynets.sites import shipped_folder
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.traffic.places import find_approach, ground
from safetynets.units import m_to_ft
from tests.scenarios import runs

LAKE_FT = 1220.0
"""Surface of the lake of Geneva: 372 m."""


def along_nm(run: Run, callsign: str) -> tuple[slice, np.ndarray]:
    """The plots of a flight, and how far before runway 22 each is."""
    (number,) = np.flatnonzero(run.tracks.callsign == callsign)
    plots = run.tracks.rows_of(int(number))
    return plots, along_and_across(find_approach(run.site, "LSGG 22"), run.tracks.x_m[plots], run.tracks.y_m[plots])[0]


def low_point(run: Run, callsign: str) -> tuple[int, float, float]:
    """Row, distance (NM) and deviation from the path (ft) where a flight is lowest over the lake."""
    plots, distance_nm = along_nm(run, callsign)
    over_lake = distance_nm > 2.8
    row = int(np.argmin(np.where(over_lake, run.altitude_ft[plots], np.inf)))
    path_ft = float(path_altitude_ft(find_approach(run.site, "LSGG 22"), distance_nm[row], "ils", 3.0))
    return plots.start + row, float(distance_nm[row]), float(run.altitude_ft[plots][row]) - path_ft


def minutes_to_landing(run: Run, row: int) -> float:
    """From a plot to the last one of the same flight."""
    return float(run.tracks.time_s[run.tracks.rows_of(int(run.tracks.track[row]))][-1] - run.tracks.time_s[row]) / 60


def changed(name: str, written: str, instead: str, tmp_path) -> Run:
    """The run of a scenario with one thing written otherwise."""
    text = (shipped_folder() / f"{name}.toml").read_text(encoding="utf-8")
    assert text.count(written) == 1
    file = tmp_path / f"{name}.toml"
    file.write_text(text.replace(written, instead), encoding="utf-8")
    return run_scenario(file)


def test_geneva_2023_meets_both_press_figures_and_lands_when_it_did():
    run = runs.perfect("geneva-2023")
    row, distance_nm, deviation_ft = low_point(run, "EZY3291")
    assert distance_nm == pytest.approx(12 / 1.852, abs=0.1), "12 km before the runway"
    assert run.tracks.geometric_altitude_ft[row] - LAKE_FT == pytest.approx(m_to_ft(230.0), abs=15)
    assert run.tracks.pressure_altitude_ft[row] == pytest.approx(2475, abs=15), "as shown by the tracking service"
    assert deviation_ft == pytest.approx(-1500, abs=50)
    assert 14 <= minutes_to_landing(run, row) <= 15


def test_geneva_2023_without_the_qnh_would_seem_500_ft_higher():
    row, _, _ = low_point(runs.perfect("geneva-2023"), "EZY3291")
    believed = run_scenario("geneva-2023", {"pressure.qnh_hpa": 1013.25, "weather.qnh_hpa": 995.0})
    np.testing.assert_array_equal(believed.tracks.time_s, runs.perfect("geneva-2023").tracks.time_s)
    higher_ft = believed.altitude_ft[row] - runs.perfect("geneva-2023").altitude_ft[row]
    assert higher_ft == pytest.approx(500, abs=10)


def test_geneva_2024_is_80_m_above_the_lake_off_port_choiseul_and_lands_when_it_did():
    run = runs.perfect("geneva-2024")
    row, distance_nm, deviation_ft = low_point(run, "AEE854")
    assert distance_nm == pytest.approx(3.1, abs=0.1)
    assert run.tracks.geometric_altitude_ft[row] - LAKE_FT == pytest.approx(m_to_ft(80.0), abs=25)
    assert deviation_ft == pytest.approx(-m_to_ft(300.0), abs=100), "about 300 m below the path"
    assert minutes_to_landing(run, row) == pytest.approx(18, abs=0.5)


def test_the_msaw_of_geneva_2024_ends_in_its_inhibit_volume_and_the_apm_goes_on():
    apm, msaw = runs.perfect("geneva-2024").alerts
    assert msaw.end_reason == "excluded: inhibit volume"
    assert apm.end_time_s > msaw.end_time_s


def test_a_flight_vectored_below_the_minimum_is_told_to_climb(tmp_path):
    run = runs.perfect("geneva-mva")
    (alert,), (call,) = run.alerts, run.words
    assert (alert.area, alert.vectored, alert.severity) == ("Jura ridge", 1, "warning")
    assert call.responsible == "controller"
    assert "15.7.4.2 a" in call.source
    written = '"vectors", heading_deg = 105, for_s = 166'
    own = changed("geneva-mva", written, written.replace("vectors", "heading"), tmp_path)
    assert own.words[0].responsible == "crew"
    assert "CHECK YOUR ALTITUDE" in own.words[0].text


def test_the_same_descent_cleared_above_the_minimum_is_silent(tmp_path):
    run = changed("geneva-mva", "for_s = 166, altitude_ft = 6000", "for_s = 166, altitude_ft = 7000", tmp_path)
    assert run.alerts == ()


def test_only_the_visual_flag_keeps_the_visual_approach_silent():
    counts = runs.perfect("geneva-visual").manifest["counts"]["nets"]
    assert counts["MSAW"]["judged"] == counts["APM"]["judged"] == 0
    judged = run_scenario("geneva-visual", {"msaw.judge_visual": True, "apm.judge_visual": True})
    assert {alert.net for alert in judged.alerts} == {"MSAW", "APM"}


def test_a_go_around_ends_the_alert_while_it_climbs():
    run = runs.perfect("go-around")
    (alert,) = run.alerts
    assert (alert.callsign, alert.end_reason) == ("GOA2", "left the approach")
    plots, distance_nm = along_nm(run, "GOA2")
    at = int(np.searchsorted(run.tracks.time_s[plots], alert.end_time_s))
    assert run.tracks.vertical_rate_fpm[plots][at] > 500
    assert 3.0 < distance_nm[at] < 4.5


def test_the_cold_takes_most_of_the_clearance_and_no_net_can_tell():
    run = runs.perfect("cold-day")
    assert run.alerts == ()
    plots, distance_nm = along_nm(run, "COLD1")
    altitude_ft, true_ft = run.altitude_ft[plots], run.tracks.geometric_altitude_ft[plots]
    terrain_ft = ground(run.site).elevation_ft(run.tracks.x_m[plots], run.tracks.y_m[plots])
    ridge = int(np.argmax(terrain_ft))
    assert altitude_ft[ridge] - terrain_ft[ridge] == pytest.approx(1134, abs=5)
    assert true_ft[ridge] - terrain_ft[ridge] == pytest.approx(464, abs=5)
    final = run.approach[plots] == [path.name for path in run.site.approaches].index("LSGG 22")
    for nm, low_ft in ((6.0, 246), (3.0, 122)):
        assert float(np.interp(-nm, -distance_nm[final], (altitude_ft - true_ft)[final])) == pytest.approx(
            low_ft, abs=3
        )


def test_a_barometric_path_is_200_ft_below_an_ils_where_the_earth_curves_away(tmp_path):
    (alert,) = changed("cold-day", 'value = "baro"', 'value = "ils"', tmp_path).alerts
    assert alert.vertical_deviation_ft == pytest.approx(-197, abs=10)


def test_1013_kept_alerts_on_the_barometric_approach_and_not_on_the_ils():
    run = runs.perfect("standard-setting")
    (alert,) = run.alerts
    assert alert.callsign == "BARO1"
    assert alert.vertical_deviation_ft == pytest.approx(-641 - 198, abs=10), "the setting, and the earth's curvature"
    plots, distance_nm = along_nm(run, "ILS1")
    path_ft = path_altitude_ft(find_approach(run.site, "LSGG 22"), distance_nm, "ils", 3.0)
    final = (distance_nm > 1.0) & (distance_nm < 13.0)
    np.testing.assert_allclose(run.altitude_ft[plots][final], path_ft[final], atol=2)


def test_without_the_qnh_the_nets_believe_what_the_crews_believe():
    believed = run_scenario("standard-setting", {"pressure.qnh_hpa": 1013.25, "weather.qnh_hpa": 990.0})
    worst_ft = min((alert.vertical_deviation_ft for alert in believed.alerts), default=0.0)
    assert worst_ft > -250, "nothing is left but the earth's curvature"


def test_the_departure_is_watched_up_to_its_cleared_level(tmp_path):
    (alert,) = runs.perfect("departure-turn").alerts
    assert (alert.net, alert.area, alert.on_final) == ("MSAW", "Saleve", False)
    written = "for_s = 100, altitude_ft = 5000, rate_fpm = 1500"
    slow, fast = (
        changed("departure-turn", written, f"for_s = 100, flight_level = 90, rate_fpm = {rate_fpm}", tmp_path)
        for rate_fpm in (1500, 2500)
    )
    assert [one.start_time_s for one in slow.alerts] == [alert.start_time_s], "it would be at 5,950 ft over the ridge"
    assert fast.alerts == ()
