"""`over_time`: the alerts of many days as rates, changes, hot spots, repeat flights and tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.net import nets
from safetynets.evaluation.monitoring.change_points import LEAST_DAYS, ChangePoint, change_points
from safetynets.evaluation.monitoring.control_chart import ControlChart, control_chart
from safetynets.evaluation.monitoring.hot_spots import HotSpot, Through, hot_spots
from safetynets.evaluation.monitoring.parameter_changes import ParameterChange, parameter_changes
from safetynets.evaluation.monitoring.rates import (
    Rate,
    dispersion,
    rate,
    ratio,
    ratio_with_wrong_labels,
    share,
    with_wrong_labels,
)
from safetynets.evaluation.monitoring.run_day import RunDay
from safetynets.units import S_PER_H

Floats = NDArray[np.float64]
What = Literal["alerts", "nuisance"]

PER = 1000.0
"""Number of flights that a rate is given for."""


@dataclass(frozen=True, kw_only=True)
class DatedChange:
    """A change of a rate, and what was changed on these days.

    Attributes
    ----------
    day
        Number of the day that the change is dated to: that of the change of parameters, else the likeliest.
    found
        The likeliest day by the rates alone, and how sure that is.
    before, after, ratio
        The rate of flights alerted before that day and from it on, and the one over the other, each with its 95 %
        interval.
    parameters
        The change of parameters on one of the days on which the rate may have changed and that concerns the net; the
        one nearest to the likeliest day. None where there is none.
    """

    day: int
    found: ChangePoint
    before: Rate
    after: Rate
    ratio: Rate
    parameters: ParameterChange | None


@dataclass(frozen=True, eq=False, kw_only=True)
class Series:
    """The alerts of a net (empty: of all) day by day.

    Attributes
    ----------
    net, what
        Which alerts are counted: all that were shown, or those that are a nuisance by the labels.
    count, flights
        Alerts, and flights with at least one.
    alerts
        All alerts of the days that are counted, of which `count` are a nuisance; the same where all are counted.
    amount
        Thousands of flights seen; 0 for a day that is not counted, because it has no labels.
    over
        How much more the days vary than counts do.
    total
        Alerts for each 1,000 flights over all days, with the 95 % interval.
    chart
        Alerts for each 1,000 flights, with limits.
    changes
        When the rate of flights alerted changed; None where the days are too few to tell.
    """

    net: str
    what: What
    count: Floats
    flights: Floats
    alerts: Floats
    amount: Floats
    over: float
    total: Rate
    chart: ControlChart
    changes: tuple[DatedChange, ...] | None


@dataclass(frozen=True, kw_only=True)
class BeforeAfter:
    """What became of the alerts of a net when parameters changed: counts, traffic, rates, and their ratio."""

    change: ParameterChange
    net: str
    what: What
    days: tuple[int, int]
    before: Rate
    after: Rate
    ratio: Rate


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table: what it is about, its alerts and flights, and the rate.

    `flights` is how many flights there were at all, 0 where that is not known; `nuisance` of `labelled` alerts are a
    nuisance.
    """

    key: tuple[str, ...]
    alerts: int
    alerted: int
    flights: int
    share: Rate
    nuisance: int
    labelled: int


@dataclass(frozen=True, kw_only=True)
class RepeatFlight:
    """A call sign with alerts on several days."""

    callsign: str
    days_alerted: int
    days_flown: int
    alerts: int
    nets: Mapping[str, int]
    places: Mapping[str, int]
    last: tuple[int, Alert]


