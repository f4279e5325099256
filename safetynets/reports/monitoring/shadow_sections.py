"""The sections of shadow running: our alerts beside those of an operational system, and other parameter sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safetynets.evaluation.monitoring.over_time import OverTime
from safetynets.evaluation.monitoring.run_day import is_nuisance
from safetynets.evaluation.monitoring.shadow import SIDES, OperationalDay, ShadowDay, counted
from safetynets.reports.formats import DASH, clock, number
from safetynets.reports.monitoring.parts import (
    Cell,
    Section,
    Table,
    nuisance_word,
    number_heads,
    plural,
    replay_cell,
    said_word,
    word_heads,
)

MOST_BESIDE = 300
"""So many alerts are listed."""


def operational(
    over: OverTime, operational: Sequence[OperationalDay], links: Mapping[str, str], outside: int
) -> Section:
    """Our alerts beside those that an operational system sent."""
    counts = [
        (Cell(net or "all nets", net=net), *(Cell(number(of_net[side])) for side in SIDES))
        for net, of_net in counted(operational).items()
    ]
    heads = (*word_heads("Net"), *number_heads("Both", "Both, moved in time", "Only ours", "Only theirs"))
    by_day = [
        (
            Cell(one.name, links.get(one.name, "")),
            *(Cell(number(sum(row.side == side for row in of_day.rows))) for side in SIDES),
        )
        for one, of_day in zip(over.days, operational, strict=True)
    ]
    listed = [
        (one, row)
        for one, of_day in zip(over.days, operational, strict=True)
        for row in of_day.rows
        if row.side != "both"
    ]
    rows = []
    for one, row in listed[:MOST_BESIDE]:
        ours = clock(row.ours_s)
        href = f"{links[one.name]}#alert={row.number}" if row.number and one.name in links else ""
        moved = f"{number(row.moved_s, signed=True)} s" if row.side == "moved" else ""
        rows.append(
            (
                Cell(row.side if row.side != "moved" else f"ours {moved}"),
                Cell(one.name),
                Cell(row.net, net=row.net),
                Cell(row.callsign),
                Cell(row.area or DASH),
                Cell(clock(row.theirs_s)),
                Cell(ours, href),
                Cell(nuisance_word(row.category)),
            )
        )
    unmatched: dict[str, int] = {}
    for of_day in operational:
        for reason, count in of_day.unmatched.items():
            unmatched[reason] = unmatched.get(reason, 0) + count
    says = [
        "An alert is the same where net, group of areas and aircraft agree and the two overlap in time; it has moved "
        "where the starts differ by more than 1 s, for a message is sent some time after its plot."
    ]
    says += [
        f"{plural(count, 'alert')} of theirs {reason}: not compared." for reason, count in sorted(unmatched.items())
    ]
    if outside:
        says.append(f"{plural(outside, 'alert')} of theirs at times of which there is no run: not compared.")
    list_heads = word_heads("Which", "Run", "Net", "Flight", "Place", "Theirs, UTC", "Ours, UTC", "Ours is")
    tables = (
        Table(key="beside", title="Ours and theirs", heads=heads, rows=tuple(counts)),
        Table(
            key="beside-days",
            title="Ours and theirs, day by day",
            heads=(("Run", False), *heads[1:]),
            rows=tuple(by_day),
        ),
        Table(
            key="differences",
            title="Alerts that differ",
            heads=list_heads,
            rows=tuple(rows),
            left_out=max(len(listed) - MOST_BESIDE, 0),
        ),
    )
    return Section(key="operational", title="Beside the operational system", says=tuple(says), tables=tables)


def tried(over: OverTime, shadow: Sequence[ShadowDay], links: Mapping[str, str]) -> Section:
    """What other parameter sets would remove, and which alert which set."""
    names = [one.name for one in shadow[0].tried]
    labelled = any(one.category is not None for one in over.days)
    removed_by: dict[tuple[int, int], set[str]] = {}
    rows = []
    for place, name in enumerate(names):
        sets = [(over.days[one.number], one.number, one.tried[place]) for one in shadow]
        removed = nuisance = wanted = gained = gained_nuisance = moved = lost = 0
        for of_day, at, tried in sets:
            said = dict(zip((alert.alert_id for alert in of_day.alerts), of_day.nuisance, strict=True))
            removed += len(tried.removed)
            nuisance += sum(said[alert] is True for alert in tried.removed)
            wanted += sum(said[alert] is False for alert in tried.removed)
            gained += len(tried.gained)
            gained_nuisance += sum(is_nuisance(each) is True for each in tried.gained_category or ())
            moved += len(tried.moved)
            lost += len(tried.necessary_lost)
            for alert in tried.removed:
                removed_by.setdefault((at, alert), set()).add(name)
        total = sum(len(one.alerts) for one in over.days)
        total_nuisance = sum(each is True for one in over.days for each in one.nuisance)
        cells = [Cell(name), Cell(f"{number(removed)} of {number(total)}")]
        if labelled:
            cells += [Cell(f"{number(nuisance)} of {number(total_nuisance)}"), Cell(number(wanted)), Cell(number(lost))]
        cells += [Cell(number(gained))]
        if labelled:
            cells += [Cell(number(gained_nuisance))]
        rows.append((*cells, Cell(number(moved))))
    heads = [*word_heads("Parameter set"), *number_heads("Alerts removed")]
    if labelled:
        heads += [*number_heads("Nuisance removed", "Wanted alerts removed", "Necessary situations without alert now")]
    heads += [("Gained", True)]
    if labelled:
        heads += [("of them nuisance", True)]
    heads += [("Moved in time", True)]
    numbers = {
        (at, alert.alert_id): (alert, said)
        for at, one in enumerate(over.days)
        for alert, said in zip(one.alerts, one.nuisance, strict=True)
    }
    keys = sorted(removed_by, key=lambda key: (numbers[key][1] is False, key))
    listed = [
        (
            Cell(over.days[at].name),
            replay_cell(over.days[at], numbers[at, alert][0], links),
            Cell(numbers[at, alert][0].callsign or f"track {numbers[at, alert][0].track}"),
            Cell(numbers[at, alert][0].net, net=numbers[at, alert][0].net),
            Cell(numbers[at, alert][0].area or DASH),
            *([Cell(said_word(numbers[at, alert][1]))] if labelled else []),
            *(Cell("removed" if name in removed_by[at, alert] else "kept") for name in names),
        )
        for at, alert in keys[:MOST_BESIDE]
    ]
    of_alerts = [*word_heads("Run", "Replay", "Flight", "Net", "Place")]
    of_alerts += [("It is", False)] if labelled else []
    of_alerts += [(name, False) for name in names]
    says = ["Each set was tried on the traffic of the days, with all else as in their runs."]
    if not labelled:
        says.append("Without labels it is not known which of the alerts removed are a nuisance.")
    tables = [Table(key="tried", title="Other parameter sets", heads=tuple(heads), rows=tuple(rows))]
    if listed:
        tables.append(
            Table(
                key="removed",
                title="Which alert which set removes",
                heads=tuple(of_alerts),
                rows=tuple(listed),
                left_out=max(len(keys) - MOST_BESIDE, 0),
            )
        )
    return Section(key="tried", title="What other parameter sets would remove", says=tuple(says), tables=tuple(tables))
