"""The layout of ASTERIX categories: the shipped tables, and what the kernels need of them.

An item is one of six kinds, told apart by its keys in `tables.json`:

- `fields`: fixed length; [name, bits, content...] in order, a spare field has no name;
- `parts`: extended; the next part is there when the last bit of this one (FX) is set;
- `repeat`: repetitive; after a count of so many octets, or, where it is 0, while the FX bit is set;
- `subitems`: compound; an FSPEC says which are there;
- `explicit`: its first octet is its length; with `subitems` (reserved expansion) after so many `flags` octets.

A field is named by its path: "070", "105/LAT", "380/SAL/ALT".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError

RANDOM_FIELDS = "RFS"
"""The entry of a UAP that stands for random field sequencing."""

FIXED, EXTENDED, REPEATED, REPEATED_FX, COMPOUND, EXPLICIT, RANDOM = range(7)

Item = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Category:
    """One edition of a category: its items by name, and the order of the items of a record.

    `uaps` has one order under the name "", except in category 001, where the field `selector` says which is used.
    """

    number: int
    edition: str
    items: Mapping[str, Item]
    uaps: Mapping[str, tuple[str | None, ...]]
    selector: tuple[str, tuple[str, ...]] | None

    def uap(self, name: str = "") -> tuple[str | None, ...]:
        """The names of the items in the order of their FSPEC bits; None is a spare bit."""
        return self.uaps[name] if name in self.uaps else next(iter(self.uaps.values()))


@cache
def _tables() -> dict[str, Any]:
    text = files(__package__).joinpath("tables.json").read_text(encoding="utf-8")
    tables: dict[str, Any] = json.loads(text)
    return tables


def categories() -> tuple[int, ...]:
    """The categories that there are tables for."""
    return tuple(int(name) for name in _tables())


def editions(category: int) -> tuple[str, ...]:
    """The editions of a category that there are tables for, the newest first.

    >>> editions(62)[0], editions(21)[-1]
    ('1.21', '0.23')
    """
    return tuple(_tables()[f"{category:03d}"]["editions"])


@cache
def load(category: int, edition: str | None = None) -> Category:
    """The table of a category in an edition; without one, the newest.

    Raises
    ------
    TracksError
        When there is no table of that category or edition.

    >>> load(62).uap()[:4]
    ('010', None, '015', '070')
    """
    table = _tables().get(f"{category:03d}")
    if table is None:
        known = ", ".join(_tables())
        raise TracksError(f"there is no table of ASTERIX category {category:03d}", mend=f"use one of {known}")
    chosen = edition or editions(category)[0]
    if chosen not in table["editions"]:
        raise TracksError(
            f"unknown edition {chosen!r} of ASTERIX category {category:03d}",
            mend=f"use one of {', '.join(editions(category))}",
        )
    found = table["editions"][chosen]
    keys = {key for uap in found["uap"].values() for key in uap if key not in (None, RANDOM_FIELDS)}
    uaps = {name: tuple(key and key.split("@")[0] for key in uap) for name, uap in found["uap"].items()}
    selector = (found["selector"][0], tuple(found["selector"][1])) if "selector" in found else None
    return Category(category, chosen, {key.split("@")[0]: table["items"][key] for key in sorted(keys)}, uaps, selector)


class Field(NamedTuple):
    """Where a field stands in its item, and how its bits are read.

    `part` is the number of the part of an extended item, else -1; `first_bit` counts from the start of part or item.
    """

    part: int
    first_bit: int
    bits: int
    content: str
    least: float
    unit: str

    @property
    def signed(self) -> bool:
        """Whether the bits are in two's complement."""
        return self.content == "signed"


def fields_of(item: Item) -> Iterator[tuple[str, Field]]:
    """The named fields of an item that is fixed, extended or one repetition of a repetitive item."""
    for part, described in enumerate(item["parts"]) if "parts" in item else [(-1, item["fields"])]:
        first_bit = 0
        for name, bits, *content in described:
            if name is not None:
                kind, least, unit = (content + ["raw", 1.0, ""][len(content) :])[:3]
                yield name, Field(part, first_bit, bits, kind, float(least), unit)
            first_bit += bits


def part_octets(part: Sequence[Sequence[Any]]) -> tuple[int, bool]:
    """Length of a part of an extended item, and whether it ends with an FX bit.

    >>> part_octets([["LENGTH", 7]]), part_octets([["LW", 4], ["AR", 4]])
    ((1, True), (1, False))
    """
    bits = sum(field[1] for field in part)
    return (bits + 7) // 8, bits % 8 == 7