@dataclass(frozen=True, eq=False, kw_only=True)
class OverTime:
    """What many days of runs come to.

    Attributes
    ----------
    days
        In the order of time.
    series
        All nets together first, then each net that was run; alerts, then nuisance where there are labels.
    parameter_changes, before_after
        What was changed, and what became of the alerts.
    hot_spots, repeat_flights
        Where, and who.
    tables
        By name of what they are by.
    labels_wrong_share
        Up to this share of the labels may be wrong; the intervals of the rates of nuisance hold it.
    """

    days: tuple[RunDay, ...]
    series: tuple[Series, ...]
    parameter_changes: tuple[ParameterChange, ...]
    before_after: tuple[BeforeAfter, ...]
    hot_spots: tuple[HotSpot, ...]
    repeat_flights: tuple[RepeatFlight, ...]
    tables: Mapping[str, tuple[Row, ...]]
    labels_wrong_share: float = 0.0

    @property
    def searched(self) -> int:
        """How many series with an alert were searched for changes."""
        return sum(one.changes is not None and bool(one.count.any()) for one in self.series)

    def of(self, net: str, what: What = "alerts") -> Series | None:
        """The series of a net, if there is one."""
        return next((one for one in self.series if (one.net, one.what) == (net, what)), None)


def over_time(days: Sequence[RunDay], through: Through | None = None, labels_wrong_share: float = 0.0) -> OverTime:
    """The alerts of days, which are in the order of time, as rates, changes, hot spots, repeat flights and tables.

    Up to `labels_wrong_share` of the labels may be wrong: the intervals of the rates of nuisance are as wide.
    """
    days = tuple(days)
    changes = parameter_changes(days)
    ran = [net.name for net in nets() if any(net.name in day.not_assessable for day in days)]
    ran += sorted({alert.net for day in days for alert in day.alerts} - set(ran))
    kinds: list[What] = ["alerts", *(["nuisance"] if any(day.category is not None for day in days) else [])]  # type: ignore[list-item]
    series = tuple(
        _series(days, net, what, changes, labels_wrong_share if what == "nuisance" else 0.0)
        for what in kinds
        for net in ("", *ran)
    )
    return OverTime(
        days=days,
        series=series,
        parameter_changes=changes,
        before_after=tuple(_before_after(series, changes, labels_wrong_share)),
        hot_spots=hot_spots(days, through),
        repeat_flights=repeat_flights(days),
        tables=tables(days),
        labels_wrong_share=labels_wrong_share,
    )


def _series(
    days: Sequence[RunDay], net: str, what: What, parameters: Sequence[ParameterChange], wrong: float
) -> Series:
    count, flights, alerts, alerted, amount = (np.zeros(len(days)) for _ in range(5))
    for number, day in enumerate(days):
        if what == "nuisance" and day.category is None:
            continue
        of_net = [each for each in zip(day.alerts, day.nuisance, strict=True) if net in ("", each[0].net)]
        counted = [alert for alert, nuisance in of_net if what == "alerts" or nuisance]
        count[number], flights[number] = len(counted), len({alert.track for alert in counted})
        alerts[number], alerted[number] = len(of_net), len({alert.track for alert, _ in of_net})
        amount[number] = day.flights.count / PER
    stages = [change.day for change in parameters if change.concerns(net)]
    over = dispersion(count, amount, stages)
    dated = None
    if (amount > 0).sum() >= LEAST_DAYS:
        rows = np.flatnonzero(amount > 0)
        of_flights = dispersion(flights, amount, stages)
        dated = tuple(
            _dated(each, (flights[rows], alerted[rows], amount[rows]), rows, net, parameters, of_flights, wrong)
            for each in change_points(flights[rows], amount[rows])
        )
    return Series(
        net=net,
        what=what,
        count=count,
        flights=flights,
        alerts=alerts,
        amount=amount,
        over=over,
        total=_rate(count.sum(), alerts.sum(), amount.sum(), over, wrong),
        chart=control_chart(count, amount, stages),
        changes=dated,
    )


def _rate(count: float, alerts: float, amount: float, over: float, wrong: float) -> Rate:
    """The rate of `count` alerts with its interval, when up to a share `wrong` of them is mislabelled."""
    return with_wrong_labels(rate(count, amount, over), alerts / amount if amount else 0.0, wrong)


