"""A setting of the dashboard saved as a parameter set, as scenarios, studies and `safetynets compare` read it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetynets.dashboard.bench import Bench
from safetynets.errors import StudyError
from safetynets.evaluation.study.needed import needed_toml
from safetynets.output import whole_file

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


def save_parameter_set(folder: Path, name: str, bench: Bench, values: Mapping[str, Any]) -> Path:
    """Write the values that differ from the site as `NAME.toml` into a folder; a file of that name is not replaced.

    Raises
    ------
    StudyError
        For a name that is no file name, a file that is there, and a folder that cannot be written.
    """
    if not NAME.fullmatch(name):
        raise StudyError(f"{name!r} is no name of a file", mend="use letters, digits, dots and dashes")
    file = folder / f"{name}.toml"
    text = parameter_set_text(bench, values)
    with whole_file(file, StudyError, anew=True) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
    return file


def parameter_set_text(bench: Bench, values: Mapping[str, Any]) -> str:
    """The text of the file: one [[parameters]] for each value, with its source, and what warning time is needed."""
    source = f"tried on the dashboard with {bench.day.title}, not validated"
    tables = [
        "\n".join(
            (
                "[[parameters]]",
                f"name = {json.dumps(each.key)}",
                f"value = {_toml(values[each.key])}",
                f"source = {json.dumps(source, ensure_ascii=False)}",
            )
        )
        for each in bench.controls
        if each.key in values
    ]
    head = f"# A parameter set for the site {bench.day.site.name}. Not for operational use.\n"
    return head + "".join(f"\n{table}\n" for table in tables) + needed_toml(bench.day.needed)


def _toml(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(json.dumps(each) for each in value)}]"
    return json.dumps(value)
