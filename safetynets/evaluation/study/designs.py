"""Which parameter sets a study judges: every combination of steps, or an even spread over the ranges."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from safetynets.errors import StudyError
from safetynets.evaluation.parameter_sets import address_of, present_at
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.schema import MOST_SETS, Grid, LatinHypercube, RangeTable
from safetynets.sites.geometry import Site

ParameterSet = dict[str, Any]

DECIMALS = 9
"""Decimals that values are rounded to: 0.1 + 0.2 is then the 0.3 that somebody would type."""


def present_set(site: Site, ranges: Mapping[str, Range]) -> ParameterSet:
    """The values that the present parameter set has for the keys that are varied.

    Raises
    ------
    StudyError
        For a key of several items that differ, whose present value is therefore not one value.
    """
    return {key: _present_value(site, key) for key in ranges}


def _present_value(site: Site, key: str) -> Any:
    values = present_at(site, address_of(key, site))
    if any(value != values[0] for value in values):
        several = ", ".join(sorted({str(value) for value in values}))
        raise StudyError(
            f"has several values at present ({several})",
            where=key,
            mend="set one value for all under [[parameters]], or vary each by its name",
        )
    return values[0]


def widened(ranges: Mapping[str, Range], present: ParameterSet) -> dict[str, Range]:
    """The ranges, made just as wide as needed to hold the present values too.

    >>> widened({"apm.below_ft": Range("apm.below_ft", "number", low=150, high=300)}, {"apm.below_ft": 100.0})
    {'apm.below_ft': Range(key='apm.below_ft', kind='number', low=100.0, high=300, choices=())}
    """
    held: dict[str, Range] = {}
    for key, one in ranges.items():
        value = present[key]
        if one.holds(value):
            held[key] = one
        elif one.choices:
            held[key] = Range(key, one.kind, choices=(*one.choices, value))
        else:
            held[key] = Range(key, one.kind, low=min(one.low, float(value)), high=max(one.high, float(value)))
    return held


def grid(ranges: Mapping[str, Range], tables: Mapping[str, RangeTable]) -> list[ParameterSet]:
    """Every combination of the steps of the ranges, the last range changing fastest.

    Raises
    ------
    StudyError
        When there would be more than a million.
    """
    steps = {key: _steps(one, tables[key].steps) for key, one in ranges.items()}
    count = math.prod(len(values) for values in steps.values())
    if count > MOST_SETS:
        factors = " x ".join(str(len(values)) for values in steps.values())
        raise StudyError(
            f"the grid has {factors} = {count:,} parameter sets, more than {MOST_SETS:,}",
            where="design",
            mend='use fewer steps, or method = "latin-hypercube" or "search"',
        )
    return [dict(zip(steps, values, strict=True)) for values in itertools.product(*steps.values())]


def _steps(one: Range, count: int | None) -> Sequence[Any]:
    if one.choices:
        return one.choices
    if one.kind == "integer":
        whole = range(int(one.low), int(one.high) + 1)
        if count is None or count >= len(whole):
            return whole
        return sorted({round(one.low + (one.high - one.low) * step / max(count - 1, 1)) for step in range(count)})
    assert count is not None
    if count == 1:
        return [one.low]
    return [round(one.low + (one.high - one.low) * step / (count - 1), DECIMALS) for step in range(count)]


def latin_hypercube(ranges: Mapping[str, Range], design: LatinHypercube) -> list[ParameterSet]:
    """`design.sets` combinations, each range divided into as many strata and every stratum used once."""
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(d=len(ranges), rng=design.seed).random(design.sets)
    return [
        {key: _rounded(one.value_at(float(share))) for (key, one), share in zip(ranges.items(), row, strict=True)}
        for row in shares
    ]


def _rounded(value: Any) -> Any:
    return round(value, DECIMALS) if isinstance(value, float) else value


def designed(
    ranges: Mapping[str, Range], tables: Mapping[str, RangeTable], design: Grid | LatinHypercube
) -> list[ParameterSet]:
    """The parameter sets of a design that is known beforehand, each once."""
    return unique(grid(ranges, tables) if isinstance(design, Grid) else latin_hypercube(ranges, design))


def unique(sets: Sequence[ParameterSet]) -> list[ParameterSet]:
    """The sets in their order, each once."""
    seen: dict[tuple[Any, ...], ParameterSet] = {}
    for one in sets:
        seen.setdefault(tuple(one.values()), one)
    return list(seen.values())
