"""What a rule set needs to know of an alert, and the call it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from safetynets.sites.geometry import Purpose

Status = Literal["standard", "national", "local practice", "proposed", "as spoken", "none"]
Role = Literal["call sign", "alert", "instruction", "QNH", "minimum altitude", "other"]
ReadBackItem = Literal["instruction", "QNH", "minimum altitude"]
Trigger = Literal["no answer", "say again", "alert persists", "crew has answered"]
Speech = Literal["ICAO", "FAA"]
PressureUnit = Literal["hPa", "inHg"]

NO_PHRASEOLOGY = "(no phraseology exists)"
"""Text of a call where the rule set states that there are no words. Lower case and brackets: it is never spoken."""

UNKNOWN_CALL_SIGN = "(call sign unknown)"
"""Stands in a call for a call sign that the tracks do not give; it is not spoken either."""


@dataclass(frozen=True)
class Traffic:
    """Another aircraft seen from the one that is spoken to, and a turn away from it.

    Attributes
    ----------
    clock, distance_nm
        Its bearing relative to the track of the aircraft, 1 to 12, and its distance in whole nautical miles.
    turn, heading_deg
        The side on which it is not, and the heading 60 degrees to that side of the track, in steps of 5 degrees. That
        is the simulator's own choice: no source prescribes which turn a controller gives.
    """

    clock: int
    distance_nm: int
    turn: Literal["left", "right"]
    heading_deg: int


@dataclass(frozen=True, kw_only=True)
class Situation:
    """An alert as the controller has to speak about it. Unknown is None.

    Attributes
    ----------
    net, kind, severity
        The name of the net ("MSAW"); one of its kinds, such as "below"; "caution" or "warning".
    callsign
        As on the flight plan, for example "SWR123"; empty where the tracks do not say.
    vectored
        Whether the controller vectors the aircraft; unknown counts as own navigation, and the call says so.
    direct_off_route
        Whether the controller gave a direct route off an ATS route; unknown counts as no.
    on_final, visual
        Whether the aircraft is joined to a monitored approach, and whether it is flying visually.
    on_ground
        Whether the aircraft is on the ground; unknown counts as in flight.
    qnh_hpa
        The QNH of the pressure region, hPa.
    qnh_unit, say_units
        The unit the QNH is given in, and whether the unit is spoken where the wording leaves it open.
    minimum_flight_altitude_ft
        The minimum that applies where the aircraft is, altitude on the QNH; None where there is none to give.
    suggested_action
        What the controller suggests, in words; None leaves it to the rule.
    area, purpose, aerodrome
        Name of the polygon, approach or volume; for an APW volume its purpose; ICAO location indicator.
    traffic
        The other aircraft of a pair, as the controller points it out; None for an alert about one aircraft.
    """

    net: str
    kind: str
    severity: Literal["caution", "warning"]
    callsign: str
    vectored: bool | None
    on_final: bool
    visual: bool | None
    qnh_hpa: float | None
    minimum_flight_altitude_ft: float | None
    area: str
    direct_off_route: bool | None = None
    qnh_unit: PressureUnit = "hPa"
    say_units: bool = False
    suggested_action: str | None = None
    on_ground: bool | None = None
    purpose: Purpose | None = None
    aerodrome: str | None = None
    traffic: Traffic | None = None


@dataclass(frozen=True)
class Part:
    """A stretch of a call: its written text, the slot it fills (None for fixed words) and the role it plays."""

    text: str
    slot: str | None
    role: Role


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What is said next.

    Attributes
    ----------
    trigger, after_s
        On which condition, and how long after the call (s).
    text, parts
        The words, whole and in parts.
    """

    trigger: Trigger
    after_s: float
    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Call:
    """The words of one call, where they come from, and what they entail.

    Attributes
    ----------
    text, parts
        The words as PANS-ATM prints phraseology, slots filled in, whole and in parts. Where the rule set states that no
        words exist, `text` is `NO_PHRASEOLOGY` and there are no parts.
    rule_set, rule, source, status
        The rule that gives the words, where it has them from, and on what standing; "none" where no words exist.
    controller_action
        What the controller does beside speaking.
    responsible, responsibility_reason
        Who answers for terrain clearance, "crew" or "controller", and why.
    speech
        Whether numbers are spoken as ICAO or the FAA has it.
    readback
        What the crew is expected to read back besides its call sign.
    follow_ups
        What is said next.
    """

    text: str
    rule_set: str
    rule: str
    source: str
    status: Status
    controller_action: str
    responsible: Literal["crew", "controller"]
    responsibility_reason: str
    speech: Speech = "ICAO"
    parts: tuple[Part, ...] = ()
    readback: tuple[ReadBackItem, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()

    def __str__(self) -> str:
        return self.text

    @property
    def has_words(self) -> bool:
        """Whether there is anything to say."""
        return self.status != "none"
