"""The rebuilt flights pass the points that were reported of Paris 2022, Lyon 2010 and Zurich 2001."""

import numpy as np
import pytest

from safetynets.altimetry import altitude_ft
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.traffic import fly_truth
from safetynets.traffic.places import find_approach, ground
from tests.scenarios import runs


class Flown:
    """Every second of one flight of a scenario, seen along an approach."""

    def __init__(self, name, callsign, approach):
        scenario, site = runs.scenario(name), runs.perfect(name).site
        flights = [flight for flight in scenario.flights if flight.callsign == callsign]
        truth, (self.ending,) = fly_truth(flights, site, runs.start_s(name), scenario.weather)
        self.site, self.approach = site, find_approach(site, approach)
        self.time_s = truth.time_s
        self.along_nm, self.across_m = along_and_across(self.approach, truth.x_m, truth.y_m)
        self.altitude_ft = altitude_ft(truth.pressure_altitude_ft, scenario.pressure.qnh_hpa)
        self.height_ft = truth.geometric_altitude_ft - ground(site).elevation_ft(truth.x_m, truth.y_m)


@pytest.fixture(scope="module")
def paris():
    return Flown("paris-2022", "NSZ4311", "LFPG 27R")


def test_the_first_approach_of_paris_passes_617_ft_at_1_53_miles_at_11_41_32(paris):
    first = paris.time_s < paris.time_s[0] + 400.0
    at = np.argmin(np.abs(paris.along_nm[first] - 1.53))
    assert paris.altitude_ft[at] == pytest.approx(617.0, abs=5.0)
    assert paris.time_s[at] % 86_400.0 == pytest.approx(11 * 3600 + 41 * 60 + 32, abs=2.0)


def test_its_minimum_is_405_ft_within_a_mile_of_the_runway_and_not_on_the_ground(paris):
    first = (paris.time_s < paris.time_s[0] + 400.0) & (paris.along_nm > 0.0)
    lowest = np.argmin(paris.altitude_ft[first])
    assert paris.altitude_ft[lowest] == pytest.approx(405.0, abs=3.0)
    assert 0.8 < paris.along_nm[lowest] < 1.0
    assert 0.0 < paris.height_ft[lowest] < 50.0


def test_the_second_approach_of_paris_is_274_ft_low_and_lands_16_minutes_after_the_go_around(paris):
    second = (paris.time_s > paris.time_s[0] + 600.0) & (np.abs(paris.across_m) < 50.0)
    second &= (paris.along_nm < 8.0) & (paris.along_nm > 3.0)
    below_ft = path_altitude_ft(paris.approach, paris.along_nm[second], "baro", 3.0) - paris.altitude_ft[second]
    assert np.allclose(below_ft, 274.5, atol=5.0)
    lowest_s = paris.time_s[np.argmin(np.where(paris.time_s < paris.time_s[0] + 400.0, paris.altitude_ft, np.inf))]
    assert paris.ending.how == "landed"
    assert paris.ending.time_s - lowest_s == pytest.approx(16 * 60, abs=30)


def test_the_first_flight_of_lyon_is_250_ft_above_the_ground_1_4_miles_out_and_the_second_keeps_2400_ft():
    first, second = (Flown("lyon-2010", callsign, "LFLL 36R") for callsign in ("TAR750", "LATER1"))
    lowest = np.argmin(np.where(first.along_nm > 0.6, first.height_ft, np.inf))
    assert first.height_ft[lowest] == pytest.approx(250.0, abs=10.0)
    assert first.along_nm[lowest] == pytest.approx(1.4, abs=0.05)
    for flight in (first, second):
        assert np.all(flight.altitude_ft[flight.along_nm > 10.0] > 2999.0)
        assert flight.altitude_ft[np.argmin(np.abs(flight.along_nm - 8.0))] < 2650.0
    waiting = (second.along_nm < 6.5) & (second.along_nm > 5.4)
    assert np.allclose(second.altitude_ft[waiting], 2400.0, atol=15.0)
    assert second.ending.how == "landed"


def test_the_msaw_of_lyon_speaks_once_for_the_first_crew_and_never_for_the_second_as_in_2010():
    alerts = [alert for alert in runs.perfect("lyon-2010").alerts if alert.net == "MSAW"]
    assert [(alert.callsign, alert.shown) for alert in alerts] == [("TAR750", True)]


def test_zurich_2001_is_at_2390_ft_26_seconds_before_it_meets_the_hill_4050_m_out():
    flight = Flown("zurich-2001", "CRX3597", "LSZH 28")
    assert flight.ending.how == "contact with the ground"
    minimum_s = flight.time_s[np.argmax(flight.altitude_ft < 2390.0)]
    assert flight.ending.time_s - minimum_s == pytest.approx(26.0, abs=2.0)
    # A cell is 250 m wide, and as high as the highest tree in it.
    assert flight.along_nm[-1] * 1852.0 == pytest.approx(4050.0, abs=150.0)
    assert flight.across_m[-1] == pytest.approx(150.0, abs=5.0)
    assert flight.ending.altitude_ft == pytest.approx(1784.0, abs=30.0)
