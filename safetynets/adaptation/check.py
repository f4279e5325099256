"""`check_site`: every check over a site, and what stands in the way of loading it as findings of the same kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from safetynets.adaptation.checks import approaches, inhibit, minimum_altitudes, places, terrain, volumes
from safetynets.adaptation.checks.finding import SEVERITIES, Check, Severity, SiteFinding
from safetynets.errors import SiteError
from safetynets.sites import Site, load_site
from safetynets.sites.catalogue import site_file

CHECKS: tuple[Check, ...] = (
    minimum_altitudes.below_terrain,
    minimum_altitudes.outside_terrain,
    minimum_altitudes.unlike_neighbours,
    minimum_altitudes.overlaps,
    minimum_altitudes.gaps,
    minimum_altitudes.narrow,
    approaches.course_and_runway,
    approaches.angle,
    approaches.threshold,
    approaches.path_and_ground,
    approaches.path_and_minima,
    approaches.capture,
    approaches.twice,
    inhibit.missing,
    inhibit.covering,
    inhibit.idle,
    places.changes_nothing,
    places.closed,
    volumes.buried,
    volumes.mixed_limits,
    volumes.switched_off_by_hand,
    volumes.without_desk,
    volumes.far_away,
    volumes.pressure,
    terrain.none,
    terrain.holes,
    terrain.obstacles,
    terrain.undulation,
)


@dataclass(frozen=True, eq=False)
class SiteReport:
    """What the checks found in a site.

    Attributes
    ----------
    file
        The `site.toml`.
    site
        The site as loaded; None where it cannot be loaded.
    findings
        Errors first, then warnings, then notes; within each in the order of the checks.
    """

    file: Path
    site: Site | None
    findings: tuple[SiteFinding, ...]

    def counts(self) -> Mapping[Severity, int]:
        """How many findings there are of each severity.

        Returns
        -------
        mapping of str to int
            By "error", "warning" and "note".

        Examples
        --------
        See `check_site`.
        """
        return {severity: sum(one.severity == severity for one in self.findings) for severity in SEVERITIES}


def check_site(name_or_path: str | Path, on: date) -> SiteReport:
    """Check a site for what its owner probably did not mean.

    Parameters
    ----------
    name_or_path
        A shipped site by its name, or a `site.toml` or its folder by its path.
    on
        The day on which schedules are to be in force.

    Returns
    -------
    SiteReport
        The findings; those that keep the site from being loaded are errors of the check "load", and then the only ones.

    Raises
    ------
    SiteError
        Where there is no such site.

    Examples
    --------
    >>> report = check_site("flat", date(2026, 11, 27))
    >>> report.counts()["error"]
    0
    """
    file = site_file(name_or_path)
    try:
        site = load_site(file)
    except SiteError as error:
        return SiteReport(file, None, tuple(_not_loaded(error, file)))
    found = [finding for check in CHECKS for finding in check(site)]
    found += volumes.schedules(site, on)
    return SiteReport(file, site, tuple(sorted(found, key=lambda one: SEVERITIES.index(one.severity))))


def _not_loaded(error: SiteError, file: Path) -> list[SiteFinding]:
    if error.where or error.mend:
        return [SiteFinding("load", "error", error.where or file.name, error.problem, error.mend or "")]
    lines = error.problem.splitlines()
    told = lines[1:] if len(lines) > 1 else lines
    return [_finding_of(line.strip(), file) for line in told]


def _finding_of(line: str, file: Path) -> SiteFinding:
    """A line of a refusal as a finding: "line 7: volumes.box: what is wrong; how to mend it"."""
    text, _, mend = line.partition("; ")
    *where, what = text.split(": ", 2)
    return SiteFinding("load", "error", ": ".join(where) or file.name, what, mend)
