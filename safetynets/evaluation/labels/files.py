"""Labels as CSV: the situations of a day, and what an expert says of them; every row is checked."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safetynets.engine.net import nets, numbers
from safetynets.errors import LabelsError, nearest
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.situations import DTYPES, Situations
from safetynets.output import write_whole
from safetynets.spreadsheet import csv_text, harmless, restored
from safetynets.tracks import Tracks

Row = dict[str, Any]

EXPERT = "expert"
COLUMNS = (*DTYPES, "from_utc", "to_utc", "comment")
"""Every column that a file of labels may have; those needed are net, category, a flight and a span of time."""
CATEGORIES = tuple(category.word for category in Category)


def labels_text(situations: Situations) -> str:
    """The situations as CSV, one row each: nets and categories as words, unknown empty, times also as UTC."""
    names, rows = [*DTYPES, "from_utc", "to_utc"], []
    for row in situations.rows():
        told = {name: _cell(value) for name, value in row.items()}
        words = {"net": nets()[row["net"]].name, "category": Category(row["category"]).word}
        told |= words | {"from_utc": _utc(row["from_s"]), "to_utc": _utc(row["to_s"])}
        rows.append([told[name] for name in names])
    return csv_text(names, rows)


def write_labels(situations: Situations, path: Path) -> None:
    """Write situations as CSV, whole or not at all.

    Parameters
    ----------
    situations
        One row each: nets and categories as words, unknown empty, times also as UTC.
    path
        The file; missing folders are made.

    Raises
    ------
    LabelsError
        Where it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> tracks = Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]})
    >>> row = {"net": 0, "track": 0, "from_s": 0.0, "to_s": 60.0, "category": Category.NECESSARY}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_labels(Situations.from_rows([row]), Path(folder) / "day.csv")
    ...     read_labels(Path(folder) / "day.csv", tracks).callsign.tolist()
    ['SWR1']
    """
    write_whole(path, labels_text(situations), LabelsError)


def read_labels(path: Path, tracks: Tracks) -> Situations:
    """Read an expert's labels, or those written by `write_labels`.

    Parameters
    ----------
    path
        CSV with the columns `net` and `category` as words; the flight as `track`, or as `callsign` where only one track
        has it; the span as `from_s` and `to_s` (UTC seconds since 1970) or `from_utc` and `to_utc` (ISO 8601). The
        other columns of `Situations` and a `comment` may be there.
    tracks
        The flights that the labels are about.

    Returns
    -------
    Situations
        In order, numbered; what has no `source` is an expert's.

    Raises
    ------
    LabelsError
        Naming the file, the row (the first row of data is row 1), the column, the value and the mend.

    Examples
    --------
    See `write_labels`.
    """
    needed = (("net",), ("category",), ("track", "callsign"), ("from_s", "from_utc"), ("to_s", "to_utc"))
    rows = read_table(path, COLUMNS, needed)
    return Situations.from_rows([_situation(row, _At(path, number), tracks) for number, row in enumerate(rows, 1)])


def read_table(path: Path, known: Sequence[str], needed: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    """The rows of a CSV as texts by column; of each of `needed` at least one column has to be there.

    Raises
    ------
    LabelsError
        For a file that cannot be read, a column that is missing, unknown or there twice, a row of another length, and a
        file without rows.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.reader(stream, strict=True))
    except FileNotFoundError:
        raise LabelsError("no such file", file=path, mend="check the path") from None
    except OSError as error:
        raise LabelsError(f"cannot be read: {error.strerror}", file=path, mend="name a CSV file") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"is no CSV in UTF-8: {error}", file=path, mend="save it as CSV in UTF-8") from None
    lines = [line for line in lines if any(restored(cell.strip()) for cell in line)]
    names = [name.strip() for name in lines[0]] if lines else []
    for name in names:
        if name not in known:
            raise LabelsError(f"unknown column {name!r}", file=path, mend=nearest(name, known))
        if names.count(name) > 1:
            raise LabelsError(f"two columns are named {name!r}", file=path, mend="keep one of them")
    for choice in needed:
        if not set(choice) & set(names):
            raise LabelsError(f"no column {' or '.join(map(repr, choice))}", file=path, mend="add it")
    if len(lines) < 2:
        raise LabelsError("holds no rows", file=path, mend="label at least one situation")
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(names):
            raise LabelsError(
                f"has {len(line)} cells instead of {len(names)}",
                file=path,
                where=f"row {number}",
                mend="put text with commas into quotation marks",
            )
    return [dict(zip(names, (restored(cell.strip()) for cell in line), strict=True)) for line in lines[1:]]


