"""Why a changed alert is there with one parameter set and not, or later, with the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from safetynets.engine.explain import explain
from safetynets.evaluation.comparison.comparison import ChangedAlert
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

IMPORTANCE = ("necessary", "desirable", "", "undesirable", "unnecessary", "void")
"""The order of categories in which changed alerts are explained where not all are."""


def most_telling(changed: tuple[ChangedAlert, ...], at_most: int) -> frozenset[int]:
    """The places of those changed alerts that are explained: lost before gained before moved, necessary first."""
    kinds = ("lost", "gained", "moved")
    order = sorted(
        range(len(changed)),
        key=lambda place: (
            changed[place].change == "moved",
            IMPORTANCE.index(changed[place].category),
            kinds.index(changed[place].change),
            place,
        ),
    )
    return frozenset(order[:at_most])


def explained(one: ChangedAlert, tracks: Tracks, before: Site | None, after: Site) -> ChangedAlert:
    """The changed alert with what the net makes of the flight, with both sites, at the first moment they differ.

    Of an alert of another system only its messages are known: without a site `before` only the other is explained.
    """
    starts_s = [start_s for start_s in (one.before_s, one.after_s) if not np.isnan(start_s)]
    moment_s = min(starts_s)
    return replace(
        one,
        why_before=() if before is None else _sentences(tracks, before, one, moment_s),
        why_after=_sentences(tracks, after, one, moment_s),
    )


def _sentences(tracks: Tracks, site: Site, one: ChangedAlert, moment_s: float) -> tuple[str, ...]:
    steps = explain(tracks, site, one.track, moment_s)
    return tuple(step.text for step in steps if step.net == one.net and step.group in ("", one.group))
