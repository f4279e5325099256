"""The approach of the hand calculation: 3 degrees, 280 ft low, 140 kt, over flat ground."""

import numpy as np

from safetynets.tracks import Tracks
from safetynets.units import FT_PER_NM, kt_to_mps, nm_to_m
from tests.nets import situations

PATH_FT_PER_NM = FT_PER_NM * np.tan(np.radians(3.0))
LOW_FT = 280.0
CROSSING_FT = 50.0
CONTACT_NM = (LOW_FT - CROSSING_FT) / PATH_FT_PER_NM
SPEED_KT = 140.0
RATE_FPM = -PATH_FT_PER_NM * SPEED_KT / 60.0


def flat_site(path="ils", **parts):
    """A runway on flat ground at sea level, its approach flown northwards."""
    wide = situations.terrain(np.zeros((200, 200)), cell_m=500.0, x0_m=-50_000.0, y0_m=-50_000.0)
    return situations.site(**{"terrain": wide, "approaches": (situations.approach(path=path),), **parts})


def low_approach(low_ft=LOW_FT, from_nm=10.0, until_nm=CONTACT_NM, update_s=1.0, setting_hpa=1013.25):
    """The approach as surveillance sees it, until it meets the ground (`until_nm` before the threshold)."""
    speed_nmps = SPEED_KT / 3600.0
    time_s = np.arange(0.0, (from_nm - until_nm) / speed_nmps, update_s)
    along_nm = from_nm - speed_nmps * time_s
    altitude_ft = CROSSING_FT + PATH_FT_PER_NM * along_nm - low_ft
    count = len(time_s)
    columns = {
        "time_s": time_s,
        "track": np.zeros(count, dtype=int),
        "x_m": np.zeros(count),
        "y_m": -nm_to_m(along_nm),
        "vx_mps": np.zeros(count),
        "vy_mps": np.full(count, kt_to_mps(SPEED_KT)),
        "vertical_rate_fpm": np.full(count, RATE_FPM),
        "pressure_altitude_ft": altitude_ft,
        "geometric_altitude_ft": altitude_ft,
        "baro_setting_hpa": np.full(count, setting_hpa),
        "on_ground": np.zeros(count, dtype=int),
    }
    latitude_deg, longitude_deg = situations.PLANE.to_geographic(columns["x_m"], columns["y_m"])
    columns |= {"latitude_deg": latitude_deg, "longitude_deg": longitude_deg}
    return Tracks.from_columns(
        columns, {"callsign": ["LOW1"], "flight_rules": ["IFR"], "destination": ["XXXX"]}, situations.PLANE
    )


def contact_s(from_nm=10.0):
    """When the path meets the ground, s after its beginning."""
    return (from_nm - CONTACT_NM) / SPEED_KT * 3600.0
