"""A day opened for judging: its tracks, the site with the QNH of the day, and what is true of the flights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.errors import InputError, StudyError
from safetynets.evaluation.labels import Category, Situations, Truth, label, read_truth, truth_of_faults
from safetynets.evaluation.labels.expert import overridden
from safetynets.evaluation.labels.files import read_labels
from safetynets.evaluation.metrics import TrafficAmount, traffic_amount
from safetynets.evaluation.study.days import DayPlan
from safetynets.evaluation.study.faults import with_faults
from safetynets.output import write_whole
from safetynets.runs.changed_site import ALL_REGIONS, changed_site
from safetynets.runs.manifest import sha256
from safetynets.runs.traffic import recorded, silent
from safetynets.sites import Site
from safetynets.sites.geometry import Change
from safetynets.sites.schema import HIGHEST_QNH_HPA, LOWEST_QNH_HPA
from safetynets.text_files import read_json
from safetynets.tracks import Tracks
from safetynets.traffic.generator import GeneratorSettings, write_days


@dataclass(frozen=True)
class Place:
    """The site of a study and the changes that make its present parameter set."""

    site: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, eq=False)
class OpenDay:
    """A day ready to be judged.

    Attributes
    ----------
    tracks, site
        The tracks on the plane of the site; the site with the present parameters and the QNH of the day.
    truth, situations
        What was put in, and which situations called for an alert.
    amount
        Flights and hours.
    facts
        What `study.json` tells of the day.
    """

    tracks: Tracks
    site: Site
    truth: Truth
    situations: Situations
    amount: TrafficAmount
    facts: Mapping[str, Any]


def open_day(plan: DayPlan, place: Place) -> OpenDay:
    """Read a day, or generate it where it is to be generated and is not there; clean it; put its faults in; label it.

    Raises
    ------
    StudyError
        When the file is no longer the one that the study was planned with.
    InputError
        For a file that cannot be used.
    """
    if plan.generated is not None:
        _generate(plan)
    elif sha256(plan.file) != plan.identity:
        raise StudyError("is not the file that the study began with", file=plan.file, mend="start the study again")
    site = site_on(plan, place)
    traffic = recorded(plan.file, plan.update_s, site, silent, plan.profile, qnh_of(plan))
    tracks = traffic.tracks
    truth = (
        read_truth(plan.sidecar, tracks.track_count) if plan.sidecar.is_file() else Truth.nothing(tracks.track_count)
    )
    if plan.faults is not None:
        tracks, records = with_faults(tracks, site, plan.faults, plan.fault_size, plan.seed, plan.file.name)
        truth = _together(truth, truth_of_faults(tracks, records))
    situations = _labelled(plan, tracks, site, truth)
    amount = traffic_amount(tracks)
    facts = {
        "number": plan.number,
        "day": plan.name,
        "file": plan.file.name,
        "sha256": sha256(plan.file),
        "qnh_hpa": qnh_of(plan),
        "flights": amount.flights,
        "plots": len(tracks),
        "hours": round(amount.hours, 3),
        "faults": _counted(fault for fault in truth.fault.tolist() if fault),
        "fault_size": plan.fault_size,
        "categories": _counted(Category(number).word for number in sorted(situations.category.tolist())),
    }
    return OpenDay(tracks, site, truth, situations, amount, facts)


def site_on(plan: DayPlan, place: Place) -> Site:
    """The site with a parameter set and the QNH of a day."""
    return _site(place, qnh_of(plan))


def _generate(plan: DayPlan) -> None:
    """Generate the day unless it is there, made from the same."""
    assert plan.generated is not None
    assert plan.date is not None
    told = plan.file.with_name(f"{plan.name}.made-from.json")
    if plan.file.is_file() and told.is_file() and told.read_text(encoding="utf-8") == plan.identity:
        return
    told.unlink(missing_ok=True)
    write_days(
        GeneratorSettings.model_validate_json(plan.settings_json),
        plan.file.parent,
        start=plan.date,
        days=1,
        movements=plan.generated.movements_per_day,
        seed=plan.generated.seed,
        faults_share=plan.generated.faults_share,
    )
    write_whole(told, plan.identity, StudyError)


def qnh_of(plan: DayPlan) -> float | None:
    """The QNH of the day: as given, else as the traffic generator left it beside the day, else unknown here."""
    qnh_hpa = plan.qnh_hpa
    if qnh_hpa is None and plan.beside.is_file():
        try:
            qnh_hpa = float(read_json(plan.beside)["qnh_hpa"])
        except (ValueError, KeyError, TypeError):
            raise StudyError(
                "holds no number 'qnh_hpa'", file=plan.beside, mend="write it, or give qnh_hpa for all days"
            ) from None
    if qnh_hpa is not None and not LOWEST_QNH_HPA <= qnh_hpa <= HIGHEST_QNH_HPA:
        raise StudyError(
            f"{qnh_hpa:g} hPa is not a plausible QNH",
            file=plan.file,
            mend=f"give hectopascals, from {LOWEST_QNH_HPA:.0f} to {HIGHEST_QNH_HPA:.0f}",
        )
    return qnh_hpa


@lru_cache(maxsize=6)
def _site(place: Place, qnh_hpa: float | None) -> Site:
    """The site of a place, whose terrain is read once for all days; only the QNH is that of the day."""
    if qnh_hpa is None:
        return changed_site(place.site, place.changes)
    site = _site(place, None)
    if not site.pressure_regions:
        return changed_site(place.site, (*place.changes, Change(ALL_REGIONS, qnh_hpa, "of the day")))
    regions = tuple(replace(region, qnh=((-math.inf, qnh_hpa),)) for region in site.pressure_regions)
    return replace(site, pressure_regions=regions)


def _together(known: Truth, put_in: Truth) -> Truth:
    """What was known of the tracks, and for those with a new fault what that is."""
    new = put_in.fault != ""
    columns = {name: np.where(new, getattr(put_in, name), getattr(known, name)) for name in _OF_FAULTS}
    return replace(known, **columns)


_OF_FAULTS = ("fault", "start_s", "up_ft", "right_m")


def _labelled(plan: DayPlan, tracks: Tracks, site: Site, truth: Truth) -> Situations:
    situations = label(tracks, site, truth)
    return situations if plan.labels is None else overridden(situations, read_labels(plan.labels, tracks))


def _counted(words: Sequence[str] | Any) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def named(plan: DayPlan, error: InputError) -> StudyError:
    """The refusal of a day, with its name."""
    return StudyError(
        f"day {plan.name!r} cannot be used: {error}", mend="mend it, or skip such days with --skip-corrupt"
    )


def site_path(site: str | Path) -> str:
    """The site as every worker finds it: a shipped one by its name, another by its whole path."""
    path = Path(site)
    return str(path.resolve()) if path.exists() else str(site)
