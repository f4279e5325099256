"""A day of traffic: its movements, shared out among workers and put together in their order."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import ArrayLike

from safetynets.tracks import Tracks, column_names
from safetynets.traffic.generator.movements import DayWeather, Label, Request, day_weather, movement

CHUNK = 25


@dataclass(frozen=True, eq=False)
class GeneratedDay:
    """What surveillance saw on a generated day, the label of every track in order, and the air of the day."""

    tracks: Tracks
    labels: tuple[Label, ...]
    weather: DayWeather


def generate_day(request: Request, pool: ProcessPoolExecutor | None = None) -> GeneratedDay:
    """A day of traffic; the same whatever the pool of workers.

    Raises
    ------
    ScenarioError
        For settings that do not fit the site.
    """
    one = partial(movement, request)
    numbers = range(request.movements)
    flown: Iterable[tuple[Tracks, Label]]
    flown = map(one, numbers) if pool is None else pool.map(one, numbers, chunksize=CHUNK)
    parts = list(flown)
    tracks = joined([tracks for tracks, _ in parts])
    return GeneratedDay(tracks, tuple(label for _, label in parts), day_weather(request))


def workers(count: int) -> ProcessPoolExecutor:
    """A pool of worker processes, started afresh so that no state of this one matters."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def joined(parts: list[Tracks]) -> Tracks:
    """Tracks of one plane as one table, in their order."""
    numbers = np.cumsum([0, *(part.track_count for part in parts)])
    plots: dict[str, ArrayLike] = {
        name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0)
        for name in column_names("plot")
    }
    plots["track"] = (
        np.concatenate([part.track + number for part, number in zip(parts, numbers, strict=False)])
        if parts
        else np.empty(0, dtype=np.int32)
    )
    facts: dict[str, ArrayLike] = {
        name: np.concatenate([getattr(part, name) for part in parts]) if parts else np.empty(0, dtype=object)
        for name in column_names("track")
    }
    return Tracks.from_columns(plots, facts, parts[0].plane if parts else None)
