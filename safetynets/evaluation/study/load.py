"""`load_study`: a study file, checked against its site in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from safetynets.errors import InputError, SiteError, StudyError
from safetynets.evaluation.metrics import NeededTimes
from safetynets.evaluation.ranges import Range, range_of
from safetynets.evaluation.study.needed import needed_times
from safetynets.evaluation.study.schema import Study
from safetynets.runs.changed_site import changed_site
from safetynets.sites.catalogue import names_in, shipped_file, shipped_folder
from safetynets.sites.geometry import Change, Site
from safetynets.sites.overrides import as_tuples
from safetynets.sites.problems import from_validation, raise_all
from safetynets.sites.toml_lines import Path as KeyPath
from safetynets.sites.toml_lines import key_lines, line_of
from safetynets.text_files import read_toml

__all__ = ["LoadedStudy", "list_studies", "load_study"]


@dataclass(frozen=True, eq=False)
class LoadedStudy:
    """A study as loaded.

    Attributes
    ----------
    study, file
        What its file says, and the file.
    site
        The site with the present parameter set.
    changes
        The values of the site that the study sets, each with its source.
    ranges
        The parameters varied, by dotted key.
    needed
        The warning time that each net needs.
    """

    study: Study
    file: Path
    site: Site
    changes: tuple[Change, ...]
    ranges: Mapping[str, Range]
    needed: NeededTimes

    @property
    def folder(self) -> Path:
        """The folder that the study's paths are relative to."""
        return self.file.parent


def site_of(study: Study, file: Path) -> str | Path:
    """The site of a study as `load_site` takes it: beside the study file where it is there, else a shipped one."""
    beside = file.parent / study.site
    return beside if beside.exists() else study.site


def list_studies() -> tuple[str, ...]:
    """Names of the shipped studies, sorted.

    Returns
    -------
    tuple of str
        Names that `load_study` takes.

    Examples
    --------
    >>> "paris-qnh" in list_studies()
    True
    """
    return names_in(shipped_folder() / "studies")


def study_file(name_or_path: str | Path) -> Path:
    """The file of a shipped study by its name, or of one's own by its path.

    Raises
    ------
    StudyError
        When there is none; the error names the nearest shipped study.
    """
    return shipped_file(name_or_path, shipped_folder() / "studies", "study", StudyError)


def load_study(name_or_path: str | Path, ranges_file: Path | None = None) -> LoadedStudy:
    """Load a study and check it against its site.

    Parameters
    ----------
    name_or_path
        A name of `list_studies`, or the path of a study file.
    ranges_file
        Ranges (`next-ranges.toml` of an earlier study) in place of those of the same keys; a grid keeps its steps.

    Returns
    -------
    LoadedStudy
        Checked; nothing is judged yet.

    Raises
    ------
    StudyError
        For everything that is wrong, in one message: file, line, key, problem and mend of each.
    SiteError
        For a site that cannot be loaded.

    Examples
    --------
    >>> load_study("paris-qnh").study.site
    'paris'
    """
    file = study_file(name_or_path)
    raw, lines = _parsed(file)
    if ranges_file is not None:
        raw = _with_ranges(raw, ranges_file)
    try:
        study = Study.model_validate(raw, strict=True)
    except ValidationError as error:
        try:
            raise_all(from_validation(error, Study), file, lines, (), raw)
        except SiteError as found:
            raise StudyError(found.problem, file=found.file, where=found.where, mend=found.mend) from None
        raise
    changes = tuple(Change(change.name, change.value, change.source) for change in study.parameters)
    try:
        site = changed_site(site_of(study, file), changes)
    except SiteError as error:
        if error.where is not None and error.where.startswith("override"):
            raise StudyError(error.problem, file=file, where="parameters", mend=error.mend) from None
        raise
    ranges = _ranges(study, site, file, lines)
    return LoadedStudy(study, file, site, changes, ranges, _needed(study, file, lines))


def _with_ranges(raw: dict[str, Any], file: Path) -> dict[str, Any]:
    """The tables of a study with other ends of some ranges.

    Raises
    ------
    StudyError
        For a file that is none of ranges, and for a key that the study does not vary.
    """
    given = read_toml(file, StudyError)[0].get("ranges")
    ranges = raw.get("ranges", {})
    if not isinstance(given, Mapping) or not isinstance(ranges, Mapping):
        raise StudyError("holds no [ranges]", file=file, mend="give next-ranges.toml from the folder of a study")
    for key, ends in given.items():
        if key not in ranges:
            raise StudyError("is not varied by the study", file=file, where=f"ranges.{key}", mend="leave it out")
        if not isinstance(ends, Mapping) or set(ends) != {"low", "high"}:
            raise StudyError("is no range", file=file, where=f"ranges.{key}", mend="write { low = ..., high = ... }")
    return raw | {"ranges": {key: {**table, **given.get(key, {})} for key, table in ranges.items()}}


def _needed(study: Study, file: Path, lines: Mapping[KeyPath, int]) -> NeededTimes:
    try:
        return needed_times(study.needed, file.parent)
    except StudyError as error:
        key = str(error.where)
        line = line_of(tuple(key.partition(" ")[0].split(".")), lines)
        where = f"line {line}: {key}" if line else key
        raise StudyError(error.problem, file=file, where=where, mend=error.mend) from None


def _ranges(study: Study, site: Site, file: Path, lines: Mapping[KeyPath, int]) -> dict[str, Range]:
    """The ranges, each checked against the site; the first that is impossible is refused with its line."""
    ranges: dict[str, Range] = {}
    for key, table in study.ranges.items():
        line = line_of(("ranges", key), lines)
        where = f"line {line}: ranges.{key}" if line else f"ranges.{key}"
        try:
            ranges[key] = range_of(site, key, low=table.low, high=table.high, choices=table.choices)
            if table.steps is not None and ranges[key].choices:
                raise StudyError("'steps' beside choices", mend="leave it out: every choice is a step")
            if study.design.method == "grid" and table.steps is None and ranges[key].kind == "number":
                raise StudyError("the key 'steps' is missing", mend="say in how many steps the grid goes through it")
        except InputError as error:
            raise StudyError(error.problem, file=file, where=where, mend=error.mend) from None
    return ranges


def _parsed(file: Path) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    raw, text = read_toml(file, StudyError)
    if not raw:
        raise StudyError("is empty", file=file, mend="write a study: see docs/tuning.md")
    return as_tuples(raw), key_lines(text)
