"""The envelopes of the nets on board, as plain arithmetic on numbers or arrays.

Sources, as the tags of the page on the airborne comparison say (docs/airborne.md):

- GPWS modes 1 to 5, terrain clearance floor and runway field clearance floor: the FlightGear emulation of the
  Honeywell MK VIII (`mk_viii.cxx`), its first aircraft type. Honeywell's own documents were not read.
- Premature descent, least envelope: the *must alert* table of DO-367 class C, as the openTAWS features state it.
- Premature descent, product-like: the Garmin-like module of the Microsoft Flight Simulator SDK.
- Required terrain clearance: TSO-C151c, as a public simulator relates it.

Heights are feet, rates feet per minute (positive is up), distances nautical miles, deviations from the glide path dots
(positive is below the path).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

NOWHERE_FT = -np.inf
"""The height limit where an envelope does not reach: no height is below it."""

DOT_DEG = 0.35
"""One dot of glide path deviation: half of a full scale of 0.7 degrees (recalled, not re-read)."""

MODE_1_RADIO_FT = (10.0, 2450.0)
PULL_UP_BREAK_FT = 284.0


def sink_rate_ft(rate_fpm: ArrayLike, above_path_fpm: ArrayLike = 0.0) -> Floats:
    """Radio height below which Mode 1 says SINK RATE; `above_path_fpm` is what an aircraft above its path may add.

    >>> round(float(sink_rate_ft(-2200.0)), 1)
    755.7
    """
    limit_ft = -572.0 - 0.6035 * (np.asarray(rate_fpm) + np.asarray(above_path_fpm))
    return np.asarray(np.minimum(limit_ft, MODE_1_RADIO_FT[1]))


def above_path_fpm(dots: ArrayLike, radio_ft: ArrayLike) -> Floats:
    """Rate that Mode 1 forgives above a glide path: 150 ft/min a dot up to 300, less below 100 ft; 0 without a path."""
    above = np.clip(-np.nan_to_num(np.asarray(dots, dtype=np.float64)), 0.0, 2.0)
    return np.asarray(150.0 * above * np.clip(np.asarray(radio_ft) / 100.0, 0.0, 1.0))


def pull_up_ft(rate_fpm: ArrayLike, radio_ft: ArrayLike) -> Floats:
    """Radio height below which Mode 1 says PULL UP; the line changes at a radio height of 284 ft."""
    rate_fpm = np.asarray(rate_fpm)
    low_ft = -1620.0 - 1.1133 * rate_fpm
    high_ft = np.minimum(-400.0 - 0.4 * rate_fpm, MODE_1_RADIO_FT[1])
    return np.where(np.asarray(radio_ft) < PULL_UP_BREAK_FT, low_ft, high_ft)


def closure_ft(closure_fpm: ArrayLike, radio_ft: ArrayLike, speed_kt: ArrayLike) -> Floats:
    """Radio height below which Mode 2A speaks at a rate of closure with the terrain (positive is closing)."""
    closure_fpm, radio_ft = np.asarray(closure_fpm), np.asarray(radio_ft)
    ceiling_ft = np.interp(np.asarray(speed_kt), (190.0, 280.0), (1650.0, 2450.0))
    high_ft = np.minimum(522.0 + 0.1968 * closure_fpm, ceiling_ft)
    return np.where(radio_ft < 1220.0, closure_landing_ft(closure_fpm, 1220.0), high_ft)


def closure_landing_ft(closure_fpm: ArrayLike, ceiling_ft: float = 789.0) -> Floats:
    """Radio height below which Mode 2B speaks: the low line of Mode 2A under a lower ceiling."""
    return np.asarray(np.minimum(-1579.0 + 0.7895 * np.asarray(closure_fpm), ceiling_ft))


def closure_from_ft(rate_fpm: ArrayLike) -> Floats:
    """Radio height above which Mode 2B speaks with landing flaps: 200 ft when hardly descending, up to 600 ft."""
    rate_fpm = np.asarray(rate_fpm)
    between_ft = -66.777 - 0.667 * rate_fpm
    return np.where(rate_fpm > -400.0, 200.0, np.where(rate_fpm < -1000.0, 600.0, between_ft))


MODE_3_RADIO_FT = (30.0, 1500.0)


def altitude_loss_ft(radio_ft: ArrayLike) -> Floats:
    """Loss of altitude after take-off above which Mode 3 says DON'T SINK."""
    return np.asarray(5.4 + 0.092 * np.asarray(radio_ft))


MODE_4_FROM_FT = 30.0


def unsafe_terrain_ft(speed_kt: ArrayLike, *, gear_down: bool, landing_flaps: bool) -> Floats:
    """Radio height below which Mode 4 speaks: 4A with the gear up and no landing flaps, else 4B.

    With gear and flaps down only the part that grows with speed is left.
    """
    speed_kt = np.asarray(speed_kt, dtype=np.float64)
    ready = gear_down and landing_flaps
    slow_kt, slow_ft = (159.0, 245.0) if gear_down or landing_flaps else (190.0, 500.0)
    fast_ft = np.where(speed_kt >= 250.0, 1000.0, -1083.0 + 8.333 * speed_kt)
    return np.where(speed_kt >= slow_kt, fast_ft, NOWHERE_FT if ready else slow_ft)


SOFT_DOTS, HARD_DOTS = 1.3, 2.0
GLIDE_PATH_FROM_FT = 30.0


def soft_glide_path_ft(rate_fpm: ArrayLike) -> Floats:
    """Radio height below which Mode 5 says GLIDESLOPE softly: 1,000 ft, and 500 ft when hardly descending."""
    return np.asarray(np.clip(500.0 - np.asarray(rate_fpm), 500.0, 1000.0))


