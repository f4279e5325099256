"""`prepare` looks at the tracks once; `Prepared` judges any parameter set within the ranges on what was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from safetynets.errors import StudyError
from safetynets.evaluation.judged import JudgedAlerts, judged_alerts
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import Range
from safetynets.nets.monitor import watch
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

ParameterSet = Mapping[str, Any]
"""Values by dotted key; what is not named is as in the site."""


class Prepared:
    """Tracks prepared for judging parameter sets within ranges; made by `prepare`."""

    def __init__(self, tracks: Tracks, site: Site, ranges: Mapping[str, Range]) -> None:
        self._tracks = tracks
        self._site = site
        self._ranges = dict(ranges)

    def judge(self, values: ParameterSet) -> JudgedAlerts:
        """The alerts of one parameter set, equal to those of a full run with it.

        Raises
        ------
        StudyError
            For a value outside its range, a key that is not varied, and values that the site would refuse.
        """
        return judged_alerts(watch(self._tracks, self._site_of(values)).alerts)

    def judge_many(self, sets: Sequence[ParameterSet], threads: int = 2) -> list[JudgedAlerts]:
        """The alerts of each parameter set, in their order; the same whatever the number of threads.

        Raises
        ------
        StudyError
            As `judge`.
        """
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(self.judge, sets))

    def _site_of(self, values: ParameterSet) -> Site:
        for key, value in values.items():
            if key not in self._ranges:
                raise StudyError("is not among the varied parameters", where=key, mend="name it in the ranges")
            if not self._ranges[key].holds(value):
                raise StudyError(f"{value!r} is outside its range", where=key, mend="widen the range")
        return site_with(self._site, values)


def prepare(tracks: Tracks, site: Site, ranges: Mapping[str, Range]) -> Prepared:
    """Prepare tracks on the site's plane for judging parameter sets of the site within the ranges.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    return Prepared(tracks, site, ranges)
