"""What a file of adaptation data holds, whatever its format: areas, approaches, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Position = tuple[float, float]
"""Latitude and longitude (degrees, WGS 84)."""

Reference = Literal["altitude", "level", "height", "hundreds", "ground", "unlimited"]


@dataclass(frozen=True)
class Limit:
    """A vertical limit: a value and what it counts from.

    `altitude` and `height` (above ground) are in feet, `level` in flight levels, `hundreds` in hundreds of feet, which
    are an altitude up to the transition altitude and a flight level above; `ground` and `unlimited` have no value.
    """

    value: float
    reference: Reference


GROUND = Limit(0.0, "ground")
UNLIMITED = Limit(0.0, "unlimited")


@dataclass(frozen=True)
class Arc:
    """A part of a ring: from one true bearing to another round a centre, the radius (m) growing evenly between."""

    centre: Position
    start_bearing_deg: float
    end_bearing_deg: float
    start_radius_m: float
    end_radius_m: float
    clockwise: bool


Ring = tuple[Position | Arc, ...]


@dataclass(frozen=True)
class Circle:
    """A circle of a radius in nautical miles."""

    centre: Position
    radius_nm: float


@dataclass(frozen=True)
class Area:
    """A named area as a file describes it; `where` is its place in the file.

    The edges of rings are straight in latitude and longitude where `straight_in_degrees`, else geodesics. `minimum` is
    the lowest altitude allowed, for formats that say so.
    """

    name: str
    where: str
    outer: Ring | Circle
    holes: tuple[Ring, ...] = ()
    straight_in_degrees: bool = False
    floor: Limit | None = None
    ceiling: Limit | None = None
    minimum: Limit | None = None
    purpose: str = ""
    nets: tuple[str, ...] = ()
    switched_off: bool = False
    note: str = ""


@dataclass(frozen=True)
class FinalApproach:
    """A final approach as a file describes it: what the site needs of it."""

    airport: str
    runway: str
    where: str
    threshold: Position
    threshold_elevation_ft: float
    true_course_deg: float
    angle_deg: float
    crossing_height_ft: float
    intercept_altitude_ft: float
    told: str


@dataclass(frozen=True)
class Finding:
    """Something said about a part of a file: refused, changed so that it can be used, or to be known."""

    where: str
    name: str
    text: str
    mend: str = ""
    severity: Literal["refused", "repaired", "note"] = "refused"

    def __str__(self) -> str:
        """One line: place, name, what, mend.

        >>> str(Finding("line 4", "H", "crosses itself", "mend it"))
        "line 4: 'H' refused: crosses itself; mend it"
        """
        named = f"{self.name!r} " if self.name else ""
        return f"{self.where}: {named}{self.severity}: {self.text}" + (f"; {self.mend}" if self.mend else "")


@dataclass
class Parts:
    """Everything one file holds."""

    format: str
    areas: list[Area] = field(default_factory=list)
    approaches: list[FinalApproach] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def refuse(self, where: str, name: str, text: str, mend: str = "") -> None:
        """Note a part that is left out."""
        self.findings.append(Finding(where, name, text, mend))

    def note(self, where: str, name: str, text: str, mend: str = "") -> None:
        """Note something to be known of a part that is kept."""
        self.findings.append(Finding(where, name, text, mend, "note"))


class UnusableError(Exception):
    """A part of a file that cannot be used: what is wrong, and how to mend it."""

    def __init__(self, text: str, mend: str = "") -> None:
        self.text = text
        self.mend = mend
        super().__init__(text)


def numbered(areas: list[Area]) -> list[Area]:
    """The areas of one thing that has several: its name, then "(2)", "(3)"."""
    return [replace(area, name=area.name if n == 1 else f"{area.name} ({n})") for n, area in enumerate(areas, start=1)]
