"""What a rule set needs to know of an alert, and the call it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["standard", "national", "local practice", "proposed", "as spoken"]


@dataclass(frozen=True, kw_only=True)
class Situation:
    """An alert as the controller has to speak about it. Unknown is None.

    Attributes
    ----------
    net, kind, severity
        "MSAW", "APM" or "APW"; "below", "above", "left", "right" or "inside"; "caution" or "warning".
    callsign
        As on the flight plan, for example "SWR123".
    vectored
        Whether the controller vectors the aircraft; unknown counts as own navigation.
    on_final, visual
        Whether the aircraft is joined to a monitored approach, and whether it is flying visually.
    qnh_hpa
        The QNH of the pressure region, hPa.
    minimum_flight_altitude_ft
        The minimum that applies where the aircraft is, altitude on the QNH; None where there is none to give.
    area
        Name of the polygon, approach or volume.
    """

    net: Literal["MSAW", "APM", "APW"]
    kind: str
    severity: Literal["caution", "warning"]
    callsign: str
    vectored: bool | None
    on_final: bool
    visual: bool | None
    qnh_hpa: float | None
    minimum_flight_altitude_ft: float | None
    area: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """The words of one call, where they come from, and what they entail.

    `text` is written as PANS-ATM prints phraseology, slots filled in. `responsible` is "crew" or "controller": who
    answers for terrain clearance, with the reason in `responsibility_reason`.
    """

    text: str
    rule_set: str
    rule: str
    source: str
    status: Status
    controller_action: str
    responsible: Literal["crew", "controller"]
    responsibility_reason: str
