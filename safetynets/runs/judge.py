"""Tracks judged by the nets of a site, with the words and the desk of each alert: a `Run` but for its manifest."""

from __future__ import annotations

from collections.abc import Callable

from safetynets.nets.monitor import watch
from safetynets.phraseology import load_rule_set, say
from safetynets.runs.desks import deliveries
from safetynets.runs.run import Run
from safetynets.runs.words import situations
from safetynets.sites import Site
from safetynets.tracks import Tracks

WORDS = "icao"
PROPOSED_WORDS = "proposed-apm-directive"


def judge(name: str, title: str, site: Site, tracks: Tracks, tell: Callable[[str], None]) -> Run:
    """The run of tracks on the plane of the site, its manifest still empty; `tell` is told each stage."""
    tell("judging every plot")
    watched = watch(tracks, site)
    tell("finding the words")
    spoken_about = situations(watched.alerts, site)
    words, proposed = load_rule_set(WORDS), load_rule_set(PROPOSED_WORDS)
    return Run(
        name=name,
        title=title,
        site=site,
        tracks=tracks,
        altitude_ft=watched.altitude_ft,
        approach=watched.approach,
        conflicts=watched.conflicts,
        alerts=watched.alerts,
        words=tuple(say(situation, words) for situation in spoken_about),
        proposed_words=tuple(
            say(situation, proposed) if situation.net == "APM" else None for situation in spoken_about
        ),
        manifest={},
        deliveries=deliveries(watched.alerts, tracks, watched.altitude_ft, site),
    )
