"""Labels of the real traffic of Paris, as it was and with a wrong QNH put into one arrival."""

from pathlib import Path

import pytest

from safetynets.evaluation.labels import Category, label, truth_of_faults
from safetynets.evaluation.labels.traffic import traffic_to_label
from safetynets.traffic import apply_faults
from safetynets.traffic.faults.models import WrongAltimeterSetting
from tests.net_numbers import APM

QNH_HPA = 1028.0
ARRIVAL = "AFR15XV"


@pytest.fixture(scope="module")
def paris():
    return traffic_to_label(Path("scenarios/data/paris-2021-10-07.parquet"), "paris", QNH_HPA)


def test_no_flight_of_an_ordinary_afternoon_is_necessary(paris):
    found = label(paris.tracks, paris.site)
    counts = {category: int((found.category == category).sum()) for category in Category}
    assert counts[Category.NECESSARY] == 0
    assert counts[Category.DESIRABLE] <= 3
    # Flights to and from Le Bourget, whose runways the site does not know, and corrupt plots.
    assert counts[Category.VOID] > 50


@pytest.mark.parametrize(
    ("error_hpa", "category"), [(3.0, None), (10.0, Category.NECESSARY), (19.0, Category.NECESSARY)]
)
def test_a_wrong_qnh_makes_a_real_arrival_necessary_from_where_it_is_low(paris, error_hpa, category):
    fault = WrongAltimeterSetting(fault="wrong_altimeter_setting", callsign=ARRIVAL, error_hpa=error_hpa)
    tracks, records = apply_faults(paris.tracks, [fault], paris.site, QNH_HPA)
    found = label(tracks, paris.site, truth_of_faults(tracks, records))
    its = found.select(found.callsign == ARRIVAL)
    serious = its.select(its.category <= Category.DESIRABLE)
    assert serious.category.tolist() == ([] if category is None else [category])
    if category is not None:
        assert serious.net.tolist() == [APM]
        assert serious.fault.tolist() == ["wrong_altimeter_setting"]
        # Real vertical rates wander by 200 ft/min: half a minute ahead that is 100 ft of the 300 ft it has left.
        assert serious.event_s[0] - serious.known_s[0] > 30.0
