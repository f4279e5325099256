"""How a scenario describes its surveillance: the `[surveillance]` table.

`safetynets.traffic.see` takes it, with the truth of `fly_truth`. Every figure is a simulator default, of the size usual
for such sensors.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from safetynets.sites.parameters import Strict

Probability = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=60)]


class Radar(Strict):
    """A rotating secondary radar: where it stands, how it turns, what it misses and how far off it measures."""

    name: str
    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    altitude_ft: float = Field(ge=-1500, le=30_000, description="of the antenna, above mean sea level")
    period_s: float = Field(default=4.0, ge=1, le=20)
    range_noise_m: float = Field(default=50.0, ge=0, le=2000, description="standard deviation")
    azimuth_noise_deg: float = Field(default=0.06, ge=0, le=2, description="standard deviation")
    detection_probability: Probability = 0.97
    max_range_nm: float = Field(default=80.0, gt=0, le=300)
    cone_of_silence_deg: float = Field(default=45.0, gt=0, le=90, description="elevation above which nothing is seen")
    screened_by_terrain: bool = True
    latency_s: Seconds = 0.5


class Adsb(Strict):
    """ADS-B: how often a report comes, how old it is and how good."""

    period_s: float = Field(default=1.0, ge=0.4, le=20)
    position_noise_m: float = Field(default=15.0, ge=0, le=2000, description="standard deviation on each axis")
    reception_probability: Probability = 0.95
    age_s: Seconds = Field(default=0.4, description="how old the position is that a report gives for now")
    latency_s: Seconds = 0.2


class ModeC(Strict):
    """How altitudes come down: their steps, and how often they are missing, garbled or late."""

    step_ft: Literal[0, 25, 100] = 25
    missing_probability: Probability = 0.005
    garbled_probability: Probability = 0.0005
    late_probability: Probability = 0.0
    late_s: Seconds = Field(default=4.0, description="how old a late altitude is")


class Tracker(Strict):
    """The tracker: a Kalman filter that believes in straight flight, with the unrest it allows for."""

    manoeuvre_mps2: float = Field(default=1.0, gt=0, le=20, description="horizontal acceleration it allows for")
    vertical_ftps2: float = Field(default=1.0, gt=0, le=50, description="vertical acceleration it allows for")
    drop_s: float = Field(default=16.0, ge=1, le=120, description="a track without plots for this long is dropped")


class DuplicateTrack(Strict):
    """A second track of one aircraft, for a while, beside the first."""

    callsign: str
    from_s: float = Field(ge=0, description="after the start of the scenario")
    for_s: float = Field(default=30.0, gt=0, le=3600)
    offset_m: float = Field(default=300.0, ge=-10_000, le=10_000, description="east of the first")


class SwappedTracks(Strict):
    """Two tracks that exchange their identities from a moment on, for a while if asked."""

    callsigns: tuple[str, str]
    from_s: float = Field(ge=0, description="after the start of the scenario")
    for_s: float | None = Field(default=None, gt=0, le=36_000)


class Surveillance(Strict):
    """What the surveillance system is made of; without sensors, or with `perfect`, the truth is seen as it is.

    Attributes
    ----------
    radars, adsb
        The sensors.
    mode_c
        How pressure altitudes are sent.
    tracker
        What joins plots to tracks.
    duplicate_tracks, swapped_tracks
        Faults of the tracker.
    """

    perfect: bool | None = Field(default=None, description="switches the sensors off; by default where there are none")
    radars: tuple[Radar, ...] = ()
    adsb: Adsb | None = None
    mode_c: ModeC = ModeC()
    mode_s: bool = Field(default=True, description="the level selected and the setting on board are sent down")
    tracker: Tracker = Tracker()
    duplicate_tracks: tuple[DuplicateTrack, ...] = ()
    swapped_tracks: tuple[SwappedTracks, ...] = ()

    @model_validator(mode="after")
    def _something_sees(self) -> Self:
        if self.perfect is False and not self.has_sensors:
            raise ValueError("imperfect surveillance needs 'radars' or 'adsb'")
        return self

    @property
    def has_sensors(self) -> bool:
        """Whether any radar or ADS-B is described."""
        return bool(self.radars) or self.adsb is not None

    @property
    def sees_perfectly(self) -> bool:
        """Whether the truth is seen as it is."""
        return not self.has_sensors if self.perfect is None else self.perfect
