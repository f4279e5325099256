"""What a new site needs and no data say: asked on a terminal or answered by a file; all that is missing at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetynets.adaptation.parts import UnusableError
from safetynets.adaptation.site_text import value_of
from safetynets.adaptation.words import number
from safetynets.errors import AdaptationError, nearest
from safetynets.text_files import read_toml

Ask = Callable[[str, str], str]
"""Asks a question with the answer that is taken for an empty line; answers with what was typed."""


@dataclass(frozen=True)
class Question:
    """Something to be known: its key in a file of answers, the question, the answer otherwise taken, and its kind."""

    key: str
    text: str
    default: Any = None
    is_number: bool = True
    may_be_unknown: bool = False


@dataclass
class Answers:
    """The answers given, with those missing."""

    given: Mapping[str, Any]
    ask: Ask | None
    file: Path | None
    told: dict[str, Any] = field(default_factory=dict)
    missing: list[Question] = field(default_factory=list)

    def to(self, question: Question) -> Any:
        """The answer to a question: from the file, else from the terminal, else the default; None while missing."""
        answer = self._given(question.key)
        if answer is None and self.ask is not None:
            default = "" if question.default is None else str(question.default)
            typed = self.ask(question.text, default).strip()
            answer = _typed(typed, question) if typed else question.default
        if answer is None:
            answer = question.default
        if answer is None and not question.may_be_unknown:
            self.missing.append(question)
            return None
        if (
            answer is not None
            and question.is_number
            and (isinstance(answer, bool) or not isinstance(answer, int | float))
        ):
            raise AdaptationError(f"{answer!r} is no number", file=self.file, where=question.key)
        if answer is not None:
            self.told[question.key] = answer
        return answer

    def check(self) -> None:
        """Refuse where something is missing, with the lines that a file of answers needs; and unknown keys.

        Raises
        ------
        AdaptationError
            For everything at once.
        """
        if self.missing:
            lines = [f"  {question.key} = ...   # {question.text}" for question in self.missing]
            raise AdaptationError(
                "answers are missing:\n" + "\n".join(lines), file=self.file, mend="write them into a file for --answers"
            )
        unknown = [key for key in _flat(self.given) if key not in self.told]
        if unknown:
            raise AdaptationError(
                f"an answer to no question: {unknown[0]!r}", file=self.file, mend=nearest(unknown[0], self.told)
            )

    def text(self) -> str:
        """The answers as a file that gives the same site again."""
        flat = {key: value for key, value in self.told.items() if "." not in key}
        lines = [f"{key} = {value_of(value)}" for key, value in flat.items()]
        tables: dict[str, dict[str, Any]] = {}
        for key, value in self.told.items():
            if "." in key:
                table, name, inner = key.split(".", 2)
                tables.setdefault(f'[{table}."{name}"]', {})[inner] = value
        for head, values in tables.items():
            lines += ["", head, *(f"{key} = {value_of(value)}" for key, value in values.items())]
        return "\n".join(lines) + "\n"

    def _given(self, key: str) -> Any:
        value: Any = self.given
        for part in key.split(".", 2):
            if not isinstance(value, Mapping) or part not in value:
                return None
            value = value[part]
        return value


def read_answers(file: Path | None, ask: Ask | None) -> Answers:
    """The answers of a file, with a terminal for the rest where there is one.

    Raises
    ------
    AdaptationError
        For a file that is no TOML.
    """
    if file is None:
        return Answers({}, ask, None)
    return Answers(read_toml(file, AdaptationError, mend="see docs/how-to/own-site.md")[0], ask, file)


def _typed(text: str, question: Question) -> Any:
    if not question.is_number:
        return [word.strip() for word in text.split(",")] if isinstance(question.default, list) else text
    try:
        return number(text)
    except UnusableError as error:
        raise AdaptationError(error.text, where=question.key) from None


def _flat(table: Mapping[str, Any], before: str = "") -> list[str]:
    keys = []
    for key, value in table.items():
        keys += _flat(value, f"{before}{key}.") if isinstance(value, Mapping) else [f"{before}{key}"]
    return keys
