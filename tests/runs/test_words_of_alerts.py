"""Which minimum flight altitude a controller could give with an alert."""

from dataclasses import replace

import numpy as np
import pytest
from shapely import box

from safetynets.runs.words import minimum_flight_altitude_ft, situations
from safetynets.sites.geometry import MinimumAltitude


@pytest.fixture(scope="module")
def alert(geneva):
    return next(alert for alert in geneva.alerts if alert.net == "APM")


@pytest.fixture(scope="module")
def site(geneva):
    """Geneva with two overlapping sectors over everything."""
    everywhere = box(-1e6, -1e6, 1e6, 1e6)
    sectors = tuple(
        MinimumAltitude(name, feet, everywhere, "by hand", True) for name, feet in (("A", 7000.0), ("B", 9000.0))
    )
    return replace(geneva.site, minimum_altitudes=sectors)


def test_an_msaw_alert_about_a_sector_gives_that_sector(alert, site):
    about = replace(alert, net="MSAW", area="A", minimum_ft=6700.0)
    assert minimum_flight_altitude_ft(about, site) == 7000.0, "the published figure, not the net's floor 300 ft below"


def test_an_msaw_alert_about_terrain_gives_the_highest_sector_and_never_the_threshold_of_the_net(alert, site):
    about = replace(alert, net="MSAW", area="terrain", minimum_ft=5601.0)
    assert minimum_flight_altitude_ft(about, site) == 9000.0
    assert minimum_flight_altitude_ft(about, replace(site, minimum_altitudes=())) is None


def test_another_alert_gives_the_highest_sector_at_the_position(alert, site):
    assert minimum_flight_altitude_ft(replace(alert, net="APW", on_final=False), site) == 9000.0


def test_on_final_and_without_any_sector_there_is_none_to_give(alert, site):
    assert minimum_flight_altitude_ft(replace(alert, on_final=True), site) is None
    bare = replace(site, minimum_altitudes=())
    assert minimum_flight_altitude_ft(replace(alert, net="APW", on_final=False), bare) is None


def test_what_is_not_known_is_said_to_be_unknown(alert, site):
    (situation,) = situations([replace(alert, vectored=-1, visual=-1, qnh_hpa=np.nan)], site)
    assert (situation.vectored, situation.visual, situation.qnh_hpa) == (None, None, None)
    (situation,) = situations([replace(alert, vectored=1, visual=0)], site)
    assert (situation.vectored, situation.visual) == (True, False)
