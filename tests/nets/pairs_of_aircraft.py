"""Pairs of aircraft by themselves: two plots each, and what a net about pairs finds for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

from safetynets.engine.conflicts import Conflicts
from safetynets.engine.net import Net
from safetynets.engine.pairs import Pairs
from safetynets.engine.states import judge_states
from safetynets.engine.track_state import TrackState, received, track_state_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from tests.nets.situations import PLANE
from tests.oracle.plots import Plot, plots_of

Columns = Mapping[str, np.ndarray]


def tracks_of_pairs(one: Columns, other: Columns) -> Tracks:
    """Two tracks of one plot each for every pair; columns by the names of `Tracks`."""
    columns = {}
    for name in one:
        columns[name] = np.column_stack((one[name], other[name])).ravel()
    return Tracks.from_columns({**columns, "track": np.arange(len(columns["time_s"]))}, plane=PLANE)


def columns_of(plots: Sequence[Mapping[str, float]]) -> Columns:
    return {name: np.array([plot[name] for plot in plots]) for name in plots[0]}


def judged(net: Net, tracks: Tracks, here: Site) -> Conflicts:
    """What a net finds for the pairs of `tracks_of_pairs`, one row a pair."""
    count = tracks.track_count // 2
    seen = received(tracks)
    first, second = np.arange(0, 2 * count, 2), np.arange(1, 2 * count, 2)
    row = np.where(tracks.time_s[second] >= tracks.time_s[first], second, first)
    pairs = Pairs(
        number=np.arange(count, dtype=np.int32),
        first=first.astype(np.int32),
        second=second.astype(np.int32),
        start=np.arange(count + 1),
        row=row,
        one=seen._replace(**{name: column[first] for name, column in seen._asdict().items()}),
        other=seen._replace(**{name: column[second] for name, column in seen._asdict().items()}),
        one_row=first,
        other_row=second,
    )
    of_plots = track_state_of(tracks, here)
    states = TrackState(**{column.name: getattr(of_plots, column.name)[first] for column in fields(TrackState)})
    states = replace(states, time_s=tracks.time_s[row], track=np.arange(count, dtype=np.int32))
    [found] = judge_states(net, states, tracks, here, pairs=pairs)
    return found


def plots_of_pairs(tracks: Tracks, here: Site) -> list[tuple[Plot, Plot]]:
    """The same pairs as the oracle sees them."""
    plots = plots_of(track_state_of(tracks, here))
    return list(zip(plots[::2], plots[1::2], strict=True))
