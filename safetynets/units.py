"""Unit conversions, the only place where they are written down.

The factors are exact by definition: the international foot is 0.3048 m (1959 agreement) and the international
nautical mile 1852 m (ICAO Annex 5).
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Quantity = TypeVar("Quantity", float, NDArray[np.float64])

M_PER_FT = 0.3048
M_PER_NM = 1852.0
S_PER_MIN = 60.0
S_PER_H = 3600.0
S_PER_DAY = 86_400.0
FT_PER_FL = 100.0
FT_PER_KFT = 1000.0
M_PER_KM = 1000.0
M_PER_MILE = 1609.344
"""The international mile (1959 agreement), which is 5,280 ft."""
PA_PER_INHG = 3386.389
"""Conventional inch of mercury (NIST SP 811, appendix B.8)."""
PA_PER_HPA = 100.0
FT_PER_NM = M_PER_NM / M_PER_FT


def ft_to_m(value_ft: Quantity) -> Quantity:
    """Convert feet to metres.

    Parameters
    ----------
    value_ft
        Feet (ft): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Metres (m), of the same shape.

    Examples
    --------
    >>> ft_to_m(1000.0)
    304.8
    """
    return value_ft * M_PER_FT


def m_to_ft(value_m: Quantity) -> Quantity:
    """Convert metres to feet.

    Parameters
    ----------
    value_m
        Metres (m): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Feet (ft), of the same shape.

    Examples
    --------
    >>> m_to_ft(304.8)
    1000.0
    """
    return value_m / M_PER_FT


def km_to_ft(value_km: Quantity) -> Quantity:
    """Convert kilometres to feet.

    Parameters
    ----------
    value_km
        Kilometres (km): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Feet (ft), of the same shape.

    Examples
    --------
    >>> km_to_ft(0.3048)
    1000.0
    """
    return value_km * M_PER_KM / M_PER_FT


def kft_to_ft(value_kft: Quantity) -> Quantity:
    """Convert thousands of feet to feet.

    Parameters
    ----------
    value_kft
        Thousands of feet (kft): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Feet (ft), of the same shape.

    Examples
    --------
    >>> kft_to_ft(3.5)
    3500.0
    """
    return value_kft * FT_PER_KFT


def rad_to_deg(value_rad: Quantity) -> Quantity:
    """Convert radians to degrees.

    Parameters
    ----------
    value_rad
        Radians (rad): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Degrees (deg), of the same shape.

    Examples
    --------
    >>> round(rad_to_deg(math.pi))
    180
    """
    return value_rad * (180.0 / math.pi)


def nm_to_m(value_nm: Quantity) -> Quantity:
    """Convert nautical miles to metres.

    Parameters
    ----------
    value_nm
        Nautical miles (NM): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Metres (m), of the same shape.

    Examples
    --------
    >>> nm_to_m(2.0)
    3704.0
    """
    return value_nm * M_PER_NM


def m_to_nm(value_m: Quantity) -> Quantity:
    """Convert metres to nautical miles.

    Parameters
    ----------
    value_m
        Metres (m): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Nautical miles (NM), of the same shape.

    Examples
    --------
    >>> m_to_nm(926.0)
    0.5
    """
    return value_m / M_PER_NM


def kt_to_mps(value_kt: Quantity) -> Quantity:
    """Convert knots to metres per second.

    Parameters
    ----------
    value_kt
        Knots (kt): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Metres per second (m/s), of the same shape.

    Examples
    --------
    >>> kt_to_mps(3600.0)
    1852.0
    """
    return value_kt * M_PER_NM / S_PER_H


def mps_to_kt(value_mps: Quantity) -> Quantity:
    """Convert metres per second to knots.

    Parameters
    ----------
    value_mps
        Metres per second (m/s): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Knots (kt), of the same shape.

    Examples
    --------
    >>> mps_to_kt(1852.0)
    3600.0
    """
    return value_mps * S_PER_H / M_PER_NM


def kmh_to_kt(value_kmh: Quantity) -> Quantity:
    """Convert kilometres per hour to knots.

    Parameters
    ----------
    value_kmh
        Kilometres per hour (km/h): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Knots (kt), of the same shape.

    Examples
    --------
    >>> kmh_to_kt(185.2)
    100.0
    """
    return value_kmh * M_PER_KM / M_PER_NM


def mph_to_kt(value_mph: Quantity) -> Quantity:
    """Convert statute miles per hour to knots.

    Parameters
    ----------
    value_mph
        Statute miles per hour (mph): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Knots (kt), of the same shape.

    Examples
    --------
    >>> round(mph_to_kt(100.0), 2)
    86.9
    """
    return value_mph * M_PER_MILE / M_PER_NM


def fpm_to_ftps(value_fpm: Quantity) -> Quantity:
    """Convert feet per minute to feet per second.

    Parameters
    ----------
    value_fpm
        Feet per minute (ft/min): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Feet per second (ft/s), of the same shape.

    Examples
    --------
    >>> fpm_to_ftps(1500.0)
    25.0
    """
    return value_fpm / S_PER_MIN


def ftps_to_fpm(value_ftps: Quantity) -> Quantity:
    """Convert feet per second to feet per minute.

    Parameters
    ----------
    value_ftps
        Feet per second (ft/s): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Feet per minute (ft/min), of the same shape.

    Examples
    --------
    >>> ftps_to_fpm(25.0)
    1500.0
    """
    return value_ftps * S_PER_MIN


def mps_to_fpm(value_mps: Quantity) -> Quantity:
    """Convert metres per second to feet per minute.

    Parameters
    ----------
    value_mps
        Metres per second (m/s): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Feet per minute (ft/min), of the same shape.

    Examples
    --------
    >>> round(mps_to_fpm(5.08), 6)
    1000.0
    """
    return value_mps / M_PER_FT * S_PER_MIN


def fl_to_ft(value_fl: Quantity) -> Quantity:
    """Convert flight levels to the pressure altitudes that they name.

    Parameters
    ----------
    value_fl
        Flight level (hundreds of ft): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Pressure altitude (ft), of the same shape.

    Examples
    --------
    >>> fl_to_ft(65.0)
    6500.0
    """
    return value_fl * FT_PER_FL


def ft_to_fl(pressure_altitude_ft: Quantity) -> Quantity:
    """Convert pressure altitudes to flight levels.

    Parameters
    ----------
    pressure_altitude_ft
        Pressure altitude (ft): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Flight level (hundreds of ft), of the same shape.

    Examples
    --------
    >>> ft_to_fl(6500.0)
    65.0
    """
    return pressure_altitude_ft / FT_PER_FL


def inhg_to_hpa(value_inhg: Quantity) -> Quantity:
    """Convert inches of mercury to hectopascals.

    Parameters
    ----------
    value_inhg
        Inches of mercury (inHg): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Hectopascals (hPa), of the same shape.

    Examples
    --------
    >>> round(inhg_to_hpa(29.92), 2)
    1013.21
    """
    return value_inhg * PA_PER_INHG / PA_PER_HPA


def pa_to_hpa(value_pa: Quantity) -> Quantity:
    """Convert pascals to hectopascals.

    Parameters
    ----------
    value_pa
        Pascals (Pa): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Hectopascals (hPa), of the same shape.

    Examples
    --------
    >>> pa_to_hpa(101325.0)
    1013.25
    """
    return value_pa / PA_PER_HPA


def hpa_to_inhg(value_hpa: Quantity) -> Quantity:
    """Convert hectopascals to inches of mercury.

    Parameters
    ----------
    value_hpa
        Hectopascals (hPa): a number, or an array of any shape.

    Returns
    -------
    float or numpy.ndarray
        Inches of mercury (inHg), of the same shape.

    Examples
    --------
    >>> round(hpa_to_inhg(1013.25), 2)
    29.92
    """
    return value_hpa * PA_PER_HPA / PA_PER_INHG
