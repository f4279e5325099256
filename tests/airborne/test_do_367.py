"""The situations in which equipment of DO-367 class C must and must not alert, as the openTAWS features state them."""

import numpy as np
import pytest

from tests.airborne.moments import first_spoken_s, moments

BELOW_LEAST = 0.1
"""The features write 2299.9 where the table says "less than 2300"."""


def heights_ft(least_ft, most_ft):
    return np.linspace(least_ft, most_ft, 40)


@pytest.mark.requirement("REQ-AIRBORNE")
@pytest.mark.parametrize(("rate_fpm", "up_to_ft"), [(1560.0, 100.0), (2200.0, 630.0), (5700.0, 2200.0)])
def test_mode_1_caution_must_come_within_2_s(rate_fpm, up_to_ft):
    for faster in (1.0, 1.2, 2.0):
        for radio_ft in heights_ft(100.0, up_to_ft):
            state = moments(radio_ft=radio_ft, rate_fpm=-rate_fpm * faster)
            assert first_spoken_s("Mode 1 SINK RATE", state) <= 2.0


@pytest.mark.requirement("REQ-AIRBORNE")
@pytest.mark.parametrize(
    ("rate_fpm", "from_ft"),
    [(964.0, 10.0), (2300.0, 1550.0), (4400.0, 2900.0), (5000.0, 3200.0), (8000.0, 4600.0), (12000.0, 6467.0)],
)
def test_mode_1_caution_must_not_come(rate_fpm, from_ft):
    for slower in (1.0, 0.5, 0.0):
        for radio_ft in heights_ft(from_ft, from_ft + 3000.0):
            state = moments(radio_ft=radio_ft, rate_fpm=-(rate_fpm - BELOW_LEAST) * slower)
            assert first_spoken_s("Mode 1 SINK RATE", state) == np.inf


@pytest.mark.requirement("REQ-AIRBORNE")
@pytest.mark.parametrize(("rate_fpm", "up_to_ft"), [(1600.0, 100.0), (1850.0, 300.0), (10100.0, 1958.0)])
def test_mode_1_warning_must_come_within_2_s(rate_fpm, up_to_ft):
    for faster in (1.0, 1.2, 2.0):
        for radio_ft in heights_ft(100.0, up_to_ft):
            state = moments(radio_ft=radio_ft, rate_fpm=-rate_fpm * faster)
            assert first_spoken_s("Mode 1 PULL UP", state) <= 2.0


@pytest.mark.requirement("REQ-AIRBORNE")
@pytest.mark.parametrize(
    ("rate_fpm", "from_ft"), [(1217.0, 10.0), (2300.0, 1300.0), (4400.0, 2500.0), (8000.0, 3500.0), (12000.0, 4611.0)]
)
def test_mode_1_warning_must_not_come(rate_fpm, from_ft):
    for slower in (1.0, 0.5, 0.0):
        for radio_ft in heights_ft(from_ft, from_ft + 3000.0):
            state = moments(radio_ft=radio_ft, rate_fpm=-(rate_fpm - BELOW_LEAST) * slower)
            assert first_spoken_s("Mode 1 PULL UP", state) == np.inf


@pytest.mark.requirement("REQ-AIRBORNE")
@pytest.mark.parametrize(("from_nm", "to_nm", "up_to_ft"), [(1.0, 1.8, 80.0), (1.81, 2.3, 150.0), (2.31, 5.0, 170.0)])
def test_premature_descent_must_be_called_within_1_3_s(from_nm, to_nm, up_to_ft):
    for distance_nm in np.linspace(from_nm, to_nm, 15):
        for radio_ft in heights_ft(10.0, up_to_ft):
            state = moments(distance_nm=distance_nm, radio_ft=radio_ft, rate_fpm=-700.0)
            assert first_spoken_s("PDA class C TOO LOW, TERRAIN", state) <= 1.3


@pytest.mark.requirement("REQ-AIRBORNE")
@pytest.mark.parametrize("name", ["PDA class C TOO LOW, TERRAIN", "PDA TOO LOW, TERRAIN"])
@pytest.mark.parametrize(("within_nm", "from_ft"), [(5.0, 800.0), (10.0, 1000.0), (2.0, 300.0)])
def test_ordinary_flying_near_an_aerodrome_must_not_be_called_premature(name, within_nm, from_ft):
    """The last row is the visual segment of a circling approach."""
    for distance_nm in np.linspace(0.0, within_nm, 30):
        state = moments(distance_nm=distance_nm, radio_ft=from_ft, above_field_ft=from_ft, rate_fpm=-700.0)
        assert first_spoken_s(name, state) == np.inf


def test_premature_descent_is_not_armed_beyond_5_nm():
    for radio_ft in heights_ft(10.0, 170.0):
        state = moments(distance_nm=5.1, radio_ft=radio_ft, rate_fpm=-700.0)
        assert first_spoken_s("PDA class C TOO LOW, TERRAIN", state) == np.inf


def sinking(from_ft, rate_fpm, lasts_s):
    """A climb after take-off that became a descent."""
    time_s = moments(lasts_s).time_s
    loss_ft = rate_fpm / 60.0 * time_s
    return moments(lasts_s, radio_ft=from_ft - loss_ft, loss_ft=loss_ft, rate_fpm=-rate_fpm, climbs_away=True)


@pytest.mark.parametrize(("rate_fpm", "at_ft"), [(207.0, 60.0), (533.0, 600.0)])
def test_mode_3_must_come_when_an_aircraft_sinks_after_take_off(rate_fpm, at_ft):
    assert first_spoken_s("Mode 3 DON'T SINK", sinking(at_ft, rate_fpm, 8.0)) < 8.0


@pytest.mark.parametrize(("from_ft", "to_ft"), [(60.0, 34.0), (600.0, 520.0)])
def test_mode_3_must_come_when_so_much_altitude_is_lost(from_ft, to_ft):
    state = moments(radio_ft=to_ft, loss_ft=from_ft - to_ft, rate_fpm=-100.0, climbs_away=True)
    assert first_spoken_s("Mode 3 DON'T SINK", state) == 0.0


@pytest.mark.parametrize(("from_ft", "to_ft"), [(10.0, 7.1), (60.0, 57.1), (1600.0, 1472.1)])
def test_mode_3_must_not_come_when_little_altitude_is_lost(from_ft, to_ft):
    state = moments(radio_ft=to_ft, loss_ft=from_ft - to_ft, rate_fpm=-100.0, climbs_away=True)
    assert first_spoken_s("Mode 3 DON'T SINK", state) == np.inf


def test_mode_3_is_not_armed_on_an_approach():
    assert first_spoken_s("Mode 3 DON'T SINK", moments(radio_ft=60.0, rate_fpm=-700.0)) == np.inf
