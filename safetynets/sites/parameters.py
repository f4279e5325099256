"""The parameters of each net: one frozen model a net, every field with unit, default, range, meaning and source.

The defaults are simulator defaults, not EUROCONTROL values. Where an open source gives an anchor, the source names it.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

SIMULATOR_DEFAULT = "simulator default"


class Strict(BaseModel):
    """Base of everything read from a site file: frozen, no unknown keys, no NaN, no infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def parameter(
    default: Any,
    meaning: str,
    source: str = SIMULATOR_DEFAULT,
    *,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """A pydantic field with its default, meaning, range and the source of the default."""
    return Field(default=default, description=meaning, ge=ge, le=le, json_schema_extra={"source": source})


class Eligibility(Strict):
    """Which plots a net judges at all."""

    minimum_track_age_s: float = parameter(
        8.0, "a track younger than this is not judged yet (two TMA updates)", ge=0, le=120
    )
    use_coasted_plots: bool = parameter(False, "judge plots that the tracker extrapolated without a reply")
    flight_rules: tuple[Literal["IFR", "VFR", "unknown"], ...] = parameter(
        ("IFR", "unknown"), "flight rules that are judged; 'unknown' where the tracks do not say"
    )
    eligible_ssr_codes: tuple[str, ...] = parameter((), "when not empty, only these SSR codes are judged")
    excluded_ssr_codes: tuple[str, ...] = parameter(
        ("7000",), "SSR codes that are not judged; 7000 is the European VFR conspicuity code"
    )
    inhibited_callsigns: tuple[str, ...] = parameter((), "call signs inhibited by hand")
    judge_visual: bool = parameter(
        False,
        "judge flights flagged as flying a visual approach, departure or descent",
        "IFATCA WP 86 (2018) 2.20: Geneva can deactivate the function for these",
    )


class Lifecycle(Strict):
    """How conflicts of single plots become one alert, and when it ends."""

    current_m: int = parameter(
        1,
        "an alert starts when this many of the last `current_n` plots are in violation",
        "simulator default; an NTSB accident report describes one scan for the FAA approach monitor",
        ge=1,
        le=10,
    )
    current_n: int = parameter(1, "number of plots over which `current_m` is counted", ge=1, le=10)
    predicted_m: int = parameter(
        2,
        "an alert starts when this many of the last `predicted_n` plots are predicted to violate",
        "simulator default; an NTSB accident report describes 2 of 3 scans for the FAA approach monitor",
        ge=1,
        le=10,
    )
    predicted_n: int = parameter(3, "number of plots over which `predicted_m` is counted", ge=1, le=10)
    warning_time_s: float = parameter(
        180.0,
        "only a violation predicted within this time counts towards an alert; every one where the look-ahead is "
        "shorter",
        ge=0,
        le=180,
    )
    imminent_s: float = parameter(
        0.0,
        "a violation predicted within this time alerts at once, without confirmation; 0 switches this off",
        ge=0,
        le=60,
    )
    max_gap_s: float = parameter(20.0, "a longer gap between two plots of a track resets the counters", ge=1, le=300)
    hysteresis_ft: float = parameter(
        50.0, "while an alert is active, the vertical limits are wider by this", ge=0, le=1000
    )
    hysteresis_s: float = parameter(2.0, "while an alert is active, the warning time is longer by this", ge=0, le=60)
    clear_n: int = parameter(2, "an alert ends after this many clear plots in a row", ge=1, le=20)
    track_lost_s: float = parameter(20.0, "an alert ends when no plot could be judged for this long", ge=1, le=300)
    minimum_duration_s: float = parameter(8.0, "an alert never lasts less than this", ge=0, le=120)
    reannounce_ratio: float = parameter(
        0.5,
        "an active alert is announced again when its time to violation has shrunk to this share of the one last "
        "announced; 0 switches this off",
        ge=0,
        le=1,
    )

    @model_validator(mode="after")
    def _can_be_confirmed(self) -> Self:
        for word in ("current", "predicted"):
            needed, counted = getattr(self, f"{word}_m"), getattr(self, f"{word}_n")
            if needed > counted:
                raise PydanticCustomError(
                    "site",
                    "{text}",
                    {
                        "text": f"{needed} of the last {counted} plots can never be",
                        "key": f"{word}_m",
                        "mend": f"write a {word}_m that is not above {word}_n",
                    },
                )
        return self


class Prediction(Strict):
    """How the next seconds of a flight are extrapolated."""

    look_ahead_s: float = parameter(40.0, "how far ahead the path is predicted; 0 predicts nothing", ge=0, le=180)
    climb_credit: float = parameter(
        1.0, "share of a present climb that the prediction credits: 1 all of it, 0 level flight", ge=0, le=1
    )
    use_cleared_level: bool = parameter(True, "predict a level-off at the cleared level, where one is known")
    use_selected_level: bool = parameter(True, "predict a level-off at the level selected on board, where one is known")
    level_off_tolerance_ft: float = parameter(
        200.0,
        "no level-off is predicted at a level that the aircraft has passed by more than this",
        ge=0,
        le=1000,
    )
    hypotheses: Literal["straight", "any", "all"] = parameter(
        "straight",
        "'straight' predicts along the present track; 'any' and 'all' also along the present turn, and alert when "
        "any or all of the two paths violate",
    )


class MsawParameters(Prediction, Lifecycle, Eligibility):
    """Parameters of the Minimum Safe Altitude Warning."""

    look_ahead_s: float = parameter(
        40.0,
        "how far ahead the path is predicted; 0 predicts nothing",
        "simulator default; 40 s is named for general terrain monitoring by a secondary source (askpilot.info)",
        ge=0,
        le=180,
    )
    below_minimum_ft: float = parameter(0.0, "distance of the floor below a published minimum altitude", ge=0, le=2000)
    terrain_clearance_ft: float = parameter(
        500.0,
        "height of the floor above terrain and obstacles",
        "simulator default; 500 ft is reported for the FAA's general terrain monitor (aireform.com)",
        ge=0,
        le=3000,
    )
    horizontal_buffer_m: float = parameter(
        0.0, "the floor uses the highest terrain cell within this distance", ge=0, le=10_000
    )
    escape_test: bool = parameter(
        False, "grade severity by whether a climb that begins after `escape_delay_s` clears the terrain ahead"
    )
    escape_delay_s: float = parameter(15.0, "time until the escape climb begins", ge=0, le=120)
    escape_climb_deg: float = parameter(3.0, "climb angle of the escape", ge=0, le=15)
    escape_time_s: float = parameter(60.0, "duration of the escape climb that is evaluated", ge=0, le=300)


class ApmParameters(Lifecycle, Eligibility):
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


class ApwParameters(Prediction, Lifecycle, Eligibility):
    """Parameters of the Area Proximity Warning."""

    look_ahead_s: float = parameter(60.0, "how far ahead the path is predicted; 0 predicts nothing", ge=0, le=180)
    flight_rules: tuple[Literal["IFR", "VFR", "unknown"], ...] = parameter(
        ("IFR", "VFR", "unknown"), "flight rules that are judged; 'unknown' where the tracks do not say"
    )
    excluded_ssr_codes: tuple[str, ...] = parameter((), "SSR codes that are not judged")
    hysteresis_m: float = parameter(100.0, "while an alert is active, the volume is wider by this", ge=0, le=5000)


class ArbitrationParameters(Strict):
    """What the controller sees when several nets speak about one aircraft."""

    rule: Literal["apm_speaks_on_final", "one_alert_called_msaw", "show_all"] = parameter(
        "apm_speaks_on_final",
        "'apm_speaks_on_final': an MSAW alert is not shown while the aircraft is joined to a monitored approach; "
        "'one_alert_called_msaw': MSAW and APM alerts of one aircraft are shown once, as MSAW; 'show_all'",
        "simulator default; Geneva shows both as one alert called MSAW (IFATCA WP 86 (2018) 2.20)",
    )


class Parameters(Strict):
    """One parameter set: all nets of a site."""

    msaw: MsawParameters = MsawParameters()
    apm: ApmParameters = ApmParameters()
    apw: ApwParameters = ApwParameters()
    arbitration: ArbitrationParameters = ArbitrationParameters()


PARAMETER_MODELS: dict[str, type[Strict]] = {
    "msaw": MsawParameters,
    "apm": ApmParameters,
    "apw": ApwParameters,
    "arbitration": ArbitrationParameters,
}
"""The parameter model of each table of a site file."""
