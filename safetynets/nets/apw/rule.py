"""Area Proximity Warning: is the aircraft, or will it be, inside a volume where it is not allowed.

The rule: violated when inside laterally, inside vertically, and while the volume is active, all three at once
(docs/nets.md, APW).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Conflicts, Net, conflicts_of, room_for
from safetynets.engine.eligibility import is_one_of
from safetynets.engine.schedules import active_periods
from safetynets.engine.track_state import TrackState, forecast, motion
from safetynets.sites.geometry import Site, Volume
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.legs import Forecast
    from safetynets.engine.kernels.shapes import Room, Shapes
    from safetynets.nets.apw.kernel import Volumes


def apw_conflicts(picture: TrackState, tracks: Tracks, reason: NDArray[np.int8], site: Site) -> tuple[Conflicts, ...]:
    """Conflicts of every plot with the volumes of the site: one table a group, groups in the order of their names.

    `reason` holds, per plot, `Reason.JUDGED` or why it is not to be judged.
    """
    return tuple(_group_conflicts(picture, tracks, reason, site, group) for group in groups_of(site))


def _group_conflicts(
    picture: TrackState, tracks: Tracks, reason: NDArray[np.int8], site: Site, group: str
) -> Conflicts:
    from safetynets.nets.apw import kernel

    allowed = allowed_in(tracks.callsign, tracks.ssr_code, tracks.flight_rules, group_volumes(site, group))
    from_s, to_s = (float(picture.time_s.min()), float(picture.time_s.max())) if len(picture) else (0.0, 0.0)
    verdicts = room_for(len(picture))
    kernel.judge(
        reason,
        picture.time_s,
        motion(picture, site.parameters.apw),
        picture.qnh_pressure_altitude_ft,
        picture.track,
        allowed | never_active(site, group),
        np.asarray(allowed.all(axis=1)),
        *asked(site, group, from_s, to_s),
        verdicts,
    )
    return conflicts_of(Net.APW, group, areas_of(site, group), verdicts, picture.altitude_ft)


def groups_of(site: Site) -> list[str]:
    """The groups of volumes of a site, in the order of their names."""
    return sorted({volume.group for volume in site.volumes})


def areas_of(site: Site, group: str) -> tuple[str, ...]:
    """The names of the volumes of a group."""
    return tuple(volume.name for volume in group_volumes(site, group))


def box_of(site: Site, group: str) -> NDArray[np.float64]:
    """West, south, east and north (m) of all volumes of a group with their buffers."""
    boxes_m = _packed_shapes(tuple(group_volumes(site, group)), 0.0).box_m
    return np.concatenate((boxes_m[:, :2].min(axis=0), boxes_m[:, 2:].max(axis=0)))


def asked(site: Site, group: str, from_s: float, to_s: float) -> tuple[Volumes, Volumes, Volumes, Forecast, Room]:
    """What the kernel judges a plot of a span of time by."""
    from safetynets.engine.shapes import room_for_paths

    bare, buffered, held = packed_volumes(site, group, from_s, to_s)
    return bare, buffered, held, forecast(site.parameters.apw), room_for_paths(buffered.shapes, held.shapes)


def never_active(site: Site, group: str) -> NDArray[np.bool_]:
    """Which volumes of a group never are active.

    Only they are passed over: the margin to what now and then is must not depend on the plots given.
    """
    return np.array([not volume.schedule.ever for volume in group_volumes(site, group)])


def allowed_in(
    callsign: NDArray[np.object_],
    ssr_code: NDArray[np.object_],
    flight_rules: NDArray[np.object_],
    volumes: Sequence[Volume],
) -> NDArray[np.bool_]:
    """Which flights, one a row, may be inside which of the volumes."""
    return np.column_stack(
        [
            is_one_of(callsign, volume.allowed_callsigns)
            | is_one_of(ssr_code, volume.allowed_ssr_codes)
            | is_one_of(flight_rules, volume.allowed_flight_rules)
            for volume in volumes
        ]
    )


def group_volumes(site: Site, group: str) -> list[Volume]:
    """The volumes of one group in the order of their names, so that their order in the site file never matters."""
    return sorted((volume for volume in site.volumes if volume.group == group), key=lambda volume: volume.name)


def is_allowed(tracks: Tracks, volume: Volume) -> NDArray[np.bool_]:
    """Which tracks may be inside the volume."""
    return allowed_in(tracks.callsign, tracks.ssr_code, tracks.flight_rules, [volume])[:, 0]


def packed_volumes(site: Site, group: str, from_s: float, to_s: float) -> tuple[Volumes, Volumes, Volumes]:
    """The volumes of a group for plots of a span of time: without buffers, with them, and with hysteresis as well."""
    parameters = site.parameters.apw
    volumes = tuple(group_volumes(site, group))
    to_s += parameters.look_ahead_s + parameters.hysteresis_s
    spans = [active_periods(volume.schedule, from_s, to_s) for volume in volumes]
    return (
        _volumes(volumes, _packed_shapes(volumes, None), None, spans),
        _volumes(volumes, _packed_shapes(volumes, 0.0), 0.0, spans),
        _volumes(volumes, _packed_shapes(volumes, parameters.hysteresis_m), parameters.hysteresis_ft, spans),
    )


@lru_cache(maxsize=64)
def _packed_shapes(volumes: tuple[Volume, ...], beyond_buffer_m: float | None) -> Shapes:
    """Shapes of volumes widened beyond their buffers; None leaves the buffers out."""
    from safetynets.engine.shapes import pack, widened

    return pack(
        [
            widened(volume, 0.0 if beyond_buffer_m is None else volume.lateral_buffer_m + beyond_buffer_m)
            for volume in volumes
        ]
    )


def _volumes(
    volumes: tuple[Volume, ...], shapes: Shapes, beyond_buffer_ft: float | None, spans: list[list[tuple[float, float]]]
) -> Volumes:
    """The volumes for the kernel; `beyond_buffer_ft` widens them beyond their buffers, None leaves the buffers out."""
    from safetynets.nets.apw.kernel import Volumes

    wider_ft = np.array(
        [0.0 if beyond_buffer_ft is None else volume.vertical_buffer_ft + beyond_buffer_ft for volume in volumes]
    )
    return Volumes(
        shapes=shapes,
        floor_ft=np.array([volume.floor.value_ft for volume in volumes]) - wider_ft,
        floor_is_level=np.array([volume.floor.is_flight_level for volume in volumes]),
        ceiling_ft=np.array([volume.ceiling.value_ft for volume in volumes]) + wider_ft,
        ceiling_is_level=np.array([volume.ceiling.is_flight_level for volume in volumes]),
        first_period=np.concatenate(([0], np.cumsum([len(span) for span in spans]))).astype(np.int64),
        active_s=np.array([period for span in spans for period in span], dtype=np.float64).reshape(-1, 2),
    )