def category_of(word: str, path: Path, number: int) -> Category:
    """The category that a cell names, by its word or its number from 1 to 5.

    Raises
    ------
    LabelsError
        For another text.
    """
    return _At(path, number).category(word)


class _At:
    """A row of a file: turns cells into values, and refuses with the place of the row."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self.number = path, number

    def refuse(self, problem: str, mend: str) -> LabelsError:
        return LabelsError(problem, file=self.path, where=f"row {self.number}", mend=mend)

    def category(self, word: str) -> Category:
        if word in {str(int(category)) for category in Category}:
            return Category(int(word))
        category = Category.of_word(word)
        if category is None:
            raise self.refuse(f"category is {word!r}", nearest(word.lower(), CATEGORIES))
        return category

    def net(self, word: str) -> int:
        if word.upper() not in numbers():
            raise self.refuse(f"net is {word!r}", f"write {', '.join(numbers())}")
        return numbers()[word.upper()]

    def number_of(self, row: Mapping[str, str], name: str) -> float:
        text = row.get(name, "")
        try:
            value = float(text) if text else math.nan
        except ValueError:
            value = math.inf
        if math.isinf(value):
            raise self.refuse(f"{name} is {text!r}, no number", "write a number, or leave it empty")
        return value

    def moment_s(self, row: Mapping[str, str], name: str) -> float:
        """Seconds since 1970 of `name`_s, else of `name`_utc."""
        seconds = self.number_of(row, f"{name}_s")
        text = row.get(f"{name}_utc", "")
        if math.isfinite(seconds):
            return seconds
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.refuse(
                f"{name}_utc is {text!r}, no time", f"write {name}_s, or {name}_utc as 2024-01-01T12:00:00Z"
            ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _situation(row: Mapping[str, str], at: _At, tracks: Tracks) -> Row:
    from_s, to_s = at.moment_s(row, "from"), at.moment_s(row, "to")
    if to_s < from_s:
        raise at.refuse(f"ends {from_s - to_s:g} s before it begins", "write the earlier time first")
    track = _track(row, at, tracks)
    plots = tracks.time_s[tracks.rows_of(track)]
    if not len(plots) or from_s > plots[-1] or to_s < plots[0]:
        raise at.refuse(
            f"track {track} was not seen from {_utc(from_s)} to {_utc(to_s)}", "give the labels of these tracks"
        )
    return {
        "net": int(at.net(row["net"])),
        "track": track,
        "callsign": str(tracks.callsign[track]),
        "from_s": from_s,
        "to_s": to_s,
        "category": int(at.category(row["category"])),
        "event_s": at.number_of(row, "event_s"),
        "known_s": at.number_of(row, "known_s"),
        "least_clearance_ft": at.number_of(row, "least_clearance_ft"),
        "resolved": row.get("resolved", "").lower() in ("1", "true", "yes"),
        "fault": row.get("fault", ""),
        "source": row.get("source") or EXPERT,
    }


def _track(row: Mapping[str, str], at: _At, tracks: Tracks) -> int:
    callsign, text = row.get("callsign", ""), row.get("track", "")
    if text:
        if not text.isdecimal() or int(text) >= tracks.track_count:
            raise at.refuse(f"track is {text!r}", f"write a number from 0 to {tracks.track_count - 1}")
        number = int(text)
        if callsign and callsign != tracks.callsign[number]:
            raise at.refuse(
                f"track {number} is {tracks.callsign[number] or 'without call sign'!r}, not {callsign!r}",
                "give the labels of these tracks",
            )
        return number
    found = [number for number, known in enumerate(tracks.callsign) if callsign and known == callsign]
    if len(found) != 1:
        raise at.refuse(f"{len(found)} tracks have the call sign {callsign!r}", "give the number of the track as well")
    return found[0]


def _utc(moment_s: float) -> str:
    return datetime.fromtimestamp(moment_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3f}".rstrip("0").rstrip(".")
    return harmless(value) if isinstance(value, str) else value
