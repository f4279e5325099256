"""Where we are: terrain, minimum altitudes, approaches, airspace volumes, pressure regions and parameter sets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safetynets.sites.catalogue import list_sites, shipped_folder
    from safetynets.sites.geometry import Site
    from safetynets.sites.load import load_site

__all__ = ["Site", "list_sites", "load_site", "shipped_folder"]

_WHERE = {
    "Site": "geometry",
    "list_sites": "catalogue",
    "load_site": "load",
    "shipped_folder": "catalogue",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: a list or a refusal must not wait for the geometry."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
