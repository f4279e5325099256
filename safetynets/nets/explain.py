"""Why an alert, or why none: every stage of one plot with its inputs and its result.

The stages are computed by the same functions that judge whole recordings; here they only say what they did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from safetynets.engine import lifecycle
from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts, Kind, Net, Reason
from safetynets.engine.eligibility import checks
from safetynets.errors import TracksError
from safetynets.nets.apm import rule as apm
from safetynets.nets.monitor import LiveMonitor, Seen
from safetynets.nets.msaw import rule as msaw
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Lifecycle
from safetynets.tracks import PlotFlag, Tracks


@dataclass(frozen=True)
class Step:
    """One stage of the explanation of a plot.

    `net` is empty where the stage is common to all nets, `group` where the net has one group of areas. `values` holds
    the inputs and results by name, `text` says in a sentence what came of them.
    """

    stage: str
    net: str
    group: str
    text: str
    values: dict[str, float | str | bool]


def explain(tracks: Tracks, site: Site, track: int, time_s: float) -> tuple[Step, ...]:
    """Explain what each net made of the last plot of a track at or before a time (UTC seconds since 1970).

    `tracks` are on the site's plane, as judged.

    Raises
    ------
    TracksError
        If the track has no plot at or before the time.
    """
    own = tracks.select(tracks.rows_of(track))
    row = int(np.searchsorted(own.time_s, time_s, side="right")) - 1
    if row < 0:
        raise TracksError(
            f"no plot at or before {time_s} s",
            where=str(tracks.callsign[track]) or f"track {track}",
            mend=f"its plots are from {own.time_s[0]} to {own.time_s[-1]} s" if len(own) else "it has no plots",
        )
    monitor = LiveMonitor(site)
    seen = monitor.feed(own)
    return tuple(_steps(own, site, seen, monitor.alerts(), track, row))


def _steps(own: Tracks, site: Site, seen: Seen, alerts: Sequence[Alert], track: int, row: int) -> Iterator[Step]:
    yield _plot_step(own, row)
    yield _altitude_step(own, seen, row)
    for found in seen.conflicts:
        yield _eligibility_step(own, site, seen, found, row)
        if found.net is Net.APM:
            yield _approach_step(site, seen, row)
        if found.net is Net.MSAW:
            yield _floor_step(site, seen, row)
        yield _violation_step(found, row)
        yield _lifecycle_step(own, site, found, track, row)
        yield _alert_step(found, alerts, float(own.time_s[row]))


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


def _altitude_step(own: Tracks, seen: Seen, row: int) -> Step:
    pressure_altitude_ft = float(own.pressure_altitude_ft[row])
    qnh_hpa = float(seen.picture.qnh_hpa[row])
    altitude_ft = float(seen.picture.altitude_ft[row])
    if np.isfinite(altitude_ft):
        text = (
            f"Mode C {pressure_altitude_ft:,.0f} ft is altitude {altitude_ft:,.0f} ft on QNH {qnh_hpa:.1f} hPa "
            f"(PA(QNH) = {seen.picture.qnh_pressure_altitude_ft[row]:,.0f} ft)."
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
            "cleared_level_ft": float(seen.picture.cleared_level_ft[row]),
            "selected_level_ft": float(seen.picture.selected_level_ft[row]),
        },
    )


def _eligibility_step(own: Tracks, site: Site, seen: Seen, found: Conflicts, row: int) -> Step:
    parameters = getattr(site.parameters, found.net.name.lower())
    starts_s = np.full(own.track_count, own.time_s[0])
    rules = checks(own, seen.picture, site, found.net, parameters, starts_s)
    values: dict[str, float | str | bool] = {why.word: bool(applies[row]) for why, applies in rules}
    kept = [why for why, applies in rules if applies[row]]
    if not kept:
        return Step(
            "eligibility",
            found.net.name,
            _group(found),
            f"None of {len(rules)} rules keeps the plot from the net.",
            values,
        )
    sort = "not assessable" if kept[0].not_assessable else "excluded"
    return Step("eligibility", found.net.name, _group(found), f"The plot is {sort}: {kept[0].word}.", values)


def _approach_step(site: Site, seen: Seen, row: int) -> Step:
    from safetynets.nets.apm.kernel import in_capture

    packed = apm.packed_approaches(site)
    values: dict[str, float | str | bool] = {}
    for i, approach in enumerate(site.approaches):
        d_nm, cross_m = along_and_across(approach, float(seen.picture.x_m[row]), float(seen.picture.y_m[row]))
        if in_capture(packed, i, d_nm, cross_m):
            values[f"{approach.name}: distance_nm"] = d_nm
            values[f"{approach.name}: cross_track_m"] = cross_m
            values[f"{approach.name}: path_altitude_ft"] = float(path_altitude_ft(approach, d_nm))
    joined = int(seen.approach[row])
    name = site.approaches[joined].name if joined >= 0 else ""
    if name:
        text = f"Joined to {name}."
    elif values:
        text = "In a capture region, but not joined (angle, ceiling, climb, destination or runway)."
    else:
        text = "In the capture region of no approach."
    return Step("approach", Net.APM.name, "", text, {"joined": name, **values})


def _floor_step(site: Site, seen: Seen, row: int) -> Step:
    from safetynets.engine.kernels.shapes import contains
    from safetynets.engine.kernels.terrain import elevation_at_ft

    surface, _, areas = msaw.surfaces(site)
    x_m, y_m = float(seen.picture.x_m[row]), float(seen.picture.y_m[row])
    values: dict[str, float | str | bool] = {
        f"{areas[i]}: floor_ft": float(surface.floor_ft[i])
        for i in range(len(surface.floor_ft))
        if contains(surface.shapes, i, x_m, y_m)
    }
    elevation_ft = elevation_at_ft(surface.grid, x_m, y_m) if np.isfinite(x_m) else np.nan
    if np.isfinite(elevation_ft):
        values["terrain: elevation_ft"] = float(elevation_ft)
        values["terrain: floor_ft"] = float(elevation_ft + surface.terrain_clearance_ft)
    floors = {name: value for name, value in values.items() if name.endswith("floor_ft")}
    if not floors:
        return Step("floor", Net.MSAW.name, "", "No source of minimum altitude covers this point.", values)
    highest = max(floors, key=lambda name: (float(floors[name]), name))
    text = f"The floor here is {floors[highest]:,.0f} ft, asked for by {highest.removesuffix(': floor_ft')}."
    return Step("floor", Net.MSAW.name, "", text, values)


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
    if not found.assessable[row]:
        reason = Reason(int(found.reason[row]))
        text = f"Not judged: {reason.word}."
    elif time_s == 0.0:
        text = f"Violated now, {values['kind']}: {area}; {_measures(found, row)}."
    elif np.isfinite(time_s):
        text = f"Predicted to be violated in {time_s:.1f} s, {values['kind']}: {area}; {_measures(found, row)}."
    else:
        text = f"No violation now or within the look-ahead; {_measures(found, row)}."
    return Step("violation", found.net.name, _group(found), text, values)


def _lifecycle_step(own: Tracks, site: Site, found: Conflicts, track: int, row: int) -> Step:
    parameters: Lifecycle = getattr(site.parameters, found.net.name.lower())
    memory = lifecycle.forget_all(own.track_count)
    lifecycle.follow(own, found, parameters, memory, until_row=row + 1)
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
    return Step(
        "lifecycle",
        found.net.name,
        _group(found),
        text,
        {"active": active, "current": current, "predicted": predicted, "clear": float(memory.clear[track])},
    )


def _alert_step(found: Conflicts, alerts: Sequence[Alert], time_s: float) -> Step:
    """What the controller has of this net and group at the time of the plot."""
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
            return Step("arbitration", found.net.name, _group(found), text, values)
    return Step("arbitration", found.net.name, _group(found), "There is nothing to show.", {"shown": False})


def _group(found: Conflicts) -> str:
    return found.group if found.net is Net.APW else ""


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, tz=UTC):%H:%M:%S} UTC"


def _measures(found: Conflicts, row: int) -> str:
    """The numbers a violation, or its absence, rests on."""
    said = [f"altitude {found.altitude_ft[row]:,.0f} ft", f"limit {found.minimum_ft[row]:,.0f} ft"]
    if np.isfinite(found.margin_ft[row]):
        said.append(f"margin {found.margin_ft[row]:+,.0f} ft")
    if np.isfinite(found.vertical_deviation_ft[row]):
        said.append(f"{found.vertical_deviation_ft[row]:+,.0f} ft from the path")
    if np.isfinite(found.lateral_deviation_m[row]):
        said.append(f"{found.lateral_deviation_m[row]:+,.0f} m from the course, right positive")
    if np.isfinite(found.margin_m[row]):
        said.append(f"{found.margin_m[row]:+,.0f} m to the lateral limit")
    return ", ".join(said)
