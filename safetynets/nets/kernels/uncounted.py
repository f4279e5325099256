"""How what is called for each plot, or each track and set, is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

INNER = {"cache": True, "no_cfunc_wrapper": True}
"""Nothing but compiled code and Python calls them; a third way in would take time to compile."""


def uncounted(function: Function) -> Function:
    """Compile a function in line with those that call it, without counting references to the arrays it is given.

    Counting them takes more time than judging. A function that makes an array cannot be compiled so: it is given room
    to write in. One that returns an array it was given must only be called by others like it.
    """
    compiled: Function = njit(**INNER, forceinline=True, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled


def uncounted_apart(function: Function) -> Function:
    """The same by itself: compiled once, for what takes longer than to be called."""
    compiled: Function = njit(**INNER, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled


@uncounted
def whole(number: int) -> int:
    """The same as an integer of 64 bits: for each other type, and for literals, numba compiles all callees anew."""
    return number + 0
