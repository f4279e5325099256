"""The parameters of the selected altitude monitor: unit, default, range, meaning and source of each."""

from __future__ import annotations

from typing import Literal

from safetynets.sites.parameters import NetParameters, parameter

PROPOSAL = "proposal of this project; no published value was found"


class DsamParameters(NetParameters):
    """Parameters of the downlinked selected altitude monitor."""

    current_m: int = parameter(
        2, "an alert starts when this many of the last `current_n` plots are in violation", PROPOSAL, ge=1, le=10
    )
    current_n: int = parameter(3, "number of plots over which `current_m` is counted", PROPOSAL, ge=1, le=10)
    warning_time_s: float = parameter(
        0.0, "a deviation counts towards an alert this long before the settling time has passed", PROPOSAL, ge=0, le=180
    )
    hysteresis_s: float = parameter(
        30.0,
        "while an alert is active, the warning time is longer by this: "
        "selecting another wrong altitude does not end it",
        PROPOSAL,
        ge=0,
        le=60,
    )
    tolerance_ft: float = parameter(
        100.0,
        "a selected altitude that differs from the cleared level by more than this deviates",
        "proposal of this project: levels are assigned in steps of 100 ft, and what is sent is rounded to 16 or 32 ft",
        ge=0,
        le=2000,
    )
    settling_s: float = parameter(
        30.0,
        "time without a change of either level that is left to the crew to set a clearance, and to the controller to "
        "enter it",
        PROPOSAL,
        ge=0,
        le=600,
    )
    max_selected_age_s: float = parameter(
        30.0,
        "a selected altitude received longer ago than this is not judged, where its age is known",
        PROPOSAL,
        ge=1,
        le=300,
    )
    sources: tuple[Literal["aircraft", "mcp", "fms", "unknown"], ...] = parameter(
        ("mcp", "unknown"),
        "where an altitude must have been selected to be judged: on the mode control panel (or flight control unit), "
        "by the flight management system, as the altitude that the aircraft holds, or where that is not said",
        "proposal of this project: the crew sets a clearance on the panel; the FMS may aim at a constraint before it",
    )
    level_ft: float = parameter(
        200.0, "an aircraft within this of its cleared level has reached it", PROPOSAL, ge=0, le=1000
    )
    final_half_width_m: float = parameter(
        500.0,
        "half-width, at the threshold, of the region of an approach in which no altitude is judged: there the crew "
        "sets that of the missed approach",
        PROPOSAL,
        ge=0,
        le=20_000,
    )
    final_splay_deg: float = parameter(3.0, "angle at which that region widens with distance", PROPOSAL, ge=0, le=45)
    final_angle_deg: float = parameter(
        30.0, "an aircraft is on final approach when its track is within this of the course", PROPOSAL, ge=0, le=180
    )
