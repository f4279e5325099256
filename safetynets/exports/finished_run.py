"""`FinishedRun`, a run folder as the exports need it: alerts with words, tracks, site, and the trace of the alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.local import needs_phases
from safetynets.engine.monitor import judge
from safetynets.errors import ScenarioError
from safetynets.exports.warning_times import warning_times_s
from safetynets.runs.alerts_on_file import TRACE, read_alerts
from safetynets.runs.reload import reload_run
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

Floats = NDArray[np.float64]

_QUANTITIES = ("time_to_violation_s", "margin_ft", "altitude_ft", "lateral_deviation_m", "vertical_deviation_ft")


class Moment(NamedTuple):
    """What a net found about the aircraft of an alert at one plot, and where the aircraft was.

    Source: the row of `conflicts.parquet` and of `tracks.parquet` at that time.
    """

    severe: bool
    time_to_violation_s: float
    margin_ft: float
    altitude_ft: float
    lateral_deviation_m: float
    vertical_deviation_ft: float
    plot: int


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """A finished run read back from its folder.

    Attributes
    ----------
    folder, manifest
        The folder, and its manifest.
    site, tracks
        The site with the parameters of the run, and the tracks as judged on its plane.
    alerts
        Every alert, in order of start.
    rows
        For each alert its row of `alerts.parquet`, with the desk and the words.
    """

    folder: Path
    manifest: Mapping[str, Any]
    site: Site
    tracks: Tracks
    alerts: tuple[Alert, ...]
    rows: tuple[Mapping[str, Any], ...]

    def moment(self, alert: Alert, time_s: float) -> Moment:
        """What the net of the alert found at the last plot of its aircraft up to a time.

        Raises
        ------
        ScenarioError
            When the folder has no trace of that flight.
        """
        trace, severe = self._traced(alert)
        row = int(np.searchsorted(trace["time_s"], time_s, side="right")) - 1
        if row < 0:
            raise self._no_trace()
        quantities = {name: float(trace[name][row]) for name in _QUANTITIES}
        return Moment(severe=bool(severe[row]), plot=self.plot(alert.track, time_s), **quantities)

    def severe_from_s(self, alert: Alert) -> float:
        """The time from which an alert is a warning; NaN where it never is."""
        if alert.severity != "warning":
            return np.nan
        trace, severe = self._traced(alert)
        time_s = trace["time_s"]
        rows = self._bounds[alert.track] + np.searchsorted(self._times_s(alert.track), time_s, side="right") - 1
        warning_time_s = warning_times_s(alert, self.site, self.tracks, rows, self._approach(alert.track, rows))
        within = (time_s >= alert.start_time_s) & severe & (trace["time_to_violation_s"] <= warning_time_s)
        return float(time_s[within][0]) if within.any() else alert.start_time_s

    def plot(self, track: int, time_s: float) -> int:
        """The row of the tracks with the last plot of a track up to a time."""
        found = int(np.searchsorted(self._times_s(track), time_s, side="right"))
        return int(self._bounds[track]) + max(found - 1, 0)

    def plots(self, track: int, from_s: float, to_s: float) -> slice:
        """The rows of the tracks with the plots of a track in a span of time, both ends included."""
        first, time_s = self._bounds[track], self._times_s(track)
        ends = np.searchsorted(time_s, from_s, side="left"), np.searchsorted(time_s, to_s, side="right")
        return slice(int(first + ends[0]), int(first + ends[1]))

    def _times_s(self, track: int) -> Floats:
        return self.tracks.time_s[self._bounds[track] : self._bounds[track + 1]]

    def _approach(self, track: int, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """The approach joined at some plots of a track, or -1: judged once more, for no file has it."""
        if not needs_phases(self.site):
            return np.full(len(rows), -1, dtype=np.int32)
        first, last = self._bounds[track], self._bounds[track + 1]
        joined = judge(self.tracks.select(slice(int(first), int(last))), self.site).approach
        found: NDArray[np.int32] = joined[rows - first]
        return found

    @cached_property
    def _bounds(self) -> NDArray[np.int64]:
        return np.searchsorted(self.tracks.track, np.arange(self.tracks.track_count + 1)).astype(np.int64)

    @cached_property
    def _trace(self) -> pa.Table:
        file = self.folder / TRACE
        if not file.is_file():
            raise self._no_trace()
        table = pq.read_table(file, columns=["net", "group", "track", "time_s", "severe", *_QUANTITIES])
        alerted = pa.array(sorted({alert.track for alert in self.alerts}), pa.int32())
        return table.filter(pc.is_in(table["track"], value_set=alerted))

    @cached_property
    def _places(self) -> dict[tuple[str, str, int], tuple[dict[str, Floats], NDArray[np.bool_]]]:
        return {}

    def _traced(self, alert: Alert) -> tuple[dict[str, Floats], NDArray[np.bool_]]:
        key = (alert.net, alert.group, alert.track)
        if key not in self._places:
            table = self._trace
            mine = pc.and_(
                pc.and_(pc.equal(table["net"], alert.net), pc.equal(table["group"], alert.group)),
                pc.equal(table["track"], alert.track),
            )
            rows = table.filter(mine)
            if not rows.num_rows:
                raise self._no_trace()
            columns = {name: rows[name].to_numpy().astype(np.float64) for name in ("time_s", *_QUANTITIES)}
            self._places[key] = columns, rows["severe"].to_numpy().astype(np.bool_)
        return self._places[key]

    def _no_trace(self) -> ScenarioError:
        return ScenarioError(
            "has no trace of the flights with an alert, from which updates of alerts are taken",
            file=self.folder,
            mend="run it again with --trace alerted",
        )


def read_finished(folder: str | Path, site: str | Path | None = None) -> FinishedRun:
    """Read a run folder for export.

    Parameters
    ----------
    folder
        The folder that `safetynets run` or `safetynets replay` wrote.
    site
        The folder of the site, where it is not a shipped one.

    Returns
    -------
    FinishedRun
        Alerts, tracks and site.

    Raises
    ------
    ScenarioError
        When the folder holds no whole run, or when the site has changed since.
    """
    folder = Path(folder)
    reloaded = reload_run(folder, site)
    alerts, rows = read_alerts(folder)
    return FinishedRun(folder, reloaded.manifest, reloaded.site, reloaded.tracks, alerts, rows)
