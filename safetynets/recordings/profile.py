"""`Profile`: what a user says once about recordings of one kind, so that the next day needs nothing."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from safetynets import units
from safetynets.errors import TracksError, listed, nearest

UNITS: Mapping[str, Mapping[str, Callable[[Any], Any] | None]] = {
    "length": {"ft": None, "m": units.m_to_ft, "km": units.km_to_ft, "fl": units.fl_to_ft, "kft": units.kft_to_ft},
    "speed": {"kt": None, "mps": units.mps_to_kt, "kmh": units.kmh_to_kt, "mph": units.mph_to_kt},
    "rate": {"fpm": None, "mps": units.mps_to_fpm, "ftps": units.ftps_to_fpm, "mpm": units.m_to_ft},
    "pressure": {"hpa": None, "mbar": None, "inhg": units.inhg_to_hpa, "pa": units.pa_to_hpa},
    "angle": {"deg": None, "rad": units.rad_to_deg},
    "time": {"s": None, "ms": None, "us": None, "ns": None},
}
"""The units that are understood, by quantity, and how each becomes the usual one; None is the usual one itself."""

REFERENCES = ("pressure", "qnh")
"""What the altitudes of a recording stand on: 1013.25 hPa, or the QNH."""


@dataclass(frozen=True)
class Profile:
    """What is said about recordings of one kind.

    Attributes
    ----------
    columns
        For a name in the file the column of a recording that it is.
    units
        For a column of a recording the unit it is in.
    altitude_reference
        "pressure" (1013.25 hPa) or "qnh".
    date
        The day (UTC) of a file whose times have none.
    editions
        For an ASTERIX category its edition.

    Examples
    --------
    >>> Profile.of(columns=["lat=latitude"], units=["altitude=m"]).units
    {'altitude': 'm'}
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    altitude_reference: str = "pressure"
    date: datetime.date | None = None
    editions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        columns: Iterable[str] = (),
        units: Iterable[str] = (),
        altitude_reference: str | None = None,
        date: datetime.date | None = None,
        editions: Iterable[str] = (),
        base: Profile | None = None,
    ) -> Profile:
        """A profile from `KEY=VALUE` texts, added to `base`.

        Raises
        ------
        TracksError
            Listing every text that cannot be used.
        """
        base = base or cls()
        problems: list[tuple[str, str]] = []
        said_columns = _pairs("--columns", columns, problems)
        said_units = _pairs("--units", units, problems)
        said_editions = _pairs("--edition", editions, problems)
        profile = cls(
            columns={**base.columns, **said_columns},
            units={**base.units, **said_units},
            altitude_reference=altitude_reference or base.altitude_reference,
            date=date or base.date,
            editions={**base.editions, **said_editions},
        )
        problems += _problems(profile)
        if problems:
            raise listed(TracksError, problems)
        return profile

    def as_said(self) -> dict[str, Any]:
        """What differs from saying nothing, ready for JSON.

        >>> Profile.of(units=["altitude=m"]).as_said(), Profile().as_said()
        ({'units': {'altitude': 'm'}}, {})
        """
        nothing = Profile()
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in said.items()
            if value != getattr(nothing, name)
        }

    def write(self, path: str | Path) -> Path:
        """Write the profile as TOML, in a fixed order."""
        lines = ["# How recordings of this kind are read: safetynets replay FILE --profile THIS_FILE"]
        if self.altitude_reference != "pressure":
            lines.append(f"altitude_reference = {_quoted(self.altitude_reference)}")
        if self.date is not None:
            lines.append(f"date = {self.date.isoformat()}")
        for name in ("columns", "units", "editions"):
            table: Mapping[str, str] = getattr(self, name)
            if table:
                lines += ["", f"[{name}]"]
                lines += [f"{_quoted(key)} = {_quoted(table[key])}" for key in sorted(table)]
        target = Path(path)
        try:
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise TracksError(f"cannot be written: {error.strerror}", file=target, mend="give another path") from None
        return target


def read_profile(path: str | Path) -> Profile:
    """The profile in a TOML file.

    Raises
    ------
    TracksError
        Naming the file and every key that cannot be used.
    """
    file = Path(path)
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TracksError("there is no such profile", file=file, mend="check the path") from None
    except OSError as error:
        raise TracksError(f"cannot be read: {error.strerror}", file=file, mend="check the path") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TracksError(f"is not TOML: {error}", file=file, mend="mend it there, or save it anew") from None
    known = [one.name for one in fields(Profile)]
    problems = [(f"unknown key {key!r}", nearest(key, known)) for key in raw if key not in known]
    tables: dict[str, dict[str, str]] = {}
    for name in ("columns", "units", "editions"):
        table = raw.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            problems.append((f"{name} is no table of texts", f'write [{name}] and lines such as "a" = "b"'))
            table = {}
        tables[name] = table
    reference, day = raw.get("altitude_reference", "pressure"), raw.get("date")
    if day is not None and type(day) is not datetime.date:
        problems.append((f"date is {day!r}", "write a day without quotes, such as date = 2024-01-31"))
        day = None
    profile = Profile(tables["columns"], tables["units"], reference, day, tables["editions"])
    problems += _problems(profile)
    if problems:
        raise listed(TracksError, problems, file)
    return profile


def _pairs(option: str, texts: Iterable[str], problems: list[tuple[str, str]]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        for part in text.split(","):
            key, equals, value = (word.strip() for word in part.partition("="))
            if not key or not equals or not value:
                example = {"--columns": "lat=latitude", "--units": "altitude=m"}.get(option, "062=1.18")
                problems.append((f"{option} {part!r} is no KEY=VALUE", f"write {option} {example}"))
            else:
                pairs[key] = value
    return pairs


def _problems(profile: Profile) -> list[tuple[str, str]]:
    from safetynets.recordings.names import RECORDING

    problems = []
    for name, column in profile.columns.items():
        if column not in RECORDING:
            turned = f"write {column}={name}" if name in RECORDING else nearest(column, RECORDING)
            problems.append((f"{name}={column}: a recording has no column {column!r}", turned))
    for column in [one for one, count in _counts(profile.columns.values()).items() if count > 1]:
        problems.append((f"two columns are given as {column!r}", "keep one of them"))
    for column, unit in profile.units.items():
        if column not in RECORDING:
            problems.append((f"{column}={unit}: a recording has no column {column!r}", nearest(column, RECORDING)))
        elif unit not in UNITS.get(RECORDING[column][0], {}):
            choice = ", ".join(UNITS.get(RECORDING[column][0], {})) or "none: it has no unit"
            problems.append((f"{column}={unit}: unknown unit {unit!r}", f"use one of {choice}"))
    if profile.altitude_reference not in REFERENCES:
        problems.append(
            (f"altitude_reference is {profile.altitude_reference!r}", f"use one of {', '.join(REFERENCES)}")
        )
    return problems


def _counts(words: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
