"""One block of ASTERIX in every container, link and byte order that is read, and what is passed over and counted."""

import struct
from datetime import UTC, date, datetime

import pytest

from safetynets.errors import TracksError
from safetynets.recordings import asterix
from safetynets.recordings.asterix.encoder import blocks, encode

DAY = date(2021, 10, 7)
NOON_S = datetime(2021, 10, 7, 12, tzinfo=UTC).timestamp()


def block_at(second: float, number: int = 7) -> bytes:
    columns = {
        "010/SAC": [25],
        "010/SIC": [1],
        "040": [number],
        "070": [43200.0 + second],
        "105/LAT": [46.2],
        "105/LON": [6.1],
        "136": [65.0],
    }
    return blocks(62, encode(62, columns))[0][1]


def udp(payload: bytes, port: int = 8600) -> bytes:
    return struct.pack(">HHHH", port, port, 8 + len(payload), 0) + payload


def ipv4(content: bytes, *, protocol: int = 17, fragment: int = 0, options: bytes = b"") -> bytes:
    length = 20 + len(options) + len(content)
    head = struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0, length, 1, fragment, 64, protocol, 0)
    return head + bytes((192, 0, 2, 1, 224, 0, 0, 1)) + options + content


def ipv6(content: bytes, *, next_header: int = 17, extension: bytes = b"") -> bytes:
    first = 60 if extension else next_header
    return struct.pack(">IHBB", 6 << 28, len(extension) + len(content), first, 64) + bytes(32) + extension + content


def ethernet(content: bytes, kind: int = 0x0800, vlans: tuple[int, ...] = ()) -> bytes:
    tags = b"".join(struct.pack(">HH", tag, 5) for tag in vlans)
    return bytes(12) + tags + struct.pack(">H", kind) + content


def cooked(content: bytes, kind: int = 0x0800) -> bytes:
    return bytes(14) + struct.pack(">H", kind) + content


def cooked_2(content: bytes, kind: int = 0x0800) -> bytes:
    return struct.pack(">H", kind) + bytes(18) + content


def pcap(packets, *, order: str = "<", nanos: bool = False, link: int = 1, cut: int = 0) -> bytes:
    per_second = 1_000_000_000 if nanos else 1_000_000
    octets = struct.pack(order + "IHHiIII", 0xA1B23C4D if nanos else 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for time_s, packet in packets:
        whole, part = divmod(round(time_s * per_second), per_second)
        kept = packet[: len(packet) - cut]
        octets += struct.pack(order + "IIII", whole, part, len(kept), len(packet)) + kept
    return octets


def ng_block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    length = 12 + len(body)
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)


def ng_section(order: str) -> bytes:
    return ng_block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def ng_interface(order: str, link: int = 1, options: bytes = b"") -> bytes:
    return ng_block(order, 1, struct.pack(order + "HHI", link, 0, 65535) + options)


