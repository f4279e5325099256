"""Draw the pictures of docs/explanation/what-a-net-sees.md, each from a run of the package.

python docs/draw_explanations.py
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.follow import candidates
from safetynets.engine.net import net_of
from safetynets.reports import house_style as style
from safetynets.reports.approach_lines import above_limit_ft, below_limit_ft
from safetynets.runs import Run, run_scenario
from safetynets.sites import load_site
from safetynets.sites.approach_path import along_and_across, nominal_altitude_ft, path_altitude_ft
from safetynets.traffic.places import Ground
from safetynets.units import fpm_to_ftps, m_to_nm, nm_to_m

HERE = Path(__file__).parent / "pictures"
WIDTH_IN, HEIGHT_IN = 9.0, 3.9
APPROACH_OF_RECORDING = "LFPG 26L"


def msaw_path_against_floor(ax: Axes) -> None:
    """The plot at which the MSAW of `zurich-1990` alerts: predicted path, terrain and floor under it."""
    run = run_scenario("zurich-1990")
    alert = _first_alert(run, "MSAW")
    row = _row_of(run, alert)
    parameters = run.site.parameters.msaw
    ahead_s = np.linspace(0.0, 55.0, 500)
    east_m = run.tracks.x_m[row] + run.tracks.vx_mps[row] * ahead_s
    north_m = run.tracks.y_m[row] + run.tracks.vy_mps[row] * ahead_s
    altitude_ft = run.altitude_ft[row] + fpm_to_ftps(float(run.tracks.vertical_rate_fpm[row])) * ahead_s
    terrain_ft = Ground(run.site.terrain, ()).elevation_ft(east_m, north_m)
    floor_ft = terrain_ft + parameters.terrain_clearance_ft
    within = ahead_s <= parameters.look_ahead_s
    words = "terrain on the predicted path"
    ax.fill_between(ahead_s, 0.0, terrain_ft, facecolor=style.TERRAIN, edgecolor=style.TERRAIN_EDGE, label=words)
    words = f"floor: terrain + {parameters.terrain_clearance_ft:g} ft"
    ax.plot(ahead_s, floor_ft, color=style.MINIMUM_ALTITUDE, linewidth=1.8, label=words)
    ax.plot(ahead_s[within], altitude_ft[within], color=style.TRAFFIC, linewidth=2.0, label="predicted altitude")
    ax.plot(ahead_s[~within], altitude_ft[~within], color=style.TRAFFIC, linewidth=1.2, linestyle=(0, (2, 2)))
    ax.plot(0.0, altitude_ft[0], "o", color=style.TRAFFIC, markersize=8)
    at_s = alert.time_to_violation_s
    at_ft = float(np.interp(at_s, ahead_s, altitude_ft))
    ax.plot(at_s, at_ft, marker="^", markersize=12, color=style.NET_COLOURS["MSAW"], label="first violation")
    ax.axvline(parameters.look_ahead_s, color=style.FAINT, linewidth=1.0, linestyle=(0, (2, 2)))
    note = {"fontsize": 9, "color": style.SOFT_INK}
    ax.text(parameters.look_ahead_s + 0.4, 2950, f"look-ahead {parameters.look_ahead_s:g} s", va="top", **note)
    ax.annotate(
        f"time to violation {at_s:.1f} s",
        (at_s, at_ft),
        (at_s - 2.0, at_ft + 620),
        ha="right",
        arrowprops={"arrowstyle": "-", "color": style.SOFT_INK, "linewidth": 0.8},
        **note,
    )
    ax.set_xlim(-1.0, 55.0)
    ax.set_ylim(1200.0, 3500.0)
    ax.set_xlabel("seconds ahead of the plot that is judged")
    ax.set_ylabel("altitude, ft")
    ax.set_title("MSAW: the predicted path against the floor (zurich-1990)")
    ax.legend(loc="upper right", ncols=2)


def apm_limits(ax: Axes) -> None:
    """The limits of the APM on runway 14 of Zurich, with an angular part added so that it can be seen."""
    site = load_site("zurich", {"apm.below_deg": 0.3, "apm.above_deg": 0.3, "apm.kinds": ["below", "above"]})
    approach = next(found for found in site.approaches if found.name == "LSZH 14")
    parameters = site.parameters.apm
    far_nm = np.linspace(0.0, approach.start_distance_nm + 2.5, 300)
    watched_nm = np.linspace(approach.end_distance_nm, approach.start_distance_nm, 200)
    nominal_ft = nominal_altitude_ft(approach, watched_nm)
    ax.plot(far_nm, path_altitude_ft(approach, far_nm), color=style.NOMINAL_PATH, linewidth=1.0, linestyle=(0, (2, 2)))
    nominal = nominal_altitude_ft(approach, far_nm)
    ax.plot(
        far_nm,
        nominal,
        color=style.NOMINAL_PATH,
        linewidth=2.0,
        label="nominal: the path, at most the intercept altitude",
    )
    for limit_of, words in (
        (above_limit_ft, f"above limit: + {parameters.above_ft:g} ft + d·tan({parameters.above_deg:g}°)"),
        (below_limit_ft, f"below limit: − {parameters.below_ft:g} ft − d·tan({parameters.below_deg:g}°)"),
    ):
        limit_ft = limit_of(approach, parameters, watched_nm)
        ax.plot(watched_nm, limit_ft, color=style.LIMIT, linewidth=1.6, linestyle=(0, (6, 3)), label=words)
        ax.fill_between(watched_nm, nominal_ft, limit_ft, color=style.NOMINAL_PATH, alpha=0.08, linewidth=0)
    for at_nm, words in ((approach.start_distance_nm, "monitored from"), (approach.end_distance_nm, "to")):
        ax.axvline(at_nm, color=style.FAINT, linewidth=1.0, linestyle=(0, (2, 2)))
        ax.text(at_nm - 0.1, 5350, f"{words} {at_nm:g} NM", fontsize=9, color=style.SOFT_INK, va="top")
    ax.plot([0.0, -0.5], [approach.threshold_elevation_ft] * 2, color=style.INK, linewidth=4, solid_capstyle="butt")
    ax.set_xlim(far_nm[-1], -0.6)
    ax.set_ylim(1000.0, 5450.0)
    ax.set_xlabel("distance d to the threshold, NM")
    ax.set_ylabel("altitude, ft")
    ax.set_title("APM: the limits of an approach (LSZH 14, angles exaggerated from 0° to 0.3°)")
    ax.legend(loc="lower left")


def apm_joining(ax: Axes) -> None:
    """Real flights to Paris 26L from above: where each was joined to the approach."""
    run = run_scenario("paris-arrivals", {"recording.update_s": 8})
    index = next(at for at, found in enumerate(run.site.approaches) if found.name == APPROACH_OF_RECORDING)
    approach, parameters = run.site.approaches[index], run.site.parameters.apm
    along_nm, across_m = along_and_across(approach, run.tracks.x_m, run.tracks.y_m)
    joined = run.approach == index
    for track in np.unique(run.tracks.track[joined]).tolist():
        rows = np.arange(len(run.tracks))[run.tracks.rows_of(track)]
        seen = rows[(along_nm[rows] > -1.0) & (along_nm[rows] < 16.0)]
        ax.plot(along_nm[seen], across_m[seen], color=style.FAINT, linewidth=0.7, zorder=2)
        there = np.where(joined[seen], across_m[seen], np.nan)
        ax.plot(along_nm[seen], there, color=style.NET_COLOURS["APM"], linewidth=1.5, zorder=3)
    ax.plot([], [], color=style.FAINT, label="not joined")
    ax.plot([], [], color=style.NET_COLOURS["APM"], linewidth=1.5, label="joined")
    ends_nm = np.array([approach.end_distance_nm, approach.start_distance_nm])
    capture = parameters.capture_half_width_m, parameters.capture_splay_deg, "capture region", style.NOMINAL_PATH
    lateral = approach.half_width_m, approach.splay_deg, "lateral limit", style.LIMIT
    for half_width_m, splay_deg, words, colour in (capture, lateral):
        edge_m = half_width_m + nm_to_m(ends_nm) * np.tan(np.radians(splay_deg))
        outline = (
            np.concatenate((ends_nm, ends_nm[::-1], ends_nm[:1])),
            np.concatenate((edge_m, -edge_m[::-1], edge_m[:1])),
        )
        ax.plot(*outline, color=colour, linewidth=1.5, linestyle=(0, (6, 3)), label=words, zorder=4)
    ax.plot([0.0, -1.0], [0.0, 0.0], color=style.INK, linewidth=4, solid_capstyle="butt", zorder=5)
    ax.set_xlim(13.0, -0.8)
    ax.set_ylim(-4000.0, 4000.0)
    ax.set_xlabel("along-track distance to the threshold, NM")
    ax.set_ylabel("right of the course, m")
    ax.set_title(f"APM: who is on the approach ({APPROACH_OF_RECORDING}, 7 October 2021)")
    ax.legend(loc="lower left", ncols=2)


def lifecycle(ax: Axes) -> None:
    """The plots of `geneva-early-descent` around its MSAW alert: hits, confirmation, holding, clearing."""
    run = run_scenario("geneva-early-descent")
    alert = _first_alert(run, "MSAW")
    rows = np.arange(len(run.tracks))[run.tracks.rows_of(alert.track)]
    time_s = run.tracks.time_s[rows] - run.tracks.time_s[0]
    start_s, end_s = (time - run.tracks.time_s[0] for time in (alert.start_time_s, alert.end_time_s))
    shown = (time_s >= start_s - 20.0) & (time_s <= end_s + 12.0)
    found, parameters = _conflicts(run, "MSAW"), run.site.parameters.msaw
    ahead_s, hold_s = found.time_to_violation_s[rows][shown], found.hold_time_to_violation_s[rows][shown]
    time_s, none_s = time_s[shown], 46.0
    hit = ahead_s <= parameters.look_ahead_s
    held = ~hit & np.isfinite(hold_s)
    clear = ~hit & ~held
    colour = style.NET_COLOURS["MSAW"]
    ax.axhspan(0.0, parameters.look_ahead_s, color=colour, alpha=0.06, linewidth=0)
    ax.plot(time_s[hit], ahead_s[hit], "o", color=colour, markersize=8, label="predicted hit")
    words = f"neither: within the limits widened by {parameters.hysteresis_ft:g} ft and {parameters.hysteresis_s:g} s"
    ax.plot(time_s[held], hold_s[held], "D", markerfacecolor=style.PAPER, color=colour, markersize=7, label=words)
    ax.plot(
        time_s[clear], np.full(clear.sum(), none_s), "o", markerfacecolor=style.PAPER, color=style.FAINT, label="clear"
    )
    ax.hlines(-5.0, start_s, end_s, color=colour, linewidth=9)
    ax.text(
        (start_s + end_s) / 2, -5.0, "alert", color=style.PAPER, ha="center", va="center", fontsize=9, weight="bold"
    )
    note = {"fontsize": 9, "color": style.SOFT_INK, "ha": "center"}
    for at_s, words in (
        (start_s, f"start: {parameters.predicted_m} of the last\n{parameters.predicted_n} plots are hits"),
        (end_s, f"end: {parameters.clear_n} clear\nplots in a row"),
    ):
        ax.axvline(at_s, color=style.FAINT, linewidth=1.0, linestyle=(0, (2, 2)))
        ax.text(at_s, 51.0, words, va="bottom", **note)
    ax.set_yticks([0, 10, 20, 30, 40, none_s], ["0: violated now", "10", "20", "30", "40: look-ahead", "none"])
    ax.set_ylim(-10.0, 61.0)
    ax.set_xlim(time_s[0] - 3.0, time_s[-1] + 3.0)
    ax.set_xlabel("seconds of the scenario, a plot every 4 s")
    ax.set_ylabel("time to violation, s")
    ax.set_title("From plots to an alert (MSAW, geneva-early-descent)")
    ax.legend(loc="lower center", ncols=1, bbox_to_anchor=(0.5, 0.12))


def plots_that_can_matter(ax: Axes) -> None:
    """All plots of the Paris recording, and those at which a net could find a hit."""
    run = run_scenario("paris-arrivals", {"recording.update_s": 8})
    found = candidates(run.tracks, run.site)
    x_nm, y_nm = m_to_nm(run.tracks.x_m), m_to_nm(run.tracks.y_m)
    shown = {"rasterized": True, "linestyle": "none"}
    ax.plot(x_nm, y_nm, ",", color=style.FAINT, alpha=0.5, **shown)
    ax.plot([], [], ".", color=style.FAINT, label=f"{len(run.tracks):,} plots of the recording")
    for net, size in (("APM", 2.5), ("MSAW", 2.5)):
        rows = found[net_of(net)]
        words = f"{net}: {len(rows):,} plots looked at more closely"
        ax.plot(x_nm[rows], y_nm[rows], ".", color=style.NET_COLOURS[net], markersize=size, **shown)
        ax.plot([], [], ".", color=style.NET_COLOURS[net], markersize=8, label=words)
    ax.set_xlim(-45.0, 45.0)
    ax.set_ylim(-22.0, 22.0)
    ax.set_aspect("equal")
    ax.set_xlabel("east of the centre of the site, NM")
    ax.set_ylabel("north, NM")
    ax.set_title("Few plots can matter (Paris, three hours)")
    ax.legend(loc="upper left", facecolor=style.PAPER, frameon=True, framealpha=0.9, edgecolor="none")


PICTURES: dict[str, Callable[[Axes], None]] = {
    "explain-msaw.svg": msaw_path_against_floor,
    "explain-apm.svg": apm_limits,
    "explain-joining.svg": apm_joining,
    "explain-lifecycle.svg": lifecycle,
    "explain-coarse-filter.svg": plots_that_can_matter,
}


def draw(picture: Callable[[Axes], None]) -> Figure:
    """One picture in the house style."""
    with style.house_style():
        figure = style.new_figure(HEIGHT_IN, WIDTH_IN)
        picture(figure.add_subplot())
        figure.tight_layout()
        return figure


def _first_alert(run: Run, net: str) -> Alert:
    return next(alert for alert in run.alerts if alert.net == net)


def _row_of(run: Run, alert: Alert) -> int:
    rows = np.arange(len(run.tracks))[run.tracks.rows_of(alert.track)]
    return int(rows[np.searchsorted(run.tracks.time_s[rows], alert.start_time_s)])


def _conflicts(run: Run, net: str) -> Conflicts:
    return next(found for found in run.conflicts if found.net.name == net)


def main() -> None:
    """Write every picture."""
    for name, picture in PICTURES.items():
        (HERE / name).write_bytes(style.figure_bytes(draw(picture)))


if __name__ == "__main__":
    main()
