"""What the page of a study and that of a comparison show alike: scores side by side, and the alerts that changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from safetynets.evaluation.study.metrics import PREFIXES
from safetynets.evaluation.study.words import WORDS, value_words
from safetynets.reports.displays.sensitivity import plain
from safetynets.reports.formats import DASH, clock, day, number, percent, utc

_SHARES = (
    ("nuisance_share", "nuisance_alerts", "judged_alerts"),
    ("missed_share", "missed", "necessary"),
    ("desirable_missed_share", "desirable_missed", "desirable"),
    ("late_share", "late", "in_time_possible"),
)
_PLAIN = ("alerts", "alerts_per_1000_flights", "alerts_per_hour", "duration_p50_s")
_TIMES = ("after_event", "warning_time_p50_s", "warning_time_p05_s", "warning_of_allowed_p50")
_LISTED = 60
"""More changed alerts of a kind than this are counted and not listed."""
_CALLS = ("necessary", "desirable")


def score_tables(
    columns: Sequence[tuple[str, Mapping[str, Any]]], needed: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The scores of named parameter sets side by side: for all nets together, then each net that has any.

    `needed` are the warning times that the nets need, as a study or a comparison tells them.
    """
    tables = []
    rows = [row for _, row in columns]
    for prefix in PREFIXES:
        if prefix and not any(_number(row.get(f"{prefix}{name}"), 0.0) for row in rows for name in _ANY):
            continue
        tables.append(
            {
                "name": prefix.rstrip("_").upper() or "All nets together",
                "names": [name for name, _ in columns],
                "rows": [
                    (
                        _late_words(prefix, needed) if name == "late_share" and needed else words,
                        [_cell(row, prefix, name) for row in rows],
                    )
                    for name, words in _ROWS
                ],
            }
        )
    return tables


_ANY = ("alerts", "necessary")
_ROWS = (
    *((name, WORDS[name]) for name in _PLAIN[:1]),
    ("nuisance_share", "of them nuisance"),
    ("missed_share", "necessary alerts missed"),
    ("desirable_missed_share", "desirable alerts not given"),
    ("late_share", "late, where it could be in time"),
    *((name, WORDS[name]) for name in (*_TIMES, *_PLAIN[1:])),
)


def _late_words(prefix: str, needed: Sequence[Mapping[str, Any]]) -> str:
    """What late means for a net, or for all of them."""
    times_s = {float(one["time_s"]) for one in needed if prefix in ("", f"{one['net'].lower()}_")}
    less = f"{plain(times_s.pop())} s" if len(times_s) == 1 else "its net needs"
    return f"late: less than {less}, where geometry allowed as much"


def needed_rows(needed: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """The warning times needed: which nets, how much, and from where; nets that share both share a row."""
    rows: dict[tuple[str, str], list[str]] = {}
    for one in needed:
        rows.setdefault((f"{plain(float(one['time_s']))} s", str(one["source"])), []).append(str(one["net"]))
    return [(", ".join(nets), time, source) for (time, source), nets in rows.items()]


def _cell(row: Mapping[str, Any], prefix: str, name: str) -> str:
    for share, count, of in _SHARES:
        if share == name:
            judged = _number(row.get(f"{prefix}alerts")) - _number(row.get(f"{prefix}void_alerts"), 0.0)
            counted = {**row, f"{prefix}judged_alerts": judged}
            return share_words(counted, prefix + share, prefix + count, prefix + of)
    value = _number(row.get(prefix + name))
    return value_words(prefix + name, value) if math.isfinite(value) else DASH


def share_words(row: Mapping[str, Any], share: str, count: str = "", of: str = "") -> str:
    r"""A share of a row of results with its interval, and what it is counted from where that is given.

    >>> row = {"missed_share": 0.1, "missed_share_low": 0.02, "missed_share_high": 0.4, "missed": 1, "necessary": 10}
    >>> share_words(row, "missed_share", "missed", "necessary")
    '1 of 10: 10.0\xa0% (2.0\xa0% to 40.0\xa0%)'
    """
    value = _number(row.get(share))
    if not math.isfinite(value):
        return DASH
    counted = ""
    if count in row and of in row:
        counted = f"{number(_number(row[count]))} of {number(_number(row[of]))}: "
    low, high = (_number(row.get(f"{share}_{end}")) for end in ("low", "high"))
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{counted}{percent(value)}"
    if value in (0.0, 1.0):
        return f"{counted}{percent(value)} ({'below ' + percent(high) if value == 0.0 else 'above ' + percent(low)})"
    return f"{counted}{percent(value)} ({percent(low)} to {percent(high)})"


def objective_words(row: Mapping[str, Any], metric: str) -> str:
    """The value of an objective in a row of results: a share with its interval, anything else with its unit."""
    return share_words(row, metric) if metric.endswith("_share") else value_words(metric, _number(row.get(metric)))


def changed_values(values: Mapping[str, Sequence[Any]]) -> list[tuple[str, str, str]]:
    """The parameters in which two sets differ, with the value before and after."""
    return [(key, plain(before), plain(after)) for key, (before, after) in values.items()]


def counted_changes(counts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, list[str]]]:
    """How many alerts are gained, lost, moved and the same: all nets first, then each net that has any."""
    order = sorted(counts, key=lambda name: name != "all")
    return [
        (
            "all nets" if name == "all" else name,
            [number(counts[name].get(change, 0)) for change in ("gained", "lost", "moved", "same")],
        )
        for name in order
        if name == "all" or any(counts[name].values())
    ]


