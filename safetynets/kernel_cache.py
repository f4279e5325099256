"""`njit` with a cache of its own: compiled code is kept for the sources it was made from, and for no others.

Numba keeps the code of a function by the file that defines it. A change in a kernel that this one calls, or in a
constant of another module, goes unnoticed, and the old code runs. Here the code of a function is kept under a hash of
everything that it depends on: the module it stands in with all that this imports of the package, and the folders of the
types it is called with, for a net's own functions are called by the type of its inputs. A change in one net compiles
that net anew, and no other. Python, numba, numpy and the processor choose the folder.

Numba makes each function executable that a kernel calls, optimises it at each level of calls, and gives it two entries
for Python. A `part` is none of this by itself: it is optimised and made executable with the kernels that it is a part
of. That halves the time that a first run compiles, for the same arithmetic at the same speed.
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
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import llvmlite.binding
import numba
import numpy as np
from numba._dynfunc import make_function
from numba.core.caching import CompileResultCacheImpl, FunctionCache, IndexDataCacheFile, _CacheLocator
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import NativeLowering
from numba.misc.appdirs import AppDirs

Function = TypeVar("Function", bound=Callable[..., Any])

config: Any = numba.config
PACKAGE = Path(__file__).parent
FORGOTTEN = "safetynets-kernels-"
"""What the name of a folder begins with that goes with the process, because no other could be written."""
KEPT = 3
"""Folders kept in one place, and versions of a function in one of them: of other programs, processors, and sources."""

NOT_IN_THE_CODE = ("NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS")
"""Variables of numba that change nothing in what it compiles."""

_IMPORT = re.compile(
    rb"^[ \t]*from[ \t]+(safetynets[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)"
    rb"|^[ \t]*import[ \t]+(safetynets[\w.]*)"
    rb"|[\"'](safetynets\.[\w.]+)[\"']",
    re.MULTILINE,
)


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
        dispatcher: Any = numba.njit(**{"no_cfunc_wrapper": True, **options, "cache": False})(function)
        if not config.DISABLE_JIT:
            dispatcher._cache = KernelCache(function)
        return dispatcher  # type: ignore[no-any-return]

    return compiled


def part(**options: Any) -> Callable[[Function], Function]:
    """`njit` for a function that is part of kernels: it is compiled with each of them, and not by itself.

    References to arrays are not counted: it allocates nothing, but receives buffers to write to. For one that does
    allocate say `_nrt=True`.

    Parameters
    ----------
    **options
        What `numba.njit` takes by name.

    Returns
    -------
    Callable
        The decorator. What Python calls is compiled by itself after all, when it is first called.
    """

    def compiled(function: Function) -> Function:
        if config.DISABLE_JIT:
            return function
        targeted = {"nopython": True, "boundscheck": None, "_nrt": False, **options}
        dispatcher: Any = _Part(function, targetoptions=targeted, pipeline_class=PartCompiler)
        return dispatcher  # type: ignore[no-any-return]

    return compiled


def sources_of(file: Path) -> dict[Path, bytes]:
    """A source and all that it imports of this package, directly or through others: whose constants are compiled in.

    Parameters
    ----------
    file
        The file of a module.

    Returns
    -------
    dict of Path to bytes
        The text of each file, in the order of the paths.
    """
    found = {file: _text_and_imports(file)}
    ahead = [file]
    while ahead:
        for imported in found[ahead.pop()][1]:
            if imported not in found:
                found[imported] = _text_and_imports(imported)
                ahead.append(imported)
    return {path: found[path][0] for path in sorted(found)}


@cache
def _text_and_imports(file: Path) -> tuple[bytes, tuple[Path, ...]]:
    """The text of a source, and the files of this package that it imports."""
    text = file.read_bytes()
    names = set()
    for origin, names_of, plain, quoted in _IMPORT.findall(text):
        module = (origin or plain or quoted).decode()
        names |= {module, *(f"{module}.{name}" for name in re.findall(r"\w+", names_of.decode()))}
    places = [PACKAGE.joinpath(*name.split(".")[1:]) for name in sorted(names)]
    files = [each for place in places for each in (place.with_suffix(".py"), place / "__init__.py")]
    return text, tuple(each for each in files if each.is_file())


@cache
def _digest(files: tuple[Path, ...]) -> str:
    """A hash of some sources and of all that they import of this package."""
    texts = {path: text for file in files for path, text in sources_of(file).items()}
    digest = hashlib.sha256()
    for path in sorted(texts):
        name = path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else Path(path.name)
        digest.update(f"\0{name.as_posix()}\0{len(texts[path])}\0".encode() + texts[path])
    return digest.hexdigest()


def _folders_of(types: Any) -> Iterator[Path]:
    """The folders in which the named tuples among some types of numba, and inside them, are defined."""
    for kind in types:
        inside = getattr(kind, "instance_class", None)
        module = sys.modules.get(getattr(inside, "__module__", ""))
        if module is not None and getattr(module, "__file__", None):
            yield Path(str(module.__file__)).parent
        yield from _folders_of(getattr(kind, "types", ()))


def modules_of(types: Any) -> list[str]:
    """The modules that are imported of the folders that code for some types of numba depends on.

    Parameters
    ----------
    types
        The types that a kernel is called with.

    Returns
    -------
    list of str
        Their names.
    """
    folders = {*_folders_of(types)}
    return [name for name, one in sys.modules.items() if Path(getattr(one, "__file__", None) or "").parent in folders]


@cache
def kernel_folder() -> Path:
    """Where this process keeps its compiled kernels: the first of these that can be written.

    `NUMBA_CACHE_DIR` where it is set, `__pycache__` of the package, the cache of the user (`XDG_CACHE_HOME` or the
    platform's), and a folder that goes with the process. Folders that were not used lately are removed.
    """
    key = _surroundings()
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
    folder = Path(tempfile.mkdtemp(prefix=FORGOTTEN))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _surroundings() -> str:
    """What all code depends on beside its sources: numba, numpy, Python, the processor and the options of numba."""
    options = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    surroundings = (
        numba.__version__,
        np.__version__,
        sys.version,
        llvmlite.binding.get_host_cpu_name(),
        llvmlite.binding.get_host_cpu_features().flatten(),
        sorted((name, value) for name, value in options.items() if name not in NOT_IN_THE_CODE),
    )
    return hashlib.sha256(repr(surroundings).encode()).hexdigest()[:24]


def _remove_all_but(kept: int, folder: Path) -> None:
    """Remove the folders but for those used last; another process may be doing the same."""
    used_s = {}
    for one in folder.iterdir():
        with contextlib.suppress(OSError):
            used_s[one] = one.stat().st_mtime
    for one in sorted(used_s, key=used_s.__getitem__, reverse=True)[kept:]:
        shutil.rmtree(one, ignore_errors=True)


class KernelCache(FunctionCache):
    """The compiled code of one function, a file for each signature and version of its sources.

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
        self._file = Path(function.__code__.co_filename)
        sources_of(self._file)  # as they are now, when the module is imported, not when the function is first called
        self.enable()

    def holds(self, sig: Any, target_context: Any) -> bool:
        """Whether the compiled code for a signature is kept."""
        try:
            return self._index_key(sig, target_context.codegen()) in self._cache_file._load_index()
        except Exception:  # whatever reading a damaged file comes upon
            return False

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
            self._remove_old_versions(sig)

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        """The signature, the target, and the sources that the code is made from."""
        files = {self._file}
        for folder in _folders_of(sig):
            files |= set(folder.glob("*.py"))
        return (*super()._index_key(sig, codegen), _digest(tuple(sorted(files))))

    def _remove_old_versions(self, sig: Any) -> None:
        """Keep the code of one signature for the sources of a few versions, the last compiled."""
        index = self._cache_file._load_index()
        versions = [key for key in index if key[0] == sig]
        for key in versions[:-KEPT]:
            with contextlib.suppress(OSError):
                os.unlink(self._cache_file._data_path(index.pop(key)))  # noqa: PTH108 numba keeps texts
        if len(versions) > KEPT:
            self._cache_file._save_index(index)


class _Implementation(CompileResultCacheImpl):
    """How numba writes compiled code down, under the name of module and function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._lineno = function.__code__.co_firstlineno
        self._locator = _Locator(function)
        full_name = f"{function.__module__}.{function.__qualname__}"
        self._filename_base = self.get_filename_base(full_name, sys.abiflags if hasattr(sys, "abiflags") else "")


class _Locator(_CacheLocator):
    """The folder of kernels; a function is found by its name, wherever in its file it stands."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._py_file = function.__code__.co_filename

    def get_cache_path(self) -> str:
        return str(kernel_folder())

    def get_source_stamp(self) -> str:
        return ""

    def get_disambiguator(self) -> str:
        return "0"


class _PartLibrary(JITCodeLibrary):
    """The code of a part with the parts that it calls, neither optimised nor executable."""

    def finalize(self) -> None:
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerPart(NativeLowering):
    """Lower a function to code that can be linked, with no entry for Python."""

    _name = "lower_part"

    def run_pass(self, state: Any) -> bool:
        state.library = _PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = state.flags.no_cpython_wrapper = state.flags.no_cfunc_wrapper = True
        super().run_pass(state)
        library, lowered = state.library, state["cr"]
        # Compiled callers find the code by this object; `_Part` keeps it from being called.
        key = make_function(lowered.fndesc.lookup_module(), lowered.fndesc.qualname, "", 0, lowered.env, (library,))
        state.targetctx.insert_user_function(key, lowered.fndesc, [library])
        state.reload_init.extend(library._reload_init)
        state["cr"] = lowered._replace(cfunc=key)
        return True


class PartCompiler(CompilerBase):
    """The compiler of numba with another last step; also for functions that `numba.extending.overload` gives."""

    def define_pipelines(self) -> list[PassManager]:
        """The passes of numba, but for the lowering."""
        passes = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes.passes = [(_LowerPart if each is NativeLowering else each, said) for each, said in passes.passes]
        passes.finalize()
        return [passes]


class _Part(CPUDispatcher):
    """A function that is part of kernels, and a kernel of its own once Python calls it."""

    @cached_property
    def _kernel(self) -> Callable[..., Any]:
        kernel: Callable[..., Any] = njit(_nrt=self.targetoptions["_nrt"])(self.py_func)
        return kernel

    def __call__(self, *arguments: Any) -> Any:
        return self._kernel(*arguments)
