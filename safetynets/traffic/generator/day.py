"""A day of traffic: its movements, shared out among workers and put together in their order."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from safetynets.tracks import Tracks
from safetynets.tracks.portions import joined
from safetynets.traffic.generator.movements import DayWeather, Label, Request, day_weather, movement

CHUNK = 25


@dataclass(frozen=True, eq=False)
class GeneratedDay:
    """A generated day.

    Attributes
    ----------
    tracks
        What surveillance saw.
    labels
        What is true of each track, in their order.
    weather
        The air of the day.
    """

    tracks: Tracks
    labels: tuple[Label, ...]
    weather: DayWeather


def generate_day(request: Request, pool: ProcessPoolExecutor | None = None) -> GeneratedDay:
    """Generate a day of traffic.

    Parameters
    ----------
    request
        Where, which day, how many movements, from which seed.
    pool
        Worker processes; the day is the same with and without.

    Returns
    -------
    GeneratedDay
        One track a movement.

    Raises
    ------
    ScenarioError
        For settings that do not fit the site.

    Examples
    --------
    >>> from safetynets.traffic.generator import Request, load_settings
    >>> request = Request(load_settings("geneva"), day=0, start_time_s=0.0, movements=1, seed=1, faults_share=0.0)
    >>> day = generate_day(request)
    >>> day.tracks.track_count, len(day.labels)
    (1, 1)
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
