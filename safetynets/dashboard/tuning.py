"""`Tuning`: traffic judged with any values of the controls, and compared with the values at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.dashboard.controls import AS_IN_SITE, Control, controls_of
from safetynets.dashboard.traffic import Day
from safetynets.engine.explain import explain
from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.errors import StudyError
from safetynets.evaluation.comparison.changes import Change, pairings
from safetynets.evaluation.comparison.sentence import sentence
from safetynets.evaluation.judging import Prepared, prepare
from safetynets.evaluation.labels import Category, Situations
from safetynets.evaluation.metrics import score
from safetynets.evaluation.metrics.matching import category_of_alerts, pairs
from safetynets.evaluation.metrics.scores import NUISANCE
from safetynets.evaluation.parameter_sets import site_with
from safetynets.tracks import Tracks

Values = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class ListedAlert:
    """One line of the table: an alert shown to the controller with the values of now, or one that is lost with them.

    `before_m` and `after_m` are where the flight was (x, y) when the alert began, with the values of the start and
    with those of now; NaN where there is no alert with them.
    """

    change: Change
    net: str
    group: str
    track: int
    callsign: str
    start_s: float
    moved_s: float
    time_to_violation_s: float
    category: str
    before_m: tuple[float, float]
    after_m: tuple[float, float]
    replay: str

    @property
    def nuisance(self) -> bool:
        """Whether nothing called for it."""
        return (Category.of_word(self.category) or 0) in NUISANCE

    @property
    def at_m(self) -> tuple[float, float]:
        """Where the flight was when the alert began; of one that is lost with the values of the start."""
        return self.before_m if self.change == "lost" else self.after_m


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the nets make of the day with some values.

    Attributes
    ----------
    judged
        The alerts that the controller is shown.
    row
        Its scores, as a row of a study's results.
    listed
        Its alerts and those of the start that are lost, in the order of time.
    sentence
        The change from the start, for a manager.
    """

    judged: JudgedAlerts
    row: Mapping[str, Any]
    listed: tuple[ListedAlert, ...]
    sentence: str


