"""What a fresh clone relies on."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {re.split("==", line)[0]: line for line in lines if line}


def test_the_constraints_pin_versions_and_name_no_index():
    for line in pinned().values():
        assert re.fullmatch(r"[a-z0-9._-]+==[^ /:]+( ; .+)?", line), line


def test_every_dependency_is_bounded_and_pinned():
    everything = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    for requirement in everything:
        name = re.split(r"[<>=]", requirement)[0].lower()
        assert ">=" in requirement, requirement
        assert name in pinned(), f"{name}: run make constraints"


def test_ci_runs_what_make_test_runs():
    runner = ROOT / ".ci" / "run"
    assert runner.stat().st_mode & 0o111
    assert runner.read_text(encoding="utf-8").rstrip().endswith("exec make test")
    planned = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.installed", "test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports", "pytest"):
        assert tool in planned


def test_every_dependency_has_its_reason_in_the_docs():
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in PROJECT["dependencies"]:
        assert re.split(r"[<>=]", requirement)[0] in text
