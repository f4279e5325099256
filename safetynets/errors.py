"""The error hierarchy: every refusal names the place, what was expected and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar


class SafetynetsError(Exception):
    """Root of every error this package raises on purpose."""


class InputError(SafetynetsError):
    """Input that cannot be used: says where, what is wrong and how to mend it, in one line.

    Parameters
    ----------
    problem
        What is wrong, with the offending value.
    file
        The file concerned, where there is one.
    where
        The key, row, call sign or time inside the file.
    mend
        What to do about it.

    Examples
    --------
    >>> print(InputError("unknown key 'look_ahed_s'", file="site.toml", where="msaw", mend="write 'look_ahead_s'"))
    site.toml: msaw: unknown key 'look_ahed_s'; write 'look_ahead_s'
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        where: str | None = None,
        mend: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else str(file)
        self.where = where
        self.mend = mend
        place = "".join(f"{part}: " for part in (self.file, where) if part)
        super().__init__(f"{place}{problem}" + (f"; {mend}" if mend else ""))


Refusal = TypeVar("Refusal", bound=InputError)


def listed(
    kind: type[Refusal], problems: Sequence[tuple[str, str]], file: str | Path | None = None, where: str | None = None
) -> Refusal:
    """Put all problems into one error, each with its mend; a line each where there are several.

    Parameters
    ----------
    kind
        The class of the error.
    problems
        Pairs of what is wrong and what to do about it; at least one.
    file, where
        The file concerned, and the key, row, call sign or time in it.

    Returns
    -------
    InputError
        Of the class `kind`, to be raised.

    Examples
    --------
    >>> print(listed(TracksError, [("no latitude", "give it"), ("no longitude", "give it")], "day.csv"))
    day.csv: 2 problems:
      no latitude; give it
      no longitude; give it
    """
    if len(problems) == 1:
        return kind(problems[0][0], file=file, where=where, mend=problems[0][1])
    lines = [f"  {problem}" + (f"; {mend}" if mend else "") for problem, mend in problems]
    return kind("\n".join([f"{len(problems)} problems:", *lines]), file=file, where=where)


class ArgumentError(InputError, TypeError):
    """An argument of a type that a function does not take; also a `TypeError`, as Python users expect."""


class TracksError(InputError):
    """A recording that cannot be read as tracks."""


class SiteError(InputError):
    """A site that cannot be loaded."""


class AdaptationError(InputError):
    """A file of adaptation data that cannot be brought into a site."""


class ScenarioError(InputError):
    """A scenario, run folder or option that cannot be used."""


class PhraseologyError(InputError):
    """A rule set that cannot be used."""


class StudyError(InputError):
    """A study, a range of a parameter or a parameter set that cannot be used."""


class BenchmarkError(InputError):
    """A benchmark, or a table of alerts about it, that cannot be used."""


class EvidenceError(InputError):
    """Requirements, tags or results of tests that do not fit each other."""


class LabelsError(InputError):
    """Labels of situations, an expert's file or a key to one that cannot be used."""


def nearest(word: str, candidates: Iterable[str]) -> str:
    """The mend for an unknown word: the nearest candidate, or all of them when none is near.

    Parameters
    ----------
    word
        The word that is not known.
    candidates
        The words that are.

    Returns
    -------
    str
        What to write.

    Examples
    --------
    >>> nearest("look_ahed_s", ["look_ahead_s", "clear_n"])
    "write 'look_ahead_s'"
    >>> nearest("zzz", ["b", "a"])
    'use one of a, b'
    """
    words = sorted(candidates)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    return f"write {close[0]!r}" if close else f"use one of {', '.join(words)}"
