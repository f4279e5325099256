"""No module of the package imports itself by way of others.

What counts is every import that runs, at the top of a module or inside a function (where it hides a circle instead of
mending it). Imports for type checking only do not run, and do not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

import safetynets

PACKAGE = Path(safetynets.__file__).parent

KNOWN = {
    frozenset({"safetynets.recordings.names", "safetynets.recordings.profile"}),
}
"""Circles that stand and are to be mended; each set is all modules of one circle."""


def imported(tree: ast.AST) -> Iterable[str]:
    """Every dotted name of the package that the imports under a node may bring in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "the package imports by full names"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"
        yield from imported(node)


def imports_of_the_package() -> dict[str, set[str]]:
    """What each module imports of the package: a name that is no module counts for the module that has it."""
    trees = {}
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        trees[".".join(parts).removesuffix(".__init__")] = ast.parse(file.read_text(encoding="utf-8"))
    return {
        module: {name if name in trees else name.rpartition(".")[0] for name in imported(tree)} & trees.keys()
        for module, tree in trees.items()
    }


def circles(imports: Mapping[str, Iterable[str]]) -> set[frozenset[str]]:
    """The largest sets of modules each of which reaches all others by imports."""
    reached = {module: _reached(module, imports) for module in imports}
    return {
        frozenset(other for other in reached[module] if module in reached[other])
        for module in imports
        if module in reached[module]
    }


def _reached(start: str, imports: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for module in imports[ahead.pop()]:
            if module not in found:
                found.add(module)
                ahead.append(module)
    return found


def test_circles_are_found_through_any_number_of_modules():
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": []}) == {frozenset("abc")}
    assert circles({"a": ["b"], "b": []}) == set()


def test_no_module_imports_itself_by_way_of_others():
    found = circles(imports_of_the_package())
    assert found - KNOWN == set()
    assert KNOWN - found == set(), "these circles are mended: strike them from the list"
