"""`Site` with what Python users ask of it, and `load_site`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetynets.api import markup
from safetynets.api.arguments import check_path, check_values, made_public, refused
from safetynets.sites import geometry, list_sites
from safetynets.sites import load_site as load

__all__ = ["Site", "list_sites", "load_site", "site_of"]

IN_PYTHON = "set in Python"


@dataclass(frozen=True, eq=False, repr=False)
class Site(geometry.Site):
    """A site, loaded, checked and frozen: terrain, minimum altitudes, approaches, volumes, pressure and parameters.

    Made by `load_site`. Shapes are shapely geometries on the plane of the site (x east, y north, metres).

    Examples
    --------
    >>> import safetynets as sn
    >>> site = sn.load_site("geneva")
    >>> [approach.name for approach in site.approaches]
    ['LSGG 22', 'LSGG 04']
    >>> site.parameters.msaw.look_ahead_s
    40.0
    """

    def with_parameters(self, values: Mapping[str, Any], source: str = IN_PYTHON) -> Site:
        """The same site with other values, checked as if they stood in its file; the site itself stays as it is.

        Parameters
        ----------
        values
            Values by address: a parameter of a net (`"apm.below_ft"`), or a value of an item by the name of that
            (`"approaches.LFPG 26L.end_distance_nm"`, `"pressure_regions.*.qnh_hpa"`). The units are in the names.
        source
            Where the values are from; it stands in the manifest of a run.

        Returns
        -------
        Site
            A new site; later values hold over earlier ones.

        Raises
        ------
        ArgumentError
            For anything but a mapping from text.
        SiteError
            For an address that names nothing, with the nearest that does, and for a value that does not fit.

        Examples
        --------
        >>> import safetynets as sn
        >>> sn.load_site("geneva").with_parameters({"apm.below_ft": 150}).parameters.apm.below_ft
        150.0
        """
        check_values("values", values)
        if not isinstance(source, str):
            raise refused("source", source, "text")
        from safetynets.runs.changed_site import changed_site, given

        return made_public(Site, changed_site(self, given(values, source)))

    def _repr_html_(self) -> str:
        sources = self.parameter_sources
        parameters = [
            (f"{net}.{name}", value, sources.get(f"{net}.{name}", ""))
            for net, model in self.parameters.tables.items()
            for name, value in model
        ]
        return markup.block(
            f"{self.title} ({self.name})",
            markup.facts(
                {
                    "approaches": ", ".join(approach.name for approach in self.approaches) or "none",
                    "minimum altitudes": len(self.minimum_altitudes),
                    "volumes": ", ".join(volume.name for volume in self.volumes) or "none",
                    "terrain": "none" if self.terrain is None else f"cells of {self.terrain.cell_m:g} m",
                    **{f"changed: {change.address}": f"{change.value} ({change.source})" for change in self.changes},
                }
            ),
            f"<details><summary>{len(parameters)} parameters</summary>"
            + markup.table(("parameter", "value", "source"), parameters, most=len(parameters))
            + "</details>",
        )


def load_site(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> Site:
    """Load a shipped site by its name, or one of your own by the path of its folder.

    Parameters
    ----------
    name_or_path
        A name of `list_sites`, or the path of a `site.toml` or of its folder.
    overrides
        Values by address that replace those of the file, as for `Site.with_parameters`.

    Returns
    -------
    Site
        Checked and frozen.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    SiteError
        For everything that is wrong, in one message: file, line, key, problem and mend of each.

    Examples
    --------
    >>> import safetynets as sn
    >>> sn.load_site("zurich").title
    'Zurich'
    """
    check_path("name_or_path", name_or_path, "the name of a shipped site or the path of a site (str or Path)")
    if overrides is not None:
        check_values("overrides", overrides)
    return made_public(Site, load(name_or_path, overrides, IN_PYTHON))


def site_of(site: object) -> geometry.Site:
    """A site that is loaded, or one by its name or path.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if isinstance(site, geometry.Site):
        return site
    check_path("site", site, "a site, the name of a shipped one or the path of one")
    assert isinstance(site, str | Path)
    return load_site(site)