def soft_dots(radio_ft: ArrayLike) -> Floats:
    """Deviation above which Mode 5 speaks softly; it grows below 150 ft."""
    return _dots(radio_ft, SOFT_DOTS, 243.0)


def hard_dots(radio_ft: ArrayLike) -> Floats:
    """Deviation above which Mode 5 speaks hard; it grows below 150 ft."""
    return _dots(radio_ft, HARD_DOTS, 293.0)


def _dots(radio_ft: ArrayLike, least_dots: float, line_ft: float) -> Floats:
    """Below 150 ft the line from `line_ft` at no deviation, 71.43 ft a dot."""
    radio_ft = np.asarray(radio_ft)
    return np.where(radio_ft < 150.0, np.maximum(least_dots, (line_ft - radio_ft) / 71.43), least_dots)


TERRAIN_FLOOR_FROM_FT = 10.0


def terrain_floor_ft(edge_nm: ArrayLike) -> Floats:
    """Radio height below which the terrain clearance floor speaks, by the distance to the runway.

    >>> terrain_floor_ft([0.5, 1.0, 4.0, 12.0, 15.0, 20.0]).round(1).tolist()
    [100.0, 200.0, 400.0, 400.0, 700.0, 700.0]
    """
    edge_nm = np.asarray(edge_nm, dtype=np.float64)
    return np.select(
        [edge_nm >= 15.0, edge_nm >= 12.0, edge_nm >= 4.0, edge_nm >= 1.0, edge_nm >= 0.05],
        [700.0, 100.0 * edge_nm - 800.0, 400.0, 200.0 * edge_nm / 3.0 + 400.0 / 3.0, 200.0 * edge_nm],
        NOWHERE_FT,
    )


def field_floor_ft(edge_nm: ArrayLike) -> Floats:
    """Height above the field below which the runway field clearance floor speaks, within 5 NM of the runway.

    >>> field_floor_ft([0.5, 1.4, 1.5, 5.0, 5.1]).round(1).tolist()
    [100.0, 280.0, 300.0, 300.0, -inf]
    """
    edge_nm = np.asarray(edge_nm, dtype=np.float64)
    return np.select([edge_nm > 5.0, edge_nm >= 1.5, edge_nm > 0.0], [NOWHERE_FT, 300.0, 200.0 * edge_nm], NOWHERE_FT)


def premature_least_ft(distance_nm: ArrayLike) -> Floats:
    """Height above the terrain up to which equipment of DO-367 class C must call a descent premature."""
    distance_nm = np.asarray(distance_nm, dtype=np.float64)
    return np.select(
        [distance_nm < 1.0, distance_nm <= 1.8, distance_nm <= 2.3, distance_nm <= 5.0],
        [NOWHERE_FT, 80.0, 150.0, 170.0],
        NOWHERE_FT,
    )


def premature_product_ft(distance_nm: ArrayLike) -> Floats:
    """Height above the field up to which a product-like premature descent alert speaks, 0.5 to 15 NM.

    >>> premature_product_ft([0.4, 5.0, 15.0]).round().tolist()
    [-inf, 350.0, 700.0]
    """
    distance_nm = np.asarray(distance_nm, dtype=np.float64)
    near_ft = np.sqrt(245_000.0 / 9.0 * np.maximum(distance_nm - 0.5, 0.0))
    far_ft = 700.0 - np.cbrt(4_287_500.0 * np.maximum(15.0 - distance_nm, 0.0))
    return np.select(
        [distance_nm <= 0.5, distance_nm <= 5.0, distance_nm <= 15.0], [NOWHERE_FT, near_ft, far_ft], NOWHERE_FT
    )


DESCENDING_FPM = -400.0


def required_clearance_ft(distance_nm: ArrayLike, rate_fpm: ArrayLike) -> Floats:
    """Clearance over the terrain ahead that the forward-looking function requires.

    Level and descending: 700 and 500 ft en route, 350 and 300 within 15 NM of a runway, 150 and 100 within 5 NM.
    """
    distance_nm, descending = np.asarray(distance_nm), np.asarray(rate_fpm) < DESCENDING_FPM
    return np.select(
        [distance_nm < 5.0, distance_nm < 15.0],
        [np.where(descending, 100.0, 150.0), np.where(descending, 300.0, 350.0)],
        np.where(descending, 500.0, 700.0),
    )


LONGEST_LOOK_S = 60.0
OF_THE_WAY_TO_THE_RUNWAY = 1.0 / 3.0
"""The forward look reaches at most so far of the way to the runway: ours, as the standard was not read."""


def look_ahead_s(distance_nm: ArrayLike, speed_kt: ArrayLike) -> Floats:
    """How far ahead a caution looks: 60 s en route, 40 s within 15 NM of a runway, and less as the runway comes near.

    A warning looks half as far.
    """
    distance_nm, speed_kt = np.asarray(distance_nm), np.asarray(speed_kt)
    longest_s = np.where(distance_nm < 15.0, 40.0, LONGEST_LOOK_S)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_runway_s = distance_nm / speed_kt * 3600.0
    return np.asarray(np.minimum(longest_s, OF_THE_WAY_TO_THE_RUNWAY * to_runway_s))


def forward_look_inhibited(distance_nm: ArrayLike, radio_ft: ArrayLike) -> NDArray[np.bool_]:
    """Where the forward look keeps silent, below 200 ft within 0.5 NM of a runway and below 125 ft within 1 NM.

    Source: a Garmin 400/500 terrain manual.
    """
    distance_nm, radio_ft = np.asarray(distance_nm), np.asarray(radio_ft)
    return np.asarray(((distance_nm < 0.5) & (radio_ft < 200.0)) | ((distance_nm < 1.0) & (radio_ft < 125.0)))
