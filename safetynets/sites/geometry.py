"""What a loaded site holds: shapes on the site's plane, ready for the nets. Everything here is frozen.

Polygons are shapely geometries in plane coordinates (x east, y north, metres); they are closed sets: a point on an
edge is inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from safetynets.geodesy import Plane
from safetynets.sites.parameters import Parameters

Floats = NDArray[np.float64]
Area = Polygon | MultiPolygon

PathKind = Literal["ils", "papi", "baro", "profile"]
Purpose = Literal[
    "restricted", "danger", "prohibited", "terrain_wall", "glide_path_from_above", "glide_path_from_below"
]
RelayMeans = Literal["voice", "hotline", "telephone"]
RELAY_MEANS: tuple[RelayMeans, ...] = get_args(RelayMeans)
Signal = Literal["visual", "aural", "both"]


@dataclass(frozen=True, eq=False)
class Terrain:
    """Terrain on the site's plane: square cells, each as high as the highest source cell that touches it.

    `elevation_ft[row, column]` covers x from `x0_m + column * cell_m` and y from `y0_m + row * cell_m`, each cell a
    closed square; NaN is where there is no terrain data. `notes` says what was filled or is coarse, in words.
    """

    x0_m: float
    y0_m: float
    cell_m: float
    elevation_ft: Floats
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class MinimumAltitude:
    """A polygon below whose minimum altitude an aircraft should not be."""

    name: str
    minimum_ft: float
    area: Area
    source: str
    illustrative: bool


@dataclass(frozen=True, eq=False)
class Obstacle:
    """An obstacle: a circle and the altitude of its top."""

    name: str
    x_m: float
    y_m: float
    radius_m: float
    top_ft: float
    source: str
    illustrative: bool


@dataclass(frozen=True, eq=False)
class Approach:
    """A monitored final approach. Distances count from the threshold, positive before it.

    `course_deg` is the final approach course on the plane (clockwise from y); `true_course_deg` the published true one.
    `profile` holds (distance_nm, altitude_ft) for the path kind "profile", ascending in distance.
    """

    name: str
    airport: str
    runway: str
    x_m: float
    y_m: float
    threshold_elevation_ft: float
    course_deg: float
    true_course_deg: float
    path: PathKind
    angle_deg: float
    threshold_crossing_height_ft: float
    profile: tuple[tuple[float, float], ...]
    intercept_altitude_ft: float
    start_distance_nm: float
    end_distance_nm: float
    half_width_m: float
    splay_deg: float
    source: str
    illustrative: bool


@dataclass(frozen=True, eq=False)
class Runway:
    """A runway: its two ends on the plane, and how far on each side it is protected.

    `designators`, `displaced_threshold_m` and `elevation_ft` are those of the two ends, in their order: the first is of
    the end (`x_m[0]`, `y_m[0]`), where one lands and departs towards the second. An aircraft nearer to the centreline
    than `holding_distance_m` has passed the runway-holding position; within `half_width_m` it is on the runway.
    """

    name: str
    airport: str
    designators: tuple[str, str]
    x_m: tuple[float, float]
    y_m: tuple[float, float]
    displaced_threshold_m: tuple[float, float]
    elevation_ft: tuple[float, float]
    half_width_m: float
    holding_distance_m: float
    source: str
    illustrative: bool


@dataclass(frozen=True, eq=False)
class Radar:
    """A radar whose plots tell range and azimuth from it, known by the codes of its system: SAC and SIC."""

    name: str
    sac: int
    sic: int
    latitude_deg: float
    longitude_deg: float
    antenna_altitude_m: float
    source: str


@dataclass(frozen=True)
class Limit:
    """A vertical limit: an altitude (ft on the QNH) or a flight level."""

    value_ft: float
    is_flight_level: bool


@dataclass(frozen=True)
class Period:
    """A span of UTC time, in seconds since 1970; the end does not belong to it."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class WeeklyPeriod:
    """A span of every week: weekday (0 is Monday) and seconds of the UTC day; may run past midnight."""

    weekday: int
    start_s: float
    duration_s: float


