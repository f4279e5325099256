"""The air a flight moves in: pressure, temperature and wind."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from safetynets.altimetry import (
    GAS_CONSTANT_J_PER_KG_K,
    LAPSE_RATE_C_PER_M,
    STANDARD_PRESSURE_HPA,
    STANDARD_TEMPERATURE_K,
    cold_error_ft,
    pressure_hpa,
)
from safetynets.altimetry import (
    pressure_altitude_ft as pressure_altitude_of,
)
from safetynets.sites.parameters import Strict
from safetynets.units import PA_PER_HPA, ft_to_m, kt_to_mps

Quantity = TypeVar("Quantity", float, NDArray[np.float64])

STANDARD_TEMPERATURE_C = 15.0
STANDARD_DENSITY_KG_PER_M3 = STANDARD_PRESSURE_HPA * PA_PER_HPA / (GAS_CONSTANT_J_PER_KG_K * STANDARD_TEMPERATURE_K)


class Weather(Strict):
    """The `[weather]` table of a scenario: one QNH, one temperature, one wind, for the whole of it.

    Attributes
    ----------
    qnh_hpa
        The QNH (hPa); without it each flight has that of the site's pressure region where and when it starts.
    temperature_c, station_elevation_ft
        Temperature (°C) at a station, and the elevation of that (ft above mean sea level); without the first the air is
        as warm as the standard atmosphere.
    wind_from_deg, wind_kt
        Where the wind blows from (true), and its speed.

    Examples
    --------
    >>> cold = Weather(qnh_hpa=1013.25, temperature_c=-20.0, station_elevation_ft=0.0)
    >>> round(cold.geometric_altitude_ft(1000.0, 1013.25))
    861
    >>> [round(speed_mps, 2) for speed_mps in Weather(wind_from_deg=270.0, wind_kt=100.0).wind_mps()]
    [51.44, 0.0]
    """

    qnh_hpa: float | None = Field(default=None, ge=850, le=1090)
    temperature_c: float | None = Field(default=None, ge=-60, le=50, description="at the station")
    station_elevation_ft: float = Field(default=0.0, ge=-1500, le=15000)
    wind_from_deg: float = Field(default=0.0, ge=0, le=360, description="true")
    wind_kt: float = Field(default=0.0, ge=0, le=200)

    def geometric_altitude_ft(self, pressure_altitude_ft: Quantity, qnh_hpa: float) -> Quantity:
        """Altitude above mean sea level at a pressure altitude under a QNH, in this temperature.

        Below the station the error has the opposite sign, as in the air itself.

        Parameters
        ----------
        pressure_altitude_ft
            Pressure altitude (ft): a number, or an array of any shape.
        qnh_hpa
            The QNH (hPa).

        Returns
        -------
        float or numpy.ndarray
            Altitude (ft above mean sea level), of the same shape.
        """
        on_qnh: Quantity = pressure_altitude_ft - pressure_altitude_of(qnh_hpa)
        if self.temperature_c is None:
            return on_qnh
        return on_qnh - cold_error_ft(on_qnh - self.station_elevation_ft, self.temperature_c, self.station_elevation_ft)

    def wind_mps(self) -> tuple[float, float]:
        """Where the wind blows to.

        Returns
        -------
        tuple of float
            East and north components (m/s).
        """
        from_rad, speed_mps = math.radians(self.wind_from_deg), kt_to_mps(self.wind_kt)
        return -speed_mps * math.sin(from_rad), -speed_mps * math.cos(from_rad)

    def true_airspeed_mps(self, indicated_speed_kt: float, pressure_altitude_ft: float) -> float:
        """True airspeed of an indicated airspeed in this temperature.

        The indicated airspeed is taken as equivalent airspeed (2 kt off at 250 kt and flight level 100).

        Parameters
        ----------
        indicated_speed_kt
            Indicated airspeed (kt).
        pressure_altitude_ft
            Pressure altitude (ft).

        Returns
        -------
        float
            True airspeed (m/s).

        Examples
        --------
        >>> round(Weather().true_airspeed_mps(100.0, 0.0), 2)
        51.44
        """
        station_c = STANDARD_TEMPERATURE_C if self.temperature_c is None else self.temperature_c
        above_m = ft_to_m(pressure_altitude_ft - (0.0 if self.temperature_c is None else self.station_elevation_ft))
        temperature_k = station_c + STANDARD_TEMPERATURE_K - STANDARD_TEMPERATURE_C - LAPSE_RATE_C_PER_M * above_m
        density = pressure_hpa(pressure_altitude_ft) * PA_PER_HPA / (GAS_CONSTANT_J_PER_KG_K * temperature_k)
        return kt_to_mps(indicated_speed_kt) * math.sqrt(STANDARD_DENSITY_KG_PER_M3 / density)
