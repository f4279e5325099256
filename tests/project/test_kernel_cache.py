"""Compiled kernels are kept, and none of them is ever run after a source that it depends on has changed."""

import ctypes
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import safetynets
from safetynets import kernel_cache
from safetynets.engine.kernels import walk

PACKAGE = Path(safetynets.__file__).parent
LIMITS = "FACTOR = 3.0\n"
INNER = """
from safetynets.kernel_cache import njit
from safetynets.limits import FACTOR

@njit(forceinline=True)
def scaled(x):
    return FACTOR * x
"""
OUTER = """
from safetynets.kernel_cache import njit
from safetynets.inner import scaled

@njit(nogil=True)
def outer(x):
    return scaled(x) + 1.0
"""
CALL = """
from safetynets.kernel_cache import kernel_folder
from safetynets.outer import outer
print(outer(2.0), sum(outer.stats.cache_hits.values()), kernel_folder(), sep="\\n")
"""


class Copy:
    """A package of the same name with two tiny kernels, one of which calls the other, and a constant."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "away"
        self.home = folder / "home"
        self.home.mkdir()
        self.write("__init__.py", "")
        self.write("kernel_cache.py", (PACKAGE / "kernel_cache.py").read_text(encoding="utf-8"))
        self.write("processors.py", (PACKAGE / "processors.py").read_text(encoding="utf-8"))
        self.write("limits.py", LIMITS)
        self.write("inner.py", INNER)
        self.write("outer.py", OUTER)
        self.write("unconcerned.py", "")

    def write(self, name: str, text: str) -> None:
        file = self.folder / "safetynets" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def call(self, *, unprivileged: bool = False, **environment: str) -> tuple[float, int, Path]:
        """Call the outer kernel in a process of its own: its answer, how much was loaded, and where code is kept."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "XDG_"))}
        variables |= {"PYTHONPATH": str(self.folder), "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        answer, loaded, folder = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(CALL)],
            cwd=self.home,
            env=variables | environment,
            check=True,
            capture_output=True,
            text=True,
            preexec_fn=bound_by_permissions if unprivileged and os.geteuid() == 0 else None,
        ).stdout.split()
        return float(answer), int(loaded), Path(folder)


def bound_by_permissions() -> None:
    """Let the next program of root be bound by the permissions of files as any other user is (Linux)."""
    set_in_bounding_set, override_permissions = 24, 1
    assert ctypes.CDLL(None).prctl(set_in_bounding_set, override_permissions, 0, 0, 0) == 0


@pytest.fixture
def copy(tmp_path) -> Copy:
    return Copy(tmp_path)


def test_a_change_in_a_kernel_that_another_calls_is_noticed(copy):
    assert copy.call()[:2] == (7.0, 0)
    assert copy.call()[:2] == (7.0, 1)
    copy.write("unconcerned.py", "FACTOR = 4.0\n")
    assert copy.call()[:2] == (7.0, 1)
    copy.write("inner.py", INNER.replace("FACTOR * x", "FACTOR * x * x"))
    assert copy.call()[:2] == (13.0, 0)


def test_a_change_in_a_constant_that_is_compiled_in_is_noticed(copy):
    assert copy.call()[:2] == (7.0, 0)
    copy.write("limits.py", "FACTOR = 5.0\n")
    assert copy.call()[:2] == (11.0, 0)


def test_a_change_in_a_part_of_a_kernel_is_noticed_and_python_can_call_the_part(copy, monkeypatch):
    part = INNER.replace("njit", "part")
    copy.write("inner.py", part)
    assert copy.call()[:2] == (7.0, 0)
    assert copy.call()[:2] == (7.0, 1)
    copy.write("inner.py", part.replace("FACTOR * x", "FACTOR * x * x"))
    assert copy.call()[:2] == (13.0, 0)
    kept = {file.name.split("-")[0] for file in copy.call()[2].glob("*.nbi")}
    assert kept == {"safetynets.outer.outer"}
    called = CALL.replace("outer(2.0)", "scaled(2.0)").replace("outer.stats", "scaled._kernel.stats")
    monkeypatch.setattr(
        sys.modules[__name__], "CALL", called.replace("safetynets.outer import outer", "safetynets.inner import scaled")
    )
    assert copy.call()[:2] == (12.0, 0)
    assert copy.call()[:2] == (12.0, 1)


