"""Configurations of a site: runways in use, low visibility, an area activated, each with what is there only then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from safetynets.sites.geometry import Configuration, Schedule, Site

CONFIGURED = ("approaches", "volumes", "inhibit_volumes", "parameter_regions")
"""The lists of a site whose items a configuration may name."""


def with_configurations(site: Site, configurations: Sequence[Configuration]) -> Site:
    """The site with these configurations: what they name is active while one of those that name it is in force."""

    def schedule_of(kind: str, name: str) -> Schedule | None:
        named = [one.schedule for one in configurations if name in getattr(one, kind)]
        return together(named) if named else None

    def scheduled(kind: str, items: Sequence[Any]) -> tuple[Any, ...]:
        found = [(item, schedule_of(kind, item.name)) for item in items]
        return tuple(item if schedule is None else replace(item, schedule=schedule) for item, schedule in found)

    local = [
        replace(one, schedule=schedule)
        if one.kind == "parameter_regions" and (schedule := schedule_of(one.kind, one.name)) is not None
        else one
        for one in site.local_parameters
    ]
    return replace(
        site,
        configurations=tuple(configurations),
        volumes=scheduled("volumes", site.volumes),
        inhibit_volumes=scheduled("inhibit_volumes", site.inhibit_volumes),
        local_parameters=tuple(local),
        approach_schedules={
            approach.name: schedule
            for approach in site.approaches
            if (schedule := schedule_of("approaches", approach.name)) is not None
        },
    )


def together(schedules: Sequence[Schedule]) -> Schedule:
    """Active while one of the schedules is.

    >>> always = Schedule(permanent=True, on=False, periods=(), weekly=())
    >>> together([always, Schedule(permanent=False, on=False, periods=(), weekly=())]).permanent
    True
    """
    return Schedule(
        permanent=any(one.permanent for one in schedules),
        on=any(one.on for one in schedules),
        periods=tuple(period for one in schedules for period in one.periods),
        weekly=tuple(period for one in schedules for period in one.weekly),
    )
