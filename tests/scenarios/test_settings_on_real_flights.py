"""The setting monitor on real flights: silent where nothing is wrong, and finding what is put in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from safetynets.engine.monitor import Monitor
from safetynets.engine.net import net_of
from safetynets.geodesy import Plane
from safetynets.recordings import read_tracks
from safetynets.sites import load_site
from safetynets.sites.geometry import PressureRegion
from safetynets.traffic.faults import apply_faults
from safetynets.traffic.faults.misreadings import CAUSES
from safetynets.traffic.faults.models import WrongAltimeterSetting
from safetynets.traffic.generator.final_scatter import straight_finals
from tests.nets.situations import site, square
from tests.scenarios import runs

DATA = Path(__file__).parents[2] / "scenarios" / "data"
DBPSM = net_of("DBPSM")
PARIS, TOULOUSE = Plane(49.0, 2.55), Plane(43.63, 1.37)


def alerts(tracks, here):
    monitor = Monitor(here, [DBPSM])
    monitor.feed(tracks)
    return monitor.alerts()


def judged_within_50_km(plane, qnh_hpa):
    near = PressureRegion("near", square(-5e4, -5e4, 5e4, 5e4), ((-np.inf, qnh_hpa),), 5000.0, 60.0, "made by hand")
    tracks = read_tracks(DATA / "afr34zg-2024-07-06.parquet").tracks.on_plane(plane)
    return alerts(tracks, site(plane=plane, pressure_regions=(near,)))


@pytest.mark.parametrize(("plane", "qnh_hpa"), [(PARIS, 1004.0), (TOULOUSE, 1012.0)])
def test_the_real_mode_s_flight_is_silent_at_both_ends(plane, qnh_hpa):
    """It sends the QNH of Paris up to 28,875 ft, never the standard one, and selects that of Toulouse in cruise."""
    assert len(judged_within_50_km(plane, qnh_hpa)) == 0


@pytest.mark.parametrize(("plane", "qnh_hpa", "kind"), [(PARIS, 997.0, "below"), (TOULOUSE, 1019.0, "above")])
def test_the_real_mode_s_flight_would_be_found_on_a_qnh_of_seven_more_or_less(plane, qnh_hpa, kind):
    (alert,) = judged_within_50_km(plane, qnh_hpa)
    assert alert.kind == kind


@pytest.fixture(scope="module")
def arrivals():
    """Every third straight final of the Paris recording, and the site on the QNH of that day with the monitor on."""
    paris = load_site("paris", {"switched_on": '["DBPSM"]', "pressure_regions.*.qnh_hpa": 1028})
    tracks = runs.perfect("paris-arrivals").tracks
    landing = sorted({final.track for final in straight_finals(tracks, paris)})[::3]
    return tracks.select(np.isin(tracks.track, landing)), paris, landing


def with_error(arrivals, **how):
    tracks, paris, landing = arrivals
    wrong = [
        WrongAltimeterSetting(fault="wrong_altimeter_setting", callsign=tracks.callsign[number], track=number, **how)
        for number in landing
    ]
    return alerts(apply_faults(tracks, wrong, paris)[0], paris)


@pytest.mark.parametrize("error_hpa", [7.0, -7.0, 12.0])
def test_every_error_of_seven_hectopascals_or_more_is_found(arrivals, error_hpa):
    assert len(arrivals[2]) > 20
    assert sorted({alert.track for alert in with_error(arrivals, error_hpa=error_hpa)}) == arrivals[2]


@pytest.mark.parametrize("error_hpa", [5.0, -5.0])
def test_no_error_of_five_hectopascals_is(arrivals, error_hpa):
    assert len(with_error(arrivals, error_hpa=error_hpa)) == 0


NAMED = {
    "standard_left_in": "standard setting left in",
    "digit_slipped": "a digit slipped",  # 1038
    "digits_transposed": "digits transposed",  # 1082
    "inches_as_hectopascals": "inches read as hectopascals",  # 30.36 inHg, 1036 hPa
    "hectopascals_as_inches": "",  # 30.28 inHg is 1025.4 hPa: within the limit
    "other_station": "a digit slipped",  # 1021 of a station that this site does not know
}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_cause_put_into_a_real_flight_is_the_one_that_is_named(arrivals, cause):
    tracks, paris, landing = arrivals
    other = {"other_qnh_hpa": 1021.0} if cause == "other_station" else {}
    said = with_error((tracks, paris, landing[:3]), cause=cause, **other)
    assert {alert.area for alert in said} == ({f"Paris: {NAMED[cause]}"} if NAMED[cause] else set())
