"""`prepare` looks at the tracks once; `Prepared` judges any parameter set within the ranges on what was kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Net
from safetynets.engine.study.judged import JudgedAlerts
from safetynets.engine.study.plots import Traffic, bytes_of, traffic_of
from safetynets.engine.study.shown import put_together
from safetynets.errors import StudyError
from safetynets.evaluation.judging.structure import structure
from safetynets.evaluation.judging.widest import variation_of
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import Range
from safetynets.nets.apm.study import Finals, look_at_finals
from safetynets.nets.apw.study import Near, look_at_volumes
from safetynets.nets.msaw.study import Floors, look_at_floors
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

ParameterSet = Mapping[str, Any]
"""Values by dotted key; what is not named is as in the site."""

MOST_PREDICTIONS = 8
"""As many predictions of one net are kept at once; the one longest unused makes room."""


SETS_AT_A_TIME = 128
"""As many sets are judged while the kept plots of a track are at hand, which bounds what is held of their alerts."""


class Prepared:
    """Tracks prepared for judging parameter sets within ranges; made by `prepare`.

    Sets that differ only in judged parameters share one prediction (docs/judging.md); another prediction is made when
    a set first needs it.
    """

    def __init__(self, traffic: Traffic, ranges: Mapping[str, Range]) -> None:
        self._traffic = traffic
        self._ranges = ranges
        self._groups = sorted({volume.group for volume in traffic.site.volumes})
        self._predictions: dict[tuple[Net, str], OrderedDict[Hashable, Any]] = {}
        self._lock = Lock()

    def judge(self, values: ParameterSet) -> JudgedAlerts:
        """The alerts of one parameter set, equal to those of a full run with it.

        Raises
        ------
        StudyError
            For a value outside its range, a key that is not varied, and values that the site would refuse.
        """
        return self._judge([self._site_of(values)])[0]

    def judge_many(self, sets: Sequence[ParameterSet], threads: int = 2) -> list[JudgedAlerts]:
        """The alerts of each parameter set, in their order; the same whatever the number of threads.

        Raises
        ------
        StudyError
            As `judge`.
        """
        at_a_time = max(1, min(SETS_AT_A_TIME, -(-len(sets) // threads)))
        batches: list[tuple[list[int], Future[list[JudgedAlerts]]]] = []
        with ThreadPoolExecutor(threads) as pool:
            # The sites of the next sets are made while the first are judged.
            for start in range(0, len(sets), at_a_time):
                sites = {start + j: self._site_of(values) for j, values in enumerate(sets[start : start + at_a_time])}
                for numbers in self._alike(sites):
                    batches.append((numbers, pool.submit(self._judge, [sites[number] for number in numbers])))
        alerts = {
            number: one for numbers, judged in batches for number, one in zip(numbers, judged.result(), strict=True)
        }
        return [alerts[number] for number in range(len(sets))]

    def size(self) -> dict[str, int]:
        """How many plots are kept (of all nets, predictions and groups), and the bytes of all that is kept.

        The bytes count what stands beside the tracks: marks of all plots, and what is kept for each prediction.
        """
        made = [one for predictions in self._predictions.values() for one in predictions.values()]
        marked = self._traffic.eligible.marked
        return {
            "kept": sum(one.count for one in made),
            "bytes": bytes_of((marked.code, marked.first_row, marked.track_start_s)) + sum(one.bytes for one in made),
        }

    def _alike(self, sites: Mapping[int, Site]) -> list[list[int]]:
        """The numbers of the sets that share all predictions, together."""
        alike: dict[Hashable, list[int]] = {}
        for number, site in sites.items():
            key = tuple(structure(site, net, self._traffic.site) for net in Net)
            alike.setdefault(key, []).append(number)
        return list(alike.values())

    def _judge(self, sites: Sequence[Site]) -> list[JudgedAlerts]:
        """The alerts of sets that share all predictions."""
        one = sites[0]
        finals = self.finals(one)
        found: list[tuple[Net, str, list[NDArray[np.float64]]]] = [
            (Net.MSAW, "msaw", self.floors(one).judge(sites)),
            (Net.APM, "apm", finals.judge(sites)),
        ]
        found += [(Net.APW, group, self.near(one, group).judge(sites)) for group in self._groups]
        return [
            put_together(
                [(net, group, alerts[s]) for net, group, alerts in found],
                finals.spans,
                site.parameters.arbitration,
            )
            for s, site in enumerate(sites)
        ]

    def floors(self, site: Site) -> Floors:
        """What is kept for the MSAW of a site made from the one prepared for."""
        made: Floors = self._prediction(site, Net.MSAW, "", lambda: look_at_floors(self._traffic, site))
        return made

    def finals(self, site: Site) -> Finals:
        """What is kept for its APM."""
        made: Finals = self._prediction(site, Net.APM, "", lambda: look_at_finals(self._traffic, site))
        return made

    def near(self, site: Site, group: str) -> Near:
        """What is kept for one group of its volumes."""
        made: Near = self._prediction(site, Net.APW, group, lambda: look_at_volumes(self._traffic, site, group))
        return made

    def _prediction(self, site: Site, net: Net, group: str, make: Callable[[], Any]) -> Any:
        """The prediction that a site needs, made where there is none yet."""
        key = structure(site, net, self._traffic.site)
        with self._lock:
            kept = self._predictions.setdefault((net, group), OrderedDict())
            if key not in kept:
                kept[key] = make()
                if len(kept) > MOST_PREDICTIONS:
                    kept.popitem(last=False)
            kept.move_to_end(key)
            return kept[key]

    def _site_of(self, values: ParameterSet) -> Site:
        ranges = self._ranges
        for key, value in values.items():
            if key not in ranges:
                raise StudyError("is not among the varied parameters", where=key, mend="name it in the ranges")
            if not ranges[key].holds(value):
                raise StudyError(f"{value!r} is outside its range", where=key, mend="widen the range")
        return site_with(self._traffic.site, values)


def prepare(tracks: Tracks, site: Site, ranges: Mapping[str, Range]) -> Prepared:
    """Prepare tracks on the site's plane for judging parameter sets of the site within the ranges.

    What the site's own values need is predicted at once.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    StudyError
        For more inhibit volumes than can be told apart.
    """
    prepared = Prepared(traffic_of(tracks, site, variation_of(ranges, site)), dict(ranges))
    prepared.judge({})
    return prepared
