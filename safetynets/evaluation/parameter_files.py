"""Parameter sets on file: their text, as scenarios, `compare` and `--parameters` read it, and where they lie."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetynets.errors import InputError, StudyError
from safetynets.evaluation.comparison.sources import ParameterSetOnFile, is_run, load_parameters
from safetynets.evaluation.metrics import BUDGET, NeededTimes
from safetynets.evaluation.study.needed import needed_toml
from safetynets.output import whole_file
from safetynets.runs.changed_site import ALL_REGIONS, changed_site
from safetynets.runs.folder import read_manifest
from safetynets.runs.reload import site_of_run
from safetynets.sites import Site, load_site
from safetynets.sites.geometry import Change
from safetynets.sites.overrides import as_tuples, parsed_value

"""Where parameter sets lie unless another folder is named."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


def parameter_set_text(name: str, changes: Sequence[Change], needed: NeededTimes = BUDGET, note: str = "") -> str:
    """The text of a parameter set: its name, one [[parameters]] for each value, the warning times that are needed.

    >>> print(parameter_set_text("wider", [Change("apm.below_ft", 150.0, "a trial")]))
    name = "wider"
    <BLANKLINE>
    [[parameters]]
    name = "apm.below_ft"
    value = 150.0
    source = "a trial"
    <BLANKLINE>
    """
    lines = [f"# {note}"] if note else []
    lines.append(f"name = {toml_value(name)}")
    for change in changes:
        lines += ["", "[[parameters]]", f"name = {toml_value(change.address)}", f"value = {toml_value(change.value)}"]
        lines.append(f"source = {toml_value(change.source)}")
    return "\n".join(lines) + "\n" + needed_toml(needed)


def toml_value(value: Any) -> str:
    """A plain value as TOML; JSON's spelling is TOML's for everything that a parameter can be."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def save_parameter_set(folder: Path, name: str, text: str) -> Path:
    """Write the text of a parameter set as `NAME.toml` into a folder; a file of that name is not replaced.

    Raises
    ------
    StudyError
        For a name that is no file name, a file that is there, and a folder that cannot be written.
    """
    if not NAME.fullmatch(name):
        raise StudyError(f"{name!r} is no name of a file", mend="use letters, digits, dots and dashes")
    file = folder / f"{name}.toml"
    with whole_file(file, StudyError, anew=True) as new:
        new.write_text(text, encoding="utf-8", newline="\n")
    return file


def sets_in(folder: Path) -> tuple[list[tuple[Path, ParameterSetOnFile]], list[Path]]:
    """The parameter sets in a folder by name of file, and the other TOML files in it.

    Raises
    ------
    StudyError
        For a folder that is not there.
    """
    if not folder.is_dir():
        raise StudyError("is no folder", file=folder, mend="name the folder of parameter sets, or of a study")
    found, others = [], []
    for file in sorted(folder.glob("*.toml")):
        try:
            found.append((file, load_parameters(file)))
        except StudyError:
            others.append(file)
    return found, others


def changes_of(source: Path) -> tuple[Change, ...]:
    """The values of a parameter file; of a run folder those in which it differs from its site, without the QNH.

    Raises
    ------
    InputError
        For a file or a folder that is neither.
    """
    if not is_run(source):
        return load_parameters(source).changes
    manifest = read_manifest(source)
    sources, of_run = {row["name"]: row["source"] for row in manifest["parameters"]}, f"the run {source.name}"
    return tuple(
        Change(key, parsed_value(value) if isinstance(value, str) else as_tuples(value), sources.get(key, of_run))
        for key, value in manifest["site_overrides"].items()
        if key != ALL_REGIONS
    )


def site_of(source: Path, site: str | None) -> Site:
    """The site with the values of a parameter file (which needs `site`) or of a run; or the site that `source` is.

    Raises
    ------
    InputError
        For what is none of these, and values that the site would refuse.
    """
    if is_run(source):
        manifest = read_manifest(source)
        return site_of_run(source, manifest, site, f"the run {source.name}")
    if source.suffix == ".toml" and source.name != "site.toml":
        found = load_parameters(source)
        if site is None:
            raise StudyError("a parameter file needs a site", file=source, mend="name it with --site")
        return checked(site, found.changes, source)
    return load_site(source if source.exists() else str(source))


def checked(site: str | Site, changes: Sequence[Change], file: Path | None = None) -> Site:
    """The site with these values.

    Raises
    ------
    StudyError
        For a key that names nothing and a value that the site would refuse, with the file.
    """
    try:
        return changed_site(site, changes)
    except InputError as error:
        raise StudyError(error.problem, file=file, where=error.where, mend=error.mend) from None
