"""Values that an aircraft sends beside its position: whether one is new at a plot, or old."""

from __future__ import annotations

from safetynets.engine.kernels.compiled import inlined

AGE_ROUNDING_S = 0.001
"""Ages are kept in single precision."""


@inlined
def is_stale(age_s: float, elapsed_s: float, oldest_s: float) -> bool:
    """Whether a value says nothing new: older than allowed, or there at the plot `elapsed_s` before already.

    An age that is not known (NaN) is taken for none.
    """
    return age_s > oldest_s or (elapsed_s > 0.0 and age_s >= elapsed_s - AGE_ROUNDING_S)
