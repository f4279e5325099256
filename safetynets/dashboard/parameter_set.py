"""A setting of the dashboard as a parameter set on file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetynets.dashboard.controls import controls_of
from safetynets.dashboard.link import text_of, values_of_texts
from safetynets.dashboard.tuning import Tuning
from safetynets.errors import StudyError
from safetynets.evaluation.comparison.sources import load_parameters
from safetynets.evaluation.parameter_files import parameter_set_text
from safetynets.evaluation.parameter_files import save_parameter_set as save_text
from safetynets.sites.geometry import Change, Site


def save_parameter_set(folder: Path, name: str, tuning: Tuning, values: Mapping[str, Any]) -> Path:
    """Write the values that differ from the site as `NAME.toml` into a folder; a file of that name is not replaced.

    Raises
    ------
    StudyError
        For a name that is no file name, a file that is there, and a folder that cannot be written.
    """
    return save_text(folder, name, setting_text(name, tuning, values))


def opened_with(file: Path, site: Site) -> dict[str, Any]:
    """The values of a parameter set on file, as the controls of a site hold them.

    Raises
    ------
    StudyError
        For a file that is no parameter set, and a value that no control of the site has.
    """
    texts = {change.address: text_of(change.value) for change in load_parameters(file).changes}
    try:
        return values_of_texts(controls_of(site), texts)
    except StudyError as error:
        mend = (error.mend or "").replace("the link", "the file")
        raise StudyError(error.problem, file=file, where=error.where, mend=mend) from None


def setting_text(name: str, tuning: Tuning, values: Mapping[str, Any]) -> str:
    """The text of the file: one [[parameters]] for each value, with its source, and what warning time is needed."""
    source = f"tried on the dashboard with {tuning.day.title}, not validated"
    changes = [Change(each.key, values[each.key], source) for each in tuning.controls if each.key in values]
    note = f"A parameter set for the site {tuning.day.site.name}. Not for operational use."
    return parameter_set_text(name, changes, tuning.day.needed, note)
