"""How verdicts become alerts, as docs/nets.md has it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tests.oracle_from_docs.verdict import Verdict


@dataclass
class Alert:
    """One episode."""

    first_conflict_s: float
    start_s: float
    violation_s: float
    kind: str
    area: str
    severity: str
    margin_ft: float
    margin_m: float
    worst_margin_ft: float
    end_s: float = math.nan
    end_reason: str = ""
    reannounced_s: list[float] = field(default_factory=list)
    earlier_areas: list[str] = field(default_factory=list)


def alerts(times_s: list[float], verdicts: list[Verdict], p: Any, now_s: float, names_approach: bool) -> list[Alert]:
    """The alerts of one track, net and group."""
    found: list[Alert] = []
    active: Alert | None = None
    judged: list[tuple[float, bool, bool]] = []
    clear = 0
    last_s = last_judged_s = announced_s = math.nan

    def lost_s() -> float:
        assert active is not None
        return max(last_s + p.track_lost_s, active.start_s + p.minimum_duration_s)

    def end(at_s: float, reason: str) -> None:
        nonlocal active, judged, clear
        assert active is not None
        active.end_s, active.end_reason = at_s, reason
        active, judged, clear = None, [], 0

    for time_s, verdict in zip(times_s, verdicts, strict=True):
        if active is not None and time_s >= lost_s():
            end(lost_s(), "track lost")
        if time_s - last_s > p.max_gap_s:
            judged, clear = [], 0
        last_s = time_s
        long_enough = active is not None and time_s - active.start_s >= p.minimum_duration_s
        if verdict.excluded:
            judged, clear = [], 0
            if active is not None and long_enough:
                end(
                    time_s,
                    "left the approach" if verdict.reason == "not on approach" else f"excluded: {verdict.reason}",
                )
            continue
        if not verdict.assessable:
            if long_enough and time_s - last_judged_s >= p.not_assessable_s:
                end(time_s, f"not assessable: {verdict.reason}")
            continue
        last_judged_s = time_s
        predicted = verdict.violation_s <= p.warning_time_s and verdict.violation_s < math.inf
        judged.append((time_s, verdict.violation_s == 0.0, predicted))
        longest = max(p.current_n, p.predicted_n)
        if active is None:
            current = sum(hit for _, hit, _ in judged[-p.current_n :]) >= p.current_m
            likely = sum(hit for _, _, hit in judged[-p.predicted_n :]) >= p.predicted_m
            imminent = p.imminent_s > 0.0 and verdict.violation_s <= p.imminent_s
            if predicted and (current or likely or imminent):
                first_s, without = time_s, 0
                for at_s, _, hit in reversed(judged):
                    without = 0 if hit else without + 1
                    if hit:
                        first_s = at_s
                    if without >= longest:
                        break
                active = Alert(
                    first_s,
                    time_s,
                    verdict.violation_s,
                    verdict.kind,
                    verdict.area,
                    "warning" if verdict.severe else "caution",
                    verdict.margin_ft,
                    verdict.margin_m,
                    verdict.margin_ft,
                )
                found.append(active)
                announced_s, clear = verdict.violation_s, 0
            continue
        if not math.isnan(verdict.margin_ft):
            active.worst_margin_ft = (
                verdict.margin_ft
                if math.isnan(active.worst_margin_ft)
                else min(active.worst_margin_ft, verdict.margin_ft)
            )
        if predicted and verdict.severe:
            active.severity = "warning"
        again = (
            p.reannounce_ratio > 0.0
            and verdict.violation_s < announced_s
            and verdict.violation_s <= p.reannounce_ratio * announced_s
        )
        if predicted and names_approach and verdict.area != active.area:
            active.earlier_areas.append(active.area)
            active.area = verdict.area
            again = True
        if again:
            active.reannounced_s.append(time_s)
            announced_s = verdict.violation_s
        clear = clear + 1 if verdict.hold_s > p.warning_time_s + p.hysteresis_s else 0
        if clear >= p.clear_n and long_enough:
            end(time_s, "cleared")
    if active is not None and now_s >= lost_s():
        end(lost_s(), "track lost")
    if active is not None:
        active.end_reason = "still active at the end of the tracks"
    return found
