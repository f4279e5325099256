"""`njit` with a cache of its own: compiled code is kept for the sources it was made from, and for no others.

Numba keeps the code of a function by the file that defines it. A change in a kernel that this one calls, or in a
constant of another module, goes unnoticed, and the old code runs. Here one key stands for everything that the code of
all kernels depends on; a change in any of it is another key, and another folder.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import llvmlite.binding
import numba
import numpy as np
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, _CacheLocator
from numba.misc.appdirs import AppDirs

Function = TypeVar("Function", bound=Callable[..., Any])

config: Any = numba.config
PACKAGE = Path(__file__).parent
KEPT = 3
"""Keys whose code is kept in one place, the last used: other versions, and other processors on a shared disk."""

NOT_IN_THE_CODE = ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS")
"""Variables of numba that change nothing in what it compiles."""

_IMPORT = re.compile(
    rb"^[ \t]*from[ \t]+(safetynets[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)"
    rb"|^[ \t]*import[ \t]+(safetynets[\w.]*)"
    rb"|[\"'](safetynets\.[\w.]+)[\"']",
    re.MULTILINE,
)
_OF_NUMBA = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(?:numba\b|safetynets\.kernel_cache\b)", re.MULTILINE)


def njit(**options: Any) -> Callable[[Function], Function]:
    """`numba.njit` for the kernels of this package, with the same options; stale code never runs.

    Parameters
    ----------
    **options
        What `numba.njit` takes by name. `cache` may be left out: the code is always kept.

    Returns
    -------
    Callable
        The decorator. With `NUMBA_DISABLE_JIT=1` it returns the function as it is.
    """

    def compiled(function: Function) -> Function:
        dispatcher: Any = numba.njit(**{**options, "cache": False})(function)
        if not config.DISABLE_JIT:
            dispatcher._cache = KernelCache(function)
        return dispatcher  # type: ignore[no-any-return]

    return compiled


def kernel_sources(package: Path) -> dict[str, bytes]:
    """Find every source that compiled code depends on.

    Parameters
    ----------
    package
        The folder of the package.

    Returns
    -------
    dict of str to bytes
        The modules that import numba or this one, and what they import of the package, directly or through others
        (whose constants are compiled in): the text of each by its dotted name, in the order of the names.
    """
    texts = {}
    for folder, _, names in os.walk(package):
        parts = (package.name, *Path(folder).relative_to(package).parts)
        for name in names:
            if name.endswith(".py"):
                module = ".".join(parts if name == "__init__.py" else (*parts, name[:-3]))
                with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123 400 files in 20 ms
                    texts[module] = file.read()
    found = {module for module, text in texts.items() if b"numba" in text or b"kernel_cache" in text}
    found = {module for module in found if _OF_NUMBA.search(texts[module])}
    ahead = list(found)
    while ahead:
        for origin, names_of, plain, quoted in _IMPORT.findall(texts[ahead.pop()]):
            module = (origin or plain or quoted).decode()
            imported = {module, *(f"{module}.{name}" for name in re.findall(r"\w+", names_of.decode()))}
            fresh = (imported & texts.keys()) - found
            found |= fresh
            ahead += fresh
    return {module: texts[module] for module in sorted(found)}


@cache
def kernel_folder() -> Path:
    """Where this process keeps its compiled kernels: the first of these that can be written.

    `NUMBA_CACHE_DIR` where it is set, `__pycache__` of the package, the cache of the user (`XDG_CACHE_HOME` or the
    platform's), and a folder that goes with the process. Code of keys that were not used lately is removed.
    """
    key = _key(kernel_sources(PACKAGE))
    places = [PACKAGE / "__pycache__", Path(AppDirs(appname="safetynets", appauthor=False).user_cache_dir)]
    if config.CACHE_DIR:
        places.insert(0, Path(config.CACHE_DIR) / "safetynets")
    for place in places:
        folder = place / "kernels" / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            os.utime(folder)
        except OSError:
            continue
        _remove_all_but(KEPT, folder.parent)
        return folder
    folder = Path(tempfile.mkdtemp(prefix="safetynets-kernels-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _key(sources: dict[str, bytes]) -> str:
    """All that the code depends on: sources, numba, numpy, Python, the processor and the options of numba."""
    options = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    surroundings = (
        numba.__version__,
        np.__version__,
        sys.version,
        llvmlite.binding.get_host_cpu_name(),
        llvmlite.binding.get_host_cpu_features().flatten(),
        sorted((name, value) for name, value in options.items() if name not in NOT_IN_THE_CODE),
    )
    digest = hashlib.sha256(repr(surroundings).encode())
    for module, text in sources.items():
        digest.update(f"\0{module}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()[:24]


def _remove_all_but(kept: int, folder: Path) -> None:
    """Remove the folders of keys but for those used last; another process may be doing the same."""
    used_s = {}
    for one in folder.iterdir():
        with contextlib.suppress(OSError):
            used_s[one] = one.stat().st_mtime
    for one in sorted(used_s, key=used_s.__getitem__, reverse=True)[kept:]:
        shutil.rmtree(one, ignore_errors=True)


class KernelCache(FunctionCache):
    """The compiled code of one function, a file for each signature, in the folder of the present key.

    Processes may compile the same function at once: each file is written whole under a name of its own, and the last
    index stands. A disk that is full or taken away costs the next process time, and a damaged file is compiled anew.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._name = repr(function)
        self._py_func = function
        self._impl = _Implementation(function)
        self._cache_path = self._impl.locator.get_cache_path()
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = IndexDataCacheFile(self._cache_path, self._impl.filename_base, stamp)
        self.enable()

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code for a signature, or None."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever reading a damaged file comes upon
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep the compiled code for a signature, if that is possible."""
        self._cache_file._data_name_pattern = f"{self._impl.filename_base}.{uuid.uuid4().hex[:16]}.{{number:d}}.nbc"
        with contextlib.suppress(OSError):
            super().save_overload(sig, data)


class _Implementation(CompileResultCacheImpl):
    """How numba writes compiled code down, under the name of module and function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = _Locator(function)
        full_name = f"{function.__module__}.{function.__qualname__}"
        self._filename_base = self.get_filename_base(full_name, sys.abiflags if hasattr(sys, "abiflags") else "")


class _Locator(_CacheLocator):
    """The folder of the present key."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._py_file = function.__code__.co_filename
        self._lineno = function.__code__.co_firstlineno

    def get_cache_path(self) -> str:
        return str(kernel_folder())

    def get_source_stamp(self) -> str:
        return kernel_folder().name

    def get_disambiguator(self) -> str:
        return str(self._lineno)
