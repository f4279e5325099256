"""Which compiled functions judge a net's plots: chosen by the type of the net's kernel inputs, when compiling.

A net defines a named tuple of kernel inputs and registers its functions for that type:

    @implements(judge, Inputs)
    @separate
    def judge_plot(inputs, i, n, phase, time_s, state, levels, settled_s): ...

The walk over the plots calls the functions of this module. Numba compiles the walk once for each type of inputs, with
the functions of that net in their places: nothing is looked up at a plot. Uncompiled, Python looks them up. The first
argument is always the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from safetynets.engine.kernels.blocks import Lattice
from safetynets.engine.kernels.filter_settings import Settings
from safetynets.engine.kernels.prefilter import Bits, Stretch
from safetynets.engine.kernels.track_state import Levels, Received
from safetynets.engine.kernels.verdict import Verdict
from safetynets.kernel_cache import PartCompiler

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = NDArray[np.float64]

NO_PHASE = 0
"""What `follow_phase` says for a net that remembers nothing."""

_IMPLEMENTED: dict[tuple[Any, type], Callable[..., Any]] = {}
# Nothing of these is kept: they are part of the code of the kernel that calls them.
_OPTIONS: Any = {"forceinline": True, "_nrt": False, "pipeline_class": PartCompiler}


def implements(called: Callable[..., Any], inputs: type) -> Callable[[Function], Function]:
    """Register a compiled function as the implementation of `called` for one type of kernel inputs."""
    # Numba takes named tuples for the same where their names and the types of their fields are.
    inputs.__name__ = re.sub(r"\W", "_", f"{inputs.__module__}.{inputs.__qualname__}")

    def register(function: Function) -> Function:
        _IMPLEMENTED[called, inputs] = function
        return function

    return register


def _implementation(called: Callable[..., Any], inputs: Any) -> Callable[..., Any] | None:
    return _IMPLEMENTED.get((called, getattr(inputs, "instance_class", type(None))))


def judge(
    inputs: Any, i: int, n: int, phase: int, time_s: float, state: Floats, levels: Levels, settled_s: float
) -> Verdict:
    """Judge plot i of the n-th subject of the inputs, one that nothing keeps from being judged.

    `phase` is what `follow_phase` said of it, `state` what paths are predicted from. The time to violation with
    hysteresis is needed only where the time to violation is later than `settled_s` (`UNSETTLED_S`).
    """
    verdict: Verdict = _IMPLEMENTED[judge, type(inputs)](inputs, i, n, phase, time_s, state, levels, settled_s)
    return verdict


def follow_phase(inputs: Any, n: int, k: int, time_s: float, reason: int, state: Floats) -> int:
    """Go on with what the net remembers of track k, and return the phase of its next plot (`NO_PHASE` for none).

    A phase is what a plot alone does not say, such as the approach that an aircraft has joined (-1 for none).
    """
    function = _IMPLEMENTED.get((follow_phase, type(inputs)))
    return NO_PHASE if function is None else int(function(inputs, n, k, time_s, reason, state))


def forget_phase(inputs: Any, k: int) -> None:
    """Forget what the net remembers of track k."""
    function = _IMPLEMENTED.get((forget_phase, type(inputs)))
    if function is not None:
        function(inputs, k)


def restart_row(inputs: Any, row: int, first: int, done: int, k: int, received: Received) -> int:
    """The row from which on the plots of track k decide the phase of a row.

    The track begins at row `first`; up to row `done` it has been followed. Without a phase it is the row itself.
    """
    function = _IMPLEMENTED.get((restart_row, type(inputs)))
    return row if function is None else int(function(inputs, row, first, done, k, received))


def passes_over(inputs: Any, i: int, n: int, received: Received) -> bool:
    """Whether plot i of the n-th subject, a candidate, cannot be a hit after all; without this function, never."""
    function = _IMPLEMENTED.get((passes_over, type(inputs)))
    return function is not None and bool(function(inputs, i, n, received))


def prefilter_paths(paths: Any, plots: Stretch, to_ft: float, ahead_s: float, lattice: Lattice, near: Bits) -> None:
    """Clear the bits of the plots of a stretch that cannot be off any of the approach paths."""
    function = _IMPLEMENTED.get((prefilter_paths, type(paths)))
    if function is not None:
        function(paths, plots, to_ft, ahead_s, lattice, near)


def filter_paths(
    paths: Any, near: int, received: Received, settings: Settings, row: NDArray[np.int64], questions: NDArray[np.uint8]
) -> int:
    """Of the first `near` rows keep those that still ask something once `ON_PATH` is cleared; returns how many."""
    function = _IMPLEMENTED.get((filter_paths, type(paths)))
    return near if function is None else int(function(paths, near, received, settings, row, questions))


@overload(judge, jit_options=_OPTIONS)
def _judge(inputs, i, n, phase, time_s, state, levels, settled_s):  # type: ignore[no-untyped-def]
    function = _implementation(judge, inputs)

    def call(inputs, i, n, phase, time_s, state, levels, settled_s):  # type: ignore[no-untyped-def]
        return function(inputs, i, n, phase, time_s, state, levels, settled_s)  # type: ignore[misc]

    return None if function is None else call


@overload(follow_phase, jit_options=_OPTIONS)
def _follow_phase(inputs, n, k, time_s, reason, state):  # type: ignore[no-untyped-def]
    function = _implementation(follow_phase, inputs)

    def call(inputs, n, k, time_s, reason, state):  # type: ignore[no-untyped-def]
        return function(inputs, n, k, time_s, reason, state)  # type: ignore[misc]

    def default(inputs, n, k, time_s, reason, state):  # type: ignore[no-untyped-def]
        return NO_PHASE

    return default if function is None else call


@overload(forget_phase, jit_options=_OPTIONS)
def _forget_phase(inputs, k):  # type: ignore[no-untyped-def]
    function = _implementation(forget_phase, inputs)

    def call(inputs, k):  # type: ignore[no-untyped-def]
        function(inputs, k)  # type: ignore[misc]

    def default(inputs, k):  # type: ignore[no-untyped-def]
        pass

    return default if function is None else call


@overload(restart_row, jit_options=_OPTIONS)
def _restart_row(inputs, row, first, done, k, received):  # type: ignore[no-untyped-def]
    function = _implementation(restart_row, inputs)

    def call(inputs, row, first, done, k, received):  # type: ignore[no-untyped-def]
        return function(inputs, row, first, done, k, received)  # type: ignore[misc]

    def default(inputs, row, first, done, k, received):  # type: ignore[no-untyped-def]
        return row

    return default if function is None else call


@overload(passes_over, jit_options=_OPTIONS)
def _passes_over(inputs, i, n, received):  # type: ignore[no-untyped-def]
    function = _implementation(passes_over, inputs)

    def call(inputs, i, n, received):  # type: ignore[no-untyped-def]
        return function(inputs, i, n, received)  # type: ignore[misc]

    def default(inputs, i, n, received):  # type: ignore[no-untyped-def]
        return False

    return default if function is None else call


@overload(prefilter_paths, jit_options=_OPTIONS)
def _prefilter_paths(paths, plots, to_ft, ahead_s, lattice, near):  # type: ignore[no-untyped-def]
    function = _implementation(prefilter_paths, paths)

    def call(paths, plots, to_ft, ahead_s, lattice, near):  # type: ignore[no-untyped-def]
        function(paths, plots, to_ft, ahead_s, lattice, near)  # type: ignore[misc]

    def default(paths, plots, to_ft, ahead_s, lattice, near):  # type: ignore[no-untyped-def]
        pass

    return default if function is None else call


@overload(filter_paths, jit_options={})
def _filter_paths(paths, near, received, settings, row, questions):  # type: ignore[no-untyped-def]
    function = _implementation(filter_paths, paths)

    def call(paths, near, received, settings, row, questions):  # type: ignore[no-untyped-def]
        return function(paths, near, received, settings, row, questions)  # type: ignore[misc]

    def default(paths, near, received, settings, row, questions):  # type: ignore[no-untyped-def]
        return near

    return default if function is None else call