@dataclass(frozen=True)
class Schedule:
    """When a volume is active: always, while switched `on` manually, in UTC periods, or weekly."""

    permanent: bool
    on: bool
    periods: tuple[Period, ...]
    weekly: tuple[WeeklyPeriod, ...]

    @property
    def ever(self) -> bool:
        """Whether it is ever active: not when it is switched off manually."""
        return self.permanent or self.on or bool(self.periods) or bool(self.weekly)


@dataclass(frozen=True, eq=False)
class Volume:
    """An airspace volume watched by the APW, with who is allowed in.

    Either `area` is set, or `area` is None and the volume is a circle of `radius_m` around (`x_m`, `y_m`).
    """

    name: str
    group: str
    purpose: Purpose
    area: Area | None
    x_m: float
    y_m: float
    radius_m: float
    floor: Limit
    ceiling: Limit
    lateral_buffer_m: float
    vertical_buffer_ft: float
    schedule: Schedule
    allowed_callsigns: tuple[str, ...]
    allowed_ssr_codes: tuple[str, ...]
    allowed_flight_rules: tuple[str, ...]
    source: str
    illustrative: bool


@dataclass(frozen=True, eq=False)
class InhibitVolume:
    """A volume inside which the named nets do not judge, and why.

    A circle is the polygon inscribed in it, whose edges lie less than a metre inside (`shapes.inscribed_circle`).
    """

    name: str
    nets: tuple[str, ...]
    area: Area
    floor: Limit
    ceiling: Limit
    schedule: Schedule
    reason: str
    source: str
    illustrative: bool


@dataclass(frozen=True, eq=False)
class Desk:
    """A controller's desk with its delivery volume: alerts of its nets about aircraft inside come up there.

    Either `area` is set, or `area` is None and the volume is a circle of `radius_m` around (`x_m`, `y_m`). Where
    `relay_to` names another desk, that one speaks to the aircraft and learns of the alert by `relay_by`. `signal` says
    whether the alert is seen on the display, heard, or both.
    """

    name: str
    nets: tuple[str, ...]
    area: Area | None
    x_m: float
    y_m: float
    radius_m: float
    floor: Limit
    ceiling: Limit
    relay_to: str
    relay_by: RelayMeans | None
    source: str
    illustrative: bool
    signal: Signal = "both"


@dataclass(frozen=True, eq=False)
class PressureRegion:
    """Where a QNH is valid. `qnh` holds (from_s, qnh_hpa) ascending in time; before the first it is unknown.

    `area` None is everywhere. A level above `transition_altitude_ft` is a flight level.
    """

    name: str
    area: Area | None
    qnh: tuple[tuple[float, float], ...]
    transition_altitude_ft: float
    transition_level_fl: float
    source: str


LocalKind = Literal["flight_categories", "parameter_regions", "minimum_altitudes", "volumes", "approaches"]
LOCAL_KINDS: tuple[LocalKind, ...] = get_args(LocalKind)
"""Where parameters may differ, the least particular first: those of a later kind win."""


