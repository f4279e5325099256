"""What is assumed of the equipment on board, beside its envelopes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from safetynets.errors import InputError

MOST_POSITION_BIAS_NM = 2.0


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """What varies from one installation to the next.

    Attributes
    ----------
    position_bias_nm
        The position error that shortens every distance to the runway (NM): the larger, the later the terrain clearance
        floor and the runway field clearance floor speak. The public emulation of the MK VIII has 0.25; the default 0 is
        a perfect position, which gives these nets the most time (simulator default).

    Raises
    ------
    InputError
        When the position error is negative, above 2 NM or not a number.
    """

    position_bias_nm: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.position_bias_nm) and 0.0 <= self.position_bias_nm <= MOST_POSITION_BIAS_NM):
            raise InputError(
                f"a position error of {self.position_bias_nm:g} NM",
                mend=f"give a number from 0 to {MOST_POSITION_BIAS_NM:g}",
            )
