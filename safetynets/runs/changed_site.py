"""The site of a run: the site as it stands, and the changes made to it for the run, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetynets.errors import ScenarioError
from safetynets.runs.scenario import Scenario
from safetynets.sites import Site, load_site
from safetynets.sites.geometry import Change

ALL_REGIONS = "pressure_regions.*.qnh_hpa"
SWITCHED_ON = "switched_on"
GIVEN = "given for this run"


def changes_of(scenario: Scenario) -> tuple[Change, ...]:
    """The pressure and the parameters of a scenario as changes to its site."""
    changes = [Change(change.name, change.value, change.source) for change in scenario.parameters]
    if scenario.pressure is not None:
        changes.insert(0, Change(ALL_REGIONS, scenario.pressure.qnh_hpa, scenario.pressure.source))
    if scenario.switched_on:
        changes.insert(0, Change(SWITCHED_ON, scenario.switched_on, "the scenario"))
    return tuple(changes)


def pressure(qnh_hpa: float | None, source: str = GIVEN) -> tuple[Change, ...]:
    """One QNH for every pressure region as a change; none where none is given."""
    return () if qnh_hpa is None else (Change(ALL_REGIONS, qnh_hpa, source),)


def given(overrides: Mapping[str, Any] | None, source: str = GIVEN) -> tuple[Change, ...]:
    """Overrides by address as changes, all from one source."""
    return tuple(Change(address, value, source) for address, value in (overrides or {}).items())


def changed_site(site: str | Path | Site, changes: Sequence[Change]) -> Site:
    """The site with the changes put into it; of two changes to one value the later holds.

    A site that is loaded already keeps the changes it has; with further ones it is loaded anew from its file.

    Raises
    ------
    SiteError
        For a site that cannot be loaded, and for a change that names nothing or does not fit.
    ScenarioError
        For a QNH on a site that has no pressure region to hold it.
    """
    if isinstance(site, Site):
        changes = (*site.changes, *changes)
        loaded = site if changes == site.changes else _loaded(site.file, changes)
    else:
        loaded = _loaded(site, changes)
    for change in changes:
        if change.address == ALL_REGIONS and not loaded.pressure_regions:
            raise ScenarioError(
                f"a QNH of {change.value} hPa is given, but the site {loaded.name!r} has no pressure region to hold it",
                mend="add a [[pressure_regions]] to its site.toml",
            )
    return loaded


def _loaded(site: str | Path, changes: Sequence[Change]) -> Site:
    latest: dict[str, Change] = {}
    for change in changes:
        earlier = latest.pop(change.address, None)  # the later one also takes the later place
        if earlier is not None and change.address == SWITCHED_ON:
            change = Change(SWITCHED_ON, (*earlier.value, *change.value), f"{earlier.source}; {change.source}")
        latest[change.address] = change
    return load_site(
        site,
        {address: change.value for address, change in latest.items()},
        {address: change.source for address, change in latest.items()},
    )