def ng_packet(order: str, ticks: int, packet: bytes, interface: int = 0) -> bytes:
    head = struct.pack(order + "IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(packet), len(packet))
    return ng_block(order, 6, head + packet)


def option(order: str, code: int, value: bytes) -> bytes:
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def read(tmp_path, octets: bytes, **options):
    file = tmp_path / "day.bin"
    file.write_bytes(octets)
    return asterix.read(file, **options)


def seconds_of(recording) -> list[float]:
    return sorted(round(one - NOON_S, 6) for one in recording.tracks.time_s.tolist())


def two(packet_of) -> list[tuple[float, bytes]]:
    return [(NOON_S + second, packet_of(block_at(second))) for second in (0.0, 4.0)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanos", [False, True])
def test_a_capture_is_read_in_both_byte_orders_and_resolutions(tmp_path, order, nanos) -> None:
    octets = pcap(two(lambda block: ethernet(ipv4(udp(block)))), order=order, nanos=nanos)
    recording = read(tmp_path, octets)
    assert seconds_of(recording) == [0.0, 4.0]
    assert recording.summary["container"] == "pcap"


LINKS = {
    "ethernet with VLAN": (1, lambda block: ethernet(ipv4(udp(block)), vlans=(0x8100,))),
    "ethernet with two VLANs": (1, lambda block: ethernet(ipv4(udp(block)), vlans=(0x88A8, 0x8100))),
    "ethernet with padding": (1, lambda block: ethernet(ipv4(udp(block))) + bytes(10)),
    "ethernet with IPv6": (1, lambda block: ethernet(ipv6(udp(block)), 0x86DD)),
    "IPv6 with an extension header": (
        1,
        lambda block: ethernet(ipv6(udp(block), extension=bytes((17, 0)) + bytes(6)), 0x86DD),
    ),
    "IPv4 with options": (1, lambda block: ethernet(ipv4(udp(block), options=bytes(8)))),
    "Linux cooked": (113, lambda block: cooked(ipv4(udp(block)))),
    "Linux cooked 2": (276, lambda block: cooked_2(ipv4(udp(block)))),
    "Linux cooked 2 with IPv6": (276, lambda block: cooked_2(ipv6(udp(block)), 0x86DD)),
    "raw IP": (101, lambda block: ipv4(udp(block))),
    "raw IPv6": (229, lambda block: ipv6(udp(block))),
    "raw IP of BSD": (12, lambda block: ipv4(udp(block))),
    "loopback": (0, lambda block: struct.pack("<I", 2) + ipv4(udp(block))),
    "ORADIS": (1, lambda block: ethernet(ipv4(udp(oradis(block) + oradis(block_at(9.0)))))),
}


def oradis(block: bytes) -> bytes:
    return struct.pack(">HI", len(block) + 6, 0x02BB4035) + block


@pytest.mark.parametrize("name", LINKS)
def test_each_link_is_read(tmp_path, name) -> None:
    link, packet_of = LINKS[name]
    recording = read(tmp_path, pcap(two(packet_of), link=link))
    assert seconds_of(recording) == ([0.0, 4.0, 9.0, 9.0] if name == "ORADIS" else [0.0, 4.0])
    assert recording.summary["packets_without_asterix"] == 0


def test_fragments_and_foreign_packets_are_passed_over_and_counted(tmp_path) -> None:
    packets = two(lambda block: ethernet(ipv4(udp(block))))
    content = udp(block_at(8.0))
    others = [
        ethernet(ipv4(content, fragment=0x2000)),
        ethernet(ipv4(content[8:], fragment=0x0001)),
        ethernet(ipv6(bytes(8) + content, next_header=44), 0x86DD),
        ethernet(ipv4(content, protocol=6)),
        ethernet(bytes(28), 0x0806),
        ethernet(ipv4(udp(b"GET / HTTP/1.1\r\n", 80))),
        ethernet(ipv4(udp(b""))),
        ethernet(ipv4(content))[:60],
    ]
    recording = read(tmp_path, pcap(packets + [(NOON_S, other) for other in others]))
    assert seconds_of(recording) == [0.0, 4.0]
    assert recording.summary["fragmented_packets"] == 3
    assert recording.summary["packets_without_asterix"] == 4
    assert recording.summary["packets_cut_short"] == 1
    assert "3 fragmented packets were passed over" in recording.notes


def test_a_capture_of_nothing_but_fragments_is_refused_with_that_cause(tmp_path) -> None:
    packets = two(lambda block: ethernet(ipv4(udp(block), fragment=0x2000)))
    with pytest.raises(TracksError, match="2 packets are fragments"):
        read(tmp_path, pcap(packets))


def test_a_capture_cut_in_its_last_packet_gives_what_is_whole(tmp_path) -> None:
    octets = pcap(two(lambda block: ethernet(ipv4(udp(block)))))
    assert seconds_of(read(tmp_path, octets[:-5])) == [0.0]


def test_packets_that_the_capture_cut_short_are_counted(tmp_path) -> None:
    packets = two(lambda block: ethernet(ipv4(udp(block))))
    with pytest.raises(TracksError, match="holds no ASTERIX block"):
        read(tmp_path, pcap(packets, cut=3))


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_is_read_in_both_byte_orders(tmp_path, order) -> None:
    packet = ethernet(ipv4(udp(block_at(0.0))))
    octets = ng_section(order) + ng_interface(order) + ng_packet(order, round(NOON_S * 1e6), packet)
    recording = read(tmp_path, octets)
    assert seconds_of(recording) == [0.0]
    assert recording.summary["container"] == "pcapng"


@pytest.mark.parametrize(
    ("resolution", "per_second"), [(b"\x09", 10**9), (b"\x03", 10**3), (b"\x8a", 2**10), (b"\x94", 2**20)]
)
def test_the_clock_of_each_interface_of_pcapng_is_its_own(tmp_path, resolution, per_second) -> None:
    other_day_s = 3 * 86_400
    octets = (
        ng_section("<")
        + ng_interface("<", 113, option("<", 9, resolution))
        + ng_interface("<", 1, option("<", 14, struct.pack("<q", other_day_s)))
        + ng_packet("<", int(NOON_S * per_second), cooked(ipv4(udp(block_at(0.0)))), 0)
        + ng_packet("<", int(NOON_S * 10**6), ethernet(ipv4(udp(block_at(4.0)))), 1)
    )
    assert seconds_of(read(tmp_path, octets)) == [0.0, other_day_s + 4.0]


def test_sections_of_pcapng_follow_each_other_and_unknown_blocks_are_passed_over(tmp_path) -> None:
    octets = b""
    for order, second in (("<", 0.0), (">", 4.0)):
        packet = ethernet(ipv4(udp(block_at(second))))
        octets += ng_section(order) + ng_block(order, 0xBAD, b"comment!") + ng_interface(order)
        octets += ng_packet(order, round(NOON_S * 1e6), packet)
    assert seconds_of(read(tmp_path, octets)) == [0.0, 4.0]


def test_simple_packets_of_pcapng_have_no_time_so_the_date_is_asked_for(tmp_path) -> None:
    packet = ethernet(ipv4(udp(block_at(0.0))))
    octets = ng_section("<") + ng_interface("<") + ng_block("<", 3, struct.pack("<I", len(packet)) + packet)
    assert seconds_of(read(tmp_path, octets, date=DAY)) == [0.0]
    with pytest.raises(TracksError, match="records without a usable time"):
        read(tmp_path, octets)


def test_an_unknown_link_is_refused_unless_another_interface_has_asterix(tmp_path) -> None:
    packet = ethernet(ipv4(udp(block_at(0.0))))
    foreign = ng_section("<") + ng_interface("<", 105)
    with pytest.raises(TracksError, match="a link of type 105"):
        read(tmp_path, foreign + ng_packet("<", 0, packet))
    both = (
        foreign + ng_interface("<", 1) + ng_packet("<", 0, packet, 0) + ng_packet("<", round(NOON_S * 1e6), packet, 1)
    )
    recording = read(tmp_path, both)
    assert seconds_of(recording) == [0.0]
    assert recording.summary["packets_without_asterix"] == 1


def test_final_is_read_and_a_damaged_record_costs_only_itself(tmp_path) -> None:
    records = [
        struct.pack(">HBBB", len(block) + 12, 1, 2, 0) + bytes(3) + block + b"\xa5" * 4
        for block in (block_at(0.0), block_at(4.0), block_at(8.0))
    ]
    recording = read(tmp_path, b"".join(records), date=DAY)
    assert recording.summary["container"] == "final"
    assert seconds_of(recording) == [0.0, 4.0, 8.0]
    damaged = records[0] + records[1][:-2] + records[2]
    recording = read(tmp_path, damaged, date=DAY)
    assert seconds_of(recording) == [0.0, 8.0]
    assert recording.summary["octets_outside_blocks"] > 0


def test_rff_is_read_and_has_its_date_where_it_is_written_unmistakably(tmp_path) -> None:
    frames = b"".join(
        struct.pack(">I", number * 4000) + struct.pack("<H", len(block)) + block
        for number, block in enumerate((block_at(0.0), block_at(4.0)))
    )
    stated = b"2021-10-07 12:00:00 2021-10-07 12:00:04 ".ljust(128, b"\0") + frames
    recording = read(tmp_path, stated)
    assert recording.summary["container"] == "rff"
    assert seconds_of(recording) == [0.0, 4.0]
    ambiguous = b"07/10/2021 12:00:00 07/10/2021 12:00:04 ".ljust(128, b"\0") + frames
    with pytest.raises(TracksError, match="say --date"):
        read(tmp_path, ambiguous)
    assert seconds_of(read(tmp_path, ambiguous, date=DAY)) == [0.0, 4.0]


def test_oradis_is_read_from_a_file_of_its_own(tmp_path) -> None:
    recording = read(tmp_path, oradis(block_at(0.0)) + oradis(block_at(4.0)), date=DAY)
    assert recording.summary["container"] == "oradis"
    assert seconds_of(recording) == [0.0, 4.0]


def test_raw_blocks_of_several_categories_are_read_and_the_others_named(tmp_path) -> None:
    foreign = b"\x14\x00\x08\xff\x01\x02\x03\x04"
    recording = read(tmp_path, block_at(0.0) + foreign + block_at(4.0), date=DAY)
    assert seconds_of(recording) == [0.0, 4.0]
    assert recording.summary["blocks"] == {"020": 1, "062": 2}
    assert "categories not read: 020" in recording.notes


@pytest.mark.parametrize("packing", ["gzip", "xz", "zip"])
def test_a_packed_recording_is_read_like_any_other(tmp_path, packing) -> None:
    import gzip
    import lzma
    import zipfile

    from safetynets.recordings import read_tracks

    octets = pcap(two(lambda block: ethernet(ipv4(udp(block)))))
    file = tmp_path / "day.packed"
    if packing == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("day.pcap", octets)
    else:
        file.write_bytes({"gzip": gzip.compress, "xz": lzma.compress}[packing](octets))
    assert len(read_tracks(file).tracks) == 2
