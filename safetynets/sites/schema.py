"""What may stand in a `site.toml`: one frozen model a table, every key with its unit in its name.

The models check each table alone. What needs the site's plane (polygons, duplicate names) is checked in `build.py`.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, time
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, create_model, model_validator

from safetynets.errors import nearest
from safetynets.registry import registered
from safetynets.sites.geometry import RELAY_MEANS, PathKind, Purpose, RelayMeans, Signal
from safetynets.sites.parameters import SIMULATOR_DEFAULT, Strict, parameter_models
from safetynets.sites.problems import refusal
from safetynets.units import S_PER_H, S_PER_MIN, inhg_to_hpa

LOWEST_QNH_HPA = 850.0
HIGHEST_QNH_HPA = 1100.0
LOWEST_ALTITUDE_FT = -2_000.0
HIGHEST_ALTITUDE_FT = 60_000.0

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _position(value: tuple[float, float]) -> tuple[float, float]:
    latitude_deg, longitude_deg = value
    if abs(latitude_deg) > 90 or abs(longitude_deg) > 180:
        raise refusal(
            f"[{latitude_deg}, {longitude_deg}] is no position",
            mend="write [latitude_deg, longitude_deg], latitude from -90 to 90 and longitude from -180 to 180",
        )
    return value


def _utc_seconds(value: Any) -> float:
    mend = "write for example 2021-10-07T12:00:00Z"
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise refusal(f"{value!r} is not a time", mend=mend) from None
    if not isinstance(value, datetime):
        raise refusal(f"{value!r} is not a time with its date", mend=mend)
    if value.tzinfo is None:
        raise refusal(f"{value.isoformat()} does not say its time zone", mend="add Z for UTC")
    return value.astimezone(UTC).timestamp()


def _seconds_of_day(value: Any) -> float:
    if isinstance(value, str):
        try:
            value = time.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, time) or value.tzinfo is not None:
        raise refusal("not a time of the day", mend='write it in UTC without a zone, for example "08:00"')
    return value.hour * S_PER_H + value.minute * S_PER_MIN + value.second


def _plausible_qnh(value: float) -> float:
    if LOWEST_QNH_HPA <= value <= HIGHEST_QNH_HPA:
        return value
    if LOWEST_QNH_HPA <= inhg_to_hpa(value) <= HIGHEST_QNH_HPA:
        mend = f"this looks like inches of mercury: write {inhg_to_hpa(value):.1f}"
    else:
        mend = f"write hectopascals, from {LOWEST_QNH_HPA:.0f} to {HIGHEST_QNH_HPA:.0f}"
    raise refusal(f"{value} hPa is not a plausible QNH", mend=mend)


def _said(value: str) -> str:
    if not value.strip():
        raise refusal("is empty", mend="write some words")
    return value


Position: TypeAlias = Annotated[tuple[float, float], AfterValidator(_position)]
Ring: TypeAlias = tuple[Position, ...]
UtcSeconds: TypeAlias = Annotated[float, BeforeValidator(_utc_seconds)]
SecondsOfDay: TypeAlias = Annotated[float, BeforeValidator(_seconds_of_day)]
Qnh: TypeAlias = Annotated[float, AfterValidator(_plausible_qnh)]
Words: TypeAlias = Annotated[str, AfterValidator(_said)]
Altitude: TypeAlias = Annotated[float, Field(ge=LOWEST_ALTITUDE_FT, le=HIGHEST_ALTITUDE_FT)]
FlightLevel: TypeAlias = Annotated[float, Field(ge=0, le=HIGHEST_ALTITUDE_FT / 100)]
SsrCode: TypeAlias = Annotated[str, Field(pattern=r"^[0-7]{4}$")]


def key(meaning: str, **rules: Any) -> Any:
    """A key that must be given, with its meaning."""
    return Field(description=meaning, **rules)


def optional(default: Any, meaning: str, **rules: Any) -> Any:
    """A key that may be left out, with its default and meaning; numbers left out are simulator defaults."""
    return Field(default=default, description=meaning, **rules)


class Drawn(Strict):
    """A named thing on the map."""

    name: Words = key("its name, used in alerts and by overrides; no two of one kind may share it")
    source: Words = key("where shape and values come from; for our own drawings, how they were drawn")
    illustrative: bool = optional(False, "true for what we drew ourselves: it is in no published document")


class TerrainSource(Strict):
    """A set of height files of one kind; where files of one set meet, the higher sample counts."""

    files: tuple[Words, ...] = key("HGT (.hgt, .hgt.gz) or GeoTIFF files, relative to the site folder", min_length=1)
    vertical_datum: Words = key("what the heights are above: EGM96, EGM2008 or MSL")
    note: str = optional("", "what users of these heights must know, for example that they are coarse")
    source: Words = key("where the files come from, and their licence")


class TerrainTable(Strict):
    """Terrain: the height files and the grid they are brought onto."""

    extent_nm: float = key("the grid reaches this far north, south, east and west of the centre", gt=0, le=300)
    cell_m: float = optional(250.0, f"side of a square cell of the grid ({SIMULATOR_DEFAULT})", ge=20, le=5000)
    sources: tuple[TerrainSource, ...] = key("height files in order of preference, the finest first", min_length=1)


class WithParameters(Drawn):
    """Something on the map where parameters of nets may differ from those of the site."""

    parameters: dict[str, dict[str, Any]] = optional(
        {}, "parameters of nets that differ here, as `parameters.apm.below_ft = 150`"
    )
    parameters_source: str = optional("", "where these values come from; needed where there are some")

    @model_validator(mode="after")
    def _have_a_source(self) -> Self:
        if self.parameters and not self.parameters_source.strip():
            raise refusal("the values have no source", key="parameters", mend="add parameters_source")
        return self


class MinimumAltitudeTable(WithParameters):
    """A polygon with a minimum altitude."""

    minimum_ft: Altitude = key("altitude below which an aircraft should not be")
    polygon_deg: Ring = key("corners as [latitude_deg, longitude_deg]")
    holes_deg: tuple[Ring, ...] = optional((), "holes, each as a list of corners")


class ObstacleTable(Drawn):
    """An obstacle: a circle and the altitude of its top."""

    position_deg: Position = key("its position as [latitude_deg, longitude_deg]")
    radius_m: float = optional(100.0, f"radius of the circle it stands in ({SIMULATOR_DEFAULT})", gt=0, le=20_000)
    top_ft: Altitude = key("altitude of its top")


class ApproachTable(WithParameters):
    """A final approach watched by the APM. The threshold is given directly or as runway end and displacement."""

    airport: Words = key("ICAO code of the aerodrome")
    runway: Words = key("runway designator, for example 26L")
    threshold_deg: Position | None = optional(None, "the landing threshold as [latitude_deg, longitude_deg]")
    runway_end_deg: Position | None = optional(None, "instead of `threshold_deg`: the end of the runway")
    displaced_threshold_ft: float = optional(
        0.0, "how far the threshold lies beyond `runway_end_deg`, along the course", ge=0, le=10_000
    )
    threshold_elevation_ft: float = key("elevation of the threshold", ge=-1500, le=16_000)
    true_course_deg: float = key("final approach course, true", ge=0, le=360)
    path: PathKind = optional(
        "ils", "ils and papi are straight in space, baro in barometric altitude, profile by points"
    )
    angle_deg: float | None = optional(None, "angle of the path; not for a profile", gt=0, le=10)
    threshold_crossing_height_ft: float = optional(
        50.0, f"height of the path above the threshold ({SIMULATOR_DEFAULT})", ge=0, le=200
    )
    profile: tuple[tuple[float, float], ...] = optional(
        (), 'for path = "profile": points as [distance_nm, altitude_ft], distances ascending'
    )
    intercept_altitude_ft: Altitude = key("altitude at which the path is intercepted: the nominal path is never above")
    start_distance_nm: float = optional(
        10.0, f"monitored from this distance before the threshold ({SIMULATOR_DEFAULT})", gt=0, le=40
    )
    end_distance_nm: float = optional(
        2.0,
        "monitored to this distance before the threshold (simulator default; an AIP-type text reports 2 NM)",
        ge=0,
        le=20,
    )
    half_width_m: float = optional(
        300.0, f"half-width of the lateral limit at the threshold ({SIMULATOR_DEFAULT})", gt=0, le=5000
    )
    splay_deg: float = optional(
        3.0, f"angle by which the lateral limit widens with distance ({SIMULATOR_DEFAULT})", ge=0, le=30
    )

    monitored: bool = optional(True, "false for an approach that is flown here but that the APM does not monitor")

    @model_validator(mode="after")
    def _one_threshold(self) -> ApproachTable:
        if (self.threshold_deg is None) == (self.runway_end_deg is None):
            raise refusal("needs exactly one of threshold_deg and runway_end_deg", mend="write one of them")
        if self.displaced_threshold_ft and self.runway_end_deg is None:
            raise refusal(
                "a displacement without a runway end", key="displaced_threshold_ft", mend="give runway_end_deg as well"
            )
        return self

    @model_validator(mode="after")
    def _one_path(self) -> ApproachTable:
        if self.path != "profile":
            if self.angle_deg is None:
                raise refusal("the key 'angle_deg' is missing", mend="add it, for example angle_deg = 3.0")
            if self.profile:
                raise refusal(
                    f"a path of kind {self.path!r} has no points", key="profile", mend='write path = "profile"'
                )
            return self
        if self.angle_deg is not None:
            raise refusal("a profile has no angle", key="angle_deg", mend="leave it out")
        distances = [distance_nm for distance_nm, _ in self.profile]
        if len(distances) < 2 or any(b <= a for a, b in pairwise(distances)):
            raise refusal(
                f"a profile needs two or more points with ascending distances, not {distances}",
                key="profile",
                mend="write for example profile = [[0, 1415], [10, 4600]]",
            )
        return self

    @model_validator(mode="after")
    def _some_length(self) -> ApproachTable:
        if self.start_distance_nm <= self.end_distance_nm:
            raise refusal(
                f"{self.start_distance_nm} NM is not farther out than end_distance_nm = {self.end_distance_nm}",
                key="start_distance_nm",
                mend="monitoring starts far out and ends near the threshold",
            )
        return self


class RunwayTable(Drawn):
    """A runway: what is given of its ends is given for the first and for the second, in the order of `designators`."""

    airport: Words = key("ICAO code of the aerodrome")
    designators: tuple[Words, Words] = key('designators of the two ends, for example ["14", "32"]')
    ends_deg: tuple[Position, Position] = key("the two ends as [latitude_deg, longitude_deg]")
    displaced_threshold_ft: tuple[float, float] = optional(
        (0.0, 0.0), "how far each landing threshold lies beyond its end, along the runway"
    )
    elevation_ft: tuple[Altitude, Altitude] = key("elevations of the two ends")
    half_width_m: float = optional(
        30.0,
        f"half the width of the runway: on the ground within it is on the runway ({SIMULATOR_DEFAULT})",
        ge=5,
        le=100,
    )
    holding_distance_m: float = optional(
        75.0,
        "distance of the runway-holding positions from the centreline: an aircraft nearer than this, or beyond an end "
        f"by less, occupies the runway ({SIMULATOR_DEFAULT}; a EuroScope plug-in takes 92.5 m)",
        ge=20,
        le=300,
    )

    @model_validator(mode="after")
    def _two_ends(self) -> RunwayTable:
        if self.designators[0] == self.designators[1] or self.ends_deg[0] == self.ends_deg[1]:
            same = "designators" if self.designators[0] == self.designators[1] else "ends_deg"
            raise refusal("the two ends of a runway are the same", key=same, mend="give two different ones")
        if min(self.displaced_threshold_ft) < 0:
            raise refusal(
                f"{min(self.displaced_threshold_ft)} ft: a threshold does not lie before the end",
                key="displaced_threshold_ft",
                mend="write 0 where it is not displaced",
            )
        if self.holding_distance_m < self.half_width_m:
            raise refusal(
                f"{self.holding_distance_m} m is on the runway, which is {self.half_width_m} m to each side",
                key="holding_distance_m",
                mend="measure it from the centreline",
            )
        return self


class RadarTable(Strict):
    """A radar whose plots are recorded as range and azimuth (ASTERIX categories 048 and 001)."""

    name: Words = key("its name")
    source: Words = key("where the values come from")
    sac: int = key("its system area code", ge=0, le=255)
    sic: int = key("its system identification code", ge=0, le=255)
    position_deg: Position = key("its position as [latitude_deg, longitude_deg]")
    antenna_altitude_m: float = key("altitude of the antenna above mean sea level", ge=-500, le=9000)


class PeriodTable(Strict):
    """A span of UTC time."""

    start: UtcSeconds = key("first moment, for example 2021-10-07T12:00:00Z", alias="from")
    end: UtcSeconds = key("end; does not belong to the span", alias="to")

    @model_validator(mode="after")
    def _forward(self) -> PeriodTable:
        if self.end <= self.start:
            raise refusal("the period ends before it begins", key="to", mend="exchange from and to")
        return self


class WeeklyTable(Strict):
    """A span of every week, in UTC; an end not after the start is on the next day."""

    days: tuple[Day, ...] = key("days on which it starts: mon, tue, wed, thu, fri, sat, sun", min_length=1)
    start: SecondsOfDay = key('time of the day, for example "08:00"', alias="from")
    end: SecondsOfDay = key('time of the day, for example "17:00"', alias="to")


class Limits(Strict):
    """Something that may have a floor and a ceiling, each an altitude or a flight level."""

    floor_ft: Altitude | None = optional(None, "floor as an altitude; this or `floor_fl`")
    floor_fl: FlightLevel | None = optional(None, "floor as a flight level")
    ceiling_ft: Altitude | None = optional(None, "ceiling as an altitude; this or `ceiling_fl`")
    ceiling_fl: FlightLevel | None = optional(None, "ceiling as a flight level")

    @model_validator(mode="after")
    def _floor_below_ceiling(self) -> Self:
        for end in ("floor", "ceiling"):
            if getattr(self, f"{end}_ft") is not None and getattr(self, f"{end}_fl") is not None:
                raise refusal(f"needs exactly one of {end}_ft and {end}_fl", mend="write one of them")
        for unit in ("ft", "fl"):
            floor, ceiling = getattr(self, f"floor_{unit}"), getattr(self, f"ceiling_{unit}")
            if floor is not None and ceiling is not None and ceiling <= floor:
                raise refusal(
                    f"{ceiling} is not above floor_{unit} = {floor}",
                    key=f"ceiling_{unit}",
                    mend="exchange floor and ceiling",
                )
        return self


class VerticallyLimited(Limits):
    """Something with a floor and a ceiling."""

    @model_validator(mode="after")
    def _one_floor_one_ceiling(self) -> Self:
        for end in ("floor", "ceiling"):
            if getattr(self, f"{end}_ft") is None and getattr(self, f"{end}_fl") is None:
                raise refusal(f"needs exactly one of {end}_ft and {end}_fl", mend="write one of them")
        return self


class Scheduled(Strict):
    """Something that may not always be active: without any of these keys it is permanent."""

    active: tuple[PeriodTable, ...] = optional((), "UTC periods as {from=..., to=...}")
    weekly: tuple[WeeklyTable, ...] = optional((), "weekly spans as {days=[...], from=..., to=...}")
    manual: Literal["on", "off"] | None = optional(None, "switched by hand, and how it stands")

    @model_validator(mode="after")
    def _by_hand_or_by_time(self) -> Scheduled:
        if self.manual is not None and (self.active or self.weekly):
            raise refusal("switched by hand and by time", key="manual", mend="leave out one of them")
        return self


class Outlined(Strict):
    """Something that is a polygon or a circle seen from above."""

    polygon_deg: Ring | None = optional(None, "corners as [latitude_deg, longitude_deg]")
    holes_deg: tuple[Ring, ...] = optional((), "holes, each as a list of corners")
    centre_deg: Position | None = optional(None, "instead of `polygon_deg`: centre of a circle")
    radius_nm: float | None = optional(None, "radius of the circle; this or `radius_m`", gt=0, le=100)
    radius_m: float | None = optional(None, "radius of the circle", gt=0, le=200_000)

    @model_validator(mode="after")
    def _polygon_or_circle(self) -> Self:
        if (self.polygon_deg is None) == (self.centre_deg is None):
            raise refusal("needs exactly one of polygon_deg and centre_deg", mend="write one of them")
        has_radius = (self.radius_nm is not None) + (self.radius_m is not None)
        if has_radius != (self.centre_deg is not None):
            raise refusal(
                "a circle needs centre_deg and exactly one of radius_nm and radius_m", mend="write both, once each"
            )
        if self.holes_deg and self.polygon_deg is None:
            raise refusal("a circle has no holes", key="holes_deg", mend="draw it as a polygon")
        return self


class VolumeTable(Outlined, VerticallyLimited, Scheduled, WithParameters):
    """An airspace volume watched by the APW: a polygon or a circle."""

    group: str = optional("", "volumes of one group share one alert; by default each is its own group")
    purpose: Purpose = key("what it protects")
    lateral_buffer_m: float = optional(0.0, "the volume is widened by this", ge=0, le=20_000)
    vertical_buffer_ft: float = optional(0.0, "the volume is extended upwards and downwards by this", ge=0, le=5000)
    allowed_callsigns: tuple[str, ...] = optional((), "call signs that may enter")
    allowed_ssr_codes: tuple[SsrCode, ...] = optional((), "SSR codes that may enter")
    allowed_flight_rules: tuple[Literal["IFR", "VFR"], ...] = optional((), "flight rules that may enter")


def _known_net(name: str) -> str:
    names = [net.name for net in registered()]
    if name not in names:
        raise refusal(f"no net is called {name!r}", mend=nearest(name, names))
    return name


NetName = Annotated[str, AfterValidator(_known_net)]
"""The name of a net, in capitals."""


class InhibitVolumeTable(Outlined, VerticallyLimited, Scheduled, Drawn):
    """A volume inside which nets do not judge, and why: a polygon or a circle."""

    nets: tuple[NetName, ...] = key("the nets that are inhibited inside, by name", min_length=1)
    reason: Words = key("why the nets are inhibited here")


class ParameterRegionTable(Outlined, Limits, Scheduled, Drawn):
    """A region inside which parameters of nets differ: a polygon or a circle, with vertical limits or without."""

    parameters: dict[str, dict[str, Any]] = key(
        "parameters of nets that differ inside, as `parameters.msaw.look_ahead_s = 30`", min_length=1
    )


class FlightCategoryTable(Strict):
    """Flights for which parameters of nets differ: those that fit everything that is said here."""

    name: Words = key("its name, used by overrides")
    source: Words = key("where the values come from")
    wake: tuple[Literal["L", "M", "H", "J", ""], ...] = optional((), 'wake turbulence categories; "" where unknown')
    flight_rules: tuple[Literal["IFR", "VFR", ""], ...] = optional((), 'flight rules; "" where unknown')
    aircraft_type: tuple[str, ...] = optional((), "types, for example A320")
    callsign: tuple[str, ...] = optional(
        (), 'call signs; one that ends in * stands for all that begin with it, as "REGA*"'
    )
    parameters: dict[str, dict[str, Any]] = key(
        "parameters of nets that differ for them, as `parameters.apm.below_ft = 150`", min_length=1
    )

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if not (self.wake or self.flight_rules or self.aircraft_type or self.callsign):
            raise refusal("says of no flights", mend="give wake, flight_rules, aircraft_type or callsign")
        return self


class ConfigurationTable(Scheduled):
    """How the site is worked at times: runways in use, low visibility, an area activated.

    What any configuration names is there only while one of those that name it is in force.
    """

    name: Words = key("its name, used by overrides and live")
    source: Words = key("where it comes from")
    approaches: tuple[str, ...] = optional((), "approaches that may be joined only then")
    volumes: tuple[str, ...] = optional((), "volumes that are active only then")
    inhibit_volumes: tuple[str, ...] = optional((), "inhibit volumes that are active only then")
    parameter_regions: tuple[str, ...] = optional((), "parameter regions that apply only then")


class DeskTable(Outlined, VerticallyLimited, Drawn):
    """A desk and its delivery volume: where it is that an aircraft's alerts come up at this desk."""

    nets: tuple[NetName, ...] | None = optional(
        None, "the nets whose alerts it is shown; by default all; empty for a desk that only receives relays"
    )
    signal: Signal = optional(
        "both", "how an alert is presented here: visual on the display only, aural by a sound only, or both"
    )
    relay_to: str = optional("", "the desk to which it relays these alerts, because that one speaks to the aircraft")
    relay_by: RelayMeans | None = optional(
        None, "by what means; how long each takes is the assumption `relay.MEANS_s` of the response"
    )

    @model_validator(mode="after")
    def _whole_relay(self) -> Self:
        if self.relay_to and self.relay_by is None:
            raise refusal(
                "a relay without its means", key="relay_to", mend=f"add relay_by, one of {', '.join(RELAY_MEANS)}"
            )
        if self.relay_by is not None and not self.relay_to:
            raise refusal("a relay to nobody", key="relay_by", mend="add relay_to, the name of a desk")
        return self


