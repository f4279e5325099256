"""A setting of the dashboard as a parameter set on file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetynets.dashboard.bench import Bench
from safetynets.evaluation.parameter_files import parameter_set_text
from safetynets.evaluation.parameter_files import save_parameter_set as save_text
from safetynets.sites.geometry import Change


def save_parameter_set(folder: Path, name: str, bench: Bench, values: Mapping[str, Any]) -> Path:
    """Write the values that differ from the site as `NAME.toml` into a folder; a file of that name is not replaced.

    Raises
    ------
    StudyError
        For a name that is no file name, a file that is there, and a folder that cannot be written.
    """
    return save_text(folder, name, setting_text(name, bench, values))


def setting_text(name: str, bench: Bench, values: Mapping[str, Any]) -> str:
    """The text of the file: one [[parameters]] for each value, with its source, and what warning time is needed."""
    source = f"tried on the dashboard with {bench.day.title}, not validated"
    changes = [Change(each.key, values[each.key], source) for each in bench.controls if each.key in values]
    note = f"A parameter set for the site {bench.day.site.name}. Not for operational use."
    return parameter_set_text(name, changes, bench.day.needed, note)
