"""The real Paris arrivals: silence on ordinary approaches, an alert on every one that is 10 hPa low."""

from collections import Counter

import numpy as np
import pytest

from docs.estimate_qnh import offsets_ft
from docs.paris_approaches import alerting, approaches_flown
from safetynets.altimetry import pressure_hpa, setting_error_ft
from safetynets.nets.apm import NET as APM
from safetynets.runs import run_scenario
from safetynets.units import nm_to_m

REALLY_LOW = "AFR17YC"
"""Descended at up to 1,650 ft/min to 193 ft below the path of 08L, levelled off and regained it."""
TO_LE_BOURGET = "ENT52YA"
"""Crossed the capture region of 26L 1,000 ft above its path for two plots on its way to Le Bourget."""


@pytest.fixture(scope="module")
def lowered():
    return run_scenario("paris-arrivals", {"pressure.qnh_hpa": 1018})


def names(run, approaches):
    return [run.tracks.callsign[track] for track, _, _, _ in approaches]


def test_the_approaches_of_each_runway_are_joined(paris):
    flown = Counter(name for _, name, _, _ in approaches_flown(paris))
    assert flown == {
        "LFPG 26L": 19,
        "LFPG 27L": 2,
        "LFPG 08L": 1,
        "LFPG 08R": 20,
        "LFPG 09R": 7,
        "LFPO 06": 20,
        "LFPO 25": 7,
    }
    assert {name: count for name, count in paris.manifest["counts"]["approaches_joined"].items() if count} == flown


@pytest.mark.requirement("REQ-NUISANCE")
def test_no_ordinary_approach_alerts_and_the_one_that_does_was_really_low(paris):
    assert names(paris, alerting(paris)) == [REALLY_LOW]
    (apm,) = [table for table in paris.conflicts if table.net is APM]
    track = list(paris.tracks.callsign).index(REALLY_LOW)
    deviation_ft = apm.vertical_deviation_ft[paris.tracks.rows_of(track)]
    assert np.nanmin(deviation_ft) == pytest.approx(-193, abs=25), "one step of Mode C"
    assert (deviation_ft < -150).sum() >= 5


def test_every_approach_flown_10_hpa_low_alerts(paris, lowered):
    flown = names(lowered, approaches_flown(lowered))
    assert sorted(flown) == sorted(names(paris, approaches_flown(paris)))
    assert set(flown) - set(names(lowered, alerting(lowered))) == {TO_LE_BOURGET}


def test_ten_hectopascals_lower_every_altitude_by_what_they_are_worth(paris, lowered):
    known = np.isfinite(paris.altitude_ft)
    lower_ft = (lowered.altitude_ft - paris.altitude_ft)[known]
    np.testing.assert_allclose(lower_ft, setting_error_ft(1028.0, 1018.0), atol=1e-6)
    assert lower_ft[0] == pytest.approx(-271, abs=1)


def test_the_qnh_that_fits_the_traffic_is_about_1028(paris):
    offsets = [pair for path in paris.site.approaches for pair in offsets_at_4_s(paris, path)]
    mean_ft, threshold_ft = np.median(offsets, axis=0)
    assert pressure_hpa(mean_ft) == pytest.approx(1028.5, abs=0.5)
    assert pressure_hpa(threshold_ft) == pytest.approx(1027.5, abs=0.5)


def offsets_at_4_s(run, path):
    """Plots are 4 s apart here, so that a track of 5 NM at 140 kt has 30 of them and not the 40 asked for at 1 s."""
    return offsets_ft(run.tracks, path, nm_to_m(3.0), least_plots=15)


@pytest.mark.requirement("REQ-NUISANCE")
def test_msaw_is_silent_on_three_hours_of_arrivals(paris):
    assert [alert.callsign for alert in paris.alerts if alert.net == "MSAW"] == []
    assert paris.manifest["counts"]["nets"]["MSAW"]["judged"] > 40_000
