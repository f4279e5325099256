"""Every public function, class and method has a docstring with all that numpydoc asks for.

Public is what the reference lists, what a package exports, and what the pages and notebooks import.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import enum
import importlib
import inspect
import itertools
import json
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import safetynets
from safetynets import errors

ROOT = Path(__file__).parents[2]
UNITS = {
    "ft": r"ft\b",
    "m": r"m\b",
    "nm": r"NM\b",
    "s": r"s\b|UTC seconds",
    "deg": r"deg\b",
    "kt": r"kt\b",
    "mps": r"m/s",
    "fpm": r"ft/min",
    "hpa": r"hPa\b",
    "in": r"inches",
}
"""How the unit at the end of a name is written in a description."""


def _exported() -> Iterator[tuple[str, Any]]:
    """What the packages export, each under the name of where it is defined."""
    for found in pkgutil.walk_packages(safetynets.__path__, "safetynets."):
        if found.ispkg:
            package = importlib.import_module(found.name)
            for name in getattr(package, "__all__", ()):
                yield f"{found.name}.{name}", getattr(package, name)
    for name in safetynets.__all__:
        yield f"safetynets.{name}", getattr(safetynets, name)


def _in_the_reference() -> Iterator[tuple[str, Any]]:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        pages = importlib.import_module("outside_pages")
    finally:
        sys.path.pop(0)
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for writer, of in pages.MARK.findall(page.read_text(encoding="utf-8")):
            if writer not in ("room", "names"):
                continue
            for kind, name in re.findall(r"\.\. auto(\w+):: (\S+)", getattr(pages, writer)(of)):
                if kind == "module":
                    yield from _defined_in(importlib.import_module(name))
                else:
                    module, _, attribute = name.rpartition(".")
                    yield name, getattr(importlib.import_module(module), attribute)


def _defined_in(module: Any) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__:
            yield f"{module.__name__}.{name}", value


def _in_the_pages() -> Iterator[tuple[str, Any]]:
    """What the code of pages and notebooks imports, and what their text names in full."""
    texts = [page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]]
    for name in sorted({name for text in texts for name in re.findall(r"safetynets(?:\.\w+)+", text)}):
        value = _named(name)
        if value is not None:
            yield name, value
    code = [block for text in texts for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)]
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        code += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    for block in code:
        for origin, names in re.findall(r"^ *from (safetynets[\w.]*) import \(?([\w\s,]+)", block, re.M):
            for name in re.findall(r"\w+", names.split("\n\n")[0] if "(" not in block else names):
                value = getattr(importlib.import_module(origin), name, None)
                if value is not None:
                    yield f"{origin}.{name}", value


def _named(name: str) -> Any:
    """What a name in full stands for, None where it is no module's."""
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute, None)
    except ModuleNotFoundError:
        return None


