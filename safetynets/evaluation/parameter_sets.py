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
    LOCAL_KINDS,
    Approach,
    Change,
    InhibitVolume,
    LocalKind,
    MinimumAltitude,
    Obstacle,
    Runway,
    Schedule,
    Site,
    Volume,
)
from safetynets.sites.local_parameters import with_places
from safetynets.sites.overrides import LOCAL, PARAMETERS, as_tuples, full_address, parsed_value
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
    """Where a dotted key points: `name` is empty for the parameter of a net, "*" for all items of a list.

    `net` is the net of a parameter that an item of the list has for itself, and else empty.
    """

    table: str
    name: str
    key: str
    net: str = ""


def address_of(key: str, site: Site) -> Address:
    """The place a dotted key points to, such as "msaw.look_ahead_s" or "inhibit_volumes.NAME.manual".

    A parameter of one place is `apm["LFPG 26L"].below_ft`.

    Raises
    ------
    StudyError
        For a key that names nothing that can be varied; the error says the nearest that does.
    """
    local = LOCAL.match(key)
    full = full_address(local, {kind: _places(site, kind) for kind in LOCAL_KINDS}) if local else key
    table, _, rest = full.partition(".")
    if f".{PARAMETERS}." in rest and table in LOCAL_KINDS:
        name, _, inner = rest.partition(f".{PARAMETERS}.")
        net, _, last = inner.partition(".")
        _known(key, name, _places(site, table), f"{table}.")
        _known(key, net, parameter_models(), "")
        _known(key, last, parameter_models()[net].model_fields, f"{net}.")
        return Address(table, name, last, net)
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


def _places(site: Site, kind: LocalKind) -> list[str]:
    """The names of the items of a list of a site that may have parameters of their own."""
    if kind in ITEMS:
        return [item.name for item in getattr(site, kind)]
    return [one.name for one in site.local_parameters if one.kind == kind]


def present_at(site: Site, address: Address) -> list[Any]:
    """The values that stand at an address now, one an item."""
    if not address.name:
        return [getattr(getattr(site.parameters, address.table), address.key)]
    if address.net:
        at_site = getattr(getattr(site.parameters, address.net), address.key)
        own = [one for one in site.local_parameters if (one.kind, one.name) == (address.table, address.name)]
        return [one.values.get(address.net, {}).get(address.key, at_site) for one in own] or [at_site]
    items = [item for item in getattr(site, address.table) if address.name in ("*", item.name)]
    return [_of_item(item, address.key) for item in items]


def _of_item(item: Any, key: str) -> Any:
    if key != SWITCH:
        return getattr(item, key)
    schedule = item.schedule
    return "on" if schedule.permanent or schedule.on else "off"


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
    return _model_at(address).model_fields[address.key]


def _model_at(address: Address) -> type[BaseModel]:
    in_list = address.table in ITEMS and not address.net
    return ITEMS[address.table][0] if in_list else parameter_models()[address.net or address.table]


def checked(key: str, address: Address, value: Any) -> Any:
    """The value as the site file would take it; a text is what it means there, as in an override.

    Raises
    ------
    StudyError
        For a value that the site file would refuse.
    """
    model = _model_at(address)
    adapter = _adapter(model, address.key)
    value = parsed_value(value) if isinstance(value, str) else as_tuples(value)
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError as error:
        raise StudyError(from_validation(error, model)[0].text, where=key, mend="keep to its range") from error


@lru_cache(maxsize=256)
def _adapter(model: type[BaseModel], key: str) -> TypeAdapter[Any]:
    field = model.model_fields[key]
    metadata = tuple(field.metadata)
    annotation: Any = field.annotation
    return TypeAdapter(Annotated[(annotation, *metadata)] if metadata else annotation)


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
    of_places: dict[tuple[LocalKind, str], dict[str, dict[str, Any]]] = {}
    for key, given in values.items():
        address = address_of(key, site)
        value = checked(key, address, given)
        if not address.name:
            of_nets.setdefault(address.table, {})[address.key] = value
            continue
        if address.net:
            place: Any = address.table, address.name
            of_places.setdefault(place, {}).setdefault(address.net, {})[address.key] = value
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
    changed = replace(site, parameters=parameters, parameter_sources=sources, changes=changes, **lists)
    return with_places(changed, of_places, SOURCE) if of_places else changed


def _parameters_with(parameters: Parameters, of_nets: Mapping[str, Mapping[str, Any]]) -> Parameters:
    tables = {net: getattr(parameters, net) for net in parameter_models()}
    for net, changes in of_nets.items():
        model = type(tables[net])
        try:
            tables[net] = model.model_validate({**vars(tables[net]), **changes}, strict=True)
        except ValidationError as error:
            problem = from_validation(error, model)[0]
            where = ".".join(str(part) for part in (net, *problem.path))
            raise StudyError(problem.text, where=where, mend=problem.mend) from error
    return Parameters(**tables)


def _changed(item: Any, changes: Mapping[str, Any]) -> Any:
    """The item with its numbers changed, and switched where the set says so."""
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
