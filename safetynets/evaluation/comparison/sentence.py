"""What a comparison comes to, in a sentence for a manager, and what must be said with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safetynets.evaluation.metrics import BUDGET, NeededTimes
from safetynets.evaluation.study.words import value_words

FEW = 30
"""With fewer necessary situations than this the caveat says that they are few (simulator default)."""


def sentence(before: Mapping[str, Any], after: Mapping[str, Any], lost: int, won: int) -> str:
    """Nuisance from one share to the other, and what became of the necessary alerts.

    >>> before = {"nuisance_share": 0.21, "alerts": 90, "necessary": 9}
    >>> sentence(before, before | {"nuisance_share": 0.12, "alerts": 80}, lost=0, won=0)
    'Nuisance 21 % to 12 %, nothing necessary lost.'
    """
    nuisance = _nuisance(before, after)
    if not after["necessary"]:
        return f"{nuisance}; nothing in this traffic made an alert necessary."
    if not before["alerts"] and not after["alerts"]:
        return f"{nuisance}, though {_situations(int(after['necessary']))} one."
    if not lost and not won:
        return f"{nuisance}, nothing necessary lost{_late(before, after)}."
    said = []
    if lost:
        said.append(f"{_alerts(lost)} lost")
    if won:
        said.append(f"{_alerts(won)} won")
    if not lost:
        said.append("none lost")
    return f"{nuisance}, {' and '.join(said)}{_late(before, after, lost)}."


def _late(before: Mapping[str, Any], after: Mapping[str, Any], lost: int = 0) -> str:
    """How many of the necessary alerts come with less time than needed, where that has changed.

    Fewer are no gain where alerts are lost: these may be the late ones.
    """
    was, now = (int(row.get("late", 0)) for row in (before, after))
    if was == now or (lost and now < was):
        return ""
    return f", {'but' if now > was else 'and'} {_alerts(now)} too late ({was:,} before)"


def _nuisance(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What became of the nuisance share; without an alert there is none to speak of."""
    if not before["alerts"] and not after["alerts"]:
        return "No alert, before or after"
    if not after["alerts"]:
        return f"No alert any more (before: {_alerts_told(before)})"
    if not before["alerts"]:
        return f"No alert before, now {_alerts_told(after)}"
    was, now = (_share(row) for row in (before, after))
    return f"Nuisance stays at {now}" if was == now else f"Nuisance {was} to {now}"


def _alerts_told(row: Mapping[str, Any]) -> str:
    """How many alerts there are, and what share of them is nuisance."""
    count = int(row["alerts"])
    if not _judged(row):
        return "1 alert, void" if count == 1 else f"{count:,} alerts, all void"
    if count == 1:
        return f"1 alert, {'a' if row['nuisance_share'] else 'no'} nuisance"
    return f"{count:,} alerts, {_share(row)} of them nuisance"


def _share(row: Mapping[str, Any]) -> str:
    return value_words("nuisance_share", row["nuisance_share"]) if _judged(row) else "unknown (every alert is void)"


def _situations(count: int) -> str:
    return "1 situation needs" if count == 1 else f"{count:,} situations need"


def _alerts(count: int) -> str:
    return f"{count:,} necessary alert{'' if count == 1 else 's'}"


def caveats(before: Mapping[str, Any], after: Mapping[str, Any], needed: NeededTimes = BUDGET) -> tuple[str, ...]:
    """The intervals behind the sentence, what too late is, and what the traffic cannot show."""
    said = [_nuisance_told(before, after)]
    necessary = int(after["necessary"])
    if not necessary:
        said.append("No situation in this traffic made an alert necessary: it says nothing about missed alerts.")
        return (*said, *_desirable(before, after))
    low, high = (value_words("missed_share", after[f"missed_share_{end}"]) for end in ("low", "high"))
    few = " These are few." if necessary < FEW else ""
    said.append(
        f"{int(after['missed']):,} of {necessary:,} necessary situations have no alert "
        f"({int(before['missed']):,} before): from {low} to {high} could be missed in the long run (95 %).{few}"
    )
    late = [(int(row.get("late", 0)), int(row.get("in_time_possible", 0))) for row in (before, after)]
    if late[1][1]:
        said.append(
            f"{late[1][0]:,} of {late[1][1]:,} alerts that could be in time are too late "
            f"({late[0][0]:,} of {late[0][1]:,} before): they give less than needed, which is {needed.words}."
        )
    return (*said, *_desirable(before, after))


def _desirable(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """How many desirable alerts are not given, where that has changed."""
    was, now = (int(row.get("desirable_missed", 0)) for row in (before, after))
    if was == now:
        return ()
    count = int(after["desirable"])
    return (f"{now:,} of {count:,} situations in which an alert is desirable have none ({was:,} before).",)


def _nuisance_told(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if not before["alerts"] and not after["alerts"]:
        return "Without an alert there is no nuisance share."
    told = f"Nuisance share before: {_counted(before)}; after: {_counted(after)}."
    if not (_judged(before) and _judged(after)):
        return told
    apart = (
        after["nuisance_share_high"] < before["nuisance_share_low"]
        or before["nuisance_share_high"] < after["nuisance_share_low"]
    )
    return told if apart else f"{told} The intervals overlap: the difference may be chance."


def _counted(row: Mapping[str, Any]) -> str:
    """The nuisance alerts of those that are in the share, with its interval."""
    if not row["alerts"]:
        return "none, as there is no alert"
    if not _judged(row):
        return "unknown, for every alert is void"
    low, high = (value_words("nuisance_share", row[f"nuisance_share_{end}"]) for end in ("low", "high"))
    return f"{int(row['nuisance_alerts']):,} of {_judged(row):,} alerts ({low} to {high}, 95 %)"


def _judged(row: Mapping[str, Any]) -> int:
    """How many alerts are in the nuisance share: void ones are not."""
    return int(row["alerts"]) - int(row.get("void_alerts", 0))
