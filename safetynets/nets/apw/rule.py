"""Area Proximity Warning: is the aircraft, or will it be, inside a volume where it is not allowed.

The rule: violated when inside laterally, inside vertically, and while the volume is active, all three at once
(docs/nets.md, APW).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.candidates import VolumeBounds
from safetynets.engine.eligibility import allowed_in, facts_of
from safetynets.engine.net import Subjects
from safetynets.engine.schedules import active_periods
from safetynets.engine.track_state import forecast
from safetynets.sites.geometry import Site, Volume

if TYPE_CHECKING:
    from safetynets.engine.kernels.shapes import Shapes
    from safetynets.engine.kernels.volumes import Volumes
    from safetynets.nets.apw.kernel import Inputs


def groups(site: Site) -> tuple[str, ...]:
    """The groups of volumes of a site, in the order of their names."""
    return tuple(sorted({volume.group for volume in site.volumes}))


def areas(site: Site, group: str) -> tuple[str, ...]:
    """The names of the volumes of a group."""
    return tuple(volume.name for volume in group_volumes(site, group))


def box_of(shapes: Shapes) -> NDArray[np.float64]:
    """West, south, east and north (m) of all shapes."""
    return np.concatenate((shapes.box_m[:, :2].min(axis=0), shapes.box_m[:, 2:].max(axis=0)))


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Inputs:
    """What the kernel judges a plot by."""
    from safetynets.engine.shapes import room_for_paths
    from safetynets.nets.apw.kernel import Inputs

    bare, buffered, held = packed_volumes(site, group, subjects.from_s, subjects.to_s)
    allowed = allowed_in(facts_of(subjects.tracks, subjects.numbers), group_volumes(site, group))
    return Inputs(
        bare=bare,
        buffered=buffered,
        held=held,
        forecast=forecast(site.parameters.apw),
        passed_over=allowed | never_active(site, group),
        allowed=np.asarray(allowed.all(axis=1)),
        box_m=box_of(buffered.shapes),
        room=room_for_paths(buffered.shapes, held.shapes),
    )


def bounds(site: Site, from_s: float, to_s: float) -> VolumeBounds | None:
    """What the coarse filter asks of every plot: may its path come into a volume that then is active."""
    parameters = site.parameters.apw
    seen_until_s = to_s + parameters.look_ahead_s + parameters.hysteresis_s
    active = tuple(volume for volume in site.volumes if active_periods(volume.schedule, from_s, seen_until_s))
    return VolumeBounds(active, parameters.look_ahead_s, parameters.hypotheses == "any") if active else None


def never_active(site: Site, group: str) -> NDArray[np.bool_]:
    """Which volumes of a group never are active.

    Only they are passed over: the margin to what now and then is must not depend on the plots given.
    """
    return np.array([not volume.schedule.ever for volume in group_volumes(site, group)])


def group_volumes(site: Site, group: str) -> list[Volume]:
    """The volumes of one group in the order of their names, so that their order in the site file never matters."""
    return sorted((volume for volume in site.volumes if volume.group == group), key=lambda volume: volume.name)


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
    from safetynets.engine.shapes import packed

    wider_ft = np.array(
        [0.0 if beyond_buffer_ft is None else volume.vertical_buffer_ft + beyond_buffer_ft for volume in volumes]
    )
    return packed(shapes, [(volume.floor, volume.ceiling) for volume in volumes], spans, wider_ft)
