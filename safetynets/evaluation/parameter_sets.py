"""A site with other values of its parameters: what `load_site` with overrides gives, without reading a file again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from safetynets.errors import StudyError, nearest
from safetynets.sites.geometry import (
    Approach,
    Change,
    InhibitVolume,
    MinimumAltitude,
    Obstacle,
    Runway,
    Schedule,
    Site,
    Volume,
)
from safetynets.sites.overrides import as_tuples
from safetynets.sites.parameters import Parameters, parameter_models
from safetynets.sites.problems import from_validation
from safetynets.sites.schema import (
    ApproachTable,
    InhibitVolumeTable,
    MinimumAltitudeTable,
    ObstacleTable,
    RunwayTable,
    VolumeTable,
)

ITEMS: dict[str, tuple[type[BaseModel], type[Any]]] = {
    "minimum_altitudes": (MinimumAltitudeTable, MinimumAltitude),
    "obstacles": (ObstacleTable, Obstacle),
    "approaches": (ApproachTable, Approach),
    "runways": (RunwayTable, Runway),
    "volumes": (VolumeTable, Volume),
    "inhibit_volumes": (InhibitVolumeTable, InhibitVolume),
}
"""The lists of a site whose items have values that can be varied: table of the site file, and what it becomes."""

SWITCH = "manual"
"""The key of a volume that is switched "on" or "off"."""


SOURCE = "set after the site was loaded"
"""Where a value is from that no file gives."""


@dataclass(frozen=True)
class Address:
    """Where a dotted key points: `name` is empty for the parameter of a net, "*" for all items of a list."""

    table: str
    name: str
    key: str


def address_of(key: str, site: Site) -> Address:
    """The place a dotted key points to, such as "msaw.look_ahead_s" or "inhibit_volumes.NAME.manual".

    Raises
    ------
    StudyError
        For a key that names nothing that can be varied; the error says the nearest that does.
    """
    table, _, rest = key.partition(".")
    if table in parameter_models():
        _known(key, rest, parameter_models()[table].model_fields, f"{table}.")
        return Address(table, "", rest)
    _known(key, table, [*parameter_models(), *ITEMS], "")
    name, _, last = rest.rpartition(".")
    names = [item.name for item in getattr(site, table)]
    if not names:
        raise StudyError(f"this site has no {table}", where=key, mend="leave it out")
    _known(key, name, [*names, "*"], f"{table}.")
    _known(key, last, _varied_keys(table), f"{table}.{name}.")
    return Address(table, name, last)


def _known(key: str, word: str, candidates: Any, before: str) -> None:
    if word not in candidates:
        mend = nearest(f"{before}{word}", [f"{before}{candidate}" for candidate in candidates])
        raise StudyError(f"nothing is called {word!r}", where=key, mend=mend)


def _varied_keys(table: str) -> list[str]:
    """Keys of the items of a list that stand in the file and on the plane under the same name, and the switch."""
    read, built = ITEMS[table]
    same = [
        field.name
        for field in fields(built)
        if field.name in read.model_fields and read.model_fields[field.name].annotation in (float, str)
    ]
    words = {"name", "source", "airport", "runway", "path", "group", "purpose", "reason", "true_course_deg"}
    switch = [SWITCH] if SWITCH in read.model_fields else []
    return [name for name in same if name not in words] + switch


def field_at(address: Address) -> FieldInfo:
    """The pydantic field that describes the value at an address."""
    model = ITEMS[address.table][0] if address.table in ITEMS else parameter_models()[address.table]
    return model.model_fields[address.key]


def checked(key: str, address: Address, value: Any) -> Any:
    """The value as the site file would take it.

    Raises
    ------
    StudyError
        For a value that the site file would refuse.
    """
    adapter, model = _adapter(address.table, address.key)
    try:
        return adapter.validate_python(as_tuples(value), strict=True)
    except ValidationError as error:
        raise StudyError(from_validation(error, model)[0].text, where=key, mend="keep to its range") from error


@lru_cache(maxsize=256)
def _adapter(table: str, key: str) -> tuple[TypeAdapter[Any], type[BaseModel]]:
    model = ITEMS[table][0] if table in ITEMS else parameter_models()[table]
    field = model.model_fields[key]
    metadata = tuple(field.metadata)
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[(annotation, *metadata)] if metadata else annotation), model


def site_with(site: Site, values: Mapping[str, Any]) -> Site:
    """The site with other values; the same as loading it with these overrides.

    Keys are dotted: a parameter of a net, or a number of the items of a list by name or "*" for all of them.
    `"inhibit_volumes.NAME.manual"` and `"volumes.NAME.manual"` switch a volume "on" or "off", also one that is active
    by the clock.

    Raises
    ------
    StudyError
        For a key that names nothing, and a value or combination of values that the site would refuse.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> site_with(load_site("geneva"), {"msaw.look_ahead_s": 60}).parameters.msaw.look_ahead_s
    60.0
    """
    of_nets: dict[str, dict[str, Any]] = {}
    of_items: dict[str, dict[str, dict[str, Any]]] = {}
    for key, given in values.items():
        address = address_of(key, site)
        value = checked(key, address, given)
        if not address.name:
            of_nets.setdefault(address.table, {})[address.key] = value
            continue
        for item in getattr(site, address.table):
            if address.name in ("*", item.name):
                of_items.setdefault(address.table, {}).setdefault(item.name, {})[address.key] = value
    lists: dict[str, Any] = {
        table: tuple(_changed(item, named.get(item.name, {})) for item in getattr(site, table))
        for table, named in of_items.items()
    }
    changes = (*site.changes, *(Change(key, value, SOURCE) for key, value in values.items()))
    sources = {**site.parameter_sources, **{key: SOURCE for key in values if key in site.parameter_sources}}
    parameters = _parameters_with(site.parameters, of_nets)
    return replace(site, parameters=parameters, parameter_sources=sources, changes=changes, **lists)


def _parameters_with(parameters: Parameters, of_nets: Mapping[str, Mapping[str, Any]]) -> Parameters:
    tables = {net: getattr(parameters, net) for net in parameter_models()}
    for net, changes in of_nets.items():
        model = type(tables[net])
        try:
            tables[net] = model.model_validate({**dict(tables[net]), **changes}, strict=True)
        except ValidationError as error:
            problem = from_validation(error, model)[0]
            where = ".".join(str(part) for part in (net, *problem.path))
            raise StudyError(problem.text, where=where, mend=problem.mend) from error
    return Parameters(**tables)


def _changed(item: Any, changes: Mapping[str, Any]) -> Any:
    """The item with its numbers changed, and switched where that is asked for."""
    numbers = {key: value for key, value in changes.items() if key != SWITCH}
    changed = replace(item, **numbers)
    if isinstance(changed, Approach) and changed.start_distance_nm <= changed.end_distance_nm:
        raise StudyError(
            f"{changed.start_distance_nm} NM is not farther out than end_distance_nm = {changed.end_distance_nm}",
            where=f"approaches.{changed.name}.start_distance_nm",
            mend="keep the ranges of the two apart",
        )
    if changes.get(SWITCH) is not None:
        switched = Schedule(permanent=False, on=changes[SWITCH] == "on", periods=(), weekly=())
        changed = replace(changed, schedule=switched)
    return changed
