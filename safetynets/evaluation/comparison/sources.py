"""What is compared: parameter sets and sites on days of traffic, or two finished runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from safetynets.errors import SiteError, StudyError
from safetynets.evaluation.comparison.compare import different_values, together
from safetynets.evaluation.comparison.comparison import Comparison
from safetynets.evaluation.comparison.day import day_changes
from safetynets.evaluation.comparison.difference import differences_of_runs
from safetynets.evaluation.comparison.why import explained, most_telling
from safetynets.evaluation.labels import label
from safetynets.evaluation.labels.traffic import traffic_to_label
from safetynets.evaluation.metrics import NeededTimes, traffic_amount
from safetynets.evaluation.study.needed import NeededTables, needed_times
from safetynets.runs.folder import MANIFEST, TRACKS
from safetynets.runs.manifest import sha256
from safetynets.runs.scenario import ParameterChange
from safetynets.sites.geometry import Change, Site
from safetynets.sites.overrides import as_tuples
from safetynets.sites.parameters import Strict
from safetynets.sites.problems import from_validation, raise_all
from safetynets.sites.toml_lines import key_lines
from safetynets.text_files import read_toml


class ParameterFile(Strict):
    """A parameter set on file: what the site has other than its own `site.toml`, as in a scenario.

    `needed` is the warning time that each net needs, as in a study.
    """

    name: str = ""
    parameters: tuple[ParameterChange, ...] = ()
    needed: NeededTables | None = None


@dataclass(frozen=True)
class ParameterSetOnFile:
    """The name of a parameter set, its values, and the warning times needed; None where the file does not say."""

    name: str
    changes: tuple[Change, ...]
    needed: NeededTimes | None


def load_parameters(file: Path) -> ParameterSetOnFile:
    """A parameter set from its file.

    Raises
    ------
    StudyError
        For a file that is not there, no TOML, or says something else.
    """
    written, text = read_toml(file, StudyError, missing="name a file of parameters or a run folder")
    raw = as_tuples(written)
    try:
        told = ParameterFile.model_validate(raw, strict=True)
    except ValidationError as error:
        try:
            raise_all(from_validation(error, ParameterFile), file, key_lines(text), (), raw)
        except SiteError as found:
            raise StudyError(found.problem, file=found.file, where=found.where, mend=found.mend) from None
        raise
    changes = tuple(Change(change.name, change.value, change.source) for change in told.parameters)
    try:
        needed = None if told.needed is None else needed_times(told.needed, file.parent)
    except StudyError as error:
        raise StudyError(error.problem, file=file, where=error.where, mend=error.mend) from None
    return ParameterSetOnFile(told.name or file.stem, changes, needed)


def is_run(path: Path) -> bool:
    """Whether a path is the folder of a finished run."""
    return (path / MANIFEST).is_file()


def _centre(site: Site) -> str:
    return f"{site.plane.latitude_deg:.4f}, {site.plane.longitude_deg:.4f}"


def compare_runs(
    before: Path, after: Path, explain_at_most: int, site: str | None = None, labels_wrong_share: float = 0.0
) -> Comparison:
    """Compare two finished runs on the same traffic.

    `site` is needed where the site is not a shipped one. Up to `labels_wrong_share` of the labels may be wrong.

    Raises
    ------
    StudyError
        When the two are not of the same tracks.
    InputError
        For a folder that holds no run, or one whose site has changed since.
    """
    hashes = [sha256(folder / TRACKS) for folder in (before, after)]
    if hashes[0] != hashes[1]:
        listed = "; ".join(differences_of_runs(before, after)) or "the positions or altitudes of some plots"
        raise StudyError(
            f"{before} and {after} are runs on different traffic. They differ in {listed}",
            mend="run both on one scenario or recording, with the same --update-s",
        )
    traffic = [traffic_to_label(folder, site) for folder in (before, after)]
    tracks, sites = traffic[0].tracks, (traffic[0].site, traffic[1].site)
    if sites[0].plane != sites[1].plane:
        raise StudyError(
            f"the two sites have different centres: {sites[0].name} at {_centre(sites[0])}, {sites[1].name} at "
            f"{_centre(sites[1])}",
            mend="compare runs of one site",
        )
    amount = traffic_amount(tracks)
    name = before.name if before.name != after.name else str(before)
    day = day_changes(name, tracks, *sites, label(tracks, sites[0], traffic[0].truth), amount)
    telling = most_telling(day.changed, explain_at_most)
    changed = [explained(one, tracks, *sites) if at in telling else one for at, one in enumerate(day.changed)]
    facts = {
        "day": name,
        "file": TRACKS,
        "sha256": hashes[0],
        "flights": amount.flights,
        "plots": len(tracks),
        "hours": round(amount.hours, 3),
    }
    return together(
        [day],
        changed,
        names=(str(before), str(after)),
        values=different_values(*sites),
        traffic=[facts],
        labels_wrong_share=labels_wrong_share,
    )
