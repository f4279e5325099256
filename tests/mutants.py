"""Change one thing in the source at a time, and see whether a test notices.

    python -m tests.mutants [ROOM...] [--seed N] [--sample N] [--workers N] [--most N]

What is changed and which tests have to notice stands in `tests/mutants.toml`. Each mutant is judged on a copy of the
tree; nothing of the checkout changes but `docs/mutants.md`, where each room has a section.
"""

from __future__ import annotations

import argparse
import ast
import copy
import hashlib
import json
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
from functools import cache
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeGuard

from tests.mutants_plugin import BROKEN, NOT_IN_PLACE, TOO_SLOW

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutants.md"
CONFIGURATION = ROOT / "tests" / "mutants.toml"
KEPT = ROOT / "out" / "mutants"
LEFT_OUT = (".git", ".venv*", "out", "dist", "build", ".hypothesis", ".*_cache", "pictures")

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


@dataclass(frozen=True)
class Reached:
    """What each test runs without a mutant: how long it takes, and which functions, each by file and first line."""

    took_s: dict[str, float]
    functions: dict[str, frozenset[str]]

    def tests_for(self, mutant: Mutant, most_s: float) -> list[str]:
        """The tests that can notice a mutant, the quickest first, and no more than take so long together."""
        reaching = _reaching(mutant)
        tests = [test for test, ran in self.functions.items() if reaching & ran]
        if not tests:  # any may notice, or they run in a process of their own, or at no time
            tests = list(self.functions)
        quickest = sorted(tests, key=lambda test: self.took_s[test])
        total_s = accumulate(self.took_s[test] for test in quickest)
        return [test for test, until_s in zip(quickest, total_s, strict=True) if until_s <= most_s]

    def limits_s(self, mutant: Mutant, options: dict[str, Any]) -> dict[str, float]:
        """The tests that judge a mutant, in their order, and how long each may take against it."""
        tests = self.tests_for(mutant, options["most_s"])
        return {test: max(options["least_limit_s"], options["limit_ratio"] * self.took_s[test]) for test in tests}


def _reaching(mutant: Mutant) -> frozenset[str]:
    """The functions that a mutant can change: its own, or those of its file and those that name what it defines.

    None for a field of a class: that of a parameter is read by whoever goes through all of them.
    """
    tree = ast.parse((ROOT / mutant.file).read_bytes())
    around = [node for node in ast.walk(tree) if _holds(node, mutant.line)]
    function = _function_around(tree, mutant.line)
    if function:
        return frozenset({f"{mutant.file}:{_first_line(function)}"})
    if any(isinstance(node, ast.ClassDef) for node in around):
        return frozenset()
    words = {name.id for node in around for name in ast.walk(node) if _is_defined(name)}
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(words)))})\b") if words else None
    return frozenset(
        f"{file}:{first}"
        for file, first, text in _functions()
        if file == mutant.file or (named is not None and named.search(text))
    )


