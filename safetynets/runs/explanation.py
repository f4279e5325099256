"""Why an alert, or why none, as a reader wants it: one sentence, the stages that decided, what had no part in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from safetynets.engine.explanation_step import Step

_LEFT_OUT = ("lifecycle", "arbitration", "desk")
"""Stages that decide nothing where a net finds no violation."""


@dataclass(frozen=True)
class Explanation:
    """The explanation of a plot.

    Attributes
    ----------
    headline
        What came of the plot, in one sentence.
    decided
        The stages that decided it, in their order; no text of theirs holds a number that is not known.
    idle
        One line for each net or group that had no part in it.
    """

    headline: str
    decided: tuple[Step, ...]
    idle: tuple[str, ...]


@dataclass(frozen=True)
class _Group:
    """The steps of one net and group of areas."""

    net: str
    group: str
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        return f"{self.net} {self.group}".strip()

    def text(self, stage: str) -> str:
        return next((step.text for step in self.steps if step.stage == stage), "")

    def value(self, stage: str, name: str) -> float | str | bool | None:
        return next((step.values.get(name) for step in self.steps if step.stage == stage), None)

    def number(self, stage: str, name: str) -> float:
        value = self.value(stage, name)
        return float(value) if isinstance(value, int | float) else math.nan

    @property
    def alerts(self) -> bool:
        return math.isfinite(self.number("arbitration", "start_time_s"))

    @property
    def judged(self) -> bool:
        return bool(self.value("violation", "assessable"))

    @property
    def violates(self) -> bool:
        return self.judged and math.isfinite(self.number("violation", "time_to_violation_s"))


def explanation(steps: Sequence[Step], net: str = "", group_name: str = "") -> Explanation:
    """The explanation that the steps of a plot tell, of one net (and group of its areas) only where one is named.

    Where a net alerts or finds a violation, the others are idle. Where none does, those that judged decided.
    """
    told = [replace(step, text=_without_unknown(step.text)) for step in steps]
    groups = [each for each in _groups(told) if net in ("", each.net) and each.group in ("", group_name or each.group)]
    active = [group for group in groups if group.alerts or group.violates]
    told_about = active or [group for group in groups if group.judged and not _far_volume(group)] or groups[:1]
    decided = [step for step in told if not step.net]
    for group in told_about:
        decided += [step for step in group.steps if group in active or step.stage not in _LEFT_OUT]
    idle = [group for group in groups if group not in told_about]
    return Explanation(_headline(groups, active), tuple(decided), tuple(_idle(idle)))


def _groups(steps: Sequence[Step]) -> list[_Group]:
    names = dict.fromkeys((step.net, step.group) for step in steps if step.net)
    return [_Group(*name, tuple(step for step in steps if (step.net, step.group) == name)) for name in names]


def _far_volume(group: _Group) -> bool:
    """Whether a net that watches several groups of volumes found nothing in this one: it is folded."""
    return bool(group.group) and not group.violates


def _headline(groups: Sequence[_Group], active: Sequence[_Group]) -> str:
    if active:
        sentences = [_alert_words(group) if group.alerts else _violation_words(group) for group in active]
        return " ".join(f"{sentence}." for sentence in sentences)
    judged = [group for group in groups if group.judged]
    if not judged:
        reasons: dict[str, list[str]] = {}
        for group in groups:
            reasons.setdefault(_reason(group), []).append(group.net)
        words = "; ".join(f"{reason} ({in_a_row([*dict.fromkeys(nets)])})" for reason, nets in reasons.items())
        return f"No alert, for this plot was not judged: {words}." if groups else "No net ran."
    near = [group for group in judged if math.isfinite(group.number("violation", "margin_ft")) and not group.group]
    if not near:
        return f"No alert: {in_a_row([group.name for group in judged])} found no violation."
    nearest = min(near, key=lambda group: group.number("violation", "margin_ft"))
    margin_ft = nearest.number("violation", "margin_ft")
    return f"No alert: the {nearest.name} has {margin_ft:,.0f} ft to its limit and predicts no violation."


def _alert_words(group: _Group) -> str:
    since = f"since {_clock(group.number('arbitration', 'start_time_s'))} UTC"
    words = f"{group.net} alert {since}"
    if group.violates:
        words += f": {_kind(group)}{_when(group)}{_beyond(group)}"
    elif group.judged:
        words += ", which waits for clear plots: no violation now"
    else:
        words += f", although this plot is not judged ({_reason(group)})"
    if group.value("arbitration", "shown"):
        return f"{words}; the controller sees it"
    by = group.value("arbitration", "suppressed_by")
    return f"{words}; the controller does not see it" + (f", for {by} alerts for this aircraft" if by else "")


def _violation_words(group: _Group) -> str:
    counts = group.text("lifecycle").removeprefix("No alert is active: ").rstrip(".")
    return f"No {group.net} alert yet: {_kind(group)}{_when(group)}{_beyond(group)}, but {counts}"


def _kind(group: _Group) -> str:
    area = group.value("violation", "area")
    return f"{group.value('violation', 'kind')}" + (f" {area}" if area else "")


def _when(group: _Group) -> str:
    time_s = group.number("violation", "time_to_violation_s")
    return " now" if time_s == 0.0 else f", predicted in {time_s:.0f} s"


def _beyond(group: _Group) -> str:
    altitude_ft, limit_ft = (group.number("violation", name) for name in ("altitude_ft", "minimum_ft"))
    if not (math.isfinite(altitude_ft) and math.isfinite(limit_ft)):
        return ""
    return f", at {altitude_ft:,.0f} ft with a limit of {limit_ft:,.0f} ft"


def _reason(group: _Group) -> str:
    """Why a net did not judge: in the words of its stages."""
    text = group.text("violation").rstrip(".")
    return text.removeprefix("Not judged: ") if text.startswith("Not judged") else "not judged"


def _idle(groups: Sequence[_Group]) -> list[str]:
    """A line for each net; the groups of a net that had the same to say stand in one."""
    lines: dict[tuple[str, str], list[str]] = {}
    for group in groups:
        found = "no violation now or within the look-ahead" if group.judged else f"not judged, {_reason(group)}"
        lines.setdefault((group.net, found), []).append(group.group)
    return [f"{net}{_of(names)}: {found}." for (net, found), names in lines.items()]


def _of(names: Sequence[str]) -> str:
    named = [name for name in names if name]
    if not named:
        return ""
    return f" {named[0]}" if len(named) == 1 else f", {len(named)} groups of volumes ({', '.join(named)})"


def in_a_row(names: Sequence[str]) -> str:
    """Words one after the other, "and" before the last."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _without_unknown(text: str) -> str:
    """A sentence without the parts whose number is not known.

    >>> _without_unknown("No violation now; altitude 2,525 ft, limit nan ft.")
    'No violation now; altitude 2,525 ft.'
    """
    if "nan" not in text.split("; ")[-1].replace("(", " ").split():
        return text
    kept = [part for part in text.rstrip(".").split(", ") if "nan" not in part.split()]
    return f"{', '.join(kept)}."


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, tz=UTC):%H:%M:%S}"
