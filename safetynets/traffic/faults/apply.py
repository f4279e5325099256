"""Put the faults of a scenario into tracks, one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

from safetynets.altimetry import STANDARD_PRESSURE_HPA
from safetynets.errors import ScenarioError
from safetynets.sites.approach_path import along_and_across
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.traffic.faults import models
from safetynets.traffic.faults.altimeter import wrong_altimeter_setting
from safetynets.traffic.faults.areas import into_volume, vectored_below_minimum
from safetynets.traffic.faults.descent import descent_below, shifted_descent, through_cleared_level
from safetynets.traffic.faults.flight import Flight
from safetynets.traffic.faults.glide_path import wrong_glide_path
from safetynets.traffic.faults.lateral import lateral_offset, turn_away, wrong_runway
from safetynets.traffic.faults.misreadings import misread_hpa
from safetynets.traffic.faults.record import FaultRecord, find_track
from safetynets.traffic.faults.selected import wrong_selected_altitude
from safetynets.traffic.places import find_approach, ground, no_such, pressure_where_it_ends

FINAL_WIDTH_M = 5000.0
"""How far beside a final approach course a flight may be and still be at a distance before its threshold."""
GLIDE_PATH_FROM_NM = 10.0
OTHER_RUNWAY_FROM_NM = 8.0


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Thing = TypeVar("Thing", bound=_Named)


def apply_faults(
    tracks: Tracks, faults: Sequence[models.Fault], site: Site, qnh_hpa: float | None = None
) -> tuple[Tracks, tuple[FaultRecord, ...]]:
    """Put faults into tracks, one after the other.

    Parameters
    ----------
    tracks
        Tracks, scripted or recorded.
    faults
        What goes wrong, and with which flight (docs/traffic.md).
    site
        Gives the plane, the approaches, the volumes and the ground.
    qnh_hpa
        The QNH (hPa) of faults that name none; without it that of the site's region where and when the track was last
        seen.

    Returns
    -------
    Tracks
        On the plane of the site, with every fault put in.
    tuple of FaultRecord
        What was done, one a fault.

    Raises
    ------
    ScenarioError
        For a call sign that is not in the tracks, something that the site does not have, a QNH that is not known, and a
        fault that the flight leaves no room for.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> columns = {"time_s": [0.0, 4.0], "track": [0, 0], "latitude_deg": [50.1, 50.1], "longitude_deg": [8.1, 8.11]}
    >>> changed, records = apply_faults(Tracks.from_columns(columns), [], load_site("flat"))
    >>> len(changed), records
    (2, ())
    """
    tracks = tracks.on_plane(site.plane)
    below = ground(site)
    records = []
    for fault in faults:
        number = find_track(tracks, fault.callsign, fault.track)
        if tracks.rows_of(number).start == tracks.rows_of(number).stop:
            raise ScenarioError("the track has no plots", where=fault.callsign, mend="choose another flight")
        flight = Flight(tracks, number, _qnh_hpa(tracks, number, fault, site, qnh_hpa), below)
        tracks, record = _put_in(flight, fault, site)
        records.append(record)
    return tracks, tuple(records)


def _put_in(flight: Flight, fault: models.Fault, site: Site) -> tuple[Tracks, FaultRecord]:
    tracks, number = flight.tracks, flight.number
    match fault:
        case models.WrongAltimeterSetting() | models.StandardSettingKept():
            _, transition_altitude_ft = pressure_where_it_ends(tracks, number, site)
            return wrong_altimeter_setting(
                flight,
                set_hpa=_set_hpa(fault, flight.qnh_hpa),
                transition_altitude_ft=transition_altitude_ft,
                from_time_s=_start_s(tracks, number, fault, site),
                ils=find_approach(site, fault.approach) if fault.ils and fault.approach else None,
                fault=fault.fault,
            )
        case models.EarlyDescent() | models.LateDescent():
            early = isinstance(fault, models.EarlyDescent)
            return shifted_descent(
                flight,
                early_nm=fault.early_nm if isinstance(fault, models.EarlyDescent) else -fault.late_nm,
                from_time_s=_start_s(tracks, number, fault, site),
                level_off_ft=fault.level_off_ft if isinstance(fault, models.EarlyDescent) else None,
                for_s=fault.for_s,
                fault="early_descent" if early else "late_descent",
            )
        case models.WrongStep() | models.TooSteep():
            return descent_below(
                flight,
                start_s=_known_start_s(tracks, number, fault, site),
                level_ft=fault.altitude_ft if isinstance(fault, models.WrongStep) else fault.level_off_ft,
                rate_fpm=fault.rate_fpm,
                angle_deg=None if isinstance(fault, models.WrongStep) else fault.angle_deg,
                for_s=fault.for_s,
                fault=fault.fault,
            )
        case models.ThroughClearedLevel():
            return through_cleared_level(
                flight,
                cleared_ft=fault.cleared_ft,
                by_ft=fault.by_ft,
                for_s=fault.for_s,
            )
        case models.WrongGlidePath():
            return wrong_glide_path(
                flight,
                approach=find_approach(site, fault.approach),
                angle_deg=fault.angle_deg,
                start_s=_known_start_s(tracks, number, fault, site, GLIDE_PATH_FROM_NM),
            )
        case models.LateralOffset():
            start_s = _known_start_s(tracks, number, fault, site)
            course_deg = (
                _course_deg(tracks, number, start_s)
                if fault.approach is None
                else find_approach(site, fault.approach).course_deg
            )
            return lateral_offset(
                flight,
                right_m=fault.right_m,
                course_deg=course_deg,
                start_s=start_s,
                for_s=fault.for_s,
            )
        case models.WrongRunway():
            return wrong_runway(
                flight,
                approach=find_approach(site, fault.approach),
                instead=find_approach(site, fault.instead),
                start_s=_known_start_s(tracks, number, fault, site, OTHER_RUNWAY_FROM_NM),
            )
        case models.TurnTowardsTerrain():
            return turn_away(
                flight,
                turn_deg=fault.turn_deg,
                start_s=_known_start_s(tracks, number, fault, site),
                for_s=fault.for_s,
                level=fault.level,
            )
        case models.WrongSelectedAltitude():
            return wrong_selected_altitude(
                flight,
                selected_ft=fault.selected_ft,
                cleared_ft=fault.cleared_ft,
                start_s=_known_start_s(tracks, number, fault, site),
                for_s=fault.for_s,
            )
        case models.VectoredBelowMinimum():
            minimum = _named(site.minimum_altitudes, fault.minimum, site, "minimum altitude")
            return vectored_below_minimum(flight, minimum=minimum, by_ft=fault.by_ft)
        case models.IntoVolume():
            volume = _named(site.volumes, fault.volume, site, "volume")
            return into_volume(flight, volume=volume, stay_s=fault.stay_s)


def _qnh_hpa(tracks: Tracks, number: int, fault: models.FaultBase, site: Site, given_hpa: float | None) -> float:
    of_region_hpa, _ = pressure_where_it_ends(tracks, number, site)
    for qnh_hpa in (fault.qnh_hpa, given_hpa, of_region_hpa):
        if qnh_hpa is not None and not math.isnan(qnh_hpa):
            return qnh_hpa
    raise ScenarioError("no QNH is known for this flight", where=fault.callsign, mend="give 'qnh_hpa'")


def _set_hpa(fault: models.WrongAltimeterSetting | models.StandardSettingKept, qnh_hpa: float) -> float:
    if isinstance(fault, models.StandardSettingKept):
        return STANDARD_PRESSURE_HPA
    if fault.cause is not None:
        return misread_hpa(fault.cause, qnh_hpa, fault.other_qnh_hpa)
    return qnh_hpa + (fault.error_hpa or 0.0) if fault.set_hpa is None else fault.set_hpa


def _start_s(
    tracks: Tracks, number: int, fault: models.Begins, site: Site, usual_nm: float | None = None
) -> float | None:
    if fault.from_time_s is not None:
        return fault.from_time_s
    distance_nm = usual_nm if fault.from_distance_nm is None else fault.from_distance_nm
    if fault.approach is None or distance_nm is None:
        return None
    rows = tracks.rows_of(number)
    approach = find_approach(site, fault.approach)
    along_nm, across_m = along_and_across(approach, tracks.x_m[rows], tracks.y_m[rows])
    with np.errstate(invalid="ignore"):
        on_final = (np.abs(across_m) <= FINAL_WIDTH_M) & (along_nm > 0.0)
        beyond = np.flatnonzero(on_final & (along_nm > distance_nm))
        within = np.flatnonzero(on_final & (along_nm <= distance_nm))
    if len(within) == 0 or len(beyond) == 0 or beyond[-1] > within[-1]:
        raise ScenarioError(
            f"the flight does not approach {approach.name!r} through {distance_nm:g} NM",
            where=fault.callsign,
            mend="choose another flight, or give 'from_time'",
        )
    return float(tracks.time_s[rows][within[within > beyond[-1]][0]])


def _known_start_s(
    tracks: Tracks, number: int, fault: models.Begins, site: Site, usual_nm: float | None = None
) -> float:
    start_s = _start_s(tracks, number, fault, site, usual_nm)
    time_s = tracks.time_s[tracks.rows_of(number)]
    if start_s is None or not time_s[0] <= start_s <= time_s[-1]:
        raise ScenarioError(
            "the fault begins before or after the track", where=fault.callsign, mend="give another 'from_time'"
        )
    return start_s


def _course_deg(tracks: Tracks, number: int, time_s: float) -> float:
    rows = tracks.rows_of(number)
    vx_mps, vy_mps = (
        float(np.interp(time_s, tracks.time_s[rows], values[rows])) for values in (tracks.vx_mps, tracks.vy_mps)
    )
    return float(np.degrees(np.arctan2(vx_mps, vy_mps)))


def _named(things: Sequence[Thing], wanted: str, site: Site, what: str) -> Thing:
    names = [thing.name for thing in things]
    if wanted in names:
        return things[names.index(wanted)]
    raise no_such(site, what, wanted, names)
