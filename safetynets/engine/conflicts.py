"""`Conflicts`: what a net found for every plot, before any confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.reasons import Kind, Reason

if TYPE_CHECKING:
    from safetynets.engine.kernels.verdict import Verdicts
    from safetynets.engine.net import Net

__all__ = ["Conflicts"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Conflicts:
    """What one net found for one group of areas: one row a plot, in the order of the tracks.

    Attributes
    ----------
    net, group
        Which net, and which group of its areas; a track has at most one alert at a time per (net, group).
    areas
        Names that `area` points into.
    assessable, reason
        Whether the net judged the plot; if not, `reason` (`Reason`) says why.
    margin_ft, margin_m
        How far from violation now, vertically and laterally; negative is violated, NaN where it has no meaning.
    time_to_violation_s
        0 now, else the first moment on the predicted path, inf for none within the look-ahead.
    hold_time_to_violation_s
        The same against the limits widened by the hysteresis; an active alert clears by this one.
    kind, area
        The way (`Kind`) and the index into `areas` of the first violation; -1 for none. Where there is no violation,
        `area` is what `margin_ft` was measured against.
    altitude_ft, minimum_ft
        Altitude on the QNH, and the limit it is compared with (the floor at the first violation, else the floor here;
        the limit of the approach here; the nearer vertical limit of the volume).
    lateral_deviation_m, vertical_deviation_ft
        From the final approach course (right positive) and path (below negative); NaN without an approach.
    severe
        Whether the violation is graded a warning; otherwise a caution.
    other_track
        The second aircraft, for a net about pairs: that of the pair nearest to violation; -1 for none.
    """

    net: Net
    group: str
    areas: tuple[str, ...]
    assessable: NDArray[np.bool_]
    reason: NDArray[np.int8]
    margin_ft: Floats
    margin_m: Floats
    time_to_violation_s: Floats
    hold_time_to_violation_s: Floats
    kind: NDArray[np.int8]
    area: NDArray[np.int32]
    altitude_ft: Floats
    minimum_ft: Floats
    lateral_deviation_m: Floats
    vertical_deviation_ft: Floats
    severe: NDArray[np.bool_]
    other_track: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.assessable)

    def at(self, rows: NDArray[Any] | slice) -> Conflicts:
        """What was found for some plots only.

        Parameters
        ----------
        rows
            A mask of shape (plots,), a slice, or row numbers.

        Returns
        -------
        Conflicts
            The rows picked, in their order.

        Examples
        --------
        >>> from safetynets.engine.net import net_of
        >>> found = conflicts_of(net_of("MSAW"), "msaw", (), allocate_verdicts(3), np.full(3, np.nan))
        >>> len(found.at(slice(0, 2)))
        2
        """
        return replace(self, **{name: getattr(self, name)[rows] for name in _per_plot()})


def concatenate_conflicts(parts: Sequence[Conflicts]) -> Conflicts:
    """What one net found for one group of areas in several portions, below each other."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _per_plot()}
    return replace(parts[0], **columns)


def _per_plot() -> list[str]:
    return [column.name for column in fields(Conflicts) if column.name not in ("net", "group", "areas")]


def of_nearest(pairs: Conflicts, row: NDArray[np.int64], count: int) -> Conflicts:
    """What a net found for pairs, for plots of tracks: for each plot that of the pair nearest to violation.

    `row` is the plot at which each row of the pairs was made. A plot without a pair has `Reason.NO_OTHER_AIRCRAFT`.
    """
    order = np.lexsort((-pairs.margin_ft, -pairs.time_to_violation_s, pairs.assessable))
    of_pair = np.full(count, -1, dtype=np.int64)
    of_pair[row[order]] = order
    verdicts = allocate_verdicts(count)
    alone = of_pair < 0
    for name, column in verdicts._asdict().items():
        nothing = {"reason": Reason.NO_OTHER_AIRCRAFT, "kind": Kind.NONE, "area": -1, "severe": False}.get(name, np.nan)
        if name.endswith("to_violation_s"):
            nothing = np.inf
        column[alone], column[~alone] = nothing, getattr(pairs, name)[of_pair[~alone]]
    altitude_ft, other_track = np.full(count, np.nan), np.full(count, -1, dtype=np.int32)
    altitude_ft[~alone] = pairs.altitude_ft[of_pair[~alone]]
    other_track[~alone] = pairs.other_track[of_pair[~alone]]
    return conflicts_of(pairs.net, pairs.group, pairs.areas, verdicts, altitude_ft, other_track)


def allocate_verdicts(count: int) -> Verdicts:
    """Columns for verdicts."""
    from safetynets.engine.kernels.verdict import Verdicts

    types = {"reason": np.int8, "kind": np.int8, "area": np.int32, "severe": np.bool_}
    return Verdicts(**{name: np.empty(count, dtype=types.get(name, np.float64)) for name in Verdicts._fields})


def conflicts_of(
    net: Net,
    group: str,
    areas: tuple[str, ...],
    verdicts: Verdicts,
    altitude_ft: Floats,
    other_track: NDArray[np.int32] | None = None,
) -> Conflicts:
    """The verdicts of a net on plots at these altitudes, as a table."""
    return Conflicts(
        net=net,
        group=group,
        areas=areas,
        assessable=verdicts.reason == Reason.JUDGED,
        altitude_ft=altitude_ft,
        other_track=np.full(len(altitude_ft), -1, dtype=np.int32) if other_track is None else other_track,
        **verdicts._asdict(),
    )
