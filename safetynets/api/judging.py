"""`judge` and `judge_many`: the alerts of tracks with one parameter set, or with many."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from safetynets.api import engine, markup
from safetynets.api.alerts import Alerts
from safetynets.api.arguments import check_number, check_sets
from safetynets.api.site import site_of
from safetynets.api.tracks import as_judged
from safetynets.runs.changed_site import ALL_REGIONS, GIVEN, changed_site, given

if TYPE_CHECKING:
    import pandas as pd

    from safetynets.sites.geometry import Site
    from safetynets.tracks.table import Tracks


def judge(tracks: Tracks | str | Path, site: Site | str | Path, *, qnh_hpa: float | None = None) -> Alerts:
    """Find the alerts of tracks at a site, without the words, the trace and the manifest of a run.

    Parameters
    ----------
    tracks
        Tracks, or the path of a recording. Tracks that are not on the plane of the site are cleaned first, as `replay`
        does.
    site
        A site, the name of a shipped one or the path of one.
    qnh_hpa
        The QNH (hPa) of every pressure region; without it that of the site, where it knows one.

    Returns
    -------
    Alerts
        In order of start.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    InputError
        For anything in the recording or the site that cannot be used.

    Warns
    -----
    UserWarning
        When plots could not be judged because no QNH is known.

    Examples
    --------
    >>> import safetynets as sn
    >>> run = sn.run_scenario("flat-ground-low")
    >>> sn.judge(run.tracks, run.site)
    <Alerts: 1, 1 shown>
    """
    taken, place, _ = _ready(tracks, site, qnh_hpa)
    return Alerts(engine.alerts_of(taken, place), place, taken)


@dataclass(frozen=True, eq=False)
class JudgedSet:
    """One parameter set and its alerts.

    Attributes
    ----------
    values
        What differs from the site, by address.
    columns
        One array a column, one entry an alert in order of start: `net`, `group`, `callsign`, `track`, times in UTC
        seconds since 1970, `severity`, and `shown` (whether the controller saw it after arbitration).
    """

    values: Mapping[str, Any]
    columns: Mapping[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.columns["start_time_s"])

    @property
    def shown(self) -> int:
        """How many alerts the controller is shown."""
        return int(self.columns["shown"].sum())

    def to_pandas(self) -> pd.DataFrame:
        """The alerts as a data frame.

        Returns
        -------
        pandas.DataFrame
            One row an alert, columns as `columns`.

        Examples
        --------
        See `judge_many`.
        """
        return engine.data_frame(self.columns)

    def __repr__(self) -> str:
        alerts = f"{len(self)} alert{'s' * (len(self) != 1)}"
        return f"<JudgedSet {_words(self.values)}: {alerts}, {self.shown} shown>"


class JudgedSets(Sequence[JudgedSet]):
    """What `judge_many` found, in the order of the sets.

    Parameters
    ----------
    sets
        Each set with its alerts.
    warning
        What could not be judged; empty where everything could.
    """

    def __init__(self, sets: Sequence[JudgedSet], warning: str = "") -> None:
        self._sets = tuple(sets)
        self.warning = warning

    def __len__(self) -> int:
        return len(self._sets)

    @overload
    def __getitem__(self, index: int) -> JudgedSet: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[JudgedSet, ...]: ...
    def __getitem__(self, index: int | slice) -> JudgedSet | tuple[JudgedSet, ...]:
        return self._sets[index]

    def __iter__(self) -> Iterator[JudgedSet]:
        return iter(self._sets)

    def __repr__(self) -> str:
        return f"<JudgedSets: {len(self)} parameter sets>"

    def to_pandas(self) -> pd.DataFrame:
        """The sets as a data frame.

        Returns
        -------
        pandas.DataFrame
            One row a set: its values, how many alerts there are, how many are shown, and those shown of each net.

        Examples
        --------
        >>> import safetynets as sn
        >>> run = sn.run_scenario("flat-ground-low")
        >>> judged = sn.judge_many(run.tracks, run.site, [{"apm.kinds": ["below"]}, {"apm.kinds": ["above"]}])
        >>> judged.to_pandas()["alerts"].tolist()
        [1, 0]
        """
        import pandas as pd

        rows = []
        for one in self._sets:
            of_net = {
                f"{net}_shown": int((one.columns["shown"] & (one.columns["net"] == net)).sum())
                for net in engine.net_names()
            }
            rows.append({**one.values, "alerts": len(one), "shown": one.shown, **of_net})
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        frame = self.to_pandas()
        rows = frame.astype(object).values.tolist()
        return markup.block(
            repr(self).strip("<>"),
            markup.notes([self.warning] if self.warning else []),
            markup.table([str(name) for name in frame.columns], rows, most=len(rows)),
        )


def judge_many(
    tracks: Tracks | str | Path,
    site: Site | str | Path,
    sets: Sequence[Mapping[str, Any]],
    *,
    qnh_hpa: float | None = None,
) -> JudgedSets:
    """Find the alerts of tracks with each of many parameter sets, each equal to those of a full run with that set.

    The tracks are prepared once, so that a thousand sets take little longer than one.

    Parameters
    ----------
    tracks, site, qnh_hpa
        As for `judge`.
    sets
        Parameter sets: values by address, such as `{"apm.below_ft": 100}`; what a set does not name is as in the site.

    Returns
    -------
    JudgedSets
        In the order of the sets.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    InputError
        For an address that names nothing that can be varied, a value that the site would refuse, and a recording or
        site that cannot be used.

    Warns
    -----
    UserWarning
        When plots could not be judged because no QNH is known.

    Examples
    --------
    >>> import safetynets as sn
    >>> run = sn.run_scenario("flat-ground-low")
    >>> judged = sn.judge_many(run.tracks, run.site, [{"apm.below_ft": 150}])[0]
    >>> judged
    <JudgedSet apm.below_ft=150: 1 alert, 1 shown>
    >>> judged.to_pandas()["net"].tolist()
    ['APM']
    """
    check_sets("sets", sets)
    taken, place, warning = _ready(tracks, site, qnh_hpa)
    names = np.array([str(name) for name in taken.callsign], dtype=object)
    judged = [
        JudgedSet(dict(values), {**columns, "callsign": names[columns["track"]]})
        for values, columns in zip(sets, engine.judge_sets(taken, place, sets), strict=True)
    ]
    return JudgedSets(judged, warning)


def _ready(tracks: object, site: object, qnh_hpa: float | None) -> tuple[Tracks, Site, str]:
    """Tracks and site as the nets take them, and what cannot be judged, which is also a warning."""
    check_number("qnh_hpa", qnh_hpa, "hPa")
    place = site_of(site)
    if qnh_hpa is not None:
        place = changed_site(place, given({ALL_REGIONS: qnh_hpa}, GIVEN))
    taken = as_judged(tracks, place)
    warning = engine.without_qnh_words(taken, place)
    if warning:
        warnings.warn(warning, UserWarning, stacklevel=3)
    return taken, place, warning


def _words(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in values.items()) or "as in the site"
