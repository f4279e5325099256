"""`Comparison`: what one parameter set does that another did not, in numbers, alert by alert, and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from safetynets.engine.net import net_of
from safetynets.evaluation.comparison.changes import Change
from safetynets.evaluation.metrics import BUDGET, Needed


@dataclass(frozen=True, kw_only=True)
class ChangedAlert:
    """One alert that is gained, lost or moved in time.

    Attributes
    ----------
    change
        "gained", "lost" or "moved".
    day
        Name of the day of traffic.
    net, group, area, callsign, track
        Whose alert: `group` is the group of areas (only APW has several), `area` what the alert names.
    category, fault
        What the situation asks for ("necessary" ...; empty where no situation covers the alert), and the fault in it.
    before_s, after_s
        Start of the alert before and after, UTC seconds since 1970; NaN where there is none.
    moved_s
        How much later it starts than before; negative is earlier, NaN for gained and lost.
    why_before, why_after
        What the net made of the flight at the start of the alert, with the one and the other parameter set, in
        sentences; empty where the alert is beyond the number that is explained.
    """

    change: Change
    day: str
    net: str
    group: str
    area: str
    callsign: str
    track: int
    category: str
    fault: str
    before_s: float
    after_s: float
    moved_s: float
    why_before: tuple[str, ...] = ()
    why_after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two parameter sets on the same traffic.

    Attributes
    ----------
    before_name, after_name
        What the two are called.
    values
        The parameters in which they differ: by dotted key the value before and after.
    before, after
        The scores of each, as a row of a study's results.
    counts
        How many alerts are gained, lost, moved, the same: of all nets under "all", and of each net.
    changed
        The alerts gained, lost and moved: in the order of days and times.
    explained
        How many of them are explained.
    sentence, caveats
        What it comes to, for a manager; and what must be said with it.
    traffic
        The days compared on: name, flights, plots, hash of each.
    needed
        The warning time that each net needs, and where that is from.
    labels_wrong_share
        Up to this share of the labels may be wrong; the intervals of the nuisance and missed shares hold it.
    """

    before_name: str
    after_name: str
    values: Mapping[str, tuple[Any, Any]]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    counts: Mapping[str, Mapping[str, int]]
    changed: tuple[ChangedAlert, ...]
    explained: int
    sentence: str
    caveats: tuple[str, ...]
    traffic: tuple[Mapping[str, Any], ...]
    needed: tuple[Needed, ...] = field(
        default_factory=lambda: tuple(one for one in BUDGET.nets if net_of(one.net).on_by_default)
    )
    labels_wrong_share: float = 0.0
