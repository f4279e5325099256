"""Parameters that differ by place, approach or flight: from the tables of a site to `LocalParameters`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from safetynets.errors import SiteError, nearest
from safetynets.registry import registered
from safetynets.sites.geometry import LOCAL_KINDS, LocalKind, LocalParameters, Schedule, Site
from safetynets.sites.parameters import Strict
from safetynets.sites.problems import KeyPath, Problem, from_validation

ALWAYS = Schedule(permanent=True, on=False, periods=(), weekly=())
MOST_TOGETHER = 2
"""So many local sets at a time are tried together when a site is loaded; more together, when they first meet."""


def ordered(found: Sequence[LocalParameters]) -> tuple[LocalParameters, ...]:
    """In the order in which they apply, the most particular last: by kind, then the smaller area, then the name."""

    def particular(one: LocalParameters) -> tuple[int, float, str]:
        return LOCAL_KINDS.index(one.kind), -(math.inf if one.area is None else one.area.area), one.name

    return tuple(sorted(found, key=particular))


def problems_of(
    values: Mapping[str, Any], site_parameters: Mapping[str, Strict], about: str, path: KeyPath
) -> list[Problem]:
    """What is wrong with parameters that differ here: unknown nets, parameters and values, and what cannot differ."""
    found: list[Problem] = []
    nets = {net.key: net for net in registered()}
    for key, changed in values.items():
        here = (*path, "parameters", key)
        if key not in nets:
            found.append(Problem(here, f"no net is called {key!r}", nearest(key, nets)))
            continue
        net = nets[key]
        if not changed:
            found.append(Problem(here, "names no parameter", f"write parameters.{key}.NAME = value"))
        if about == "approaches" and net.near is not None:
            text = f"the {net.name} is about pairs of aircraft, which join no approach together"
            found.append(Problem(here, text, "write a parameter region"))
        if about == "volumes" and not net.judges_volumes:
            text = f"the {net.name} does not judge volumes"
            found.append(Problem(here, text, "write a parameter region"))
        for name in changed:
            if name not in type(site_parameters[key]).model_fields:
                mend = nearest(name, type(site_parameters[key]).model_fields)
                found.append(Problem((*here, name), f"the {net.name} has no parameter {name!r}", mend))
            elif name in net.decide_pairs:
                text = f"which plots two aircraft have as a pair is decided by {name}, wherever they are"
                found.append(Problem((*here, name), text, "set it for the site"))
            elif about == "approaches" and name in net.decide_phase:
                text = f"which approach is joined is decided by {name}, before it is known that it is this one"
                found.append(Problem((*here, name), text, "set it for the site, or in a parameter region"))
        if not found:
            found += [replace(one, path=(*here, *one.path)) for one in _refused(site_parameters[key], [changed])]
    return found


def problems_together(found: Sequence[LocalParameters], site_parameters: Mapping[str, Strict]) -> list[Problem]:
    """Values that are each allowed but not together, where both may hold for one plot."""
    problems = []
    for one, other in combinations(found, MOST_TOGETHER):
        if one.kind == other.kind == "approaches" or (one.group and other.group and one.group != other.group):
            continue
        for key in set(one.values) & set(other.values):
            problems += [
                Problem((one.place,), f"with {other.place}: {refused.text}", refused.mend)
                for refused in _refused(site_parameters[key], [one.values[key], other.values[key]])
            ]
    return problems


def _refused(model: Strict, changes: Sequence[Mapping[str, Any]]) -> list[Problem]:
    try:
        _with(model, changes)
    except ValidationError as error:
        return from_validation(error, type(model))
    return []


def _with(model: Strict, changes: Sequence[Mapping[str, Any]]) -> Strict:
    values = dict(model)
    for one in changes:
        values.update(one)
    return type(model).model_validate(values, strict=True)


def with_places(
    site: Site, changes: Mapping[tuple[LocalKind, str], Mapping[str, Mapping[str, Any]]], source: str
) -> Site:
    """The site with other parameters in some of its places, by kind, name, and the keys of net and parameter.

    Raises
    ------
    SiteError
        For values that the site file would refuse.
    """
    kept = {(one.kind, one.name): one for one in site.local_parameters}
    for (kind, name), values in changes.items():
        one = kept.get((kind, name)) or _placed(site, kind, name, source)
        merged = {net: {**one.values.get(net, {}), **values.get(net, {})} for net in {**one.values, **values}}
        kept[kind, name] = replace(one, values=merged)
    found = ordered(list(kept.values()))
    tables = site.parameters.tables
    problems = [problem for kind, name in changes for problem in problems_of(kept[kind, name].values, tables, kind, ())]
    for problem in problems or problems_together(found, tables):
        where = ".".join(str(part) for part in problem.path)
        raise SiteError(problem.text, where=where, mend=problem.mend)
    return replace(site, local_parameters=found)


def _placed(site: Site, kind: LocalKind, name: str, source: str) -> LocalParameters:
    """Parameters of an approach, volume or minimum-altitude polygon that has none yet."""
    where: dict[str, Any] = {}
    names = [item.name for item in getattr(site, kind)]
    item = getattr(site, kind)[names.index(name)]
    if kind == "approaches":
        where["approach"] = names.index(name)
    elif kind == "volumes":
        where["group"] = item.group
    else:
        where["area"] = item.area
    return LocalParameters(name=name, kind=kind, values={}, schedule=ALWAYS, source=source, **where)


def with_local(site: Site, net_key: str, numbers: Sequence[int]) -> Site:
    """The site as a net judges where these of its local parameters hold, the last of them first of all.

    Raises
    ------
    ValidationError
        For values that do not go together.
    """
    changes = [site.local_parameters[number].values[net_key] for number in numbers]
    table = _with(getattr(site.parameters, net_key), changes)
    return replace(site, parameters=site.parameters.with_tables(**{net_key: table}))
