"""Ballots: what an expert saved of a de-identified export, and the key that says which situation is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from safetynets.engine.net import nets
from safetynets.errors import LabelsError
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.files import category_of, read_table
from safetynets.evaluation.labels.situations import Situations
from safetynets.spreadsheet import csv_text, harmless

BALLOT_COLUMNS = ("situation", "category", "comment")
KEY_COLUMNS = ("situation", "flight", "net", "track", "callsign", "from_s", "to_s")


@dataclass(frozen=True)
class Vote:
    """What an expert said of one situation."""

    category: Category
    comment: str


def read_ballot(path: Path) -> dict[str, Vote]:
    """An expert's votes by the name of the situation; a row without a category is not yet labelled and left out.

    Raises
    ------
    LabelsError
        Naming the file, the row and the mend.
    """
    votes: dict[str, Vote] = {}
    for number, row in enumerate(read_table(path, BALLOT_COLUMNS, (("situation",), ("category",))), 1):
        name = row["situation"]
        if not name:
            raise LabelsError("has no situation", file=path, where=f"row {number}", mend="name it as on the page")
        if name in votes:
            raise LabelsError(
                f"labels {name!r} a second time", file=path, where=f"row {number}", mend="keep one of the rows"
            )
        if row["category"]:
            votes[name] = Vote(category_of(row["category"], path, number), row.get("comment", ""))
    if not votes:
        raise LabelsError("labels nothing", file=path, mend="pick a category for at least one situation")
    return votes


def key_text(situations: Situations, names: Sequence[str], flights: Sequence[str]) -> str:
    """The key of an export as CSV: which name stands for which situation and flight."""
    rows = []
    for name, flight, row in zip(names, flights, situations.rows(), strict=True):
        told = (row["track"], harmless(row["callsign"]), f"{row['from_s']:.3f}", f"{row['to_s']:.3f}")
        rows.append([name, flight, nets()[row["net"]].name, *told])
    return csv_text(KEY_COLUMNS, rows)


def unsealed(votes: Mapping[str, Vote], ballot: Path, key: Path) -> str:
    """The votes as an expert's labels (CSV as `read_labels` takes it), by the key of the export.

    Raises
    ------
    LabelsError
        For a situation that the key does not know, and a key that cannot be read.
    """
    meant = {row["situation"]: row for row in read_table(key, KEY_COLUMNS, [(name,) for name in KEY_COLUMNS])}
    names, rows = ("net", "track", "callsign", "from_s", "to_s"), []
    for name, vote in votes.items():
        if name not in meant:
            raise LabelsError(
                f"the key {key.name} knows no situation {name!r}", file=ballot, mend="give the key of this export"
            )
        told = (meant[name][column] for column in names)
        rows.append([*map(harmless, told), vote.category.word, harmless(vote.comment)])
    return csv_text([*names, "category", "comment"], rows)
