"""Pressure and altitude: what the altimeter shows, what Mode C sends, how high the aircraft is.

*Pressure altitude* is referenced to 1013.25 hPa; *altitude* is referenced to a QNH. Mode C is always pressure altitude.
The standard atmosphere below 11 km is that of ICAO Doc 7488: its defining constants are used as they stand, which at
10,000 ft is 4 ft nearer to its tables than the widespread approximation with 145366.45 ft and 0.190284.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from safetynets.units import ft_to_m, m_to_ft

Quantity = TypeVar("Quantity", float, NDArray[np.float64])

STANDARD_PRESSURE_HPA = 1013.25
STANDARD_TEMPERATURE_C = 15.0
LAPSE_RATE_C_PER_M = 0.0065
STANDARD_TEMPERATURE_K = 288.15
GAS_CONSTANT_J_PER_KG_K = 287.05287
STANDARD_GRAVITY_MPS2 = 9.80665
_SCALE_FT = m_to_ft(STANDARD_TEMPERATURE_K / LAPSE_RATE_C_PER_M)
_EXPONENT = GAS_CONSTANT_J_PER_KG_K * LAPSE_RATE_C_PER_M / STANDARD_GRAVITY_MPS2


def pressure_altitude_ft(pressure_hpa: Quantity) -> Quantity:
    """Pressure altitude of a static pressure in the standard atmosphere below 11 km.

    Parameters
    ----------
    pressure_hpa
        Static pressure (hPa): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Pressure altitude (ft), of the same shape; within 1 ft of the tables of ICAO Doc 7488 up to 30,000 ft.

    References
    ----------
    ICAO Doc 7488, the standard atmosphere: its defining constants.

    Examples
    --------
    >>> round(pressure_altitude_ft(696.82))
    10000
    """
    altitude: Quantity = _SCALE_FT * (1.0 - (pressure_hpa / STANDARD_PRESSURE_HPA) ** _EXPONENT)
    return altitude


def pressure_hpa(pressure_altitude_ft: Quantity) -> Quantity:
    """Static pressure at a pressure altitude; the inverse of `pressure_altitude_ft`.

    Parameters
    ----------
    pressure_altitude_ft
        Pressure altitude (ft), below 11 km: a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Static pressure (hPa), of the same shape.

    References
    ----------
    ICAO Doc 7488, the standard atmosphere: its defining constants.

    Examples
    --------
    >>> round(pressure_hpa(0.0), 2)
    1013.25
    """
    pressure: Quantity = STANDARD_PRESSURE_HPA * (1.0 - pressure_altitude_ft / _SCALE_FT) ** (1.0 / _EXPONENT)
    return pressure


def altitude_ft(pressure_altitude: Quantity, qnh_hpa: Quantity) -> Quantity:
    """Altitude on a QNH of an aircraft whose Mode C sends this pressure altitude.

    Parameters
    ----------
    pressure_altitude
        Pressure altitude (ft): a number, or an array of any shape.
    qnh_hpa
        QNH (hPa), of the same shape or one for all.

    Returns
    -------
    float or numpy.ndarray
        Altitude (ft on the QNH), of the same shape.

    Examples
    --------
    >>> round(altitude_ft(5000.0, 1028.0))
    5400
    """
    return pressure_altitude - pressure_altitude_ft(qnh_hpa)


def mode_c_ft(altitude: Quantity, qnh_hpa: Quantity) -> Quantity:
    """Pressure altitude that Mode C sends at this altitude; the inverse of `altitude_ft`.

    Parameters
    ----------
    altitude
        Altitude (ft on the QNH): a number, or an array of any shape.
    qnh_hpa
        QNH (hPa), of the same shape or one for all.

    Returns
    -------
    float or numpy.ndarray
        Pressure altitude (ft), of the same shape; not rounded to the steps of 25 or 100 ft that Mode C has.

    Examples
    --------
    >>> round(mode_c_ft(5400.0, 1028.0))
    5000
    """
    return altitude + pressure_altitude_ft(qnh_hpa)


def setting_error_ft(set_hpa: Quantity, qnh_hpa: Quantity) -> Quantity:
    """How far an aircraft is above the altitude its altimeter shows; negative is dangerously low.

    A crew flying indicated altitude I on setting `set_hpa` under `qnh_hpa` is at altitude I + this.

    Parameters
    ----------
    set_hpa
        What the altimeter is set to (hPa): a number, or an array of any shape.
    qnh_hpa
        The QNH (hPa), of the same shape or one for all.

    Returns
    -------
    float or numpy.ndarray
        The error (ft), of the same shape.

    Examples
    --------
    >>> round(setting_error_ft(1011.0, 1001.0))
    -275
    """
    return pressure_altitude_ft(set_hpa) - pressure_altitude_ft(qnh_hpa)


def cold_error_ft(height_ft: Quantity, station_temperature_c: float, station_elevation_ft: float) -> Quantity:
    """How far a barometric height above the station over-reads true height; negative in warm air.

    Parameters
    ----------
    height_ft
        Barometric height above the pressure station (ft): a number, or an array of any shape.
    station_temperature_c
        Temperature at the station (°C).
    station_elevation_ft
        Elevation of the station (ft above mean sea level).

    Returns
    -------
    float or numpy.ndarray
        The error (ft), of the same shape.

    References
    ----------
    The accurate form of ICAO Doc 8168 (PANS-OPS) Volume I, recalled and not re-read for this release.

    Examples
    --------
    >>> round(cold_error_ft(1000.0, -20.0, 0.0))
    139
    """
    height_m = ft_to_m(height_ft)
    elevation_m = ft_to_m(station_elevation_ft)
    sea_level_c = station_temperature_c + LAPSE_RATE_C_PER_M * elevation_m
    mean_k = 273.0 + sea_level_c - 0.5 * LAPSE_RATE_C_PER_M * (height_m + elevation_m)
    return height_ft * (STANDARD_TEMPERATURE_C - sea_level_c) / mean_k
