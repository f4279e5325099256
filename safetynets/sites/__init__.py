"""Where we are: terrain, minimum altitudes, approaches, airspace volumes, pressure regions and parameter sets."""

from safetynets.sites.catalogue import list_sites, shipped_folder
from safetynets.sites.geometry import Site
from safetynets.sites.load import load_site

__all__ = ["Site", "list_sites", "load_site", "shipped_folder"]