@cache
def _public() -> dict[str, Any]:
    """Public functions and classes of this package by where they are defined."""
    found = {}
    for _, value in [*_exported(), *_in_the_reference(), *_in_the_pages()]:
        if (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__.startswith("safetynets."):
            found[f"{value.__module__}.{value.__qualname__}"] = value
    return dict(sorted(found.items()))


def _sections(text: str) -> dict[str, str]:
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", text, flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def _described(section: str) -> dict[str, str]:
    """The names that a section describes, each with its description."""
    found = {}
    for head, body in re.findall(r"^(\S.*)\n((?:(?: +.*)?\n?)*)", section, re.M):
        for name in head.partition(" : ")[0].split(","):
            found[name.strip().lstrip("*")] = body
    return found


def _methods(kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, value in vars(kind).items():
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        in_class = inspect.isfunction(function) and function.__qualname__.startswith(f"{kind.__qualname__}.")
        if in_class and not name.startswith("_"):
            yield name, function


def _called_in(text: str, name: str) -> bool:
    """Whether the examples of a docstring call something of this name."""
    code = [line for line in text.splitlines() if re.match(r"\s*(>>>|\.\.\.)", line)]
    return any(re.search(rf"\b{name}\b", line) for line in code)


def _has_example(text: str, name: str, module: str, kind: type | None) -> bool:
    if _called_in(text, name) or (kind is not None and _called_in(inspect.getdoc(kind) or "", name)):
        return True
    seen = re.search(r"^See `([\w.]+)`\.", _sections(text).get("Examples", ""), re.M)
    if seen is None:
        return False
    origin, _, other = seen[1].rpartition(".")
    home = vars(importlib.import_module(origin or module))
    value = home.get(other) or getattr(kind, other, None)
    return value is not None and _called_in(inspect.getdoc(value) or "", name)


@cache
def _parsed(module: str) -> ast.Module:
    return ast.parse(Path(str(sys.modules[module].__file__)).read_text(encoding="utf-8"))


def _node(value: Any) -> ast.AST:
    """The syntax tree of a function or class."""
    node: Any = _parsed(value.__module__)
    for name in value.__qualname__.split("."):
        node = [each for each in node.body if getattr(each, "name", "") == name][-1]
    return node  # type: ignore[no-any-return]


def _raised(function: Callable[..., Any]) -> set[type[Exception]]:
    """The classes of the errors that a function raises in its own body."""
    names = {
        node.exc.func.id
        for node in ast.walk(_node(function))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    values = (vars(sys.modules[function.__module__]).get(name) or getattr(builtins, name, None) for name in names)
    return {value for value in values if isinstance(value, type) and issubclass(value, Exception)}


def _beside(kind: type) -> set[str]:
    """The fields of a class that have a text below them."""
    body = _node(kind).body  # type: ignore[attr-defined]
    return {
        field.target.id
        for field, text in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr)
    }


def _error(name: str) -> Any:
    return getattr(errors, name, None) or getattr(builtins, name, None)


def _lacks(name: str, function: Callable[..., Any], kind: type | None = None) -> Iterator[str]:
    """What the docstring of a function or method lacks."""
    text = inspect.getdoc(function) or ""
    if not re.match(r"\S[^\n]*[.:](\n\n|$)", text):
        yield "one sentence on its first line"
    sections = _sections(text)
    signature = inspect.signature(function)
    wanted = [parameter for parameter in signature.parameters if parameter not in ("self", "cls")]
    described = _described(sections.get("Parameters", ""))
    if set(wanted) != set(described):
        missing, other = [p for p in wanted if p not in described], [p for p in described if p not in wanted]
        yield f"Parameters: {', '.join([*missing, *(f'no {parameter}' for parameter in other)])}"
    for parameter, description in described.items():
        unit = parameter.rpartition("_")[2] if "_" in parameter else ""
        if unit in UNITS and not re.search(rf"\b(?:{UNITS[unit]})|As (?:for )?`", description):
            yield f"the unit of {parameter}"
    if signature.return_annotation not in (None, "None") and not {"Returns", "Yields"} & sections.keys():
        yield "Returns"
    told = [_error(each) for each in _described(sections.get("Raises", ""))]
    for error in _raised(function):
        if not any(isinstance(each, type) and issubclass(error, each) for each in told):
            yield f"Raises: {error.__name__}"
    if not _has_example(text, name, function.__module__, kind):
        yield "an example"


def _fields(kind: type) -> list[str]:
    """What a class has beside its methods, or is made from."""
    if issubclass(kind, enum.Enum | Exception):
        return []
    model = getattr(kind, "model_fields", None)
    if model is not None:
        return [name for name, field in model.items() if name in kind.__annotations__ and not field.description]
    if dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"):
        own = vars(kind).get("__annotations__", {})
        return [name for name in own if not name.startswith("_")]
    if "__init__" in vars(kind) and not getattr(kind, "_is_protocol", False):
        return [name for name in inspect.signature(kind).parameters if name != "self"]
    return []


def _class_lacks(kind: type) -> Iterator[str]:
    text = inspect.getdoc(kind) or ""
    if not re.match(r"\S[^\n]*[.:](\n\n|$)", text):
        yield "one sentence on its first line"
    prose = text.partition("Examples\n---")[0]
    for field in _fields(kind):
        if not re.search(rf"\b{field}\b", prose) and field not in _beside(kind):
            yield f"what {field} is"
    for name, value in vars(kind).items():
        if isinstance(value, property) and not name.startswith("_") and not (value.__doc__ or "").strip():
            yield f"what {name} is"


@pytest.fixture(scope="module")
def lacking() -> list[str]:
    found = []
    for place, value in _public().items():
        if inspect.isclass(value):
            found += [f"{place}: {what}" for what in _class_lacks(value)]
            for name, method in _methods(value):
                found += [f"{place}.{name}: {what}" for what in _lacks(name, method, value)]
        else:
            found += [f"{place}: {what}" for what in _lacks(value.__name__, value)]
    return found


def test_every_public_function_and_class_has_all_sections(lacking: list[str]) -> None:
    assert not lacking, "\n".join([f"{len(lacking)} lacks:", *lacking])


def test_what_users_are_shown_is_public() -> None:
    shown = {"api.run.replay", "tracks.table.Tracks", "recordings.asterix.recording.read", "response.draws.draw"}
    assert {f"safetynets.{name}" for name in shown} <= _public().keys()
    assert "safetynets.engine.monitor.allocate_log" not in _public()


def _bare(qnh_hpa: float, height_ft: float) -> float:
    """Says nothing of `height_ft`, and the pressure without its unit

    Parameters
    ----------
    qnh_hpa
        The pressure.
    """
    if qnh_hpa < 0.0:
        raise ValueError(qnh_hpa)
    return height_ft


def _whole(qnh_hpa: float) -> float:
    """Half of a pressure.

    Parameters
    ----------
    qnh_hpa
        The QNH (hPa).

    Returns
    -------
    float
        Half of it (hPa).

    Raises
    ------
    ValueError
        For a pressure below zero.

    Examples
    --------
    >>> _whole(1000.0)
    500.0
    """
    if qnh_hpa < 0.0:
        raise ValueError(qnh_hpa)
    return qnh_hpa / 2


def test_each_lack_is_named() -> None:
    assert list(_lacks("_bare", _bare)) == [
        "one sentence on its first line",
        "Parameters: height_ft",
        "the unit of qnh_hpa",
        "Returns",
        "Raises: ValueError",
        "an example",
    ]
    assert not list(_lacks("_whole", _whole))
