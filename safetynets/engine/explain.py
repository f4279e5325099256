"""Why an alert, or why none: every stage of one plot with its inputs and its result.

The stages are computed by the same functions that judge whole recordings; here they only say what they did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.eligibility import checks, volumes_of
from safetynets.engine.explanation_step import Step
from safetynets.engine.local import at_plot, has_local
from safetynets.engine.monitor import Monitor, Portion, alerts_by, judge
from safetynets.engine.net import Net, nets_at
from safetynets.engine.reasons import Kind, Reason
from safetynets.engine.track_state import TrackState, track_state_of
from safetynets.errors import TracksError
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import PlotFlag, Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.lifecycle import Memory

__all__ = ["explain"]


def explain(tracks: Tracks, site: Site, track: int, time_s: float) -> tuple[Step, ...]:
    """Explain what each net made of one plot: every stage with its inputs and its result.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site, as judged.
    site
        The site, with its parameters and QNH.
    track
        Number of the track.
    time_s
        The moment (UTC seconds since 1970); the last plot of the track at or before it is explained.

    Returns
    -------
    tuple of Step
        The stages in the order in which the plot meets them, net by net.

    Raises
    ------
    TracksError
        If the track has no plot at or before the time.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
    >>> columns = {"time_s": [0.0, 4.0], "track": [0, 0], "latitude_deg": [50.1, 50.1], "longitude_deg": [8.1, 8.1]}
    >>> tracks = Tracks.from_columns({**columns, "pressure_altitude_ft": [5000.0, 5000.0]}).on_plane(site.plane)
    >>> [step.stage for step in explain(tracks, site, 0, 4.0) if step.net == "MSAW"]
    ['eligibility', 'floor', 'violation', 'lifecycle', 'arbitration']
    """
    own = tracks.alone(track)
    row = int(np.searchsorted(own.time_s, time_s, side="right")) - 1
    if row < 0:
        raise TracksError(
            f"no plot at or before {time_s} s",
            where=str(tracks.callsign[track]) or f"track {track}",
            mend=f"its plots are from {own.time_s[0]} to {own.time_s[-1]} s" if len(own) else "it has no plots",
        )
    about_tracks = [net for net in nets_at(site) if net.near is None]
    monitor, plot_s = Monitor(site, about_tracks), float(own.time_s[row])
    if any(net.among_others is not None and net.among_others(site) for net in about_tracks):
        alerts: Sequence[Alert] = [alert for alert in judge(tracks, site).alerts if alert.track == track]
        own, row = _up_to(tracks, track, tracks.rows_of(track).start + row)
        portion = monitor.feed(own)
    else:
        alerts = judge(own, site).alerts
        portion = monitor.feed(own.select(np.arange(row + 1)))
    so_far = {(found.net, found.group): monitor.memory_of(found.net, found.group) for found in portion.conflicts}
    steps = [*_steps(own, site.at(plot_s), portion, so_far, alerts, row)]
    return (*steps, *_steps_about_pairs(tracks, site, track, plot_s))


def _up_to(tracks: Tracks, track: int, row: int) -> tuple[Tracks, int]:
    """All tracks up to the moment of a plot of one of them, and the row that the plot then has."""
    rows = np.arange(len(tracks))
    known = (tracks.time_s <= tracks.time_s[row]) & ((tracks.track != track) | (rows <= row))
    return tracks.select(known), int(known[:row].sum())


def _steps(
    own: Tracks,
    site: Site,
    portion: Portion,
    memory: Mapping[tuple[Net, str], Memory],
    alerts: Sequence[Alert],
    row: int,
) -> Iterator[Step]:
    of_plots = track_state_of(own, site)
    yield _plot_step(own, row)
    yield _altitude_step(own, of_plots, row)
    for found in portion.conflicts:
        here = site
        if has_local(site, found.net):
            here, words = at_plot(site, found.net, found.group, own, row, int(portion.approach[row]))
            yield _parameters_step(found, words)
        yield _eligibility_step(own, here, of_plots, found, row)
        if found.net.steps is not None:
            yield from found.net.steps(own, here, of_plots, row, int(portion.approach[row]))
        yield _violation_step(found, row)
        yield _lifecycle_step(here, found, memory[found.net, found.group], int(own.track[row]))
        yield _alert_step(found, alerts, float(own.time_s[row]))
    for name, why in site.switched_off.items():
        yield Step("switched off", name, "", f"The net is switched off at this site: {why}.", {})


def _steps_about_pairs(tracks: Tracks, site: Site, track: int, time_s: float) -> Iterator[Step]:
    """What the nets about pairs made of the plot of a track at a time, of the pair that is nearest to violation."""
    about_pairs = [net for net in nets_at(site) if net.near is not None]
    if not about_pairs:
        return
    monitor = Monitor(site, about_pairs)
    by_now = tracks.select(tracks.time_s <= time_s)
    portion = monitor.feed(by_now)
    here = site.at(time_s)
    row, of_plots = by_now.rows_of(track).stop - 1, track_state_of(by_now, here)
    alerts = alerts_by(about_pairs, tracks, site)
    for found in portion.conflicts:
        other = int(found.other_track[row])
        if found.net.steps is not None:
            yield from found.net.steps(by_now, here, of_plots, row, other)
        yield _violation_step(found, row)
        if other >= 0:
            memory, number = monitor.memory_of(found.net, found.group), monitor.pair_number(found.net, track, other)
            yield _lifecycle_step(here, found, memory, number)
            pairs = [(track, other)] if found.net.is_directed(site) else [(track, other), (other, track)]
            yield _alert_step(found, [one for one in alerts if (one.track, one.other_track) in pairs], time_s)


def _plot_step(own: Tracks, row: int) -> Step:
    flags = [flag.name.lower().replace("_", " ") for flag in PlotFlag if flag.name and own.flags[row] & flag]
    said = f"flagged by the cleaning: {', '.join(flags)}" if flags else "nothing flagged by the cleaning"
    return Step(
        "plot",
        "",
        "",
        f"The plot judged is that of {_clock(own.time_s[row])}; {said}.",
        {
            "time_s": float(own.time_s[row]),
            "latitude_deg": float(own.latitude_deg[row]),
            "longitude_deg": float(own.longitude_deg[row]),
            "ground_speed_mps": float(np.hypot(own.vx_mps[row], own.vy_mps[row])),
            "vertical_rate_fpm": float(own.vertical_rate_fpm[row]),
            "flags": ", ".join(flags),
        },
    )


def _altitude_step(own: Tracks, of_plots: TrackState, row: int) -> Step:
    pressure_altitude_ft = float(own.pressure_altitude_ft[row])
    qnh_hpa = float(of_plots.qnh_hpa[row])
    altitude_ft = float(of_plots.altitude_ft[row])
    if np.isfinite(altitude_ft):
        text = (
            f"Mode C {pressure_altitude_ft:,.0f} ft is altitude {altitude_ft:,.0f} ft on QNH {qnh_hpa:.1f} hPa "
            f"(PA(QNH) = {of_plots.qnh_pressure_altitude_ft[row]:,.0f} ft)."
        )
    elif np.isnan(qnh_hpa):
        text = "No QNH is known here, so no altitude can be known."
    else:
        text = "There is no pressure altitude in this plot."
    return Step(
        "altitude",
        "",
        "",
        text,
        {
            "pressure_altitude_ft": pressure_altitude_ft,
            "qnh_hpa": qnh_hpa,
            "altitude_ft": altitude_ft,
            "cleared_level_ft": float(of_plots.cleared_level_ft[row]),
            "selected_level_ft": float(of_plots.selected_level_ft[row]),
        },
    )


def _parameters_step(found: Conflicts, words: Sequence[str]) -> Step:
    text = f"{'; '.join(words)}." if words else "The parameters of the site hold here."
    return _step(found, "parameters", text, {"local": "; ".join(words)})


def _eligibility_step(own: Tracks, site: Site, of_plots: TrackState, found: Conflicts, row: int) -> Step:
    parameters = found.net.parameters_of(site)
    first = own.rows_of(int(own.track[row])).start
    starts_s = np.full(own.track_count, own.time_s[first])
    asked = found.net.judges_on_ground, found.net.needs_qnh(site)
    rules = checks(own, of_plots, volumes_of(site, found.net), parameters, starts_s, *asked)
    values: dict[str, float | str | bool] = {why.word: bool(applies[row]) for why, applies in rules}
    kept = [why for why, applies in rules if applies[row]]
    if not kept:
        return _step(found, "eligibility", f"None of {len(rules)} rules keeps the plot from the net.", values)
    sort = "not assessable" if kept[0].not_assessable else "excluded"
    return _step(found, "eligibility", f"The plot is {sort}: {kept[0].word}.", values)


def _violation_step(found: Conflicts, row: int) -> Step:
    time_s = float(found.time_to_violation_s[row])
    area = found.areas[int(found.area[row])] if found.area[row] >= 0 else ""
    values: dict[str, float | str | bool] = {
        "assessable": bool(found.assessable[row]),
        "area": area,
        "kind": Kind(int(found.kind[row])).word,
        "altitude_ft": float(found.altitude_ft[row]),
        "minimum_ft": float(found.minimum_ft[row]),
        "margin_ft": float(found.margin_ft[row]),
        "margin_m": float(found.margin_m[row]),
        "time_to_violation_s": time_s,
        "hold_time_to_violation_s": float(found.hold_time_to_violation_s[row]),
        "lateral_deviation_m": float(found.lateral_deviation_m[row]),
        "vertical_deviation_ft": float(found.vertical_deviation_ft[row]),
        "severity": "warning" if found.severe[row] else "caution",
    }
    if found.other_track[row] >= 0:
        values["other_track"] = float(found.other_track[row])
    where = f": {area}" if area else ""
    if not found.assessable[row]:
        reason = Reason(int(found.reason[row]))
        text = f"Not judged: {reason.word}."
    elif time_s == 0.0:
        text = f"Violated now, {values['kind']}{where}; {_measures(found, row)}."
    elif np.isfinite(time_s):
        text = f"Predicted to be violated in {time_s:.1f} s, {values['kind']}{where}; {_measures(found, row)}."
    else:
        text = f"No violation now or within the look-ahead; {_measures(found, row)}."
    return _step(found, "violation", text, values)


def _lifecycle_step(site: Site, found: Conflicts, memory: Memory, track: int) -> Step:
    parameters: Lifecycle = found.net.parameters_of(site)
    current = f"{int(memory.current_hits[track]) & (1 << parameters.current_n) - 1:0{parameters.current_n}b}"
    predicted = f"{int(memory.predicted_hits[track]) & (1 << parameters.predicted_n) - 1:0{parameters.predicted_n}b}"
    active = bool(memory.active[track])
    if active:
        text = f"The alert is active since {_clock(memory.start_s[track])}; {memory.clear[track]} clear plots in a row."
    else:
        text = (
            f"No alert is active: {current.count('1')} of {parameters.current_m} needed of the last "
            f"{parameters.current_n} plots violated now, {predicted.count('1')} of {parameters.predicted_m} needed of "
            f"the last {parameters.predicted_n} predicted to."
        )
    values: dict[str, float | str | bool] = {
        "active": active,
        "current": current,
        "predicted": predicted,
        "clear": float(memory.clear[track]),
    }
    return _step(found, "lifecycle", text, values)


def _alert_step(found: Conflicts, alerts: Sequence[Alert], time_s: float) -> Step:
    """What the controller sees of this net and group at the time of the plot."""
    for alert in alerts:
        same = alert.net == found.net.name and alert.group == found.group
        if same and alert.start_time_s <= time_s and not alert.end_time_s <= time_s:
            values: dict[str, float | str | bool] = {
                "start_time_s": alert.start_time_s,
                "end_time_s": alert.end_time_s,
                "severity": alert.severity,
                "shown": alert.shown and alert.shown_time_s <= time_s,
                "shown_as": alert.shown_as,
                "suppressed_by": alert.suppressed_by,
            }
            if values["shown"]:
                text = f"The controller sees it as {alert.shown_as}, {alert.severity}."
            else:
                text = "It is recorded but not shown" + (
                    f": {alert.suppressed_by} speaks for this aircraft." if alert.suppressed_by else " at this moment."
                )
            return _step(found, "arbitration", text, values)
    return _step(found, "arbitration", "There is nothing to show.", {"shown": False})


def _step(found: Conflicts, stage: str, text: str, values: dict[str, float | str | bool]) -> Step:
    """A stage of a net, of the group where that is not just the net by another name."""
    return Step(stage, found.net.name, "" if found.group == found.net.key else found.group, text, values)


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, tz=UTC):%H:%M:%S} UTC"


def _measures(found: Conflicts, row: int) -> str:
    """The numbers a violation, or its absence, rests on."""
    said = []
    if np.isfinite(found.altitude_ft[row]):
        said.append(f"altitude {found.altitude_ft[row]:,.0f} ft")
    if np.isfinite(found.minimum_ft[row]):
        said.append(f"limit {found.minimum_ft[row]:,.0f} ft")
    if np.isfinite(found.margin_ft[row]):
        said.append(f"margin {found.margin_ft[row]:+,.0f} ft")
    if np.isfinite(found.vertical_deviation_ft[row]):
        off = "from the path" if np.isfinite(found.lateral_deviation_m[row]) else "off"
        said.append(f"{found.vertical_deviation_ft[row]:+,.0f} ft {off}")
    if np.isfinite(found.lateral_deviation_m[row]):
        said.append(f"{found.lateral_deviation_m[row]:+,.0f} m from the course, right positive")
    if np.isfinite(found.margin_m[row]):
        said.append(f"{found.margin_m[row]:+,.0f} m to the lateral limit")
    return ", ".join(said) or "nothing is measured"
