"""What a comparison comes to, in a sentence for a manager, and what must be said with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safetynets.evaluation.study.words import value_words

FEW = 30
"""With fewer necessary situations than this the caveat says that they are few (simulator default)."""


def sentence(before: Mapping[str, Any], after: Mapping[str, Any], lost: int, won: int) -> str:
    """Nuisance from one share to the other, and what became of the necessary alerts.

    >>> before = {"nuisance_share": 0.21, "alerts": 90, "necessary": 9}
    >>> sentence(before, before | {"nuisance_share": 0.12, "alerts": 80}, lost=0, won=0)
    'Nuisance 21 % to 12 %, nothing necessary lost.'
    """
    was, now = (_share(row) for row in (before, after))
    nuisance = f"Nuisance stays at {now}" if was == now else f"Nuisance {was} to {now}"
    if not after["necessary"]:
        return f"{nuisance}; nothing in this traffic made an alert necessary."
    if not lost and not won:
        return f"{nuisance}, nothing necessary lost."
    said = []
    if lost:
        said.append(f"{_alerts(lost)} lost")
    if won:
        said.append(f"{_alerts(won)} won")
    if not lost:
        said.append("none lost")
    return f"{nuisance}, {' and '.join(said)}."


def _share(row: Mapping[str, Any]) -> str:
    return value_words("nuisance_share", row["nuisance_share"]) if row["alerts"] else "no alert at all"


def _alerts(count: int) -> str:
    return f"{count:,} necessary alert{'' if count == 1 else 's'}"


def caveats(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The intervals behind the sentence, and what the traffic cannot show."""
    said = [_nuisance(before, after)]
    necessary = int(after["necessary"])
    if not necessary:
        said.append("No situation in this traffic made an alert necessary: it says nothing about missed alerts.")
        return tuple(said)
    low, high = (value_words("missed_share", after[f"missed_share_{end}"]) for end in ("low", "high"))
    few = " These are few." if necessary < FEW else ""
    said.append(
        f"{int(after['missed']):,} of {necessary:,} necessary situations have no alert "
        f"({int(before['missed']):,} before): from {low} to {high} could be missed in the long run (95 %).{few}"
    )
    return tuple(said)


def _nuisance(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    spans = [
        [value_words("nuisance_share", row[f"nuisance_share_{end}"]) for end in ("low", "high")]
        for row in (before, after)
    ]
    told = (
        f"Nuisance share before {int(before['nuisance_alerts']):,} of {int(before['alerts']):,} alerts "
        f"({spans[0][0]} to {spans[0][1]}, 95 %), after {int(after['nuisance_alerts']):,} of "
        f"{int(after['alerts']):,} ({spans[1][0]} to {spans[1][1]})."
    )
    apart = (
        after["nuisance_share_high"] < before["nuisance_share_low"]
        or before["nuisance_share_high"] < after["nuisance_share_low"]
    )
    return told if apart else f"{told} The intervals overlap: the difference may be chance."
