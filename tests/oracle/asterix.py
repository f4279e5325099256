"""ASTERIX slowly: records as texts of bits, made and read straight from the shipped tables, one field at a time."""

from __future__ import annotations

import json
import random
from importlib.resources import files
from typing import Any

TABLES: dict[str, Any] = json.loads(
    files("safetynets.recordings.asterix").joinpath("tables.json").read_text(encoding="utf-8")
)

Values = dict[str, Any]
"""Bits of each field as a number by path; a list of them in a repetitive item, octets in an explicit one."""


def uap_of(category: int, edition: str, uap: str) -> list[tuple[str, Any] | None]:
    """The items of a record in order; None is a bit without a meaning."""
    table = TABLES[f"{category:03d}"]
    keys = table["editions"][edition]["uap"][uap]
    return [
        None if key in (None, "RFS") else (key.split("@")[0], table["items"][key])  # random fields are another test's
        for key in keys
    ]


# ---- making records


def random_record(rng: random.Random, category: int, edition: str, uap: str) -> tuple[bytes, Values]:
    """A valid record with items chosen at random, and the value of each of its fields."""
    values: Values = {}
    bits = flagged(rng, uap_of(category, edition, uap), "", values, 7, forced={"020": uap} if category == 1 else {})
    return octets_of(bits), values


def flagged(rng: random.Random, items: list[Any], path: str, values: Values, per_octet: int, forced: Any = ()) -> str:
    present = [entry is not None and (rng.random() < 0.4 or entry[0] in forced) for entry in items]
    if not any(present):
        present[next(number for number, entry in enumerate(items) if entry is not None)] = True
    last = max(number for number, there in enumerate(present) if there)
    flags = ""
    for first in range(0, last + 1, per_octet):
        octet = "".join("01"[there] for there in present[first : first + per_octet]).ljust(per_octet, "0")
        flags += octet + ("01"[first + per_octet <= last] if per_octet == 7 else "")
    content = ""
    for entry, there in zip(items, present, strict=True):
        if there:
            name = f"{path}/{entry[0]}" if path else entry[0]
            force = dict(forced).get(entry[0])
            content += item_bits(rng, entry[1], name, values, force)
    return flags + content


def item_bits(rng: random.Random, item: Any, path: str, values: Values, uap: str | None = None) -> str:
    if "subitems" in item and "explicit" not in item:
        return flagged(rng, item["subitems"], path, values, 7)
    if "explicit" in item:
        if "subitems" in item:
            content = flagged(rng, item["subitems"], path, values, 8).ljust(0)
        else:
            values[path] = rng.randbytes(rng.randint(1, 6))
            content = "".join(f"{octet:08b}" for octet in values[path])
        return f"{len(content) // 8 + 1:08b}" + content
    if "parts" in item:
        count = rng.randint(1, len(item["parts"]))
        bits = ""
        for number, part in enumerate(item["parts"][:count]):
            own = fields_bits(rng, part, path, values)
            if number == 0 and uap is not None:
                own = ("1" if uap == "track" else "0") + own[1:]
                values[f"{path}/TYP"] = int(own[0])
            bits += own + ("01"[number + 1 < count] if len(own) % 8 == 7 else "")
        return bits
    if "repeat" in item:
        count = rng.randint(1, 3)
        bits = f"{count:0{8 * item['repeat']}b}" if item["repeat"] else ""
        rows: list[Values] = [{} for _ in range(count)]
        for number, row in enumerate(rows):
            bits += fields_bits(rng, item["fields"], path, row)
            if not item["repeat"]:
                bits += "01"[number + 1 < count]
        for name in rows[0]:
            values[name] = [row[name] for row in rows]
        return bits
    return fields_bits(rng, item["fields"], path, values)


def fields_bits(rng: random.Random, described: Any, path: str, values: Values) -> str:
    bits = ""
    for name, size, *_ in described:
        value = 0 if name is None else rng.getrandbits(min(size, 63))
        bits += f"{value:0{size}b}"
        if name is not None:
            values[path_of(path, name)] = value
    return bits


def path_of(path: str, name: str) -> str:
    return path if name in ("", path.split("/")[-1]) else f"{path}/{name}"


def octets_of(bits: str) -> bytes:
    assert len(bits) % 8 == 0
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


# ---- reading records


class UndecodableError(Exception):
    """A record that does not follow its table."""


