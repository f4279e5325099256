"""The alerts of whole tracks from the few plots that can matter: those of `watch`, many times faster.

A track at rest is changed by a hit alone. So the plots that could be one are sifted from all (`possible`), and only
they and those after them, until the track is at rest again, are judged (`pursuit`), by the functions that judge all.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from safetynets.engine.alerts import Alerts, in_order
from safetynets.engine.conflicts import Net
from safetynets.nets.possible import Rows, bit, sieve_of
from safetynets.nets.pursuit import pursuit_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

FEWEST_PLOTS_A_CHUNK = 50_000
CHUNK_OF_REST, CHUNK_OF_ALL = 2 / 3, 2 / 15
"""A chunk is this of a thread's share of the plots that are left, but at least that of its share of all.

A chunk costs something by itself, so the first are large; the last are small, so that the threads end together.
"""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Ascending rows, a net each, among which are all plots at which the net finds a hit.

    A plot that is not assessable is no hit, and a track at rest is changed by hits alone: an alert can start, and be
    brought nearer, at no other plot.
    """

    msaw: Rows
    apm: Rows
    apw: Rows


def candidates(tracks: Tracks, site: Site, threads: int = 2) -> Candidates:
    """The plots at which the nets of the site could find a hit, whatever the number of threads.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    with ThreadPoolExecutor(threads) as pool:
        sieve = sieve_of(tracks, site, pool)
        chunks = _chunks(sieve.traffic.start, threads)
        found = list(pool.map(lambda chunk: sieve.sift(chunk[0], chunk[1], sieve.nets_of(*chunk)), chunks))
    row = np.concatenate([np.empty(0, dtype=np.int64), *(rows for rows, _ in found)])
    nets = np.concatenate([np.empty(0, dtype=np.uint8), *(nets for _, nets in found)])
    return Candidates(*(row[nets & bit(net) != 0] for net in Net))


def alerts_of(tracks: Tracks, site: Site, threads: int = 2) -> Alerts:
    """The alerts of `watch(tracks, site)`, whatever the number of threads.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    with ThreadPoolExecutor(threads) as pool:
        sieve = sieve_of(tracks, site, pool)
        pursuit, chunks = (
            pursuit_of(tracks, site, sieve),
            _chunks(sieve.traffic.start, threads),
        )
        return in_order(list(pool.map(lambda chunk: pursuit.alerts(*chunk), chunks)))


def _chunks(start: Rows, threads: int) -> list[tuple[int, int]]:
    """Tracks (first, end) in chunks of ever fewer plots."""
    plots = int(start[-1])
    fewest = max(FEWEST_PLOTS_A_CHUNK, int(CHUNK_OF_ALL * plots / threads))
    begins = [0]
    while begins[-1] < plots:
        begins.append(begins[-1] + max(fewest, int(CHUNK_OF_REST * (plots - begins[-1]) / threads)))
    return list(pairwise(np.unique(np.searchsorted(start, np.minimum(begins, plots))).tolist()))
