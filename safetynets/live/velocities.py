"""Velocities and vertical rates of plots as they come, where the feed has none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.tracks import Tracks, derive

HISTORY_S = 35.0
"""`derive` looks back 30 s at most: 10 s for a rate, across a silence of 20 s."""
BLOCK_S = 1.0
COLUMNS = ("time_s", "track", "latitude_deg", "longitude_deg", "pressure_altitude_ft", "flags")

Block = dict[str, NDArray[Any]]


class Velocities:
    """Fills in what `derive` would fill in if it had the whole recording."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    def feed(self, tracks: Tracks) -> Tracks:
        """The same plots with velocities and rates, from these plots and those fed before."""
        if not len(tracks):
            return tracks
        placed = ~np.isnan(tracks.latitude_deg) & ~np.isnan(tracks.longitude_deg)
        no_velocity = placed & (np.isnan(tracks.vx_mps) | np.isnan(tracks.vy_mps))
        lacking = no_velocity | (np.isnan(tracks.vertical_rate_fpm) & ~np.isnan(tracks.pressure_altitude_ft))
        derived = self._derived(tracks, lacking) if lacking.any() else tracks
        self._keep({name: getattr(tracks, name) for name in COLUMNS})
        return derived

    def forget(self, tracks: NDArray[np.integer[Any]]) -> None:
        """Forget tracks that have ended: their numbers may be given to others."""
        self._blocks = [_rows(block, ~np.isin(block["track"], tracks)) for block in self._blocks]

    def _derived(self, tracks: Tracks, lacking: NDArray[np.bool_]) -> Tracks:
        wanted = np.zeros(tracks.track_count, dtype=np.bool_)
        wanted[tracks.track[lacking]] = True
        mine = wanted[tracks.track]
        before = [_rows(block, wanted[block["track"]]) for block in self._blocks]
        count = sum(len(block["track"]) for block in before)
        joined: Block = {
            name: np.concatenate([*(block[name] for block in before), getattr(tracks, name)[mine]]) for name in COLUMNS
        }
        for name in ("vx_mps", "vy_mps", "vertical_rate_fpm"):
            joined[name] = np.concatenate([np.zeros(count), getattr(tracks, name)[mine]])
        order = np.lexsort((joined["time_s"], joined["track"]))
        now = np.flatnonzero(order >= count)
        derived = derive(Tracks.taking({name: column[order] for name, column in joined.items()}, {}))
        filled = {}
        for name in ("vx_mps", "vy_mps", "vertical_rate_fpm"):
            filled[name] = getattr(tracks, name).copy()
            filled[name][mine] = getattr(derived, name)[now]
        return tracks.with_columns(**filled)

    def _keep(self, block: Block) -> None:
        newest_s = float(block["time_s"].max())
        last = self._blocks[-1] if self._blocks else None
        if last is not None and newest_s - float(last["time_s"].min(initial=newest_s)) < BLOCK_S:
            self._blocks[-1] = {name: np.concatenate([last[name], block[name]]) for name in COLUMNS}
        else:
            self._blocks.append(dict(block))
        self._blocks = [each for each in self._blocks if each["time_s"].max(initial=-np.inf) >= newest_s - HISTORY_S]


def _rows(block: Block, which: NDArray[np.bool_]) -> Block:
    return {name: column[which] for name, column in block.items()}
