"""The aircraft table: what each type can do, with where each figure comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from safetynets.errors import ScenarioError
from safetynets.sites.parameters import SIMULATOR_DEFAULT

TURN_SOURCE = (
    "ICAO Doc 8168 Volume II, recalled and not re-read: 25 degrees of bank, or 3 degrees a second if that is less"
)
PULL_UP_SOURCE = "ACAS standard pilot, 0.25 g (FAA, Introduction to TCAS II version 7.1, as quoted in public code)"


@dataclass(frozen=True)
class Aircraft:
    """Limits of an aircraft type. Speeds are indicated; load factors are what is added to or taken from 1 g.

    Attributes
    ----------
    clean_speed_kt, approach_speed_kt, landing_speed_kt
        Below flight level 100, on an intermediate approach, and from the final approach fix on.
    climb_fpm, descent_fpm
        Greatest rates.
    level_off_g, pull_up_g
        Vertical acceleration of an ordinary level-off, and of a go-around or an escape.
    acceleration_ktps
        Greatest change of indicated speed, kt per second.
    bank_deg, turn_rate_degps, roll_rate_degps
        Limits of a turn.
    source
        Where the figures come from.
    """

    clean_speed_kt: float
    approach_speed_kt: float
    landing_speed_kt: float
    climb_fpm: float
    descent_fpm: float
    level_off_g: float = 0.05
    pull_up_g: float = 0.25
    acceleration_ktps: float = 1.0
    bank_deg: float = 25.0
    turn_rate_degps: float = 3.0
    roll_rate_degps: float = 5.0
    source: str = f"{SIMULATOR_DEFAULT}; turns: {TURN_SOURCE}; pull-up: {PULL_UP_SOURCE}"

    @cached_property
    def bank_rad(self) -> float:
        """Greatest angle of bank."""
        return math.radians(self.bank_deg)

    @cached_property
    def turn_rate_radps(self) -> float:
        """Greatest rate of turn."""
        return math.radians(self.turn_rate_degps)

    @cached_property
    def roll_rate_radps(self) -> float:
        """Greatest rate of roll."""
        return math.radians(self.roll_rate_degps)


AIRCRAFT = {
    "A320": Aircraft(250.0, 180.0, 137.0, 2500.0, 3000.0),
    "A20N": Aircraft(250.0, 180.0, 135.0, 2600.0, 3000.0),
    "A321": Aircraft(250.0, 185.0, 145.0, 2300.0, 3000.0),
    "A333": Aircraft(250.0, 185.0, 140.0, 2000.0, 3000.0),
    "B734": Aircraft(250.0, 185.0, 140.0, 2400.0, 3000.0),
    "B738": Aircraft(250.0, 185.0, 145.0, 2500.0, 3000.0),
    "B77W": Aircraft(250.0, 185.0, 148.0, 2200.0, 3000.0),
    "DC93": Aircraft(250.0, 180.0, 135.0, 2300.0, 3000.0),
    "E190": Aircraft(250.0, 180.0, 135.0, 2500.0, 3000.0),
    "RJ1H": Aircraft(240.0, 170.0, 125.0, 2000.0, 3000.0),
    "AT76": Aircraft(220.0, 160.0, 115.0, 1500.0, 2000.0),
    "BE20": Aircraft(220.0, 150.0, 105.0, 2000.0, 2500.0),
    "C172": Aircraft(105.0, 90.0, 65.0, 700.0, 1000.0),
    "EC45": Aircraft(130.0, 90.0, 60.0, 1500.0, 1500.0),
}
"""By ICAO type designator (Doc 8643)."""


def aircraft(designator: str) -> Aircraft:
    """The limits of a type by its ICAO designator.

    Raises
    ------
    ScenarioError
        For a type that is not in the table.

    Examples
    --------
    >>> aircraft("A20N").landing_speed_kt
    135.0
    """
    try:
        return AIRCRAFT[designator]
    except KeyError:
        raise ScenarioError(
            f"unknown aircraft type {designator!r}", mend=f"use one of {', '.join(sorted(AIRCRAFT))}"
        ) from None
