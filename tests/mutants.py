"""Change one thing in the source at a time, and see whether a test notices.

    python -m tests.mutants [ROOM...] [--seed N] [--sample N]

What is changed and which tests have to notice stands in `tests/mutants.toml`. Each mutant is judged on a copy of the
tree; nothing of the checkout changes but `docs/mutants.md`, where each room has a section.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutants.md"
CONFIGURATION = ROOT / "tests" / "mutants.toml"
LEFT_OUT = (".git", ".venv", "out", "dist", "build", ".hypothesis", ".*_cache", "pictures")

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "fmin": "fmax",
    "fmax": "fmin",
    "floor": "ceil",
    "ceil": "floor",
}
LEFT_ALONE = (ast.JoinedStr, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom)
"""What is only said, not decided, and what no test could miss."""


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the bytes from `begin` to `end` become `text`."""

    file: str
    line: int
    begin: int
    end: int
    before: str
    text: str

    def applied(self, source: bytes) -> bytes:
        """The source with the change."""
        return source[: self.begin] + self.text.encode() + source[self.end :]

    def __str__(self) -> str:
        return f"`{self.file}` line {self.line}: `{self.before}` became `{self.text}`"


def mutants_of(file: str, source: bytes) -> list[Mutant]:
    """Every mutant of a source, in the order of the text."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found = {}
    for node, changed in _changes(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        before = re.sub(r"\s+", " ", source[begin:end].decode())
        text = ast.unparse(changed)
        text = text if isinstance(changed, ast.Name | ast.Constant | ast.Attribute | ast.stmt) else f"({text})"
        found[begin, end, text] = Mutant(file, node.lineno, begin, end, before, text)
    return [found[place] for place in sorted(found)]


def _changes(tree: ast.AST) -> Iterator[tuple[Any, ast.AST]]:
    """Each node that can be changed, and what it becomes; texts, annotations and decorators are left alone."""
    if isinstance(tree, LEFT_ALONE):
        return
    yield from ((tree, changed) for changed in _changed(tree))
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "decorator_list", "bases", "keywords") and not isinstance(tree, ast.Call):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _changes(child)


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """What a node may become."""
    match node:
        case ast.Compare(ops=operators):
            for place, operator in enumerate(operators):
                if type(operator) in COMPARISONS:
                    other = copy.deepcopy(node)
                    other.ops[place] = COMPARISONS[type(operator)]()
                    yield other
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in ARITHMETIC and not _is_text(
            left, right
        ):
            yield ast.BinOp(left, ARITHMETIC[type(operator)](), right)
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Attribute(value=ast.Name(id="np" | "math"), attr="nan"):
            yield ast.Constant(0.0)
        case ast.Attribute(value=value, attr=name) if name in NAMES:
            yield ast.Attribute(value, NAMES[name])
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield ast.Call(ast.Name(NAMES[name]), node.args, node.keywords)
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.AugAssign(target=target, op=operator, value=value) if type(operator) in ARITHMETIC:
            yield ast.AugAssign(target, ARITHMETIC[type(operator)](), value)


def _is_text(*nodes: ast.AST) -> bool:
    return any(isinstance(node, ast.JoinedStr) or isinstance(getattr(node, "value", None), str) for node in nodes)


class Copies:
    """Copies of the tree, one a worker, in which the tests run against one mutant at a time."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(workers):
            tree = folder / f"tree-{number}"
            shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
            self._free.put(tree)

    def noticed(self, mutant: Mutant | None, room: dict[str, Any], limit_s: float | None) -> str:
        """How the tests notice a mutant: "failed", "too slow", or "" if they do not."""
        tree = self._free.get()
        try:
            if mutant is None:
                return _tested(tree, room["tests"], room, limit_s)
            file = tree / mutant.file
            source = file.read_bytes()
            file.write_bytes(mutant.applied(source))
            try:
                return _tested(tree, _nearest_first(tree, room["tests"], mutant), room, limit_s)
            finally:
                file.write_bytes(source)
        finally:
            self._free.put(tree)


def _nearest_first(tree: Path, tests: list[str], mutant: Mutant) -> list[str]:
    """The test files: those that name the module first, so that most mutants are noticed at once."""
    module = Path(mutant.file).stem
    files = [file for test in tests for file in sorted((tree / test).rglob("*.py")) if _has_tests(file)]
    near = [file for file in files if re.search(rf"\b{module}\b", file.stem + file.read_text(encoding="utf-8"))]
    return [str(file.relative_to(tree)) for file in [*near, *(file for file in files if file not in near)]]


