"""Tracks judged by the nets of a site, with the words and the desk of each alert: a `Run` but for its manifest."""

from __future__ import annotations

from collections.abc import Callable

from safetynets.engine.monitor import judge as judge_plots
from safetynets.phraseology import say
from safetynets.runs.desks import deliveries
from safetynets.runs.rule_sets import RuleSets, rule_sets_of
from safetynets.runs.run import Run
from safetynets.runs.words import situations, spoken_by
from safetynets.sites import Site
from safetynets.tracks import Tracks


def judge(
    name: str, title: str, site: Site, tracks: Tracks, tell: Callable[[str], None], rule_sets: RuleSets | None = None
) -> Run:
    """The run of tracks on the plane of the site, its manifest still empty; `tell` is told each stage.

    Without `rule_sets` the controllers speak by the rule set of the site.
    """
    rule_sets = rule_sets or rule_sets_of(site)
    tell("judging every plot")
    judged = judge_plots(tracks, site)
    tell("finding the words")
    spoken_about = [spoken_by(situation, rule_sets.words) for situation in situations(judged.alerts, site)]
    return Run(
        name=name,
        title=title,
        site=site,
        tracks=tracks,
        altitude_ft=judged.altitude_ft,
        approach=judged.approach,
        conflicts=judged.conflicts,
        alerts=judged.alerts,
        words=tuple(say(situation, rule_sets.words) for situation in spoken_about),
        proposed_words=tuple(
            say(situation, rule_sets.proposed) if situation.net == "APM" else None for situation in spoken_about
        ),
        manifest={},
        deliveries=deliveries(judged.alerts, tracks, judged.altitude_ft, site),
    )
