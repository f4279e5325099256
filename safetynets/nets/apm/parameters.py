"""The parameters of the Approach Path Monitor: unit, default, range, meaning and source of each."""

from __future__ import annotations

from typing import Literal

from safetynets.sites.parameters import NetParameters, parameter


class ApmParameters(NetParameters):
    """Parameters of the Approach Path Monitor."""

    look_ahead_s: float = parameter(
        15.0,
        "how far ahead the path is predicted; 0 predicts nothing",
        "simulator default; an NTSB accident report describes 15 s for the FAA approach monitor",
        ge=0,
        le=120,
    )
    kinds: tuple[Literal["below", "above", "left", "right"], ...] = parameter(("below",), "deviations that alert")
    below_ft: float = parameter(
        100.0,
        "allowed deviation below the path, at the threshold",
        "simulator default; 100 ft is described for the FAA approach monitor (an NTSB accident report, aireform.com)",
        ge=0,
        le=3000,
    )
    below_deg: float = parameter(0.0, "additional allowed angle below the path, seen from the threshold", ge=0, le=3)
    above_ft: float = parameter(300.0, "allowed deviation above the path, at the threshold", ge=0, le=5000)
    above_deg: float = parameter(0.0, "additional allowed angle above the path, seen from the threshold", ge=0, le=3)
    hysteresis_m: float = parameter(
        50.0, "while an alert is active, the lateral limits are wider by this", ge=0, le=2000
    )
    capture_half_width_m: float = parameter(
        1000.0, "half-width of the capture region at the threshold", ge=0, le=20_000
    )
    capture_splay_deg: float = parameter(5.0, "angle at which the capture region widens with distance", ge=0, le=45)
    join_angle_deg: float = parameter(
        30.0, "an aircraft joins when its track is within this angle of the final approach course", ge=1, le=90
    )
    join_ceiling_ft: float = parameter(
        10_000.0,
        "an aircraft joins below this altitude; if not set, it is at least 3,000 ft above every approach path",
        ge=0,
        le=30_000,
    )
    join_max_climb_fpm: float = parameter(
        300.0,
        "an aircraft climbing faster than this does not join (it is neither level nor descending)",
        ge=0,
        le=3000,
    )
    require_destination: bool = parameter(False, "only flights whose destination is the aerodrome of the approach join")
    require_runway: bool = parameter(False, "only flights whose runway is that of the approach join")
    go_around_fpm: float = parameter(
        500.0, "an aircraft climbing faster than this for two plots has left the approach", ge=0, le=5000
    )
    switch_margin_deg: float = parameter(
        1.0, "another approach takes over only when its angular deviation is smaller by this", ge=0, le=10
    )
