"""The page of lead times: who had time, event by event, as one file that fetches nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetynets.engine.net import nets_of
from safetynets.errors import ScenarioError
from safetynets.evaluation.lead_time import Event, LeadTime, LeadTimes, sentence_of
from safetynets.output import whole_folder
from safetynets.reports.environment import render
from safetynets.reports.formats import DASH, clock, number, percent
from safetynets.reports.lead_time_rows import lead_time_csv, lead_time_facts
from safetynets.reports.replay.scripts import content_policy
from safetynets.runs.manifest import json_ready
from safetynets.text_files import read_json

PAGE, TABLE, FACTS = "lead-time.html", "lead-time.csv", "lead-time.json"
_LONGEST_S = 20.0
"""The least length of a time axis."""


def check_free(folder: Path) -> None:
    """Refuse a folder that holds anything but earlier lead times.

    Raises
    ------
    ScenarioError
        When it does, and where it is a file.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        ours = read_json(folder / FACTS)["kind"] == "lead times"
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise ScenarioError(
            "exists and holds no lead times, so it is not overwritten",
            file=folder,
            mend="choose a folder that does not exist yet",
        )


def write_lead_times(found: LeadTimes, folder: Path) -> Path:
    """Write page, table (CSV) and facts (JSON) into a folder, whole or not at all; returns the page.

    Raises
    ------
    ScenarioError
        As `check_free`, and where it cannot be written.
    """
    check_free(folder)
    with whole_folder(folder) as whole:
        facts = json.dumps(json_ready(lead_time_facts(found)), ensure_ascii=False, allow_nan=False, indent=2)
        for name, text in ((PAGE, lead_time_page(found)), (TABLE, lead_time_csv(found)), (FACTS, facts + "\n")):
            (whole / name).write_text(text, encoding="utf-8", newline="\n")
    return folder / PAGE


def verdict_of(found: LeadTimes) -> str:
    """What came of all events, in a sentence or two.

    Parameters
    ----------
    found
        Lead times of a run.

    Returns
    -------
    str
        That of the event where there is one flight, else counts.
    """
    flights = f"{number(found.flights)} flight{'s' * (found.flights != 1)}"
    if not found.events:
        return f"{flights}: nobody spoke, on the ground or on board."
    spoke = [event for event in found.events if any(row.spoke for row in event.rows)]
    dangers = [event for event in spoke if event.danger is not None]
    ahead = f"{number(len(dangers))} of them with the ground straight ahead"
    if not dangers:
        return f"{flights}, {number(len(spoke))} times somebody spoke, never with the ground straight ahead."
    by_ground = sum(any(row.where == "ground" and row.had_time for row in event.rows) for event in dangers)
    by_board = sum(any(row.where == "board" and row.had_time for row in event.rows) for event in dangers)
    return (
        f"{flights}, {number(len(spoke))} time{'s' * (len(spoke) != 1)} somebody spoke, {ahead}: a ground net left "
        f"controller and crew the time they need in {number(by_ground)}, a net on board left it to the crew in "
        f"{number(by_board)}."
    )


def lead_time_page(found: LeadTimes) -> str:
    """The page as HTML text: no script, nothing fetched, the same bytes every time."""
    run = found.run
    notes = sorted({note for event in found.events for note in event.notes})
    if run.site.terrain is not None:
        notes += [f"terrain: {note}" for note in run.site.terrain.notes]
    return render(
        "lead_time.html.j2",
        title=run.title,
        policy=content_policy([], spoken=False),
        verdict=verdict_of(found),
        looks=[(net.name, net.look.colour, net.look.colour_on_dark) for net in nets_of(run.site)],
        events=[_event(one) for one in found.events],
        flights=f"{number(found.flights)} flight{'s' * (found.flights != 1)}",
        quiet=number(found.quiet),
        notes=notes,
        bias=f"{found.equipment.position_bias_nm:g}",
        draws=number(found.draws.count),
        seed=found.seed,
        changed=[(one.name, one.words) for one in found.draws.assumptions.by_name.values() if one.tag == "given"],
        warnings=list(run.manifest["warnings"]),
    )


def _event(event: Event) -> dict[str, Any]:
    spoke = [row for row in event.rows if row.spoke]
    longest_s = max([_LONGEST_S, *(row.left_s for row in spoke if math.isfinite(row.left_s))])
    groups = []
    for where, words, whom in (
        ("ground", "On the ground", "through controller, frequency and words to the crew"),
        ("board", "On board", "straight to the crew"),
    ):
        rows = [row for row in event.rows if row.where == where]
        if rows:
            groups.append(
                {
                    "words": words,
                    "whom": whom,
                    "spoke": [_line(row, longest_s) for row in rows if row.spoke],
                    "silent": [
                        {"net": _name(row), "title": row.title, "why": row.why} for row in rows if not row.spoke
                    ],
                }
            )
    return {
        "name": event.name,
        "at": clock(event.moment_s),
        "until": event.until,
        "risk": event.risk,
        "sentence": sentence_of(event),
        "groups": groups,
        "ticks": _ticks(longest_s),
    }


def _name(row: LeadTime) -> str:
    return row.net if row.where == "ground" else f"{row.net} {row.says}"


def _line(row: LeadTime, longest_s: float) -> dict[str, Any]:
    needs, in_time = row.needs, None
    need = ""
    band: tuple[float, float, float] | None = None
    if needs is not None and math.isfinite(needs.quantile_s(0.5)):
        half, low, high = (needs.quantile_s(share) for share in (0.5, 0.1, 0.9))
        need = f"needs {half:.0f} s ({low:.0f} to {high:.0f} s)"
        band = _share(high, longest_s), _share(half, longest_s), _share(low, longest_s)
        in_time = needs.in_time(row.left_s) if math.isfinite(row.left_s) else None
    return {
        "net": row.net,
        "says": row.says,
        "title": row.title,
        "severity": row.severity,
        "shown": row.shown,
        "start": clock(row.start_s),
        "left": f"{number(row.left_s)} s" if math.isfinite(row.left_s) else DASH,
        "bar": _share(row.left_s, longest_s) if math.isfinite(row.left_s) and row.left_s > 0.0 else None,
        "band": band,
        "need": need or "no words to say",
        "had_time": row.had_time,
        "in_time": "" if in_time is None else percent(in_time.value),
        "interval": "" if in_time is None else f"{percent(in_time.low)} to {percent(in_time.high)}",
        "acts": "" if needs is None else percent(needs.acts.value),
        "why": row.why,
        "board": row.where == "board",
    }


def _share(time_s: float, longest_s: float) -> float:
    """Where a time before the moment lies on the axis, in per cent of its width from the left."""
    return round(100.0 * (1.0 - min(max(time_s, 0.0), longest_s) / longest_s), 2)


def _ticks(longest_s: float) -> Sequence[tuple[float, str]]:
    step_s = next(
        step for step in (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, math.inf) if longest_s / step <= 5.0
    )
    if math.isinf(step_s):
        return [(100.0, "0")]
    return [(_share(k * step_s, longest_s), f"{k * step_s:.0f}") for k in range(int(longest_s / step_s) + 1)]