class QnhTable(Strict):
    """A QNH and since when it is valid."""

    start: UtcSeconds = key("valid from this moment on, for example 2021-10-07T12:00:00Z", alias="from")
    hpa: Qnh = key("the QNH in hectopascals")


class PressureRegionTable(Strict):
    """Where a QNH is valid. A region without a polygon is everywhere else."""

    name: Words = key("its name")
    source: Words = key("where the values come from")
    polygon_deg: Ring | None = optional(None, "corners as [latitude_deg, longitude_deg]; without it, everywhere else")
    holes_deg: tuple[Ring, ...] = optional((), "holes, each as a list of corners")
    qnh_hpa: Qnh | None = optional(None, "the QNH, valid always; this, or `qnh`, or neither: then it is unknown")
    qnh: tuple[QnhTable, ...] = optional((), "the QNH by time, as {from=..., hpa=...}, ascending")
    transition_altitude_ft: float = key("above it a level is a flight level", ge=1000, le=25_000)
    transition_level_fl: float = key("the lowest flight level in use", ge=10, le=250)

    @model_validator(mode="after")
    def _one_qnh(self) -> PressureRegionTable:
        if self.qnh and self.qnh_hpa is not None:
            raise refusal("both qnh_hpa and qnh", key="qnh_hpa", mend="leave out one of them")
        starts = [entry.start for entry in self.qnh]
        if any(b <= a for a, b in pairwise(starts)):
            raise refusal("the times of the QNH are not ascending", key="qnh", mend="sort them by from")
        if self.holes_deg and self.polygon_deg is None:
            raise refusal("holes without a polygon", key="holes_deg", mend="give polygon_deg as well")
        return self

    def by_time(self) -> tuple[tuple[float, float], ...]:
        """(from_s, qnh_hpa) ascending; a QNH that is valid always starts at minus infinity."""
        if self.qnh_hpa is not None:
            return ((-math.inf, self.qnh_hpa),)
        return tuple((entry.start, entry.hpa) for entry in self.qnh)


