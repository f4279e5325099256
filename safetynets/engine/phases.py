"""The phase of every plot of whole tracks, such as the approach that the aircraft has joined."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.eligibility import rules_of_tracks
from safetynets.engine.local import has_local
from safetynets.engine.monitor import Monitor, carried_of
from safetynets.engine.net import Net, Subjects
from safetynets.engine.plots import plots_of
from safetynets.engine.stage import stages_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


def phases_of(net: Net, tracks: Tracks, site: Site) -> NDArray[np.int32]:
    """The phase of each plot of tracks on the plane of the site, as a net tells it.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    if has_local(site, net):
        return Monitor(site, (net,)).feed(tracks).approach
    plots = plots_of(tracks, site)
    subjects = Subjects(tracks, plots.number, plots.from_s, plots.now_s)
    (stage,) = stages_of(net, site, subjects, rules_of_tracks(tracks, net.parameters_of(site)))
    return stage.phases(plots.start[:-1], plots.start[1:] - 1, plots, carried_of(plots, tracks.track_count))[1]
