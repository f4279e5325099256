"""Latitude and longitude, the site's plane, and heights above the ellipsoid and above mean sea level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod, Transformer
from pyproj.crs import CRS
from pyproj.proj import Proj

from safetynets.units import m_to_ft

MEAN_EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of WGS 84 (NIMA TR8350.2), used for the curvature of a straight glide path."""

WGS84 = Geod(ellps="WGS84")

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """The site's plane: a conformal (stereographic) projection of WGS 84 centred on one point.

    x points east and y north at the centre. At 60 NM from the centre distances are 0.02 % long, at 200 NM 0.1 %;
    angles are true everywhere, but the plane's north turns away from true north by `convergence_deg`.

    Parameters
    ----------
    latitude_deg, longitude_deg
        The centre (WGS 84, deg).

    Examples
    --------
    >>> geneva = Plane(latitude_deg=46.238, longitude_deg=6.109)
    >>> x_m, y_m = geneva.to_plane([46.238, 46.338], [6.109, 6.109])
    >>> x_m.round(3).tolist(), y_m.round().tolist()
    ([0.0, 0.0], [0.0, 11116.0])
    >>> geneva.to_geographic(x_m, y_m)[0].round(3).tolist()
    [46.238, 46.338]
    >>> geneva.convergence_deg(46.238, 7.109).round(2).tolist()
    -0.72
    """

    latitude_deg: float
    longitude_deg: float

    @cached_property
    def _definition(self) -> str:
        return f"+proj=stere +lat_0={self.latitude_deg!r} +lon_0={self.longitude_deg!r} +k=1 +ellps=WGS84 +units=m"

    @cached_property
    def crs(self) -> CRS:
        """The projection as a pyproj coordinate reference system."""
        return CRS.from_proj4(self._definition + " +type=crs")

    @cached_property
    def _transformer(self) -> Transformer:
        return Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)

    @cached_property
    def _proj(self) -> Proj:
        return Proj(self._definition)

    def to_plane(self, latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> tuple[Floats, Floats]:
        """Project WGS 84 positions onto the plane.

        Parameters
        ----------
        latitude_deg, longitude_deg
            Positions (WGS 84, deg), both of the same shape.

        Returns
        -------
        tuple of numpy.ndarray
            x_m (east) and y_m (north), of that shape; NaN where a coordinate is not finite.
        """
        return _transform(self._transformer, longitude_deg, latitude_deg, "FORWARD")

    def to_geographic(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
        """Positions in latitude and longitude; the inverse of `to_plane`.

        Parameters
        ----------
        x_m, y_m
            Positions on the plane (m), both of the same shape.

        Returns
        -------
        tuple of numpy.ndarray
            latitude_deg and longitude_deg (WGS 84, deg), of that shape; NaN where a coordinate is not finite.
        """
        longitude_deg, latitude_deg = _transform(self._transformer, x_m, y_m, "INVERSE")
        return latitude_deg, longitude_deg

    def convergence_deg(self, latitude_deg: ArrayLike, longitude_deg: ArrayLike) -> Floats:
        """Angle to add to a true course to get the course on the plane, clockwise from the plane's y axis.

        Parameters
        ----------
        latitude_deg, longitude_deg
            Where (WGS 84, deg), both of the same shape.

        Returns
        -------
        numpy.ndarray
            Angle (deg), of that shape; NaN where a coordinate is not finite.
        """
        latitude = np.asarray(latitude_deg, dtype=np.float64)
        longitude = np.asarray(longitude_deg, dtype=np.float64)
        known = np.isfinite(latitude) & np.isfinite(longitude)
        if not known.any():
            return np.full(known.shape, np.nan)  # pyproj refuses an empty array
        factors = self._proj.get_factors(np.where(known, longitude, 0.0), np.where(known, latitude, 0.0))
        return np.where(known, -np.asarray(factors.meridian_convergence, dtype=np.float64), np.nan)


def _transform(transformer: Transformer, a: ArrayLike, b: ArrayLike, direction: str) -> tuple[Floats, Floats]:
    first = np.asarray(a, dtype=np.float64)
    second = np.asarray(b, dtype=np.float64)
    known = np.isfinite(first) & np.isfinite(second)
    u, v = transformer.transform(np.where(known, first, 0.0), np.where(known, second, 0.0), direction=direction)
    return np.where(known, u, np.nan), np.where(known, v, np.nan)


def destination(latitude_deg: float, longitude_deg: float, course_deg: float, distance_m: float) -> tuple[float, float]:
    """Position reached by a geodesic of this length on a true course.

    Parameters
    ----------
    latitude_deg, longitude_deg
        Where it starts (WGS 84, deg).
    course_deg
        True course at the start (deg).
    distance_m
        Length (m).

    Returns
    -------
    tuple of float
        latitude_deg and longitude_deg (WGS 84, deg).

    Examples
    --------
    >>> latitude_deg, longitude_deg = destination(46.0, 6.0, 0.0, 1852.0)
    >>> round(latitude_deg, 4), longitude_deg
    (46.0167, 6.0)
    """
    longitude, latitude, _ = WGS84.fwd(longitude_deg, latitude_deg, course_deg, distance_m)
    return float(latitude), float(longitude)


def mean_sea_level_altitude_ft(ellipsoid_height_ft: Floats, geoid_undulation_m: float) -> Floats:
    """Altitude above mean sea level of heights above the WGS 84 ellipsoid.

    Parameters
    ----------
    ellipsoid_height_ft
        Heights above the ellipsoid (ft), of any shape.
    geoid_undulation_m
        Height of mean sea level above the ellipsoid (m), positive in Europe.

    Returns
    -------
    numpy.ndarray
        Altitude (ft above mean sea level), of the same shape.

    Examples
    --------
    >>> float(mean_sea_level_altitude_ft(np.array([1000.0]), 47.0).round(1)[0])
    845.8
    """
    return ellipsoid_height_ft - m_to_ft(geoid_undulation_m)
