"""Pairs of the final split, by a generator of their own: no code and no distribution is that of the pairs for training.

Those are two real flights, one of them moved in time. Here one flight is real and the other is drawn, from how it
passes the first one: when, how far beside and above it, on which course and how fast, level, on its way through the
level of the first or levelling off short of it, and whether it comes out of a turn. What must be alerted is decided for
both in the same way (`truth_of_pair`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import mode_c_ft
from safetynets.engine.monitor import judge
from safetynets.errors import BenchmarkError
from safetynets.evaluation.benchmark.pairs import STEP_S, Pair, pair_name, path_of, truth_of_pair
from safetynets.evaluation.search.situation import flights_of
from safetynets.geodesy import Plane
from safetynets.sites import Site
from safetynets.tracks import Tracks
from safetynets.tracks.portions import joined
from safetynets.units import S_PER_DAY, fpm_to_ftps, kt_to_mps, nm_to_m

Floats = NDArray[np.float64]

FIRST_DAY = 2000
"""The days of the other splits come before it."""
ABOVE_FT = 4000.0
"""They pass where the real flight is higher than this."""
BEFORE_S, AFTER_S = (150.0, 330.0), (45.0, 150.0)
SPEED_KT, SPEED_SD_KT = 260.0, 45.0
LEAST_KT, MOST_KT = 150.0, 420.0
BESIDE_NM = 1.8
"""The most frequent miss distance: a Rayleigh distribution."""
VERTICAL = ("level", "through", "levels off")
LEVELS_APART_FT = (0.0, 500.0, 1000.0, 2000.0)
RATE_FPM = (700.0, 2600.0)
LEAST_FT = 3500.0
TURNING_SHARE = 0.4
TURN_DEGPS = (0.5, 2.0)
POSITION_NOISE_M = 15.0
MODE_C_STEP_FT = 25.0
MOST_DRAWN = 5000


def final_pairs(recorded: Tracks, site: Site, qnh_hpa: float, count: int, seed: int) -> Iterator[Pair]:
    """So many pairs, each on a day of its own: half of them must be alerted, half are ordinary; the same for a seed.

    Raises
    ------
    BenchmarkError
        For a recording in which no flight is high enough for long enough.
    """
    random = np.random.default_rng([seed, 4])
    altitude_ft = judge(recorded, site).altitude_ft
    paths = ((number, path_of(recorded, altitude_ft, number)) for number in range(recorded.track_count))
    flights = [(number, path) for number, path in paths if path is not None and len(_moments(path))]
    if not flights:
        raise BenchmarkError(
            f"no flight of the recording is above {ABOVE_FT:,.0f} ft for {BEFORE_S[0] + AFTER_S[0]:.0f} s",
            mend="make the final split without pairs (--pairs 0)",
        )
    for place in range(count):
        wanted = "must" if place % 2 == 0 else "ordinary"
        for _ in range(MOST_DRAWN):
            number, real = flights[int(random.integers(len(flights)))]
            drawn = passing(real, random)
            found = truth_of_pair(real, drawn[:4], 0.0)
            if found is not None and found[0] == wanted and drawn[3].min() > LEAST_FT:
                names = f"P2{place:03d}A", f"P2{place:03d}B"
                day_s = S_PER_DAY * (FIRST_DAY + place)
                flown = flights_of(recorded, [number]).with_columns(callsign=np.array(names[:1], dtype=object))
                both = joined([flown, seen(drawn, names[1], qnh_hpa, site.plane, random)])
                tracks = both.with_columns(time_s=both.time_s + day_s)
                begin_s, event_s = found[1] + day_s, found[2] + day_s
                yield Pair(tracks, pair_name(*names), wanted, begin_s, event_s, float(tracks.time_s.max()))
                break


def passing(real: Floats, random: np.random.Generator) -> Floats:
    """An aircraft that passes a flight: time, x, y, altitude, speeds east and north, vertical rate, every few seconds.

    `real` is the time, x, y and altitude of the flight, as `path_of` gives them.
    """
    at = int(random.choice(_moments(real)))
    before_s, after_s = float(random.uniform(*BEFORE_S)), float(random.uniform(*AFTER_S))
    steps = np.arange(-round(before_s / STEP_S), round(after_s / STEP_S) + 1)
    steps = steps[(at + steps >= 0) & (at + steps < real.shape[1])]
    since_s = STEP_S * steps
    along_mps = (real[1:3, at] - real[1:3, at - 1]) / STEP_S
    speed_mps = kt_to_mps(float(np.clip(random.normal(SPEED_KT, SPEED_SD_KT), LEAST_KT, MOST_KT)))
    course_rad = float(np.arctan2(*along_mps) + random.uniform(-np.pi, np.pi))
    if random.random() < TURNING_SHARE:
        straight_s, rate_degps = float(random.uniform(20.0, 90.0)), float(random.uniform(*TURN_DEGPS))
        turned_s = np.minimum(np.maximum(-straight_s - since_s, 0.0), 90.0 / rate_degps)
        courses_rad = course_rad + random.choice([-1.0, 1.0]) * np.radians(rate_degps) * turned_s
    else:
        courses_rad = np.full(len(steps), course_rad)
    v_mps = speed_mps * np.array([np.sin(courses_rad), np.cos(courses_rad)])
    relative_mps = speed_mps * np.array([np.sin(course_rad), np.cos(course_rad)]) - along_mps
    across = np.array([relative_mps[1], -relative_mps[0]]) / max(float(np.hypot(*relative_mps)), 1.0)
    miss_m = nm_to_m(float(random.rayleigh(BESIDE_NM))) * float(random.choice([-1.0, 1.0]))
    flown_m = np.cumsum((v_mps[:, 1:] + v_mps[:, :-1]) / 2.0 * STEP_S, axis=1)
    flown_m = np.hstack([np.zeros((2, 1)), flown_m])
    place_m = real[1:3, at, None] + (miss_m * across)[:, None] + flown_m - flown_m[:, steps == 0]
    altitude_ft, rate_fpm = _climb(float(real[3, at]), since_s, random)
    return np.vstack([real[0, at] + since_s, place_m, altitude_ft, v_mps, rate_fpm])


def seen(drawn: Floats, callsign: str, qnh_hpa: float, plane: Plane, random: np.random.Generator) -> Tracks:
    """What surveillance sees of a drawn aircraft: positions with noise, Mode C in its steps."""
    time_s, x_m, y_m, altitude_ft, east_mps, north_mps, rate_fpm = drawn
    x_m, y_m = (values + POSITION_NOISE_M * random.standard_normal(len(values)) for values in (x_m, y_m))
    latitude_deg, longitude_deg = plane.to_geographic(x_m, y_m)
    pressure_altitude_ft = np.round(mode_c_ft(altitude_ft, qnh_hpa) / MODE_C_STEP_FT) * MODE_C_STEP_FT
    plots = {
        "time_s": time_s + float(random.uniform(0.0, STEP_S)) - STEP_S / 2.0,
        "track": np.zeros(len(time_s), dtype=np.int32),
        "latitude_deg": latitude_deg,
        "longitude_deg": longitude_deg,
        "x_m": x_m,
        "y_m": y_m,
        "pressure_altitude_ft": pressure_altitude_ft,
        "vx_mps": east_mps,
        "vy_mps": north_mps,
        "vertical_rate_fpm": rate_fpm,
    }
    about = {"callsign": [callsign], "icao24": [f"{int(random.integers(1, 2**24)):06x}"], "ssr_code": ["1000"]}
    return Tracks.from_columns(plots, about, plane)


def _moments(real: Floats) -> NDArray[np.intp]:
    """The places of a path at which another may pass it."""
    last = real.shape[1] - int(AFTER_S[0] / STEP_S)
    first = int(BEFORE_S[0] / STEP_S)
    places = np.flatnonzero(real[3] > ABOVE_FT)
    return np.asarray(places[(places >= first) & (places < last)])


def _climb(real_ft: float, since_s: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Altitude and vertical rate of the other aircraft, so and so long before and after it passes."""
    side = float(random.choice([-1.0, 1.0]))
    apart_ft = side * float(random.choice(LEVELS_APART_FT)) + float(random.normal(0.0, 60.0))
    rate_fpm = side * float(random.uniform(*RATE_FPM))
    how = VERTICAL[int(random.integers(len(VERTICAL)))]
    if how == "level":
        return np.full(len(since_s), real_ft + apart_ft), np.zeros(len(since_s))
    if how == "through":
        passed_ft = real_ft + float(random.normal(0.0, 600.0))
        return passed_ft + fpm_to_ftps(rate_fpm) * since_s, np.full(len(since_s), rate_fpm)
    # Levels off before it passes: from above (side 1) it descended to the level, from below it climbed.
    level_s = -float(random.uniform(10.0, 80.0))
    flying = since_s < level_s
    altitude_ft = real_ft + apart_ft + np.where(flying, -fpm_to_ftps(rate_fpm) * (since_s - level_s), 0.0)
    return altitude_ft, np.where(flying, -rate_fpm, 0.0)
