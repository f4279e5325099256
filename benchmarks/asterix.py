"""How fast ASTERIX becomes tracks: `python -m benchmarks.asterix [RECORDS]`, beside libasterix in the same run.

The recording is made: 2,000 aircraft with an update every 4 s; each record of category 062 has Mode S content (item
380, with selected altitude, setting, speeds and attitude) with its ages, every third a flight plan (item 390). Seconds
are those of the processor, the best of some rounds, the kernels being compiled: the machine may be busy.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from safetynets.recordings import asterix
from safetynets.recordings.asterix.decode import Decoder
from safetynets.recordings.asterix.encoder import blocks, encode
from safetynets.recordings.asterix.fields import PLOTS
from safetynets.recordings.asterix.kernels import frame, walk
from safetynets.recordings.asterix.tables import load
from safetynets.recordings.containers_kernels import assigned
from safetynets.recordings.containers_read import Container
from safetynets.recordings.containers_write import write_container

RECORDS = 500_000
AIRCRAFT = 2000
UPDATE_S = 4.0
LIBASTERIX_RECORDS = 1000
ROUNDS = 3
START_S = 1_700_000_000 // 86_400 * 86_400
DAY = date(2023, 11, 14)


def recording(records: int) -> dict[str, np.ndarray]:
    """Columns of category 062."""
    rng = np.random.default_rng(62)
    step, aircraft = np.divmod(np.arange(records), AIRCRAFT)
    planned = aircraft % 3 == 0
    callsign = np.array([f"TST{one}" for one in range(AIRCRAFT)])[aircraft]

    def numbers(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, records)

    return {
        "010/SAC": np.full(records, 25),
        "010/SIC": np.full(records, 1),
        "040": aircraft,
        "070": (step * UPDATE_S + aircraft / 512) % 86_400,
        "105/LAT": 47 + 0.002 * step + aircraft / 1000,
        "105/LON": 8 - 0.002 * step + aircraft / 1000,
        "185/VX": numbers(-200, 200),
        "185/VY": numbers(-200, 200),
        "060/MODE3A": np.char.zfill(np.array([f"{one % 4096:o}" for one in range(AIRCRAFT)]), 4)[aircraft],
        "245/CHR": callsign,
        "380/ADR": 0x400000 + aircraft,
        "380/ID": callsign,
        "380/MHG": numbers(0, 359),
        "380/SAL/SAS": np.ones(records, dtype=int),
        "380/SAL/SRC": np.full(records, 2),
        "380/SAL/ALT": np.round(numbers(20, 400)) * 100,
        "380/COM/STAT": np.zeros(records, dtype=int),
        "380/BVR": numbers(-2000, 2000),
        "380/RAN": numbers(-20, 20),
        "380/GS": numbers(0, 0.15),
        "380/IAR": np.round(numbers(120, 300)),
        "380/MAC": numbers(0.2, 0.8),
        "380/BPS": np.round(numbers(180, 240), 1),
        "080/MON": np.zeros(records, dtype=int),
        "080/CST": np.zeros(records, dtype=int),
        "290/SSR": numbers(0, 10),
        "290/MDS": numbers(0, 10),
        "200/TRANS": np.zeros(records, dtype=int),
        "295/MFL": numbers(0, 10),
        "295/SAL": numbers(0, 20),
        "295/BPS": numbers(0, 20),
        "136": np.round(numbers(20, 400)),
        "135/CTB": np.round(numbers(20, 400)),
        "220": numbers(-2000, 2000),
        "390/CS": np.where(planned, callsign, ""),
        "390/TAC": np.where(planned, "A320", ""),
        "390/WTC": np.where(planned, "M", ""),
        "390/DST": np.where(planned, "LSZH", ""),
        "390/CFL": np.where(planned, np.round(numbers(20, 400)), np.nan),
    }


def best_s(work: Callable[[], object]) -> float:
    """Seconds of the processor of the quickest of some rounds, after one that warms up."""
    work()
    found = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def walked(octets: np.ndarray, start: np.ndarray, end: np.ndarray) -> int:
    """Walk over all blocks for the fields that are read."""
    decoder = Decoder(load(62), PLOTS[62])
    offsets = np.empty((len(octets) // 8, decoder.layout.slots), dtype=np.int32)
    tables = decoder.layout.roots, decoder.layout.nodes, decoder.layout.children
    status, block_of = np.zeros(len(start), dtype=np.uint8), np.empty(len(offsets), dtype=np.int64)
    return int(walk(octets, start, end, 0, *tables, offsets, block_of, status)[0])


def with_libasterix(found: list[bytes]) -> None:
    """Parse blocks, and take what is read of each record."""
    from asterix.base import Bits, RawDatablock
    from asterix.generated import Cat_062_1_21

    for block in found:
        raw = RawDatablock.parse(Bits.from_bytes(block))[0]
        for record in Cat_062_1_21.cv_uap.parse(raw.get_raw_records()):
            place = record.get_item("105").variation
            place.get_item("LAT").variation.content.as_quantity()
            place.get_item("LON").variation.content.as_quantity()
            record.get_item("070").variation.content.as_quantity()
            record.get_item("136").variation.content.as_quantity()
            sent = record.get_item("380").variation
            sent.get_item("SAL").variation.get_item("ALT").variation.content.as_quantity()
            sent.get_item("BPS").variation.get_item("BPS").variation.content.as_quantity()


def main(records: int) -> None:
    """Measure, and print a table."""
    encoded = encode(62, recording(records))
    found = [block for _, block in blocks(62, encoded)]
    octets = np.frombuffer(b"".join(found), dtype=np.uint8)
    print(f"{records:,} records of {len(octets) / records:.0f} octets, {len(found):,} blocks")
    few, count = [], 0
    for part, block in blocks(62, encode(62, recording(LIBASTERIX_RECORDS))):
        few.append(block)
        count += part
    with tempfile.TemporaryDirectory() as name:
        raw, capture, one_each = (Path(name) / file for file in ("day.ast", "day.pcap", "each.pcap"))
        write_container(raw, "raw", ((0.0, block) for block in found))
        write_container(capture, "pcap", ((START_S + i * 0.01, block) for i, block in enumerate(found)))
        single = [block for _, block in blocks(62, encode(62, recording(200_000)), longest=1)]
        write_container(one_each, "pcap", ((START_S + i * 0.001, block) for i, block in enumerate(single)))
        end = np.cumsum([len(block) for block in found], dtype=np.int64)
        start = np.concatenate([[0], end[:-1]]).astype(np.int64)

        def framed() -> None:
            with one_each.open("rb") as file:
                for _ in Container("pcap", b"", file, one_each).chunks():
                    pass

        def blocks_framed() -> None:
            most = len(octets) // 4
            whole = np.array([0]), np.array([len(octets)])
            places = (np.empty(most, dtype=np.int64) for _ in range(3))
            frame(octets, *whole, False, assigned, np.empty(most, dtype=np.uint8), *places)

        rows = (
            ("category 062 raw to tracks", records, "records", lambda: asterix.read(raw, date=DAY)),
            ("category 062 in pcap to tracks", records, "records", lambda: asterix.read(capture)),
            ("of that: finding blocks", records, "records", blocks_framed),
            ("of that: walking the records", records, "records", lambda: walked(octets, start, end)),
            ("pcap, a record a packet, to payloads", len(single), "packets", framed),
            ("libasterix: parsing, and six values a record", count, "records", lambda: with_libasterix(few)),
        )
        print("| what | number | seconds | thousands a second |\n| --- | --- | --- | --- |")
        for what, number, unit, work in rows:
            seconds = best_s(work)
            print(f"| {what} | {number:,} {unit} | {seconds:.3f} | {number / seconds / 1e3:,.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
