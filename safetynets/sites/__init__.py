"""Where we are: terrain, minimum altitudes, approaches, airspace volumes, pressure regions and parameter sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetynets.lazy import loaded_when_used

if TYPE_CHECKING:
    from safetynets.sites.catalogue import list_sites, shipped_folder
    from safetynets.sites.geometry import Site
    from safetynets.sites.load import load_site

__all__ = ["Site", "list_sites", "load_site", "shipped_folder"]

__getattr__ = loaded_when_used(
    __name__,
    {
        "Site": "geometry",
        "list_sites": "catalogue",
        "load_site": "load",
        "shipped_folder": "catalogue",
    },
)
