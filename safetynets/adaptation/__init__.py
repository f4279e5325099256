"""How an ANSP's own adaptation data becomes a site, and whether it is sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetynets.lazy import loaded_when_used

if TYPE_CHECKING:
    from safetynets.adaptation.check import SiteReport, check_site
    from safetynets.adaptation.checks.finding import SiteFinding
    from safetynets.adaptation.imports import Imported, import_file
    from safetynets.adaptation.read import read_parts

__all__ = ["Imported", "SiteFinding", "SiteReport", "check_site", "import_file", "read_parts"]

__getattr__ = loaded_when_used(
    __name__,
    {
        "Imported": "imports",
        "SiteFinding": "checks.finding",
        "SiteReport": "check",
        "check_site": "check",
        "import_file": "imports",
        "read_parts": "read",
    },
)
