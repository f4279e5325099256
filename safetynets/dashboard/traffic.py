"""The day of traffic that the dashboard shows: that of a run folder, or a day of a study."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safetynets.errors import StudyError
from safetynets.evaluation.labels import Situations, label
from safetynets.evaluation.labels.traffic import traffic_to_label
from safetynets.evaluation.metrics import BUDGET, NeededTimes, TrafficAmount, traffic_amount
from safetynets.evaluation.study.days import plan_days
from safetynets.evaluation.study.load import load_study, site_of
from safetynets.evaluation.study.open_day import Place, open_day
from safetynets.runs.reload import reload_run
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


@dataclass(frozen=True, eq=False)
class Day:
    """One day: its title, the tracks on the plane of the site, what called for an alert, flights and hours.

    `needed` is the warning time that each net needs.
    """

    title: str
    site: Site
    tracks: Tracks
    situations: Situations
    amount: TrafficAmount
    needed: NeededTimes = BUDGET


def day_of_run(folder: Path, site: str | None) -> Day:
    """The traffic of a run folder, labelled by what is known of it.

    Raises
    ------
    InputError
        When the folder holds no run, or its site is not to be had.
    """
    traffic = traffic_to_label(folder, site)
    situations = label(traffic.tracks, traffic.site, traffic.truth)
    title = str(reload_run(folder, site).manifest["title"])
    return Day(title, traffic.site, traffic.tracks, situations, traffic_amount(traffic.tracks))


def day_of_study(study: str | Path, number: int, out: Path) -> Day:
    """One day of a study, by its number from 1; generated days are put into the folder `out`.

    Raises
    ------
    InputError
        For a study or a day that cannot be used.
    """
    loaded = load_study(study)
    days = plan_days(loaded, out)
    if not 1 <= number <= len(days):
        raise StudyError(f"there is no day {number}", file=loaded.file, mend=f"its days are 1 to {len(days)}")
    plan = days[number - 1]
    day = open_day(plan, Place(str(site_of(loaded.study, loaded.file)), loaded.changes))
    title = f"{loaded.study.title}, {plan.name}"
    return Day(title, day.site, day.tracks, day.situations, day.amount, loaded.needed)
