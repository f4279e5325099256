"""The nets on board once more, one moment at a time, slow and obvious: each envelope as its table says it."""

from __future__ import annotations

import math

from tests.oracle.stepping import first_s


def sink_rate(radio_ft: float, rate_fpm: float, dots: float) -> bool:
    bias_fpm = 0.0
    if not math.isnan(dots) and dots < 0.0:
        bias_fpm = 300.0 if dots <= -2.0 else -150.0 * dots
        if radio_ft < 100.0:
            bias_fpm *= radio_ft / 100.0
    return 10.0 < radio_ft < 2450.0 and radio_ft < -572.0 - 0.6035 * (rate_fpm + bias_fpm)


def pull_up(radio_ft: float, rate_fpm: float) -> bool:
    if radio_ft <= 10.0:
        return False
    if radio_ft < 284.0:
        return radio_ft < -1620.0 - 1.1133 * rate_fpm
    return radio_ft < 2450.0 and radio_ft < -400.0 - 0.4 * rate_fpm


def closure(
    radio_ft: float, closure_fpm: float, rate_fpm: float, speed_kt: float, *, landing_flaps: bool, as_on_approach: bool
) -> bool:
    """Mode 2; `as_on_approach`: within two dots of a glide path, or just after take-off."""
    if landing_flaps or as_on_approach:
        from_ft = 30.0
        if landing_flaps:
            from_ft = 200.0 if rate_fpm > -400.0 else 600.0 if rate_fpm < -1000.0 else -66.777 - 0.667 * rate_fpm
        return from_ft < radio_ft < 789.0 and radio_ft < -1579.0 + 0.7895 * closure_fpm
    if radio_ft < 1220.0:
        return radio_ft < -1579.0 + 0.7895 * closure_fpm
    ceiling_ft = 1650.0
    if speed_kt >= 280.0:
        ceiling_ft = 2450.0
    elif speed_kt > 190.0:
        ceiling_ft = 1650.0 + 800.0 / 90.0 * (speed_kt - 190.0)
    return radio_ft < ceiling_ft and radio_ft < 522.0 + 0.1968 * closure_fpm


def sinks(radio_ft: float, loss_ft: float, rate_fpm: float) -> bool:
    return 30.0 < radio_ft < 1500.0 and rate_fpm < 0.0 and loss_ft > 5.4 + 0.092 * radio_ft


def unsafe_terrain(radio_ft: float, speed_kt: float, *, gear_down: bool, landing_flaps: bool) -> bool:
    if radio_ft <= 30.0:
        return False
    from_kt, slow_ft = (159.0, 245.0) if gear_down or landing_flaps else (190.0, 500.0)
    if speed_kt < from_kt:
        return not (gear_down and landing_flaps) and radio_ft < slow_ft
    return radio_ft < (1000.0 if speed_kt >= 250.0 else -1083.0 + 8.333 * speed_kt)


def soft_glide_path(radio_ft: float, dots: float, rate_fpm: float) -> bool:
    if rate_fpm > 0.0 or math.isnan(dots) or radio_ft <= 30.0 or dots <= 1.3:
        return False
    if radio_ft < 150.0:
        return radio_ft > 243.0 - 71.43 * dots
    return radio_ft < (1000.0 if rate_fpm < -500.0 else 500.0 - rate_fpm)


def hard_glide_path(radio_ft: float, dots: float, rate_fpm: float) -> bool:
    if rate_fpm > 0.0 or math.isnan(dots) or not 30.0 < radio_ft < 300.0 or dots <= 2.0:
        return False
    return radio_ft >= 150.0 or radio_ft > 293.0 - 71.43 * dots


def terrain_floor(radio_ft: float, edge_nm: float) -> bool:
    if radio_ft <= 10.0 or edge_nm < 0.05:
        return False
    if edge_nm >= 15.0:
        return radio_ft < 700.0
    if edge_nm >= 12.0:
        return radio_ft < 100.0 * edge_nm - 800.0
    if edge_nm >= 4.0:
        return radio_ft < 400.0
    if edge_nm >= 1.0:
        return radio_ft < 66.666667 * edge_nm + 133.33333
    return radio_ft < 200.0 * edge_nm


def field_floor(above_field_ft: float, edge_nm: float) -> bool:
    if not 0.0 < edge_nm <= 5.0:
        return False
    return above_field_ft < (300.0 if edge_nm >= 1.5 else 200.0 * edge_nm)


def premature_least(radio_ft: float, distance_nm: float, rate_fpm: float) -> bool:
    if rate_fpm > 0.0 or radio_ft < 10.0 or not 1.0 <= distance_nm <= 5.0:
        return False
    return radio_ft <= (80.0 if distance_nm <= 1.8 else 150.0 if distance_nm <= 2.3 else 170.0)


def premature_product(above_field_ft: float, distance_nm: float, rate_fpm: float) -> bool:
    if rate_fpm > 0.0 or not 0.5 < distance_nm <= 15.0:
        return False
    if distance_nm <= 5.0:
        return above_field_ft < math.sqrt(27222.2222222 * (distance_nm - 0.5))
    return above_field_ft < 700.0 - (4287500.0 * (15.0 - distance_nm)) ** (1.0 / 3.0)


def looks_s(distance_nm: float, speed_kt: float) -> float:
    look_s = 40.0 if distance_nm < 15.0 else 60.0
    return min(look_s, distance_nm / 3.0 / speed_kt * 3600.0)


def clearance_ft(distance_nm: float, rate_fpm: float) -> float:
    level_ft, descending_ft = (
        (150.0, 100.0) if distance_nm < 5.0 else (350.0, 300.0) if distance_nm < 15.0 else (700.0, 500.0)
    )
    return descending_ft if rate_fpm < -400.0 else level_ft


def too_near_s(elevation_ft, x_m, y_m, vx_mps, vy_mps, altitude_ft, rate_ftps, clearance, look_ahead_s: float) -> float:
    """When the path is first lower than the terrain and the clearance, stepped; inf for never."""
    return first_s(
        lambda t: altitude_ft + rate_ftps * t < elevation_ft(x_m + vx_mps * t, y_m + vy_mps * t) + clearance,
        look_ahead_s,
    )


def held(inside: list[bool], held_s: float, step_s: float) -> list[int]:
    """Where alerts begin: at the first moment that has been inside for so long."""
    starts, since = [], None
    speaking = False
    for i, now in enumerate(inside):
        if not now:
            since, speaking = None, False
            continue
        since = i if since is None else since
        if not speaking and (i - since) * step_s >= held_s - 1e-9:
            starts.append(i)
            speaking = True
    return starts
