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
    """What a net finds for states of aircraft on their own, without eligibility and without any alert.

    Parameters
    ----------
    net
        The net.
    of_plots
        The states; `track` says whose each is.
    tracks
        The flights, for their facts; their plots are not used.
    site
        The site.
    reason
        `Reason.JUDGED`, or why a state is not to be judged, shape (states,); without it all are judged.
    phase
        The index of the approach that an aircraft has joined, or -1, shape (states,); for a net that goes by it.
    pairs
        For a net about pairs, the pairs whose first aircraft the states are of.

    Returns
    -------
    tuple of Conflicts
        One table a group of areas, each with a row a state.

    Examples
    --------
    >>> from safetynets.engine.net import net_of
    >>> from safetynets.engine.track_state import track_state_of
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
    >>> columns = {"time_s": [0.0], "track": [0], "latitude_deg": [50.1], "longitude_deg": [8.1]}
    >>> columns |= {"pressure_altitude_ft": [1000.0], "vx_mps": [0.0], "vy_mps": [70.0], "vertical_rate_fpm": [0.0]}
    >>> tracks = Tracks.from_columns(columns).on_plane(site.plane)
    >>> found, = judge_states(net_of("MSAW"), track_state_of(tracks, site), tracks, site)
    >>> found.margin_ft.round().tolist()
    [172.0]
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
