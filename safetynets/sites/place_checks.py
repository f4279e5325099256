"""Parameters against the place: defaults that depend on it, and values with which a net would be blind there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from safetynets.sites.approach_path import nominal_altitude_at_ft
from safetynets.sites.geometry import Approach
from safetynets.sites.parameters import SIMULATOR_DEFAULT, ApmParameters, Parameters
from safetynets.sites.problems import Problem
from safetynets.units import nm_to_m

JOINING_ROOM_FT = 3_000.0
"""By default aircraft join up to this far above the highest altitude of an approach path (simulator default)."""

JOIN_CEILING = ("apm", "join_ceiling_ft")


def fitted(
    parameters: Parameters, approaches: Sequence[Approach], switched_off: Mapping[str, str]
) -> tuple[Parameters, dict[str, str]]:
    """The parameters of a site as they apply at this place, with the sources of those that the place decides.

    The join ceiling of the APM, where the file does not set it, leaves `JOINING_ROOM_FT` above every approach. A net
    that is switched off judges no flight rules.
    """
    changes: dict[str, dict[str, object]] = {net: {} for net in Parameters.model_fields}
    sources: dict[str, str] = {}
    if approaches and "join_ceiling_ft" not in parameters.apm.model_fields_set:
        needed_ft = max(highest_ft(approach) for approach in approaches) + JOINING_ROOM_FT
        if needed_ft > parameters.apm.join_ceiling_ft:
            changes["apm"]["join_ceiling_ft"] = needed_ft
            sources["apm.join_ceiling_ft"] = (
                f"{SIMULATOR_DEFAULT}: {JOINING_ROOM_FT:,.0f} ft above the highest approach path of the site"
            )
    for net, reason in switched_off.items():
        changes[net.lower()]["flight_rules"] = ()
        sources[f"{net.lower()}.flight_rules"] = f"switched off at this site: {reason}"
    tables = {net: getattr(parameters, net).model_copy(update=update) for net, update in changes.items()}
    return Parameters(**tables), sources


def problems_at_the_place(apm: ApmParameters, approaches: Sequence[Approach]) -> list[Problem]:
    """Parameters of the APM with which it could not watch an approach of this site as the file says."""
    problems = [
        Problem(
            JOIN_CEILING,
            f"{apm.join_ceiling_ft:,.0f} ft is below the path of {approach.name!r} where its monitoring begins "
            f"({start_altitude_ft(approach):,.0f} ft): flights would join it late or never",
            f"write {math.ceil(start_altitude_ft(approach) / 100) * 100} or more, or leave it out",
        )
        for approach in approaches
        if apm.join_ceiling_ft < start_altitude_ft(approach)
    ]
    lateral = [kind for kind in ("left", "right") if kind in apm.kinds]
    if lateral:
        problems += [
            Problem(
                ("apm", "capture_half_width_m"),
                f"the capture region lies within the lateral limits of {approach.name!r}: "
                f"{' and '.join(lateral)} can never alert",
                "make the capture region wider than the limits",
            )
            for approach in approaches
            if not _reaches_beyond(apm, approach)
        ]
    return problems


def start_altitude_ft(approach: Approach) -> float:
    """Nominal altitude (ft) of an approach where its monitoring begins."""
    return nominal_altitude_at_ft(approach, approach.start_distance_nm)


def highest_ft(approach: Approach) -> float:
    """Highest altitude (ft) at which an approach is flown: that at which its path is intercepted, or its profile's."""
    return max(approach.intercept_altitude_ft, start_altitude_ft(approach))


def _reaches_beyond(apm: ApmParameters, approach: Approach) -> bool:
    """Whether the capture region is wider than the lateral limits at some monitored distance."""

    def room_m(distance_nm: float) -> float:
        splay = math.tan(math.radians(apm.capture_splay_deg)) - math.tan(math.radians(approach.splay_deg))
        return apm.capture_half_width_m - approach.half_width_m + nm_to_m(distance_nm) * splay

    return max(room_m(approach.start_distance_nm), room_m(approach.end_distance_nm)) > 0.0
