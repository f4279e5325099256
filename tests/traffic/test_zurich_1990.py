"""The accident of 14 November 1990 on the approach to runway 14 of Zurich, rebuilt from its reported points.

Reported (ASN 19901114-0, aviation-accidents.net): 14 NM out on the localiser, through 4,000 ft at about 11.5 NM, ground
met at 1,660 ft, 5.2 NM before the runway, 47.5472 N 8.4475 E, on the Stadlerberg.
"""

import numpy as np
import pytest

from safetynets.geodesy import WGS84
from safetynets.sites import load_site
from safetynets.traffic import Flight, fly_truth
from safetynets.traffic.places import along_and_across, find_approach, path_altitude_ft


@pytest.fixture(scope="module")
def rebuilt():
    where = load_site("zurich", {"pressure_regions.*.qnh_hpa": 1013}, {"pressure_regions.*.qnh_hpa": "assumed"})
    descent = {
        "do": "intercept",
        "approach": "LSZH 14",
        "path": "profile",
        "profile": [[4.0, 1215], [5.2, 1660], [11.5, 4000], [13.0, 4560]],
        "speed_kt": 150,
    }
    start = {"approach": "LSZH 14", "distance_nm": 16, "course_deg": 137.3, "altitude_ft": 4600, "speed_kt": 190}
    flight = Flight.model_validate({"callsign": "DC9", "aircraft_type": "DC93", "start": start, "legs": [descent]})
    truth, (ending,) = fly_truth([flight], where, 0.0)
    return where, truth, ending


def test_it_is_1400_to_1500_ft_below_the_glide_path_5_2_miles_out(rebuilt):
    where, truth, _ = rebuilt
    approach = find_approach(where, "LSZH 14")
    along_nm, _ = along_and_across(approach, truth.x_m, truth.y_m)
    last = np.argmin(np.abs(along_nm - 5.3))
    below_ft = path_altitude_ft(approach, "ils", 3.0, along_nm[last]) - truth.geometric_altitude_ft[last]
    assert 1400.0 < below_ft < 1500.0


def test_it_meets_the_real_terrain_where_the_aircraft_did(rebuilt):
    where, _, ending = rebuilt
    assert ending.how == "contact with the ground"
    latitude_deg, longitude_deg = where.plane.to_geographic(ending.x_m, ending.y_m)
    _, _, distance_m = WGS84.inv(float(longitude_deg), float(latitude_deg), 8.4475, 47.5472)
    assert distance_m < 0.3 * 1852.0
