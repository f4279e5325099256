"""The evidence pack: a folder with every requirement, what answers it, and the hashes of what was used."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numba
import numpy as np

from safetynets import __version__
from safetynets.errors import EvidenceError
from safetynets.evaluation.evidence.requirements import (
    NOT_VERIFIED,
    REQUIREMENTS,
    Answer,
    answers,
    check_tags,
    load_requirements,
    results_of,
    tags_of,
)
from safetynets.runs.manifest import sha256


def gather(checkout: Path, folder: Path, junit: Path | None, tell: Callable[[str], None]) -> list[Answer]:
    """Every requirement with its tests and their results; without a JUnit file the tagged tests are run.

    Raises
    ------
    EvidenceError
        Where tags and requirements do not fit each other, and where tests cannot be run.
    """
    requirements, tags = load_requirements(), tags_of(checkout / "tests")
    problems = check_tags(requirements, tags)
    if problems:
        raise EvidenceError(
            "; ".join(problems), file=REQUIREMENTS, mend="tag a test, or say in not_verified why there is none"
        )
    if junit is None:
        tell(f"running {len(tags)} tagged tests")
        junit = folder / "tests.xml"
        _run(checkout, list(tags), junit)
    return answers(requirements, tags, results_of(junit))


def _run(checkout: Path, tests: list[str], junit: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:benchmark", f"--junitxml={junit.resolve()}", *tests]
    ran = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, env=dict(os.environ))
    if not junit.is_file():
        raise EvidenceError(
            f"the tests could not be run: {(ran.stderr or ran.stdout).strip().splitlines()[-1:]}",
            file=checkout,
            mend="install the extra [test], or give the results with --junit FILE",
        )


def facts(found: list[Answer], checkout: Path) -> dict[str, Any]:
    """The pack as data: versions, counts, hashes, and every requirement."""
    counts: dict[str, int] = {}
    for answer in found:
        counts[answer.result] = counts.get(answer.result, 0) + 1
    files = sorted({REQUIREMENTS, *(checkout / test.partition("::")[0] for answer in found for test in answer.tests)})
    files += [checkout / page for answer in found for page in (*answer.requirement.pages, *answer.requirement.figures)]
    files += [checkout / "scenarios" / f"{name}.toml" for answer in found for name in answer.requirement.scenarios]
    return {
        "notice": "Not for operational use.",
        "versions": {
            "safetynets": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": numba.__version__,
        },
        "counts": counts,
        "requirements": [
            asdict(answer.requirement) | {"result": answer.result, "tests": dict(answer.tests)} for answer in found
        ],
        "files": {
            file.resolve().relative_to(checkout.resolve()).as_posix(): sha256(file) for file in dict.fromkeys(files)
        },
    }


def markdown(told: dict[str, Any]) -> str:
    """The page of the pack: what is not verified stands first."""
    counts = ", ".join(f"{count} {result}" for result, count in told["counts"].items())
    lines = ["# Requirements and what answers them", "", f"{counts}. Not for operational use.", ""]
    lines += [f"Made with {name} {version}." for name, version in told["versions"].items()]
    before = ""
    for row in told["requirements"]:
        if row["result"] != before:
            lines += ["", f"## {row['result'].capitalize()}"]
            before = row["result"]
        lines += ["", f"### {row['id']}", "", row["says"], "", f"- Source: {row['source']}."]
        if row["result"] == NOT_VERIFIED:
            lines.append(f"- Why not: {row['not_verified'] or 'no test answers it'}.")
        lines += [f"- Test: `{test}`: {result}." for test, result in row["tests"].items()]
        lines += [f"- Scenario: `safetynets run {name}`." for name in row["scenarios"]]
        lines += [f"- Page: {page}." for page in row["pages"]]
        lines += [f"- Figure: {says}, {figure}." for figure, says in row["figures"].items()]
    lines += ["", "## Files", "", "| file | SHA-256 |", "| --- | --- |"]
    lines += [f"| {name} | `{digest}` |" for name, digest in told["files"].items()]
    return "\n".join(lines) + "\n"


def as_json(told: dict[str, Any]) -> str:
    """The pack for machines."""
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"
