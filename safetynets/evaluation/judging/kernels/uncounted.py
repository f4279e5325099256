"""The decorator of what is called for each track and set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def uncounted(function: Function) -> Function:
    """Compile a function in line with those that call it, without counting references to the arrays it is given.

    Counting them takes more time than judging a track. A function that makes an array cannot be compiled so; one that
    returns an array it was given must only be called by others like it.
    """
    compiled: Function = njit(cache=True, forceinline=True, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled
