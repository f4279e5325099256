"""Parameters of a place and configurations: what changes nothing, and approaches that nobody watches."""

from __future__ import annotations

from collections.abc import Iterator

from safetynets.adaptation.checks.finding import SiteFinding, at, inside_of
from safetynets.sites.geometry import Site


def changes_nothing(site: Site) -> Iterator[SiteFinding]:
    """Parameters of a place that are those of the site, and parameters of a place that is never active."""
    configured = {name for one in site.configurations for name in one.parameter_regions}
    for one in site.local_parameters:
        place = None if one.area is None else at(site, inside_of(one.area))
        same = [
            f"{net}.{name}"
            for net, changed in one.values.items()
            for name, value in changed.items()
            if getattr(site.parameters.tables[net], name) == value
        ]
        if same:
            yield SiteFinding(
                "parameters-as-the-site", "note", one.name, f"here as for the whole site: {', '.join(same)}",
                "give another value, or leave it out", place,
            )  # fmt: skip
        if not one.schedule.ever and one.name not in configured:
            yield SiteFinding(
                "parameters-never-apply", "note", one.name, "its parameters are switched off by hand and never apply",
                "switch them on where they are wanted, or name the region in a configuration", place,
            )  # fmt: skip


def closed(site: Site) -> Iterator[SiteFinding]:
    """An approach that no configuration which is ever in force opens: its flights are excluded."""
    for approach in site.approaches:
        schedule = site.approach_schedules.get(approach.name)
        if schedule is not None and not schedule.ever:
            named = [one.name for one in site.configurations if approach.name in one.approaches]
            yield SiteFinding(
                "approach-closed", "warning", approach.name,
                f"no configuration that names it is ever in force ({', '.join(named)}): nobody is joined to it",
                "switch one on, give it a schedule, or leave it to a scenario or to live",
                at(site, (approach.x_m, approach.y_m)),
            )  # fmt: skip
