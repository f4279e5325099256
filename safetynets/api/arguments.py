"""What a public function takes: an argument of another type is refused with what is taken instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from safetynets.errors import ArgumentError

Public = TypeVar("Public")


def refused(name: str, value: object, taken: str, mend: str | None = None) -> ArgumentError:
    """The error for an argument of a type that is not taken.

    >>> print(refused("qnh_hpa", "1013", "a number of hPa"))
    qnh_hpa: takes a number of hPa, not str '1013'
    """
    shown = repr(value)
    shown = f" {shown}" if len(shown) <= 40 and "\n" not in shown else ""
    return ArgumentError(f"takes {taken}, not {type(value).__name__}{shown}", where=name, mend=mend)


def is_number(value: object) -> bool:
    """Whether a value is a number; a truth value is none."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def check_number(name: str, value: object, unit: str) -> None:
    """Refuse what is neither a number nor None.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if value is not None and not is_number(value):
        raise refused(name, value, f"a number of {unit}, or None")


def check_path(name: str, value: object, what: str = "a path (str or Path)") -> None:
    """Refuse what is no path.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if not isinstance(value, str | Path):
        raise refused(name, value, what)


def check_values(name: str, value: object) -> None:
    """Refuse what is no mapping of addresses to values.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    example = 'a mapping from address to value, such as {"apm.below_ft": 150}'
    if not isinstance(value, Mapping):
        raise refused(name, value, example)
    for key in value:
        if not isinstance(key, str):
            raise refused(f"a key of {name}", key, "text, such as 'apm.below_ft'")


def check_sets(name: str, value: object) -> None:
    """Refuse what is no sequence of mappings.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise refused(name, value, "a list of parameter sets", 'write [{"apm.below_ft": 100}, {"apm.below_ft": 150}]')
    for number, one in enumerate(value):
        check_values(f"{name}[{number}]", one)


def made_public(public: type[Public], table: Any) -> Public:
    """A table of the house as its public class, which has methods and shares all columns."""
    if isinstance(table, public):
        return table
    return public(**{field.name: getattr(table, field.name) for field in fields(table)})
