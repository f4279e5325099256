"""How pytest runs for `make mutants`: what each test reaches, and no longer than a test can need.

Times are of the processor, so that they do not depend on what else the machine does.

`python -m tests.mutants` loads it with `-p tests.mutants_plugin`; what it is to do comes by the environment.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from types import CodeType, FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).parents[1]
OURS = str(ROOT / "safetynets") + os.sep
REACHED = os.environ.get("MUTANTS_REACHED", "")
"""Where to write which functions each test runs; empty while a mutant is judged."""
LIMITS_S: dict[str, float] = json.loads(os.environ.get("MUTANTS_LIMITS_S", "{}"))
EXAMPLES = int(os.environ.get("MUTANTS_EXAMPLES", "0"))
LONGEST_S = float(os.environ.get("MUTANTS_LONGEST_S", "0"))
TOO_SLOW = 124


class _Reached:
    """The functions that ran, and for whom: a test, or a fixture that several tests share."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[int, CodeType]] = defaultdict(dict)
        self.took_s: dict[str, float] = {}
        self.failed: set[str] = set()
        self.fixtures: dict[str, list[str]] = {}
        self.whose: str = ""

    def note(self, frame: FrameType, event: str, _: object) -> None:
        """Note a call; the profiler's callback."""
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS):
            self.codes[self.whose].setdefault(id(code), code)

    def of_tests(self) -> dict[str, Any]:
        """Of each test, how long it took and its functions, those of its fixtures included."""
        return {
            test: {
                "took_s": took_s,
                "functions": sorted(
                    {
                        f"{Path(code.co_filename).relative_to(ROOT).as_posix()}:{code.co_firstlineno}"
                        for whose in (test, *self.fixtures[test])
                        for code in self.codes[whose].values()
                    }
                ),
            }
            for test, took_s in self.took_s.items()
            if test not in self.failed
        }


_reached = _Reached()


def pytest_configure() -> None:
    """Let `int` take what is not a number where compiled kernels do: they drop the result afterwards."""
    from safetynets.engine.kernels import blocks

    vars(blocks)["int"] = lambda value: int(value) if math.isfinite(value) else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A mutant is to be noticed, not understood: few examples, and none is made smaller."""
    for item in items:
        function = getattr(item, "obj", None)
        own = getattr(function, "_hypothesis_internal_use_settings", None)
        if own is not None and EXAMPLES:
            function._hypothesis_internal_use_settings = settings(  # type: ignore[union-attr]
                own,
                max_examples=min(own.max_examples, EXAMPLES),
                phases=(Phase.explicit, Phase.generate),
                database=None,
                suppress_health_check=list(HealthCheck),
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note what the test runs, and how long it takes."""
    begin_s = process_time()
    if REACHED:
        _reached.whose = item.nodeid
        _reached.fixtures[item.nodeid] = list(getattr(item, "fixturenames", ()))
        threading.setprofile(_reached.note)
        sys.setprofile(_reached.note)
    try:
        return (yield)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        _reached.took_s[item.nodeid] = process_time() - begin_s


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Give a test up that is too long for mutants; end the run once one takes far longer than without a mutant."""
    if REACHED:
        signal.signal(signal.SIGPROF, _give_up)
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
    elif item.nodeid in LIMITS_S:
        signal.signal(signal.SIGPROF, lambda *_: os._exit(TOO_SLOW))
        signal.setitimer(signal.ITIMER_PROF, LIMITS_S[item.nodeid])
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def _give_up(*_: object) -> None:
    pytest.skip("takes too long to judge mutants")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A test that fails, or is skipped, without a mutant says nothing of one."""
    if report.outcome != "passed":
        _reached.failed.add(report.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
    """What a shared fixture runs is reached by each test that uses it, not by the first alone."""
    whose, _reached.whose = _reached.whose, fixturedef.argname
    try:
        return (yield)
    finally:
        _reached.whose = whose


def pytest_sessionfinish() -> None:
    """Write what was reached, and which tests are left out."""
    if REACHED:
        written = {"tests": _reached.of_tests(), "left_out": sorted(_reached.failed)}
        Path(REACHED).write_text(json.dumps(written), encoding="utf-8")
