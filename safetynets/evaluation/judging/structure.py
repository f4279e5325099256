"""What is predicted and what is judged: sets that share a structure share one prediction of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields
from typing import Any

from safetynets.engine.conflicts import Net
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Eligibility

PREDICTED: dict[Net, tuple[str, ...]] = {
    Net.MSAW: (
        "climb_credit",
        "use_cleared_level",
        "use_selected_level",
        "level_off_tolerance_ft",
        "hypotheses",
        "horizontal_buffer_m",
        "escape_test",
        "escape_delay_s",
        "escape_climb_deg",
        "escape_time_s",
    ),
    Net.APM: (
        *Eligibility.model_fields,
        "max_gap_s",
        "capture_half_width_m",
        "capture_splay_deg",
        "join_angle_deg",
        "join_ceiling_ft",
        "join_max_climb_fpm",
        "require_destination",
        "require_runway",
        "go_around_fpm",
        "switch_margin_deg",
    ),
    Net.APW: ("climb_credit", "use_cleared_level", "use_selected_level", "level_off_tolerance_ft", "hypotheses"),
}
"""Parameters that change the predicted path, the shapes, or who is joined to an approach; all others are judged.

Eligibility is judged for the MSAW and the APW. For the APM it decides who joins.
"""

DRAWN: dict[Net, tuple[str, ...]] = {
    Net.MSAW: ("minimum_altitudes", "obstacles"),
    Net.APM: ("approaches", "inhibit_volumes"),
    Net.APW: ("volumes",),
}
"""The lists of the site whose items change the prediction of a net."""


def structure(site: Site, net: Net, base: Site) -> Hashable:
    """What the prediction of a net depends on, of a site made from `base` by other values."""
    parameters = getattr(site.parameters, net.name.lower())
    predicted = tuple(getattr(parameters, name) for name in PREDICTED[net])
    gaps_s = None
    if net is not Net.APM and parameters.hypotheses != "straight":
        # The turn rate is known across gaps of either net's length, and matters only where turns are followed.
        gaps_s = max(site.parameters.msaw.max_gap_s, site.parameters.apw.max_gap_s)
    return predicted, gaps_s, tuple(_drawn(getattr(site, name), getattr(base, name)) for name in DRAWN[net])


def _drawn(items: tuple[Any, ...], unchanged: tuple[Any, ...]) -> Hashable:
    """The values of the items, None where they are those of the site that all sets are made from."""
    if items is unchanged:
        return None
    return tuple(tuple(getattr(item, field.name) for field in fields(item) if field.name != "area") for item in items)
