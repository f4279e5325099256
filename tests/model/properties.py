"""What must never happen in the life of an alert: each property in plain words beside its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from safetynets.engine.kernels.lifecycle import EVENTS_PER_PLOT
from tests.model.lifecycle import ones


@dataclass(frozen=True)
class Property:
    """A sentence, and which of many plots break it."""

    says: str
    broken: Callable[[SimpleNamespace], np.ndarray]


PROPERTIES: list[Property] = []


def never(says: str) -> Callable[[Callable[[SimpleNamespace], np.ndarray]], Callable[[SimpleNamespace], np.ndarray]]:
    """Add a check that finds the plots that break what it says."""

    def add(broken: Callable[[SimpleNamespace], np.ndarray]) -> Callable[[SimpleNamespace], np.ndarray]:
        PROPERTIES.append(Property(says, broken))
        return broken

    return add


@never("No alert starts at a plot without a violation, now or predicted within the warning time.")
def starts_without_a_violation(t):
    return t.starts & ~t.predicted


@never("No alert starts before it is confirmed: m of the last n judged plots, or an imminent violation.")
def starts_unconfirmed(t):
    return t.starts & ~t.confirmed


@never("A confirmed violation is always active: no plot confirms one and leaves the controller without an alert.")
def confirmed_and_not_active(t):
    return t.confirmed & ~t.after.active


@never("No alert starts while one is active.")
def starts_twice(t):
    return t.starts & t.alert


@never("No alert ends twice, and none ends that never started.")
def ends_twice(t):
    ends = t.lost.astype(int) + t.cleared + t.ends_excluded + t.ends_unjudged
    return (ends > 1) | ((ends > 0) & ~t.seen.alert)


@never("Nothing is silent: an alert is active exactly from its start event to its end event.")
def silent(t):
    return t.after.active != t.seen_after.alert


@never("No alert ends before its minimum duration.")
def ends_early(t):
    return (t.cleared | t.ends_excluded | t.ends_unjudged | t.lost) & (t.age_s < t.rules.minimum_duration_s)


@never("An alert is cleared only by clear_n clear plots in a row, with no gap and no excluded plot among them.")
def cleared_too_soon(t):
    return t.cleared & (t.clear_run < t.rules.clear_n)


@never("An alert is not cleared while the limits that hold it are violated.")
def cleared_while_held(t):
    return t.cleared & ~t.is_clear


@never("Every alert ends once it is clear: at the latest at the clear_n-th clear plot after its minimum duration.")
def never_cleared(t):
    return t.old_enough & t.judged & (t.clear_run >= t.rules.clear_n) & t.after.active


@never("An alert ends as excluded only at a plot that a rule excludes.")
def excluded_without_a_rule(t):
    return t.ends_excluded & ~t.excluded


@never("An excluded aircraft has no alert older than the minimum duration.")
def excluded_and_active(t):
    return t.excluded & t.old_enough & t.after.active


@never("An alert ends as not assessable only at such a plot, not_assessable_s or more after the last that was judged.")
def unjudged_too_soon(t):
    return t.ends_unjudged & ~(t.unassessed & (t.unjudged_s >= t.rules.not_assessable_s))


@never("Plots that cannot be judged hold an alert older than the minimum duration for not_assessable_s, and no longer.")
def held_too_long(t):
    return t.unassessed & t.old_enough & (t.unjudged_s >= t.rules.not_assessable_s) & t.after.active


@never("A track is lost only when no plot of any sort came for track_lost_s.")
def lost_too_soon(t):
    return t.lost & (t.plot.spacing_s < t.rules.track_lost_s)


@never("An alert whose track is lost for track_lost_s is ended before the next plot counts.")
def lost_and_kept(t):
    return t.lost_now & ~t.lost


@never("Severity never falls while an alert lasts.")
def severity_falls(t):
    return t.alert & t.seen.severe & t.after.active & ~t.after.severe


@never("A severe violation makes the active alert severe, and the rise is an event.")
def severe_and_not_said(t):
    return t.predicted & t.plot.severe & t.after.active & ~(t.after.severe & t.seen_after.severe)


@never("Severity rises only at a severe violation, and only once.")
def rises_without_cause(t):
    return t.worsens & ~(t.predicted & t.plot.severe & t.alert & ~t.seen.severe)


@never("An alert that is over is not severe: the next one begins with its own severity.")
def severe_at_rest(t):
    return t.after.severe & ~t.after.active


@never("An active alert is about the phase (the approach) of its last violation, and a change of it is an event.")
def names_the_wrong_phase(t):
    return t.alert & t.after.active & t.predicted & (t.after.phase != t.plot.phase) | (
        t.renamed & (~t.predicted | (t.plot.phase == t.seen.phase))
    )


@never("An alert is announced again when, and only when, its time has shrunk to the given share of the last told.")
def announced_wrongly(t):
    told_s = np.where(t.renamed, t.plot.violation_s, t.seen.announced_s)
    shrunk = (
        t.alert
        & t.judged
        & (t.rules.reannounce_ratio > 0.0)
        & (t.plot.violation_s < told_s)
        & (t.plot.violation_s <= t.rules.reannounce_ratio * told_s)
    )
    return t.reannounced != shrunk


@never("What the memory holds as last announced is what was announced last.")
def remembers_another_announcement(t):
    return t.after.active & (t.after.announced_s != t.seen_after.announced_s)


@never("A plot that cannot be judged changes nothing but by its time: no start, not cleared, no count moved.")
def unassessed_counts(t):
    happens = t.starts | t.cleared | t.ends_excluded | t.worsens | t.renamed | t.reannounced
    moved = (
        (t.after.clear != t.memory.clear)
        | (t.after.predicted_hits != t.memory.predicted_hits)
        | (t.after.current_hits != t.memory.current_hits)
    )
    return t.unassessed & (happens | (moved & ~t.gap & ~t.lost & ~t.ends_unjudged))


@never("After an end, a gap or an excluded plot nothing old counts towards the next alert.")
def counts_what_was_forgotten(t):
    n = max(t.rules.current_n, t.rules.predicted_n)
    rests = ~t.after.active
    return rests & (
        (ones(t.after.predicted_hits, n) > ones(t.seen_after.hits_predicted, n))
        | (ones(t.after.current_hits, n) > ones(t.seen_after.hits_now, n))
    )


@never("The first conflict of an active alert is known, and not after its start.")
def first_conflict_unknown(t):
    return t.after.active & ~(t.after.first_conflict_s <= t.after.start_s)


@never("The worst margin of an alert is the least of its judged plots: it never grows.")
def worst_margin_grows(t):
    least_ft = np.where(t.starts, t.margin_ft, np.minimum(t.memory.worst_margin_ft, t.margin_ft))
    return t.after.active & t.judged & (t.after.worst_margin_ft != least_ft)


@never("A track at rest is changed by a violation alone: the plots that the coarse filter leaves out change nothing.")
def rest_is_disturbed(t):
    n = max(t.rules.current_n, t.rules.predicted_n)
    rests = ~t.memory.active & (ones(t.memory.predicted_hits, n) == 0)
    still = ~t.after.active & (ones(t.after.predicted_hits, n) == 0) & (t.happened == 0)
    return rests & ~t.predicted & ~still


@never("No plot causes more events than there is room for.")
def too_many_events(t):
    return np.bitwise_count(t.happened.astype(np.uint64)) > EVENTS_PER_PLOT
