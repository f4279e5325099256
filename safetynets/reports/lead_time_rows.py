"""The table of lead times: one row a net and event, for CSV and JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from safetynets import __version__
from safetynets.evaluation.lead_time import Event, LeadTime, LeadTimes, sentence_of
from safetynets.reports.formats import iso
from safetynets.spreadsheet import csv_text, harmless


def lead_time_rows(found: LeadTimes) -> list[dict[str, Any]]:
    """One row a net and event; what is not known is NaN or empty.

    Parameters
    ----------
    found
        Lead times of a run.

    Returns
    -------
    list of dict
        Times in seconds, shares from 0 to 1.
    """
    return [_row(number, event, row) for number, event in enumerate(found.events, 1) for row in event.rows]


def _row(number: int, event: Event, row: LeadTime) -> dict[str, Any]:
    needs = row.needs
    known = needs is not None and math.isfinite(row.left_s)
    in_time = needs.in_time(row.left_s) if needs is not None and known else None
    return {
        "event": number,
        "callsign": event.callsign,
        "track": event.track,
        "risk": event.risk,
        "until": event.until,
        "moment_utc": iso(event.moment_s),
        "where": row.where,
        "net": row.net,
        "title": row.title,
        "spoke": row.spoke,
        "shown": row.shown if row.spoke else None,
        "severity": row.severity,
        "says": row.says,
        "start_utc": iso(row.start_s),
        "left_s": round(row.left_s, 1),
        "budget_s": math.nan if needs is None else needs.budget_s,
        "needed_p10_s": math.nan if needs is None else round(needs.quantile_s(0.1), 1),
        "needed_p50_s": math.nan if needs is None else round(needs.quantile_s(0.5), 1),
        "needed_p90_s": math.nan if needs is None else round(needs.quantile_s(0.9), 1),
        "acts_share": math.nan if needs is None else needs.acts.value,
        "in_time_share": math.nan if in_time is None else in_time.value,
        "in_time_low": math.nan if in_time is None else round(in_time.low, 4),
        "in_time_high": math.nan if in_time is None else round(in_time.high, 4),
        "had_time": row.had_time if row.spoke else None,
        "why": row.why,
    }


def lead_time_csv(found: LeadTimes) -> str:
    """The rows as CSV; what is not known is an empty cell, and no text is run by a spreadsheet."""
    return csv_text(COLUMNS, ([_cell(row[name]) for name in COLUMNS] for row in lead_time_rows(found)))


COLUMNS = (
    "event",
    "callsign",
    "track",
    "risk",
    "until",
    "moment_utc",
    "where",
    "net",
    "title",
    "spoke",
    "shown",
    "severity",
    "says",
    "start_utc",
    "left_s",
    "budget_s",
    "needed_p10_s",
    "needed_p50_s",
    "needed_p90_s",
    "acts_share",
    "in_time_share",
    "in_time_low",
    "in_time_high",
    "had_time",
    "why",
)
"""The columns of the table, in their order."""


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return harmless(value) if isinstance(value, str) else str(value)


def lead_time_facts(found: LeadTimes) -> Mapping[str, Any]:
    """All of it for machines: what it was made from, the sentences, and the rows."""
    run = found.run
    return {
        "package": {"name": "safetynets", "version": __version__},
        "notice": "Not for operational use. The nets on board are an emulation.",
        "kind": "lead times",
        "run": run.name,
        "title": run.title,
        "site": run.site.name,
        "inputs": run.manifest["inputs"],
        "flights": found.flights,
        "quiet": found.quiet,
        "equipment": {"position_bias_nm": found.equipment.position_bias_nm},
        "draws": found.draws.count,
        "seed": found.seed,
        "assumptions": {name: one.words for name, one in found.draws.assumptions.by_name.items()},
        "events": [
            {
                "event": number,
                "callsign": event.callsign,
                "track": event.track,
                "risk": event.risk,
                "until": event.until,
                "moment_utc": iso(event.moment_s),
                "sentence": sentence_of(event),
                "notes": list(event.notes),
            }
            for number, event in enumerate(found.events, 1)
        ],
        "rows": lead_time_rows(found),
    }