def _has_tests(file: Path) -> bool:
    return file.name.startswith("test_") or ">>>" in file.read_text(encoding="utf-8")


def _tested(tree: Path, tests: list[str], room: dict[str, Any], limit_s: float | None) -> str:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:benchmark", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    if not room.get("compiled", True):
        environment["NUMBA_DISABLE_JIT"] = "1"
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return "failed" if process.wait(limit_s) else ""
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "too slow"


def judge(name: str, room: dict[str, Any], copies: Copies, options: dict[str, Any]) -> list[str]:
    """Judge a sample of the mutants of a room and return its section of the page."""
    files = sorted({file for glob in room["sources"] for file in ROOT.glob(glob)})
    every = [m for file in files for m in mutants_of(file.relative_to(ROOT).as_posix(), file.read_bytes())]
    chosen = random.Random(options["seed"]).sample(every, min(options["sample"], len(every)))
    begin_s = perf_counter()
    if copies.noticed(None, room, None):
        raise SystemExit(f"{name}: the tests fail without any mutant; run pytest {' '.join(room['tests'])}")
    limit_s = max(options["least_limit_s"], 3.0 * (perf_counter() - begin_s))
    with ThreadPoolExecutor(options["workers"]) as pool:
        noticed = []
        for mutant, how in zip(chosen, pool.map(lambda one: copies.noticed(one, room, limit_s), chosen), strict=True):
            print(f"{how or 'SURVIVES':9}  {mutant}", flush=True)
            noticed.append(how)
    survivors = sorted(
        (mutant for mutant, how in zip(chosen, noticed, strict=True) if not how), key=lambda m: (m.file, m.begin)
    )
    killed = len(chosen) - len(survivors)
    command = f"make mutants ROOMS={name} SEED={options['seed']} SAMPLE={options['sample']}"
    share = f"{killed / max(len(chosen), 1):.0%}"
    tests = ", ".join(f"`{test}`" for test in room["tests"])
    return [
        f"## {name}",
        "",
        f"`{command}`: **{killed} of {len(chosen)} noticed ({share})**,",
        f"{noticed.count('too slow')} of them by taking too long; there are {len(every):,}. Tests: {tests}.",
        "",
        *([f"- {survivor}" for survivor in survivors] or ["None survives."]),
        "",
    ]


def write_page(sections: dict[str, list[str]]) -> None:
    """Write the page anew; the sections of rooms that were not judged stay as they are."""
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    standing = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in re.split(r"^## ", written, flags=re.M)[1:]}
    standing |= {name: "\n".join(lines) for name, lines in sections.items()}
    lines = [
        "# Mutants: do the tests notice a change?",
        "",
        "Written by `make mutants`. A mutant is the source with one thing changed: a comparison, a sign, a number, a",
        "condition, `min` for `max`, 0 for NaN. A seed draws a sample of all mutants of a room, and the tests of",
        "the room judge each on a copy of the tree (`tests/mutants.toml`). Mutants that no test notices are listed,",
        "with their lines at the time; some of them change nothing that can be seen.",
        "",
    ]
    PAGE.write_text(
        "\n".join([*lines, *(standing[name].rstrip("\n") + "\n" for name in sorted(standing))]), encoding="utf-8"
    )


def main() -> None:
    """Judge the rooms named, or all."""
    configuration = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(configuration['rooms'])}; all without")
    parser.add_argument("--seed", type=int, default=configuration["seed"])
    parser.add_argument("--sample", type=int, default=configuration["sample"], help="mutants a room")
    given = parser.parse_args()
    unknown = set(given.rooms) - set(configuration["rooms"])
    if unknown:
        parser.error(f"no such room: {', '.join(sorted(unknown))}; there are {', '.join(configuration['rooms'])}")
    options = {**configuration, "seed": given.seed, "sample": given.sample}
    sections = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = Copies(Path(folder), options["workers"])
        for name in given.rooms or configuration["rooms"]:
            sections[name] = judge(name, configuration["rooms"][name], copies, options)
            write_page(sections)
            print("\n".join(sections[name]), flush=True)


if __name__ == "__main__":
    main()
