"""The scenario of the accident of 14 November 1990 passes the points that were reported.

Reported (ASN 19901114-0, aviation-accidents.net): 14 NM out on the localiser, through 4,000 ft at about 11.5 NM, ground
met at 1,660 ft, 5.2 NM before the runway, 47.5472 N 8.4475 E, on the Stadlerberg.
"""

import numpy as np
import pytest

from safetynets.geodesy import WGS84
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.traffic import fly_truth
from safetynets.traffic.places import find_approach
from tests.scenarios import runs


@pytest.fixture(scope="module")
def flown():
    site = runs.perfect("zurich-1990").site
    truth, (ending,) = fly_truth(runs.scenario("zurich-1990").flights, site, runs.start_s("zurich-1990"))
    approach = find_approach(site, "LSZH 14")
    along_nm, across_m = along_and_across(approach, truth.x_m, truth.y_m)
    return site, truth, ending, approach, along_nm, across_m


def test_it_is_1400_to_1500_ft_below_the_glide_path_5_2_miles_out(flown):
    _, truth, _, approach, along_nm, _ = flown
    last = np.argmin(np.abs(along_nm - 5.3))
    below_ft = path_altitude_ft(approach, along_nm[last], "ils", 3.0) - truth.geometric_altitude_ft[last]
    assert 1400.0 < below_ft < 1500.0


def test_it_meets_the_real_terrain_where_the_aircraft_did(flown):
    site, _, ending, _, _, _ = flown
    assert ending.how == "contact with the ground"
    latitude_deg, longitude_deg = site.plane.to_geographic(ending.x_m, ending.y_m)
    _, _, distance_m = WGS84.inv(float(longitude_deg), float(latitude_deg), 8.4475, 47.5472)
    assert distance_m < 0.3 * 1852.0


def test_it_is_on_the_localiser_at_14_miles_and_through_4000_ft_at_11_5(flown):
    _, truth, _, _, along_nm, across_m = flown
    # A localiser is 2.5 degrees to each side at full deflection: half of that is 570 m at 14 NM.
    assert np.abs(across_m[along_nm < 14.0]).max() < 570.0
    assert along_nm[np.argmax(truth.geometric_altitude_ft < 4000.0)] == pytest.approx(11.5, abs=0.1)
