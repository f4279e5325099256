"""The tables of docs/sites.md, written from the models so that the page cannot disagree with the code.

`python -m safetynets.sites.key_tables docs/sites.md` writes them anew, each between its two marks.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from safetynets.registry import registered
from safetynets.sites.load import default_sources
from safetynets.sites.parameters import parameter_models
from safetynets.sites.schema import (
    ApproachTable,
    ConfigurationTable,
    DeskTable,
    FlightCategoryTable,
    InhibitVolumeTable,
    MinimumAltitudeTable,
    NetName,
    ObstacleTable,
    ParameterRegionTable,
    PeriodTable,
    PressureRegionTable,
    QnhTable,
    RadarTable,
    RunwayTable,
    SiteKeys,
    TerrainSource,
    TerrainTable,
    VolumeTable,
    WeeklyTable,
)

KEY_MODELS: dict[str, type[BaseModel]] = {
    "site": SiteKeys,
    "terrain": TerrainTable,
    "terrain.sources": TerrainSource,
    "minimum_altitudes": MinimumAltitudeTable,
    "obstacles": ObstacleTable,
    "approaches": ApproachTable,
    "runways": RunwayTable,
    "radars": RadarTable,
    "volumes": VolumeTable,
    "active": PeriodTable,
    "weekly": WeeklyTable,
    "inhibit_volumes": InhibitVolumeTable,
    "pressure_regions": PressureRegionTable,
    "qnh": QnhTable,
    "parameter_regions": ParameterRegionTable,
    "flight_categories": FlightCategoryTable,
    "configurations": ConfigurationTable,
    "desks": DeskTable,
}
"""Every table of a site file but those of the parameters."""

_BOUNDS = {Ge: ("ge", "at least"), Gt: ("gt", "above"), Le: ("le", "at most"), Lt: ("lt", "below")}


def tables() -> dict[str, str]:
    """Each table of the page in Markdown, by the name its marks carry."""
    keys = {f"keys {name}": _key_table(model) for name, model in KEY_MODELS.items()}
    return keys | {f"parameters {net}": _parameter_table(net) for net in parameter_models()}


def with_tables(page: str) -> str:
    """The page with the text between each pair of marks replaced by its table.

    >>> with_tables("<!-- table: none --><!-- end -->")
    Traceback (most recent call last):
    ...
    KeyError: 'none'
    """
    found = tables()
    pattern = re.compile(r"(<!-- table: (.+?) -->).*?(<!-- end -->)", re.DOTALL)
    return pattern.sub(lambda mark: f"{mark[1]}\n\n{found[mark[2]]}\n\n{mark[3]}", page)


def _key_table(model: type[BaseModel]) -> str:
    rows = [
        (f"`{field.alias or name}`", _default(field), _range(field), str(field.description))
        for name, field in model.model_fields.items()
        if name not in parameter_models()
    ]
    return _markdown(("key", "default", "range", "meaning"), rows)


def _parameter_table(net: str) -> str:
    sources = default_sources()
    rows = [
        (f"`{name}`", _default(field), _range(field), str(field.description), sources[f"{net}.{name}"])
        for name, field in parameter_models()[net].model_fields.items()
    ]
    return _markdown(("parameter", "default", "range", "meaning", "source of the default"), rows)


def _markdown(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return _value(field.default)


def _value(value: Any) -> str:
    match value:
        case None | "":
            return "none"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:,g}" if abs(value) < 1e6 else str(value)
        case str():
            return value
        case () | dict():
            return "empty"
        case tuple():
            return ", ".join(map(_value, value))
        case _:
            return str(value)


def _range(field: FieldInfo) -> str:
    bounds = {type(rule): rule for rule in field.metadata if type(rule) in _BOUNDS}
    limits = [f"{words} {getattr(bounds[kind], name):,g}" for kind, (name, words) in _BOUNDS.items() if kind in bounds]
    return ", ".join(limits or _words(field.annotation))


def _words(annotation: Any) -> list[str]:
    """The words that a key may have, when its type names them."""
    if get_origin(annotation) is Literal:
        return [str(word) for word in get_args(annotation)]
    if annotation == NetName:
        return [net.name for net in registered()]
    return [word for part in get_args(annotation) for word in _words(part)]


if __name__ == "__main__":
    for page in map(Path, sys.argv[1:]):
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
