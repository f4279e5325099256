"""What a crew sets that has misheard or misread the QNH: one setting for each cause."""

from __future__ import annotations

from typing import Literal, get_args

from safetynets.altimetry import STANDARD_PRESSURE_HPA
from safetynets.errors import ScenarioError

HPA_PER_INHG = 33.8638866667

Cause = Literal[
    "standard_left_in",
    "digit_slipped",
    "digits_transposed",
    "inches_as_hectopascals",
    "hectopascals_as_inches",
    "other_station",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)


def misread_hpa(cause: Cause, qnh_hpa: float, other_qnh_hpa: float | None = None) -> float:
    """The setting (hPa) of a crew that makes this mistake with a QNH.

    Of a QNH in whole hectopascals, as it is spoken: `digit_slipped` has the tens one too high, as 1011 for 1001 at
    Paris in 2022, or too low where they are nine; `digits_transposed` exchanges the last two neighbours that differ.
    `inches_as_hectopascals` takes 29.85 inHg for 985 hPa, and `hectopascals_as_inches` 998 hPa for 29.98 inHg.

    Raises
    ------
    ScenarioError
        Where the mistake makes no difference, or the QNH of the other station is not given.

    Examples
    --------
    >>> [round(misread_hpa(cause, 1012.0, 1006.0), 1) for cause in CAUSES]
    [1013.2, 1022.0, 1021.0, 988.0, 1020.0, 1006.0]
    """
    spoken = round(qnh_hpa)
    if cause == "standard_left_in":
        return STANDARD_PRESSURE_HPA
    if cause == "digit_slipped":
        return float(spoken + 10 if spoken // 10 % 10 < 9 else spoken - 10)
    if cause == "digits_transposed":
        return float(_transposed(spoken))
    if cause == "inches_as_hectopascals":
        hundredths = round(qnh_hpa / HPA_PER_INHG * 100.0) % 100
        return float(900 + hundredths if hundredths >= 50 else 1000 + hundredths)
    if cause == "hectopascals_as_inches":
        return ((3000 if spoken >= 1000 else 2900) + spoken % 100) / 100.0 * HPA_PER_INHG
    if other_qnh_hpa is None:
        raise ScenarioError("the cause 'other_station' needs the QNH there", mend="give 'other_qnh_hpa'")
    return other_qnh_hpa


def _transposed(spoken: int) -> int:
    digits = f"{spoken:04}"
    for at in (2, 1):
        exchanged = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
        if exchanged != digits:
            return int(exchanged)
    raise ScenarioError(f"no two digits of QNH {spoken} can be transposed", mend="choose another cause")
