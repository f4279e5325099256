"""Altimetry against the published tables of the ICAO standard atmosphere (Doc 7488) and facts of the domain."""

import numpy as np
import pytest

from safetynets.altimetry import (
    altitude_ft,
    cold_error_ft,
    mode_c_ft,
    pressure_altitude_ft,
    pressure_hpa,
    setting_error_ft,
)

# Altitude (ft) and static pressure (hPa, five digits) as printed in the tables of the ICAO standard atmosphere.
ICAO_STANDARD_ATMOSPHERE = [
    (-1000.0, 1050.41),
    (0.0, 1013.25),
    (1000.0, 977.166),
    (2000.0, 942.129),
    (5000.0, 843.073),
    (10_000.0, 696.817),
    (15_000.0, 571.820),
    (20_000.0, 465.633),
    (25_000.0, 376.009),
    (30_000.0, 300.896),
]


@pytest.mark.parametrize(("altitude", "pressure"), ICAO_STANDARD_ATMOSPHERE)
def test_pressure_altitude_is_that_of_the_standard_atmosphere(altitude, pressure):
    # Half a unit of the fifth digit of the pressure is at most 0.6 ft.
    assert pressure_altitude_ft(pressure) == pytest.approx(altitude, abs=1.0)
    assert pressure_hpa(altitude) == pytest.approx(pressure, abs=0.02)


def test_pressure_and_pressure_altitude_are_inverse():
    hpa = np.linspace(300.0, 1080.0, 500)
    np.testing.assert_allclose(pressure_hpa(pressure_altitude_ft(hpa)), hpa, rtol=1e-12)


def test_qnh_1011_set_for_1001_puts_the_aircraft_274_ft_low():
    assert setting_error_ft(1011.0, 1001.0) == pytest.approx(-274.0, abs=1.0)


@pytest.mark.parametrize(
    ("set_hpa", "qnh_hpa", "low_ft"), [(1001.0, 996.0, 138.0), (1013.25, 1001.0, 336.0), (1013.25, 990.0, 640.0)]
)
def test_a_setting_too_high_flies_too_low(set_hpa, qnh_hpa, low_ft):
    # 27 to 28 ft a hectopascal near sea level; 640 ft is the difference of the tables' altitudes of 1013.25 and 990.
    assert setting_error_ft(set_hpa, qnh_hpa) == pytest.approx(-low_ft, abs=2.0)


def test_mode_c_does_not_know_the_crews_setting():
    # The same static pressure, whatever was set: what changes is where the aircraft is flown to, not what it sends.
    assert altitude_ft(mode_c_ft(3000.0, 1028.0), 1028.0) == pytest.approx(3000.0, abs=1e-9)
    # The tables have 1028 hPa at -398 ft to a foot or two.
    assert mode_c_ft(3000.0, 1028.0) == pytest.approx(2600.0, abs=3.0)


@pytest.mark.parametrize(
    ("temperature_c", "height_ft", "error_ft"),
    [(0.0, 500.0, 30.0), (0.0, 1000.0, 60.0), (-10.0, 1000.0, 100.0), (-20.0, 1000.0, 140.0), (-30.0, 2000.0, 380.0)],
)
def test_cold_air_is_as_low_as_the_table_of_doc_8168(temperature_c, height_ft, error_ft):
    # The table (Doc 8168 Vol I, values to be added by the pilot) rounds up to the next 10 ft. Recalled, not re-read.
    error = cold_error_ft(height_ft, temperature_c, 0.0)
    assert error_ft - 14.0 <= error <= error_ft + 1.0


def test_standard_temperature_has_no_error_and_warm_air_is_higher():
    assert cold_error_ft(1000.0, 15.0, 0.0) == 0.0
    assert cold_error_ft(1000.0, 30.0, 0.0) < 0.0
    # 1,400 ft up the standard air is 2.8 degrees cooler.
    assert cold_error_ft(1000.0, 15.0 - 0.0065 * 1400 * 0.3048, 1400.0) == pytest.approx(0.0, abs=1e-9)
