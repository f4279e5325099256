"""A scenario as the text of its file, for situations that a search found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


def scenario_text(raw: Mapping[str, Any], comment: str = "") -> str:
    """The TOML of a scenario as it was read: its plain values first, then its tables and lists of tables.

    >>> print(scenario_text({"name": "low", "pressure": {"qnh_hpa": 1001.0}}, "Found by a search."), end="")
    # Found by a search.
    name = "low"
    <BLANKLINE>
    [pressure]
    qnh_hpa = 1001.0
    """
    lines = [f"# {line}" for line in comment.splitlines()]
    tables = {key: value for key, value in raw.items() if _is_table(value)}
    lines += [f"{key} = {_value(value)}" for key, value in raw.items() if key not in tables]
    for key, value in tables.items():
        for table in [value] if isinstance(value, Mapping) else value:
            head = f"[{key}]" if isinstance(value, Mapping) else f"[[{key}]]"
            lines += ["", head, *(f"{name} = {_value(inner)}" for name, inner in table.items())]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) or (
        isinstance(value, Sequence) and bool(value) and all(isinstance(each, Mapping) for each in value)
    )


def _value(value: Any) -> str:
    """A value as TOML; JSON's spelling is TOML's for texts, numbers and truth values."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
