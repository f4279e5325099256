"""A day of shadow running: our alerts beside those that an operational system sent, and under other parameter sets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import numpy as np

from safetynets.engine.alerts import Alert
from safetynets.engine.follow import alerts_of
from safetynets.engine.net import nets, numbers
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.errors import InputError, StudyError, TracksError
from safetynets.evaluation.comparison.changes import pairings
from safetynets.evaluation.comparison.operational import APART_S, NEAR_S, on_tracks
from safetynets.evaluation.comparison.sources import ParameterSetOnFile
from safetynets.evaluation.labels import Category
from safetynets.evaluation.metrics.matching import pairs
from safetynets.evaluation.monitoring.run_day import RunDay, categories
from safetynets.recordings.asterix.alert_messages import SentAlerts, read_alert_messages
from safetynets.runs.changed_site import changed_site
from safetynets.runs.reload import reload_run
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

Side = Literal["both", "moved", "only ours", "only theirs"]
SIDES: tuple[Side, ...] = ("both", "moved", "only ours", "only theirs")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One alert of ours, of theirs, or of both.

    `ours_s` and `theirs_s` are the starts, NaN where there is none; `number` is that of our alert, 0 for none;
    `category` is that of our alert as in `RunDay`, None without labels.
    """

    side: Side
    net: str
    callsign: str
    area: str
    ours_s: float
    theirs_s: float
    number: int
    category: int | None

    @property
    def moved_s(self) -> float:
        """How much later ours starts than theirs; negative is earlier."""
        return self.ours_s - self.theirs_s


@dataclass(frozen=True, kw_only=True)
class OperationalDay:
    """The alerts of an operational system on a day beside ours, and how many could not be matched, by the reason."""

    rows: tuple[Beside, ...]
    unmatched: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What another parameter set makes of a day.

    Attributes
    ----------
    name
        Of the set.
    removed, moved
        Numbers of our alerts that it does not show, and of those that start at another time.
    gained, gained_category
        The alerts that it shows and ours did not, and their categories; None for a day without labels.
    necessary_lost
        Call sign and time of each necessary situation that has an alert of ours and none of the set.
    """

    name: str
    removed: tuple[int, ...]
    moved: tuple[int, ...]
    gained: tuple[Alert, ...]
    gained_category: tuple[int, ...] | None
    necessary_lost: tuple[tuple[str, float], ...]


class OperationalRecordings:
    """Recordings of category 004 of several days, given out by the day.

    A recording that has the name of a run, or the date of one in its name, is of that run. Any other must have dates of
    its own, as a capture has; its alerts are those of the runs over their times.

    Parameters
    ----------
    paths
        Files, and folders of files.

    Raises
    ------
    InputError
        For a path that is not there, or holds no recording of alerts.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._files: list[Path] = []
        for path in paths:
            if path.is_dir():
                inside = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
                if not inside:
                    raise StudyError("holds no recordings", file=path, where="--operational", mend="name another")
                self._files += inside
            elif path.is_file():
                self._files.append(path)
            else:
                raise StudyError("no such file or folder", file=path, where="--operational", mend="check the path")
        self.outside = 0

    def of_days(self, days: Sequence[RunDay]) -> list[SentAlerts]:
        """The alerts sent in the time of each day; those of no day are left out (`outside`)."""
        found = [SentAlerts() for _ in days]
        for file in self._files:
            own = self._own_day(file, days)
            sent = _read(file, None if own is None else _date(days[own]))
            for alert in sent.alerts:
                at = own if own is not None else _day_of(alert.start_s, days)
                if at is None:
                    self.outside += 1
                else:
                    found[at].alerts.append(alert)
        for one in found:
            one.alerts.sort(key=lambda alert: (alert.start_s, alert.number))
        return found

    def _own_day(self, file: Path, days: Sequence[RunDay]) -> int | None:
        """The day that a file is named after."""
        stem = file.name.partition(".")[0]
        named = _DATE.search(file.name)
        for number, day in enumerate(days):
            if stem == day.name or (named is not None and named[0] == _date(day).isoformat()):
                return number
        return None


def _read(file: Path, day: date | None) -> SentAlerts:
    try:
        return read_alert_messages(file, day)
    except TracksError as error:
        if day is None and "no date" in error.problem:
            raise StudyError(
                "says no date, and its name is that of no run",
                file=file,
                where="--operational",
                mend="name it after its run or its date, such as 2024-01-15.ff",
            ) from None
        raise


def _date(day: RunDay) -> date:
    return datetime.fromtimestamp(day.first_s, UTC).date()


def _day_of(time_s: float, days: Sequence[RunDay]) -> int | None:
    return next(
        (number for number, day in enumerate(days) if day.first_s - NEAR_S <= time_s <= day.last_s + NEAR_S), None
    )


