"""`Decoding`: payloads of ASTERIX to the columns of plots, however they come: from a file, or from a socket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.recordings.asterix.clock import Clock, completed_s
from safetynets.recordings.asterix.context import Context
from safetynets.recordings.asterix.decode import Decoder, Records
from safetynets.recordings.asterix.fields import CONTEXT, PLOTS
from safetynets.recordings.asterix.kernels import frame
from safetynets.recordings.asterix.plots import Plots, unreal
from safetynets.recordings.asterix.radar import Radars
from safetynets.recordings.asterix.tables import load
from safetynets.recordings.containers_kernels import assigned
from safetynets.recordings.containers_read import Chunk
from safetynets.units import S_PER_DAY

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
PlotColumns = dict[str, NDArray[Any]]

SAMPLE_BLOCKS = 500


class Decoding:
    """Decodes chunk after chunk, and counts what it meets.

    Attributes
    ----------
    blocks, records, undecodable
        How many there were, by category.
    counts
        Records that were left out, by the reason.
    lost_octets
        Octets that belong to no block.
    samples
        The first blocks of each category with plots.
    heard
        The sources (SAC and SIC as one number) of records since this was emptied.
    """

    def __init__(self, editions: Mapping[int, str], radars: Radars, stale_s: float, clock: Clock) -> None:
        self.blocks: Counter[int] = Counter()
        self.records: Counter[int] = Counter()
        self.undecodable: Counter[int] = Counter()
        self.counts: Counter[str] = Counter()
        self.lost_octets = 0
        self.decoders = {
            number: Decoder(load(number, editions.get(number)), fields) for number, fields in (PLOTS | CONTEXT).items()
        }
        self.plots = Plots(radars, stale_s)
        self.context = Context()
        self.samples: dict[int, list[bytes]] = {number: [] for number in PLOTS}
        self.clock = clock
        self.heard: set[int] = set()

    def take(self, chunk: Chunk) -> tuple[list[PlotColumns], int]:
        """The columns of `plots.DTYPES` of the plots of a chunk, a category at a time, and how far it was used.

        A further column, `payload`, says in which payload of the chunk each came.
        """
        octets = chunk.octets
        most = len(octets) // 4 + 1
        category = np.empty(most, dtype=np.uint8)
        start, end, payload = (np.empty(most, dtype=np.int64) for _ in range(3))
        found, lost, taken = frame(
            octets, chunk.start, chunk.end, chunk.goes_on, assigned, category, start, end, payload
        )
        self.lost_octets += lost
        category, start, end, payload = category[:found], start[:found], end[:found], payload[:found]
        for met, count in enumerate(np.bincount(category).tolist()):
            if count:
                self.blocks[met] += count
        captured_s = chunk.time_s[payload]
        for number in CONTEXT:
            rows = np.flatnonzero(category == number)
            if len(rows):
                self.context.take(number, self._decode(number, octets, start, end, rows))
        decoded = {}
        for number in PLOTS:
            rows = np.flatnonzero(category == number)
            if len(rows):
                self._sample(number, octets, start[rows], end[rows])
                decoded[number] = self._decode(number, octets, start, end, rows)
        return self._plots(decoded, captured_s, payload), taken

    def _decode(self, number: int, octets: NDArray[np.uint8], start: Places, end: Places, rows: Places) -> Records:
        records = self.decoders[number].decode(octets, start[rows], end[rows])
        self.records[number] += len(records)
        self.undecodable[number] += len(records.undecodable)
        source = np.unique(records.code("sac") << 8 | records.code("sic"))
        self.heard.update(source[source >= 0].tolist())
        return Records(rows[records.block], records.numbers, records.codes, records.register_4_0, records.undecodable)

    def _plots(self, decoded: dict[int, Records], captured_s: Floats, payload: Places) -> list[PlotColumns]:
        if not decoded:
            return []
        numbers = list(decoded)
        times = []
        for number in numbers:
            records = decoded[number]
            if number == 1:
                times.append(self._completed(records, captured_s))
            else:
                times.append(records.number("time_of_day_s"))
        time_of_day_s, block = np.concatenate(times), np.concatenate([decoded[number].block for number in numbers])
        impossible = time_of_day_s >= S_PER_DAY
        self.counts["records with an impossible time of day"] += int(impossible.sum())
        time_of_day_s = np.where(impossible, np.nan, time_of_day_s)
        order = np.argsort(block, kind="stable") if len(numbers) > 1 else np.arange(len(block))
        time_s = np.empty(len(block))
        time_s[order] = self.clock.time_s(time_of_day_s[order], captured_s[block[order]])
        first = 0
        plots = []
        for number in numbers:
            records = decoded[number]
            when_s = time_s[first : first + len(records)]
            first += len(records)
            columns = {"time_s": when_s, "payload": payload[records.block], **self.plots.of(records, number)}
            timeless, simulated = ~np.isfinite(when_s), unreal(records)
            self.counts["records without a usable time"] += int((timeless & ~simulated).sum())
            self.counts["simulated and test reports left out"] += int(simulated.sum())
            kept = ~(timeless | simulated)
            whole = bool(kept.all())
            plots.append(columns if whole else {name: values[kept] for name, values in columns.items()})
        return plots

    def _completed(self, records: Records, captured_s: Floats) -> Floats:
        """Times of day of category 001, whose records have them modulo 512 s only."""
        near_s = captured_s[records.block]
        near_s = np.where(np.isfinite(near_s), near_s, self.context.sent_before(records.block))
        return completed_s(records.number("truncated_time_s"), near_s)

    def _sample(self, number: int, octets: NDArray[np.uint8], start: Places, end: Places) -> None:
        sample = self.samples[number]
        for first, last in zip(start[: SAMPLE_BLOCKS - len(sample)], end, strict=False):
            sample.append(octets[first:last].tobytes())
