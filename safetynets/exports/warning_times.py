"""The warning time of an alert, plot by plot: of the parameters that hold where the aircraft is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.local import sites_at
from safetynets.engine.net import net_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


def warning_times_s(
    alert: Alert, site: Site, tracks: Tracks, rows: NDArray[np.int64], approach: NDArray[np.int32]
) -> NDArray[np.float64]:
    """The warning time (s) by which the net of an alert judges some plots of its aircraft.

    `approach` is the index of the approach that the aircraft has joined at each of them, or -1. A net about pairs has
    that of the site, wherever the two are.
    """
    net = net_of(alert.net)
    found_s = np.full(len(rows), net.parameters_of(site).warning_time_s, dtype=np.float64)
    if net.near is None:
        for judging, here in sites_at(site, net, alert.group, tracks, rows, approach):
            found_s[here] = net.parameters_of(judging).warning_time_s
    return found_s