def test_a_package_that_cannot_be_written_keeps_its_kernels_in_the_cache_of_the_user(copy):
    package = copy.folder / "safetynets"
    cache = copy.home / "platform-cache"
    package.chmod(0o555)
    try:
        first = copy.call(unprivileged=True, XDG_CACHE_HOME=str(cache))
        second = copy.call(unprivileged=True, XDG_CACHE_HOME=str(cache))
    finally:
        package.chmod(0o755)
    assert first[:2] == (7.0, 0)
    assert second[:2] == (7.0, 1)
    assert second[2].is_relative_to(cache / "safetynets")
    assert not (package / "__pycache__").exists()


def test_without_any_place_to_keep_them_kernels_run_and_leave_nothing(copy):
    package = copy.folder / "safetynets"
    copy.home.chmod(0o555)
    package.chmod(0o555)
    try:
        answer, _, folder = copy.call(unprivileged=True)
    finally:
        package.chmod(0o755)
        copy.home.chmod(0o755)
    assert answer == 7.0
    assert not folder.exists()


def test_what_was_not_used_lately_is_removed(copy):
    _, _, present = copy.call()
    others = [present.parent / f"key-{age}" for age in range(5)]
    for age, folder in enumerate(others):
        folder.mkdir()
        os.utime(folder, (1e9 - age, 1e9 - age))
    assert copy.call()[:2] == (7.0, 1)
    assert set(present.parent.iterdir()) == {present, *others[: kernel_cache.KEPT - 1]}


def test_damaged_files_are_compiled_anew(copy):
    _, _, folder = copy.call()
    for damaged in ("*.nbc", "*.nbi"):
        for file in folder.glob(damaged):
            file.write_bytes(file.read_bytes()[:40])
        assert copy.call()[:2] == (7.0, 0)
        assert copy.call()[:2] == (7.0, 1)


@pytest.fixture
def folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(kernel_cache, "kernel_folder", lambda: tmp_path)


def halved(x):
    return x / 2


@pytest.mark.usefixtures("folder_of_its_own")
def test_two_processes_that_compile_one_function_at_once_do_not_mix_up_their_code():
    """One writes between the other's index and its code, as two processes may; numba alone would swap the two codes."""
    first, second = kernel_cache.njit()(halved), kernel_cache.njit()(halved)
    file = first._cache._cache_file
    write = file._save_data
    second._cache._cache_file._load_index = dict

    def meanwhile(name, data):
        assert second(3.5) == 1.75
        write(name, data)

    file._save_data = meanwhile
    assert first(3) == 1.5
    again = kernel_cache.njit()(halved)
    assert (again(3), again(3.5)) == (1.5, 1.75)
    assert sum(again.stats.cache_hits.values()) == 1, "one of the two index entries is lost, its code is not"


def test_every_kernel_is_compiled_with_this_cache():
    for file in PACKAGE.rglob("*.py"):
        if file != PACKAGE / "kernel_cache.py":
            text = file.read_text(encoding="utf-8")
            own = re.search(r"from numba import .*\b(n?jit|vectorize|guvectorize)\b|@numba\.|numba\.n?jit\(", text)
            assert own is None, f"{file.relative_to(PACKAGE.parent)}: take njit from safetynets.kernel_cache"


def test_the_key_covers_what_a_kernel_imports_and_nothing_else():
    sources = {file.relative_to(PACKAGE).as_posix() for file in kernel_cache.sources_of(Path(walk.__file__))}
    assert {"kernel_cache.py", "engine/kernels/walk.py", "engine/kernels/lifecycle.py"} <= sources
    assert not any(name.startswith(("cli", "reports", "nets")) for name in sources)


