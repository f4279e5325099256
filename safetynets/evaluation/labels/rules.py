"""`LabelRules`: from when on a situation counts, by the true flight and not by any parameter of a net."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from safetynets.sites.parameters import Strict, parameter
from safetynets.sites.problems import refusal


class LabelRules(Strict):
    """The thresholds of the labels (docs/labels.md); all but those with a source are simulator defaults.

    A label that followed from the thresholds of the nets would prove every net right, so these are their own.

    Examples
    --------
    >>> LabelRules().necessary_clearance_ft, LabelRules(look_back_s=60).look_back_s
    (300.0, 60.0)
    """

    necessary_clearance_ft: float = parameter(
        300.0,
        "an alert is necessary where the true height above terrain and obstacles is less than this",
        "simulator default; 300 ft is what an airborne terrain function requires of a descending aircraft in terminal "
        "areas (Garmin 400/500 guide, p. 47)",
        ge=0,
        le=5000,
    )
    desirable_clearance_ft: float = parameter(
        500.0,
        "an alert is desirable where it is less than this",
        "simulator default; 500 ft is reported for the FAA's general terrain monitor (aireform.com)",
        ge=0,
        le=5000,
    )
    understandable_clearance_ft: float = parameter(
        1000.0, "an alert is unnecessary, but understandable, where it is less than this", ge=0, le=10_000
    )
    necessary_path_share: float = parameter(
        0.6,
        "on final approach the clearances above are at most this share of the path's height above the ground",
        "simulator default; with it the serious incident of Lyon 2010 (BEA) is necessary",
        ge=0,
        le=1,
    )
    desirable_path_share: float = parameter(
        0.75,
        "the same for desirable; and so is a descent on final approach below this share of the height of path and "
        "intercept altitude above the threshold, whatever the clearance",
        ge=0,
        le=1,
    )
    understandable_path_share: float = parameter(0.85, "the same for unnecessary", ge=0, le=1)
    desirable_below_path_ft: float = parameter(
        165.0,
        "an alert is desirable for an aircraft descending this far below the path of its final approach",
        "derived: 6 hPa times 27.5 ft; NATS shows controllers altimeter settings more than 6 hPa off (skybrary, BAT)",
        ge=0,
        le=3000,
    )
    understandable_below_path_ft: float = parameter(
        100.0,
        "an alert is unnecessary, but understandable, this far below it",
        "simulator default; 100 ft is described for the FAA approach monitor (an NTSB accident report, aireform.com)",
        ge=0,
        le=3000,
    )
    path_from_nm: float = parameter(
        6.0,
        "deviations below the path count within this distance of the threshold; farther out a flight may be low",
        ge=0,
        le=30,
    )
    landing_nm: float = parameter(
        0.5, "an aircraft on the final approach course nearer to the threshold than this is landing", ge=0, le=5
    )
    final_half_width_m: float = parameter(150.0, "half-width of a final approach at the threshold", ge=0, le=5000)
    final_splay_deg: float = parameter(3.0, "angle at which it widens with distance", ge=0, le=30)
    near_runway_nm: float = parameter(
        3.0, "an aircraft that climbs within this distance of a threshold has taken off or is going around", ge=0, le=20
    )
    climbing_fpm: float = parameter(300.0, "an aircraft climbs when its rate exceeds this", ge=0, le=5000)
    desirable_below_minimum_ft: float = parameter(
        300.0,
        "an alert is desirable for an aircraft that does not climb, this far below a published minimum altitude",
        ge=0,
        le=5000,
    )
    beside_volume_m: float = parameter(
        500.0, "an alert is unnecessary, but understandable, this near to a volume and its buffer", ge=0, le=20_000
    )
    beside_volume_ft: float = parameter(200.0, "the same above and below it", ge=0, le=5000)
    put_in_below_ft: float = parameter(
        165.0,
        "a fault that lowers a flight by this much makes an alert desirable, whatever the outcome",
        "derived, as desirable_below_path_ft",
        ge=0,
        le=10_000,
    )
    put_in_beside_m: float = parameter(
        300.0, "the same for a fault that moves it sideways by this much", ge=0, le=50_000
    )
    carried_on_s: float = parameter(
        60.0, "a flight with a fault whose track ends in the air is continued straight for this long", ge=0, le=600
    )
    look_back_s: float = parameter(
        120.0,
        "an alert this long before the situation belongs to it",
        "warning times of up to two minutes (GUID-160 Part I, quoted in IFATCA WP 86 (2018) 2.12)",
        ge=0,
        le=600,
    )
    look_after_s: float = parameter(10.0, "and an alert this long after it, for the time an alert needs", ge=0, le=120)
    join_s: float = parameter(30.0, "two situations of one flight closer in time than this are one", ge=0, le=600)
    at_the_edge_s: float = parameter(
        60.0,
        "a recorded flight that is low this near to the start or end of its track is landing or departing where the "
        "site knows no runway",
        ge=0,
        le=600,
    )
    landed_below_ft: float = parameter(
        200.0,
        "a recorded flight this low is landing or taxiing: nobody flew into the ground there",
        ge=0,
        le=2000,
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for key, name in (("clearance_ft", "clearance"), ("path_share", "share of the path")):
            words = ("necessary", "desirable", "understandable")
            values = [getattr(self, f"{word}_{key}") for word in words]
            if values != sorted(values):
                raise refusal(
                    f"the {name} is "
                    + ", ".join(f"{value:g} for {word}" for word, value in zip(words, values, strict=True)),
                    key=f"necessary_{key}",
                    mend="write them in ascending order",
                )
        return self
