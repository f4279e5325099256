"""The compiled decoder: `frame` finds the blocks, `walk` the wanted items of each record, `column` reads their fields.

No kernel reads beyond the `end` it is given, and each step of each loop moves at least one octet or one child on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.kernel_cache import njit, part
from safetynets.recordings.asterix.tables import COMPOUND, EXPLICIT, EXTENDED, FIXED, RANDOM, REPEATED, REPEATED_FX
from safetynets.recordings.containers_kernels import number

KIND, OCTETS, FIRST, COUNT, SLOT, EXTRA = range(6)

UNDECODABLE = 1

MODE_S_REGISTER_4_0 = 0x40

Octets = NDArray[np.uint8]
Rows = NDArray[np.int32]
Places = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def frame(
    buffer: Octets,
    payload_start: Places,
    payload_end: Places,
    goes_on: bool,
    assigned: Flags,
    category: Octets,
    start: Places,
    end: Places,
    payload: Places,
) -> tuple[int, int, int]:
    """The blocks of all payloads; returns how many there are, how many octets belong to none, and where it stopped.

    A block counts when the octet after it is the end or an `assigned` category (a flag for each number); where that is
    not so, the next place is searched where it is, and after the blocks that follow too. Of a last payload that
    `goes_on` a block that is not yet complete is left.
    """
    blocks = 0
    lost = 0
    at = 0
    for p in range(len(payload_start)):
        at, last = payload_start[p], payload_end[p]
        searching = False
        while at < last:
            length = number(buffer, at + 1, 2, False) if at + 3 <= last else 0
            after = at + length
            if goes_on and p == len(payload_start) - 1 and (at + 3 > last or (after > last and assigned[buffer[at]])):
                return blocks, lost, at
            if length < 4 or after > last or (after < last and not assigned[buffer[after]]):
                searching = True
            elif not searching or (assigned[buffer[at]] and followed(buffer, after, last, assigned)):
                searching = False
                category[blocks], start[blocks], end[blocks], payload[blocks] = buffer[at], at, after, p
                blocks += 1
                at = after
                continue
            lost += 1
            at += 1
    return blocks, lost, at


@part()
def followed(buffer: Octets, at: int, last: int, assigned: Flags) -> bool:
    """Whether four more blocks of `assigned` categories follow each other from `at`, as far as can be seen."""
    for _ in range(4):
        if at + 3 > last:
            return at == last
        length = number(buffer, at + 1, 2, False)
        if length < 4 or not assigned[buffer[at]]:
            return False
        at += length
    return True


@part()
def simple_end(
    buffer: Octets, at: int, end: int, node: int, nodes: Rows, children: Rows, offsets: Rows, row: int
) -> int:
    """Where an item that is neither compound nor explicit ends, -1 where it cannot be; notes the wanted offsets."""
    kind = nodes[node, KIND]
    if nodes[node, SLOT] >= 0:
        offsets[row, nodes[node, SLOT]] = at
    if kind == FIXED:
        after = at + nodes[node, OCTETS]
        return after if after <= end else -1
    if kind == EXTENDED:
        for c in range(nodes[node, COUNT]):
            part = children[nodes[node, FIRST] + c]
            after = at + nodes[part, OCTETS]
            if after > end:
                return -1
            if nodes[part, SLOT] >= 0:
                offsets[row, nodes[part, SLOT]] = at
            at = after
            if nodes[part, EXTRA] == 0 or buffer[at - 1] & 1 == 0:
                return at
        return -1
    if kind == REPEATED:
        if at + nodes[node, EXTRA] > end:
            return -1
        count = 0
        for _ in range(nodes[node, EXTRA]):
            count = count << 8 | int(buffer[at])
            at += 1
        after = at + count * nodes[node, OCTETS]
        return after if after <= end else -1
    if kind == REPEATED_FX:
        while True:
            at += nodes[node, OCTETS]
            if at > end:
                return -1
            if buffer[at - 1] & 1 == 0:
                return at
    return -1


@part()
def explicit_end(
    buffer: Octets, at: int, end: int, node: int, nodes: Rows, children: Rows, offsets: Rows, row: int
) -> int:
    """As `simple_end` for an explicit item; what its content is matters only where it is an expansion field.

    Of that the wanted items are noted up to the first that is compound, unknown or does not fit.
    """
    if at >= end or buffer[at] == 0 or at + int(buffer[at]) > end:
        return -1
    after = at + int(buffer[at])
    flags_at = at + 1
    at = flags_at + nodes[node, EXTRA]
    if at > after:
        return after
    for c in range(min(nodes[node, COUNT], 8 * nodes[node, EXTRA])):
        if buffer[flags_at + c // 8] >> (7 - c % 8) & 1 == 0:
            continue
        child = children[nodes[node, FIRST] + c]
        if child < 0:
            break
        at = simple_end(buffer, at, after, child, nodes, children, offsets, row)
        if at < 0:
            if nodes[child, SLOT] >= 0:
                offsets[row, nodes[child, SLOT]] = -1
            for part in children[nodes[child, FIRST] : nodes[child, FIRST] + nodes[child, COUNT]]:
                if part >= 0 and nodes[part, SLOT] >= 0:
                    offsets[row, nodes[part, SLOT]] = -1
            break
    return after


@part()
def item_end(buffer: Octets, at: int, end: int, node: int, nodes: Rows, children: Rows, offsets: Rows, row: int) -> int:
    """Where any item of a record ends, -1 where it cannot be; notes the offsets that are wanted."""
    if nodes[node, KIND] == EXPLICIT:
        return explicit_end(buffer, at, end, node, nodes, children, offsets, row)
    if nodes[node, KIND] != COMPOUND:
        return simple_end(buffer, at, end, node, nodes, children, offsets, row)
    first, count = nodes[node, FIRST], nodes[node, COUNT]
    flags_at = at
    while True:
        if at >= end:
            return -1
        goes_on = buffer[at] & 1
        at += 1
        if goes_on == 0:
            break
    for flags in range(flags_at, at):
        bits = int(buffer[flags]) & 0xFE
        c = (flags - flags_at) * 7
        while bits != 0:
            if bits & 0x80:
                if c >= count or children[first + c] < 0:
                    return -1
                at = simple_end(buffer, at, end, children[first + c], nodes, children, offsets, row)
                if at < 0:
                    return -1
            bits = bits << 1 & 0xFF
            c += 1
    return at


@part()
def random_end(
    buffer: Octets, at: int, end: int, root: int, nodes: Rows, children: Rows, offsets: Rows, row: int
) -> int:
    """Where random field sequencing ends: a count, and so many times the number of an item and that item."""
    if at >= end:
        return -1
    count = int(buffer[at])
    at += 1
    for _ in range(count):
        if at >= end:
            return -1
        c = int(buffer[at]) - 1
        at += 1
        if c < 0 or c >= nodes[root, COUNT]:
            return -1
        child = children[nodes[root, FIRST] + c]
        if child < 0 or nodes[child, KIND] == RANDOM:
            return -1
        at = item_end(buffer, at, end, child, nodes, children, offsets, row)
        if at < 0:
            return -1
    return at


@part()
def record_end(
    buffer: Octets, at: int, end: int, roots: Rows, nodes: Rows, children: Rows, offsets: Rows, row: int
) -> int:
    """Where a record ends, -1 where it cannot be; notes the offsets that are wanted."""
    root = roots[0]
    flags_at = at
    while True:
        if at >= end:
            return -1
        goes_on = buffer[at] & 1
        at += 1
        if goes_on == 0:
            break
    flags_end = at
    if len(roots) > 1 and buffer[flags_at] & 0x40 == 0 and (flags_end - flags_at > 1 or buffer[flags_at] & 0x3E):
        return -1
    for flags in range(flags_at, flags_end):
        bits = int(buffer[flags]) & 0xFE
        c = (flags - flags_at) * 7
        while bits != 0:
            if bits & 0x80:
                if c == 1 and len(roots) > 1:
                    if at >= end:
                        return -1
                    root = roots[buffer[at] >> 7]
                if c >= nodes[root, COUNT]:
                    return -1
                child = children[nodes[root, FIRST] + c]
                if child < 0:
                    return -1
                if nodes[child, KIND] == RANDOM:
                    at = random_end(buffer, at, end, root, nodes, children, offsets, row)
                else:
                    at = item_end(buffer, at, end, child, nodes, children, offsets, row)
                if at < 0:
                    return -1
            bits = bits << 1 & 0xFF
            c += 1
    return at


@njit(cache=True, nogil=True)
def walk(
    buffer: Octets,
    start: Places,
    end: Places,
    first_block: int,
    roots: Rows,
    nodes: Rows,
    children: Rows,
    offsets: Rows,
    block_of: Places,
    status: Octets,
) -> tuple[int, int]:
    """The records of the blocks from `first_block` on, until the blocks or the rows of `offsets` are at their end.

    Sets in each row the offset of each wanted item in `buffer`, -1 where it is absent, and in `block_of` its block. The
    records of a block that cannot be decoded to its end are given back, and its `status` set. Returns the number of
    records and the next block.
    """
    records = 0
    for block in range(first_block, len(start)):
        at, last = start[block] + 3, end[block]
        before = records
        while at < last:
            if records >= len(offsets):
                return before, block
            offsets[records, :] = -1
            at = record_end(buffer, at, last, roots, nodes, children, offsets, records)
            if at < 0:
                status[block] = UNDECODABLE
                records = before
                break
            block_of[records] = block
            records += 1
    return records, len(start)


@part()
def bits_at(buffer: Octets, at: int, first_bit: int, bits: int) -> np.uint64:
    """An unsigned field of up to 64 bits that begins at bit `first_bit` of the item at `at`."""
    last_bit = first_bit + bits
    octet = first_bit >> 3
    value = np.uint64(buffer[at + octet] & (0xFF >> (first_bit & 7)))
    for o in range(octet + 1, (last_bit + 7) >> 3):
        value = value << np.uint64(8) | np.uint64(buffer[at + o])
    return value >> np.uint64(-last_bit & 7)


@njit(cache=True, nogil=True)
def column(buffer: Octets, offsets: Rows, fields: Places, least: Floats, values: Floats) -> None:
    """Read numbers: in row f of `values` the field f of each record, NaN where its item is absent.

    `fields` has slot, first bit, bits and sign of each field; its unit is `least`.
    """
    for r in range(len(offsets)):
        for f in range(len(fields)):
            at = offsets[r, fields[f, 0]]
            if at < 0:
                values[f, r] = np.nan
                continue
            bits = fields[f, 2]
            value = np.int64(bits_at(buffer, at, fields[f, 1], bits))
            if fields[f, 3] and value >> (bits - 1):
                value -= np.int64(1) << bits
            values[f, r] = value * least[f]


@njit(cache=True, nogil=True)
def raw_column(buffer: Octets, offsets: Rows, fields: Places, values: Places) -> None:
    """Read codes and characters: as `column`, but whole numbers as they stand, -1 where the item is absent."""
    for r in range(len(offsets)):
        for f in range(len(fields)):
            at = offsets[r, fields[f, 0]]
            values[f, r] = -1 if at < 0 else np.int64(bits_at(buffer, at, fields[f, 1], fields[f, 2]))


@njit(cache=True, nogil=True)
def register_4_0(buffer: Octets, offsets: Rows, slot: int, values: Places) -> None:
    """The last Mode S register 4,0 among those sent with each record, as the 56 bits of its content; else -1.

    The item at `slot` is a count and so many times eight octets, of which the last is the number of the register.
    """
    for r in range(len(offsets)):
        at = offsets[r, slot]
        values[r] = -1
        if at < 0:
            continue
        for i in range(int(buffer[at])):
            if buffer[at + 8 + 8 * i] == MODE_S_REGISTER_4_0:
                values[r] = np.int64(bits_at(buffer, at + 1 + 8 * i, 0, 56))
