"""From the changes of single days to a `Comparison`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from safetynets.engine.net import nets
from safetynets.evaluation.comparison.comparison import ChangedAlert, Comparison
from safetynets.evaluation.comparison.day import DayChanges
from safetynets.evaluation.comparison.sentence import caveats, sentence
from safetynets.evaluation.metrics import BUDGET, NeededTimes, Scores
from safetynets.evaluation.metrics.scores import widen_for_wrong_labels
from safetynets.evaluation.parameter_sets import ITEMS, Address, present_at
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import parameter_models

__all__ = ["different_values"]


def together(
    days: Sequence[DayChanges],
    changed: Sequence[ChangedAlert],
    *,
    names: tuple[str, str],
    values: Mapping[str, tuple[Any, Any]],
    traffic: Sequence[Mapping[str, Any]],
    needed: NeededTimes = BUDGET,
    labels_wrong_share: float = 0.0,
) -> Comparison:
    """The comparison of all days; `changed` are the alerts of all of them, explained as far as they are.

    The intervals of the shares that rest on labels hold that up to `labels_wrong_share` of these are wrong.
    """
    told = [net for net in nets() if net.name in days[0].counts]
    before = Scores.of_days([day.before for day in days]).row(told)
    after = Scores.of_days([day.after for day in days]).row(told)
    for row in (before, after):
        widen_for_wrong_labels(row, labels_wrong_share)
    lost, won = sum(day.lost for day in days), sum(day.won for day in days)
    counts = {
        net: {change: sum(day.counts[net][change] for day in days) for change in of_net}
        for net, of_net in days[0].counts.items()
    }
    of_labels = []
    if labels_wrong_share:
        of_labels = [f"The intervals hold that up to {100 * labels_wrong_share:g} % of the labels are wrong."]
    return Comparison(
        before_name=names[0],
        after_name=names[1],
        values=values,
        before=before,
        after=after,
        counts=counts,
        changed=tuple(changed),
        explained=sum(bool(one.why_after) for one in changed),
        sentence=sentence(before, after, lost, won),
        caveats=(*caveats(before, after, needed), *of_labels),
        traffic=tuple(traffic),
        needed=tuple(one for one in needed.nets if one.net in days[0].counts),
        labels_wrong_share=labels_wrong_share,
    )


def different_values(before: Site, after: Site) -> dict[str, tuple[Any, Any]]:
    """The parameters in which two sites differ, and what else of them does.

    Parameters
    ----------
    before, after
        The two sites.

    Returns
    -------
    dict of str to tuple
        By dotted key the value before and after, in the unit of the key; of shapes only that they differ.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> different_values(load_site("flat"), load_site("flat", {"msaw.look_ahead_s": 60}))
    {'msaw.look_ahead_s': (40.0, 60.0)}
    """
    found: dict[str, tuple[Any, Any]] = {}
    for net, model in parameter_models().items():
        for name in model.model_fields:
            values = tuple(getattr(getattr(site.parameters, net), name) for site in (before, after))
            if values[0] != values[1]:
                found[f"{net}.{name}"] = (values[0], values[1])
    found |= _of_places(before, after)
    for table in (*ITEMS, "pressure_regions"):
        found |= _of_items(table, *({item.name: item for item in getattr(site, table)} for site in (before, after)))
    return found


def _of_places(before: Site, after: Site) -> dict[str, tuple[Any, Any]]:
    """The parameters in which the places of two sites differ; a place without its own has those of the site."""
    keys = {
        f'{net}["{one.name}"].{name}': Address(one.kind, one.name, name, net)
        for site in (before, after)
        for one in site.local_parameters
        for net, values in one.values.items()
        for name in values
    }
    values = {key: (present_at(before, address)[0], present_at(after, address)[0]) for key, address in keys.items()}
    return {key: pair for key, pair in values.items() if pair[0] != pair[1]}


def _of_items(table: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where the items of a list differ; shapes are compared, and not told."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in sorted(set(before) | set(after)):
        if name not in before or name not in after:
            found[f"{table}.{name}"] = ("there" if name in before else "none", "there" if name in after else "none")
            continue
        for column in fields(before[name]):
            values = tuple(getattr(item, column.name) for item in (before[name], after[name]))
            if values[0] != values[1] and column.name != "source":
                plain = all(isinstance(value, str | float | int | bool) for value in values)
                found[f"{table}.{name}.{column.name}"] = (values[0], values[1]) if plain else ("as before", "another")
    return found
