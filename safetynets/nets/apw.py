"""Area Proximity Warning: is the aircraft, or will it be, inside a volume where it is not allowed.

The rule: violated when inside laterally, inside vertically, and while the volume is active, all three at once
(docs/nets.md, APW).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.nets.conflicts import Conflicts, Kind, Net, Reason
from safetynets.nets.eligibility import is_one_of
from safetynets.nets.picture import Picture, forecast, motion
from safetynets.nets.schedules import active_periods
from safetynets.sites.geometry import Site, Volume
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.nets.kernels.apw import Volumes
    from safetynets.nets.kernels.shapes import Shapes


def apw_conflicts(picture: Picture, tracks: Tracks, reason: NDArray[np.int8], site: Site) -> tuple[Conflicts, ...]:
    """Conflicts of every plot with the volumes of the site: one table a group, groups in the order of their names.

    `reason` holds, per plot, `Reason.JUDGED` or why it is not to be judged.
    """
    groups = sorted({volume.group for volume in site.volumes})
    return tuple(_group_conflicts(picture, tracks, reason, site, group) for group in groups)


def _group_conflicts(picture: Picture, tracks: Tracks, reason: NDArray[np.int8], site: Site, group: str) -> Conflicts:
    from safetynets.nets.kernels import apw as kernel

    parameters = site.parameters.apw
    volumes = group_volumes(site, group)
    count = len(picture)
    allowed = np.column_stack([is_allowed(tracks, volume) for volume in volumes])
    allowed_everywhere = np.asarray(allowed.all(axis=1))[picture.track]
    found = np.where((reason == Reason.JUDGED) & allowed_everywhere, Reason.ALLOWED_IN, reason)
    found = found.astype(np.int8)
    verdicts = kernel.Verdicts(
        violation_s=np.full(count, np.inf),
        hold_violation_s=np.full(count, np.inf),
        area=np.full(count, -1, dtype=np.int32),
        margin_ft=np.full(count, np.nan),
        margin_m=np.full(count, np.nan),
        limit_ft=np.full(count, np.nan),
        severe=np.zeros(count, dtype=np.bool_),
    )
    from_s, to_s = (float(picture.time_s.min()), float(picture.time_s.max())) if count else (0.0, 0.0)
    bare, buffered, held = packed_volumes(site, group, from_s, to_s)
    # Only what never is active is passed over: the margin to what now and then is must not depend on the plots given.
    never = np.array([not volume.schedule.ever for volume in volumes])
    if not never.all():
        kernel.judge(
            found == Reason.JUDGED,
            picture.time_s,
            motion(picture, parameters),
            picture.qnh_pressure_altitude_ft,
            picture.track,
            allowed | never,
            bare,
            buffered,
            held,
            forecast(parameters),
            verdicts,
        )
    unknown = np.full(count, np.nan)
    return Conflicts(
        net=Net.APW,
        group=group,
        areas=tuple(volume.name for volume in volumes),
        assessable=found == Reason.JUDGED,
        reason=found,
        margin_ft=verdicts.margin_ft,
        margin_m=verdicts.margin_m,
        time_to_violation_s=verdicts.violation_s,
        hold_time_to_violation_s=verdicts.hold_violation_s,
        kind=np.where(verdicts.violation_s < np.inf, Kind.INSIDE, Kind.NONE).astype(np.int8),
        area=verdicts.area,
        altitude_ft=picture.altitude_ft,
        minimum_ft=verdicts.limit_ft,
        lateral_deviation_m=unknown,
        vertical_deviation_ft=unknown,
        severe=verdicts.severe,
    )


def group_volumes(site: Site, group: str) -> list[Volume]:
    """The volumes of one group in the order of their names, so that their order in the site file never matters."""
    return sorted((volume for volume in site.volumes if volume.group == group), key=lambda volume: volume.name)


def is_allowed(tracks: Tracks, volume: Volume) -> NDArray[np.bool_]:
    """Which tracks may be inside the volume."""
    return (
        is_one_of(tracks.callsign, volume.allowed_callsigns)
        | is_one_of(tracks.ssr_code, volume.allowed_ssr_codes)
        | is_one_of(tracks.flight_rules, volume.allowed_flight_rules)
    )


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
    from safetynets.nets.shapes import pack, widened

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
    from safetynets.nets.kernels.apw import Volumes

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