def decode_block(block: bytes, category: int, edition: str) -> list[Values]:
    """The records of a block; raises `UndecodableError` where one does not follow the table to its end."""
    at, end = 3, int.from_bytes(block[1:3], "big")
    records = []
    while at < end:
        values: Values = {}
        at = read_flagged(block[:end], at, uaps(category, edition), values)
        records.append(values)
    return records


def uaps(category: int, edition: str) -> Any:
    names = TABLES[f"{category:03d}"]["editions"][edition]["uap"]
    return {name: uap_of(category, edition, name) for name in names}


def read_flagged(octets: bytes, at: int, orders: Any, values: Values, path: str = "") -> int:
    items = next(iter(orders.values()))
    numbers = []
    octet = 0
    while True:
        need(octets, at, 1)
        numbers += [7 * octet + bit for bit in range(7) if octets[at] >> (7 - bit) & 1]
        at, octet = at + 1, octet + 1
        if not octets[at - 1] & 1:
            break
    if len(orders) > 1 and any(number > 1 for number in numbers) and 1 not in numbers:
        raise UndecodableError("nothing says whether it is a plot or a track")
    if len(orders) > 1 and octet > 1 and 1 not in numbers:
        raise UndecodableError("nothing says whether it is a plot or a track")
    for number in numbers:
        if number == 1 and len(orders) > 1:
            need(octets, at, 1)
            items = orders["track" if octets[at] & 0x80 else "plot"]
        if number >= len(items) or items[number] is None:
            raise UndecodableError("a bit without a meaning")
        name, item = items[number]
        at = read_item(octets, at, item, f"{path}/{name}" if path else name, values)
    return at


def need(octets: bytes, at: int, count: int) -> None:
    if at + count > len(octets):
        raise UndecodableError("too short")


def read_item(octets: bytes, at: int, item: Any, path: str, values: Values) -> int:
    if "explicit" in item:
        need(octets, at, 1)
        length = octets[at]
        need(octets, at, length)
        if not length:
            raise UndecodableError("an explicit item without length")
        content = octets[at + 1 : at + length]
        if "subitems" in item:
            read_expansion(content, item, path, values)
        else:
            values[path] = content
        return at + length
    if "subitems" in item:
        return read_flagged(octets, at, {"": item["subitems"]}, values, path)
    if "parts" in item:
        for part in item["parts"]:
            size = sum(field[1] for field in part)
            octet_count = (size + 7) // 8
            need(octets, at, octet_count)
            read_fields(octets[at : at + octet_count], part, path, values)
            at += octet_count
            if size % 8 == 0 or not octets[at - 1] & 1:
                return at
        raise UndecodableError("an extent without a meaning")
    size = (sum(field[1] for field in item["fields"]) + 7) // 8
    if "repeat" not in item:
        need(octets, at, size)
        read_fields(octets[at : at + size], item["fields"], path, values)
        return at + size
    rows: list[Values] = []
    count = None
    if item["repeat"]:
        need(octets, at, item["repeat"])
        count = int.from_bytes(octets[at : at + item["repeat"]], "big")
        at += item["repeat"]
    while count is None or len(rows) < count:
        need(octets, at, size)
        rows.append({})
        read_fields(octets[at : at + size], item["fields"], path, rows[-1])
        at += size
        if count is None and not octets[at - 1] & 1:
            break
    for name in rows[0] if rows else ():
        values[name] = [row[name] for row in rows]
    return at


def read_expansion(content: bytes, item: Any, path: str, values: Values) -> None:
    """What can be read of an expansion field; its length is known, so an error in it ends only its own reading."""
    flags = content[: item["flags"]]
    at = item["flags"]
    if len(flags) < item["flags"]:
        return
    for number, entry in enumerate(item["subitems"][: 8 * item["flags"]]):
        if not flags[number // 8] >> (7 - number % 8) & 1:
            continue
        if entry is None or "subitems" in entry[1]:
            return
        found: Values = {}
        try:
            at = read_item(content, at, entry[1], f"{path}/{entry[0]}", found)
        except UndecodableError:
            return
        values.update(found)


def read_fields(octets: bytes, described: Any, path: str, values: Values) -> None:
    bits = "".join(f"{octet:08b}" for octet in octets)
    at = 0
    for name, size, *_ in described:
        if name is not None:
            values[path_of(path, name)] = int(bits[at : at + size], 2)
        at += size


def in_unit(raw: int, size: int, content: list[Any]) -> float:
    """A value in its unit."""
    if content and content[0] == "signed" and raw >> (size - 1):
        raw -= 1 << size
    return raw * content[1] if len(content) > 1 else raw
