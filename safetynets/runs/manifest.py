"""The manifest of a run: what went in, with hashes, units and sources, and what was judged."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.engine.net import nets, nets_of
from safetynets.sites.geometry import Site

UNITS = {
    "_ft": "ft",
    "_fpm": "ft/min",
    "_nm": "NM",
    "_m": "m",
    "_kt": "kt",
    "_mps": "m/s",
    "_s": "s",
    "_deg": "deg",
    "_hpa": "hPa",
}

M_OF_N = ("current_m", "predicted_m")
"""Numbers of plots: the m of "m of n", no metres."""


def unit_of(name: str) -> str:
    """The unit that a parameter's name ends in, empty for a number without one.

    >>> unit_of("look_ahead_s"), unit_of("clear_n"), unit_of("hysteresis_m"), unit_of("current_m")
    ('s', '', 'm', '')
    """
    if name.endswith(M_OF_N):
        return ""
    return next((unit for suffix, unit in UNITS.items() if name.endswith(suffix)), "")


def parameters(site: Site) -> list[dict[str, Any]]:
    """Every parameter of the nets of a site: name, value, unit, meaning and source."""
    rows: list[dict[str, Any]] = []
    off = {net.key for net in nets()} - {net.key for net in nets_of(site)}
    for net, model in site.parameters.tables.items():
        if net in off:
            continue
        for name, field in type(model).model_fields.items():
            key = f"{net}.{name}"
            extra = field.json_schema_extra
            default_source = extra.get("source", "") if isinstance(extra, dict) else ""
            value = getattr(model, name)
            rows.append(
                {
                    "name": key,
                    "value": list(value) if isinstance(value, tuple) else value,
                    "unit": unit_of(name),
                    "meaning": field.description,
                    "source": site.parameter_sources.get(key, default_source),
                }
            )
    return [*rows, *_local_rows(site, off)]


def _local_rows(site: Site, off: Collection[str]) -> Iterator[dict[str, Any]]:
    """The parameters that differ by place, approach or flight, those that win last."""
    for one in site.local_parameters:
        for net, values in one.values.items():
            fields = type(getattr(site.parameters, net)).model_fields
            for name, value in values.items() if net not in off else ():
                yield {
                    "name": f"{one.place}.parameters.{net}.{name}",
                    "value": list(value) if isinstance(value, tuple) else value,
                    "unit": unit_of(name),
                    "meaning": fields[name].description,
                    "source": one.source,
                }


def input_files(files: Sequence[Path], roots: Sequence[Path]) -> list[dict[str, str]]:
    """Name and SHA-256 of each input file, in the order of the names.

    The name is relative to the first of `roots` that holds the file, else the bare file name: a manifest says nothing
    about the machine it was made on.
    """
    rows = [{"file": relative_name(file, roots), "sha256": sha256(file)} for file in dict.fromkeys(files)]
    return sorted(rows, key=lambda row: (row["file"], row["sha256"]))


def relative_name(file: Path, roots: Sequence[Path]) -> str:
    """The name of a file relative to the first of `roots` that holds it, with forward slashes.

    >>> relative_name(Path("/a/b/c.toml"), [Path("/x"), Path("/a")])
    'b/c.toml'
    """
    file = file.resolve()
    for root in roots:
        if file.is_relative_to(root.resolve()):
            return file.relative_to(root.resolve()).as_posix()
    return file.name


def sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def json_ready(value: Any) -> Any:
    """A value as JSON can hold it: mappings and sequences copied, numpy's numbers plain, what is not finite null.

    >>> json_ready({"margin_ft": float("nan"), "steps": (1, 2)})
    {'margin_ft': None, 'steps': [1, 2]}
    """
    if isinstance(value, Mapping):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(item) for item in value]
    if isinstance(value, np.generic):
        return json_ready(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def pressure(site: Site) -> list[dict[str, Any]]:
    """The QNH of each pressure region, with the time from which it holds and its source."""
    return [
        {
            "region": region.name,
            "qnh": [{"from_s": from_s, "qnh_hpa": qnh_hpa} for from_s, qnh_hpa in region.qnh],
            "transition_altitude_ft": region.transition_altitude_ft,
            "source": region.source,
        }
        for region in site.pressure_regions
    ]


def illustrative(site: Site) -> list[str]:
    """Names of everything on the site that was drawn for it and is no published shape."""
    groups: tuple[Sequence[Any], ...] = (
        site.minimum_altitudes,
        site.obstacles,
        site.approaches,
        site.volumes,
        site.inhibit_volumes,
        site.desks,
    )
    return [thing.name for group in groups for thing in group if thing.illustrative]


def site_facts(site: Site) -> Mapping[str, Any]:
    """What a reader must know of the site to judge the run."""
    return {
        "name": site.name,
        "title": site.title,
        "geoid_undulation_m": site.geoid_undulation_m,
        "terrain": None if site.terrain is None else {"cell_m": site.terrain.cell_m, "notes": list(site.terrain.notes)},
        "illustrative": illustrative(site),
    }
