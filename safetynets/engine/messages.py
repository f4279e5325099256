"""What a net says of its alerts in ASTERIX category 004, edition 1.13.

Source: EUROCONTROL Specification for Surveillance Data Exchange, Part 17, category 004, edition 1.13 (4 June 2024),
item 000 "Message Type", note 4: which items a message must have, may have, and must not have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safetynets.engine.alerts import Alert
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

ALWAYS = ("000", "010", "020", "030", "040")
"""The items that a message about an alert always has."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One alert at one moment: what its message is made from.

    Attributes
    ----------
    site, tracks, alert
        The place, all tracks on its plane, and the alert.
    time_s
        The moment, UTC seconds since 1970.
    severe
        Whether the alert is a warning by then.
    time_to_violation_s, lateral_deviation_m, vertical_deviation_ft
        What the net found at that moment; NaN where it found none.
    area_codes
        The eight letters that stand for each volume of the site.
    left_out
        Counts what an item is too short for.
    """

    site: Site
    tracks: Tracks
    alert: Alert
    time_s: float
    severe: bool
    time_to_violation_s: float
    lateral_deviation_m: float
    vertical_deviation_ft: float
    area_codes: Mapping[str, str]
    left_out: Counter[str]


@dataclass(frozen=True, eq=False, kw_only=True)
class Cat004:
    """The messages of a net.

    Attributes
    ----------
    types
        Its message types, and the name of each in lists.
    mandatory, optional
        The items that its messages have and may have, beside `ALWAYS`.
    alive
        The field of item 060 that says in an alive message whether the net is running well.
    watches
        Whether there is anything at a site for it to watch.
    fields
        The fields of a message by path, such as "100/AN"; those of aircraft, class and timing are known without it.
    again
        The fields in which a second message about the same moment differs, for a net that classifies an alert twice.
    type_of
        The message type of an alert, where there are several.
    alive_also
        Further fields of alive messages, and whether they are set at a site.
    """

    types: Mapping[int, str]
    mandatory: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    alive: str
    watches: Callable[[Site], bool]
    fields: Callable[[Told], dict[str, Any]] | None = None
    again: Callable[[Told], dict[str, Any]] | None = None
    type_of: Callable[[Alert], int] | None = None
    alive_also: Mapping[str, Callable[[Site], bool]] = field(default_factory=dict)

    def type(self, alert: Alert) -> int:
        """The message type of an alert."""
        return next(iter(self.types)) if self.type_of is None else self.type_of(alert)


def class_of(told: Told) -> dict[str, Any]:
    """Item 120 of a message that has no table of its own: low or high severity, and how long the conflict lasts."""
    return {
        "120/CC/TID": 0,
        "120/CC/CPC": 0,
        "120/CC/CS": int(told.severe),
        "120/CD": told.time_s - told.alert.shown_time_s,
    }
