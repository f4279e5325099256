"""Barometric pressure setting monitor: has the crew set another pressure than the QNH.

The rule: at or below the transition level, `settling_s` after coming there, violated when
`|setting - QNH| - half the step of the source > limit_hpa`, with the QNH of the pressure region, or the median of what
other flights have set (docs/nets.md, DBPSM).
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import Subjects, named, remember
from safetynets.engine.track_state import received
from safetynets.sites.geometry import Site
from safetynets.sites.pressure import qnh_at, region_at
from safetynets.tracks import Tracks
from safetynets.units import nm_to_m

if TYPE_CHECKING:
    from safetynets.nets.dbpsm.kernel import How, Inputs, Pressures, Sent, Settings

CAUSES = (
    "",
    "standard setting left in",
    "hectopascals read as inches",
    "inches read as hectopascals",
    "digits transposed",
    "a digit slipped",
)
"""Words for the likely causes, in the order of the kernel; the first is an unknown cause."""
FT_PER_FL = 100.0


def groups(site: Site) -> tuple[str, ...]:
    """One group: a flight has one setting."""
    return ("dbpsm",) if site.pressure_regions else ()


def areas(site: Site, group: str) -> tuple[str, ...]:
    """Each pressure region with each likely cause of a wrong setting: those of `CAUSES`, and the QNH of each region."""
    regions = [region.name for region in site.pressure_regions]
    causes = (*CAUSES, *(f"QNH of {name} set" for name in regions))
    return tuple(f"{name}: {cause}" if cause else name for name in regions for cause in causes)


def forget_all(track_count: int) -> Sent:
    """What is remembered of so many tracks before their first plot."""
    from safetynets.nets.dbpsm.kernel import Sent

    return Sent(*(np.full(track_count, np.nan) for _ in Sent._fields))


def among_others(site: Site) -> bool:
    """Whether the settings of other flights are the reference."""
    return bool(site.parameters.dbpsm.reference == "median")


def needs_qnh(site: Site) -> bool:
    """Whether the QNH of the pressure region is the reference."""
    return not among_others(site)


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Inputs:
    """What the kernel judges a plot by: its setting and the reference, and the thresholds."""
    from safetynets.nets.dbpsm.kernel import Inputs, Limits

    settings = settings_of(subjects, site)
    tracks, rows = subjects.tracks, slice(settings.first_row, settings.first_row + len(settings.reason))
    regions, time_s = np.arange(len(site.pressure_regions)), tracks.time_s[rows]
    return Inputs(
        settings=settings,
        limits=named(Limits, site.parameters.dbpsm),
        other_hpa=np.ascontiguousarray(qnh_at(site, regions[None, :], time_s[:, None])),
    )


def settings_of(subjects: Subjects, site: Site) -> Settings:
    """The settings of the plots of some subjects, which of them may be judged, and what they are held against."""
    from safetynets.nets.dbpsm import kernel

    tracks, own, by_others = subjects.tracks, subjects.rows, among_others(site)
    rows = slice(0, len(tracks)) if by_others else own
    before = subjects.memory or forget_all(tracks.track_count)
    after = deepcopy(before)
    at, how, seen = pressures_of(tracks, site, rows), how_of(site), received(tracks)
    found = _unknown(at, rows.start)
    kernel.follow(rows.start, seen, tracks.baro_setting_age_s, at, how, after, found)
    if by_others:
        order = np.argsort(tracks.time_s, kind="stable")
        kernel.find_medians(order, own.start, own.stop, seen, how, before, found)
    else:
        found.reference_hpa[:] = at.qnh_hpa
    remember(subjects, after)
    return found


def pressures_of(tracks: Tracks, site: Site, rows: slice) -> Pressures:
    """The pressure region of plots, its QNH then, and its transition altitude and level (ft)."""
    from safetynets.nets.dbpsm.kernel import Pressures

    region = region_at(site, tracks.x_m[rows], tracks.y_m[rows])
    altitudes_ft = np.array([*(one.transition_altitude_ft for one in site.pressure_regions), np.nan])
    levels_ft = np.array([*(one.transition_level_fl * FT_PER_FL for one in site.pressure_regions), np.nan])
    return Pressures(
        region=region.astype(np.int64),
        qnh_hpa=qnh_at(site, region, tracks.time_s[rows]),
        altitude_ft=altitudes_ft[region],
        level_ft=levels_ft[region],
    )


def how_of(site: Site) -> How:
    """The parameters that say which settings may be judged, as the kernel takes them."""
    from safetynets.nets.dbpsm.kernel import How

    parameters = site.parameters.dbpsm
    return named(
        How,
        parameters,
        max_age_s=parameters.max_setting_age_s,
        window_s=parameters.reference_window_s,
        radius_m=nm_to_m(parameters.reference_radius_nm),
        fewest=parameters.reference_flights,
        widest_hpa=parameters.reference_spread_hpa,
    )


def _unknown(at: Pressures, first_row: int) -> Settings:
    """Settings of so many plots from a row on, of which nothing is known yet."""
    from safetynets.nets.dbpsm.kernel import Settings

    count = len(at.region)

    def unknown() -> NDArray[Any]:
        return np.full(count, np.nan)

    return Settings(
        first_row=first_row,
        reason=np.zeros(count, dtype=np.int8),
        remaining_s=unknown(),
        setting_hpa=unknown(),
        half_step_hpa=unknown(),
        refers=np.zeros(count, dtype=np.bool_),
        region=np.empty(count, dtype=np.int64),
        reference_hpa=unknown(),
        flights=np.zeros(count, dtype=np.int64),
        spread_hpa=unknown(),
    )