NET = """
from typing import NamedTuple
from numba.extending import overload
from safetynets.kernel_cache import njit

class Inputs(NamedTuple):
    factor: float
"""
RULE = """
from safetynets.general import rule
from safetynets.net.inputs import Inputs
from safetynets.kernel_cache import njit
from numba.extending import overload

@njit()
def own(inputs):
    return 2.0 * inputs.factor

@overload(rule)
def _(inputs):
    return own.py_func if inputs.instance_class is Inputs else None
"""
GENERAL = """
from safetynets.kernel_cache import njit

def rule(inputs):
    raise NotImplementedError

@njit()
def walk(inputs):
    return rule(inputs) + 1.0
"""
CALL_OF_A_NET = """
import safetynets.net.rule
from safetynets.general import walk
from safetynets.net.inputs import Inputs
from safetynets.kernel_cache import kernel_folder
print(walk(Inputs(3.0)), sum(walk.stats.cache_hits.values()), kernel_folder(), sep="\\n")
"""


def test_the_general_walk_is_compiled_anew_when_the_net_that_it_is_called_for_changes(copy, monkeypatch):
    """No source that the walk imports names the net: it finds the net's functions by the type of the inputs."""
    monkeypatch.setattr(sys.modules[__name__], "CALL", CALL_OF_A_NET)
    copy.write("general.py", GENERAL)
    copy.write("net/__init__.py", "")
    copy.write("net/inputs.py", NET)
    copy.write("net/rule.py", RULE)
    assert copy.call()[:2] == (7.0, 0)
    assert copy.call()[:2] == (7.0, 1)
    copy.write("net/rule.py", RULE.replace("2.0 *", "4.0 *"))
    assert copy.call()[:2] == (13.0, 0)


CALL_OF_TWO_NETS = """
import sys
import safetynets.net.rule, safetynets.other.rule
from safetynets import processors
from safetynets.general import walk
from safetynets.net.inputs import Inputs
from safetynets.other.inputs import Inputs as Others
from safetynets.kernel_cache import kernel_folder
processors.processor_count = lambda: 2
processors.compile_together(walk, [(Inputs(3.0),), (Others(3.0),)])
here = len(walk.overloads)
print(walk(Inputs(3.0)) + 100 * walk(Others(3.0)) + 10000 * here, sum(walk.stats.cache_hits.values()), kernel_folder())
"""


def test_for_two_nets_a_kernel_is_compiled_in_two_processes_and_each_has_the_functions_of_its_net(copy, monkeypatch):
    """The inputs of a net are defined in one module, its functions in another, which the other process imports too."""
    monkeypatch.setattr(sys.modules[__name__], "CALL", CALL_OF_TWO_NETS)
    copy.write("general.py", GENERAL)
    for net, factor in (("net", 2.0), ("other", 4.0)):
        copy.write(f"{net}/__init__.py", "")
        copy.write(f"{net}/inputs.py", f"{NET}\nInputs.__name__ = '{net}'\n")
        copy.write(f"{net}/rule.py", RULE.replace("safetynets.net", f"safetynets.{net}").replace("2.0", str(factor)))
    one, other, compiled_here = 7.0, 13.0, 1
    assert copy.call()[:2] == (one + 100 * other + 10000 * compiled_here, 1), "the other code is loaded"
    assert copy.call()[:2] == (one + 100 * other, 2), "nothing is compiled where everything is kept"


def test_few_versions_of_a_function_are_kept(copy):
    for factor in range(6):
        copy.write("limits.py", f"FACTOR = {factor}.0\n")
        assert copy.call()[:2] == (2.0 * factor + 1.0, 0)
    _, _, folder = copy.call()
    assert len(list(folder.glob("*outer.outer*.nbc"))) == kernel_cache.KEPT
