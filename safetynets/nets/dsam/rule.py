"""Selected altitude monitor: has the crew selected another altitude than it is cleared to.

The rule: `settling_s` after either level last changed, violated when `|selected - cleared| > tolerance_ft`. *Past* when
the cleared level lies between the aircraft and the selected altitude, or the aircraft is at it; otherwise *before*
(docs/nets.md, DSAM).
"""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from safetynets.engine.net import Subjects, named, remember
from safetynets.engine.track_state import received
from safetynets.sites.approach_path import course_vector
from safetynets.sites.geometry import Site
from safetynets.units import M_PER_NM

if TYPE_CHECKING:
    from safetynets.nets.dsam.kernel import Agreed, Altitudes, Finals, Inputs

SOURCES = ("unknown", "unknown", "aircraft", "mcp", "fms")
"""Words for where an altitude was selected: place s + 1 is source s of `AltitudeSource`; -1 and 0 are unknown."""


def groups(site: Site) -> tuple[str, ...]:
    """One group: a flight has one selected altitude."""
    return ("dsam",)


def areas(site: Site, group: str) -> tuple[str, ...]:
    """There are no areas: the deviation is anywhere."""
    return ()


def forget_all(track_count: int) -> Agreed:
    """What is remembered of so many tracks before their first plot."""
    from safetynets.nets.dsam.kernel import Agreed

    return Agreed(*(np.full(track_count, np.nan) for _ in Agreed._fields))


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Inputs:
    """What the kernel judges a plot by: its selected altitude and cleared level, and the thresholds."""
    from safetynets.nets.dsam.kernel import Inputs, Limits

    return Inputs(
        altitudes=altitudes_of(subjects, site),
        finals=finals_of(site),
        limits=named(Limits, site.parameters.dsam),
    )


def altitudes_of(subjects: Subjects, site: Site) -> Altitudes:
    """The selected altitudes of the plots of some subjects, and which of them may be judged."""
    from safetynets.nets.dsam import kernel

    tracks, rows, parameters = subjects.tracks, subjects.rows, site.parameters.dsam
    count = rows.stop - rows.start
    after = deepcopy(subjects.memory) or forget_all(tracks.track_count)
    found = kernel.Altitudes(rows.start, np.empty(count, dtype=np.int8), *(np.empty(count) for _ in range(3)))
    judged_sources = np.array([source in parameters.sources for source in SOURCES])
    how = named(kernel.How, parameters, max_age_s=parameters.max_selected_age_s, sources=judged_sources)
    ages_s, sources = tracks.selected_altitude_age_s, tracks.selected_altitude_source
    kernel.follow(rows.start, received(tracks), ages_s, sources, how, after, found)
    remember(subjects, after)
    return found


@lru_cache(maxsize=8)
def finals_of(site: Site) -> Finals:
    """The regions of the final approaches of a site, flown or not monitored, as the kernel takes them."""
    from safetynets.nets.dsam.kernel import Finals

    parameters, approaches = site.parameters.dsam, site.flown_approaches
    return Finals(
        threshold_m=np.array([(one.x_m, one.y_m) for one in approaches]).reshape(-1, 2),
        course=np.array([course_vector(one) for one in approaches]).reshape(-1, 2),
        start_nm=np.array([one.start_distance_nm for one in approaches]),
        intercept_ft=np.array([one.intercept_altitude_ft for one in approaches]),
        half_width_m=parameters.final_half_width_m,
        splay_m_per_nm=float(np.tan(np.radians(parameters.final_splay_deg))) * M_PER_NM,
        angle_cosine=float(np.cos(np.radians(parameters.final_angle_deg))),
    )
