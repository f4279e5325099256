"""A scenario with one value after another put into it, and whether the nets alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.engine.alerts import Alert
from safetynets.engine.explain import explain
from safetynets.engine.monitor import judge
from safetynets.errors import ScenarioError
from safetynets.evaluation.parameter_sets import site_with
from safetynets.output import write_whole
from safetynets.recordings import write_parquet
from safetynets.runs import traffic
from safetynets.runs.changed_site import changed_site, changes_of
from safetynets.runs.explanation import explanation
from safetynets.runs.run import Run
from safetynets.runs.scenario import LoadedScenario, Scenario, load_scenario
from safetynets.runs.scenario_text import scenario_text
from safetynets.sites import Site, shipped_folder
from safetynets.sites.overrides import as_tuples
from safetynets.tracks import Tracks, column_names
from safetynets.traffic import apply_faults
from safetynets.traffic.faults.displace import CHANGES_NOTHING

AMOUNTS = {
    "wrong_altimeter_setting": ("error_hpa", "set_hpa"),
    "early_descent": ("early_nm",),
    "late_descent": ("late_nm",),
    "wrong_step": ("altitude_ft",),
    "too_steep": ("angle_deg", "rate_fpm"),
    "through_cleared_level": ("by_ft",),
    "wrong_glide_path": ("angle_deg",),
    "lateral_offset": ("right_m",),
    "turn_towards_terrain": ("turn_deg",),
    "vectored_below_minimum": ("by_ft",),
    "into_volume": ("stay_s",),
}
"""What `fault.amount` is, fault by fault: the first of these keys that the scenario gives."""

FOUND_BY = "varied by a search"
NOT_OF_RECORDINGS = ("flights", "start", "update_s", "weather", "surveillance", "seed")


@dataclass(frozen=True)
class Situation:
    """A scenario as read, its site, and its traffic before faults where that is a recording."""

    raw: Mapping[str, Any]
    loaded: LoadedScenario
    site: Site
    recorded: Tracks | None

    @property
    def scenario(self) -> Scenario:
        """The scenario itself."""
        return self.loaded.scenario

    @cached_property
    def tracks(self) -> Tracks:
        """What the nets are given: the recording with its faults, or the flights as seen."""
        if self.recorded is None:
            return traffic.of_scenario(self.loaded, self.site, untold).tracks
        tracks = self.recorded
        for fault in self.scenario.faults:
            try:
                tracks, _ = apply_faults(tracks, (fault,), self.site)
            except ScenarioError as error:
                # On the way to a boundary a fault may become so small that the flight is as it was.
                if CHANGES_NOTHING not in error.problem:
                    raise
        return tracks

    def alerts(self, net: str | None = None, callsign: str | None = None) -> list[Alert]:
        """Its alerts, of one net and about one flight where these are named."""
        return [
            alert
            for alert in judge(self.tracks, self.site).alerts
            if net in (None, alert.net) and callsign in (None, alert.callsign)
        ]

    def path_of(self, address: str) -> tuple[str | int, ...]:
        """Where an address such as `fault.amount` or `faults.1.error_hpa` stands in the scenario.

        `fault` is the only fault, `amount` the number that says how large it is; places in a list count from 0.

        Raises
        ------
        ScenarioError
            For an address that names nothing that can be varied.
        """
        parts: list[str | int] = [int(part) if part.isdigit() else part for part in address.split(".")]
        if parts[0] == "fault":
            if len(self.scenario.faults) != 1:
                raise ScenarioError(
                    f"has {len(self.scenario.faults)} faults, and 'fault' means the only one",
                    file=self.loaded.file,
                    mend="say which: faults.0.amount, faults.1.amount",
                )
            parts[:1] = ["faults", 0]
        if parts[0] not in Scenario.model_fields:
            raise ScenarioError(
                f"{address!r} is neither a parameter of the site nor a number of the scenario",
                file=self.loaded.file,
                mend="vary fault.amount, flights.0.legs.1.altitude_ft, pressure.qnh_hpa or apm.below_ft",
            )
        at: Any = self.raw
        for number, part in enumerate(parts):
            if number == 2 and parts[0] == "faults" and part == "amount":
                named = AMOUNTS.get(at["fault"], ())
                part = parts[number] = next((key for key in named if key in at), "amount")
            try:
                at = at[part]
            except (KeyError, IndexError, TypeError):
                raise ScenarioError(
                    f"there is no {address!r} in the scenario",
                    file=self.loaded.file,
                    mend="name a number that it gives",
                ) from None
        if isinstance(at, bool) or not isinstance(at, int | float):
            raise ScenarioError(f"{address!r} is not a number", file=self.loaded.file, mend="name a number")
        return tuple(parts)

    def is_parameter(self, address: str) -> bool:
        """Whether the address is a number of the site and not of the scenario."""
        return address.partition(".")[0] not in (*Scenario.model_fields, "fault")

    def value_at(self, address: str) -> float:
        """The number that stands at an address now."""
        if self.is_parameter(address):
            table, _, key = address.rpartition(".")
            at: Any = getattr(self.site.parameters, table, None)
            if at is None or not isinstance(getattr(at, key, None), int | float):
                raise ScenarioError(
                    f"{address!r} is not a number of a net", file=self.loaded.file, mend="name one such as apm.below_ft"
                )
            return float(getattr(at, key))
        at = self.raw
        for part in self.path_of(address):
            at = at[part]
        return float(at)

    def with_value(self, address: str, value: float) -> Situation:
        """The same with another number at an address.

        Raises
        ------
        InputError
            For a number that the scenario or the site refuses.
        """
        raw = _lists(self.raw)
        if self.is_parameter(address):
            kept = [change for change in raw.get("parameters", []) if change["name"] != address]
            raw["parameters"] = [*kept, {"name": address, "value": value, "source": FOUND_BY}]
            site = site_with(self.site, {address: value})
            return replace(self, raw=raw, loaded=_checked(raw, self.loaded.file), site=site)
        *path, key = self.path_of(address)
        at: Any = raw
        for part in path:
            at = at[part]
        at[key] = value
        loaded = _checked(raw, self.loaded.file)
        site = self.site
        if path and path[0] == "pressure":
            site = changed_site(site.file, changes_of(loaded.scenario))
        return replace(self, raw=raw, loaded=loaded, site=site)

    def without_faults(self) -> Situation:
        """The same situation as it was before any fault."""
        raw = {key: value for key, value in _lists(self.raw).items() if key != "faults"}
        return replace(self, raw=raw, loaded=_checked(raw, self.loaded.file))

    def as_recorded(self, tracks: Tracks, faults: Sequence[Mapping[str, Any]]) -> Situation:
        """Tracks of this situation taken for a recording, with faults of their own."""
        raw = {key: value for key, value in _lists(self.raw).items() if key not in NOT_OF_RECORDINGS}
        source = raw.get("recording", {}).get("source", f"flights of the scenario {self.scenario.name}")
        raw["recording"] = {"file": "tracks.parquet", "source": source}
        raw["faults"] = [dict(fault) for fault in faults]
        return replace(self, raw=raw, loaded=_checked(raw, self.loaded.file), recorded=tracks)

    def write(self, folder: Path, name: str, title: str, story: str) -> Path:
        """Write it as a scenario of its own, with the flights it is about where they are recorded; return the file."""
        raw = _lists(self.raw) | {"name": name, "title": title, "story": story}
        put = {change["name"]: change for change in raw.get("parameters", [])}
        for change in self.site.changes:
            if not change.address.startswith("pressure_regions"):
                put[change.address] = {"name": change.address, "value": change.value, "source": change.source}
        if put:
            raw["parameters"] = list(put.values())
        if not (shipped_folder() / "sites" / str(raw["site"])).is_dir():
            raw["site"] = str(self.site.folder.resolve())
        folder.mkdir(parents=True, exist_ok=True)
        if self.recorded is not None:
            write_parquet(self.recorded, folder / f"{name}.parquet")
            source = f"{self.raw['recording']['source']}; the flights of this situation alone, as they were judged"
            raw["recording"] = {"file": f"{name}.parquet", "source": source}
        file = folder / f"{name}.toml"
        write_whole(file, scenario_text(raw, "Written by a search of safetynets. Not for operational use."))
        return file


def open_situation(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> Situation:
    """A scenario ready to be varied: of a recording only the flights with faults are kept, or all where there are none.

    Raises
    ------
    InputError
        For a scenario, site or recording that cannot be used.

    Examples
    --------
    >>> situation = open_situation("paris-wrong-qnh")
    >>> situation.value_at("fault.amount"), situation.tracks.callsign.tolist()
    (10.0, ['AFR15XV'])
    """
    from safetynets.runs.overrides import split

    of_scenario, of_site = split(overrides or {})
    loaded = load_scenario(name_or_path, of_scenario)
    beside = loaded.folder / loaded.scenario.site
    changes = changes_of(loaded.scenario)
    site = changed_site(beside if beside.exists() else loaded.scenario.site, changes)
    if of_site:
        site = site_with(site, of_site)
    raw = loaded.scenario.model_dump(exclude_unset=True)
    recorded = None
    if loaded.scenario.recording:
        whole = traffic.before_faults(loaded, site, untold).tracks
        named = {fault.callsign for fault in loaded.scenario.faults}
        recorded = flights_of(whole, [n for n, callsign in enumerate(whole.callsign) if callsign in named or not named])
    return Situation(raw, loaded, site, recorded)


def untold(stage: str) -> None:
    """Tell nobody what is done next."""
    del stage


def flights_of(tracks: Tracks, numbers: list[int]) -> Tracks:
    """Some tracks alone, numbered from 0."""
    rows = np.flatnonzero(np.isin(tracks.track, numbers))
    plots = {name: getattr(tracks, name)[rows] for name in column_names("plot")}
    plots["track"] = np.searchsorted(np.array(sorted(numbers)), plots["track"]).astype(np.int32)
    flights = {name: getattr(tracks, name)[sorted(numbers)] for name in column_names("track")}
    return Tracks.from_columns(plots, flights, tracks.plane)


def why(run: Run, net: str | None, callsign: str | None) -> str:
    """One sentence on what a net made of a flight: at the start of its alert, or where it came nearest to one."""
    alerts = [a for a in run.alerts if net in (None, a.net) and callsign in (None, a.callsign)]
    if alerts:
        track, time_s = alerts[0].track, alerts[0].start_time_s
        named = alerts[0].net
    else:
        tracks = run.tracks
        found = [each for each in run.conflicts if net in (None, each.net.name)]
        mine = np.array([callsign in (None, tracks.callsign[number]) for number in tracks.track])
        margins = [np.where(mine, np.nan_to_num(each.margin_ft, nan=np.inf), np.inf) for each in found]
        if not margins or not np.isfinite(np.min(margins)):
            return "No net judged the flight."
        place = int(np.argmin([margin.min() for margin in margins]))
        row = int(np.argmin(margins[place]))
        track, time_s, named = int(tracks.track[row]), float(tracks.time_s[row]), found[place].net.name
    return explanation(explain(run.tracks, run.site, track, time_s), named).headline


def _checked(raw: Mapping[str, Any], file: Path) -> LoadedScenario:
    from pydantic import ValidationError

    from safetynets.sites.problems import from_validation

    try:
        return LoadedScenario(Scenario.model_validate(as_tuples(deepcopy(dict(raw))), strict=True), file)
    except ValidationError as error:
        problem = from_validation(error, Scenario)[0]
        where = ".".join(str(part) for part in problem.path)
        raise ScenarioError(problem.text, file=file, where=where, mend=problem.mend) from None


def _lists(value: Any) -> Any:
    """A deep copy with lists for tuples, so that a place in it can be set."""
    if isinstance(value, Mapping):
        return {key: _lists(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(each) for each in value]
    return value
