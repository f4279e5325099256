"""Which plots a net judges: the rules in their order, of which the first that applies is the reason it does not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.kernels.compiled import entry, inlined
from safetynets.engine.kernels.shapes import contains
from safetynets.engine.kernels.track_state import Received
from safetynets.engine.kernels.verdict import JUDGED
from safetynets.engine.kernels.volumes import Volumes, is_active
from safetynets.engine.reasons import Reason
from safetynets.tracks.table import PlotFlag

Floats = NDArray[np.float64]

ORDER = (
    int(Reason.NO_POSITION),
    int(Reason.DUPLICATE_PLOT),
    int(Reason.STUCK_PLOT),
    int(Reason.COASTED),
    int(Reason.TRACK_TOO_YOUNG),
    int(Reason.ALTITUDE_SPIKE),
    int(Reason.NO_PRESSURE_ALTITUDE),
    int(Reason.NO_VELOCITY),
    int(Reason.ON_GROUND),
    int(Reason.FLIGHT_RULES),
    int(Reason.SSR_CODE),
    int(Reason.CALLSIGN_INHIBITED),
    int(Reason.VISUAL),
    int(Reason.INHIBIT_VOLUME),
    int(Reason.QNH_UNKNOWN),
)

"""The rules in their order (docs/nets.md, Eligibility); rule r is bit r of what applies to a plot."""

OF_TRACK = ORDER.index(int(Reason.FLIGHT_RULES))
"""The first of the rules about whole tracks."""

VISUAL = ORDER.index(int(Reason.VISUAL))
IN_VOLUME, NO_QNH = ORDER.index(int(Reason.INHIBIT_VOLUME)), ORDER.index(int(Reason.QNH_UNKNOWN))
DUPLICATE, STUCK, SPIKE = int(PlotFlag.DUPLICATE), int(PlotFlag.STUCK), int(PlotFlag.ALTITUDE_SPIKE)


class Rules(NamedTuple):
    """The eligibility of one net.

    With `on_ground` the net judges aircraft on the ground as well: of these neither an altitude nor its rate is needed.
    Without `needs_qnh` a plot is judged where no QNH is known too.
    `of_track` says which of the rules about whole tracks apply to each, lowest bit first. `inhibiting` are the inhibit
    volumes of the net. `other` are the plots of the second aircraft, row by row, for a net about pairs: inhibited are
    pairs that are both inside one volume. Without rows the plots are of single aircraft.
    """

    on_ground: bool
    needs_qnh: bool
    use_coasted: bool
    judge_visual: bool
    youngest_s: float
    of_track: NDArray[np.uint8]
    inhibiting: Volumes
    other: Received
    other_qnh_ft: Floats


@inlined
def _at_a_glance(i: int, age_s: float, received: Received, rules: Rules) -> int:
    """The rules that apply to plot i, but for those about inhibit volumes and the QNH, a bit each."""
    flags, on_ground = np.int64(received.flags[i]), received.on_ground[i] == 1
    flat = on_ground and rules.on_ground
    placed = np.isfinite(received.x_m[i]) and np.isfinite(received.y_m[i])
    moving = np.isfinite(received.vx_mps[i]) and np.isfinite(received.vy_mps[i])
    moving = moving and (flat or np.isfinite(received.vertical_rate_fpm[i]))
    return int(
        np.int64(not placed)
        | np.int64(flags & DUPLICATE != 0) << 1
        | np.int64(flags & STUCK != 0) << 2
        | np.int64(received.coasted[i] == 1 and not rules.use_coasted) << 3
        | np.int64(age_s < rules.youngest_s) << 4
        | np.int64(flags & SPIKE != 0 and not flat) << 5
        | np.int64(not (flat or np.isfinite(received.pressure_altitude_ft[i]))) << 6
        | np.int64(not moving) << 7
        | np.int64(on_ground and not rules.on_ground) << 8
        | np.int64(rules.of_track[received.track[i]]) << OF_TRACK
        | np.int64(received.visual[i] == 1 and not rules.judge_visual) << VISUAL
    )


@inlined
def is_inhibited(i: int, s: int, qnh_pressure_altitude_ft: float, received: Received, inhibiting: Volumes) -> bool:
    """Whether plot i is inside inhibit volume s while it is active; the limits of a volume belong to it.

    An aircraft on the ground without an altitude is below every ceiling and above every floor.
    """
    floor_ft, ceiling_ft = inhibiting.floor_ft[s], inhibiting.ceiling_ft[s]
    if not inhibiting.floor_is_level[s]:
        floor_ft += qnh_pressure_altitude_ft
    if not inhibiting.ceiling_is_level[s]:
        ceiling_ft += qnh_pressure_altitude_ft
    flown_ft = received.pressure_altitude_ft[i]
    unknown_on_ground = np.isnan(flown_ft) and received.on_ground[i] == 1
    if not (unknown_on_ground or floor_ft <= flown_ft <= ceiling_ft):
        return False
    return is_active(inhibiting, s, received.time_s[i]) and contains(
        inhibiting.shapes, s, received.x_m[i], received.y_m[i]
    )


@inlined
def _is_in_any(i: int, qnh_pressure_altitude_ft: float, received: Received, rules: Rules) -> bool:
    inside, alone = False, len(rules.other_qnh_ft) == 0
    for s in range(len(rules.inhibiting.floor_ft)):
        if not inside and is_inhibited(i, s, qnh_pressure_altitude_ft, received, rules.inhibiting):
            inside = alone or is_inhibited(i, s, rules.other_qnh_ft[i], rules.other, rules.inhibiting)
    return inside


@inlined
def _needs_qnh(i: int, received: Received, rules: Rules) -> bool:
    """Whether plot i cannot be judged without a QNH."""
    return rules.needs_qnh and not (rules.on_ground and received.on_ground[i] == 1)


@inlined
def reason_of(i: int, age_s: float, qnh_pressure_altitude_ft: float, received: Received, rules: Rules) -> int:
    """Why the net does not judge plot i of a track of some age, or `JUDGED`."""
    applies = _at_a_glance(i, age_s, received, rules)
    if applies == 0:
        if _is_in_any(i, qnh_pressure_altitude_ft, received, rules):
            applies = 1 << IN_VOLUME
        elif _needs_qnh(i, received, rules) and np.isnan(qnh_pressure_altitude_ft):
            applies = 1 << NO_QNH
        else:
            return JUDGED
    rule = 0
    while applies >> rule & 1 == 0:
        rule += 1
    return ORDER[rule]


@entry
def find_all(
    received: Received,
    qnh_pressure_altitude_ft: Floats,
    track_start_s: Floats,
    rules: Rules,
    applies: NDArray[np.int32],
) -> None:
    """Write all rules that apply to every plot, a bit each."""
    for i in range(len(applies)):
        age_s = received.time_s[i] - track_start_s[received.track[i]]
        applies[i] = (
            _at_a_glance(i, age_s, received, rules)
            | np.int64(_is_in_any(i, qnh_pressure_altitude_ft[i], received, rules)) << IN_VOLUME
            | np.int64(_needs_qnh(i, received, rules) and np.isnan(qnh_pressure_altitude_ft[i])) << NO_QNH
        )


@entry
def find_inhibited(
    received: Received, qnh_pressure_altitude_ft: Floats, inhibiting: Volumes, s: int, inside: NDArray[np.bool_]
) -> None:
    """Write which plots are inside inhibit volume s while it is active."""
    for i in range(len(inside)):
        inside[i] = is_inhibited(i, s, qnh_pressure_altitude_ft[i], received, inhibiting)
