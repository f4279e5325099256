"""How an ANSP's own adaptation data becomes a site, and whether it is sound."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safetynets.adaptation.check import SiteReport, check_site
    from safetynets.adaptation.checks.finding import SiteFinding
    from safetynets.adaptation.imports import Imported, import_file
    from safetynets.adaptation.read import read_parts

__all__ = ["Imported", "SiteFinding", "SiteReport", "check_site", "import_file", "read_parts"]

_WHERE = {
    "Imported": "imports",
    "SiteFinding": "checks.finding",
    "SiteReport": "check",
    "check_site": "check",
    "import_file": "imports",
    "read_parts": "read",
}


def __getattr__(name: str) -> Any:
    """The public names, each loaded when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