def _before_and_after(
    counts: tuple[Floats, Floats, Floats], sides: tuple[slice, slice], over: float, wrong: float
) -> tuple[Rate, Rate, Rate]:
    """The rates of two stretches of days and their ratio, from what is counted, of how much, and the traffic."""
    (was, of_was, amount_before), (now, of_now, amount_after) = (
        [float(each[rows].sum()) for each in counts] for rows in sides
    )
    before, after = _rate(was, of_was, amount_before, over, wrong), _rate(now, of_now, amount_after, over, wrong)
    plain = ratio((was, amount_before), (now, amount_after), over)
    per = of_was / amount_before if amount_before else 0.0, of_now / amount_after if amount_after else 0.0
    return before, after, ratio_with_wrong_labels(plain, before, after, per, wrong)


def _dated(
    found: ChangePoint,
    counts: tuple[Floats, Floats, Floats],
    rows: NDArray[np.intp],
    net: str,
    parameters: Sequence[ParameterChange],
    over: float,
    wrong: float,
) -> DatedChange:
    """A change among the counted days, whose numbers among all are `rows`, with what was changed then.

    `counts` are the flights counted, the flights alerted and the traffic of these days.
    """
    told = ChangePoint(
        day=int(rows[found.day]),
        first=int(rows[found.first]),
        last=int(rows[found.last]),
        p=found.p,
        begin=int(rows[found.begin]),
        end=int(rows[found.end - 1]) + 1,
    )
    near = [one for one in parameters if one.concerns(net) and told.first <= one.day <= told.last]
    made = min(near, key=lambda one: abs(one.day - told.day), default=None)
    day = told.day if made is None else made.day
    at = int(np.searchsorted(rows, day))
    sides = slice(found.begin, at), slice(at, found.end)
    before, after, times = _before_and_after(counts, sides, over, wrong)
    return DatedChange(
        day=day,
        found=told,
        before=before,
        after=after,
        ratio=times,
        parameters=made,
    )


def _before_after(series: Sequence[Series], changes: Sequence[ParameterChange], wrong: float) -> Iterator[BeforeAfter]:
    """For each change of parameters the series that it concerns, from the change before it to the one after."""
    for place, change in enumerate(changes):
        begin = changes[place - 1].day if place else 0
        for one in series:
            if not change.concerns(one.net):
                continue
            end = changes[place + 1].day if place + 1 < len(changes) else len(one.count)
            before, after, times = _before_and_after(
                (one.count, one.alerts, one.amount),
                (slice(begin, change.day), slice(change.day, end)),
                one.over,
                wrong if one.what == "nuisance" else 0.0,
            )
            yield BeforeAfter(
                change=change,
                net=one.net,
                what=one.what,
                days=(change.day - begin, end - change.day),
                before=before,
                after=after,
                ratio=times,
            )


def repeat_flights(days: Sequence[RunDay]) -> tuple[RepeatFlight, ...]:
    """The call signs with alerts on two days or more, those with most days first."""
    alerts: dict[str, list[tuple[int, Alert]]] = defaultdict(list)
    for number, day in enumerate(days):
        for alert in day.alerts:
            if alert.callsign:
                alerts[alert.callsign].append((number, alert))
    flown = Counter(name for day in days for name in set(day.flights.callsign[day.flights.seen].tolist()))
    found = [
        RepeatFlight(
            callsign=callsign,
            days_alerted=len({number for number, _ in of_flight}),
            days_flown=flown[callsign],
            alerts=len(of_flight),
            nets=dict(Counter(alert.net for _, alert in of_flight).most_common()),
            places=dict(Counter(alert.area or alert.group for _, alert in of_flight).most_common()),
            last=of_flight[-1],
        )
        for callsign, of_flight in alerts.items()
        if len({number for number, _ in of_flight}) > 1
    ]
    return tuple(sorted(found, key=lambda one: (-one.days_alerted, -one.alerts, one.callsign)))


