"""A flight against its approach, over the distance to the threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.local import on_approach
from safetynets.engine.net import guarding
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.reports import house_style as style
from safetynets.reports.approach_lines import above_limit_ft, below_limit_ft
from safetynets.reports.labels import Label
from safetynets.reports.profile_flight import Flown, draw_flight, draw_floor, draw_terrain, frame_altitudes, rows_of
from safetynets.reports.site_shapes import approach_name
from safetynets.runs.run import Run
from safetynets.sites.approach_path import along_and_across, nominal_altitude_ft
from safetynets.sites.geometry import Approach
from safetynets.units import nm_to_m

Floats = NDArray[np.float64]

_BESIDE_NM = 2.5
_BEYOND_NM = 0.6
_BEFORE_NM = 1.5


def draw_approach_profile(axes: Axes, flown: Flown, alerts: Sequence[Alert], approach: Approach) -> str:
    """Draw one pass over an approach over the distance (NM) to the threshold, decreasing to the right.

    The nominal path and the limits are those of the APM with the parameters of the approach. Without an alert the floor
    of the MSAW is drawn too. Returns the name of the approach.
    """
    farthest_nm = _farthest_nm(approach)
    axes.set_xlim(farthest_nm, -_BEYOND_NM)
    site, net = flown.run.site, guarding("ground", on_final=True)
    watched = [one.name for one in site.approaches]
    if approach.name in watched:
        site = on_approach(site, net, watched.index(approach.name))
    lines_ft = _draw_path(axes, approach, net.parameters_of(site), farthest_nm)
    if not alerts or any(alert.net == "MSAW" for alert in alerts):
        lines_ft.append(draw_floor(axes, flown))
    lines_ft += [draw_terrain(axes, flown), flown.altitude_ft[~flown.spike]]
    frame_altitudes(axes, lines_ft)
    threshold = Label(
        f"threshold {approach.runway}",
        0.0,
        approach.threshold_elevation_ft,
        {"fontsize": 8.5, "color": style.INK, "zorder": 9},
    )
    draw_flight(axes, flown, alerts, [threshold])
    _draw_monitored_part(axes, approach)
    axes.set_xlabel("distance to the threshold, NM")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=14, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\u2212")))
    return approach_name(approach) + (" (illustrative)" if approach.illustrative else "")


def pass_over(run: Run, track: int, time_s: float, approach: Approach) -> Flown:
    """The plots of the pass of a track over this final approach that is nearest to a time (s)."""
    rows = rows_of(run, track)
    along_nm, across_m = along_and_across(approach, run.tracks.x_m[rows], run.tracks.y_m[rows])
    near = (along_nm >= -_BEYOND_NM) & (along_nm <= _farthest_nm(approach)) & (np.abs(across_m) <= nm_to_m(_BESIDE_NM))
    if near.any():
        stretch = np.cumsum(np.diff(near, prepend=False))
        candidates = np.flatnonzero(near)
        nearest = candidates[np.argmin(np.abs(run.tracks.time_s[rows[candidates]] - time_s))]
        near &= stretch == stretch[nearest]
    return Flown(run, rows[near], along_nm[near])


def _farthest_nm(approach: Approach) -> float:
    return approach.start_distance_nm + _BEFORE_NM


def _draw_path(axes: Axes, approach: Approach, parameters: ApmParameters, farthest_nm: float) -> list[Floats]:
    """Draw nominal path, limits and runway; returns their altitudes (ft)."""
    distance_nm = np.linspace(0.0, farthest_nm, 400)
    nominal_ft = nominal_altitude_ft(approach, distance_nm)
    axes.plot(distance_nm, nominal_ft, color=style.NOMINAL_PATH, linewidth=1.8, label=_path_words(approach), zorder=4)
    lines_ft = [nominal_ft, np.array([approach.threshold_elevation_ft])]
    watched_nm = np.linspace(approach.end_distance_nm, approach.start_distance_nm, 300)
    watched_ft = nominal_altitude_ft(approach, watched_nm)
    for kind, limit_of in (("below", below_limit_ft), ("above", above_limit_ft)):
        if kind in parameters.kinds:
            limit_ft = limit_of(approach, parameters, watched_nm)
            words = f"{kind} limit of the APM"
            axes.plot(watched_nm, limit_ft, color=style.LIMIT, lw=1.5, ls=(0, (6, 3)), label=words, zorder=4)
            axes.fill_between(watched_nm, watched_ft, limit_ft, color=style.NOMINAL_PATH, alpha=0.08, linewidth=0)
            lines_ft.append(limit_ft)
    elevation_ft = [approach.threshold_elevation_ft] * 2
    axes.plot([0.0, -_BEYOND_NM], elevation_ft, color=style.INK, linewidth=4.0, solid_capstyle="butt", zorder=5)
    return lines_ft


def _path_words(approach: Approach) -> str:
    if approach.path == "profile":
        return "nominal path, stepped profile"
    curvature = "" if approach.path == "baro" else ", earth curvature included"
    return f"nominal path {approach.angle_deg:.1f}°{curvature}"


def _draw_monitored_part(axes: Axes, approach: Approach) -> None:
    for edge_nm, words in ((approach.start_distance_nm, "monitored from"), (approach.end_distance_nm, "to")):
        axes.axvline(edge_nm, color=style.FAINT, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
        axes.text(
            edge_nm,
            1.0,
            f"{words} {edge_nm:g} NM",
            transform=axes.get_xaxis_transform(),
            fontsize=8,
            color=style.SOFT_INK,
            va="bottom",
            ha="center",
        )
