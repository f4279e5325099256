"""Overrides: `msaw.look_ahead_s=60`, `approaches.LFPG 26L.end_distance_nm=1.5`, `pressure_regions.*.qnh_hpa=1028`.

A parameter of one place: `apm["LFPG 26L"].below_ft=150`, or in full `approaches.LFPG 26L.parameters.apm.below_ft=150`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from safetynets.errors import SiteError, nearest
from safetynets.sites.geometry import LOCAL_KINDS
from safetynets.sites.problems import KeyPath, model_at
from safetynets.sites.schema import LISTS, site_table
from safetynets.text_files import parse_toml

_ALTERNATIVES = (
    {"floor_ft", "floor_fl"},
    {"ceiling_ft", "ceiling_fl"},
    {"radius_nm", "radius_m"},
    {"qnh_hpa", "qnh"},
    {"angle_deg", "profile"},
)


LOCAL = re.compile(r"""^(?P<net>\w+)\[(?P<quote>["'])(?P<name>.+)(?P=quote)\]\.(?P<key>\w+)$""")
"""The parameter of a net in one place: `apm["LFPG 26L"].below_ft`."""
PARAMETERS = "parameters"
"""The key under which an item of a list has parameters of nets."""


def parsed_value(text: str) -> Any:
    """The value that a text means in TOML; words without quotes are a string.

    >>> parsed_value("60"), parsed_value("[1, 2]"), parsed_value("show_all")
    (60, (1, 2), 'show_all')
    """
    try:
        parsed = parse_toml(f"value = {text}")
    except ValueError:
        return text
    return as_tuples(parsed["value"]) if len(parsed) == 1 else text


def as_tuples(value: Any) -> Any:
    """A parsed TOML value with every list as a tuple, as the strict models want it."""
    if isinstance(value, list | tuple):
        return tuple(as_tuples(item) for item in value)
    if isinstance(value, Mapping):
        return {name: as_tuples(item) for name, item in value.items()}
    return value


def apply(raw: dict[str, Any], overrides: Mapping[str, Any], source: str | Mapping[str, str]) -> dict[KeyPath, str]:
    """Put overrides into the raw tables of a site file; the paths that were set, with the source of their values.

    `source` is one for all, or one for each address.

    Raises
    ------
    SiteError
        For a path that names nothing; the error says the nearest path that does.
    """
    given: dict[KeyPath, str] = {}
    for address, value in overrides.items():
        value = parsed_value(value) if isinstance(value, str) else as_tuples(value)
        for path in _paths(address, raw):
            _set(raw, path, value)
            given[path] = source if isinstance(source, str) else source[address]
            _say_in_source(raw, path, given[path])
    return given


def _paths(address: str, raw: Mapping[str, Any]) -> list[KeyPath]:
    """The paths that an address names; none where the file itself is malformed, which validation then says."""
    if local := LOCAL.match(address):
        address = full_address(local, {kind: _names(raw.get(kind, ())) for kind in LOCAL_KINDS})
    table, _, rest = address.partition(".")
    if table not in site_table().model_fields:
        raise _unknown(address, table, site_table().model_fields)
    is_table = model_at(site_table(), (table,)) is not site_table()
    if not rest or not is_table:
        if is_table or rest:
            raise SiteError(f"{address!r} names no value", where="override", mend=f"write {_example(table, is_table)}")
        return [(table,)]
    middle, _, key = rest.rpartition(".")
    keys: KeyPath = (key,)
    if table in LOCAL_KINDS and f".{PARAMETERS}." in rest:
        middle, _, inner = rest.partition(f".{PARAMETERS}.")
        net, _, key = inner.partition(".")
        if net not in site_table().model_fields:
            raise _unknown(address, net, [name for name in site_table().model_fields if name not in LISTS])
        _check_key(address, key, model_at(site_table(), (net,)))
        keys = PARAMETERS, net, key
    else:
        _check_key(address, key, model_at(site_table(), (table,)))
    if table not in LISTS:
        if middle:
            raise SiteError(f"{address!r} names no value", where="override", mend=f"write {table}.{key}=...")
        return [(table, key)] if isinstance(raw.get(table, {}), Mapping) else []
    items = raw.get(table, ())
    if not isinstance(items, tuple) or not all(isinstance(item, Mapping) for item in items):
        return []
    if not items:
        raise SiteError(f"{address!r}: this site has no {table}", where="override", mend="leave it out")
    names = [str(item.get("name", "")) for item in items]
    if middle == "*":
        return [(table, number, *keys) for number in range(len(items))]
    if middle not in names:
        raise _unknown(address, middle, [*names, "*"])
    return [(table, names.index(middle), *keys)]


def full_address(local: re.Match[str], names: Mapping[str, Sequence[str]]) -> str:
    """The address in full of a parameter of one place, whose name is looked for among `names` by the kind of place.

    Raises
    ------
    SiteError
        If nothing is called so, or several things are.
    """
    name = local["name"]
    kinds = [kind for kind in LOCAL_KINDS if name in names.get(kind, ())]
    if not kinds:
        raise _unknown(local[0], name, sorted({one for of_kind in names.values() for one in of_kind}))
    if len(kinds) > 1:
        mend = f"write {kinds[0]}.{name}.{PARAMETERS}.{local['net']}.{local['key']}"
        raise SiteError(f"{name!r} is one of {' and of '.join(kinds)}", where=local[0], mend=mend)
    return f"{kinds[0]}.{name}.{PARAMETERS}.{local['net']}.{local['key']}"


def _names(items: Any) -> list[str]:
    listed = items if isinstance(items, tuple) else ()
    return [str(item.get("name", "")) for item in listed if isinstance(item, Mapping)]


def _example(table: str, is_table: bool) -> str:
    if table in LISTS:
        return f"{table}.NAME.KEY=... or {table}.*.KEY=..."
    return f"{table}.KEY=..." if is_table else f"{table}=..."


def _check_key(address: str, key: str, model: type[BaseModel]) -> None:
    known = {field.alias or name for name, field in model.model_fields.items()} - {"name", "source"}
    if key not in known:
        raise _unknown(address, key, known)


def _unknown(address: str, word: str, candidates: Any) -> SiteError:
    return SiteError(f"{address!r}: nothing is called {word!r}", where="override", mend=nearest(word, candidates))


def _set(raw: dict[str, Any], path: KeyPath, value: Any) -> None:
    """Set a value; its alternatives (`floor_fl` for `floor_ft`) make room for it."""
    table: Any = raw
    for part in path[:-1]:
        table = table.setdefault(part, {}) if isinstance(table, dict) else table[part]
    key = str(path[-1])
    if path == ("switched_on",) and isinstance(value, tuple) and isinstance(raw.get(key), tuple):
        value = tuple(dict.fromkeys((*raw[key], *value)))
    for group in _ALTERNATIVES:
        if key in group:
            for other in group - {key}:
                table.pop(other, None)
    table[key] = value


def _say_in_source(raw: dict[str, Any], path: KeyPath, source: str) -> None:
    """Let the source of an item of a list say that one of its values is no longer the file's."""
    if len(path) == 5:
        item = raw[str(path[0])][path[1]]
        if path[0] not in ("parameter_regions", "flight_categories") and not item.get("parameters_source"):
            item["parameters_source"] = f"{path[3]}.{path[4]}: {source}"
    elif len(path) == 3:
        item = raw[str(path[0])][path[1]]
        if isinstance(item.get("source"), str):
            item["source"] += f"; {path[2]}: {source}"
