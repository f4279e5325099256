"""Write the ASTERIX tables that are shipped, from the classes of libasterix (needed only here and in tests).

    python docs/asterix_tables.py

libasterix is generated from asterix-specs, the machine-readable form of the EUROCONTROL specification. What is kept of
it is the layout: the order of the items (UAP), their kinds and lengths, and the name, bits, sign and least significant
bit of each field. An item that is the same in several editions of a category stands once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asterix import base, generated

TARGET = Path(__file__).parents[1] / "safetynets" / "recordings" / "asterix" / "tables.json"
CATEGORIES = {
    1: ("1.2", "1.3", "1.4"),
    2: ("1.0", "1.1", "1.2"),
    4: ("1.12", "1.13"),
    21: ("0.23", "0.24", "0.25", "0.26", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7"),
    34: ("1.27", "1.28", "1.29"),
    48: ("1.27", "1.28", "1.29", "1.30", "1.31", "1.32"),
    62: ("1.16", "1.17", "1.18", "1.19", "1.20", "1.21"),
    63: ("1.6", "1.7"),
    65: ("1.4", "1.5", "1.6"),
}
EXPANSIONS = {(21, "2"): "1.5"}
"""Editions of the reserved expansion field, by category and first number of the edition: only what is read of it."""

Json = Any


def content(rule: type) -> list[Json]:
    """How the bits of a field are read: a letter, and for a quantity its least significant bit and unit."""
    kind = rule.cv_content if issubclass(rule, base.RuleContentContextFree) else base.ContentRaw
    if issubclass(kind, base.ContentQuantity):
        signed = issubclass(kind.cv_signedness, base.Signed)
        return ["signed" if signed else "unsigned", kind.cv_lsb, kind.cv_unit]
    if issubclass(kind, base.ContentInteger):
        return ["signed", 1, ""] if issubclass(kind.cv_signedness, base.Signed) else []
    if issubclass(kind, base.ContentString):
        return [{"StringAscii": "ascii", "StringICAO": "icao", "StringOctal": "octal"}[kind.cv_string_type.__name__]]
    return []


def variation(rule: type) -> type:
    """The layout of an item; where it depends on another item, the default one (the length is the same)."""
    return rule.cv_variation if issubclass(rule, base.RuleVariationContextFree) else rule.cv_default_variation


def fields(layout: type, name: str = "") -> list[list[Json]]:
    """The fields of an element or group in their order as [name, bits, ...]; a spare one has no name."""
    if issubclass(layout, base.Element):
        return [[name, layout.cv_bit_size, *content(layout.cv_rule)]]
    return [field for item, _ in layout.cv_items_list for field in fields_of_item(item, name)]


def fields_of_item(item: type, name: str = "") -> list[list[Json]]:
    """The fields of one member of a group."""
    if issubclass(item, base.Spare):
        return [[None, item.cv_bit_size]]
    member = item.cv_non_spare
    return fields(variation(member.cv_rule), "/".join(part for part in (name, member.cv_name) if part))


def node(layout: type) -> dict[str, Json]:
    """An item of any kind."""
    if issubclass(layout, base.Element | base.Group):
        return {"fields": fields(layout)}
    if issubclass(layout, base.Extended):
        return {"parts": [[f for of in part if of for f in fields_of_item(of[0])] for part in layout.cv_items_list]}
    if issubclass(layout, base.Repetitive):
        return {"repeat": layout.cv_rep_bytes or 0, "fields": fields(layout.cv_variation)}
    if issubclass(layout, base.Compound):
        return {"subitems": subitems(layout.cv_items_list)}
    assert issubclass(layout, base.Explicit), layout
    return {"explicit": True}


def subitems(items: list[type | None]) -> list[Json]:
    """The members of a compound item as [name, item]; None for a bit without meaning."""
    return [None if item is None else [item.cv_name, node(variation(item.cv_rule))] for item in items]


def expansion(category: int, edition: str) -> dict[str, Json]:
    """The layout of the reserved expansion field, where it is read."""
    newest = EXPANSIONS.get((category, edition.split(".")[0]))
    if newest is None:
        return {"explicit": True}
    layout = getattr(generated, f"Ref_{category:03d}_{newest.replace('.', '_')}").cv_expansion
    kind, octets = layout.cv_type
    assert kind is base.FspecFixed, layout
    return {"explicit": True, "flags": octets, "subitems": subitems(layout.cv_items_list)}


def uap(record: type, items: dict[str, Json], category: int, edition: str) -> list[Json]:
    """The keys of the items of a record in the order of their FSPEC bits; puts the items into `items`."""
    keys: list[Json] = []
    for entry in record.cv_items_list:
        if issubclass(entry, base.UapItemSpare):
            keys.append(None)
        elif issubclass(entry, base.UapItemRFS):
            keys.append("RFS")
        else:
            name = entry.cv_non_spare.cv_name
            item = expansion(category, edition) if name == "RE" else node(variation(entry.cv_non_spare.cv_rule))
            alike = [key for key, known in items.items() if key.split("@")[0] == name and known == item]
            key = alike[0] if alike else f"{name}@{edition}" if name in items else name
            items[key] = item
            keys.append(key)
    return keys


def category(number: int, editions: tuple[str, ...]) -> dict[str, Json]:
    """All editions of a category, the newest first."""
    items: dict[str, Json] = {}
    found: dict[str, Json] = {}
    for edition in reversed(editions):
        cat = getattr(generated, f"Cat_{number:03d}_{edition.replace('.', '_')}")
        if issubclass(cat.cv_uap, base.UapSingle):
            found[edition] = {"uap": {"": uap(cat.cv_uap.cv_record, items, number, edition)}}
        else:
            (path, cases) = cat.cv_uap.cv_selector
            found[edition] = {
                "uap": {name: uap(record, items, number, edition) for name, record in cat.cv_uap.cv_uaps.items()},
                "selector": ["/".join(path), [cases[value] for value in sorted(cases)]],
            }
    return {"editions": found, "items": items}


def main() -> None:
    """Write the tables, one item a line."""
    lines = []
    for number, editions in CATEGORIES.items():
        table = category(number, editions)
        parts = []
        for part in ("editions", "items"):
            rows = [
                f"   {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in table[part].items()
            ]
            parts.append(f'  "{part}": {{\n' + ",\n".join(rows) + "\n  }")
        lines.append(f' "{number:03d}": {{\n' + ",\n".join(parts) + "\n }")
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} octets")


if __name__ == "__main__":
    main()
