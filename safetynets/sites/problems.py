"""Everything that is wrong with a TOML file, gathered and said at once: line, key, problem, mend."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from safetynets.errors import SiteError, nearest
from safetynets.sites import toml_lines

KeyPath = toml_lines.Path


@dataclass(frozen=True)
class Problem:
    """One thing wrong: at which key, what, and how to mend it."""

    path: KeyPath
    text: str
    mend: str | None = None


def refusal(text: str, *, key: str | None = None, mend: str | None = None) -> PydanticCustomError:
    """The error a model validator raises so that its key and its mend reach the message."""
    return PydanticCustomError("site", "{text}", {"text": text, "key": key, "mend": mend})


def from_validation(error: ValidationError, model: type[BaseModel]) -> list[Problem]:
    """The errors of a pydantic validation as problems, unknown keys with the nearest key of their model."""
    return [_from_details(details, model) for details in error.errors()]


def raise_all(
    problems: Sequence[Problem],
    file: Path,
    lines: Mapping[KeyPath, int],
    overridden: Iterable[KeyPath],
    raw: Mapping[str, Any],
) -> None:
    """Raise one `SiteError` that lists every problem, one line each; do nothing when there is none."""
    if not problems:
        return
    given = set(overridden)
    places = [_place(problem.path, lines, given, raw) for problem in problems]
    if len(problems) == 1:
        raise SiteError(problems[0].text, file=file, where=places[0], mend=problems[0].mend)
    listed = [
        f"  {place}: {problem.text}" + (f"; {problem.mend}" if problem.mend else "")
        for place, problem in zip(places, problems, strict=True)
    ]
    raise SiteError("\n".join([f"{len(problems)} problems:", *listed]), file=file)


def _place(path: KeyPath, lines: Mapping[KeyPath, int], overridden: set[KeyPath], raw: Mapping[str, Any]) -> str:
    key = readable(path, raw)
    if path in overridden:
        return f"override of {key}"
    line = toml_lines.line_of(path, lines)
    return f"line {line}: {key}" if line and key else key


def readable(path: KeyPath, raw: Any) -> str:
    """A key path with the items of lists by their name, as an override would address them.

    >>> readable(("approaches", 0, "angle_deg"), {"approaches": [{"name": "LSGG 22"}]})
    'approaches.LSGG 22.angle_deg'
    """
    words: list[str] = []
    for part in path:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            raw = None
        named = isinstance(part, int) and isinstance(raw, Mapping) and isinstance(raw.get("name"), str)
        words.append(raw["name"] if named else f"[{part + 1}]" if isinstance(part, int) else part)
    return ".".join(words).replace(".[", "[")


def _from_details(details: ErrorDetails, model: type[BaseModel]) -> Problem:
    path, holder = _without_tags(details["loc"], model)
    value = details["input"]
    match details["type"]:
        case "site":
            context = details["ctx"]
            key = context["key"]
            return Problem(path if key is None else (*path, key), context["text"], context["mend"])
        case "extra_forbidden":
            known = [field.alias or name for name, field in holder.model_fields.items()]
            return Problem(path, f"unknown key {path[-1]!r}", nearest(str(path[-1]), known))
        case "union_tag_invalid":
            context = details["ctx"]
            key = context["discriminator"].strip("'")
            tags = [tag.strip("'") for tag in context["expected_tags"].split(", ")]
            return Problem((*path, key), f"unknown {key} {context['tag']!r}", nearest(context["tag"], tags))
        case "union_tag_not_found":
            key = details["ctx"]["discriminator"].strip("'")
            return Problem(path, f"the key {key!r} is missing", "add it")
        case "timezone_aware":
            return Problem(path, f"{value.isoformat()} does not say its time zone", "add Z for UTC")
        case "missing":
            return Problem(path, f"the key {path[-1]!r} is missing", "add it")
        case "model_type" | "model_attributes_type":
            return Problem(path, f"must be a table, not {_shown(value)}")
        case "tuple_type":
            return Problem(path, f"must be a list, not {_shown(value)}", "write it in [ ]")
        case "finite_number":
            return Problem(path, f"{value} is not a finite number", "write a finite number")
        case _:
            said = details["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
            return Problem(path, f"{said}, not {_shown(value)}")


def _shown(value: Any) -> str:
    text = repr(list(value) if isinstance(value, tuple) else value)
    return text if len(text) <= 60 else text[:57] + "..."


def model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    """The model that describes the table at a key path."""
    for part in path:
        if isinstance(part, str):
            inner = _models_in(_fields(model)[part].annotation)
            model = inner[0] if inner else model
    return model


def _without_tags(location: tuple[int | str, ...], model: type[BaseModel]) -> tuple[KeyPath, type[BaseModel]]:
    """The key path of a pydantic location, which also names the chosen members of unions, and the model it is in."""
    path: KeyPath = ()
    candidates: list[type[BaseModel]] = [model]
    holder = model
    for part in location:
        if isinstance(part, str) and len(candidates) > 1:
            candidates = [member for member in candidates if _is_tagged(member, part)]
            continue
        path = (*path, part)
        if isinstance(part, str):
            holder = candidates[0] if candidates else holder
            field = _fields(holder).get(part)
            candidates = [] if field is None else _models_in(field.annotation)
    return path, holder


def _is_tagged(model: type[BaseModel], tag: str) -> bool:
    return any(
        get_origin(field.annotation) is Literal and tag in get_args(field.annotation)
        for field in model.model_fields.values()
    )


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models that a field may hold: itself, or the members of a union, a tuple, a mapping or an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, types.UnionType, tuple, dict, Annotated):
        return [model for part in get_args(annotation) for model in _models_in(part)]
    return []
