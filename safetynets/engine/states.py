"""States of aircraft judged by themselves: what a net finds, without eligibility and without any alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Conflicts, allocate_verdicts, conflicts_of
from safetynets.engine.net import Net, Subjects
from safetynets.engine.track_state import TrackState, states
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.pairs import Pairs


def judge_states(
    net: Net,
    of_plots: TrackState,
    tracks: Tracks,
    site: Site,
    reason: NDArray[np.int8] | None = None,
    phase: NDArray[np.int32] | None = None,
    pairs: Pairs | None = None,
) -> tuple[Conflicts, ...]:
    """What a net finds for some states at a site: one table a group of its areas, one row a state.

    Parameters
    ----------
    net
        The net.
    of_plots
        The states. `track` says whose each is.
    tracks
        What is known of the flights; their plots are not looked at.
    site
        The site.
    reason
        `Reason.JUDGED`, or why a state is not to be judged, one a state; without it all are judged.
    phase
        The index of the approach that an aircraft has joined, or -1, one a state; for a net that goes by it.
    pairs
        For a net about pairs, the pairs whose first aircraft the states are of.
    """
    from safetynets.engine.kernels import walk as kernel

    count, parameters = len(of_plots), net.parameters_of(site)
    from_s, to_s = (float(of_plots.time_s.min()), float(of_plots.time_s.max())) if count else (0.0, 0.0)
    subjects = Subjects(tracks, np.arange(tracks.track_count), from_s, to_s, pairs=pairs)
    found = []
    for group in net.groups(site):
        verdicts = allocate_verdicts(count)
        kernel.judge_states(
            net.inputs(site, group, subjects),
            np.zeros(count, dtype=np.int8) if reason is None else reason,
            np.zeros(count, dtype=np.int32) if phase is None else phase,
            of_plots.track.astype(np.int64),
            of_plots.time_s,
            states(of_plots, parameters),
            of_plots.qnh_pressure_altitude_ft,
            verdicts,
        )
        found.append(conflicts_of(net, group, net.areas(site, group), verdicts, of_plots.altitude_ft))
    return tuple(found)