def beside(
    day: RunDay,
    sent: SentAlerts,
    tracks: Tracks,
    site: Site,
    area_codes: Callable[[Iterable[str]], Mapping[str, str]] | None = None,
) -> OperationalDay:
    """The alerts sent on a day beside ours; starts that differ by no more than 1 s are the same."""
    theirs, unmatched = on_tracks(sent, tracks, site, area_codes)
    sides = _sorted(theirs), _sorted(day.alerts)
    numbers = {id(alert): place for place, alert in enumerate(day.alerts)}
    rows = []
    for one in pairings(judged_alerts(sides[0]), judged_alerts(sides[1]), APART_S):
        before = sides[0][one.before] if one.before >= 0 else None
        after = sides[1][one.after] if one.after >= 0 else None
        alert = after or before
        assert alert is not None
        words: dict[str, Side] = {"same": "both", "moved": "moved", "gained": "only ours", "lost": "only theirs"}
        category = None if after is None or day.category is None else day.category[numbers[id(after)]]
        rows.append(
            Beside(
                side=words[one.change],
                net=alert.net,
                callsign=alert.callsign or f"track {alert.track}",
                area=alert.area or alert.group,
                ours_s=np.nan if after is None else after.start_time_s,
                theirs_s=np.nan if before is None else before.start_time_s,
                number=0 if after is None else after.alert_id,
                category=category,
            )
        )
    return OperationalDay(rows=tuple(rows), unmatched=dict(sorted(unmatched.items())))


def try_set(day: RunDay, given: ParameterSetOnFile, tracks: Tracks, site: Site) -> Tried:
    """What a parameter set makes of the traffic of a day, beside the alerts of its run.

    Raises
    ------
    StudyError
        For a set that the site would refuse.
    """
    try:
        other = changed_site(site, given.changes)
    except InputError as error:
        raise StudyError(error.problem, file=given.name, where=error.where, mend=error.mend) from None
    sides = _sorted(day.alerts), _sorted([alert for alert in alerts_of(tracks, other) if alert.shown])
    judged = judged_alerts(sides[0]), judged_alerts(sides[1])
    found = pairings(*judged)
    gained = tuple(sides[1][one.after] for one in found if one.change == "gained")
    lost: tuple[tuple[str, float], ...] = ()
    if day.situations is not None:
        had, has = (
            set(pairs(side.net, side.track, side.start_s, side.end_s, day.situations).situation.tolist())
            for side in judged
        )
        necessary = day.situations.category == Category.NECESSARY
        lost = tuple(
            (str(day.situations.callsign[at]), float(day.situations.event_s[at]))
            for at in sorted(had - has)
            if necessary[at]
        )
    return Tried(
        name=given.name,
        removed=tuple(sides[0][one.before].alert_id for one in found if one.change == "lost"),
        moved=tuple(sides[0][one.before].alert_id for one in found if one.change == "moved"),
        gained=gained,
        gained_category=None if day.situations is None else categories(gained, day.situations),
        necessary_lost=lost,
    )


@dataclass(frozen=True, kw_only=True)
class ShadowTask:
    """A day to hold beside what was sent on it, and under other parameter sets."""

    number: int
    day: RunDay
    site: str | None
    sent: SentAlerts | None
    sets: tuple[ParameterSetOnFile, ...]
    area_codes: Callable[[Iterable[str]], Mapping[str, str]] | None


@dataclass(frozen=True, kw_only=True)
class ShadowDay:
    """What came of a task."""

    number: int
    operational: OperationalDay | None
    tried: tuple[Tried, ...]


def shadow_day(task: ShadowTask) -> ShadowDay:
    """Hold a day beside what was sent on it, and under other parameter sets."""
    reloaded = reload_run(task.day.folder, task.site)
    operational = None
    if task.sent is not None:
        operational = beside(task.day, task.sent, reloaded.tracks, reloaded.site, task.area_codes)
    tried = tuple(try_set(task.day, one, reloaded.tracks, reloaded.site) for one in task.sets)
    return ShadowDay(number=task.number, operational=operational, tried=tried)


def named_apart(sets: Sequence[tuple[Path, ParameterSetOnFile]]) -> tuple[ParameterSetOnFile, ...]:
    """Parameter sets whose names differ: those of the same name are called by their file."""
    names = Counter(one.name for _, one in sets)
    return tuple(replace(one, name=one.name if names[one.name] == 1 else str(path)) for path, one in sets)


def counted(days: Sequence[OperationalDay]) -> dict[str, dict[Side, int]]:
    """How many alerts are on each side: of all nets (empty), then of each net that has any."""
    found: dict[str, dict[Side, int]] = {}
    rows = [row for day in days for row in day.rows]
    for net in ("", *(net.name for net in nets() if any(row.net == net.name for row in rows))):
        of_net = [row for row in rows if net in ("", row.net)]
        found[net] = {side: sum(row.side == side for row in of_net) for side in SIDES}
    return found


def _sorted(alerts: Sequence[Alert]) -> list[Alert]:
    """Alerts in the order of `judged_alerts`."""
    return sorted(alerts, key=lambda alert: (alert.start_time_s, numbers()[alert.net], alert.track, alert.group))