def tables(days: Sequence[RunDay]) -> dict[str, tuple[Row, ...]]:
    """The alerts by net and place, runway, hour, type, wake, operator and week: most flights first, times in order.

    A runway is the approach that an alert names; its flights are the approaches flown on it. The flights of an hour are
    those seen in it.
    """
    paths = {name for day in days for name in day.approaches}
    approaches: Counter[Hashable] = Counter()
    hours: Counter[Hashable] = Counter()
    seen: dict[str, Counter[Hashable]] = {name: Counter() for name in ("type", "wake", "operator")}
    weeks: Counter[Hashable] = Counter()
    for day in days:
        approaches.update({(name,): count for name, count in day.approaches.items()})
        hours.update({(f"{hour:02d}",): int(count) for hour, count in enumerate(day.flights.seen_in_hour.sum(axis=0))})
        for name, column in _facts(day):
            seen[name].update((value,) for value in column[day.flights.seen].tolist())
        weeks[(week_of(day),)] += day.flights.count
    facts = {name: [dict(_facts(day))[name] for day in days] for name in seen}
    by: dict[str, tuple[Callable[[int, Alert], tuple[str, ...]], Counter[Hashable]]] = {
        "place": (lambda _, alert: (alert.net, alert.area or alert.group), Counter()),
        "runway": (lambda _, alert: (alert.area if alert.area in paths else "",), approaches),
        "hour": (lambda _, alert: (f"{int(alert.start_time_s // S_PER_H) % 24:02d}",), hours),
        **{name: (_of_flight(facts[name]), seen[name]) for name in seen},
        "week": (lambda number, _: (week_of(days[number]),), weeks),
    }
    found = {name: _rows(days, key, flights) for name, (key, flights) in by.items()}
    for name in ("hour", "week"):
        found[name] = tuple(sorted(found[name], key=lambda row: row.key))
    return found


def _facts(day: RunDay) -> tuple[tuple[str, NDArray[np.object_]], ...]:
    return (
        ("type", day.flights.aircraft_type),
        ("wake", day.flights.wake),
        ("operator", day.flights.operator),
    )


def _of_flight(columns: Sequence[NDArray[np.object_]]) -> Callable[[int, Alert], tuple[str, ...]]:
    return lambda number, alert: (str(columns[number][alert.track]),)


def week_of(day: RunDay) -> str:
    """The ISO week in which a day begins, such as "2024-W03"."""
    year, week, _ = datetime.fromtimestamp(day.first_s, UTC).isocalendar()
    return f"{year}-W{week:02d}"


def _rows(
    days: Sequence[RunDay], key_of: Callable[[int, Alert], tuple[str, ...]], flights: Mapping[Any, int]
) -> tuple[Row, ...]:
    alerts: Counter[tuple[str, ...]] = Counter()
    alerted: dict[tuple[str, ...], set[tuple[int, int]]] = defaultdict(set)
    nuisance: Counter[tuple[str, ...]] = Counter()
    labelled: Counter[tuple[str, ...]] = Counter()
    for number, day in enumerate(days):
        for alert, said in zip(day.alerts, day.nuisance, strict=True):
            key = key_of(number, alert)
            alerts[key] += 1
            alerted[key].add((number, alert.track))
            nuisance[key] += said is True
            labelled[key] += said is not None
    keys = [*alerts, *(key for key, count in flights.items() if count and key not in alerts)]
    rows = [
        Row(
            key=key,
            alerts=alerts[key],
            alerted=len(alerted[key]),
            flights=flights.get(key, 0),
            share=share(len(alerted[key]), flights.get(key, 0)),
            nuisance=nuisance[key],
            labelled=labelled[key],
        )
        for key in keys
    ]
    return tuple(sorted(rows, key=lambda row: (-row.alerted, -row.alerts, row.key)))