@dataclass(eq=False)
class Tuning:
    """A day of traffic with the controls of its site.

    Values near those of the site are judged on what is prepared when it is made; the first value farther off
    prepares the day for the whole ranges. A page begins with the values `opened_with`, unless its link names others.

    Raises
    ------
    StudyError
        From `judge` and `why`, for values that the site would refuse.
    """

    day: Day
    opened_with: Values = field(default_factory=dict)
    controls: tuple[Control, ...] = field(init=False)
    start: Verdict = field(init=False)
    _near: Prepared = field(init=False, repr=False)
    _whole: Prepared | None = field(init=False, repr=False, default=None)
    _all: Tuning | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        self.controls = controls_of(self.day.site)
        self._near = prepare(self.day.tracks, self.day.site, {each.key: each.near for each in self.controls})
        judged = shown_only(self._near.judge({}))
        self.start = Verdict(judged, self._row(judged), (), "")
        self.start = self.judge({})

    @property
    def first_net(self) -> str:
        """The key of the net with most alerts at the start, or of the first net that can be moved."""
        named = [nets()[number].key for number in self.start.judged.net.tolist()]
        offered = list(dict.fromkeys(each.net for each in self.controls))
        return max(offered, key=named.count)

    @property
    def pages(self) -> dict[str, Path]:
        """The pages of the runs by the name of their folder, of the sample and of all days where they were read."""
        days = [self.day, *([] if self._all is None else [self._all.day])]
        return {page.parent.name: page for day in days for page in day.replays}

    @property
    def whole(self) -> Tuning:
        """That of all days, where this is one of a sample of them; else itself."""
        if self.day.rest is None:
            return self
        if self._all is None:
            self._all = Tuning(self.day.rest(), self.opened_with)
        return self._all

    def judge(self, values: Values) -> Verdict:
        """The verdict with these values; what is not named is as in the site."""
        judged = shown_only(self._prepared_for(values).judge(values))
        row = self._row(judged)
        before, after = self._alerted(self.start.judged), self._alerted(judged)
        said = sentence(self.start.row, row, int((before & ~after).sum()), int((after & ~before).sum()))
        return Verdict(judged, row, tuple(self._listed(judged)), said)

    def is_near(self, values: Values) -> bool:
        """Whether these values are judged without preparing the day again."""
        return self._whole is not None or all(
            each.near.holds(values[each.key]) for each in self.controls if each.key in values
        )

    def why(self, values: Values, alert: ListedAlert) -> tuple[str, ...]:
        """What the net makes of the flight at the moment of an alert with these values, in sentences."""
        site = site_with(self.day.site, values)
        steps = explain(self.day.tracks, site, alert.track, alert.start_s)
        return tuple(step.text for step in steps if step.net == alert.net and step.group in ("", alert.group))

    def checked(self, texts: Mapping[str, Any]) -> dict[str, Any]:
        """Values as a link or a control gives them, without those that are as in the site.

        Raises
        ------
        StudyError
            For a key that is no control, and a value outside its range.
        """
        known = {each.key: each for each in self.controls}
        values: dict[str, Any] = {}
        for key, value in texts.items():
            if key not in known:
                raise StudyError("is not among the controls", where=key, mend="take it out of the link")
            if value in (known[key].present, AS_IN_SITE):
                continue
            if not known[key].span.holds(value):
                raise StudyError(f"{value!r} is outside its range", where=key, mend="take it out of the link")
            values[key] = value
        site_with(self.day.site, values)
        return values

    def _prepared_for(self, values: Values) -> Prepared:
        if self.is_near(values):
            return self._near if self._whole is None else self._whole
        self._whole = prepare(self.day.tracks, self.day.site, {each.key: each.span for each in self.controls})
        return self._whole

    def _row(self, judged: JudgedAlerts) -> dict[str, float | int]:
        return score(judged, self.day.situations, self.day.amount, self.day.needed.times_s).row()

    def _alerted(self, judged: JudgedAlerts) -> NDArray[np.bool_]:
        """For each situation whether it is necessary and has an alert."""
        situations = self.day.situations
        alerted = np.zeros(len(situations), dtype=np.bool_)
        alerted[_pairs(judged, situations).situation] = True
        alerted &= situations.category == Category.NECESSARY
        return alerted

    def _listed(self, judged: JudgedAlerts) -> list[ListedAlert]:
        sides = self.start.judged, judged
        names = [_category_words(side, self.day.situations) for side in sides]
        listed = []
        for one in pairings(*sides):
            side, row, words = (sides[1], one.after, names[1]) if one.after >= 0 else (sides[0], one.before, names[0])
            track, start_s = int(side.track[row]), float(side.start_s[row])
            before_m, after_m = (
                position_m(self.day.tracks, track, float(each.start_s[row])) if row >= 0 else (np.nan, np.nan)
                for each, row in zip(sides, (one.before, one.after), strict=True)
            )
            listed.append(
                ListedAlert(
                    change=one.change,
                    net=nets()[int(side.net[row])].name,
                    group=str(side.group[row]),
                    track=track,
                    callsign=str(self.day.tracks.callsign[track]) or f"track {track}",
                    start_s=start_s,
                    moved_s=one.moved_s,
                    time_to_violation_s=float(side.time_to_violation_s[row]),
                    category=words[row],
                    before_m=before_m,
                    after_m=after_m,
                    replay=self.day.replay_of(track, start_s),
                )
            )
        return sorted(listed, key=lambda each: (each.start_s, each.net, each.track, each.group))


def shown_only(judged: JudgedAlerts) -> JudgedAlerts:
    """The alerts that the controller is shown."""
    return judged.select(judged.shown)


def position_m(tracks: Tracks, track: int, time_s: float) -> tuple[float, float]:
    """Where a flight was at its last plot at or before a time, in metres on the plane."""
    rows = tracks.rows_of(track)
    row = rows.start + max(0, int(np.searchsorted(tracks.time_s[rows], time_s, side="right")) - 1)
    return float(tracks.x_m[row]), float(tracks.y_m[row])


def _pairs(judged: JudgedAlerts, situations: Situations) -> Any:
    return pairs(judged.net, judged.track, judged.start_s, judged.end_s, situations)


def _category_words(judged: JudgedAlerts, situations: Situations) -> list[str]:
    """The category of each alert in words; empty for one that belongs to no situation."""
    category = category_of_alerts(_pairs(judged, situations), len(judged), situations)
    return [Category(number).word if number else "" for number in category.tolist()]
