"""How a scenario describes a flight: the `[[flights]]` tables and their legs.

The scenario reader puts `flights: tuple[Flight, ...] = ()` and `weather: Weather = Weather()` into its own model and
hands both to `safetynets.traffic.fly`. Courses and headings are true, speeds indicated, an `altitude_ft` is what the
crew reads on its altimeter, a `flight_level` what it reads on 1013.25 hPa.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from safetynets.sites.parameters import Strict

Degrees = Annotated[float, Field(ge=0, le=360)]
AltitudeFt = Annotated[float, Field(ge=-1500, le=45_000)]
LEAST_SPEED_KT = 30.0
SpeedKt = Annotated[float, Field(ge=LEAST_SPEED_KT, le=400)]
RateFpm = Annotated[float, Field(gt=0, le=8000)]


class Place(Strict):
    """A point on the ground: a position, or a distance before the threshold of an approach of the site.

    `offset_m` is from the final approach course, right positive; a negative distance lies beyond the threshold.
    """

    latitude_deg: float | None = Field(default=None, ge=-90, le=90)
    longitude_deg: float | None = Field(default=None, ge=-180, le=180)
    approach: str | None = None
    distance_nm: float | None = Field(default=None, ge=-100, le=200)
    offset_m: float = Field(default=0.0, ge=-100_000, le=100_000)

    @model_validator(mode="after")
    def _one_way_of_saying_it(self) -> Self:
        position = (self.latitude_deg is not None, self.longitude_deg is not None)
        on_approach = (self.approach is not None, self.distance_nm is not None)
        if {position, on_approach} != {(True, True), (False, False)}:
            raise ValueError("give either 'latitude_deg' and 'longitude_deg', or 'approach' and 'distance_nm'")
        return self


class Level(Strict):
    """A level to fly at: an altitude on the crew's altimeter, or a flight level."""

    altitude_ft: AltitudeFt | None = None
    flight_level: float | None = Field(default=None, ge=0, le=450)

    @property
    def given(self) -> bool:
        """Whether a level is given at all."""
        return self.altitude_ft is not None or self.flight_level is not None

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.altitude_ft is not None and self.flight_level is not None:
            raise ValueError("give 'altitude_ft' or 'flight_level', not both")
        return self


class Start(Place, Level):
    """Where, how high, which way and how fast a flight begins; `on_ground` without a level and without a speed."""

    course_deg: Degrees
    speed_kt: float = Field(default=0.0, ge=0, le=400)
    vertical_rate_fpm: float = Field(default=0.0, ge=-8000, le=8000)
    on_ground: bool = False

    @model_validator(mode="after")
    def _level_known(self) -> Self:
        if self.on_ground:
            if self.given or self.speed_kt or self.vertical_rate_fpm:
                raise ValueError("a start on the ground has no level, no speed and no vertical rate")
            return self
        if self.speed_kt < LEAST_SPEED_KT:
            raise ValueError(f"a start in flight needs 'speed_kt', at least {LEAST_SPEED_KT:g}")
        if not self.given:
            raise ValueError("a start needs 'altitude_ft' or 'flight_level'")
        return self


class Instruction(Level):
    """What may go with any leg: a level, a rate and a speed that hold from the beginning of the leg.

    `cleared = false` says that nobody cleared the level: the crew flies to it on its own (on an approach clearance, or
    by mistake), and surveillance knows no cleared level.
    """

    rate_fpm: RateFpm | None = None
    speed_kt: SpeedKt | None = None
    cleared: bool = True


class FlyTo(Place, Instruction):
    """Fly straight to a place; ends abeam of it, or where the turn to the next place has to begin."""

    do: Literal["fly_to"]


class Heading(Instruction):
    """Turn to a heading and keep it; ends when it is reached, or after `for_s`, `for_nm` or at the level, if given.

    `vectors` is the same and tells surveillance that the controller vectors the flight.
    """

    do: Literal["heading", "vectors"]
    heading_deg: Degrees
    turn: Literal["shorter", "left", "right"] = "shorter"
    for_s: float | None = Field(default=None, ge=0, le=7200)
    for_nm: float | None = Field(default=None, ge=0, le=300)
    until_level: bool = False


class ChangeLevel(Instruction):
    """Climb or descend; the next leg begins at once, or with `wait` when the level is reached."""

    do: Literal["climb_to", "descend_to"]
    wait: bool = False

    @model_validator(mode="after")
    def _level_known(self) -> Self:
        if not self.given:
            raise ValueError(f"'{self.do}' needs 'altitude_ft' or 'flight_level'")
        return self


class LevelOff(Strict):
    """Stop climbing or descending; the next leg begins at once, or after `for_s`."""

    do: Literal["level_off"]
    for_s: float = Field(default=0.0, ge=0, le=7200)


class Speed(Strict):
    """Change speed; the next leg begins at once."""

    do: Literal["speed"]
    speed_kt: SpeedKt


