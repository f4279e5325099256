"""Two parameter sets, or two sites, compared on days of traffic."""

from __future__ import annotations

from pathlib import Path

from safetynets.errors import InputError, StudyError
from safetynets.evaluation.comparison.comparison import Comparison
from safetynets.evaluation.comparison.sources import load_parameters
from safetynets.evaluation.metrics import BUDGET, NeededTimes
from safetynets.evaluation.study.change_task import compare_on_days
from safetynets.evaluation.study.days import day_files, plan_recorded
from safetynets.evaluation.study.open_day import Place, site_on, site_path
from safetynets.evaluation.study.workforce import Workforce
from safetynets.recordings import Profile
from safetynets.sites.catalogue import SITE_FILE, list_sites


def compare_sets(
    before: Path,
    after: Path,
    tracks: Path | None,
    hands: Workforce,
    *,
    site: str | None = None,
    qnh_hpa: float | None = None,
    update_s: float | None = None,
    profile: Profile | None = None,
    explain_at_most: int = 20,
    labels_wrong_share: float = 0.0,
) -> Comparison:
    """Compare two parameter files or sites on a day file, or on all in a folder.

    Up to `labels_wrong_share` of the labels may be wrong.

    Raises
    ------
    StudyError
        For no traffic, a parameter file without a site, and what cannot be read.
    InputError
        For a site or a day that cannot be used.
    """
    if tracks is None:
        raise StudyError("no traffic is given", where="--tracks", mend="name a day file, or a folder of them")
    if not tracks.exists():
        raise StudyError("no such file or folder", file=tracks, where="--tracks", mend="check the path")
    files = day_files(tracks) if tracks.is_dir() else [tracks]
    if not files:
        raise StudyError("holds no day files", file=tracks, where="--tracks", mend="name another folder")
    names, places, needs = zip(*(_side(path, site) for path in (before, after)), strict=True)
    if names[0] == names[1]:
        names = tuple(f"{name} ({path})" for name, path in zip(names, (before, after), strict=True))
    days = plan_recorded(files, qnh_hpa=qnh_hpa, update_s=update_s, profile=profile)
    for path, place in zip((before, after), places, strict=True):
        try:
            site_on(days[0], place)
        except InputError as error:
            raise StudyError(error.problem, file=path, where=error.where, mend=error.mend) from None
    stated = list(dict.fromkeys(one.times_s for one in needs if one is not None))
    if len(stated) > 1:
        raise StudyError(
            f"{before} and {after} state different warning times needed",
            where="needed",
            mend="write the same into both, or leave it out of one",
        )
    return compare_on_days(
        days,
        (places[0], places[1]),
        hands,
        names=(names[0], names[1]),
        explain_at_most=explain_at_most,
        needed=next((one for one in needs if one is not None), BUDGET),
        labels_wrong_share=labels_wrong_share,
    )


def _side(path: Path, site: str | None) -> tuple[str, Place, NeededTimes | None]:
    """The name of one side, its site with its values, and the warning times it states, if any."""
    if str(path) in list_sites() or (path / SITE_FILE).is_file() or path.name == SITE_FILE:
        return str(path), Place(site_path(path), ()), None
    found = load_parameters(path)
    if site is None:
        raise StudyError("a parameter file needs a site", file=path, mend="name it with --site")
    return found.name, Place(site_path(site), found.changes), found.needed
