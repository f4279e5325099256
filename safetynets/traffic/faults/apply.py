"""Put the faults of a scenario into tracks, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from safetynets.altimetry import STANDARD_PRESSURE_HPA
from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.traffic.faults.altimeter import wrong_altimeter_setting
from safetynets.traffic.faults.models import Fault, WrongAltimeterSetting
from safetynets.traffic.faults.record import FaultRecord, find_track
from safetynets.traffic.places import ground, qnh_at, transition_altitude_ft


def apply_faults(
    tracks: Tracks, faults: Sequence[Fault], site: Site, qnh_hpa: float | None = None
) -> tuple[Tracks, tuple[FaultRecord, ...]]:
    """The tracks, on the site's plane, with every fault put in, and a record of each.

    The QNH is, in this order: the fault's own, `qnh_hpa`, that of the site's region where and when the track ends.

    Raises
    ------
    ScenarioError
        For a call sign that is not in the tracks, an approach that the site does not have, or a QNH that is not known.
    """
    tracks = tracks.on_plane(site.plane)
    below = ground(site)
    records = []
    for fault in faults:
        number = find_track(tracks, fault.callsign, fault.track)
        rows = tracks.rows_of(number)
        if rows.start == rows.stop:
            raise ScenarioError("the track has no plots", where=fault.callsign, mend="choose another flight")
        last = rows.stop - 1
        here = float(tracks.x_m[last]), float(tracks.y_m[last])
        qnh = fault.qnh_hpa or qnh_hpa or qnh_at(site, float(tracks.time_s[last]), *here)
        if qnh is None:
            raise ScenarioError("no QNH is known for this flight", where=fault.callsign, mend="give 'qnh_hpa'")
        if isinstance(fault, WrongAltimeterSetting):
            set_hpa = fault.set_hpa if fault.error_hpa is None else qnh + fault.error_hpa
        else:
            set_hpa = STANDARD_PRESSURE_HPA
        assert set_hpa is not None
        tracks, record = wrong_altimeter_setting(
            tracks,
            number,
            set_hpa=set_hpa,
            qnh_hpa=qnh,
            transition_altitude_ft=transition_altitude_ft(site, *here),
            from_time_s=fault.from_time_s,
            below=below,
            fault=fault.fault,
        )
        records.append(record)
    return tracks, tuple(records)
