"""How a scenario describes a fault: the `[[faults]]` tables, for scripted and recorded traffic alike.

The scenario reader puts `faults: tuple[Fault, ...] = ()` into its own model and hands them to
`safetynets.traffic.apply_faults`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from safetynets.sites.parameters import Strict

PressureHpa = Annotated[float, Field(ge=850, le=1090)]


class FaultBase(Strict):
    """Into which flight a fault is put: the call sign, and the track number where several tracks have it."""

    callsign: str
    track: int | None = Field(default=None, ge=0)


class Timed(FaultBase):
    """A fault that begins at a moment (UTC) where one is given."""

    from_time: datetime | None = None

    @property
    def from_time_s(self) -> float | None:
        """The moment in seconds since 1970; a time without a zone is UTC."""
        if self.from_time is None:
            return None
        moment = self.from_time
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


class WrongAltimeterSetting(Timed):
    """The crew has set `set_hpa`, or `error_hpa` more than the QNH; the QNH is the site's unless `qnh_hpa` is given."""

    fault: Literal["wrong_altimeter_setting"]
    set_hpa: PressureHpa | None = None
    error_hpa: float | None = Field(default=None, ge=-100, le=100)
    qnh_hpa: PressureHpa | None = None

    @model_validator(mode="after")
    def _one_way_of_saying_it(self) -> Self:
        if (self.set_hpa is None) == (self.error_hpa is None):
            raise ValueError("give either 'set_hpa' or 'error_hpa'")
        return self


class StandardSettingKept(Timed):
    """The crew keeps 1013.25 hPa below the transition level."""

    fault: Literal["standard_setting_kept"]
    qnh_hpa: PressureHpa | None = None


Fault = Annotated[WrongAltimeterSetting | StandardSettingKept, Field(discriminator="fault")]
