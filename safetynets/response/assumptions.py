"""The assumptions of the closed loop: read from their file, checked, and varied for a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from safetynets.errors import PhraseologyError, nearest
from safetynets.response.distributions import Constant, Distribution
from safetynets.sites.overrides import parsed_value
from safetynets.text_files import parse_toml

Unit = Literal["s", "probability", "syllables/s", "g", "ft/min", "ft", "NM"]
Tag = Literal["S", "D", "simulator default", "given", "measured"]

GIVEN = "given for this run"
LEAST = {"s": 0.0, "probability": 0.0, "syllables/s": 0.5, "g": 0.01, "ft/min": 0.0, "ft": 0.0, "NM": 0.0}
MOST = {"s": 3600.0, "probability": 1.0, "syllables/s": 20.0, "g": 2.0, "ft/min": 10_000.0, "ft": 10_000.0, "NM": 10.0}
_FILE = "assumptions.toml"
_SPREAD: TypeAdapter[Distribution] = TypeAdapter(Distribution)
_DESCRIPTION = ("meaning", "unit", "swept", "tag", "source", "measured", "not_measured", "drawn_with", "swept_cv")
_HARDLY = 1e-6
"""The bounds of a value are judged at this share of its draws, as a log-normal has no last value."""


@dataclass(frozen=True)
class Assumption:
    """One assumption, with its source and the span over which a sensitivity study moves it.

    Attributes
    ----------
    name, meaning, unit
        Such as "crew.decide_check_s", what that is, and its unit.
    spread
        Its value, or how it is distributed.
    swept, swept_cv
        The span over which its value is moved, and that of the coefficient of variation of a gamma.
    tag, source
        "S" (read in the source), "D" (derived from such), "simulator default", "given" for this run, or "measured" in a
        listening test; and the source in words.
    measured, not_measured
        What the source measured, and what the model needs and it did not; both empty where no measurement was seen.
    drawn_with
        The assumption that it shares its draws with.
    """

    name: str
    meaning: str
    unit: Unit
    spread: Distribution
    swept: tuple[float, float]
    tag: Tag
    source: str
    measured: str = ""
    not_measured: str = ""
    drawn_with: str = ""
    swept_cv: tuple[float, float] | None = None

    @property
    def median(self) -> float:
        """The value that half of the draws stay below."""
        return float(self.spread.at(np.array([0.5]))[0])

    @property
    def words(self) -> str:
        """The value or spread in words, such as "uniform, 0.5 to 2 s"."""
        unit = "" if self.unit == "probability" else f" {self.unit}"
        facts = self.spread.model_dump(exclude={"distribution"})
        if isinstance(self.spread, Constant):
            return f"{self.spread.value:g}{unit}"
        listed = ", ".join(f"{key} {value:g}" for key, value in facts.items())
        return f"{self.spread.distribution}: {listed}{unit}"


@dataclass(frozen=True)
class Assumptions:
    """All assumptions by name, such as `crew.decide_check_s`.

    Attributes
    ----------
    by_name
        Each assumption by its name; `assumptions[name]` is the same.

    Examples
    --------
    >>> shipped = load_assumptions()
    >>> shipped["crew.decide_check_s"].unit, shipped.number("crew.acts_on_directive_probability") <= 1.0
    ('s', True)
    """

    by_name: Mapping[str, Assumption]

    def __getitem__(self, name: str) -> Assumption:
        return self.by_name[name]

    def number(self, name: str) -> float:
        """The value of an assumption that is one number; of a spread its median.

        Parameters
        ----------
        name
            Such as "outcome.horizon_s".

        Returns
        -------
        float
            In the unit of the name.

        Raises
        ------
        KeyError
            When there is no such assumption.
        """
        return self.by_name[name].median

    def about(self, address: str) -> Assumption:
        """The assumption that an address is about.

        Parameters
        ----------
        address
            The name of an assumption, or that and a key of its spread.

        Returns
        -------
        Assumption
            The one named.

        Raises
        ------
        KeyError
            When there is no such assumption.

        Examples
        --------
        >>> load_assumptions().about("crew.decide_check_s.cv").name
        'crew.decide_check_s'
        """
        return self.by_name.get(address) or self.by_name[address.rpartition(".")[0]]

    def changed(self, changes: Mapping[str, Any]) -> Assumptions:
        """Vary some of the assumptions.

        Parameters
        ----------
        changes
            Values by address: a number fixes an assumption, `NAME.KEY` changes one number of its spread, a table
            replaces the spread; in the unit of the name.

        Returns
        -------
        Assumptions
            All of them; those varied have the tag "given".

        Raises
        ------
        PhraseologyError
            For a name that is none (the error names the nearest) and a value that does not fit.

        Examples
        --------
        >>> shipped = load_assumptions()
        >>> shipped.changed({"crew.decide_check_s": 8})["crew.decide_check_s"].words
        '8 s'
        >>> shipped.changed({"crew.decide_check_s.mean": 8})["crew.decide_check_s"].words
        'gamma: mean 8, cv 0.5 s'
        """
        varied = dict(self.by_name)
        for address, value in changes.items():
            changed = _varied(address, value, varied)
            varied[changed.name] = changed
        return Assumptions(varied)

    def with_measured(self, spreads: Mapping[str, Mapping[str, Any]], sources: Mapping[str, str]) -> Assumptions:
        """Put spreads measured in a listening test in place of those assumed.

        Parameters
        ----------
        spreads
            By the name of an assumption its spread: the distribution and its numbers, in the unit of the name.
        sources
            By the same name how it was measured, such as "40 listeners".

        Returns
        -------
        Assumptions
            All of them; those measured have the tag "measured".

        Raises
        ------
        PhraseologyError
            For a name that is none, and a spread that does not fit.

        Examples
        --------
        >>> spread = {"distribution": "gamma", "mean": 3.1, "cv": 0.6}
        >>> name = "crew.decide_check_s"
        >>> found = load_assumptions().with_measured({name: spread}, {name: "40 listeners"})
        >>> found[name].words, found[name].tag
        ('gamma: mean 3.1, cv 0.6 s', 'measured')
        """
        return Assumptions(
            dict(self.by_name)
            | {
                name: replace(
                    _varied(name, spread, self.by_name),
                    tag="measured",
                    source=sources[name],
                    measured="what listeners at a desk did with synthetic voices",
                    not_measured="crews in flight",
                )
                for name, spread in spreads.items()
            }
        )


def load_assumptions(changes: Mapping[str, Any] | None = None) -> Assumptions:
    """The shipped assumptions, varied by `changes` (see `Assumptions.changed`).

    Parameters
    ----------
    changes
        Values by the name of an assumption, such as `{"crew.decide_check_s": 8}`, in the unit of the name.

    Returns
    -------
    Assumptions
        Each with its distribution, its meaning, its source and whether that is a simulator default.

    Raises
    ------
    PhraseologyError
        For a change that does not fit.

    Examples
    --------
    >>> load_assumptions()["crew.decide_check_s"].tag
    'simulator default'
    """
    text = (resources.files("safetynets.response") / _FILE).read_text(encoding="utf-8")
    by_name = {
        f"{table}.{key}": _assumption(f"{table}.{key}", raw)
        for table, keys in parse_toml(text).items()
        for key, raw in keys.items()
    }
    return Assumptions(by_name).changed(changes or {})


def parse_changes(texts: Iterable[str]) -> dict[str, Any]:
    """Changes as written on a command line, `NAME=VALUE` each.

    Raises
    ------
    PhraseologyError
        For a text without `=`, and for a name that is given twice.

    >>> parse_changes(["crew.decide_check_s=8"])
    {'crew.decide_check_s': 8}
    """
    changes: dict[str, Any] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise PhraseologyError(
                f"{text!r} is no assumption", where="--assume", mend="write NAME=VALUE, such as crew.decide_check_s=8"
            )
        if name in changes:
            raise PhraseologyError(f"{name!r} is given twice", where="--assume", mend="give it once")
        changes[name] = parsed_value(value)
    return changes


def _assumption(name: str, raw: Mapping[str, Any]) -> Assumption:
    facts = {key: value for key, value in raw.items() if key in _DESCRIPTION}
    spread = _checked(name, {key: value for key, value in raw.items() if key not in _DESCRIPTION}, facts["unit"])
    return TypeAdapter(Assumption).validate_python({"name": name, "spread": spread, **facts})


def _varied(address: str, value: Any, known: Mapping[str, Assumption]) -> Assumption:
    name, key = (address, "") if address in known else (address.rpartition(".")[0], address.rpartition(".")[2])
    if name not in known:
        raise PhraseologyError(f"no assumption is called {address!r}", where="--assume", mend=nearest(address, known))
    old = known[name]
    if key:
        of_spread = old.spread.model_dump()
        del of_spread["distribution"]
        if key not in of_spread:
            raise PhraseologyError(
                f"{name!r} has nothing called {key!r}", where="--assume", mend=nearest(key, of_spread)
            )
        raw = {**old.spread.model_dump(), key: value}
    elif isinstance(value, Mapping):
        raw = dict(value)
    else:
        raw = {"distribution": "constant", "value": value}
    return replace(
        old,
        spread=_checked(name, raw, old.unit),
        tag="given",
        source=GIVEN,
        measured="",
        not_measured="",
    )


def _checked(name: str, raw: Mapping[str, Any], unit: Unit) -> Distribution:
    """The distribution, refused where it does not fit or gives values that the unit cannot have."""
    try:
        spread = _SPREAD.validate_python(dict(raw))
    except ValidationError as error:
        details = error.errors()[0]
        said = details["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        at = details["loc"][-1] if details["loc"] else "distribution"
        shown = "" if isinstance(details["input"], Mapping) else f", not {details['input']!r}"
        raise PhraseologyError(f"{at}: {said}{shown}", where=name, mend="see docs/response.md") from None
    low, high = (float(value) for value in spread.at(np.array([_HARDLY, 1.0 - _HARDLY])))
    if low < LEAST[unit] or high > MOST[unit]:
        wrong = low if low < LEAST[unit] else high
        raise PhraseologyError(
            f"{wrong:g} is outside {LEAST[unit]:g} to {MOST[unit]:g} {unit}", where=name, mend="give a value inside"
        )
    if unit == "probability" and not isinstance(spread, Constant):
        raise PhraseologyError("a probability is one number", where=name, mend="give a number from 0 to 1")
    return spread
