"""How the kernels are compiled: without counting references to arrays, which took more time than judging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba.core import cgutils, types
from numba.extending import intrinsic, overload

from safetynets.kernel_cache import PartCompiler, njit, part

Function = TypeVar("Function", bound=Callable[..., Any])
Value = TypeVar("Value")

_OPTIONS: Any = {"pipeline_class": PartCompiler}


def inlined(function: Function) -> Function:
    """Compile a function inline with its callers, without counting references to the arrays it receives.

    One that returns an array it received must be called only by functions compiled in this way.
    """
    return part(forceinline=True)(function)


def separate(function: Function) -> Function:
    """Compile likewise, but once in a kernel and called: for a body that takes longer than the call."""
    return part()(function)


def entry(function: Function) -> Function:
    """Compile what Python calls, likewise without counting: it allocates nothing, and Python keeps what it passes."""
    compiled: Function = njit(nogil=True, _nrt=False)(function)
    return compiled


@inlined
def int64(number: int) -> int:
    """The number as a 64-bit integer: numba compiles every callee anew for each other type, and for literals."""
    return number + 0


def no_refcount(value: Value) -> Value:
    """The same arrays, alone or in nested tuples, without reference counting; the caller keeps them alive.

    A compiled function that receives a tuple of arrays counts each of them up and down; that took three fifths of the
    time of the nets. A kernel that allocates drops the counting once for each argument, and returns none of them; one
    that allocates nothing is an `entry`.
    """
    return value


@intrinsic
def _no_refcount(typingctx: Any, value: Any) -> Any:  # noqa: ARG001 numba passes it
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _without_meminfo(context, builder, signature.return_type, args[0])

    return value(value), codegen


@overload(no_refcount, jit_options=_OPTIONS)
def _overload_no_refcount(value: Any) -> Any:  # noqa: ARG001 the type of what the kernel passes
    def without(value: Any) -> Any:
        return _no_refcount(value)  # type: ignore[call-arg]

    return without


def _without_meminfo(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = cgutils.get_null_value(array.meminfo.type)  # type: ignore[no-untyped-call]
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        for place, part in enumerate(kind.types):  # type: ignore[attr-defined]
            stripped = _without_meminfo(context, builder, part, builder.extract_value(value, place))
            value = builder.insert_value(value, stripped, place)
    return value
