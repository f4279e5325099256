"""A small site built by hand: Geneva's runway 22 over flat ground, with the figures of OurAirports."""

from pathlib import Path

import numpy as np

from safetynets.geodesy import Plane
from safetynets.sites.geometry import Approach, PressureRegion, Site, Terrain
from safetynets.sites.parameters import Parameters

PLANE = Plane(latitude_deg=46.238, longitude_deg=6.109)


def approach(path="ils", name="LSGG 22", **changes):
    x_m, y_m = PLANE.to_plane(46.250401, 6.12699)
    course_deg = 225.453 + float(PLANE.convergence_deg(46.250401, 6.12699))
    values = {
        "name": name,
        "airport": "LSGG",
        "runway": "22",
        "x_m": float(x_m),
        "y_m": float(y_m),
        "threshold_elevation_ft": 1365.0,
        "course_deg": course_deg,
        "true_course_deg": 225.453,
        "path": path,
        "angle_deg": 3.0,
        "threshold_crossing_height_ft": 50.0,
        "profile": (),
        "intercept_altitude_ft": 7000.0,
        "start_distance_nm": 15.0,
        "end_distance_nm": 1.0,
        "half_width_m": 200.0,
        "splay_deg": 2.5,
        "source": "test",
        "illustrative": True,
    }
    return Approach(**{**values, **changes})


def flat_terrain(elevation_ft=1220.0, half_width_m=60_000.0, cell_m=500.0):
    count = int(2 * half_width_m / cell_m)
    return Terrain(-half_width_m, -half_width_m, cell_m, np.full((count, count), elevation_ft), ())


FLAT = flat_terrain()


def site(
    qnh_hpa=1013.25, approaches=None, terrain=FLAT, transition_altitude_ft=7000.0, volumes=(), minimum_altitudes=()
):
    region = PressureRegion("all", None, ((-1e12, qnh_hpa),), transition_altitude_ft, 80.0, "test")
    return Site(
        name="test",
        title="Test",
        folder=Path(),
        plane=PLANE,
        geoid_undulation_m=None,
        terrain=terrain,
        minimum_altitudes=minimum_altitudes,
        obstacles=(),
        approaches=(approach(),) if approaches is None else approaches,
        volumes=volumes,
        inhibit_volumes=(),
        pressure_regions=(region,),
        parameters=Parameters(),
        parameter_sources={},
        input_files=(),
    )
