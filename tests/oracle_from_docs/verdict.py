"""What a net says about a plot."""

from __future__ import annotations

import math
from dataclasses import dataclass

EXCLUDED = {
    "flight rules",
    "ssr code",
    "callsign inhibited",
    "visual",
    "inhibit volume",
    "on ground",
    "not on approach",
    "allowed in",
}
"""Reasons by which a rule excludes a plot; with any other reason it is not assessable."""


@dataclass
class Verdict:
    """`reason` is empty where the plot is judged."""

    reason: str
    violation_s: float = math.inf
    hold_s: float = math.inf
    kind: str = ""
    area: str = ""
    margin_ft: float = math.nan
    margin_m: float = math.nan
    minimum_ft: float = math.nan
    lateral_m: float = math.nan
    vertical_ft: float = math.nan
    severe: bool = False
    leaves_coverage: bool = False
    undecided: bool = False

    @property
    def assessable(self) -> bool:
        return self.reason == ""

    @property
    def excluded(self) -> bool:
        return self.reason in EXCLUDED


def of_hypotheses(each: list[Verdict], rule: str) -> Verdict:
    """The earlier of two times to violation counts with `any`, the later with `all`."""
    if len(each) == 1:
        verdict = each[0]
    else:
        straight, turning = each
        later = turning.violation_s > straight.violation_s
        verdict = turning if later == (rule == "all") else straight
        hold_s = (max if rule == "all" else min)(straight.hold_s, turning.hold_s)
        if straight.undecided or turning.undecided:
            decided = [v for v in each if not v.undecided]
            by_itself = any((v.violation_s < math.inf) == (rule == "any") for v in decided)
            verdict.undecided = not by_itself
        verdict.hold_s = hold_s
    verdict.hold_s = min(verdict.hold_s, verdict.violation_s)
    if verdict.undecided:
        verdict.reason, verdict.violation_s, verdict.hold_s = "path leaves coverage", math.inf, math.inf
    return verdict
