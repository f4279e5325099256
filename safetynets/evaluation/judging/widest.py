"""The widest setting of ranges: whatever any parameter set within them notices, it notices too.

Only the parameters that are judged are widened. What is predicted (`structure`) stays as it is in the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from safetynets.engine.study.variation import Variation
from safetynets.evaluation.parameter_sets import ITEMS, SWITCH, address_of, site_with
from safetynets.evaluation.ranges import Range
from safetynets.sites.geometry import Site

GREATEST = frozenset({"terrain_clearance_ft", "look_ahead_s", "hysteresis_ft", "hysteresis_s", "hysteresis_m"})
"""Numbers of which the greatest is the widest."""

LEAST = frozenset({"below_minimum_ft", "below_ft", "below_deg", "above_ft", "above_deg", "minimum_track_age_s"})
"""Numbers of which the least is the widest."""

YES = frozenset({"use_coasted_plots", "judge_visual"})
UNION = frozenset({"flight_rules", "kinds"})
INTERSECTION = frozenset({"excluded_ssr_codes", "inhibited_callsigns"})


def variation_of(ranges: Mapping[str, Range], base: Site) -> Variation:
    """How far sets within the ranges, made from a site, reach."""
    switched: set[str] = set()
    for key in ranges:
        address = address_of(key, base)
        if address.table == "inhibit_volumes" and address.key == SWITCH:
            switched |= {volume.name for volume in base.inhibit_volumes if address.name in ("*", volume.name)}
    return Variation(
        widest=lambda site: widest(site, ranges, base),
        extremes=lambda key: extremes(key, ranges, base),
        switched=frozenset(switched),
    )


def widest(site: Site, ranges: Mapping[str, Range], base: Site) -> Site:
    """The site with every varied parameter that is judged at its widest, inhibit volumes that are varied switched off.

    `base` is what sets leave as it is, so that its values count as well. Parameters in the ranges that change what is
    predicted, and those of the lifecycle, which only looks at what was found, are left as they are in `site`.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> geneva = load_site("geneva")
    >>> ranges = {"msaw.look_ahead_s": Range("msaw.look_ahead_s", "number", low=20.0, high=60.0)}
    >>> widest(geneva, ranges, geneva).parameters.msaw.look_ahead_s
    60.0
    """
    values: dict[str, Any] = {}
    for key, varied in ranges.items():
        address = address_of(key, site)
        if address.table == "inhibit_volumes" and address.key == SWITCH:
            values[key] = "off"
        elif address.table not in ITEMS and not address.net:
            present = getattr(getattr(base.parameters, address.table), address.key)
            found = _widest_of(address.key, _possible(varied), present)
            if found is not None:
                values[key] = found
    return site_with(site, values)


def _possible(varied: Range) -> tuple[Any, ...]:
    return varied.choices or (varied.low, varied.high)


def _widest_of(key: str, possible: tuple[Any, ...], present: Any) -> Any:
    """The widest of the values, with the present one, which a set may leave as it is; None where there is none."""
    values = (*possible, present)
    if key in GREATEST:
        return max(values)
    if key in LEAST:
        return min(values)
    if key in YES:
        return any(values)
    if key in UNION:
        return _in_order(values)
    if key in INTERSECTION:
        return tuple(word for word in present if all(word in value for value in values))
    if key == "eligible_ssr_codes":
        return () if () in values else _in_order(values)
    return None


def _in_order(values: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for value in values for word in value))


def extremes(key: str, ranges: Mapping[str, Range], base: Site) -> tuple[float, float]:
    """The least and greatest value of a number within the ranges, and in the site that sets leave as it is."""
    table, _, name = key.partition(".")
    present = getattr(getattr(base.parameters, table), name)
    values = (*(_possible(ranges[key]) if key in ranges else ()), present)
    return float(min(values)), float(max(values))