class SiteKeys(Strict):
    """The whole of a `site.toml` but for the tables of parameters."""

    title: Words = key("the site in words")
    centre_deg: Position = key("centre of the site's plane as [latitude_deg, longitude_deg]")
    geoid_undulation_m: float | None = optional(
        None,
        "height of mean sea level above the WGS 84 ellipsoid; without it geometric altitudes stay unknown",
        ge=-120,
        le=120,
    )
    source: Words = key("where centre and undulation come from")
    terrain: TerrainTable | None = optional(None, "height files; without them MSAW has polygons only")
    minimum_altitudes: tuple[MinimumAltitudeTable, ...] = optional((), "minimum-altitude polygons")
    obstacles: tuple[ObstacleTable, ...] = optional((), "obstacles")
    approaches: tuple[ApproachTable, ...] = optional((), "monitored final approaches")
    runways: tuple[RunwayTable, ...] = optional((), "runways")
    radars: tuple[RadarTable, ...] = optional((), "radars, for recordings of range and azimuth")
    volumes: tuple[VolumeTable, ...] = optional((), "airspace volumes")
    inhibit_volumes: tuple[InhibitVolumeTable, ...] = optional((), "volumes inside which nets are inhibited")
    pressure_regions: tuple[PressureRegionTable, ...] = optional((), "regions, each with its QNH")
    parameter_regions: tuple[ParameterRegionTable, ...] = optional((), "where parameters differ")
    flight_categories: tuple[FlightCategoryTable, ...] = optional((), "for which flights parameters differ")
    configurations: tuple[ConfigurationTable, ...] = optional((), "configurations of the site, such as runways in use")
    switched_off: dict[NetName, Words] = optional(
        {}, "nets that are switched off here, by their names, each with the reason; a net that is not named is on"
    )
    switched_on: tuple[NetName, ...] = optional(
        (), "nets that run only where they are switched on, by their names; an override adds to them"
    )
    desks: tuple[DeskTable, ...] = optional(
        (), "which controller's desk is shown which alert; without desks, one controller"
    )
    rule_set: Words = optional(
        "icao", "the words the controller says: a rule set by its name, or by the path of its file from this folder"
    )


LISTS = (
    "minimum_altitudes",
    "obstacles",
    "approaches",
    "runways",
    "radars",
    "volumes",
    "inhibit_volumes",
    "pressure_regions",
    "parameter_regions",
    "flight_categories",
    "configurations",
    "desks",
)
"""The keys of a site file that are lists of named items."""


@lru_cache(maxsize=8)
def _site_table(models: tuple[tuple[str, type[Strict]], ...]) -> type[SiteKeys]:
    tables: Any = {name: (model, model()) for name, model in models}
    return create_model("SiteTable", __base__=SiteKeys, **tables)


def site_table() -> type[SiteKeys]:
    """The model of a whole `site.toml`, with a table of parameters for each net."""
    return _site_table(tuple(parameter_models().items()))