class Intercept(Strict):
    """Turn on to a final approach course and fly its path to the runway or to the given end.

    `path`: "ils" and "papi" are straight lines in space and do not know the altimeter; "baro" is the same line in
    altitude, flown on the altimeter; "profile" follows `profile`, or that of the approach, straight from one point
    (distance_nm, altitude_ft) to the next, on the altimeter; "steps" flies to the altitude of each of `steps`
    (distance_nm, altitude_ft) from that distance on, on the altimeter; "localiser" follows the course at the level of
    the last instruction. The default is the approach's own path.
    """

    do: Literal["intercept"]
    approach: str
    path: Literal["ils", "papi", "baro", "profile", "steps", "localiser"] | None = None
    angle_deg: float | None = Field(default=None, ge=0.5, le=10, description="instead of the published path angle")
    steps: tuple[tuple[float, float], ...] = ()
    profile: tuple[tuple[float, float], ...] = ()
    rate_fpm: RateFpm | None = None
    speed_kt: SpeedKt | None = None
    landing_speed_distance_nm: float = Field(default=5.0, ge=0, le=30)
    until_distance_nm: float | None = Field(default=None, ge=0, le=60)
    until_altitude_ft: AltitudeFt | None = None

    @model_validator(mode="after")
    def _profile_with_its_path(self) -> Self:
        if self.profile and self.path != "profile":
            raise ValueError("'profile' needs path = 'profile'")
        if len({distance_nm for distance_nm, _ in self.profile}) < len(self.profile) or len(self.profile) == 1:
            raise ValueError("'profile' needs two or more points at different distances")
        return self

    @model_validator(mode="after")
    def _steps_with_their_path(self) -> Self:
        if (self.path == "steps") != bool(self.steps):
            raise ValueError("'steps' and path = 'steps' belong together")
        return self


class ClimbOut(Level):
    """Climb straight ahead; the next leg begins once `straight_until_ft` (else the level itself) is passed."""

    do: Literal["go_around", "depart"]
    rate_fpm: RateFpm | None = None
    speed_kt: SpeedKt | None = None
    straight_until_ft: AltitudeFt | None = None

    @model_validator(mode="after")
    def _level_known(self) -> Self:
        if not self.given:
            raise ValueError(f"'{self.do}' needs 'altitude_ft' or 'flight_level'")
        return self


class Hold(Place, Instruction):
    """Fly to a place and hold there: racetracks with the given inbound course, `turns` times round."""

    do: Literal["hold"]
    inbound_course_deg: Degrees
    turn: Literal["left", "right"] = "right"
    leg_s: float = Field(default=60.0, ge=20, le=300)
    turns: int = Field(default=1, ge=1, le=50)


class Taxi(Place):
    """Taxi straight to a place; the aircraft stops there unless it taxies or takes off from there."""

    do: Literal["taxi"]
    speed_kt: float = Field(default=15.0, gt=0, le=60)


class Stand(Strict):
    """Stand still on the ground."""

    do: Literal["stand"]
    for_s: float = Field(ge=0, le=7200)


class TakeOff(Strict):
    """Roll in the direction of a runway, such as "LSZH 32", until the aircraft lifts off; then `depart`.

    With `reject_at_kt` the take-off is rejected at that speed: the aircraft brakes until it stands.
    """

    do: Literal["take_off"]
    runway: str
    lift_off_kt: SpeedKt = 140.0
    acceleration_mps2: float = Field(default=2.0, gt=0, le=6)
    reject_at_kt: float | None = Field(default=None, gt=0, le=200)
    deceleration_mps2: float = Field(default=3.0, gt=0, le=6)


class Land(Strict):
    """Touch down after an `intercept` with until_distance_nm = 0, and roll until the speed to leave the runway with."""

    do: Literal["land"]
    approach: str
    deceleration_mps2: float = Field(default=1.5, gt=0, le=6)
    exit_speed_kt: float = Field(default=20.0, ge=1, le=100)


Leg = Annotated[
    FlyTo | Heading | ChangeLevel | LevelOff | Speed | Intercept | ClimbOut | Hold | Taxi | Stand | TakeOff | Land,
    Field(discriminator="do"),
]


class Flight(Strict):
    """One flight of a scenario: who it is, where it starts, and its legs in order.

    After the last leg it flies on as it is for `fly_on_s`.

    Attributes
    ----------
    callsign, aircraft_type, icao24, ssr_code
        Who it is.
    start, legs
        Where, how high, which way and how fast it begins, and what it does.
    fly_on_s
        How long it flies on after the last leg (s).
    altimeter_hpa
        What the crew has set below the transition altitude (hPa); by default the QNH.
    flight_rules, destination, runway, wake
        What the controllers' system knows of it; empty where it does not.
    visual
        Whether it flies visually, as the controllers' system knows.

    Examples
    --------
    >>> flight = Flight.model_validate({
    ...     "callsign": "EZS1", "aircraft_type": "A20N",
    ...     "start": {"approach": "LSGG 22", "distance_nm": 15, "course_deg": 225, "altitude_ft": 7000,
    ...               "speed_kt": 210},
    ...     "legs": [{"do": "intercept", "approach": "LSGG 22"}],
    ... })
    >>> flight.legs[0].do
    'intercept'
    """

    callsign: str = Field(min_length=1, max_length=16)
    aircraft_type: str
    start: Start
    start_s: float = Field(default=0.0, ge=0, le=30 * 86_400, description="after the start of the scenario")
    legs: tuple[Leg, ...] = ()
    fly_on_s: float = Field(default=0.0, ge=0, le=7200)
    altimeter_hpa: float | None = Field(default=None, ge=850, le=1090)
    flight_rules: Literal["IFR", "VFR", ""] = "IFR"
    ssr_code: str = Field(default="", pattern=r"^([0-7]{4})?$")
    icao24: str = Field(default="", pattern=r"^([0-9a-f]{6})?$")
    destination: str = ""
    runway: str = ""
    wake: Literal["L", "M", "H", "J", ""] = ""
    visual: bool = False
