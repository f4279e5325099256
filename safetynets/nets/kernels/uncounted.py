"""The decorators of what is called for each plot, or each track and set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def uncounted(function: Function) -> Function:
    """Compile a function in line with those that call it, without counting references to the arrays it is given.

    Counting them takes more time than judging. A function that makes an array cannot be compiled so, but call one
    that is `counted`; one that returns an array it was given must only be called by others like it.
    """
    compiled: Function = njit(cache=True, forceinline=True, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled


def counted(function: Function) -> Function:
    """Compile a function that makes arrays, and returns none, for those that are not counted.

    Numba would otherwise compile it as it does the one that calls it first.
    """
    compiled: Function = njit(cache=True, _nrt=True)(function)  # type: ignore[call-overload]
    return compiled
