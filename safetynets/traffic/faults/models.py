"""How a scenario describes a fault: the `[[faults]]` tables, for scripted and recorded traffic alike.

The scenario reader puts `faults: tuple[Fault, ...] = ()` into its own model and hands them to
`safetynets.traffic.apply_faults`. Altitudes are on the QNH.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from safetynets.sites.parameters import Strict
from safetynets.traffic.faults.misreadings import Cause

PressureHpa = Annotated[float, Field(ge=850, le=1090)]
AltitudeFt = Annotated[float, Field(ge=-1500, le=45_000)]
DurationS = Annotated[float, Field(gt=0, le=7200)]
RateFpm = Annotated[float, Field(gt=0, le=8000)]
AngleDeg = Annotated[float, Field(gt=0, le=15)]


class FaultBase(Strict):
    """Into which flight a fault is put, and under which QNH.

    `track` is the track number where several tracks have the call sign; the QNH is the site's unless `qnh_hpa` is
    given.
    """

    callsign: str
    track: int | None = Field(default=None, ge=0)
    qnh_hpa: PressureHpa | None = None


class Begins(FaultBase):
    """A fault that begins at a moment (UTC), or at a distance before the threshold of an approach."""

    from_time: datetime | None = None
    approach: str | None = None
    from_distance_nm: float | None = Field(default=None, ge=0, le=60)

    @property
    def from_time_s(self) -> float | None:
        """The moment in seconds since 1970; a time without a zone is UTC."""
        if self.from_time is None:
            return None
        moment = self.from_time
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

    @model_validator(mode="after")
    def _one_way_of_saying_when(self) -> Self:
        if self.from_distance_nm is not None and self.approach is None:
            raise ValueError("'from_distance_nm' needs 'approach'")
        if self.from_time is not None and self.from_distance_nm is not None:
            raise ValueError("give 'from_time' or 'from_distance_nm', not both")
        if self.approach is not None and self.from_distance_nm is None and not self._uses_approach():
            raise ValueError("'approach' has no effect without 'from_distance_nm'")
        return self

    def _uses_approach(self) -> bool:
        """Whether the approach says more than where the fault begins."""
        return False


class BeginsSomewhere(Begins):
    """A fault whose beginning has to be said."""

    @model_validator(mode="after")
    def _beginning_known(self) -> Self:
        if self.from_time is None and self.from_distance_nm is None:
            raise ValueError("give 'from_time', or 'approach' and 'from_distance_nm'")
        return self


class WrongAltimeterSetting(Begins):
    """The crew has set `set_hpa`, or `error_hpa` more than the QNH, from where it leaves the transition altitude.

    Instead of either, `cause` says how it came to its setting (`misread_hpa`); that of another station is
    `other_qnh_hpa`. With `ils` = true and an `approach`, the crew captures the glide path of that approach, and is on
    it from there.
    """

    fault: Literal["wrong_altimeter_setting"]
    set_hpa: PressureHpa | None = None
    error_hpa: float | None = Field(default=None, ge=-100, le=100)
    cause: Cause | None = None
    other_qnh_hpa: PressureHpa | None = None
    ils: bool = False

    @model_validator(mode="after")
    def _one_way_of_saying_it(self) -> Self:
        if [self.set_hpa, self.error_hpa, self.cause].count(None) != 2:
            raise ValueError("give either 'set_hpa' or 'error_hpa' or 'cause'")
        if (self.cause == "other_station") != (self.other_qnh_hpa is not None):
            raise ValueError("the cause 'other_station' needs 'other_qnh_hpa', and no other one takes it")
        if self.ils and self.approach is None:
            raise ValueError("'ils' needs 'approach'")
        return self

    def _uses_approach(self) -> bool:
        return self.ils


class StandardSettingKept(Begins):
    """The crew keeps 1013.25 hPa below the transition level; `ils` as in a wrong altimeter setting."""

    fault: Literal["standard_setting_kept"]
    ils: bool = False

    @model_validator(mode="after")
    def _ils_of_an_approach(self) -> Self:
        if self.ils and self.approach is None:
            raise ValueError("'ils' needs 'approach'")
        return self

    def _uses_approach(self) -> bool:
        return self.ils


class EarlyDescent(Begins):
    """The vertical profile is flown `early_nm` too early; down to `level_off_ft` if given, for `for_s` if given."""

    fault: Literal["early_descent"]
    early_nm: float = Field(gt=0, le=30)
    level_off_ft: AltitudeFt | None = None
    for_s: DurationS | None = None


class LateDescent(Begins):
    """The vertical profile is flown `late_nm` too late; for `for_s` if given."""

    fault: Literal["late_descent"]
    late_nm: float = Field(gt=0, le=30)
    for_s: DurationS | None = None


class WrongStep(BeginsSomewhere):
    """The crew descends to `altitude_ft` before it may, from the given place until the flight as it was is as low."""

    fault: Literal["wrong_step"]
    altitude_ft: AltitudeFt
    rate_fpm: RateFpm = 1500.0
    for_s: DurationS | None = None


class TooSteep(BeginsSomewhere):
    """The descent is steeper from the given place on: at an angle or a rate, down to `level_off_ft` if given."""

    fault: Literal["too_steep"]
    angle_deg: AngleDeg | None = None
    rate_fpm: RateFpm | None = None
    level_off_ft: AltitudeFt | None = None
    for_s: DurationS | None = None

    @model_validator(mode="after")
    def _angle_or_rate(self) -> Self:
        if (self.angle_deg is None) == (self.rate_fpm is None):
            raise ValueError("give either 'angle_deg' or 'rate_fpm'")
        return self


class ThroughClearedLevel(FaultBase):
    """The crew descends `by_ft` through the level it is cleared to; for `for_s` if given, then it climbs back."""

    fault: Literal["through_cleared_level"]
    cleared_ft: AltitudeFt
    by_ft: float = Field(gt=0, le=10_000)
    for_s: DurationS | None = None


class WrongGlidePath(Begins):
    """The crew flies another path angle to the runway of `approach`, shallow or a false lobe; usually from 10 NM."""

    fault: Literal["wrong_glide_path"]
    approach: str
    angle_deg: AngleDeg

    def _uses_approach(self) -> bool:
        return True


class LateralOffset(BeginsSomewhere):
    """The flight is `right_m` right (negative: left) of where it should be, seen along `approach` if given."""

    fault: Literal["lateral_offset"]
    right_m: float = Field(ge=-50_000, le=50_000)
    for_s: DurationS | None = None

    def _uses_approach(self) -> bool:
        return True


class WrongRunway(Begins):
    """The flight, cleared for `approach`, flies `instead`: it moves over from 8 NM, or as given."""

    fault: Literal["wrong_runway"]
    approach: str
    instead: str

    def _uses_approach(self) -> bool:
        return True


class TurnTowardsTerrain(BeginsSomewhere):
    """The flight turns by `turn_deg` (right positive) and flies straight for `for_s`, where its track ends.

    With `level` it keeps the altitude at which it turned, otherwise that of the flight as it was.
    """

    fault: Literal["turn_towards_terrain"]
    turn_deg: float = Field(ge=-180, le=180)
    for_s: DurationS = 120.0
    level: bool = False


class WrongSelectedAltitude(BeginsSomewhere):
    """The crew selects `selected_ft`, for `for_s` if given; what is flown stays as it is.

    With `cleared_ft` surveillance knows that cleared level from then on; a recording usually has none.
    """

    fault: Literal["wrong_selected_altitude"]
    selected_ft: AltitudeFt
    cleared_ft: AltitudeFt | None = None
    for_s: DurationS | None = None


class VectoredBelowMinimum(FaultBase):
    """Under vectors the flight is `by_ft` below the minimum altitude named, while it crosses its polygon."""

    fault: Literal["vectored_below_minimum"]
    minimum: str
    by_ft: float = Field(gt=0, le=10_000)


class IntoVolume(FaultBase):
    """The flight strays into the volume named, and back after `stay_s`."""

    fault: Literal["into_volume"]
    volume: str
    stay_s: DurationS = 30.0


Fault = Annotated[
    WrongAltimeterSetting
    | StandardSettingKept
    | EarlyDescent
    | LateDescent
    | WrongStep
    | TooSteep
    | ThroughClearedLevel
    | WrongGlidePath
    | LateralOffset
    | WrongRunway
    | TurnTowardsTerrain
    | WrongSelectedAltitude
    | VectoredBelowMinimum
    | IntoVolume,
    Field(discriminator="fault"),
]
