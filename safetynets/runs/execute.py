"""From a scenario, or from a recording and a site, to a finished `Run`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safetynets import __version__
from safetynets.errors import ScenarioError
from safetynets.nets.monitor import watch
from safetynets.phraseology import load_rule_set, say
from safetynets.runs import counts, manifest
from safetynets.runs.overrides import split
from safetynets.runs.run import Run
from safetynets.runs.scenario import LoadedScenario, Scenario, load_scenario
from safetynets.runs.words import situations
from safetynets.sites import load_site, shipped_folder
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks, clean, count_flags, derive, left_out, read_tracks, resample
from safetynets.traffic import FaultRecord, apply_faults, fly

Progress = Callable[[str], None]
"""Told in a few words what is done next, before it is done."""

ALL_REGIONS = "pressure_regions.*.qnh_hpa"
COMMAND_LINE = "given for this run"


@dataclass(frozen=True, kw_only=True)
class _Traffic:
    """Tracks ready to be judged, with the files they came from and what reading them found."""

    tracks: Tracks
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    found: Mapping[str, Mapping[str, int]]
    faults: tuple[FaultRecord, ...] = ()


def run_scenario(
    name_or_path: str | Path, overrides: Mapping[str, Any] | None = None, progress: Progress | None = None
) -> Run:
    """Run a shipped scenario by its name, or one's own by its path.

    `overrides` replace values by address, such as `{"apm.below_ft": 150}` (see `load_site`), or of the scenario itself,
    such as `{"pressure.qnh_hpa": 1001}`.

    Raises
    ------
    InputError
        For anything in the scenario, its site or its recording that cannot be used.
    """
    tell = progress or _silent
    of_scenario, of_site = split(overrides or {})
    tell("reading the scenario")
    loaded = load_scenario(name_or_path, of_scenario)
    tell("loading the site")
    site = scenario_site(loaded, of_site)
    traffic = _recorded(loaded, site, tell) if loaded.scenario.recording else _scripted(loaded, site, tell)
    scenario = loaded.scenario
    return _judged(
        scenario.name,
        scenario.title,
        site,
        traffic,
        {"scenario": _facts(scenario), "seed": scenario.seed, "overrides": _as_written(overrides)},
        (loaded.file,),
        (shipped_folder(), loaded.folder),
        tell,
    )


def replay(
    tracks: str | Path,
    site: str | Path,
    *,
    qnh_hpa: float | None = None,
    qnh_source: str = COMMAND_LINE,
    update_s: float | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Run:
    """Replay a recording through the nets of a site.

    Without `qnh_hpa` the site's own pressure regions hold; where they know no QNH the nets judge nothing, and say so.
    `update_s` resamples the recording to a surveillance update period.

    Raises
    ------
    InputError
        For anything in the recording or the site that cannot be used.
    """
    tell = progress or _silent
    file = Path(tracks)
    changes: dict[str, Any] = {} if qnh_hpa is None else {ALL_REGIONS: qnh_hpa}
    sources = dict.fromkeys(overrides or {}, COMMAND_LINE) | dict.fromkeys(changes, qnh_source)
    tell("loading the site")
    loaded = _with_pressure_region(load_site(site, {**changes, **(overrides or {})}, sources), qnh_hpa)
    traffic = _read(file, update_s, loaded, tell)
    return _judged(
        file.name.partition(".")[0],
        f"{file.name} at {loaded.title}",
        loaded,
        traffic,
        {
            "recording": file.name,
            "update_s": update_s,
            "seed": 0,
            "overrides": _as_written({**changes, **(overrides or {})}),
        },
        (),
        (shipped_folder(), file.parent),
        tell,
    )


def scenario_site(loaded: LoadedScenario, overrides: Mapping[str, Any]) -> Site:
    """The site of a scenario, with the scenario's pressure and parameters and then `overrides` put into it.

    Raises
    ------
    SiteError, ScenarioError
        For a site that cannot be loaded, and for a pressure that has no region to hold in.
    """
    scenario = loaded.scenario
    changes = {change.name: change.value for change in scenario.parameters}
    sources = {change.name: change.source for change in scenario.parameters}
    if scenario.pressure is not None:
        changes[ALL_REGIONS] = scenario.pressure.qnh_hpa
        sources[ALL_REGIONS] = scenario.pressure.source
    beside = loaded.folder / scenario.site
    site = load_site(
        beside if beside.exists() else scenario.site,
        {**changes, **overrides},
        {**sources, **dict.fromkeys(overrides, COMMAND_LINE)},
    )
    return _with_pressure_region(site, None if scenario.pressure is None else scenario.pressure.qnh_hpa)


def _with_pressure_region(site: Site, qnh_hpa: float | None) -> Site:
    if qnh_hpa is not None and not site.pressure_regions:
        raise ScenarioError(
            f"a QNH of {qnh_hpa} hPa is given, but the site {site.name!r} has no pressure region to hold it",
            mend="add a [[pressure_regions]] to its site.toml",
        )
    return site


def _recorded(loaded: LoadedScenario, site: Site, tell: Progress) -> _Traffic:
    scenario = loaded.scenario
    recording = scenario.recording
    assert recording is not None
    file = loaded.folder / recording.file
    if not file.is_file():
        raise ScenarioError(
            f"there is no file {recording.file!r}",
            file=loaded.file,
            where="recording.file",
            mend="write its path relative to the scenario",
        )
    traffic = _read(file, recording.update_s, site, tell)
    return _with_faults(traffic, scenario, site, tell)


def _read(file: Path, update_s: float | None, site: Site, tell: Progress) -> _Traffic:
    tell("reading the recording")
    read = read_tracks(file, geoid_undulation_m=site.geoid_undulation_m)
    tell("cleaning the tracks")
    tracks = derive(clean(read.tracks))
    found = {"read": dict(read.counts), "flagged": count_flags(tracks)}
    if update_s is not None:
        found["left_out_by_resampling"] = left_out(tracks, update_s)
        tracks = resample(tracks, update_s)
    return _Traffic(tracks=tracks.on_plane(site.plane), files=(file,), notes=read.notes, found=found)


def _scripted(loaded: LoadedScenario, site: Site, tell: Progress) -> _Traffic:
    scenario = loaded.scenario
    assert scenario.start is not None
    tell("flying the flights")
    tracks = fly(scenario.flights, site, scenario.update_s, scenario.start.timestamp(), scenario.weather)
    return _with_faults(_Traffic(tracks=tracks, files=(), notes=(), found={}), scenario, site, tell)


def _with_faults(traffic: _Traffic, scenario: Scenario, site: Site, tell: Progress) -> _Traffic:
    if not scenario.faults:
        return traffic
    tell("putting the faults in")
    tracks, records = apply_faults(traffic.tracks, scenario.faults, site)
    return replace(traffic, tracks=tracks, faults=records)


def _judged(
    name: str,
    title: str,
    site: Site,
    traffic: _Traffic,
    facts: Mapping[str, Any],
    files: Sequence[Path],
    roots: Sequence[Path],
    tell: Progress,
) -> Run:
    tell("judging every plot")
    result = watch(traffic.tracks, site)
    tell("finding the words")
    alerts = result.alerts
    spoken_about = situations(alerts, site)
    icao, proposed = load_rule_set("icao"), load_rule_set("proposed-apm-directive")
    plots = counts.plots_by_net(result.conflicts)
    written: dict[str, Any] = {
        "package": {"name": "safetynets", "version": __version__},
        "notice": "Not for operational use.",
        "name": name,
        "title": title,
        **facts,
        "site": manifest.site_facts(site),
        "pressure": manifest.pressure(site),
        "inputs": manifest.input_files([*files, *traffic.files, *site.input_files], roots),
        "parameters": manifest.parameters(site),
        "counts": {
            "tracks": traffic.tracks.track_count,
            "plots": len(traffic.tracks),
            "plots_by_flag": count_flags(traffic.tracks),
            "recording": traffic.found,
            "nets": plots,
            "approaches_joined": counts.approaches_joined(traffic.tracks, result.approach, site),
            "alerts": counts.alerts_by_net(alerts),
        },
        "faults": [asdict(record) for record in traffic.faults],
        "notes": list(traffic.notes),
        "warnings": list(counts.loud_silences(plots)),
    }
    return Run(
        name=name,
        title=title,
        site=site,
        tracks=traffic.tracks,
        altitude_ft=result.altitude_ft,
        approach=result.approach,
        conflicts=tuple(result.conflicts),
        alerts=tuple(alerts),
        words=tuple(say(situation, icao) for situation in spoken_about),
        proposed_words=tuple(
            say(situation, proposed) if situation.net == "APM" else None for situation in spoken_about
        ),
        manifest=manifest.json_ready(written),
    )


def _facts(scenario: Scenario) -> dict[str, Any]:
    told = ("name", "title", "story", "sources", "reconstructed", "site", "start", "update_s", "recording", "weather")
    dumped = scenario.model_dump(mode="json", exclude_none=True)
    return {key: dumped[key] for key in (*told, "faults", "flights", "pressure", "parameters") if key in dumped}


def _as_written(overrides: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in (overrides or {}).items()}


def _silent(stage: str) -> None:
    del stage
