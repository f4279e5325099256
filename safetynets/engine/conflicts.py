"""`Conflicts`: what a net found for every plot, before any confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from safetynets.engine.kernels.verdict import Verdicts

Floats = NDArray[np.float64]


class Net(IntEnum):
    """The three nets."""

    MSAW = 0
    APM = 1
    APW = 2


class Kind(IntEnum):
    """In which way a plot is, or will be, in violation."""

    NONE = 0
    BELOW = 1
    ABOVE = 2
    LEFT = 3
    RIGHT = 4
    INSIDE = 5

    @property
    def word(self) -> str:
        """The kind in lower case, empty for none."""
        return "" if self is Kind.NONE else self.name.lower()


class Reason(IntEnum):
    """Why a net did not judge a plot. Below 20 the rules exclude the plot; from 20 on the net cannot judge it."""

    JUDGED = 0
    FLIGHT_RULES = 1
    SSR_CODE = 2
    CALLSIGN_INHIBITED = 3
    VISUAL = 4
    INHIBIT_VOLUME = 5
    ON_GROUND = 6
    NOT_ON_APPROACH = 7
    ALLOWED_IN = 8
    TRACK_TOO_YOUNG = 20
    COASTED = 21
    DUPLICATE_PLOT = 22
    NO_POSITION = 23
    NO_PRESSURE_ALTITUDE = 24
    ALTITUDE_SPIKE = 25
    NO_VELOCITY = 26
    QNH_UNKNOWN = 27
    OUTSIDE_COVERAGE = 28
    PATH_LEAVES_COVERAGE = 29
    STUCK_PLOT = 30

    @property
    def not_assessable(self) -> bool:
        """Whether the net could not judge, as against was told not to."""
        return self >= Reason.TRACK_TOO_YOUNG

    @property
    def word(self) -> str:
        """The reason in lower-case words."""
        return self.name.lower().replace("_", " ")


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

    def __len__(self) -> int:
        return len(self.assessable)


def room_for(count: int) -> Verdicts:
    """Columns that the verdicts on so many plots are written to."""
    from safetynets.engine.kernels.verdict import Verdicts

    types = {"reason": np.int8, "kind": np.int8, "area": np.int32, "severe": np.bool_}
    return Verdicts(**{name: np.empty(count, dtype=types.get(name, np.float64)) for name in Verdicts._fields})


def conflicts_of(net: Net, group: str, areas: tuple[str, ...], verdicts: Verdicts, altitude_ft: Floats) -> Conflicts:
    """The verdicts of a net on plots at these altitudes, as a table."""
    return Conflicts(
        net=net,
        group=group,
        areas=areas,
        assessable=verdicts.reason == Reason.JUDGED,
        altitude_ft=altitude_ft,
        **verdicts._asdict(),
    )
