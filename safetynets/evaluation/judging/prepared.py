"""`prepare` looks at the tracks once; `Prepared` judges any parameter set within the ranges on what was kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from threading import Lock
from typing import Any

from safetynets.engine.local import any_local
from safetynets.engine.monitor import judge
from safetynets.engine.net import Net, nets, nets_at
from safetynets.engine.study.combined_alerts import combine_alerts
from safetynets.engine.study.judged_alerts import JudgedAlerts, judged_alerts
from safetynets.engine.study.kept_geometry import NO_SPANS, KeptGeometry, prepare_whole
from safetynets.engine.study.plots import StudyPlots, bytes_of, study_plots_of
from safetynets.errors import StudyError
from safetynets.evaluation.judging.structure import structure
from safetynets.evaluation.judging.widest import variation_of
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.ranges import Range
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

    Sets that differ only in thresholds share one prediction (docs/judging.md); another prediction is made when a set
    first needs it.

    Parameters
    ----------
    given
        The plots of the tracks as every set needs them.
    ranges
        The parameters varied, by dotted key.
    """

    def __init__(self, given: StudyPlots, ranges: Mapping[str, Range]) -> None:
        self._given = given
        self._ranges = ranges
        self._kept: dict[tuple[Net, str], OrderedDict[Hashable, KeptGeometry]] = {}
        self._lock = Lock()

    def judge(self, values: ParameterSet) -> JudgedAlerts:
        """Find the alerts of one parameter set.

        Parameters
        ----------
        values
            Values by dotted key, each within its range; what is not named is as in the site.

        Returns
        -------
        JudgedAlerts
            Equal to those of a full run with the set.

        Raises
        ------
        StudyError
            For a value outside its range, a key that is not varied, and values that the site would refuse.

        Examples
        --------
        See `prepare`.
        """
        return self._judge([self._site_of(values)])[0]

    def judge_many(self, sets: Sequence[ParameterSet], threads: int = 2) -> list[JudgedAlerts]:
        """Find the alerts of many parameter sets.

        Parameters
        ----------
        sets
            Each as for `judge`.
        threads
            How many threads; the alerts are the same whatever their number.

        Returns
        -------
        list of JudgedAlerts
            In the order of the sets.

        Raises
        ------
        StudyError
            As `judge`.

        Examples
        --------
        See `prepare`.
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
        """How much is kept beside the tracks.

        Returns
        -------
        dict of str to int
            "kept": plots kept, of all nets, predictions and groups; "bytes": marks of all plots, and what is kept for
            each prediction.

        Examples
        --------
        See `prepare`.
        """
        made = [one for predictions in self._kept.values() for one in predictions.values()]
        marked = self._given.eligible.marked
        return {
            "kept": sum(len(one.rows) for one in made),
            "bytes": bytes_of((marked.code, marked.first_row, marked.track_start_s)) + sum(one.bytes for one in made),
        }

    def _alike(self, sites: Mapping[int, Site]) -> list[list[int]]:
        """The numbers of the sets that share all predictions, together."""
        alike: dict[Hashable, list[int]] = {}
        for number, site in sites.items():
            key = tuple(structure(site, net, self._given.site) for net in nets())
            alike.setdefault(key, []).append(number)
        return list(alike.values())

    def _judge(self, sites: Sequence[Site]) -> list[JudgedAlerts]:
        """The alerts of sets that share all predictions."""
        if any_local(sites[0]):
            return [judged_alerts(judge(self._given.tracks, site).alerts) for site in sites]
        found, joined = [], NO_SPANS
        for net in nets_at(sites[0]):
            for group in net.groups(sites[0]):
                kept = self.kept(sites[0], net, group)
                found.append((net, group, kept.judge(sites)))
                if net.has_phases:
                    joined = kept.spans
        return [
            combine_alerts(
                [(net, group, alerts[s]) for net, group, alerts in found], joined, site.parameters.arbitration
            )
            for s, site in enumerate(sites)
        ]

    def kept(self, site: Site, net: Net, group: str) -> KeptGeometry:
        """What is kept for a net and group, made where there is none yet.

        Parameters
        ----------
        site
            A site made from the one prepared for, by values within the ranges.
        net
            The net.
        group
            One of its groups of areas.

        Returns
        -------
        KeptGeometry
            What the thresholds of any set need.

        Examples
        --------
        See `prepare`.
        """
        key = structure(site, net, self._given.site)
        with self._lock:
            kept = self._kept.setdefault((net, group), OrderedDict())
            if key not in kept:
                kept[key] = (
                    prepare_whole(self._given, net, group)
                    if net.studied is None
                    else import_module(net.studied.module).prepare(self._given, site, group)
                )
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
        return site_with(self._given.site, values)


def prepare(tracks: Tracks, site: Site, ranges: Mapping[str, Range]) -> Prepared:
    """Prepare tracks for judging many parameter sets; what the site's own values need is predicted at once.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    site
        The site, with the present parameters and QNH.
    ranges
        The parameters that the sets may vary, by dotted key (`safetynets.evaluation.ranges.range_of`).

    Returns
    -------
    Prepared
        Judges any set within the ranges.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    StudyError
        For more inhibit volumes than can be told apart.

    Examples
    --------
    >>> import numpy as np
    >>> from safetynets.evaluation.ranges import range_of
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
    >>> time_s = np.arange(0.0, 80.0, 4.0)
    >>> columns = {"time_s": time_s, "track": 0 * time_s, "pressure_altitude_ft": 3000 - 25 * time_s}
    >>> columns |= {"latitude_deg": 50.1 + 0.0006 * time_s, "longitude_deg": 8.1 + 0 * time_s}
    >>> columns |= {"vx_mps": 0 * time_s, "vy_mps": 66.7 + 0 * time_s, "vertical_rate_fpm": -1500 + 0 * time_s}
    >>> tracks = Tracks.from_columns(columns, {"callsign": ["LOW1"], "flight_rules": ["IFR"]}).on_plane(site.plane)
    >>> key = "msaw.terrain_clearance_ft"
    >>> prepared = prepare(tracks, site, {key: range_of(site, key, low=100, high=500)})
    >>> [judged.start_s.tolist() for judged in prepared.judge_many([{key: 100.0}, {key: 500.0}])]
    [[68.0], [52.0]]
    >>> prepared.judge({}).start_s.tolist(), prepared.size()["kept"] > 0
    ([52.0], True)
    >>> msaw = nets_at(site)[0]
    >>> len(prepared.kept(site, msaw, "msaw").rows) > 0
    True
    """
    prepared = Prepared(study_plots_of(tracks, site, variation_of(ranges, site)), dict(ranges))
    prepared.judge({})
    return prepared
