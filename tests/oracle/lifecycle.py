"""The life of alerts, naively: keep every plot, and count them all again each time. docs/nets.md, "Lifecycle"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from safetynets.nets.conflicts import Reason
from safetynets.sites.parameters import Lifecycle


@dataclass(frozen=True)
class JudgedPlot:
    """What one net found for one plot of one track."""

    time_s: float
    reason: Reason
    time_to_violation_s: float = math.inf
    hold_time_to_violation_s: float = math.inf
    severe: bool = False


@dataclass
class Episode:
    start_time_s: float
    severity: str
    announced_s: float
    end_time_s: float = math.nan
    end_reason: str = ""
    reannounced_times_s: list[float] = field(default_factory=list)


def is_hit_now(plot: JudgedPlot) -> bool:
    return plot.time_to_violation_s == 0.0


def is_predicted_hit(plot: JudgedPlot, parameters: Lifecycle) -> bool:
    return plot.time_to_violation_s <= parameters.warning_time_s


def is_clear(plot: JudgedPlot, parameters: Lifecycle) -> bool:
    return plot.hold_time_to_violation_s > parameters.warning_time_s + parameters.hysteresis_s


def since_the_last_gap(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> list[JudgedPlot]:
    recent = [plots[-1]]
    for earlier, later in zip(reversed(plots[:-1]), reversed(plots[1:]), strict=True):
        if later.time_s - earlier.time_s > parameters.max_gap_s:
            break
        recent.insert(0, earlier)
    return recent


def judged_of(plots: Sequence[JudgedPlot]) -> list[JudgedPlot]:
    return [plot for plot in plots if plot.reason is Reason.JUDGED]


def alert_starts(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> bool:
    """Whether the last of these plots starts an alert."""
    this = plots[-1]
    if this.reason is not Reason.JUDGED or not is_predicted_hit(this, parameters):
        return False
    judged = judged_of(since_the_last_gap(plots, parameters))
    hits_now = sum(is_hit_now(plot) for plot in judged[-parameters.current_n :])
    predicted_hits = sum(is_predicted_hit(plot, parameters) for plot in judged[-parameters.predicted_n :])
    imminent = parameters.imminent_s > 0.0 and this.time_to_violation_s <= parameters.imminent_s
    return hits_now >= parameters.current_m or predicted_hits >= parameters.predicted_m or imminent


def clear_plots_in_a_row(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> int:
    """How many of the last judged plots are clear, back to the last that was not."""
    count = 0
    for plot in reversed(judged_of(since_the_last_gap(plots, parameters))):
        if not is_clear(plot, parameters):
            break
        count += 1
    return count


def lost_at_s(episode: Episode, plots: Sequence[JudgedPlot], parameters: Lifecycle) -> float:
    """When the track counts as lost if no further plot can be judged, but not before the minimum duration."""
    lost_s = judged_of(plots)[-1].time_s + parameters.track_lost_s
    return max(lost_s, episode.start_time_s + parameters.minimum_duration_s)


def episodes_of(track: Sequence[JudgedPlot], parameters: Lifecycle, end_of_tracks_s: float) -> list[Episode]:
    """The alerts of one net about one track, whose plots are given in order of time."""
    episodes: list[Episode] = []
    active: Episode | None = None
    for number, this in enumerate(track):
        so_far = track[: number + 1]
        if active is not None and this.time_s > lost_at_s(active, track[:number], parameters):
            active.end_time_s = lost_at_s(active, track[:number], parameters)
            active.end_reason = "track lost"
            active = None
        if active is None:
            if alert_starts(so_far, parameters):
                active = Episode(
                    start_time_s=this.time_s,
                    severity="warning" if this.severe else "caution",
                    announced_s=this.time_to_violation_s,
                )
                episodes.append(active)
            continue
        old_enough = this.time_s - active.start_time_s >= parameters.minimum_duration_s
        if this.reason is Reason.JUDGED:
            if this.severe:
                active.severity = "warning"
            shrunk = this.time_to_violation_s <= parameters.reannounce_ratio * active.announced_s
            if parameters.reannounce_ratio > 0.0 and active.announced_s > 0.0 and shrunk:
                active.reannounced_times_s.append(this.time_s)
                active.announced_s = this.time_to_violation_s
            if old_enough and clear_plots_in_a_row(so_far, parameters) >= parameters.clear_n:
                active.end_time_s, active.end_reason = this.time_s, "cleared"
                active = None
        elif not this.reason.not_assessable and old_enough:
            active.end_time_s, active.end_reason = this.time_s, f"excluded: {this.reason.word}"
            active = None
    if active is not None and end_of_tracks_s > lost_at_s(active, track, parameters):
        active.end_time_s = lost_at_s(active, track, parameters)
        active.end_reason = "track lost"
    return episodes
