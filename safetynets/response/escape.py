"""The escape: how much higher than the flown path an aircraft gets that arrests its descent and climbs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import STANDARD_GRAVITY_MPS2
from safetynets.response.encounter import Encounter
from safetynets.units import fpm_to_ftps, m_to_ft

Floats = NDArray[np.float64]


def least_clearance_ft(
    encounter: Encounter, manoeuvre_s: Floats, pull_g: Floats, climb_rate_fpm: Floats, spool_up_s: Floats
) -> Floats:
    """Least true clearance above terrain and obstacles of each draw.

    From `manoeuvre_s` the vertical speed grows by `pull_g` until it is `climb_rate_fpm`; until `spool_up_s` later it
    grows to level flight at most. The aircraft keeps the ground path and the ground speed it flew, and it is never
    lower for having manoeuvred: where the crew's own recovery climbs faster, that holds. A later manoeuvre never gives
    a greater clearance, and no manoeuvre gives that of the flown path.

    Parameters
    ----------
    encounter
        The flown path and the ground below it.
    manoeuvre_s
        When the aircraft begins to climb (s after the alert), shape (draws,); inf for never.
    pull_g
        Vertical acceleration (g), shape (draws,).
    climb_rate_fpm
        Rate of climb reached (ft/min), shape (draws,).
    spool_up_s
        How long the engines take before the aircraft climbs (s), shape (draws,).

    Returns
    -------
    numpy.ndarray
        Least clearance (ft), shape (draws,); 0 or less is contact.

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
    time_s, flown_ft, ground_ft = encounter.time_s, encounter.flown_ft, encounter.ground_ft
    earliest_first = np.argsort(manoeuvre_s, kind="stable")
    begins_s, pull, climb_fpm, spool_s = (
        values[earliest_first] for values in (manoeuvre_s, pull_g, climb_rate_fpm, spool_up_s)
    )
    pull_ftps2, climb_ftps = m_to_ft(pull * STANDARD_GRAVITY_MPS2), fpm_to_ftps(climb_fpm)
    first_step = np.searchsorted(time_s[1:], begins_s, side="right")
    least_ft = np.fmin.accumulate(encounter.clearance_ft)[first_step]
    above_ft = np.zeros_like(begins_s)
    rate_ftps = np.full_like(begins_s, -np.inf)
    for step, (start_s, end_s) in enumerate(pairwise(time_s)):
        climbing = slice(0, np.searchsorted(first_step, step, side="right"))
        flown_ftps = (flown_ft[step + 1] - flown_ft[step]) / (end_s - start_s)
        rate = np.maximum(flown_ftps, rate_ftps[climbing])
        lasts_s = np.minimum(end_s - begins_s[climbing], end_s - start_s)
        spooled = start_s >= begins_s[climbing] + spool_s[climbing]
        limit = np.maximum(np.where(spooled, climb_ftps[climbing], np.minimum(climb_ftps[climbing], 0.0)), rate)
        pulls_s = np.minimum(lasts_s, (limit - rate) / pull_ftps2[climbing])
        reached = rate + pull_ftps2[climbing] * pulls_s
        climbed_ft = 0.5 * (rate + reached) * pulls_s + reached * (lasts_s - pulls_s)
        above_ft[climbing] += climbed_ft - flown_ftps * lasts_s
        rate_ftps[climbing] = np.minimum(reached, climb_ftps[climbing])
        lower_ft = flown_ft[step + 1] + above_ft[climbing] - ground_ft[step + 1]
        least_ft[climbing] = np.fmin(least_ft[climbing], lower_ft)
    in_order = np.empty_like(least_ft)
    in_order[earliest_first] = least_ft
    return in_order
