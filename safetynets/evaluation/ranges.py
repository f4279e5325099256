"""`Range`: a parameter that a study varies, and how far; checked against the rules of the site file."""

from __future__ import annotations

import math
import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le

from safetynets.errors import StudyError
from safetynets.evaluation.parameter_sets import address_of, checked, field_at
from safetynets.sites.geometry import Site

Kind = Literal["number", "integer", "choice", "boolean"]


@dataclass(frozen=True)
class Range:
    """How far a study varies one parameter.

    Attributes
    ----------
    key
        Dotted key of the parameter, as an override of a site has it.
    kind
        "number" and "integer" lie between `low` and `high`, both included; "choice" and "boolean" are one of `choices`.
    low, high
        The ends, in the unit of the key; 0 where there are choices.
    choices
        What to choose from; empty for numbers.

    Examples
    --------
    >>> clearance = Range("msaw.terrain_clearance_ft", "number", low=200.0, high=600.0)
    >>> clearance.value_at(0.25), clearance.holds(700.0)
    (300.0, False)
    """

    key: str
    kind: Kind
    low: float = 0.0
    high: float = 0.0
    choices: tuple[Any, ...] = ()

    def value_at(self, share: float) -> Any:
        """The value at a share of the range; whole numbers and choices are equally likely.

        Parameters
        ----------
        share
            From 0 to below 1.

        Returns
        -------
        float, int or a choice
            In the unit of the key.
        """
        if self.choices:
            return self.choices[min(int(share * len(self.choices)), len(self.choices) - 1)]
        if self.kind == "integer":
            count = int(self.high) - int(self.low) + 1
            return int(self.low) + min(int(share * count), count - 1)
        return self.low + share * (self.high - self.low)

    def holds(self, value: Any) -> bool:
        """Whether a value lies within the range, its ends included.

        Parameters
        ----------
        value
            In the unit of the key.

        Returns
        -------
        bool
            True within.
        """
        if self.choices:
            return value in self.choices
        return self.low <= float(value) <= self.high


def range_of(
    site: Site,
    key: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[Any] | None = None,
) -> Range:
    """The range of one parameter of a site: from `low` to `high`, or one of `choices`; yes-or-no needs neither.

    Parameters
    ----------
    site
        The site, whose own limits hold for the range.
    key
        Dotted key of the parameter, such as "msaw.terrain_clearance_ft".
    low, high
        The ends, in the unit of the key; both included.
    choices
        What to choose from, in place of the ends.

    Returns
    -------
    Range
        Checked.

    Raises
    ------
    StudyError
        For an unknown key (with the nearest valid one), ends that are missing or exchanged, and values that the
        site file would refuse.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> range_of(load_site("flat"), "msaw.escape_test").choices
    (False, True)
    """
    address = address_of(key, site)
    kind = _kind(field_at(address).annotation)
    if kind == "boolean" and choices is None and low is None and high is None:
        choices = (False, True)
    if choices is not None:
        if low is not None or high is not None:
            raise StudyError("both choices and low, high", where=key, mend="leave out one of them")
        if not choices:
            raise StudyError("there is nothing to choose from", where=key, mend="write at least one choice")
        return Range(key, kind, choices=tuple(checked(key, address, choice) for choice in choices))
    if kind not in ("number", "integer"):
        raise StudyError("has no low and high", where=key, mend="write choices = [...]")
    if low is None or high is None:
        missing = "low" if low is None else "high"
        raise StudyError(f"the key {missing!r} is missing", where=key, mend="write low and high, or choices = [...]")
    lowest, highest = (checked(key, address, end) for end in (low, high))
    if lowest > highest:
        raise StudyError(f"low = {low} is above high = {high}", where=key, mend="exchange low and high")
    return Range(key, kind, low=float(lowest), high=float(highest))


def bounds_of(site: Site, key: str) -> tuple[float, float]:
    """How far a site file lets a number go.

    Parameters
    ----------
    site
        The site.
    key
        Dotted key of the parameter.

    Returns
    -------
    tuple of float
        Lowest and highest value, in the unit of the key; infinite where there is no limit.

    Raises
    ------
    StudyError
        For an unknown key.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> bounds_of(load_site("flat"), "msaw.look_ahead_s")
    (0.0, 180.0)
    """
    metadata = field_at(address_of(key, site)).metadata
    low = next((limit.ge for limit in metadata if isinstance(limit, Ge)), -math.inf)
    high = next((limit.le for limit in metadata if isinstance(limit, Le)), math.inf)
    return float(low), float(high)  # type: ignore[arg-type]


def _kind(annotation: Any) -> Kind:
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(member for member in get_args(annotation) if member is not type(None))
    kinds: dict[Any, Kind] = {float: "number", int: "integer", bool: "boolean"}
    return kinds.get(annotation, "choice")
