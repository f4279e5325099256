"""The first shipped scenarios, each with what its story says must happen; `tests/scenarios` has them all."""

import numpy as np
import pytest

from safetynets.altimetry import setting_error_ft
from safetynets.nets.apm import NET as APM
from safetynets.nets.apw import NET as APW
from safetynets.runs import run_scenario
from safetynets.units import nm_to_m


def test_the_crew_with_ten_hectopascals_too_many_alerts_and_nobody_else_changes(paris, paris_wrong_qnh):
    assert [alert.callsign for alert in paris_wrong_qnh.alerts] == ["AFR15XV", "AFR17YC"]
    alert = paris_wrong_qnh.alerts[0]
    assert (alert.net, alert.kind, alert.area, alert.shown) == ("APM", "below", "LFPG 26L", True)
    flown, faulty = paris.tracks, paris_wrong_qnh.tracks
    for number in range(flown.track_count):
        if number != alert.track:
            np.testing.assert_array_equal(
                flown.pressure_altitude_ft[flown.rows_of(number)], faulty.pressure_altitude_ft[faulty.rows_of(number)]
            )
    track = alert.track
    before, after = flown.rows_of(track), faulty.rows_of(track)
    on_final = faulty.time_s[after] >= alert.start_time_s
    lower_ft = (faulty.pressure_altitude_ft[after] - flown.pressure_altitude_ft[before][: len(on_final)])[on_final]
    np.testing.assert_allclose(lower_ft, setting_error_ft(1038.0, 1028.0), atol=12.5)  # Mode C in steps of 25 ft


def test_altitude_spikes_raise_no_alert_and_are_counted(zurich):
    assert zurich.alerts == ()
    assert zurich.manifest["counts"]["plots_by_flag"]["altitude spike"] == 3
    assert np.nanmax(zurich.tracks.pressure_altitude_ft) > 28_000, "the spikes are still there"
    assert zurich.manifest["counts"]["nets"]["APM"]["not_assessable"]["altitude spike"] == 3


def test_the_early_descent_is_1500_ft_low_at_6_5_nm_and_is_called(geneva):
    (apm,) = [table for table in geneva.conflicts if table.net is APM]
    runway = next(path for path in geneva.site.approaches if path.name == "LSGG 22")
    away_m = np.hypot(geneva.tracks.x_m - runway.x_m, geneva.tracks.y_m - runway.y_m)
    row = int(np.argmin(np.abs(away_m - nm_to_m(6.5))))
    assert apm.vertical_deviation_ft[row] == pytest.approx(-1500, abs=100), "about 1,500 ft, says the press"
    alert = next(alert for alert in geneva.alerts if alert.net == "APM")
    assert alert.start_time_s < geneva.tracks.time_s[row]
    assert alert.vertical_deviation_ft < -100


def test_drifting_towards_the_terrain_wall_alerts_before_it_is_reached():
    run = run_scenario("zurich-wall")
    (alert,) = run.alerts
    assert (alert.net, alert.area) == ("APW", "terrain wall east of the downwind")
    assert 0 < alert.time_to_violation_s <= run.site.parameters.apw.look_ahead_s
    assert not any((table.time_to_violation_s == 0).any() for table in run.conflicts if table.net is APW)


@pytest.mark.parametrize("name", ["paris_wrong_qnh", "geneva"])
def test_every_alert_has_icao_words_and_every_apm_alert_a_proposal_beside_them(name, request):
    run = request.getfixturevalue(name)
    for alert, call, proposed in zip(run.alerts, run.words, run.proposed_words, strict=True):
        assert call.text.startswith(alert.callsign)
        assert call.source
        assert (proposed is not None) == (alert.net == "APM")
        assert proposed is None or proposed.status == "proposed"
