"""How pytest runs for `make mutants`: what each test reaches, and no longer than a test can need.

Times are of the processor, so that they do not depend on what else the machine does.

`python -m tests.mutants` loads it with `-p tests.mutants_plugin`; what it is to do comes by the environment.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

ROOT = Path(__file__).parents[1]
OURS = str(ROOT / "safetynets") + os.sep
REACHED = os.environ.get("MUTANTS_REACHED", "")
"""Where to write which functions each test runs; empty while a mutant is judged."""
LIMITS_S: dict[str, float] = json.loads(os.environ.get("MUTANTS_LIMITS_S", "{}"))
EXAMPLES = int(os.environ.get("MUTANTS_EXAMPLES", "0"))
SERVES = os.environ.get("MUTANTS_SERVES", "")
"""Two file descriptors, of mutants to judge and of how they were noticed; empty where the tests simply run."""
LONGEST_S = float(os.environ.get("MUTANTS_LONGEST_S", "0"))
TOO_SLOW, NOT_IN_PLACE, BROKEN = 124, 125, 126


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


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Judge mutants as they are asked for, each in a fork of this process, in which all tests are collected."""
    if not SERVES:
        return None
    asks, answers = map(int, SERVES.split())
    tests, functions = {item.nodeid: item for item in session.items}, _functions()
    gc.freeze()
    with os.fdopen(asks) as asked, os.fdopen(answers, "w") as answered:
        for line in asked:
            child = os.fork()
            if child == 0:
                try:
                    status = _judge(json.loads(line), tests, functions)
                except BaseException:
                    status = BROKEN
                os._exit(status)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            print(TOO_SLOW if status < 0 else status, file=answered, flush=True)
    return True


def _functions() -> dict[tuple[str, int], list[FunctionType]]:
    """Every function of the package that there is, by file and first line."""
    found = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(OURS):
            found[one.__code__.co_filename, one.__code__.co_firstlineno].append(one)
    return found


def _judge(
    asked: dict[str, Any], tests: dict[str, pytest.Item], functions: dict[tuple[str, int], list[FunctionType]]
) -> int:
    """Put a mutant in the place of its function and run tests up to the first that fails."""
    path = str(ROOT / asked["file"])
    changed = _code_at(compile(asked["source"], path, "exec"), asked["first_line"])
    originals = functions.get((path, asked["first_line"]), [])
    if changed is None or not originals or any(one.__code__.co_freevars != changed.co_freevars for one in originals):
        return NOT_IN_PLACE
    if any(one.__code__ == changed for one in originals):
        return NOT_IN_PLACE
    for one in originals:
        one.__code__ = changed
    signal.alarm(asked["limit_s"])
    LIMITS_S.update(asked["limits_s"])
    items = [tests[test] for test in asked["limits_s"]]
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if _reached.failed:
            return 1
    return 0


def _code_at(code: CodeType, first_line: int) -> CodeType | None:
    """The code of the function that begins at a line of a module."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            found = part if part.co_firstlineno == first_line else _code_at(part, first_line)
            if found is not None:
                return found
    return None