def find(category: Category, path: str) -> tuple[tuple[str, ...], Item, Field | None]:
    """The names of the item (and subitem) that a path leads to, that item, and the field in it (None: the item itself).

    Raises
    ------
    KeyError
        When there is no such field in this edition.
    """
    first, *rest = path.split("/")
    names, item = [first], category.items[first]
    while "subitems" in item:
        subitems = dict(entry for entry in item["subitems"] if entry)
        item = subitems[rest[0]]
        names.append(rest.pop(0))
    if not rest and ("repeat" in item or "explicit" in item):
        return tuple(names), item, None
    fields = dict(fields_of(item))
    return tuple(names), item, fields["/".join(rest)] if rest else fields[""] if "" in fields else fields[names[-1]]


class Wanted(NamedTuple):
    """A field that the kernels are to find: the column of its offset, and how it is read from there."""

    slot: int
    first_bit: int
    bits: int
    signed: bool
    least: float


@dataclass(frozen=True)
class Layout:
    """A category as arrays for the kernels, and the fields that are wanted of it.

    `nodes` has a row for each item, subitem and part: kind, octets (of a fixed item, a part or one repetition), first
    child, number of children, slot (-1: not wanted), octets of the count or the flags. `children` are rows of `nodes`,
    -1 where the FSPEC bit has no meaning. `roots` are the rows of the UAPs; where there are two, the first bit of the
    second item chooses. `fields` has the wanted fields by path; one that this edition lacks is not in it.
    """

    nodes: NDArray[np.int32]
    children: NDArray[np.int32]
    roots: NDArray[np.int32]
    slots: int
    fields: Mapping[str, Wanted]


class _Builder:
    def __init__(self) -> None:
        self.nodes: list[list[int]] = []
        self.children: list[int] = []
        self.rows: dict[tuple[str | int, ...], int] = {}
        self.slots = 0

    def node(self, kind: int, octets: int, extra: int = 0) -> int:
        self.nodes.append([kind, octets, 0, 0, -1, extra])
        return len(self.nodes) - 1

    def adopt(self, row: int, children: list[int]) -> int:
        self.nodes[row][2:4] = [len(self.children), len(children)]
        self.children.extend(children)
        return row

    def item(self, names: tuple[str | int, ...], item: Item) -> int:
        if names in self.rows:
            return self.rows[names]
        if "subitems" in item:
            explicit = item.get("explicit", False)
            row = self.node(EXPLICIT if explicit else COMPOUND, 0, item.get("flags", 0))
            subitems = [-1 if entry is None else self.item((*names, entry[0]), entry[1]) for entry in item["subitems"]]
            self.adopt(row, subitems)
        elif "explicit" in item:
            row = self.node(EXPLICIT, 0)
        elif "parts" in item:
            row = self.node(EXTENDED, 0)
            parts = []
            for number, part in enumerate(item["parts"]):
                octets, goes_on = part_octets(part)
                parts.append(self.node(FIXED, octets, int(goes_on)))
                self.rows[*names, number] = parts[-1]
            self.adopt(row, parts)
        else:
            bits = sum(field[1] for field in item["fields"])
            count = item.get("repeat")
            row = self.node(FIXED if count is None else REPEATED if count else REPEATED_FX, (bits + 7) // 8, count or 0)
        self.rows[names] = row
        return row

    def slot(self, row: int) -> int:
        if self.nodes[row][4] < 0:
            self.nodes[row][4] = self.slots
            self.slots += 1
        return self.nodes[row][4]


@cache
def layout(category: Category, wanted: tuple[str, ...]) -> Layout:
    """The arrays that the kernels walk over, with a slot for each item in which a wanted field is."""
    builder = _Builder()
    roots = []
    for uap in category.uaps.values():
        children = [
            -1
            if name is None
            else builder.node(RANDOM, 0)
            if name == RANDOM_FIELDS
            else builder.item((name,), category.items[name])
            for name in uap
        ]
        roots.append(builder.adopt(builder.node(COMPOUND, 0), children))
    fields = {}
    for path in wanted:
        try:
            names, _, field = find(category, path)
        except KeyError:
            continue
        place: tuple[str | int, ...] = names if field is None or field.part < 0 else (*names, field.part)
        slot = builder.slot(builder.rows[place])
        fields[path] = (
            Wanted(slot, 0, 0, False, 1.0)
            if field is None
            else Wanted(slot, field.first_bit, field.bits, field.signed, field.least)
        )
    return Layout(
        np.array(builder.nodes, dtype=np.int32),
        np.array(builder.children, dtype=np.int32),
        np.array(roots, dtype=np.int32),
        builder.slots,
        fields,
    )
