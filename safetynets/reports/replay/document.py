"""The replay of a run as one JSON text: the Bokeh document, and what the script of the page needs beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from bokeh.core.json_encoder import serialize_json
from bokeh.document import Document
from bokeh.models import ColumnDataSource

from safetynets.engine.alerts import Alert
from safetynets.reports.map_figure import map_frame
from safetynets.reports.map_traffic import BREAK_S
from safetynets.reports.profile_flight import flight_name
from safetynets.reports.replay import colours, drawn_plots
from safetynets.reports.replay.charts import lanes, map_chart, profile_chart, timeline_chart
from safetynets.reports.replay.columns import UNKNOWN, packed
from safetynets.reports.replay.land import land_picture
from safetynets.reports.replay.passes import passes
from safetynets.reports.replay.site_names import site_names
from safetynets.runs.run import Run

_STEPS = {
    "time_s": 0.01,
    "x_m": 1.0,
    "y_m": 1.0,
    "altitude_ft": 1.0,
    "vx_mps": 0.1,
    "vy_mps": 0.1,
    "vertical_rate_fpm": 1.0,
    "flown_nm": 0.005,
    "terrain_ft": 1.0,
    "floor_ft": 1.0,
    "below_ft": 1.0,
    "path_ft": 1.0,
    "above_ft": 1.0,
    "ground": 1.0,
}
"""How finely each column is drawn; the tables beside the page hold every digit."""
_AROUND = 0.75
"""How much land is drawn beyond each edge of the frame, in widths of the frame."""


@dataclass(frozen=True)
class Flight:
    """A flight that can be chosen: its number in the tracks and its name."""

    track: int
    name: str


@dataclass(frozen=True)
class Replay:
    """What the page needs for the replay of a run."""

    json: str
    flights: tuple[Flight, ...]
    first_s: float
    last_s: float
    plots: int
    drawn: int
    every_s: float


def replay_of(run: Run) -> Replay | None:
    """The replay of a run; None where no plot has a position. The same run gives the same text."""
    drawn = drawn_plots.drawn_plots(run)
    rows = drawn.rows
    if len(rows) == 0:
        return None
    time_s = run.tracks.time_s[rows]
    first_s, last_s = float(time_s.min()), float(time_s.max())
    frame = map_frame(run, width_over_height=1.6)
    around = _AROUND * frame.width
    bounds_m = (frame.x0 - around, frame.y0 - around, frame.x1 + around, frame.y1 + around)
    charts = (
        map_chart(run.site, land_picture(run.site.terrain, bounds_m), frame),
        profile_chart(),
        timeline_chart(run.alerts, lanes(run.site), first_s, last_s),
    )
    values = _values(run, rows, first_s)
    approached = passes(run, rows, values["flown_nm"])
    present, first_rows = np.unique(run.tracks.track[rows], return_index=True)
    run.release_memory()
    flights = tuple(Flight(track, flight_name(run, track)) for track in present.tolist())
    facts = {
        "first_s": first_s,
        "last_s": last_s,
        "break_s": BREAK_S,
        "steps": _STEPS,
        "unknown": UNKNOWN,
        "frame": [frame.x0, frame.y0, frame.x1, frame.y1],
        "flights": [
            {
                "track": flight.track,
                "name": flight.name,
                "first": first,
                "passes": [asdict(each) for each in approached.get(flight.track, [])],
            }
            for flight, first in zip(flights, first_rows.tolist(), strict=True)
        ],
        "names": [asdict(name) for name in site_names(run.site)],
        "alerts": [_alert(alert, lanes(run.site).index(alert.net), last_s) for alert in run.alerts],
        "colours": {
            "traffic": colours.TRAFFIC,
            "selected": colours.SELECTED,
            "ground": colours.GROUND_TRAFFIC,
            "measured": colours.MEASURED,
            "nets": dict(colours.NET_COLOURS),
        },
    }
    document = Document()
    for chart in charts:
        document.add_root(chart)
    plots = ColumnDataSource({name: packed(values[name], step) for name, step in _STEPS.items()}, name="plots")
    document.add_root(plots)
    whole = {"document": with_fixed_ids(json.loads(serialize_json(document.to_json(deferred=False)))), "facts": facts}
    return Replay(
        json=json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")),
        flights=flights,
        first_s=first_s,
        last_s=last_s,
        plots=len(run.tracks),
        drawn=len(rows),
        every_s=drawn.every_s,
    )


def with_fixed_ids(document: Any) -> Any:
    """The JSON of a Bokeh document with its models numbered anew in the order in which they appear.

    Bokeh counts on from document to document of one process, so that the same run would not give the same bytes.

    >>> with_fixed_ids({"id": "p1042", "of": [{"id": "p1007"}, {"id": "p1042"}]})
    {'id': 'm1', 'of': [{'id': 'm2'}, {'id': 'm1'}]}
    """
    numbers: dict[str, str] = {}

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: numbers.setdefault(each, f"m{len(numbers) + 1}") if key == "id" else renamed(each)
                for key, each in value.items()
            }
        return [renamed(each) for each in value] if isinstance(value, list) else value

    return renamed(document)


def _values(run: Run, rows: drawn_plots.Rows, first_s: float) -> dict[str, Any]:
    tracks = run.tracks
    values: dict[str, Any] = {}
    for name in ("time_s", "x_m", "y_m", "vx_mps", "vy_mps", "vertical_rate_fpm"):
        values[name] = getattr(tracks, name)[rows]
        tracks.release_memory()
    values["time_s"] = values["time_s"] - first_s
    values["below_ft"], values["path_ft"], values["above_ft"] = drawn_plots.approach_limits_ft(run, rows)
    for name, of_plots in (
        ("altitude_ft", drawn_plots.altitude_ft),
        ("flown_nm", drawn_plots.flown_nm),
        ("terrain_ft", drawn_plots.terrain_ft),
        ("floor_ft", Run.floor_at),
        ("ground", drawn_plots.on_ground),
    ):
        values[name] = of_plots(run, rows)
        run.release_memory()
    return values


def _alert(alert: Alert, lane: int, last_s: float) -> dict[str, Any]:
    """What the script needs of an alert; its words stand in the page."""
    return {
        "id": alert.alert_id,
        "net": alert.net,
        "lane": lane,
        "track": alert.track,
        "start_s": alert.start_time_s,
        "end_s": alert.end_time_s if np.isfinite(alert.end_time_s) else last_s,
        "shown_s": alert.shown_time_s if alert.shown else None,
        "shown_as": alert.shown_as,
    }
