"""The tables of the benchmark: the situations with their truth, and a program's alerts, checked row by row."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import BenchmarkError, nearest
from safetynets.spreadsheet import csv_text
from safetynets.text_files import read_toml

Floats = NDArray[np.float64]

BENCHMARK = "benchmark.toml"
PLACES = "places.json"
SITUATIONS = "situations.csv"
CHECKSUMS = "SHA256SUMS"

SITUATION_COLUMNS = ("flight", "file", "site", "task", "split", "day", "fault", "truth", "from_s", "event_s", "end_s")
NEEDED = ("flight", "net", "start", "end")
OPTIONAL = ("score",)
BEFORE_FLIGHT_S = 60.0
"""An alert may start this long before the first plot of its flight: clocks differ."""
MOST_TOLD = 20


@dataclass(frozen=True, eq=False)
class Situations:
    """The flights of a benchmark, one row each.

    Attributes
    ----------
    flight
        The name that a program's table calls the flight by; also the call sign in the plots.
    task, split, truth
        Words: the task, the split (`train`, `rank`, `final`); whether it must be alerted, must not ("ordinary"),
        or is neither and is not scored ("void").
    begin_s
        The first moment at which there is something to alert (s), of an ordinary flight its first plot.
    event_s
        The moment by which it is too late (s), of an ordinary flight its last plot.
    end_s
        Its last plot (s).
    """

    flight: NDArray[np.str_]
    task: NDArray[np.str_]
    split: NDArray[np.str_]
    truth: NDArray[np.str_]
    begin_s: Floats
    event_s: Floats
    end_s: Floats

    def __len__(self) -> int:
        return len(self.flight)

    def where(self, chosen: NDArray[np.bool_]) -> Situations:
        """Some of the flights."""
        return Situations(**{name: column[chosen] for name, column in vars(self).items()})


@dataclass(frozen=True, eq=False)
class Answers:
    """A program's alerts: the row of each flight in the situations, begin and end (inf: it lasts), and score."""

    name: str
    flight: NDArray[np.int64]
    net: NDArray[np.str_]
    start_s: Floats
    end_s: Floats
    score: Floats
    scored: bool


def read_situations(folder: Path, split: str | None = None) -> Situations:
    """The situations of a benchmark folder, of one split where it is named; its files are those it was made with.

    Raises
    ------
    BenchmarkError
        For a folder that is no benchmark, a file that was changed, and a split it does not have.
    """
    if not (folder / BENCHMARK).is_file():
        raise BenchmarkError("is no benchmark", file=folder, mend="make one: safetynets benchmark make --out FOLDER")
    check_sums(folder)
    rows = rows_of(folder / SITUATIONS, SITUATION_COLUMNS)
    column = {name: [row[name] for _, row in rows] for name in SITUATION_COLUMNS}
    times = {name: np.array(column[name], dtype=np.float64) for name in ("from_s", "event_s", "end_s")}
    words = {name: np.array(column[name], dtype=np.str_) for name in ("flight", "task", "split", "truth")}
    found = Situations(**words, begin_s=times["from_s"], event_s=times["event_s"], end_s=times["end_s"])
    if split is None:
        return found
    known = sorted(set(found.split.tolist()))
    if split not in known:
        raise BenchmarkError(f"has no split {split!r}", file=folder, where="--split", mend=nearest(split, known))
    return found.where(found.split == split)


def read_answers(file: Path, situations: Situations, every: Sequence[str]) -> Answers:
    """A program's alerts about the situations; alerts about other flights of the benchmark (`every`) are left out.

    Times are seconds since 1970 or ISO 8601 with a zone. An empty end is an alert that still lasts at the last plot.

    Raises
    ------
    BenchmarkError
        For everything that is wrong with the table, by row, in one message.
    """
    rows = rows_of(file, NEEDED, OPTIONAL)
    scored = bool(rows) and "score" in rows[0][1]
    place = {name: number for number, name in enumerate(situations.flight.tolist())}
    known = set(every)
    problems: list[str] = []
    kept: list[tuple[int, str, float, float, float]] = []
    seen: set[tuple[str, str, float]] = set()
    for number, row in rows:
        told: list[str] = []
        flight, net = row["flight"], row["net"]
        if flight not in known:
            told.append(f"there is no flight {flight!r}")
        if not net:
            told.append("net is empty: name the net that alerts")
        start_s = _time_s(row["start"], "start", told)
        end_s = math.inf if row["end"] == "" else _time_s(row["end"], "end", told)
        if end_s < start_s:
            told.append("the alert ends before it starts")
        score = _number(row["score"], "score", told) if scored else 1.0
        if not told and (flight, net, start_s) in seen:
            told.append(f"{net} alerts about {flight} at this moment twice")
        at = place.get(flight)
        if not told and at is not None and not _within(situations, at, start_s):
            told.append("the alert starts when the flight is not there")
        seen.add((flight, net, start_s))
        problems += [f"row {number}: {each}" for each in told]
        if not told and at is not None:
            kept.append((at, net, start_s, end_s, score))
    if problems:
        more = [f"and {len(problems) - MOST_TOLD:,} more"] if len(problems) > MOST_TOLD else []
        raise BenchmarkError(
            "; ".join(problems[:MOST_TOLD] + more),
            file=file,
            mend="one row an alert: flight, net, start, end (seconds since 1970, or ISO 8601), and a score if any",
        )
    kept.sort()
    flights, nets, starts_s, ends_s, scores = zip(*kept, strict=True) if kept else ((),) * 5
    return Answers(
        name=file.stem,
        flight=np.array(flights, dtype=np.int64),
        net=np.array(nets, dtype=np.str_),
        start_s=np.array(starts_s, dtype=np.float64),
        end_s=np.array(ends_s, dtype=np.float64),
        score=np.array(scores, dtype=np.float64),
        scored=scored,
    )


