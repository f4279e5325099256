"""The sections about many days: rates, changes, hot spots, repeat flights, tables, and the days themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safetynets.evaluation.monitoring.change_points import LEAST_DAYS, ORDERS, SIGNIFICANT
from safetynets.evaluation.monitoring.hot_spots import RADIUS_NM
from safetynets.evaluation.monitoring.over_time import BeforeAfter, DatedChange, OverTime, Row
from safetynets.reports.formats import DASH, day, number, utc
from safetynets.reports.monitoring.parts import (
    UNKNOWN,
    Cell,
    Section,
    Table,
    counts_words,
    dated,
    made_words,
    number_heads,
    plural,
    rate_words,
    ratio_words,
    replay_cell,
    share_words,
    spot_name,
    word_heads,
)

MOST_ROWS = 20
"""So many rows of a table are listed; the others are counted."""


def rates(over: OverTime) -> Section:
    """Rates of each net, and alerts by week."""
    rows = []
    labelled = any(one.what == "nuisance" for one in over.series)
    for series in over.series:
        if series.what != "alerts":
            continue
        nuisance = over.of(series.net, "nuisance")
        rows.append(
            (
                Cell(series.net or "all nets", net=series.net),
                Cell(number(series.count.sum())),
                Cell(number(series.flights.sum())),
                Cell(rate_words(series.total)),
                *(
                    []
                    if not labelled
                    else [_nuisance_cell(over, series.net), Cell(rate_words(nuisance.total) if nuisance else DASH)]
                ),
                Cell(number(series.chart.beyond.sum())),
                Cell(number(series.over, 1)),
            )
        )
    heads = [*word_heads("Net"), *number_heads("Alerts shown", "Flights alerted", "Alerts per 1,000 flights")]
    if labelled:
        heads += [*number_heads("Nuisance share", "Nuisance per 1,000 flights")]
    heads += [*number_heads("Days beyond limits", "Dispersion")]
    says = (
        "The limits are those of a Laney u′-chart: three standard deviations of a count, widened by how much the days "
        "vary of themselves, with a new centre line from each change of parameters on. A square marks a day beyond a "
        "limit, and eight days or more in a row on one side of the centre line. With fewer than five alerts expected a "
        "day the limits are rough.",
    )
    caption = (
        "In brackets 95 % intervals: of rates those of a Poisson count (Garwood 1936) with the dispersion of the days "
        "(1: as counts do), of shares Wilson's."
    )
    table = Table(key="rates", title="Rates", heads=tuple(heads), rows=tuple(rows), caption=caption)
    return Section(key="rates", title="Alerts over time", says=says, tables=(table, _weeks(over)))


def _nuisance_cell(over: OverTime, net: str) -> Cell:
    said = [
        nuisance
        for one in over.days
        for alert, nuisance in zip(one.alerts, one.nuisance, strict=True)
        if nuisance is not None and net in ("", alert.net)
    ]
    return Cell(share_words(sum(said), len(said)))


def _weeks(over: OverTime) -> Table:
    return _table_of("week", "By week", ("Week",), over.tables["week"], over, most=60)


def changes(over: OverTime) -> Section:
    """Changes of rates that were found, and what became of each change of parameters."""
    found = [
        (
            Cell(f"{series.net or 'all nets'}{', nuisance' if series.what == 'nuisance' else ''}", net=series.net),
            Cell(dated(over.days[change.day], change.day)),
            Cell(_span(over, change)),
            Cell(f"{change.found.p:.4f}"),
            Cell(rate_words(change.before)),
            Cell(rate_words(change.after)),
            Cell(ratio_words(change.ratio)),
            Cell(made_words(change.parameters) if change.parameters else "nothing that was recorded"),
        )
        for series in over.series
        for change in series.changes or ()
    ]
    tables = []
    if found:
        heads = (
            *word_heads("Net", "Changed on", "By the rates alone"),
            *number_heads("p", "Before, per 1,000", "After, per 1,000", "Ratio"),
            *word_heads("Changed then"),
        )
        tables.append(Table(key="found", title="Changes found", heads=heads, rows=tuple(found)))
    if over.before_after:
        of_changes = (
            *word_heads("Changed", "What", "Net", "Counted"),
            *number_heads("Days", "Before, per 1,000", "After, per 1,000", "Ratio"),
        )
        rows = tuple(_before_after_row(over, one) for one in over.before_after)
        caption = (
            "Alerts per 1,000 flights from the change before to this one, and from this one to the next; the ratio "
            "with the exact interval of two Poisson counts (Clopper and Pearson 1934). An interval that holds 1 shows "
            "no difference."
        )
        tables.append(
            Table(
                key="before-after",
                title="Before and after each change of parameters",
                heads=of_changes,
                rows=rows,
                caption=caption,
            )
        )
    says = [
        f"{plural(over.searched, 'series')} of flights alerted by day {'was' if over.searched == 1 else 'were'} "
        f"searched. A change is named where fewer than 1 in {number(1 / SIGNIFICANT)} of {number(ORDERS)} random "
        f"orders of the days show one as great: expect {over.searched * SIGNIFICANT:.2g} false ones."
    ]
    if not over.searched:
        says = [f"With fewer than {LEAST_DAYS} days no change is searched for."]
    if not over.parameter_changes:
        says.append("No parameter was changed on these days.")
    return Section(key="changes", title="What changed", says=tuple(says), tables=tuple(tables))


def _span(over: OverTime, change: DatedChange) -> str:
    found = change.found
    first, last, likeliest = (f"{utc(over.days[at].first_s):%Y-%m-%d}" for at in (found.first, found.last, found.day))
    span = first if first == last else f"{first} to {last}"
    return span if found.day == change.day else f"{span}, likeliest {likeliest}"


def _before_after_row(over: OverTime, one: BeforeAfter) -> tuple[Cell, ...]:
    return (
        Cell(dated(over.days[one.change.day], one.change.day)),
        Cell(made_words(one.change)),
        Cell(one.net or "all nets", net=one.net),
        Cell(one.what),
        Cell(f"{one.days[0]} and {one.days[1]}"),
        Cell(rate_words(one.before)),
        Cell(rate_words(one.after)),
        Cell(ratio_words(one.ratio)),
    )


def hot_spots(over: OverTime, links: Mapping[str, str]) -> Section:
    """Where alerts gather, on the map and by name."""
    heads = [
        *number_heads("No."),
        *word_heads("Place", "Nets"),
        *number_heads("Flights alerted", "Days", "Flights there", "Alerted per 1,000 of these"),
        *word_heads("Most at", "Replay"),
    ]
    labelled = any(one.category is not None for one in over.days)
    if labelled:
        heads.insert(7, ("Nuisance", True))
    rows = []
    for place, spot in enumerate(over.hot_spots, 1):
        number_of_day, last = spot.members[-1]
        cells = [
            Cell(str(place)),
            Cell(spot_name(spot)),
            Cell(counts_words(spot.nets)),
            Cell(number(spot.flights)),
            Cell(number(spot.days)),
            Cell(number(spot.through) if spot.through else UNKNOWN),
            Cell(rate_words(spot.share) if spot.through else DASH),
            Cell(f"{spot.hour:02d} UTC"),
            replay_cell(over.days[number_of_day], last, links),
        ]
        if labelled:
            cells.insert(7, Cell(f"{number(spot.nuisance)} of {number(spot.labelled)}"))
        rows.append(tuple(cells))
    says = [
        f"Circles of {RADIUS_NM:g} NM radius in which most flights were alerted, by where alerts started; no alert "
        "counts twice. The share of the flights that were in the circle says whether a place is more than busy."
    ]
    if not rows:
        says.append("No place has alerts of three flights.")
    table = Table(key="hot-spots", title="Hot spots", heads=tuple(heads), rows=tuple(rows))
    places = _table_of("place", "By net and place", ("Net", "Place"), over.tables["place"], over)
    return Section(
        key="hot-spots", title="Hot spots", says=tuple(says), tables=((table, places) if rows else (places,))
    )


def repeat(over: OverTime, links: Mapping[str, str]) -> Section:
    """Call signs with alerts on several days."""
    rows = tuple(
        (
            Cell(one.callsign),
            Cell(f"{one.days_alerted} of {one.days_flown}"),
            Cell(number(one.alerts)),
            Cell(counts_words(one.nets)),
            Cell(counts_words(one.places)),
            replay_cell(over.days[one.last[0]], one.last[1], links),
        )
        for one in over.repeat_flights[:MOST_ROWS]
    )
    heads = (
        *word_heads("Call sign"),
        *number_heads("Days alerted, of days flown", "Alerts"),
        *word_heads("Nets", "Places", "Last"),
    )
    table = Table(
        key="repeat",
        title="Repeat flights",
        heads=heads,
        rows=rows,
        left_out=max(len(over.repeat_flights) - MOST_ROWS, 0),
    )
    says = () if rows else ("No call sign had alerts on two days.",)
    return Section(key="repeat", title="Repeat flights", says=says, tables=(table,) if rows else ())


def breakdown(over: OverTime) -> Section:
    """Alerts by runway, hour, type, wake and operator."""
    wanted = (
        ("runway", "By runway", ("Approach named",)),
        ("hour", "By hour of the day (UTC)", ("Hour",)),
        ("type", "By aircraft type", ("Type",)),
        ("wake", "By wake turbulence category", ("Wake",)),
        ("operator", "By operator (ICAO designator in the call sign)", ("Operator",)),
    )
    tables = tuple(_table_of(key, title, names, over.tables[key], over, most=24) for key, title, names in wanted)
    return Section(key="breakdown", title="By runway, hour, type, wake and operator", tables=tables)


def _table_of(
    key: str, title: str, names: tuple[str, ...], rows: Sequence[Row], over: OverTime, most: int = MOST_ROWS
) -> Table:
    labelled = any(one.category is not None for one in over.days)
    every = key in ("hour", "week")
    listed = [row for row in rows if every or row.alerts]
    heads = [*((name, False) for name in names), ("Alerts", True), ("Flights alerted", True)]
    known = any(row.flights for row in rows)
    if known:
        heads += [*number_heads("Flights", "Alerted per 1,000")]
    if labelled:
        heads.append(("Nuisance", True))
    told = []
    for row in listed[:most]:
        cells = [Cell(text or _unknown(key), net=text if names[at] == "Net" else "") for at, text in enumerate(row.key)]
        cells += [Cell(number(row.alerts)), Cell(number(row.alerted))]
        if known:
            cells += [
                Cell(number(row.flights) if row.flights else UNKNOWN),
                Cell(rate_words(row.share) if row.flights else DASH),
            ]
        if labelled:
            cells.append(Cell(f"{number(row.nuisance)} of {number(row.labelled)}"))
        told.append(tuple(cells))
    return Table(key=key, title=title, heads=tuple(heads), rows=tuple(told), left_out=max(len(listed) - most, 0))


def _unknown(key: str) -> str:
    return {"runway": "names no approach", "operator": "no designator"}.get(key, UNKNOWN)


def by_day(over: OverTime, links: Mapping[str, str]) -> Section:
    """A line a day."""
    series = over.series[0]
    rows = []
    for place, one in enumerate(over.days):
        nets: dict[str, int] = {}
        for alert in one.alerts:
            nets[alert.net] = nets.get(alert.net, 0) + 1
        said = [each for each in one.nuisance if each is not None]
        signal = "beyond" if series.chart.beyond[place] else "run of 8" if series.chart.in_run[place] else ""
        never = sum(each is False for each in one.actual)
        rows.append(
            (
                Cell(str(place + 1)),
                Cell(one.name, links.get(one.name, "")),
                Cell(day(one.first_s)),
                Cell(number(one.flights.count)),
                Cell(number(len(one.alerts))),
                Cell(number(series.chart.rate[place], 1)),
                Cell(signal),
                Cell(counts_words(nets) if nets else "none"),
                Cell(number(never) if None not in one.actual else DASH),
                Cell(f"{number(sum(said))} of {number(len(said))}" if one.category is not None else "no labels"),
                Cell(number(one.hidden)),
            )
        )
    heads = (
        *number_heads("Day"),
        *word_heads("Run", "Date"),
        *number_heads("Flights", "Alerts", "Per 1,000"),
        *word_heads("Signal", "By net"),
        *number_heads("Never actual", "Nuisance", "Not shown"),
    )
    table = Table(key="days", title="Day by day", heads=heads, rows=tuple(rows))
    return Section(key="days", title="Day by day", tables=(table,))
