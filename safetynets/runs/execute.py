"""From a scenario, or from a recording and a site, to a finished `Run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safetynets import __version__
from safetynets.recordings import Profile
from safetynets.runs import counts, manifest, traffic
from safetynets.runs.changed_site import GIVEN, changed_site, changes_of, given, pressure
from safetynets.runs.desks import undelivered
from safetynets.runs.judge import judge, with_words
from safetynets.runs.overrides import split
from safetynets.runs.rule_sets import RuleSets, rule_sets_of
from safetynets.runs.run import Run
from safetynets.runs.scenario import Scenario, load_scenario
from safetynets.runs.site_findings import cluster_warnings
from safetynets.runs.traffic import Origin, Progress, Traffic, silent
from safetynets.sites import Site, shipped_folder
from safetynets.sites.geometry import Change
from safetynets.tracks import Tracks, count_flags


@dataclass(frozen=True, kw_only=True)
class _Origin:
    """What a run is called, what the user gave, and which files and changes that took."""

    name: str
    title: str
    asked: Mapping[str, Any]
    files: tuple[Path, ...] = ()
    folder: Path


def run_scenario(
    name_or_path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    *,
    rule_set: str | Path | None = None,
    parameters: Sequence[Change] = (),
) -> Run:
    """Run a shipped scenario by its name, or one's own by its path.

    Parameters
    ----------
    name_or_path
        The scenario.
    overrides
        Values by address, such as `{"apm.below_ft": 150}` (see `load_site`), or of the scenario itself, such as
        `{"pressure.qnh_hpa": 1001}`.
    progress
        Called with a few words before each stage.
    rule_set
        The rule set that the controllers speak by, by name or path; without it that of the site.
    parameters
        Values of the site with a source each, such as those of a parameter set on file; `overrides` come after them.

    Returns
    -------
    Run
        The tracks as judged, the alerts with their words, and the manifest.

    Raises
    ------
    InputError
        For anything in the scenario, its site or its recording that cannot be used.

    Examples
    --------
    >>> run = run_scenario("flat-ground-low")
    >>> run.alerts[0].net, run.alerts[0].callsign
    ('APM', 'LOW1')
    """
    tell = progress or silent
    of_scenario, of_site = split(overrides or {})
    tell("reading the scenario")
    loaded = load_scenario(name_or_path, of_scenario)
    scenario = loaded.scenario
    changes = (*changes_of(scenario), *parameters, *given(of_site))
    tell("loading the site")
    beside = loaded.folder / scenario.site
    site = changed_site(beside if beside.exists() else scenario.site, changes)
    origin = _Origin(
        name=scenario.name,
        title=scenario.title,
        asked={"scenario": _facts(scenario), "seed": scenario.seed, "overrides": dict(overrides or {})},
        files=(loaded.file,),
        folder=loaded.folder,
    )
    rule_sets = rule_sets_of(site, rule_set)
    return _judged(origin, site, traffic.of_scenario(loaded, site, tell), tell, rule_sets)


def replay(
    tracks: str | Path | Tracks,
    site: str | Path | Site,
    *,
    qnh_hpa: float | None = None,
    qnh_source: str = GIVEN,
    update_s: float | None = None,
    profile: Profile | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    origin: Origin | None = None,
    rule_set: str | Path | None = None,
    parameters: Sequence[Change] = (),
) -> Run:
    """Replay a recording through the nets of a site.

    Parameters
    ----------
    tracks
        The file of a recording, or tracks in memory.
    site
        A shipped site by its name, a site of one's own by the path of its folder, or one that is loaded already.
    qnh_hpa
        The QNH (hPa) of every pressure region. Without it the site's own pressure regions hold; where they know no QNH
        the nets judge nothing, and the run says so.
    qnh_source
        Where that QNH is from.
    update_s
        Resample the recording to this surveillance update period (s).
    profile
        What the columns of the recording are, and in which units.
    overrides
        Further values of the site by address, such as `{"apm.below_ft": 150}` (see `load_site`).
    progress
        Called with a few words before each stage.
    origin
        Where tracks in memory come from, as far as that is known.
    rule_set
        The rule set that the controllers speak by, by name or path; without it that of the site.
    parameters
        Values of the site with a source each, such as those of a parameter set on file; `overrides` come after them.

    Returns
    -------
    Run
        The tracks as judged, the alerts with their words, and the manifest.

    Raises
    ------
    InputError
        For anything in the recording or the site that cannot be used.

    Examples
    --------
    >>> from safetynets.sites import shipped_folder
    >>> landing = shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet"
    >>> run = replay(landing, "zurich", qnh_hpa=1009, qnh_source="estimated from this approach")
    >>> len(run.tracks), len(run.alerts)
    (848, 0)
    """
    tell = progress or silent
    changes = (*pressure(qnh_hpa, qnh_source), *parameters, *given(overrides))
    tell("loading the site")
    loaded = changed_site(site, changes)
    rule_sets = rule_sets_of(loaded, rule_set)
    if isinstance(tracks, Tracks):
        known = origin or Origin()
        prepared = traffic.in_memory(tracks, known, update_s, loaded, tell)
        recording, folder, read_as = known.name, loaded.folder, known.profile
    else:
        file = Path(tracks)
        prepared = traffic.recorded(file, update_s, loaded, tell, profile, qnh_hpa)
        recording, folder, read_as = file.name, file.parent, profile or Profile()
    named = _Origin(
        name=recording.partition(".")[0],
        title=f"{recording} at {loaded.title}",
        asked={
            "recording": recording,
            "read_as": read_as.as_said(),
            "update_s": update_s,
            "seed": 0,
            "overrides": dict(overrides or {}),
        },
        folder=folder,
    )
    return _judged(named, loaded, prepared, tell, rule_sets)


def finished(
    recording: Path, asked: Mapping[str, Any], site: Site, judged: Traffic, found: dict[str, Any], rule_sets: RuleSets
) -> Run:
    """The run of traffic that was judged already, bit by bit; `found` is as in `runs.judge.with_words`."""
    title = f"{recording.name} at {site.title}"
    origin = _Origin(name=recording.name, title=title, asked=asked, folder=recording)
    run = with_words(origin.name, origin.title, site, judged.tracks, found, silent, rule_sets)
    return replace(run, manifest=manifest.json_ready(_manifest(origin, site, judged, run, rule_sets)))


def _judged(origin: _Origin, site: Site, judged: Traffic, tell: Progress, rule_sets: RuleSets) -> Run:
    run = judge(origin.name, origin.title, site, judged.tracks, tell, rule_sets)
    return replace(run, manifest=manifest.json_ready(_manifest(origin, site, judged, run, rule_sets)))


def _manifest(origin: _Origin, site: Site, judged: Traffic, run: Run, rule_sets: RuleSets) -> dict[str, Any]:
    plots = run.plots_judged()
    files = [*origin.files, *judged.files, *site.input_files, *([rule_sets.file] if rule_sets.file else [])]
    return {
        "package": {"name": "safetynets", "version": __version__},
        "notice": "Not for operational use.",
        "name": origin.name,
        "title": origin.title,
        **origin.asked,
        "site": manifest.site_facts(site),
        "site_overrides": {change.address: change.value for change in site.changes},
        "pressure": manifest.pressure(site),
        "rule_sets": rule_sets.facts(),
        "inputs": [
            *manifest.input_files(files, (shipped_folder(), origin.folder, site.folder.parent)),
            *judged.in_memory,
        ],
        "parameters": manifest.parameters(site),
        "counts": {
            "tracks": judged.tracks.track_count,
            "plots": len(judged.tracks),
            "plots_by_flag": count_flags(judged.tracks),
            "recording": judged.found,
            "nets": plots,
            "approaches_joined": counts.approaches_joined(judged.tracks, run.approach, site),
            "alerts": counts.alerts_by_net(run.alerts, run.site),
        },
        "faults": [asdict(record) for record in judged.faults],
        "notes": list(judged.notes),
        "warnings": [
            *judged.warnings,
            *counts.loud_silences(plots, site),
            *counts.closed_approaches(judged.tracks, site),
            *undelivered(run.alerts, run.deliveries),
            *cluster_warnings(run),
        ],
    }


def _facts(scenario: Scenario) -> dict[str, Any]:
    told = ("name", "title", "story", "sources", "reconstructed", "site", "start", "update_s", "recording", "weather")
    dumped = scenario.model_dump(mode="json", exclude_none=True)
    return {key: dumped[key] for key in (*told, "faults", "flights", "pressure", "parameters") if key in dumped}
