"""The compiled half of the containers: from the octets of a chunk to the places of its payloads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.kernel_cache import njit, part
from safetynets.recordings.containers import (
    ASSIGNED,
    COUNTS,
    CUT,
    DAMAGED,
    FINAL_HEADER,
    FRAGMENTS,
    ORADIS_HEADER,
    OTHER,
    Floats,
    Places,
)

LOOPBACK, ETHERNET, RAW_IP, COOKED, COOKED_2 = range(5)
LINKS = {
    0: LOOPBACK,
    1: ETHERNET,
    12: RAW_IP,
    14: RAW_IP,
    101: RAW_IP,
    108: LOOPBACK,
    113: COOKED,
    228: RAW_IP,
    229: RAW_IP,
    276: COOKED_2,
}
"""Link types (tcpdump.org) that are read: loopback, Ethernet, raw IP, Linux cooked version 1 and 2."""

UDP, FRAGMENT, ANOTHER, SHORT = range(4)
MOST_INTERFACES = 256
LONGEST_PACKET = 1 << 20

Octets = NDArray[np.uint8]
Flags = NDArray[np.bool_]

assigned = np.array([category in ASSIGNED for category in range(256)])
link_of = np.array([LINKS.get(link, -1) for link in range(1 << 9)])


class Cutter:
    """Cuts the chunks of one file; remembers what a chunk says about the next."""

    def __init__(
        self, kind: str, file: Path, counts: dict[str, int], *, little: bool = True, unit_s: float = 0.0, link: int = 1
    ) -> None:
        self.kind, self.file, self.counts = kind, file, counts
        self.little, self.unit_s = little, unit_s
        if kind == "pcap" and link not in LINKS:
            raise self._unknown_link(link)
        self.link = LINKS.get(link, -1)
        self.interfaces = np.zeros((MOST_INTERFACES, 3))
        self.section = np.array([1, 0, -1, 0], dtype=np.int64)

    def cut(self, octets: NDArray[np.uint8], final: bool) -> tuple[Places, Places, Floats, int]:
        """Payloads of the chunk (start, end, time in seconds since 1970 or NaN), and how many octets were used."""
        if self.kind == "raw":
            whole = np.array([0], dtype=np.int64), np.array([len(octets)], dtype=np.int64)
            return *whole, np.full(1, np.nan), len(octets)
        most = len(octets) // 7 + 1
        start, end = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
        time_s = np.empty(most)
        counts = np.zeros(len(COUNTS), dtype=np.int64)
        if self.kind == "pcap":
            found, taken = pcap(octets, self.little, self.unit_s, self.link, assigned, start, end, time_s, counts)
        elif self.kind == "pcapng":
            found, taken = pcapng(octets, self.section, self.interfaces, link_of, assigned, start, end, time_s, counts)
            if self.section[2] >= 0 and not self.section[3]:
                raise self._unknown_link(int(self.section[2]))
        else:
            header = {"final": FINAL_HEADER, "oradis": ORADIS_HEADER, "rff": 0}[self.kind]
            found, taken = records(octets, header, self.kind == "final", final, start, end, counts)
            time_s[:found] = np.nan
        for name, count in zip(COUNTS, counts, strict=True):
            self.counts[name] += int(count)
        return start[:found], end[:found], time_s[:found], int(taken)

    def _unknown_link(self, link: int) -> TracksError:
        return TracksError(
            f"captured on a link of type {link}, which is not read",
            file=self.file,
            mend="capture on Ethernet, Linux 'any' or raw IP, or export the UDP payloads",
        )


@part()
def number(octets: Octets, at: int, count: int, little: bool) -> int:
    """An unsigned number of `count` octets."""
    value = 0
    for i in range(count):
        value = value << 8 | int(octets[at + count - 1 - i] if little else octets[at + i])
    return value


@njit(cache=True, nogil=True)
def records(
    octets: Octets, header: int, trailed: bool, final: bool, start: Places, end: Places, counts: Places
) -> tuple[int, int]:
    """Payloads of FINAL and ORADIS (length first, `header` octets) or RFF (`header` 0): how many, and octets used."""
    found = 0
    at = 0
    size = len(octets)
    while at < size:
        if header > 0:
            first = at + header
            length = number(octets, at, 2, False) if at + 2 <= size else 0
            after = at + length
            last = after - 4 if trailed else after
        else:
            first = at + 6
            length = 7 + number(octets, at + 4, 2, True) if first <= size else 0
            after = first + length - 7
            last = after
        if first > size or after > size:
            if not final:
                return found, at
            counts[DAMAGED] += 1
            at += 1
            continue
        sound = last > first
        if sound and trailed:
            for i in range(last, after):
                sound = sound and octets[i] == 0xA5
        if not sound:
            counts[DAMAGED] += 1
            at += 1
            continue
        start[found], end[found] = first, last
        found += 1
        at = after
    return found, at


@part()
def udp(octets: Octets, at: int, end: int, link: int) -> tuple[int, int, int]:
    """What a packet is (UDP, FRAGMENT, ANOTHER or SHORT), and where its UDP payload begins and ends."""
    kind = 0x0800
    if link == ETHERNET:
        if at + 14 > end:
            return SHORT, 0, 0
        kind = number(octets, at + 12, 2, False)
        at += 14
        while kind == 0x8100 or kind == 0x88A8 or kind == 0x9100:
            if at + 4 > end:
                return SHORT, 0, 0
            kind = number(octets, at + 2, 2, False)
            at += 4
    elif link == COOKED:
        if at + 16 > end:
            return SHORT, 0, 0
        kind = number(octets, at + 14, 2, False)
        at += 16
    elif link == COOKED_2:
        if at + 20 > end:
            return SHORT, 0, 0
        kind = number(octets, at, 2, False)
        at += 20
    elif link == LOOPBACK:
        at += 4
    if link in (LOOPBACK, RAW_IP):
        if at >= end:
            return SHORT, 0, 0
        kind = 0x86DD if octets[at] >> 4 == 6 else 0x0800
    if kind == 0x0800:
        if at + 20 > end:
            return SHORT, 0, 0
        if octets[at] >> 4 != 4:
            return ANOTHER, 0, 0
        end = min(end, at + max(number(octets, at + 2, 2, False), 20)) if number(octets, at + 2, 2, False) else end
        if number(octets, at + 6, 2, False) & 0x3FFF:
            return FRAGMENT, 0, 0
        protocol = octets[at + 9]
        at += 4 * (int(octets[at]) & 0x0F)
    elif kind == 0x86DD:
        if at + 40 > end:
            return SHORT, 0, 0
        protocol = octets[at + 6]
        at += 40
        while protocol == 0 or protocol == 43 or protocol == 60:
            if at + 8 > end:
                return SHORT, 0, 0
            protocol = octets[at]
            at += 8 * (1 + int(octets[at + 1]))
        if protocol == 44:
            return FRAGMENT, 0, 0
    else:
        return ANOTHER, 0, 0
    if protocol != 17:
        return ANOTHER, 0, 0
    if at + 8 > end:
        return SHORT, 0, 0
    length = number(octets, at + 4, 2, False)
    if length < 8:
        return ANOTHER, 0, 0
    if at + length > end:
        return SHORT, 0, 0
    return UDP, at + 8, at + length


@part()
def chained(octets: Octets, at: int, end: int) -> bool:
    """Whether blocks follow each other exactly from `at` to `end`."""
    if at >= end:
        return False
    while at < end:
        if at + 3 > end:
            return False
        length = number(octets, at + 1, 2, False)
        if length < 4:
            return False
        at += length
    return at == end


@part()
def packet(
    octets: Octets,
    at: int,
    end: int,
    link: int,
    when_s: float,
    assigned: Flags,
    found: int,
    start: Places,
    end_of: Places,
    time_s: Floats,
    counts: Places,
) -> int:
    """Put the payload, or the ORADIS payloads, of one packet behind the others; returns how many there are now."""
    kind, first, last = udp(octets, at, end, link)
    if kind == FRAGMENT:
        counts[FRAGMENTS] += 1
        return found
    if kind == SHORT:
        counts[CUT] += 1
        return found
    if kind == ANOTHER or last - first < 4:
        counts[OTHER] += 1
        return found
    if not (assigned[octets[first]] and chained(octets, first, last)):
        inside = first
        while inside + ORADIS_HEADER < last:
            length = number(octets, inside, 2, False)
            content = inside + ORADIS_HEADER
            if length <= ORADIS_HEADER or inside + length > last or not assigned[octets[content]]:
                break
            if not chained(octets, content, inside + length):
                break
            inside += length
        if inside == last:
            inside = first
            while inside < last:
                length = number(octets, inside, 2, False)
                start[found], end_of[found], time_s[found] = inside + ORADIS_HEADER, inside + length, when_s
                found += 1
                inside += length
            return found
        if not assigned[octets[first]] or number(octets, first + 1, 2, False) > last - first:
            counts[OTHER] += 1
            return found
    start[found], end_of[found], time_s[found] = first, last, when_s
    return found + 1


@njit(cache=True, nogil=True)
def pcap(
    octets: Octets,
    little: bool,
    unit_s: float,
    link: int,
    assigned: Flags,
    start: Places,
    end: Places,
    time_s: Floats,
    counts: Places,
) -> tuple[int, int]:
    """The payloads of the packets of a pcap chunk, and how many octets were used."""
    found = 0
    at = 0
    while at + 16 <= len(octets):
        captured = number(octets, at + 8, 4, little)
        if captured > LONGEST_PACKET:
            counts[DAMAGED] += len(octets) - at
            return found, len(octets)
        if at + 16 + captured > len(octets):
            return found, at
        when_s = number(octets, at, 4, little) + number(octets, at + 4, 4, little) * unit_s
        first = at + 16
        at = first + captured
        found = packet(octets, first, at, link, when_s, assigned, found, start, end, time_s, counts)
    return found, at


@njit(cache=True, nogil=True)
def pcapng(
    octets: Octets,
    section: Places,
    interfaces: Floats,
    link_of: Places,
    assigned: Flags,
    start: Places,
    end: Places,
    time_s: Floats,
    counts: Places,
) -> tuple[int, int]:
    """The payloads of the packets of a pcapng chunk, and how many octets were used.

    `section` is kept from chunk to chunk: whether numbers are little-endian, how many interfaces there are, the first
    link type that is not known (else -1), and how many interfaces have one that is; so are the `interfaces`: link,
    seconds a tick, seconds to add.
    """
    found = 0
    at = 0
    while at + 12 <= len(octets):
        kind = number(octets, at, 4, True)
        if kind == 0x0A0D0D0A:
            section[0] = 1 if number(octets, at + 8, 4, True) == 0x1A2B3C4D else 0
            section[1] = 0
        little = section[0] == 1
        kind = number(octets, at, 4, little)
        length = number(octets, at + 4, 4, little)
        if length < 12 or length % 4 or length > LONGEST_PACKET + 64:
            counts[DAMAGED] += len(octets) - at
            return found, len(octets)
        if at + length > len(octets):
            return found, at
        body, last = at + 8, at + length - 4
        at += length
        if kind == 1 and body + 8 <= last and section[1] < MOST_INTERFACES:
            interface(octets, body, last, little, section, interfaces, link_of)
        elif (kind == 6 or kind == 2) and body + 20 <= last:
            i = number(octets, body, 4 if kind == 6 else 2, little)
            captured = number(octets, body + 12, 4, little)
            if i >= section[1] or body + 20 + captured > last:
                counts[DAMAGED] += length
                continue
            if interfaces[i, 0] < 0:
                counts[OTHER] += 1
                continue
            ticks = number(octets, body + 4, 4, little) * 4294967296.0 + number(octets, body + 8, 4, little)
            when_s = ticks * interfaces[i, 1] + interfaces[i, 2]
            first = body + 20
            found = packet(
                octets,
                first,
                first + captured,
                int(interfaces[i, 0]),
                when_s,
                assigned,
                found,
                start,
                end,
                time_s,
                counts,
            )
        elif kind == 3 and body + 4 <= last and section[1] > 0 and interfaces[0, 0] >= 0:
            first = body + 4
            after = min(last, first + number(octets, body, 4, little))
            link = int(interfaces[0, 0])
            found = packet(octets, first, after, link, np.nan, assigned, found, start, end, time_s, counts)
    return found, at


@part()
def interface(
    octets: Octets, body: int, last: int, little: bool, section: Places, interfaces: Floats, link_of: Places
) -> None:
    """Remember an interface: its link, its clock, and where the link is not known, that."""
    link = number(octets, body, 2, little)
    known = link_of[link] if link < len(link_of) else -1
    if known >= 0:
        section[3] += 1
    elif section[2] < 0:
        section[2] = link
    tick_s, offset_s = 1e-6, 0.0
    option = body + 8
    while option + 4 <= last:
        code, length = number(octets, option, 2, little), number(octets, option + 2, 2, little)
        value = option + 4
        if code == 0 or value + length > last:
            break
        if code == 9 and length >= 1:
            power = int(octets[value]) & 0x7F
            tick_s = 2.0**-power if octets[value] & 0x80 else 10.0**-power
        elif code == 14 and length >= 8:
            offset_s = float(number(octets, value, 8, little))
        option = value + (length + 3) // 4 * 4
    row = section[1]
    interfaces[row, 0], interfaces[row, 1], interfaces[row, 2] = known, tick_s, offset_s
    section[1] += 1
