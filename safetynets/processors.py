"""The processors of this machine, and kernels compiled on several of them at once."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import IO, Any

COMPILE = """
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
from safetynets.processors import compile_given
compile_given(sys.stdin.buffer)
"""
"""What another process runs; it imports from where this one does."""


def processor_count() -> int:
    """How many processors this process may use.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> processor_count() >= 1
    True
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def compile_together(kernel: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> None:
    """Compile a kernel for several calls at once, each on a processor of its own; what is kept already costs nothing.

    Numba compiles one function at a time in a process. This process compiles for the first call, others for the rest,
    and keep what they have compiled for this one. What another cannot compile is compiled when it is called.

    Parameters
    ----------
    kernel
        A function compiled by `safetynets.kernel_cache.njit`.
    calls
        The arguments of each call; only their types count.
    """
    from safetynets.kernel_cache import FORGOTTEN, kernel_folder

    compiled: Any = kernel
    if not hasattr(compiled, "typeof_pyval"):  # NUMBA_DISABLE_JIT
        return
    signatures = dict.fromkeys(tuple(map(compiled.typeof_pyval, arguments)) for arguments in calls)
    context = compiled.targetctx
    missing = [one for one in signatures if one not in compiled.overloads and not compiled._cache.holds(one, context)]
    others = min(processor_count(), len(missing)) - 1
    if others < 1 or not sys.executable or kernel_folder().name.startswith(FORGOTTEN):
        return
    with contextlib.ExitStack() as running:
        for number in range(others):
            running.enter_context(_compiling(compiled, missing[1 + number :: others]))
        compiled.compile(missing[0])


@contextlib.contextmanager
def _compiling(compiled: Any, signatures: Sequence[Any]) -> Iterator[None]:
    """A process that compiles a kernel for some signatures meanwhile; it is waited for."""
    from safetynets.kernel_cache import modules_of

    # A net's functions are found by the type of its inputs, once their modules are imported.
    modules = sorted({name for signature in signatures for name in modules_of(signature)})
    function = compiled.py_func
    given = pickle.dumps(sys.path) + pickle.dumps((function.__module__, function.__qualname__, modules))
    given += pickle.dumps(signatures)
    try:
        other = subprocess.Popen(
            [sys.executable, "-c", COMPILE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        yield
        return
    try:
        assert other.stdin is not None
        with contextlib.suppress(OSError), other.stdin as receiving:
            receiving.write(given)
        yield
        other.wait()
    finally:
        other.kill()
        other.wait()


def compile_given(given: IO[bytes]) -> None:
    """Compile a kernel for the signatures that another process gives (`compile_together`)."""
    module, name, others = pickle.load(given)
    for other in others:
        import_module(other)
    kernel = getattr(import_module(module), name)
    for signature in pickle.load(given):
        kernel.compile(signature)