def _function_around(tree: ast.AST, line: int) -> ast.FunctionDef | None:
    """The innermost function around a line."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _holds(node, line)]
    return max(functions, key=lambda node: node.lineno, default=None)


def _holds(node: ast.AST, line: int) -> bool:
    return isinstance(node, ast.stmt) and _first_line(node) <= line <= (node.end_lineno or 0)


def _first_line(node: ast.stmt) -> int:
    """Where Python says that a function begins: at its first decorator."""
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])


def _is_defined(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


@cache
def _functions() -> list[tuple[str, int, str]]:
    """Every function of the package: file, first line and text."""
    found = []
    for path in sorted((ROOT / "safetynets").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        file, lines = path.relative_to(ROOT).as_posix(), source.splitlines()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                found.append((file, _first_line(node), text))
    return found


@cache
def _hashes() -> dict[str, str]:
    """A hash of every Python file but what judges mutants."""
    files = [file for room in ("safetynets", "tests") for file in sorted((ROOT / room).rglob("*.py"))]
    return {
        file.relative_to(ROOT).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if not file.name.startswith("mutants")
    }


def _has_name_of_tests(file: str) -> bool:
    return Path(file).name.startswith("test_")


class Copies:
    """Copies of the tree, one a worker, in which the tests run against one mutant at a time."""

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        self._options = options
        self._free: SimpleQueue[Path] = SimpleQueue()
        self._servers: dict[tuple[Path, tuple[str, ...]], Serving] = {}
        for number in range(options["workers"]):
            tree = folder / f"tree-{number}"
            shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
            self._free.put(tree)

    def reached(self, room: dict[str, Any]) -> Reached:
        """Run the tests of a room without a mutant, shared out among the workers, and return what each reaches.

        What the tests of a file reach is kept in `out/mutants` until a source or the file changes.
        """
        files = sorted({file for test in room["tests"] for file in _test_files(ROOT / test)})
        kept = {file: KEPT / f"{self._key(file, room)}.json" for file in files}
        anew = [file for file in files if not kept[file].exists()]
        workers = self._options["workers"]
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda part: self._reached(part, kept, room), (anew[n::workers] for n in range(workers))))
        found = [json.loads(kept[file].read_text(encoding="utf-8")) for file in files]
        for test in (test for part in found for test in part["left_out"]):
            print(f"left out: {test} fails without a mutant, or takes too long", flush=True)
        every = {test: what for part in found for test, what in part["tests"].items()}
        print(f"{len(every)} tests take {sum(what['took_s'] for what in every.values()):.0f} s", flush=True)
        return Reached(
            {test: what["took_s"] for test, what in every.items()},
            {test: frozenset(what["functions"]) for test, what in every.items()},
        )

    def _key(self, file: str, room: dict[str, Any]) -> str:
        """A hash of everything that decides what the tests of a file reach."""
        text = (ROOT / file).read_text(encoding="utf-8")
        needed = (one for one in _hashes() if not _has_name_of_tests(one) or Path(one).stem in text)
        more = repr((self._options["examples"], self._options["longest_s"], sorted(room.get("without", ()))))
        return hashlib.sha256("".join([file, text, more, *(_hashes()[one] for one in needed)]).encode()).hexdigest()[
            :24
        ]

    def _reached(self, files: list[str], kept: dict[str, Path], room: dict[str, Any]) -> None:
        if not files:
            return
        tree = self._free.get()
        try:
            written = tree / "reached.json"
            environment = {"MUTANTS_REACHED": str(written), "MUTANTS_LONGEST_S": str(self._options["longest_s"])}
            without = [word for test in room.get("without", ()) for word in ("--deselect", test)]
            if _pytest(tree, [*files, *without], self._options["examples"], environment, None) not in (0, 1, 5):
                raise SystemExit(f"pytest breaks off: {' '.join(files)}")
            found = json.loads(written.read_text(encoding="utf-8"))
            if found["tests"] and _pytest(
                tree, ["--collect-only", *found["tests"]], self._options["examples"], {}, None
            ):
                raise SystemExit("tests are not found by their names")
            KEPT.mkdir(parents=True, exist_ok=True)
            for file in files:
                tests = {test: what for test, what in found["tests"].items() if test.split("::")[0] == file}
                left_out = [test for test in found["left_out"] if test.split("::")[0] == file]
                kept[file].write_text(json.dumps({"tests": tests, "left_out": left_out}), encoding="utf-8")
        finally:
            self._free.put(tree)

    def noticed(self, mutant: Mutant, limits_s: dict[str, float], room: dict[str, Any]) -> str:
        """How tests with their limits notice a mutant: "failed", "too slow", or "" if they do not."""
        tree = self._free.get()
        try:
            status = self._serving(tree, room).judge(mutant, limits_s, self._options["limit_s"])
            if status == NOT_IN_PLACE:
                status = self._anew(tree, mutant, limits_s)
            return {0: "", TOO_SLOW: "too slow"}.get(status, "failed")
        finally:
            self._free.put(tree)

    def _serving(self, tree: Path, room: dict[str, Any]) -> Serving:
        key = tree, tuple(room["tests"])
        if key not in self._servers:
            self._servers[key] = Serving(tree, room, self._options["examples"])
        return self._servers[key]

    def _anew(self, tree: Path, mutant: Mutant, limits_s: dict[str, float]) -> int:
        """Judge a mutant outside of any function, by a process that imports everything anew."""
        file = tree / mutant.file
        source = file.read_bytes()
        file.write_bytes(mutant.applied(source))
        try:
            environment = {"MUTANTS_LIMITS_S": json.dumps(limits_s)}
            return _pytest(tree, ["-x", *limits_s], self._options["examples"], environment, self._options["limit_s"])
        finally:
            file.write_bytes(source)


class Serving:
    """A process in which the tests of a room are collected; each mutant is judged in a fork of it."""

    def __init__(self, tree: Path, room: dict[str, Any], examples: int) -> None:
        self._tree = tree
        asks, asked = os.pipe()
        answered, answers = os.pipe()
        files = sorted({file for test in room["tests"] for file in _test_files(ROOT / test)})
        self._process = subprocess.Popen(
            _command(files),
            cwd=tree,
            env=_environment(tree, examples) | {"MUTANTS_SERVES": f"{asks} {answers}"},
            pass_fds=(asks, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(asks)
        os.close(answers)
        self._ask, self._answer = os.fdopen(asked, "w"), os.fdopen(answered)

    def judge(self, mutant: Mutant, limits_s: dict[str, float], limit_s: int) -> int:
        """The exit status of the tests against a mutant, or `NOT_IN_PLACE` for one outside of any function."""
        source = (self._tree / mutant.file).read_bytes()
        first_line = _outermost_line(ast.parse(source), mutant.line)
        if first_line is None:
            return NOT_IN_PLACE
        asked = {"file": mutant.file, "source": mutant.applied(source).decode(), "first_line": first_line}
        print(json.dumps({**asked, "limits_s": limits_s, "limit_s": limit_s}), file=self._ask, flush=True)
        answer = self._answer.readline()
        if not answer or int(answer) == BROKEN:
            raise SystemExit(f"the tests cannot be run against {mutant}")
        return int(answer)


def _outermost_line(tree: ast.AST, line: int) -> int | None:
    """Where the outermost function around a line begins, if the line is of its body."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _holds(node, line)]
    outermost = min(functions, key=lambda node: node.lineno, default=None)
    return _first_line(outermost) if outermost is not None and line >= outermost.body[0].lineno else None


