"""The day of traffic that the dashboard shows: that of a run folder, or a day of a study."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import numpy as np

from safetynets.errors import StudyError
from safetynets.evaluation.labels import Situations, label
from safetynets.evaluation.labels.traffic import traffic_to_label
from safetynets.evaluation.metrics import BUDGET, NeededTimes, TrafficAmount, traffic_amount
from safetynets.evaluation.monitoring.run_day import run_folders
from safetynets.runs.folder import PAGE
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.tracks.portions import joined


@dataclass(frozen=True, eq=False)
class Day:
    """One day: its title, the tracks on the plane of the site, what called for an alert, flights and hours.

    `needed` is the warning time that each net needs. `replays` are the pages of the runs, and `first_tracks` the first
    track of each. `days` says of which days it is; where these are a sample, `rest` reads them all.
    """

    title: str
    site: Site
    tracks: Tracks
    situations: Situations
    amount: TrafficAmount
    needed: NeededTimes = BUDGET
    replays: tuple[Path, ...] = ()
    first_tracks: tuple[int, ...] = (0,)
    days: str = ""
    rest: Callable[[], Day] | None = None

    def replay_of(self, track: int, time_s: float) -> str:
        """The address of a moment of a flight on the page of its run, as it is served; empty where there is no page."""
        number = bisect_right(self.first_tracks, track) - 1
        if number >= len(self.replays) or not self.replays[number].is_file():
            return ""
        asked = {"time": f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%dT%H:%M:%SZ}"}
        if callsign := str(self.tracks.callsign[track]):
            asked["flight"] = callsign
        return f"/replay/{quote(self.replays[number].parent.name)}#{urlencode(asked)}"


def day_of_run(folder: Path, site: str | None) -> Day:
    """The traffic of a run folder, labelled by what is known of it.

    Raises
    ------
    InputError
        When the folder holds no run, or its site is not to be had.
    """
    traffic = traffic_to_label(folder, site)
    situations = label(traffic.tracks, traffic.site, traffic.truth)
    replays = (folder.resolve() / PAGE,)
    return Day(traffic.title, traffic.site, traffic.tracks, situations, traffic_amount(traffic.tracks), replays=replays)


def day_of_runs(folder: Path, site: str | None, sample: int) -> Day:
    """The traffic of the run folders in a folder as one; of a sample of the days first, spread over all.

    The values that the dashboard begins with are those of the last day, for every day; each day keeps its QNH.

    Raises
    ------
    InputError
        When the folder holds no runs, or runs at different sites.
    """
    folders = run_folders(folder)
    if len(folders) <= sample:
        return _together([day_of_run(each, site) for each in folders], f"{folder.name}: all {len(folders)} days")
    picked = [folders[round(at)] for at in np.linspace(0, len(folders) - 1, sample)]
    days = (
        f"{folder.name}: a sample of {len(picked)} of {len(folders)} days ({', '.join(each.name for each in picked)})"
    )
    part = _together([day_of_run(each, site) for each in picked], days)
    return replace(part, rest=lambda: day_of_runs(folder, site, len(folders)))


def _together(days: Sequence[Day], title: str) -> Day:
    """Several days as one: tracks numbered on, each time with the QNH of its day, the site of the last day."""
    if len({(day.site.name, day.site.plane) for day in days}) > 1:
        raise StudyError("the runs are at different sites", mend="keep one folder for each site")
    days = sorted(days, key=lambda day: float(day.tracks.time_s.min()))
    last = days[-1]
    counts = [day.tracks.track_count for day in days]
    first = tuple(int(number) for number in np.concatenate([[0], np.cumsum(counts)[:-1]]))
    tracks = joined([day.tracks for day in days])
    rows = [
        row | {"track": row["track"] + number}
        for day, number in zip(days, first, strict=True)
        for row in day.situations.rows()
    ]
    return Day(
        title=title,
        site=_with_qnh_of(days, last.site),
        tracks=tracks,
        situations=Situations.from_rows(rows),
        amount=TrafficAmount.of_days([day.amount for day in days]),
        needed=last.needed,
        replays=tuple(replay for day in days for replay in day.replays),
        first_tracks=first,
        days=title,
    )


def _with_qnh_of(days: Sequence[Day], site: Site) -> Site:
    """The site with the QNH of each day from its first plot on."""
    regions = []
    for place, region in enumerate(site.pressure_regions):
        qnh: list[tuple[float, float]] = []
        for day in days:
            begin_s = float(day.tracks.time_s.min()) if qnh else -np.inf
            qnh += [(max(from_s, begin_s), hpa) for from_s, hpa in day.site.pressure_regions[place].qnh]
        regions.append(replace(region, qnh=tuple(qnh)))
    return replace(site, pressure_regions=tuple(regions))


def day_of_study(study: str | Path, number: int, out: Path) -> Day:
    """One day of a study, by its number from 1; generated days are put into the folder `out`.

    Raises
    ------
    InputError
        For a study or a day that cannot be used.
    """
    from safetynets.evaluation.study.days import plan_days
    from safetynets.evaluation.study.load import load_study, site_of
    from safetynets.evaluation.study.open_day import Place, open_day

    loaded = load_study(study)
    days = plan_days(loaded, out)
    if not 1 <= number <= len(days):
        raise StudyError(f"there is no day {number}", file=loaded.file, mend=f"its days are 1 to {len(days)}")
    plan = days[number - 1]
    day = open_day(plan, Place(str(site_of(loaded.study, loaded.file)), loaded.changes))
    title = f"{loaded.study.title}, {plan.name}"
    return Day(title, day.site, day.tracks, day.situations, day.amount, loaded.needed)
