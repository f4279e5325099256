"""Requirements, the tags of tests that answer them, and what the tests said."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from safetynets.errors import EvidenceError
from safetynets.text_files import read_toml

REQUIREMENTS = Path(__file__).with_name("requirements.toml")
MARK = "requirement"
PASSED, FAILED, NOT_RUN, NOT_VERIFIED = "passed", "failed", "not run", "not verified"


@dataclass(frozen=True)
class Requirement:
    """What is required, where that is from, and what answers it beside tests (figures by file, with words)."""

    id: str
    says: str
    source: str
    not_verified: str = ""
    scenarios: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A requirement with its tests and what came of them."""

    requirement: Requirement
    tests: Mapping[str, str] = field(default_factory=dict)

    @property
    def result(self) -> str:
        """`passed` where every test did, and there is one; else the worst that happened."""
        if self.requirement.not_verified:
            return NOT_VERIFIED
        results = set(self.tests.values())
        for worst in (FAILED, NOT_RUN):
            if worst in results:
                return worst
        return PASSED if results else NOT_VERIFIED


def load_requirements() -> tuple[Requirement, ...]:
    """The requirements, in their order.

    Raises
    ------
    EvidenceError
        For an id that is there twice.

    Examples
    --------
    >>> load_requirements()[0].id
    'REQ-POLICY'
    """
    raw = read_toml(REQUIREMENTS, EvidenceError)[0]["requirements"]
    found = [
        Requirement(
            id=row["id"],
            says=row["says"],
            source=row["source"],
            not_verified=row.get("not_verified", ""),
            scenarios=tuple(row.get("scenarios", ())),
            pages=tuple(row.get("pages", ())),
            figures=row.get("figures", {}),
        )
        for row in raw
    ]
    ids = [each.id for each in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        mend = "give each requirement its own id"
        raise EvidenceError(f"{', '.join(twice)} is there twice", file=REQUIREMENTS, mend=mend)
    return tuple(found)


def tags_of(tests: Path) -> dict[str, list[str]]:
    """The requirements that each tagged test names, by `folder/file.py::test`, without running anything.

    Raises
    ------
    EvidenceError
        Where there are no tests.
    """
    if not tests.is_dir():
        raise EvidenceError(
            "there are no tests", file=tests, mend="run this in a checkout, or give it with --checkout FOLDER"
        )
    found: dict[str, list[str]] = {}
    for file in sorted(tests.rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                ids = [name for decorator in node.decorator_list for name in _named(decorator)]
                if ids:
                    found[f"{file.relative_to(tests.parent).as_posix()}::{node.name}"] = ids
    return found


def check_tags(requirements: Sequence[Requirement], tags: Mapping[str, Sequence[str]]) -> list[str]:
    """What does not fit: a tag without a requirement, a requirement without a test or reason, one with both."""
    known = {each.id for each in requirements}
    tagged = {name for names in tags.values() for name in names}
    problems = [
        f"{test}: there is no requirement {name}" for test, names in tags.items() for name in names if name not in known
    ]
    for each in requirements:
        if each.id not in tagged and not each.not_verified:
            problems.append(f"{each.id}: no test has its tag, and it does not say why it is not verified")
        if each.id in tagged and each.not_verified:
            problems.append(f"{each.id}: is said to be not verified, and has a test")
    return problems


def results_of(junit: Path) -> dict[str, str]:
    """What came of each test of a JUnit file, all its parameters together, by `folder/file.py::test`.

    Raises
    ------
    EvidenceError
        For a file that is no JUnit file.
    """
    try:
        root = ElementTree.parse(junit).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise EvidenceError(
            f"is no JUnit file: {error}", file=junit, mend="write one: pytest --junitxml FILE"
        ) from None
    found: dict[str, str] = {}
    for case in root.iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        bad = case.find("failure") is not None or case.find("error") is not None
        said = FAILED if bad else NOT_RUN if case.find("skipped") is not None else PASSED
        worst = (PASSED, NOT_RUN, FAILED)
        found[name] = max(found.get(name, said), said, key=worst.index)
    return found


def answers(
    requirements: Sequence[Requirement], tags: Mapping[str, Sequence[str]], results: Mapping[str, str]
) -> list[Answer]:
    """Every requirement with its tests: what is not verified first, then what failed or was not run, then the rest."""
    found = [
        Answer(each, {test: results.get(test, NOT_RUN) for test, names in sorted(tags.items()) if each.id in names})
        for each in requirements
    ]
    order = (NOT_VERIFIED, FAILED, NOT_RUN, PASSED)
    return sorted(found, key=lambda answer: order.index(answer.result))


def _named(decorator: ast.expr) -> list[str]:
    """The ids in `pytest.mark.requirement("A", "B")`; none in another decorator."""
    if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.func.attr == MARK:
        return [arg.value for arg in decorator.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return []