def changed_alerts(changed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The gained and lost alerts, and those that moved, the farthest first; of each no more than a page holds.

    Those that are explained, and those about what calls for an alert, come before the others.
    """
    moved = [one for one in changed if one["change"] == "moved"]
    came_or_went = [one for one in changed if one["change"] != "moved"]
    came_or_went.sort(key=lambda one: (one["category"] not in _CALLS, not _explained(one)))
    moved.sort(key=lambda one: -abs(_number(one["moved_s"], 0.0)))
    return {
        "rows": [_changed(one) for one in came_or_went[:_LISTED]],
        "explained": sum(map(_explained, came_or_went[:_LISTED])),
        "moved": [_changed(one) for one in moved[:_LISTED]],
        "left_out": max(len(came_or_went) - _LISTED, 0),
        "moved_left_out": max(len(moved) - _LISTED, 0),
    }


def _explained(one: Mapping[str, Any]) -> bool:
    return bool(list(one["why_before"]) or list(one["why_after"]))


def _changed(one: Mapping[str, Any]) -> dict[str, Any]:
    before_s, after_s = _number(one["before_s"]), _number(one["after_s"])
    at_s = before_s if math.isfinite(before_s) else after_s
    moved_s = _number(one["moved_s"])
    when = f"{day(at_s)}, {clock(at_s)} UTC"
    if one["change"] == "moved":
        when = f"{day(at_s)}, {clock(before_s)} → {clock(after_s)} UTC"
    named_by_date = str(one["day"]) == f"{utc(at_s):%Y-%m-%d}"
    return {
        "change": one["change"],
        "moved": f"{number(abs(moved_s))} s {'later' if moved_s > 0 else 'earlier'}"
        if one["change"] == "moved"
        else "",
        "net": one["net"],
        "where": one["area"] or one["group"] or DASH,
        "name": one["callsign"] or f"track {one['track']}",
        "when": when,
        "day": "" if named_by_date else str(one["day"]),
        "category": one["category"] or "no situation: nuisance",
        "fault": str(one["fault"]).replace("_", " "),
        "why": [why for why in enumerate(_what_differs(one["why_before"], one["why_after"])) if why[1]],
    }


def _what_differs(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """The sentences of both explanations without those that stand in both; all where that leaves one of them empty."""
    only = [one for one in before if one not in after], [one for one in after if one not in before]
    return only if all(only) else (list(before), list(after))


def traffic_rows(traffic: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, str]]:
    """The days of traffic: name, flights, plots, and the hash by which the file is known."""
    return [
        (
            str(one.get("day", one.get("name", DASH))),
            number(_number(one.get("flights"))),
            number(_number(one.get("plots"))),
            str(one.get("sha256", one.get("hash", "")))[:16] or DASH,
        )
        for one in traffic
    ]


def _number(value: Any, unknown: float = math.nan) -> float:
    """A value of a table or of JSON as a number; what is not known is `unknown`."""
    return unknown if value is None or math.isnan(float(value)) else float(value)
