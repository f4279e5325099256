"""A scenario: site, traffic recorded or scripted, faults, pressure, parameters, and where all that is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from safetynets.errors import ScenarioError, SiteError
from safetynets.runs.catalogue import scenario_file
from safetynets.sites.overrides import as_tuples, parsed_value
from safetynets.sites.parameters import Strict
from safetynets.sites.problems import KeyPath, from_validation, raise_all, refusal
from safetynets.sites.schema import Qnh, Words
from safetynets.sites.toml_lines import key_lines
from safetynets.text_files import read_toml
from safetynets.traffic.faults import Fault
from safetynets.traffic.flights import Flight
from safetynets.traffic.sensors import Surveillance
from safetynets.traffic.weather import Weather


class Recording(Strict):
    """The `[recording]` of a scenario: a file of tracks, relative to the scenario's own."""

    file: Words
    source: Words
    update_s: float | None = Field(default=None, gt=0, le=60, description="resample to this surveillance update period")
    profile: Words | None = Field(default=None, description="a profile (TOML) that says how the file is read")


class Pressure(Strict):
    """The `[pressure]` of a scenario: one QNH for every pressure region of the site, and where it is from."""

    qnh_hpa: Qnh
    source: Words


class ParameterChange(Strict):
    """One of the `[[parameters]]` of a scenario: an address on the site such as `apm.below_ft`, a value, its source."""

    name: Words
    value: Any
    source: Words


class Scenario(Strict):
    """Everything a scenario file may say; docs/scenarios.md has every key.

    Traffic is a recording, or flights that begin at `start`, not both.

    Attributes
    ----------
    name, title, story, sources, reconstructed
        What it is called, what happened, where that is from, and what is not as it was.
    site
        A shipped site by its name, or a folder beside the scenario.
    seed
        The one seed of all random draws.
    start
        When the flights begin (UTC).
    recording, flights
        The traffic.
    weather, surveillance
        The air of scripted flights, and how they are seen.
    faults
        What goes wrong with which flight.
    pressure, parameters
        The QNH, and values of the site, each with its source.
    """

    name: Words
    title: Words
    story: Words
    site: Words
    sources: tuple[Words, ...] = Field(min_length=1)
    reconstructed: str = ""
    seed: int = Field(default=0, ge=0)
    start: AwareDatetime | None = None
    update_s: float = Field(default=4.0, gt=0, le=60, description="surveillance update period of scripted flights")
    recording: Recording | None = None
    flights: tuple[Flight, ...] = ()
    weather: Weather = Weather()
    surveillance: Surveillance = Surveillance()
    faults: tuple[Fault, ...] = ()
    pressure: Pressure | None = None
    switched_on: tuple[Words, ...] = Field(
        default=(),
        description="nets that run beside those of the site, by their names: those that are not on by default",
    )
    parameters: tuple[ParameterChange, ...] = ()

    @model_validator(mode="after")
    def _one_kind_of_traffic(self) -> Self:
        if (self.recording is None) == (not self.flights):
            raise refusal("needs a [recording] or [[flights]]", mend="write exactly one of them")
        for table in ("weather", "surveillance"):
            if self.recording is not None and table in self.model_fields_set:
                raise refusal(f"[{table}] is about flights, and the traffic is a recording", mend=f"remove [{table}]")
        if self.flights and self.start is None:
            raise refusal(
                "the key 'start' is missing", mend="say when the flights begin, as start = 2023-11-05T11:00:00Z"
            )
        return self


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario with the file it stands in."""

    scenario: Scenario
    file: Path

    @property
    def folder(self) -> Path:
        """The folder that the scenario's paths are relative to."""
        return self.file.parent


def load_scenario(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> LoadedScenario:
    """A shipped scenario by its name, or one's own by its path, checked and frozen.

    Parameters
    ----------
    name_or_path
        A name of `list_scenarios`, or the path of a scenario file.
    overrides
        Values by address, such as `{"pressure.qnh_hpa": 1001}`.

    Returns
    -------
    LoadedScenario
        The scenario and the file it stands in.

    Raises
    ------
    ScenarioError
        For everything that is wrong, in one message: file, line, key, problem and mend of each.

    Examples
    --------
    >>> load_scenario("paris-arrivals").scenario.site
    'paris'
    """
    file = scenario_file(name_or_path)
    raw, lines = _parsed(file)
    given = _override(raw, overrides or {})
    try:
        scenario = Scenario.model_validate(raw, strict=True)
    except ValidationError as error:
        problems = from_validation(error, Scenario)
        try:
            raise_all(problems, file, lines, given, raw)
        except SiteError as found:
            raise ScenarioError(found.problem, file=found.file, where=found.where, mend=found.mend) from None
        raise
    return LoadedScenario(scenario, file)


def _parsed(file: Path) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    raw, text = read_toml(file, ScenarioError)
    if not raw:
        raise ScenarioError("is empty", file=file, mend="write a scenario: see docs/scenarios.md")
    return as_tuples(raw), key_lines(text)


def _override(raw: dict[str, Any], overrides: Mapping[str, Any]) -> list[KeyPath]:
    given: list[KeyPath] = []
    for address, value in overrides.items():
        path = tuple(address.split("."))
        table: dict[str, Any] = raw
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = parsed_value(value) if isinstance(value, str) else as_tuples(value)
        given.append(path)
    return given
