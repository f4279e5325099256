"""Parts: the scores of all parameter sets of a batch on one day, as a Parquet file that a resumed study can trust."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from safetynets import __version__
from safetynets.engine.net import nets
from safetynets.errors import StudyError
from safetynets.evaluation.labels import Category
from safetynets.evaluation.metrics import BUDGET_S, Scores, TrafficAmount
from safetynets.output import whole_file

FORMAT = 2
"""Counted up when the columns or their meaning change, so that no part of another meaning is taken."""
SETS_PER_GROUP = 500
"""So many sets are combined over all days at a time, which bounds the memory of a study."""

_TABLES = ("alerts_by_category", "situations", "alerted")
_PER_NET = ("hidden",)
_RAW = {
    "warning_net": pa.int8(),
    "warning_time_s": pa.float64(),
    "allowed_s": pa.float64(),
    "duration_net": pa.int8(),
    "duration_s": pa.float64(),
}
_SHAPE = (len(nets()), len(Category) + 1)


@dataclass(frozen=True, eq=False)
class DayScores:
    """The scores of each parameter set on one day.

    `faulty` is the number of flights with a fault in them, `faulty_alerted` for each set how many of these had an alert
    shown after the fault began, `others_alerted` how many of the other flights had any.
    """

    scores: Sequence[Scores]
    faulty: int
    faulty_alerted: NDArray[np.int64]
    others_alerted: NDArray[np.int64]
    facts: Mapping[str, Any]


def key_of(told: Mapping[str, Any]) -> str:
    """What a part is known by: a hash of everything that its content follows from."""
    whole = {"format": FORMAT, "version": __version__, **told}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()


def part_file(folder: Path, day_number: int, key: str) -> Path:
    """Where the part of a day with this key stands."""
    return folder / f"{day_number:04d}-{key[:20]}.parquet"


def write_part(day: DayScores, file: Path, key: str) -> None:
    """Write a part beside and rename it: a part that is there is whole."""
    scores = day.scores
    columns: dict[str, pa.Array] = {}
    for name in (*_TABLES, *_PER_NET):
        flat = np.stack([np.asarray(getattr(one, name), dtype=np.int64).ravel() for one in scores])
        columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1])
    for name, kind in _RAW.items():
        values = [getattr(one, name) for one in scores]
        offsets = np.concatenate(([0], np.cumsum([len(one) for one in values]))).astype(np.int32)
        columns[name] = pa.ListArray.from_arrays(pa.array(offsets), pa.array(np.concatenate(values), type=kind))
    columns["faulty_alerted"] = pa.array(day.faulty_alerted)
    columns["others_alerted"] = pa.array(day.others_alerted)
    first = scores[0]
    told = {
        "key": key,
        "facts": day.facts,
        "faulty": day.faulty,
        "flights": first.traffic.flights,
        "hours": first.traffic.hours,
    }
    table = pa.table(columns).replace_schema_metadata({"safetynets": json.dumps(told, sort_keys=True)})
    with whole_file(file, StudyError) as new:
        pq.write_table(table, new, compression="zstd", row_group_size=SETS_PER_GROUP, write_statistics=False)


class Part:
    """A part that has been written, read a group of sets at a time.

    What warning time is needed is not in a part: it is given when the part is read, and nothing is judged again.
    """

    def __init__(self, file: Path, needed_s: float | Sequence[float] = BUDGET_S) -> None:
        self._parquet = pq.ParquetFile(file, pre_buffer=False)
        told = json.loads(self._parquet.schema_arrow.metadata[b"safetynets"])
        self.key: str = told["key"]
        self.facts: dict[str, Any] = told["facts"]
        self.faulty: int = told["faulty"]
        self._traffic = TrafficAmount(told["flights"], told["hours"])
        self._needed_s = np.full(len(nets()), needed_s, dtype=np.float64)

    def __len__(self) -> int:
        return int(self._parquet.metadata.num_rows)

    @property
    def groups(self) -> int:
        """How many groups of sets there are."""
        return int(self._parquet.num_row_groups)

    def group(self, number: int) -> DayScores:
        """The scores of one group of sets."""
        table = self._parquet.read_row_group(number, use_threads=False).combine_chunks()
        lists = {name: _split(table[name].chunk(0)) for name in _RAW}
        shaped = {name: _numbers(table[name].chunk(0).flatten()).reshape(len(table), *_SHAPE) for name in _TABLES} | {
            name: _numbers(table[name].chunk(0).flatten()).reshape(len(table), len(nets())) for name in _PER_NET
        }
        scores = [
            Scores(
                traffic=self._traffic,
                needed_s=self._needed_s,
                **{name: values[row] for name, values in shaped.items()},
                **{name: values[row] for name, values in lists.items()},
            )
            for row in range(len(table))
        ]
        return DayScores(
            scores=scores,
            faulty=self.faulty,
            faulty_alerted=_numbers(table["faulty_alerted"].chunk(0)),
            others_alerted=_numbers(table["others_alerted"].chunk(0)),
            facts=self.facts,
        )


def _numbers(array: pa.Array) -> NDArray[Any]:
    return np.asarray(array.to_numpy(zero_copy_only=False))


def _split(array: pa.ListArray) -> list[NDArray[Any]]:
    return np.split(_numbers(array.flatten()), _numbers(array.offsets)[1:-1] - array.offsets[0].as_py())


def is_whole(file: Path, key: str) -> bool:
    """Whether the part of this key is there and can be read; anything else is judged again."""
    if not file.is_file():
        return False
    try:
        return Part(file).key == key
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError):
        return False


def combined(parts: Sequence[Part]) -> Iterator[tuple[list[DayScores], list[Scores]]]:
    """Group by group, the scores of each day and those of all days together for each set, in the order of the sets."""
    for number in range(parts[0].groups):
        days = [part.group(number) for part in parts]
        sets = len(days[0].scores)
        yield days, [Scores.of_days([day.scores[row] for day in days]) for row in range(sets)]
