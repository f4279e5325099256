"""`load_site`: a folder with its `site.toml`, loaded, checked and frozen in one call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from safetynets.errors import SiteError, nearest
from safetynets.sites import overrides as overriding
from safetynets.sites.build import build
from safetynets.sites.catalogue import site_file
from safetynets.sites.geometry import Change, Site
from safetynets.sites.parameters import SIMULATOR_DEFAULT, parameter_models
from safetynets.sites.problems import KeyPath, Problem, from_validation, raise_all
from safetynets.sites.schema import site_table
from safetynets.sites.toml_lines import key_lines
from safetynets.text_files import read_toml


def load_site(
    name_or_path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    override_source: str | Mapping[str, str] = "command line",
) -> Site:
    """The site of this name (of those shipped) or at this path (of a `site.toml` or its folder), checked and frozen.

    Parameters
    ----------
    name_or_path
        A name of `list_sites`, or the path of a `site.toml` or of its folder.
    overrides
        Values by their address: `{"msaw.look_ahead_s": 60}`, items of lists by their name
        (`"approaches.LFPG 26L.end_distance_nm"`) or all at once (`"pressure_regions.*.qnh_hpa"`). A text is read as a
        TOML value. What is overridden is checked like everything else.
    override_source
        Where the values of `overrides` are from: one for all, or one for each address.

    Returns
    -------
    Site
        Shapes on the plane of the site (m), altitudes in ft above mean sea level.

    Raises
    ------
    SiteError
        For everything that is wrong, in one message: file, line, key, problem and mend of each.

    Examples
    --------
    >>> site = load_site("geneva", {"msaw.look_ahead_s": "60"})
    >>> site.parameters.msaw.look_ahead_s, site.parameter_sources["msaw.look_ahead_s"]
    (60.0, 'command line')
    """
    file = site_file(name_or_path)
    raw, lines = _parsed(file)
    problems, sources = _parameter_sources(raw)
    given = overriding.apply(raw, overrides or {}, override_source)
    sources |= {f"{path[0]}.{path[1]}": source for path, source in given.items() if len(path) == 2}
    try:
        table = site_table().model_validate(raw, strict=True)
    except ValidationError as error:
        raise_all([*problems, *from_validation(error, site_table())], file, lines, given, raw)
        raise
    known = {name: sources.get(name, default) for name, default in default_sources().items()}
    site, found = build(table, file, MappingProxyType(known))
    raise_all([*problems, *found], file, lines, given, raw)
    return replace(site, changes=_changes(overrides or {}, override_source))


def _changes(overrides: Mapping[str, Any], source: str | Mapping[str, str]) -> tuple[Change, ...]:
    return tuple(
        Change(address, value, source if isinstance(source, str) else source[address])
        for address, value in overrides.items()
    )


def default_sources() -> dict[str, str]:
    """The source of the default of every parameter, by "net.parameter".

    >>> default_sources()["msaw.clear_n"]
    'simulator default'
    """
    return {
        f"{net}.{name}": _extra(field.json_schema_extra)["source"]
        for net, model in parameter_models().items()
        for name, field in model.model_fields.items()
    }


def _extra(extra: Any) -> Mapping[str, str]:
    return extra if isinstance(extra, Mapping) else {"source": SIMULATOR_DEFAULT}


def _parsed(file: Path) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    raw, text = read_toml(file, SiteError)
    return overriding.as_tuples(raw), key_lines(text)


def _parameter_sources(raw: dict[str, Any]) -> tuple[list[Problem], dict[str, str]]:
    """Take the tables `[net.source]` out of the raw file; every value set there needs a source, and no other."""
    problems: list[Problem] = []
    sources: dict[str, str] = {}
    for net in parameter_models():
        table = raw.get(net)
        if not isinstance(table, dict):
            continue
        given = table.pop("source", {})
        if not isinstance(given, dict):
            problems.append(Problem((net, "source"), "not a table", f"write [{net}.source] with one line a parameter"))
            continue
        for name in table:
            if not isinstance(given.get(name), str) or not given[name].strip():
                mend = f'under [{net}.source] write {name} = "where the value comes from"'
                problems.append(Problem((net, name), "the value has no source", mend))
        for name, source in given.items():
            if name not in table:
                mend = nearest(name, table) if table else "leave it out"
                problems.append(Problem((net, "source", name), "the source of a value that is not set", mend))
            else:
                sources[f"{net}.{name}"] = source
    return problems, sources
