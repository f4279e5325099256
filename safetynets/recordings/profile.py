"""`Profile`: what a user says once about recordings of one kind, so that the next day needs nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from safetynets import units
from safetynets.errors import TracksError, listed, nearest
from safetynets.output import write_whole
from safetynets.text_files import read_toml

UNITS: Mapping[str, Mapping[str, Callable[[Any], Any] | None]] = {
    "length": {"ft": None, "m": units.m_to_ft, "km": units.km_to_ft, "fl": units.fl_to_ft, "kft": units.kft_to_ft},
    "distance": {"m": None, "ft": units.ft_to_m, "nm": units.nm_to_m},
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
    radars
        For a radar, as SAC/SIC, its latitude (deg), longitude (deg) and antenna height (m).

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
    radars: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        columns: Iterable[str] = (),
        units: Iterable[str] = (),
        altitude_reference: str | None = None,
        date: datetime.date | None = None,
        editions: Iterable[str] = (),
        radars: Iterable[str] = (),
        base: Profile | None = None,
    ) -> Profile:
        """Build a profile from `KEY=VALUE` texts, as the options of the commands take them.

        Parameters
        ----------
        columns
            Such as "lat=latitude": a name in the file, and the column of a recording that it is. One text may hold
            several, with commas between them.
        units
            Such as "altitude=m": a column of a recording, and its unit.
        altitude_reference
            "pressure" (1013.25 hPa) or "qnh"; without it that of `base`.
        date
            The day (UTC) of a file whose times have none; without it that of `base`.
        editions
            Such as "062=1.18": an ASTERIX category, and its edition.
        radars
            Such as "25/201=46.4,6.1,1680": SAC/SIC, then latitude (deg), longitude (deg) and antenna height (m).
        base
            A profile that the texts add to; they hold over it.

        Returns
        -------
        Profile
            Checked.

        Raises
        ------
        TracksError
            Listing every text that cannot be used.

        Examples
        --------
        >>> profile = Profile.of(columns=["lat=latitude,lon=longitude"], units=["altitude=m"])
        >>> dict(profile.columns), dict(profile.units)
        ({'lat': 'latitude', 'lon': 'longitude'}, {'altitude': 'm'})
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
            radars={**base.radars, **dict(_radar(text) for text in radars)},
        )
        problems += _problems(profile)
        if problems:
            raise listed(TracksError, problems)
        return profile

    @property
    def radar_positions(self) -> dict[tuple[int, int], tuple[float, float, float]]:
        """Latitude (deg), longitude (deg) and antenna height (m) by (SAC, SIC).

        >>> Profile.of(radars=["25/201=46.4,6.1,1680"]).radar_positions
        {(25, 201): (46.4, 6.1, 1680.0)}
        """
        return dict(_position(name, place) for name, place in self.radars.items())

    def as_said(self) -> dict[str, Any]:
        """What differs from an empty profile, ready for JSON.

        Returns
        -------
        dict
            Only the fields that were said, by name.

        Examples
        --------
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
        """Write the profile as TOML, in a fixed order.

        Parameters
        ----------
        path
            The file; missing folders are made.

        Returns
        -------
        pathlib.Path
            The file written, which `read_profile` reads.

        Raises
        ------
        TracksError
            Where the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     print(Profile.of(units=["altitude=m"]).write(Path(folder) / "radar.toml").read_text().strip())
        # How recordings of this kind are read: safetynets replay FILE --profile THIS_FILE
        <BLANKLINE>
        [units]
        "altitude" = "m"
        """
        lines = ["# How recordings of this kind are read: safetynets replay FILE --profile THIS_FILE"]
        if self.altitude_reference != "pressure":
            lines.append(f"altitude_reference = {_quoted(self.altitude_reference)}")
        if self.date is not None:
            lines.append(f"date = {self.date.isoformat()}")
        for name in ("columns", "units", "editions", "radars"):
            table: Mapping[str, str] = getattr(self, name)
            if table:
                lines += ["", f"[{name}]"]
                lines += [f"{_quoted(key)} = {_quoted(table[key])}" for key in sorted(table)]
        target = Path(path)
        write_whole(target, "\n".join(lines) + "\n", TracksError)
        return target


def read_profile(path: str | Path) -> Profile:
    r"""Read a profile from a TOML file.

    Parameters
    ----------
    path
        The file, as `Profile.write` writes it.

    Returns
    -------
    Profile
        Checked.

    Raises
    ------
    TracksError
        Naming the file and every key that cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "radar.toml"
    ...     _ = file.write_text('[units]\naltitude = "m"\n')
    ...     dict(read_profile(file).units)
    {'altitude': 'm'}
    """
    file = Path(path)
    raw, _ = read_toml(file, TracksError, mend="mend it there, or save it anew")
    known = [one.name for one in fields(Profile)]
    problems = [(f"unknown key {key!r}", nearest(key, known)) for key in raw if key not in known]
    tables: dict[str, dict[str, str]] = {}
    for name in ("columns", "units", "editions", "radars"):
        table = raw.get(name, {})
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            problems.append((f"{name} is no table of texts", f'write [{name}] and lines such as "a" = "b"'))
            table = {}
        tables[name] = table
    reference, day = raw.get("altitude_reference", "pressure"), raw.get("date")
    if day is not None and type(day) is not datetime.date:
        problems.append((f"date is {day!r}", "write a day without quotes, such as date = 2024-01-31"))
        day = None
    profile = Profile(tables["columns"], tables["units"], reference, day, tables["editions"], tables["radars"])
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


def _radar(text: str) -> tuple[str, str]:
    name, _, place = text.partition("=")
    return name.strip(), place.strip()


def _position(name: str, place: str) -> tuple[tuple[int, int], tuple[float, float, float]]:
    """The SAC and SIC of a radar and where it stands; a ValueError where the texts do not say that."""
    sac, sic = (int(part) for part in name.split("/"))
    latitude_deg, longitude_deg, height_m = (float(part) for part in place.split(","))
    if not (0 <= sac <= 255 and 0 <= sic <= 255 and abs(latitude_deg) <= 90 and abs(longitude_deg) <= 180):
        raise ValueError(name)
    if not -500 <= height_m <= 9000:
        raise ValueError(name)
    return (sac, sic), (latitude_deg, longitude_deg, height_m)


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
    for name, place in profile.radars.items():
        try:
            _position(name, place)
        except ValueError:
            example = "write SAC/SIC=LATITUDE,LONGITUDE,HEIGHT_M, such as 25/201=46.4,6.1,1680"
            problems.append((f"--radar {name}={place} is no place of a radar", example))
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
