"""The traffic of a run: recorded or scripted, cleaned, resampled, with its faults, on the site's plane."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from safetynets.errors import ScenarioError
from safetynets.geodesy import WGS84, Floats
from safetynets.recordings import Profile, read_profile, read_tracks
from safetynets.runs.scenario import LoadedScenario, Scenario
from safetynets.sites import Site
from safetynets.tracks import Tracks, clean, column_names, count_flags, derive, left_out, map_portions, resample
from safetynets.traffic import FaultRecord, apply_faults, fly_truth, see
from safetynets.units import m_to_nm, nm_to_m

Progress = Callable[[str], None]


def silent(_stage: str) -> None:
    """Tell nobody of a stage."""


"""Called with a few words before each stage."""

NEAR_NM = 250.0
"""A recording with no plot this near to the site is of another place (simulator default)."""

IN_MEMORY = "tracks in memory"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where tracks in memory come from: their name, the file they were read from, and what was found while reading."""

    name: str = IN_MEMORY
    file: Path | None = None
    counts: Mapping[str, int] | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    profile: Profile = Profile()


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Tracks ready to be judged, what they came from, and what was found while making them ready.

    `in_memory` has a row for tracks that were given as such: a name and the SHA-256 of their columns.
    """

    tracks: Tracks
    files: tuple[Path, ...] = ()
    in_memory: tuple[Mapping[str, str], ...] = ()
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

    Cleaning comes first, so that what resampling leaves out is flagged and counted.
    """
    tell("reading the recording")
    profile = with_radars(profile or Profile(), site)
    read = read_tracks(file, geoid_undulation_m=site.geoid_undulation_m, profile=profile, qnh_hpa=qnh_hpa)
    ready, found = made_ready(read.tracks, update_s, site, tell)
    return Traffic(
        tracks=ready,
        files=(file,),
        notes=read.notes,
        warnings=(*read.warnings, *elsewhere(ready, site)),
        found={"read": dict(read.counts), **found},
    )


def with_radars(profile: Profile, site: Site) -> Profile:
    """The profile with the radars of a site; where both say where a radar stands, the profile is right."""
    of_site = {
        f"{one.sac}/{one.sic}": f"{one.latitude_deg},{one.longitude_deg},{one.antenna_altitude_m}"
        for one in site.radars
    }
    return replace(profile, radars={**of_site, **profile.radars}) if of_site else profile


def in_memory(tracks: Tracks, origin: Origin, update_s: float | None, site: Site, tell: Progress) -> Traffic:
    """Tracks in memory, made ready as those of a recording."""
    ready, found = made_ready(tracks, update_s, site, tell)
    read = {} if origin.counts is None else {"read": dict(origin.counts)}
    return Traffic(
        tracks=ready,
        files=() if origin.file is None else (origin.file,),
        in_memory=({"file": IN_MEMORY, "sha256": sha256_of_columns(tracks)},),
        notes=origin.notes,
        warnings=(*origin.warnings, *elsewhere(ready, site)),
        found={**read, **found},
    )


def elsewhere(tracks: Tracks, site: Site) -> tuple[str, ...]:
    """What to warn of when no plot is anywhere near the site: that, and whether latitude and longitude are swapped."""
    placed = ~np.isnan(tracks.x_m) & ~np.isnan(tracks.y_m)
    if not placed.any() or np.hypot(tracks.x_m[placed], tracks.y_m[placed]).min() <= nm_to_m(NEAR_NM):
        return ()
    latitude_deg, longitude_deg = tracks.latitude_deg[placed], tracks.longitude_deg[placed]
    nearest_nm = _nearest_nm(site, latitude_deg, longitude_deg)
    said = f"no plot lies within {NEAR_NM:g} NM of the site, the nearest {nearest_nm:,.0f} NM away"
    turned = np.abs(longitude_deg) <= 90.0
    if turned.any() and _nearest_nm(site, longitude_deg[turned], latitude_deg[turned]) <= NEAR_NM:
        return (f"{said}: latitude and longitude are swapped; say --columns latitude=longitude,longitude=latitude",)
    return (f"{said}; check the site, and the positions of the recording",)


def _nearest_nm(site: Site, latitude_deg: Floats, longitude_deg: Floats) -> float:
    """The least distance along the ground from the centre of the site's plane to the positions."""
    longitude, latitude = (
        np.full(len(latitude_deg), value) for value in (site.plane.longitude_deg, site.plane.latitude_deg)
    )
    return m_to_nm(float(WGS84.inv(longitude, latitude, longitude_deg, latitude_deg)[2].min()))


def sha256_of_columns(tracks: Tracks) -> str:
    """The SHA-256 of the columns of tracks, in hexadecimal: equal for equal tracks, on every machine.

    >>> tracks = Tracks.from_columns({"time_s": [0.0], "track": [0]}, {"callsign": ["SWR1"]})
    >>> sha256_of_columns(tracks) == sha256_of_columns(tracks.with_columns(callsign=["SWR2"]))
    False
    """
    digest = hashlib.sha256()
    for name in column_names("plot"):
        values = getattr(tracks, name)
        digest.update(name.encode())
        digest.update(values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes())
    for name in column_names("track"):
        digest.update(name.encode())
        digest.update("\0".join(map(str, getattr(tracks, name))).encode())
    return digest.hexdigest()


def made_ready(
    tracks: Tracks, update_s: float | None, site: Site, tell: Progress
) -> tuple[Tracks, dict[str, Mapping[str, int]]]:
    """Tracks cleaned, derived, resampled if asked, on the plane of the site; and what was found on the way."""
    tell("cleaning the tracks")
    tracks = map_portions(tracks, lambda portion: derive(clean(portion)))
    found: dict[str, Mapping[str, int]] = {"flagged": count_flags(tracks)}
    if update_s is not None:
        found["left_out_by_resampling"] = left_out(tracks, update_s)
        tracks = resample(tracks, update_s)
    return map_portions(tracks, lambda portion: portion.on_plane(site.plane)), found


def of_scenario(loaded: LoadedScenario, site: Site, tell: Progress) -> Traffic:
    """The recording or the flights of a scenario, with its faults put in.

    Raises
    ------
    InputError
        For a recording that is missing or cannot be read, and for a flight or fault that does not fit the site.
    """
    if not loaded.scenario.recording:
        return _flown(loaded.scenario, site, tell)
    traffic = before_faults(loaded, site, tell)
    if not loaded.scenario.faults:
        return traffic
    tell("putting the faults in")
    tracks, records = apply_faults(traffic.tracks, loaded.scenario.faults, site)
    return replace(traffic, tracks=tracks, faults=records)


def before_faults(loaded: LoadedScenario, site: Site, tell: Progress) -> Traffic:
    """The recording of a scenario without its faults.

    Raises
    ------
    InputError
        For a recording that is missing or cannot be read.
    """
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
