"""The escape: how much higher than the flown path an aircraft gets that arrests its descent and climbs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import STANDARD_GRAVITY_MPS2
from safetynets.response.encounter import Encounter
from safetynets.units import fpm_to_ftps, m_to_ft

Floats = NDArray[np.float64]


def least_clearance_ft(
    encounter: Encounter, manoeuvre_s: Floats, pull_g: Floats, climb_rate_fpm: Floats, spool_up_s: Floats
) -> Floats:
    """Least true clearance (ft) above terrain and obstacles of each draw.

    From `manoeuvre_s` (seconds after the alert, inf for never) the vertical speed grows by `pull_g` until it is
    `climb_rate_fpm`; until `spool_up_s` later it grows to level flight at most. The aircraft keeps the ground path and
    the ground speed it flew, and it is never lower for having manoeuvred: where the crew's own recovery climbs faster,
    that holds. A later manoeuvre never gives a greater clearance, and no manoeuvre gives that of the flown path.

    Examples
    --------
    >>> from safetynets.response.encounter import straight_encounter
    >>> descent = straight_encounter(height_ft=1000.0, rate_fpm=-1200.0, lasts_s=60.0)
    >>> never, at_once = np.array([np.inf]), np.array([0.0])
    >>> least_clearance_ft(descent, never, np.array([0.25]), np.array([1500.0]), np.array([0.0])).round(1).tolist()
    [-200.0]
    >>> least_clearance_ft(descent, at_once, np.array([0.25]), np.array([1500.0]), np.array([0.0])).round(1).tolist()
    [975.1]
    """
    pull_ftps2 = m_to_ft(pull_g * STANDARD_GRAVITY_MPS2)
    climb_ftps = fpm_to_ftps(climb_rate_fpm)
    time_s, flown_ft, ground_ft = encounter.time_s, encounter.flown_ft, encounter.ground_ft
    above_ft = np.zeros_like(manoeuvre_s)
    rate_ftps = np.full_like(manoeuvre_s, -np.inf)
    least_ft = np.full_like(manoeuvre_s, flown_ft[0] - ground_ft[0])
    for start_s, end_s, start_ft, end_ft, next_ground_ft in zip(
        time_s[:-1], time_s[1:], flown_ft[:-1], flown_ft[1:], ground_ft[1:], strict=True
    ):
        flown_ftps = (end_ft - start_ft) / (end_s - start_s)
        lasts_s = np.clip(end_s - manoeuvre_s, 0.0, end_s - start_s)
        limit_ftps = np.where(start_s >= manoeuvre_s + spool_up_s, climb_ftps, np.minimum(climb_ftps, 0.0))
        rate_ftps = np.maximum(flown_ftps, rate_ftps)
        limit_ftps = np.maximum(limit_ftps, rate_ftps)
        pulls_s = np.minimum(lasts_s, (limit_ftps - rate_ftps) / pull_ftps2)
        reached_ftps = rate_ftps + pull_ftps2 * pulls_s
        climbed_ft = 0.5 * (rate_ftps + reached_ftps) * pulls_s + reached_ftps * (lasts_s - pulls_s)
        above_ft = above_ft + (climbed_ft - flown_ftps * lasts_s)
        rate_ftps = np.where(lasts_s > 0.0, np.minimum(reached_ftps, np.maximum(climb_ftps, 0.0)), -np.inf)
        np.fmin(least_ft, end_ft + above_ft - next_ground_ft, out=least_ft)
    return least_ft
