"""The parameters of the barometric pressure setting monitor: unit, default, range, meaning and source of each."""

from __future__ import annotations

from typing import Literal

from safetynets.sites.parameters import NetParameters, parameter

PROPOSAL = "proposal of this project; no published value was found"


class DbpsmParameters(NetParameters):
    """Parameters of the downlinked barometric pressure setting monitor."""

    judge_visual: bool = parameter(
        True, "judge flights flagged as flying a visual approach, departure or descent", PROPOSAL
    )
    current_m: int = parameter(
        3, "an alert starts when this many of the last `current_n` plots are in violation", PROPOSAL, ge=1, le=10
    )
    current_n: int = parameter(4, "number of plots over which `current_m` is counted", PROPOSAL, ge=1, le=10)
    predicted_m: int = parameter(
        3,
        "an alert starts when this many of the last `predicted_n` plots are predicted to violate",
        PROPOSAL,
        ge=1,
        le=10,
    )
    predicted_n: int = parameter(4, "number of plots over which `predicted_m` is counted", PROPOSAL, ge=1, le=10)
    warning_time_s: float = parameter(
        0.0,
        "a wrong setting counts towards an alert this long before the settling time has passed",
        PROPOSAL,
        ge=0,
        le=180,
    )
    hysteresis_ft: float = parameter(
        28.0, "while an alert is active, the limit is smaller by this altitude error (1 hPa)", PROPOSAL, ge=0, le=1000
    )
    hysteresis_s: float = parameter(
        60.0,
        "while an alert is active, the warning time is longer by this: "
        "going above the transition level and back does not end it",
        PROPOSAL,
        ge=0,
        le=60,
    )
    limit_hpa: float = parameter(
        6.0,
        "a setting that differs from the QNH by more than this is wrong",
        "the advisory tool of NATS speaks at more than 6 hPa from the London QNH (skybrary, BAT)",
        ge=0.5,
        le=50,
    )
    settling_s: float = parameter(
        60.0, "time that a flight is left at or below the transition level to set the QNH", PROPOSAL, ge=0, le=600
    )
    max_setting_age_s: float = parameter(
        30.0, "a setting received longer ago than this is not judged, where its age is known", PROPOSAL, ge=1, le=300
    )
    descent_fpm: float = parameter(
        200.0,
        "between transition altitude and transition level only a flight that descends at least this fast is judged",
        PROPOSAL,
        ge=0,
        le=3000,
    )
    preselection_ft: float = parameter(
        1000.0,
        "a flight climbing at `descent_fpm` or more with the standard setting is not judged within this distance of "
        "the transition altitude: it has selected it early",
        PROPOSAL,
        ge=0,
        le=20_000,
    )
    severe_low_ft: float = parameter(
        100.0,
        "an aircraft that the setting puts lower than this is a warning; keep it equal to the tolerance of the "
        "approach path monitor below the path",
        "the default tolerance of the approach path monitor here, which names its source",
        ge=0,
        le=3000,
    )
    severe_high_ft: float = parameter(
        300.0,
        "an aircraft that the setting puts higher than this is a warning",
        "the default tolerance of the approach path monitor here",
        ge=0,
        le=5000,
    )
    reference: Literal["given", "median"] = parameter(
        "given",
        "'given': the QNH of the pressure region; 'median': the median of what other flights have set at or below the "
        "transition level",
        PROPOSAL,
    )
    reference_flights: int = parameter(
        5, "with fewer other flights than this the median is unknown", PROPOSAL, ge=1, le=100
    )
    reference_window_s: float = parameter(
        1800.0, "how long the last setting of another flight counts", PROPOSAL, ge=10, le=7200
    )
    reference_radius_nm: float = parameter(
        30.0, "how near to the judged flight another one must have sent it", PROPOSAL, ge=1, le=500
    )
    reference_spread_hpa: float = parameter(
        2.0,
        "with an interquartile range of the other settings greater than this the median is unknown",
        PROPOSAL,
        ge=0,
        le=20,
    )