def _within(situations: Situations, at: int, start_s: float) -> bool:
    first_s = min(float(situations.begin_s[at]), float(situations.end_s[at])) - 7200.0
    return first_s - BEFORE_FLIGHT_S <= start_s <= float(situations.end_s[at]) + BEFORE_FLIGHT_S


def rows_of(file: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV or Parquet table, numbered as a text editor or a spreadsheet does: the header is row 1."""
    names, rows = (_parquet if file.suffix == ".parquet" else _csv)(file)
    missing = [name for name in needed if name not in names]
    if missing:
        raise BenchmarkError(
            f"has no column {', '.join(missing)}; it has {', '.join(names) or 'none'}",
            file=file,
            where="row 1",
            mend=f"name the columns {', '.join(needed)}",
        )
    unknown = [name for name in names if name not in (*needed, *optional)]
    if unknown:
        raise BenchmarkError(
            f"has a column {unknown[0]!r} that means nothing here",
            file=file,
            where="row 1",
            mend=nearest(unknown[0], [*needed, *optional]),
        )
    return rows


def _csv(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BenchmarkError("no such file", file=file, mend="check the path") from None
    except UnicodeDecodeError as error:
        raise BenchmarkError(f"is not UTF-8 text: {error.reason}", file=file, mend="save it as UTF-8") from None
    reader = csv.reader(io.StringIO(text))
    names = [name.strip() for name in next(reader, [])]
    rows = []
    for row in reader:
        if len(row) != len(names):
            if not row:
                continue
            raise BenchmarkError(
                f"has {len(row)} cells and the header {len(names)}",
                file=file,
                where=f"row {reader.line_num}",
                mend="give every row a cell a column",
            )
        rows.append((reader.line_num, dict(zip(names, (cell.strip() for cell in row), strict=True))))
    return names, rows


def _parquet(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
    except FileNotFoundError:
        raise BenchmarkError("no such file", file=file, mend="check the path") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise BenchmarkError(f"is no Parquet table: {error}", file=file, mend="write it anew") from None
    rows = [(number, {k: _text(v) for k, v in row.items()}) for number, row in enumerate(table.to_pylist(), 2)]
    return table.column_names, rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def _time_s(text: str, name: str, told: list[str]) -> float:
    try:
        return _finite(float(text))
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        told.append(f"{name} = {text!r} is no time")
        return math.nan
    if moment.tzinfo is None:
        told.append(f"{name} = {text!r} has no time zone: write Z at its end if it is UTC")
    return moment.timestamp() if moment.tzinfo else math.nan


def _number(text: str, name: str, told: list[str]) -> float:
    try:
        return _finite(float(text))
    except ValueError:
        told.append(f"{name} = {text!r} is no number")
        return math.nan


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def check_sums(folder: Path) -> None:
    """Refuse a benchmark whose files are not those it was made with.

    Raises
    ------
    BenchmarkError
        For a file that is missing or was changed.
    """
    for line in (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines():
        said, name = line.split("  ", 1)
        file = folder / name
        if not file.is_file():
            raise BenchmarkError("is missing from the benchmark", file=file, mend="make the benchmark anew")
        if sha256_of(file) != said:
            raise BenchmarkError(
                "is not the file that the benchmark was made with", file=file, mend="make the benchmark anew"
            )


def write_sums(folder: Path) -> None:
    """Write the checksums of every file of a benchmark."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    lines = [f"{sha256_of(file)}  {file.relative_to(folder).as_posix()}" for file in files]
    (folder / CHECKSUMS).write_text("\n".join(lines) + "\n", encoding="utf-8")


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write_csv(file: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV with these columns."""
    text = csv_text(columns, ([row.get(name) for name in columns] for row in rows))
    file.write_text(text, encoding="utf-8", newline="\n")


def facts_of(folder: Path) -> dict[str, Any]:
    """What the benchmark says of itself."""
    return read_toml(folder / BENCHMARK, BenchmarkError)[0]
