"""The traffic of a run: recorded or scripted, cleaned, resampled, with its faults, on the site's plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from safetynets.errors import ScenarioError
from safetynets.recordings import Profile, read_profile, read_tracks
from safetynets.runs.scenario import LoadedScenario, Scenario
from safetynets.sites import Site
from safetynets.tracks import Tracks, clean, count_flags, derive, left_out, resample
from safetynets.traffic import FaultRecord, apply_faults, fly_truth, see

Progress = Callable[[str], None]
"""Told in a few words what is done next, before it is done."""


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Tracks ready to be judged, the files they came from, and what was found while making them ready."""

    tracks: Tracks
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    found: Mapping[str, Mapping[str, int]]
    faults: tuple[FaultRecord, ...] = ()


def recorded(
    file: Path,
    update_s: float | None,
    site: Site,
    tell: Progress,
    profile: Profile | None = None,
    qnh_hpa: float | None = None,
) -> Traffic:
    """A recording: read, cleaned, velocities and rates derived where it has none, resampled if asked.

    `profile` says what its columns are; `qnh_hpa` is that of altitudes which the profile says are on the QNH.

    Cleaning comes first, so that what resampling leaves out has been looked at and is counted.
    """
    tell("reading the recording")
    read = read_tracks(file, geoid_undulation_m=site.geoid_undulation_m, profile=profile, qnh_hpa=qnh_hpa)
    tell("cleaning the tracks")
    tracks = derive(clean(read.tracks))
    found = {"read": dict(read.counts), "flagged": count_flags(tracks)}
    if update_s is not None:
        found["left_out_by_resampling"] = left_out(tracks, update_s)
        tracks = resample(tracks, update_s)
    return Traffic(
        tracks=tracks.on_plane(site.plane), files=(file,), notes=read.notes, warnings=read.warnings, found=found
    )


def of_scenario(loaded: LoadedScenario, site: Site, tell: Progress) -> Traffic:
    """The recording or the flights of a scenario, with its faults put in.

    Raises
    ------
    InputError
        For a recording that is missing or cannot be read, and for a flight or fault that does not fit the site.
    """
    if not loaded.scenario.recording:
        return _flown(loaded.scenario, site, tell)
    traffic = _replayed(loaded, site, tell)
    if not loaded.scenario.faults:
        return traffic
    tell("putting the faults in")
    tracks, records = apply_faults(traffic.tracks, loaded.scenario.faults, site)
    return replace(traffic, tracks=tracks, faults=records)


def _replayed(loaded: LoadedScenario, site: Site, tell: Progress) -> Traffic:
    recording = loaded.scenario.recording
    assert recording is not None
    file = loaded.folder / recording.file
    if not file.is_file():
        raise ScenarioError(
            f"there is no file {recording.file!r}",
            file=loaded.file,
            where="recording.file",
            mend="write its path relative to the scenario",
        )
    profile = None if recording.profile is None else read_profile(loaded.folder / recording.profile)
    pressure = loaded.scenario.pressure
    qnh_hpa = None if pressure is None else pressure.qnh_hpa
    return recorded(file, recording.update_s, site, tell, profile, qnh_hpa)


def _flown(scenario: Scenario, site: Site, tell: Progress) -> Traffic:
    assert scenario.start is not None
    start_s = scenario.start.timestamp()
    tell("flying the flights")
    truth, endings = fly_truth(scenario.flights, site, start_s, scenario.weather)
    # Faults are in what flew, so that the sensors see them too.
    truth, records = apply_faults(truth, scenario.faults, site, scenario.weather.qnh_hpa)
    tell("looking at them")
    tracks = see(truth, scenario.surveillance, site, scenario.update_s, start_s, scenario.seed)
    notes = tuple(
        f"{ending.callsign} flew into the ground" for ending in endings if ending.how == "contact with the ground"
    )
    if scenario.surveillance.sees_perfectly:
        return Traffic(tracks=tracks, notes=notes, found={}, faults=records)
    tracks = clean(tracks)
    return Traffic(tracks=tracks, notes=notes, found={"flagged": count_flags(tracks)}, faults=records)
