"""The parameters of the runway monitor: unit, default, range, meaning and source of each."""

from __future__ import annotations

from typing import Literal

from safetynets.sites.parameters import NetParameters, parameter

PROPOSAL = "simulator default: our proposal, no published value was read"


class RmcaParameters(NetParameters):
    """Parameters of the runway monitoring and conflict alerting."""

    warning_time_s: float = parameter(
        30.0, "stage one: an arrival alerts from this time to its threshold on", PROPOSAL, ge=0, le=180
    )
    stage_two_s: float = parameter(15.0, "stage two from this time to the threshold on", PROPOSAL, ge=0, le=180)
    minimum_track_age_s: float = parameter(
        2.0, "a track younger than this is not judged yet (two updates of surface surveillance)", ge=0, le=120
    )
    flight_rules: tuple[Literal["IFR", "VFR", "unknown"], ...] = parameter(
        ("IFR", "VFR", "unknown"), "flight rules that are judged; 'unknown' where the tracks do not say"
    )
    excluded_ssr_codes: tuple[str, ...] = parameter((), "SSR codes that are not judged")
    judge_visual: bool = parameter(True, "judge flights flagged as flying a visual approach, departure or descent")
    position_accuracy_m: float = parameter(
        30.0,
        "a position on the ground that is less accurate (95 %) is not judged",
        "simulator default: 30 m is the limit of ADS-B accuracy category NACp 9",
        ge=1,
        le=1000,
    )
    unknown_accuracy: Literal["not_assessable", "accepted"] = parameter(
        "not_assessable", "what becomes of positions on the ground whose accuracy is not known"
    )
    aligned_deg: float = parameter(
        3.0,
        "an aircraft is aligned with a runway when its track is within this of the runway's direction; the corridor "
        "before the threshold widens by this angle",
        "simulator default; a EuroScope plug-in (vSMR, 2022) takes 3 degrees within 120 s",
        ge=0.5,
        le=20,
    )
    arrival_below_ft: float = parameter(
        2500.0, "in flight an aircraft is watched below this height above the runway", PROPOSAL, ge=100, le=10_000
    )
    go_around_fpm: float = parameter(300.0, "an aircraft that climbs faster than this is not arriving", ge=0, le=3000)
    rolling_kt: float = parameter(
        40.0,
        "an aircraft on the runway at this ground speed or more lands or departs; slower, it taxies",
        PROPOSAL,
        ge=10,
        le=120,
    )
    occupied_below_ft: float = parameter(
        200.0, "an aircraft in flight over the runway occupies it below this height", ge=0, le=1000
    )
    departure_acceleration_mps2: float = parameter(
        2.0, "acceleration of a departing aircraft along the runway", ge=0.1, le=6
    )
    landing_deceleration_mps2: float = parameter(1.5, "deceleration of an aircraft that has landed", ge=0.1, le=6)
    crossing_margin_s: float = parameter(
        10.0,
        "aircraft on crossing runways are in conflict when they pass the intersection within this time of each other",
        ge=0,
        le=120,
    )
    hysteresis_m: float = parameter(
        15.0, "while an alert is active, the runway is protected wider by this on all sides", ge=0, le=500
    )
