"""Where an aircraft will be at tau: docs/nets.md, "Predicted path"."""

from __future__ import annotations

import math
from collections.abc import Callable

from safetynets.sites.parameters import Prediction
from tests.oracle.plots import Plot

LARGEST_CHORD_RAD = math.radians(2.0)
SLOWEST_TURN_RADPS = 1e-6

Position = Callable[[Plot, float], tuple[float, float]]


def straight(plot: Plot, tau_s: float) -> tuple[float, float]:
    return plot.x_m + plot.vx_mps * tau_s, plot.y_m + plot.vy_mps * tau_s


def turning(plot: Plot, tau_s: float) -> tuple[float, float]:
    """The circle itself; the nets fly chords of it, at most `chord_error_m` inside."""
    rate = plot.turn_rate_radps
    if abs(rate) <= SLOWEST_TURN_RADPS:
        return straight(plot, tau_s)
    speed = math.hypot(plot.vx_mps, plot.vy_mps)
    track = math.atan2(plot.vx_mps, plot.vy_mps)
    radius = speed / rate
    later = track + rate * tau_s
    return (
        plot.x_m + radius * (math.cos(track) - math.cos(later)),
        plot.y_m + radius * (math.sin(later) - math.sin(track)),
    )


def chord_error_m(plot: Plot) -> float:
    """The most that a chord of 2 degrees lies inside the circle of the turn: R (1 - cos 1 deg), as docs/nets.md."""
    if abs(plot.turn_rate_radps) <= SLOWEST_TURN_RADPS:
        return 0.0
    radius = math.hypot(plot.vx_mps, plot.vy_mps) / abs(plot.turn_rate_radps)
    return radius * (1.0 - math.cos(LARGEST_CHORD_RAD / 2.0))


def credited_rate_ftps(plot: Plot, climb_credit: float) -> float:
    rate = plot.vertical_rate_fpm / 60.0
    return rate * climb_credit if rate > 0.0 else rate


def known_levels_ft(plot: Plot, parameters: Prediction) -> list[float]:
    levels = []
    if parameters.use_cleared_level and not math.isnan(plot.cleared_level_ft):
        levels.append(plot.cleared_level_ft)
    if parameters.use_selected_level and not math.isnan(plot.selected_level_ft):
        levels.append(plot.selected_level_ft)
    return levels


def level_off_ft(plot: Plot, parameters: Prediction) -> float | None:
    """The altitude at which the predicted path becomes level; None where it does not."""
    rate = credited_rate_ftps(plot, parameters.climb_credit)
    if rate == 0.0:
        return None
    levelled_at_ft = []
    for level in known_levels_ft(plot, parameters):
        to_go_ft = level - plot.altitude_ft if rate > 0.0 else plot.altitude_ft - level
        if to_go_ft >= 0.0:
            levelled_at_ft.append(level)
        elif -to_go_ft <= parameters.level_off_tolerance_ft:
            levelled_at_ft.append(plot.altitude_ft)
    if not levelled_at_ft:
        return None
    reached_last = max if rate > 0.0 else min
    return reached_last(levelled_at_ft)


def altitude_ft(plot: Plot, tau_s: float, parameters: Prediction) -> float:
    rate = credited_rate_ftps(plot, parameters.climb_credit)
    altitude = plot.altitude_ft + rate * tau_s
    level = level_off_ft(plot, parameters)
    if level is None:
        return altitude
    return min(altitude, level) if rate > 0.0 else max(altitude, level)