@dataclass(frozen=True, eq=False)
class LocalParameters:
    """Parameters that differ from those of the site in one place of it, on one approach, or for some flights.

    Attributes
    ----------
    name, kind
        What they belong to, and the list of the site file that it stands in.
    values
        The parameters that differ, by the key of their net and their own.
    area, floor, ceiling
        They hold inside, the limits included; each None for no limit.
    schedule
        When they hold.
    flights
        For which flights: for each column of facts about tracks the values it may have; call signs may end in "*".
    approach
        The index of the approach to which an aircraft must be joined, -1 for none.
    group
        The group of volumes that they hold for; empty for everything.
    source
        Where the values come from.
    """

    name: str
    kind: LocalKind
    values: Mapping[str, Mapping[str, Any]]
    schedule: Schedule
    area: Area | None = None
    floor: Limit | None = None
    ceiling: Limit | None = None
    flights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    approach: int = -1
    group: str = ""
    source: str = ""

    @property
    def place(self) -> str:
        """The item of the site that they belong to, as an override addresses it."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, eq=False)
class Configuration:
    """How a site is worked: what it names is there only while one of the configurations that name it is in force."""

    name: str
    schedule: Schedule
    approaches: tuple[str, ...]
    volumes: tuple[str, ...]
    inhibit_volumes: tuple[str, ...]
    parameter_regions: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Change:
    """One value that differs from the file of a site: its address (see `load_site`), the value and its source."""

    address: str
    value: Any
    source: str

    def __hash__(self) -> int:
        # A value may be a table, which has no hash of its own.
        return hash((self.address, repr(self.value), self.source))


@dataclass(frozen=True, eq=False)
class Site:
    """A site, loaded, checked and frozen; made by `load_site`.

    Shapes are shapely geometries on `plane` (x east, y north, metres).

    Attributes
    ----------
    name, title, folder, input_files
        What it is called, where its files are, and which were read; the first is `site.toml`.
    plane
        The plane of the site.
    geoid_undulation_m
        Height of the geoid above the WGS 84 ellipsoid; None where it is not said.
    terrain, obstacles
        The ground; `terrain` is None where there is none.
    minimum_altitudes
        Polygons below whose minimum altitude an aircraft should not be.
    approaches, unmonitored_approaches
        The final approaches that the APM watches, and those that are flown besides.
    runways, radars
        Surveyed runways, and where radars stand.
    volumes, inhibit_volumes
        The airspace of the APW, and volumes in which nets keep silent.
    pressure_regions
        QNH, transition altitude and transition level by region.
    parameters, parameter_sources
        The parameters of every net, and the source of each by address.
    local_parameters
        Parameters that differ by place or flight, the most particular last.
    desks
        To whom alerts are delivered; none for one controller.
    switched_off, switched_on
        Nets that do not run here, with why; and nets that run only where a site asks for them.
    configurations, approach_schedules, closed_approaches
        How the site is worked; when each approach that configurations name may be joined; and those that may not be
        joined at all.
    rule_set
        The words of its controllers.
    changes
        Values that were changed after the file was read, in order; of two to one address the later holds.
    later
        The site as it is for plots newer than a time (UTC seconds since 1970), where it was changed while a monitor
        ran.
    """

    name: str
    title: str
    folder: Path
    plane: Plane
    geoid_undulation_m: float | None
    terrain: Terrain | None
    minimum_altitudes: tuple[MinimumAltitude, ...]
    obstacles: tuple[Obstacle, ...]
    approaches: tuple[Approach, ...]
    volumes: tuple[Volume, ...]
    inhibit_volumes: tuple[InhibitVolume, ...]
    pressure_regions: tuple[PressureRegion, ...]
    parameters: Parameters
    parameter_sources: Mapping[str, str]
    input_files: tuple[Path, ...]
    desks: tuple[Desk, ...] = ()
    unmonitored_approaches: tuple[Approach, ...] = ()
    runways: tuple[Runway, ...] = ()
    radars: tuple[Radar, ...] = ()
    switched_off: Mapping[str, str] = field(default_factory=dict)
    switched_on: frozenset[str] = frozenset()
    local_parameters: tuple[LocalParameters, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    approach_schedules: Mapping[str, Schedule] = field(default_factory=dict)
    closed_approaches: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()
    rule_set: str = "icao"
    later: tuple[tuple[float, Site], ...] = ()

    def at(self, time_s: float) -> Site:
        """The site as it is for a plot of a time.

        Parameters
        ----------
        time_s
            UTC seconds since 1970.

        Returns
        -------
        Site
            Itself, unless it was changed while a monitor ran (`later`).

        Examples
        --------
        >>> from safetynets.sites import load_site
        >>> site = load_site("flat")
        >>> site.at(0.0) is site
        True
        """
        return next((site for from_s, site in reversed(self.later) if time_s > from_s), self)

    @property
    def flown_approaches(self) -> tuple[Approach, ...]:
        """All final approaches that are flown here, those watched by the APM (`approaches`) first."""
        return self.approaches + self.unmonitored_approaches

    @property
    def file(self) -> Path:
        """The `site.toml` that the site was loaded from."""
        return self.input_files[0]

    def __repr__(self) -> str:
        parts = [
            f"{len(self.approaches)} approaches",
            f"{len(self.minimum_altitudes)} minimum altitudes",
            f"{len(self.volumes)} volumes",
            "terrain" if self.terrain is not None else "no terrain",
        ]
        changed = "".join(f", {change.address}={change.value}" for change in self.changes)
        return f"<Site {self.name}: {', '.join(parts)}{changed}>"