def _test_files(test: Path) -> list[str]:
    files = sorted(test.rglob("*.py")) if test.is_dir() else [test]
    return [file.relative_to(ROOT).as_posix() for file in files if _has_tests(file)]


def _has_tests(file: Path) -> bool:
    return _has_name_of_tests(file.name) or ">>>" in file.read_text(encoding="utf-8")


def _pytest(tree: Path, arguments: list[str], examples: int, more: dict[str, str], limit_s: float | None) -> int:
    """Run pytest in a tree and return its exit status."""
    with subprocess.Popen(
        _command(arguments),
        cwd=tree,
        env=_environment(tree, examples) | more,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return TOO_SLOW


def _command(arguments: list[str]) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:benchmark", "-p", "no:cacheprovider"]
    return [*command, "-p", "tests.mutants_plugin", "-W", "ignore::RuntimeWarning", *arguments]


def _environment(tree: Path, examples: int) -> dict[str, str]:
    """The environment of tests in a tree, with the kernels as plain Python, so that no mutant is compiled."""
    ours = {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_DISABLE_JIT": "1"}
    return {**os.environ, **ours, "MUTANTS_EXAMPLES": str(examples)}


@dataclass(frozen=True)
class Equivalent:
    """A mutant that changes nothing that can be seen, and why: noted in `tests/mutants.toml`, found by its text.

    `after` is what stands before it on its line, where the same change elsewhere on the line can be seen.
    """

    file: str
    line: str
    before: str
    becomes: str
    because: str
    after: str = ""

    def is_of(self, mutant: Mutant) -> bool:
        """Whether a mutant is this one."""
        if (self.file, self.before, self.becomes) != (mutant.file, mutant.before, mutant.text):
            return False
        source = (ROOT / mutant.file).read_bytes()
        if not source[: mutant.begin].decode().endswith(self.after):
            return False
        return source.decode().splitlines()[mutant.line - 1].strip() == self.line


def judge(
    name: str, room: dict[str, Any], reached: Reached, copies: Copies, options: dict[str, Any]
) -> tuple[list[str], bool]:
    """Judge a sample of the mutants of a room; return its section of the page, and whether its notes hold."""
    files = sorted({file for glob in room["sources"] for file in ROOT.glob(glob)})
    every = [m for file in files for m in mutants_of(file.relative_to(ROOT).as_posix(), file.read_bytes())]
    chosen = random.Random(options["seed"]).sample(every, min(options["sample"], len(every)))
    equivalents = [Equivalent(**noted) for noted in options["equivalent"]]
    reasons = {m: next((e.because for e in equivalents if e.is_of(m)), "") for m in chosen}
    # All at once, so that the checkout may change while the copies are judged.
    limits_s = [reached.limits_s(mutant, options) for mutant in chosen]
    noticed = {}
    with ThreadPoolExecutor(options["workers"]) as pool:
        judged = pool.map(lambda one, limits: copies.noticed(one, limits, room), chosen, limits_s)
        for mutant, how in zip(chosen, judged, strict=True):
            print(f"{how or ('equivalent' if reasons[mutant] else 'SURVIVES'):10}  {mutant}", flush=True)
            noticed[mutant] = how
    wrong = [mutant for mutant in chosen if noticed[mutant] and reasons[mutant]]
    for mutant in wrong:
        print(f"noticed, though noted as equivalent: {mutant}", flush=True)
    quiet = sorted((mutant for mutant in chosen if not noticed[mutant]), key=lambda m: (m.file, m.begin))
    survivors = [mutant for mutant in quiet if not reasons[mutant]]
    same = [mutant for mutant in quiet if reasons[mutant]]
    count, killed = len(chosen) - len(same), len(chosen) - len(quiet)
    command = f"make mutants ROOMS={name} SEED={options['seed']} SAMPLE={options['sample']} MOST={options['most_s']}"
    tests = ", ".join(f"`{test}`" for test in room["tests"])
    too_slow = list(noticed.values()).count("too slow")
    lines = [
        f"## {name}",
        "",
        f"`{command}`: **{killed} of {count} noticed ({killed / max(count, 1):.0%})**,",
        f"{too_slow} of them by taking too long; {len(same)} more are equivalent. There are {len(every):,}.",
        f"Tests: {tests}.",
        "",
        *([f"- {survivor}" for survivor in survivors] or ["None survives."]),
        "",
    ]
    if same:
        lines += ["Equivalent:", "", *(f"- {mutant}: {reasons[mutant]}" for mutant in same), ""]
    return lines, not wrong


def write_page(sections: dict[str, list[str]]) -> None:
    """Write the page anew; the sections of rooms that were not judged stay as they are."""
    written = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    standing = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in re.split(r"^## ", written, flags=re.M)[1:]}
    standing |= {name: "\n".join(lines) for name, lines in sections.items()}
    lines = [
        "# Mutants: do the tests notice a change?",
        "",
        "Written by `make mutants`. A mutant is the source with one thing changed: a comparison, a sign, a number, a",
        "condition, `min` for `max`, 0 for NaN. A seed draws a sample of all mutants of a room. The tests of the room",
        "that run the changed function, as a first run without mutants notes, judge each mutant on a copy of the tree",
        "(`tests/mutants.toml`), the quickest first, with the kernels as plain Python and few examples of each",
        "property. Mutants that no test notices are listed, with their lines at the time. A mutant that changes",
        "nothing that can be seen is equivalent: it is listed with the reason, and is not in the score. `MOST` is how",
        "many seconds of the processor a mutant is judged for: where they are few, what only slower tests notice is",
        "among the survivors. What has been tested since stands here until the room is judged again.",
        "",
    ]
    PAGE.write_text(
        "\n".join([*lines, *(standing[name].rstrip("\n") + "\n" for name in sorted(standing))]), encoding="utf-8"
    )


def main() -> int:
    """Judge the rooms named, or all; 1 where a mutant noted as equivalent is noticed."""
    configuration = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(configuration['rooms'])}; all without")
    parser.add_argument("--seed", type=int, default=configuration["seed"])
    parser.add_argument("--sample", type=int, default=configuration["sample"], help="mutants a room")
    parser.add_argument("--workers", type=int, default=configuration["workers"], help="trees judged in at a time")
    most = "seconds of the processor that a mutant is judged for at most"
    parser.add_argument("--most", type=int, default=configuration["most_s"], help=most)
    given = parser.parse_args()
    unknown = set(given.rooms) - set(configuration["rooms"])
    if unknown:
        parser.error(f"no such room: {', '.join(sorted(unknown))}; there are {', '.join(configuration['rooms'])}")
    options = {
        **configuration,
        "seed": given.seed,
        "sample": given.sample,
        "workers": given.workers,
        "most_s": given.most,
    }
    sections, hold = {}, True
    reached: dict[tuple[str, ...], Reached] = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = Copies(Path(folder), options)
        for name in given.rooms or configuration["rooms"]:
            room = configuration["rooms"][name]
            tests = (*room["tests"], *room.get("without", ()))
            if tests not in reached:
                reached[tests] = copies.reached(room)
            sections[name], notes_hold = judge(name, room, reached[tests], copies, options)
            hold = hold and notes_hold
            write_page(sections)
            print("\n".join(sections[name]), flush=True)
    return int(not hold)


if __name__ == "__main__":
    sys.exit(main())
