"""Tracks judged by the nets of a site, with the words and the desk of each alert: a `Run` but for its manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from safetynets.engine.alerts import Alert, in_order
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.monitor import judge_in_portions
from safetynets.phraseology import say
from safetynets.runs import counts
from safetynets.runs.desks import deliveries
from safetynets.runs.rule_sets import RuleSets, rule_sets_of
from safetynets.runs.run import Run, floor_below_ft
from safetynets.runs.words import situations, spoken_by
from safetynets.sites import Site
from safetynets.tracks import Tracks
from safetynets.tracks.columns import new_column, release_memory

PLOTS_AT_A_TIME = 200_000
"""Plots judged at once; of a recording with more the verdicts are not kept (`Run.judged_anew`)."""


def judge(
    name: str, title: str, site: Site, tracks: Tracks, tell: Callable[[str], None], rule_sets: RuleSets | None = None
) -> Run:
    """The run of tracks on the plane of the site, its manifest still empty; `tell` is called with each stage.

    Without `rule_sets` the controllers speak by the rule set of the site.
    """
    tell("judging every plot")
    return with_words(name, title, site, tracks, _found(tracks, site), tell, rule_sets)


def with_words(
    name: str,
    title: str,
    site: Site,
    tracks: Tracks,
    found: dict[str, Any],
    tell: Callable[[str], None],
    rule_sets: RuleSets | None = None,
) -> Run:
    """The run of what the nets `found`: alerts, and altitude, approach and conflicts of every plot."""
    rule_sets = rule_sets or rule_sets_of(site)
    tell("finding the words")
    alerts: Sequence[Alert] = found["alerts"]
    spoken_about = [spoken_by(situation, rule_sets.words) for situation in situations(alerts, site, tracks)]
    return Run(
        name=name,
        title=title,
        site=site,
        tracks=tracks,
        words=tuple(say(situation, rule_sets.words) for situation in spoken_about),
        proposed_words=tuple(
            say(situation, rule_sets.proposed) if situation.net == "APM" else None for situation in spoken_about
        ),
        manifest={},
        deliveries=deliveries(alerts, tracks, found["altitude_ft"], site),
        **found,
    )


def _found(tracks: Tracks, site: Site) -> dict[str, Any]:
    """What the nets found: every verdict; of a large recording the alerts, and a few numbers of each plot."""
    count = len(tracks)
    whole: dict[str, Any] = {
        "altitude_ft": new_column(count, np.float64),
        "approach": new_column(count, np.int32),
        "floor_ft": new_column(count, np.float64),
    }
    alerts, plots = [], []
    conflicts: tuple[Conflicts, ...] = ()
    for rows, judged in judge_in_portions(tracks, site, PLOTS_AT_A_TIME):
        if rows == slice(0, count):
            return {name: getattr(judged, name) for name in ("altitude_ft", "approach", "conflicts", "alerts")}
        whole["altitude_ft"][rows], whole["approach"][rows] = judged.altitude_ft, judged.approach
        whole["floor_ft"][rows] = floor_below_ft(judged.conflicts, len(judged.approach))
        conflicts = tuple(table.at(slice(0, 0)) for table in judged.conflicts)
        plots.append(counts.plots_by_net(judged.conflicts))
        if judged.alerts:
            alerts.append({name: column for name, column in judged.alerts.columns.items() if name != "alert_id"})
        release_memory(*whole.values())
        del judged  # before the next portion takes as much memory
    return whole | {
        "alerts": in_order(alerts),
        "judged_anew": True,
        "conflicts": conflicts,
        "plots_by_net": counts.added(plots),
    }
