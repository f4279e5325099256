"""Who had time, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from safetynets.evaluation.lead_time.lead_times import Event, LeadTime
from safetynets.runs.explanation import in_a_row


def sentence_of(event: Event) -> str:
    """What came of an event: what lay ahead, who spoke how long before, and who left the time that was needed.

    Parameters
    ----------
    event
        One of `LeadTimes.events`.

    Returns
    -------
    str
        Two to five sentences.

    Examples
    --------
    See `safetynets.evaluation.lead_time.lead_times.lead_times`.
    """
    return " ".join(filter(None, (_ahead(event), _spoken(event, "ground"), _spoken(event, "board"), _verdict(event))))


def _ahead(event: Event) -> str:
    at = f"{_clock(event.moment_s)} UTC"
    if event.danger is not None:
        where = (
            f", {event.danger.distance_nm:.1f} NM before the threshold of {event.danger.threshold}"
            if event.danger.threshold
            else ""
        )
        return (
            f"Flying straight on, {event.name} would have met the ground at {at}{where}; it was "
            f"{event.danger.straight_s:.0f} s from it, {event.danger.height_ft:,.0f} ft above the ground, when nearest."
        )
    if event.lowest is not None:
        return (
            f"No straight path of {event.name} met the ground before a runway within a minute; it was lowest at {at}, "
            f"{event.lowest.height_ft:,.0f} ft above the ground."
        )
    if math.isfinite(event.moment_s):
        return f"{event.name}: the conflict came at {at}."
    return f"{event.name} was at a runway, or its height is not known."


def _spoken(event: Event, where: str) -> str:
    """Each net once, at its first word."""
    first: dict[str, LeadTime] = {}
    for row in event.rows:
        if row.where == where and row.spoke:
            first.setdefault(row.net, row)
    place = "On the ground" if where == "ground" else "On board"
    if not first:
        if event.risk != "ground" and where == "board":
            return ""
        return f"{place} nobody spoke{_unable(event, where)}."
    return f"{place} {_said(list(first.values()))}{_unable(event, where)}."


def _said(rows: Sequence[LeadTime]) -> str:
    """Who spoke when, such as "the APM spoke 166 s before, the MSAW 18 s"."""
    words: list[str] = []
    for row in rows:
        spoke = " spoke" if not words else ""
        if not math.isfinite(row.left_s):
            words.append(f"{_called(row.net)}{spoke}")
        elif row.left_s >= 0.0:
            words.append(f"{_called(row.net)}{spoke} {row.left_s:.0f} s{' before' if not words else ''}")
        else:
            words.append(f"{_called(row.net)}{spoke} {-row.left_s:.0f} s after")
    return ", ".join(words)


def _unable(event: Event, where: str) -> str:
    """Who could not judge at all."""
    unable: dict[str, list[str]] = {}
    spoke = {row.net for row in event.rows if row.spoke}
    for row in event.rows:
        if row.where == where and not row.spoke and row.why.startswith("not assessable: ") and row.net not in spoke:
            nets = unable.setdefault(row.why.removeprefix("not assessable: ").split(" (")[0], [])
            nets += [] if row.net in nets else [row.net]
    return "".join(f"; {in_a_row(nets)} could not judge ({reason})" for reason, nets in unable.items())


def _verdict(event: Event) -> str:
    """Which of those who spoke left the time that half of the draws need, controller and crew told apart."""
    spoke = [row for row in event.rows if row.spoke and row.needs is not None and math.isfinite(row.left_s)]
    parts = []
    for where, who in (("ground", "Controller and crew need"), ("board", "The crew alone needs")):
        rows = [row for row in spoke if row.where == where]
        if rows:
            enough = list(dict.fromkeys(_called(row.net) for row in rows if row.had_time))
            only = " alone" if len(enough) == 1 else ""
            left = f"{in_a_row(enough)}{only} left as much" if enough else "nobody left as much"
            parts.append(f"{who} {_needed(rows)}: {left}.")
    return " ".join(parts)


def _needed(rows: Sequence[LeadTime]) -> str:
    """The time needed in half of the draws in which the crew acts, and in 10 to 90 % of them, by its kind."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        assert row.needs is not None
        needed = tuple(f"{row.needs.quantile_s(share):.0f}" for share in (0.5, 0.1, 0.9))
        kinds.setdefault(needed, []).append(f"a {row.severity}" if row.where == "board" else _called(row.net))
    words: list[str] = []
    for (half, low, high), whom in kinds.items():
        after = f" after {in_a_row(list(dict.fromkeys(whom)))}" if len(kinds) > 1 else ""
        words.append(f"{half} s{after} ({'' if words else 'median; 10 to 90 %: '}{low} to {high} s)")
    return in_a_row(words)


def _called(net: str) -> str:
    return net if net.startswith("Mode ") else f"the {net}"


def _clock(time_s: float) -> str:
    return f"{datetime.fromtimestamp(round(time_s), tz=UTC):%H:%M:%S}" if math.isfinite(time_s) else "an unknown time"
