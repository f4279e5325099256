"""The memory of long columns: beyond some millions of plots they lie in files that go with them.

A recording of twenty million plots takes three gigabytes. Its columns are therefore unnamed files in the folder for
temporary files, read and written like any array; `release_memory` frees their memory between portions. If that folder
has no room, or the system cannot promise it, they are held in memory.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

LONG_PLOTS = 1 << 23
"""A column longer than this lies in a file."""
PIECE_PLOTS = 1 << 20
"""So many values of a long column are worked on at a time."""


def new_column(count: int, dtype: DTypeLike) -> NDArray[Any]:
    """A column of so many values, none of them set.

    >>> new_column(3, np.int8).shape
    (3,)
    """
    wanted = np.dtype(dtype)
    if count > LONG_PLOTS and not wanted.hasobject and (room := _on_file(count * wanted.itemsize)) is not None:
        return np.frombuffer(room, dtype=wanted)
    return np.empty(count, dtype=dtype)


def filled(count: int, value: Any, dtype: DTypeLike) -> NDArray[Any]:
    """A column that holds one value.

    >>> filled(2, np.nan, np.float64)
    array([nan, nan])
    """
    column = new_column(count, dtype)
    for first in range(0, count, PIECE_PLOTS):
        column[first : first + PIECE_PLOTS] = value
        release_memory(column)
    return column


def picked(values: NDArray[Any], order: NDArray[np.intp]) -> NDArray[Any]:
    """The values in another order.

    >>> picked(np.array([4.0, 5.0]), np.array([1, 0]))
    array([5., 4.])
    """
    if len(order) <= LONG_PLOTS:
        return np.asarray(values[order])
    column = new_column(len(order), values.dtype)
    for first in range(0, len(order), PIECE_PLOTS):
        piece = slice(first, first + PIECE_PLOTS)
        column[piece] = values[order[piece]]
        release_memory(column)
    release_memory(values)
    return column


def release_memory(*columns: NDArray[Any]) -> None:
    """Release the memory of columns in files; their values remain and are read again when needed."""
    for column in columns:
        base: Any = column
        while isinstance(base, np.ndarray):
            base = base.base
        room = base.obj if isinstance(base, memoryview) else None
        if isinstance(room, mmap.mmap):
            room.madvise(mmap.MADV_DONTNEED)


def _on_file(size_bytes: int) -> mmap.mmap | None:
    if not hasattr(os, "posix_fallocate") or not hasattr(mmap, "MADV_DONTNEED"):
        return None
    try:
        with tempfile.TemporaryFile(prefix="safetynets-") as file:
            os.posix_fallocate(file.fileno(), 0, size_bytes)  # a write beyond a full disk would end the process
            return mmap.mmap(file.fileno(), size_bytes)
    except OSError:
        return None
