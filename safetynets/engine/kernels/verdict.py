"""What a net finds for a plot, by itself and as columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import inlined, int64
from safetynets.engine.reasons import Kind, Reason

Floats = NDArray[np.float64]

JUDGED, NOT_ON_APPROACH, ALLOWED_IN = int(Reason.JUDGED), int(Reason.NOT_ON_APPROACH), int(Reason.ALLOWED_IN)
OUTSIDE_COVERAGE, PATH_LEAVES_COVERAGE = int(Reason.OUTSIDE_COVERAGE), int(Reason.PATH_LEAVES_COVERAGE)
FIRST_NOT_ASSESSABLE = int(Reason.TRACK_TOO_YOUNG)
NO_KIND, BELOW_FLOOR, INSIDE = int(Kind.NONE), int(Kind.BELOW), int(Kind.INSIDE)


UNSETTLED_S = -1.0
"""Whatever the time to violation, that with hysteresis is asked for as well.

It is never later. So where a violation up to some time ahead settles what is made of both, the other is only found for
later ones: of an active alert, whether it clears; without an alert none matters, and all is settled up to inf.
"""


class Verdict(NamedTuple):
    """What a net finds for one plot, as of the columns of `Conflicts`."""

    reason: int
    margin_ft: float
    margin_m: float
    time_to_violation_s: float
    hold_time_to_violation_s: float
    kind: int
    area: int
    minimum_ft: float
    lateral_deviation_m: float
    vertical_deviation_ft: float
    severe: bool


class Verdicts(NamedTuple):
    """The same as columns, one row a plot."""

    reason: NDArray[np.int8]
    margin_ft: Floats
    margin_m: Floats
    time_to_violation_s: Floats
    hold_time_to_violation_s: Floats
    kind: NDArray[np.int8]
    area: NDArray[np.int32]
    minimum_ft: Floats
    lateral_deviation_m: Floats
    vertical_deviation_ft: Floats
    severe: NDArray[np.bool_]


@inlined
def is_excluded(reason: int) -> bool:
    """Whether a rule keeps a plot from the net: it could judge it, and is told not to."""
    return JUDGED < reason < FIRST_NOT_ASSESSABLE


@inlined
def verdict_of(
    reason: int,
    margin_ft: float,
    margin_m: float,
    time_to_violation_s: float,
    hold_time_to_violation_s: float,
    kind: int,
    area: int,
    minimum_ft: float,
    lateral_deviation_m: float,
    vertical_deviation_ft: float,
    severe: bool,
) -> Verdict:
    """The verdict of these values, always of the same types."""
    return Verdict(
        int64(reason),
        float(margin_ft),
        float(margin_m),
        float(time_to_violation_s),
        float(hold_time_to_violation_s),
        int64(kind),
        int64(area),
        float(minimum_ft),
        float(lateral_deviation_m),
        float(vertical_deviation_ft),
        bool(severe),
    )


@inlined
def nothing(reason: int) -> Verdict:
    """The verdict on a plot of which there is nothing to say but the reason."""
    return verdict_of(reason, np.nan, np.nan, np.inf, np.inf, NO_KIND, -1, np.nan, np.nan, np.nan, False)


@inlined
def write(verdicts: Verdicts, row: int, verdict: Verdict) -> None:
    """Put a verdict down in its row."""
    verdicts.reason[row], verdicts.kind[row], verdicts.area[row] = verdict.reason, verdict.kind, verdict.area
    verdicts.margin_ft[row], verdicts.margin_m[row] = verdict.margin_ft, verdict.margin_m
    verdicts.time_to_violation_s[row] = verdict.time_to_violation_s
    verdicts.hold_time_to_violation_s[row] = verdict.hold_time_to_violation_s
    verdicts.minimum_ft[row], verdicts.severe[row] = verdict.minimum_ft, verdict.severe
    verdicts.lateral_deviation_m[row] = verdict.lateral_deviation_m
    verdicts.vertical_deviation_ft[row] = verdict.vertical_deviation_ft
