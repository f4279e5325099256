"""What is predicted and what is judged: sets that share a structure share one prediction of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields
from typing import Any

from safetynets.engine.net import Net
from safetynets.engine.track_state import longest_turn_s
from safetynets.sites.geometry import Site


def structure(site: Site, net: Net, base: Site) -> Hashable:
    """What the prediction of a net depends on, of a site made from `base` by other values."""
    if net.studied is None:
        return None
    parameters = net.parameters_of(site)
    predicted = tuple(getattr(parameters, name) for name in net.studied.predicted)
    drawn = tuple(_drawn(getattr(site, name), getattr(base, name)) for name in net.studied.drawn)
    return predicted, longest_turn_s(parameters), drawn


def _drawn(items: tuple[Any, ...], unchanged: tuple[Any, ...]) -> Hashable:
    """The values of the items, None where they are those of the site that all sets are made from."""
    if items is unchanged:
        return None
    return tuple(tuple(getattr(item, field.name) for field in fields(item) if field.name != "area") for item in items)
