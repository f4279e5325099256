"""The life of alerts, naively: keep every plot, and count them all again each time. docs/nets.md, "Lifecycle"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from safetynets.engine.reasons import Reason
from safetynets.sites.parameters import Lifecycle


@dataclass(frozen=True)
class JudgedPlot:
    """What one net found for one plot of one track."""

    time_s: float
    reason: Reason
    time_to_violation_s: float = math.inf
    hold_time_to_violation_s: float = math.inf
    severe: bool = False
    margin_ft: float = math.nan


@dataclass
class Episode:
    first_conflict_time_s: float
    start_time_s: float
    severity: str
    announced_s: float
    worst_margin_ft: float
    end_time_s: float = math.nan
    end_reason: str = ""
    reannounced_times_s: list[float] = field(default_factory=list)

    def end(self, time_s: float, reason: str) -> None:
        self.end_time_s, self.end_reason = time_s, reason


def is_excluded(plot: JudgedPlot) -> bool:
    return plot.reason is not Reason.JUDGED and not plot.reason.not_assessable


def is_hit_now(plot: JudgedPlot) -> bool:
    return plot.time_to_violation_s == 0.0


def is_predicted_hit(plot: JudgedPlot, parameters: Lifecycle) -> bool:
    return plot.time_to_violation_s <= parameters.warning_time_s


def is_clear(plot: JudgedPlot, parameters: Lifecycle) -> bool:
    return plot.hold_time_to_violation_s > parameters.warning_time_s + parameters.hysteresis_s


def judged_of(plots: Sequence[JudgedPlot]) -> list[JudgedPlot]:
    return [plot for plot in plots if plot.reason is Reason.JUDGED]


def since_the_last_gap(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> Sequence[JudgedPlot]:
    """The last plots, between which there is no gap."""
    first = len(plots) - 1
    while first > 0 and plots[first].time_s - plots[first - 1].time_s <= parameters.max_gap_s:
        first -= 1
    return plots[first:]


def counted(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> list[JudgedPlot]:
    """The judged plots that count towards an alert: those since the last gap and the last excluded plot."""
    recent = since_the_last_gap(plots, parameters)
    exclusions = [number for number, plot in enumerate(recent) if is_excluded(plot)]
    return judged_of(recent[exclusions[-1] + 1 :] if exclusions else recent)


def alert_starts(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> bool:
    """Whether the last of these plots, which are those since the last alert, starts an alert."""
    this = plots[-1]
    if this.reason is not Reason.JUDGED or not is_predicted_hit(this, parameters):
        return False
    judged = counted(plots, parameters)
    hits_now = sum(is_hit_now(plot) for plot in judged[-parameters.current_n :])
    predicted_hits = sum(is_predicted_hit(plot, parameters) for plot in judged[-parameters.predicted_n :])
    imminent = parameters.imminent_s > 0.0 and this.time_to_violation_s <= parameters.imminent_s
    return hits_now >= parameters.current_m or predicted_hits >= parameters.predicted_m or imminent


def first_conflict_time_s(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> float:
    """The first predicted hit of those that led to the alert: between them there are never n plots without one."""
    judged = counted(plots, parameters)
    hits = [number for number, plot in enumerate(judged) if is_predicted_hit(plot, parameters)]
    first = hits.pop()
    while hits and first - hits[-1] <= max(parameters.current_n, parameters.predicted_n):
        first = hits.pop()
    return judged[first].time_s


def clear_plots_in_a_row(plots: Sequence[JudgedPlot], parameters: Lifecycle) -> int:
    """How many of the last judged plots are clear, back to the last that was not, a gap, or an excluded plot."""
    count = 0
    for plot in reversed(counted(plots, parameters)):
        if not is_clear(plot, parameters):
            break
        count += 1
    return count


def lost_at_s(episode: Episode, plots: Sequence[JudgedPlot], parameters: Lifecycle) -> float:
    """When the track counts as lost if no further plot comes, but not before the minimum duration."""
    lost_s = plots[-1].time_s + parameters.track_lost_s
    return max(lost_s, episode.start_time_s + parameters.minimum_duration_s)


def episodes_of(track: Sequence[JudgedPlot], parameters: Lifecycle, end_of_tracks_s: float) -> list[Episode]:
    """The alerts of one net about one track, whose plots are given in order of time."""
    episodes: list[Episode] = []
    active: Episode | None = None
    since_the_last_alert = 0
    for number, this in enumerate(track):
        so_far = track[: number + 1]
        if active is not None and this.time_s >= lost_at_s(active, track[:number], parameters):
            active.end(lost_at_s(active, track[:number], parameters), "track lost")
            active = None
            since_the_last_alert = number
        if active is None:
            if alert_starts(so_far[since_the_last_alert:], parameters):
                active = Episode(
                    first_conflict_time_s=first_conflict_time_s(so_far[since_the_last_alert:], parameters),
                    start_time_s=this.time_s,
                    severity="warning" if this.severe else "caution",
                    announced_s=this.time_to_violation_s,
                    worst_margin_ft=this.margin_ft,
                )
                episodes.append(active)
            continue
        old_enough = this.time_s - active.start_time_s >= parameters.minimum_duration_s
        if this.reason is Reason.JUDGED:
            active.worst_margin_ft = min(active.worst_margin_ft, this.margin_ft)
            if is_predicted_hit(this, parameters) and this.severe:
                active.severity = "warning"
            if is_announced_again(this, active, parameters):
                active.reannounced_times_s.append(this.time_s)
                active.announced_s = this.time_to_violation_s
            ends = "cleared" if clear_plots_in_a_row(so_far, parameters) >= parameters.clear_n else ""
        elif is_excluded(this):
            ends = end_by_rule(this.reason)
        else:
            unjudged_s = this.time_s - judged_of(so_far)[-1].time_s
            ends = f"not assessable: {this.reason.word}" if unjudged_s >= parameters.not_assessable_s else ""
        if ends and old_enough:
            active.end(this.time_s, ends)
            active = None
            since_the_last_alert = number + 1
    if active is not None and end_of_tracks_s >= lost_at_s(active, track, parameters):
        active.end(lost_at_s(active, track, parameters), "track lost")
    return episodes


def end_by_rule(reason: Reason) -> str:
    return "left the approach" if reason is Reason.NOT_ON_APPROACH else f"excluded: {reason.word}"


def is_announced_again(this: JudgedPlot, active: Episode, parameters: Lifecycle) -> bool:
    """Whether the time to violation has shrunk to the given share of what was last announced."""
    return (
        parameters.reannounce_ratio > 0.0
        and this.time_to_violation_s < active.announced_s
        and this.time_to_violation_s <= parameters.reannounce_ratio * active.announced_s
    )
