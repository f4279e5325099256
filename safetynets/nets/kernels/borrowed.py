"""Arrays that are not counted: the caller keeps them for as long as a kernel runs."""

from __future__ import annotations

from typing import Any, TypeVar

from numba.core import cgutils, types
from numba.extending import intrinsic, overload

Value = TypeVar("Value")


def borrowed(value: Value) -> Value:
    """The same arrays, alone or in tuples of tuples, without the counting of references to them.

    A function that is handed a tuple of arrays counts each of them up and down; that took three fifths of the time of
    the nets. A kernel that Python calls borrows its arguments once, and gives none of them back.
    """
    return value


@intrinsic
def _uncounted(typingctx: Any, value: Any) -> Any:  # noqa: ARG001 numba hands it over
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _without_counts(context, builder, signature.return_type, args[0])

    return value(value), codegen


@overload(borrowed)
def _borrowed(value: Any) -> Any:  # noqa: ARG001 the type of what the kernel hands over
    def uncounted(value: Any) -> Any:
        return _uncounted(value)  # type: ignore[call-arg]

    return uncounted


def _without_counts(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder, value)
        array.meminfo = cgutils.get_null_value(array.meminfo.type)  # type: ignore[no-untyped-call]
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        for place, part in enumerate(kind.types):  # type: ignore[attr-defined]
            uncounted = _without_counts(context, builder, part, builder.extract_value(value, place))
            value = builder.insert_value(value, uncounted, place)
    return value
