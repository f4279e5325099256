"""What came of many days, in sentences: the verdict, what was found, and what is not known."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from safetynets.evaluation.monitoring.change_points import LEAST_DAYS
from safetynets.evaluation.monitoring.over_time import DatedChange, OverTime, Series
from safetynets.evaluation.monitoring.shadow import OperationalDay, counted
from safetynets.reports.formats import day, number, percent
from safetynets.reports.monitoring.parts import (
    dated,
    made_words,
    of_through,
    plural,
    rate_words,
    ratio_words,
    spot_name,
)


def verdict(over: OverTime) -> str:
    """How many alerts there were, in one sentence."""
    everything = over.series[0]
    flights = sum(one.flights.count for one in over.days)
    alerts = int(everything.count.sum())
    if not alerts:
        return f"{plural(len(over.days), 'day')}, {plural(flights, 'flight')}: no alert was shown."
    by_net = [(one.net, int(one.count.sum())) for one in over.series if one.net and one.what == "alerts"]
    named = ", ".join(f"{number(count)} {net}" for net, count in sorted(by_net, key=lambda each: -each[1]) if count)
    return (
        f"{plural(len(over.days), 'day')}, {plural(flights, 'flight')}: {plural(alerts, 'alert')} shown ({named}) on "
        f"{plural(int(everything.flights.sum()), 'flight')}; {rate_words(everything.total)} alerts per 1,000 flights."
    )


def findings(over: OverTime, operational: Sequence[OperationalDay]) -> list[str]:
    """Changes of rates and of parameters, the first hot spot, the most frequent flight, the other system."""
    said = []
    for series in sorted(over.series, key=lambda one: not one.net):
        for change in series.changes or ():
            said.append(change_sentence(over, series, change))
    if not said:
        if over.searched:
            said.append(f"No change of a rate was found in {plural(over.searched, 'series')}.")
        else:
            said.append(f"Fewer than {LEAST_DAYS} days: too few to tell a change of the rate from chance.")
    explained = {id(change.parameters) for one in over.series for change in one.changes or ()}
    for made in over.parameter_changes:
        if id(made) not in explained:
            said.append(
                f"On {dated(over.days[made.day], made.day)} {made_words(made)}: no rate was found to change then."
            )
    if over.hot_spots:
        first = over.hot_spots[0]
        said.append(
            f"First hot spot: {spot_name(first)}, {plural(first.flights, 'flight')} alerted on "
            f"{plural(first.days, 'day')}{of_through(first)}."
        )
    if over.repeat_flights:
        one = over.repeat_flights[0]
        said.append(
            f"{plural(len(over.repeat_flights), 'call sign')} had alerts on two days or more; {one.callsign} most "
            f"often, on {one.days_alerted} of the {one.days_flown} days on which it flew."
        )
    if operational:
        of_all = counted(operational)[""]
        said.append(
            f"Beside the operational system: {number(of_all['both'] + of_all['moved'])} alerts of both "
            f"({number(of_all['moved'])} of them at another time), {number(of_all['only ours'])} only ours, "
            f"{number(of_all['only theirs'])} only theirs."
        )
    return said


def change_sentence(over: OverTime, series: Series, change: DatedChange) -> str:
    """When a rate changed, how sure that is, by how much, and what was changed then."""
    found = change.found
    name = series.net or "All nets"
    what = "flights alerted" if series.what == "alerts" else "flights with a nuisance alert"
    if found.first == found.last:
        span = "that day with 95 %"
    else:
        span = f"between {day(over.days[found.first].first_s)} and {day(over.days[found.last].first_s)} with 95 %"
    if found.day != change.day:
        span = f"{span}, likeliest on {day(over.days[found.day].first_s)}"
    when = "" if change.parameters is None else f", when {made_words(change.parameters)}"
    cause = " No parameter of it was changed on these days: look for another cause." if not when else ""
    return (
        f"{name}: the rate changed on {dated(over.days[change.day], change.day)}{when} (by the rates alone {span}; "
        f"p = {found.p:.4f}), from {rate_words(change.before)} to {rate_words(change.after)} {what} per 1,000, "
        f"{ratio_words(change.ratio)}.{cause}"
    )


def limits(over: OverTime, problems: Sequence[str], *, has_map: bool = True) -> list[str]:
    """Days left out, where the labels are from, and what could not be judged."""
    said = [f"Left out: {problem}" for problem in problems]
    if not has_map:
        said.append("The site is not a shipped one: give it with --site to have the map.")
    for problem, count in Counter(one.label_problem for one in over.days if one.label_problem).items():
        said.append(f"{plural(count, 'day')} without the labels that were asked for: {problem}.")
    labelled = [one for one in over.days if one.category is not None]
    if not labelled:
        said.append(
            "No labels: alerts are counted, and nothing is said of nuisance. Give labels with --labels "
            "(docs: labels), or let the rules decide with --labels rules."
        )
    else:
        sources = sorted({one.label_source for one in labelled})
        some = (
            ""
            if len(labelled) == len(over.days)
            else f" {number(len(labelled))} of {number(len(over.days))} days only;"
        )
        wrong = f" Up to {100 * over.labels_wrong_share:g}\u00a0% of the labels may be wrong, and the intervals of the "
        wrong += "rates of nuisance hold it."
        said.append(f"Nuisance is counted by{some} {'; '.join(sources)}.{wrong if over.labels_wrong_share else ''}")
    for net in dict.fromkeys(net for one in over.days for net in one.not_assessable):
        shares = [one.not_assessable[net] for one in over.days if net in one.not_assessable]
        worst = max((each for each in shares if math.isfinite(each)), default=0.0)
        if worst >= 0.05:
            said.append(
                f"{net} could not judge up to {percent(worst)} of the plots of a day: silence there means nothing."
            )
    return said
