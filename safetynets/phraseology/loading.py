"""Rule sets from their files: found by name or path, read, validated and checked in one call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from safetynets.errors import PhraseologyError, nearest
from safetynets.phraseology import checks
from safetynets.phraseology.rule_set import RuleSet
from safetynets.sites import toml_lines
from safetynets.sites.problems import Problem, from_validation, readable
from safetynets.text_files import parse_toml, read_toml

_SUFFIX = ".toml"
_MEND = "put words in quotation marks and begin each rule with [[rule]], as in docs/phraseology.md"


def rule_set_names() -> tuple[str, ...]:
    """Names of the rule sets that come with the package, in alphabetical order.

    Returns
    -------
    tuple of str
        Names that `load_rule_set` takes.

    Examples
    --------
    >>> "icao" in rule_set_names()
    True
    """
    folder = resources.files("safetynets.phraseology") / "rule_sets"
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in folder.iterdir() if file.name.endswith(_SUFFIX)))


def rule_set_text(name: str) -> str:
    """The file of a rule set that comes with the package, as a start for one's own.

    Parameters
    ----------
    name
        A name of `rule_set_names`.

    Returns
    -------
    str
        The text of its file (TOML).

    Raises
    ------
    PhraseologyError
        When there is no rule set of that name.

    Examples
    --------
    >>> rule_set_text("icao").splitlines()[0]
    'name = "icao"'
    """
    if name not in rule_set_names():
        raise PhraseologyError(f"no rule set is called {name!r}", mend=nearest(name, rule_set_names()))
    return (resources.files("safetynets.phraseology") / "rule_sets" / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def new_rule_set_text(name: str, start: str = "icao") -> str:
    """The file of a new rule set: that of a shipped one under another name.

    Parameters
    ----------
    name
        The new name: letters, digits and hyphens.
    start
        The rule set to start from, a name of `rule_set_names`.

    Returns
    -------
    str
        The text of the file (TOML).

    Raises
    ------
    PhraseologyError
        When there is no rule set to start from, the name is taken, or it is not made of letters, digits and hyphens.

    Examples
    --------
    >>> new_rule_set_text("my-words").splitlines()[0]
    'name = "my-words"'
    """
    if not re.fullmatch("[A-Za-z0-9-]+", name):
        raise PhraseologyError(f"{name!r} is no name for a rule set", mend="use letters, digits and hyphens")
    if name in rule_set_names():
        raise PhraseologyError(f"a rule set called {name!r} comes with the package", mend="choose another name")
    named = re.sub(r'(?m)^name = ".*"$', f'name = "{name}"', rule_set_text(start), count=1)
    return re.sub(r'(?m)^short = ".*"\n', "", named, count=1)


def load_rule_set(name_or_path: str | Path) -> RuleSet:
    """A checked rule set: one of the package by its name, or a user's own by the path of its file.

    Parameters
    ----------
    name_or_path
        A name of `rule_set_names`, or a path: anything that ends in .toml or holds a slash.

    Returns
    -------
    RuleSet
        Its rules in order; the first whose condition holds gives the words.

    Raises
    ------
    PhraseologyError
        When there is no such rule set or file, or something in it is wrong: file, line, key, problem and mend of each.

    Examples
    --------
    >>> load_rule_set("icao").rules[0].source
    'ICAO Doc 4444 (PANS-ATM, 16th ed., 2016) 12.6.1.2, by 15.7.4.2 a); quoted in IFATCA WP 86 (2018) 2.17'
    """
    as_text = str(name_or_path)
    if isinstance(name_or_path, str) and not as_text.endswith(_SUFFIX) and "/" not in as_text:
        return _of_the_package(as_text)
    path = Path(name_or_path)
    raw, text = read_toml(path, PhraseologyError, _MEND, "give the path of a rule set")
    return _checked(raw, text, path)


@lru_cache(maxsize=32)
def _of_the_package(name: str) -> RuleSet:
    return parse_rule_set(rule_set_text(name), f"{name}{_SUFFIX}")


def parse_rule_set(text: str, file: str | Path) -> RuleSet:
    """Read a rule set from the text of its file.

    Parameters
    ----------
    text
        The text (TOML).
    file
        What messages call the file; it is not read.

    Returns
    -------
    RuleSet
        Checked.

    Raises
    ------
    PhraseologyError
        When something in it is wrong: file, line, key, problem and mend of each.

    Examples
    --------
    >>> parse_rule_set(new_rule_set_text("my-words"), "my-words.toml").name
    'my-words'
    """
    try:
        raw = parse_toml(text)
    except ValueError as error:
        raise PhraseologyError(f"not valid TOML: {error}", file=file, mend=_MEND) from None
    return _checked(raw, text, file)


def _checked(raw: dict[str, Any], text: str, file: str | Path) -> RuleSet:
    try:
        rule_set = RuleSet.model_validate(raw)
    except ValidationError as error:
        _raise(from_validation(error, RuleSet), file, text, raw)
        raise
    _raise(checks.problems(rule_set), file, text, raw)
    return rule_set


def _raise(problems: Sequence[Problem], file: str | Path, text: str, raw: dict[str, Any]) -> None:
    """Raise one error that lists every problem; do nothing when there is none."""
    if problems:
        raise problems_raised(problems, file, text, raw)


def problems_raised(problems: Sequence[Problem], file: str | Path, text: str, raw: dict[str, Any]) -> PhraseologyError:
    """One error that lists every problem of a file with its line."""
    lines = toml_lines.key_lines(text)
    places = []
    for problem in problems:
        line = toml_lines.line_of(problem.path, lines)
        key = readable(problem.path, raw)
        places.append(f"line {line}: {key}" if line else key)
    if len(problems) == 1:
        return PhraseologyError(problems[0].text, file=file, where=places[0], mend=problems[0].mend)
    listed = [
        f"  {place}: {problem.text}" + (f"; {problem.mend}" if problem.mend else "")
        for place, problem in zip(places, problems, strict=True)
    ]
    return PhraseologyError("\n".join([f"{len(problems)} problems:", *listed]), file=file)
