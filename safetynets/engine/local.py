"""Which parameters judge which plot, where those of a site differ by place, approach, flight or time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.engine.net import Net, nets_at
from safetynets.engine.schedules import is_active
from safetynets.engine.track_state import levels_of, received
from safetynets.errors import SiteError
from safetynets.sites.geometry import Limit, LocalParameters, Site
from safetynets.sites.local_parameters import with_local
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.track_state import Received
    from safetynets.engine.pairs import Near

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_SETS = 256
"""Parameter sets of one net kept at once: those that hold together somewhere."""
MOST_OF_PAIRS = 8
"""Local parameters of a net about pairs: the spatial join must hold the pairs of every combination of them."""


@dataclass(frozen=True, eq=False)
class Whereabouts:
    """Where some plots are and whose: what decides which parameters hold for them.

    Attributes
    ----------
    time_s, x_m, y_m, altitude_ft, pressure_altitude_ft
        Of each plot; the altitude is that on the QNH.
    track
        The number of the track of each plot.
    approach
        The index of the approach that the aircraft has joined, or -1; None where no approach has parameters.
    """

    time_s: Floats
    x_m: Floats
    y_m: Floats
    altitude_ft: Floats
    pressure_altitude_ft: Floats
    track: NDArray[np.integer]
    approach: NDArray[np.int32] | None = None


def has_local(site: Site, net: Net) -> bool:
    """Whether a net does not judge every plot by the same parameters, or by the same approaches."""
    return bool(closed_of(site, net)) or any(net.key in one.values for one in _in_use(site))


def any_local(site: Site) -> bool:
    """Whether a net that runs at a site does not judge every plot alike."""
    return any(has_local(site, net) for net in nets_at(site))


def needs_phases(site: Site) -> bool:
    """Whether an approach has parameters of its own, so that it must be known who has joined it."""
    return any(one.approach >= 0 for one in _in_use(site))


def numbers_of(site: Site, net: Net, group: str) -> list[int]:
    """The local parameters that a net has for a group of areas, the most particular last."""
    return [
        number
        for number, one in enumerate(site.local_parameters)
        if net.key in one.values and one.group in ("", group) and one.schedule.ever
    ]


def closed_of(site: Site, net: Net) -> list[str]:
    """The approaches that a net must know to be open or closed, which are not always open."""
    schedules = site.approach_schedules if net.has_phases else {}
    return [name for name, schedule in schedules.items() if not (schedule.permanent or schedule.on)]


def _in_use(site: Site) -> list[LocalParameters]:
    """The local parameters that ever hold."""
    return [one for one in site.local_parameters if one.schedule.ever]


def masks(site: Site, net: Net, group: str, where: Whereabouts, tracks: Tracks) -> NDArray[np.bool_]:
    """Which local parameters hold at each plot, and behind them which approaches are closed then."""
    columns = [holds(site.local_parameters[number], where, tracks) for number in numbers_of(site, net, group)]
    columns += [~is_active(site.approach_schedules[name], where.time_s) for name in closed_of(site, net)]
    return np.column_stack(columns) if columns else np.empty((len(where.time_s), 0), dtype=np.bool_)


def holds(one: LocalParameters, where: Whereabouts, tracks: Tracks) -> Mask:
    """At which plots local parameters hold; an unknown position or altitude lies in no region that it must lie in."""
    found = is_active(one.schedule, where.time_s)
    if one.area is not None:
        shapely.prepare(one.area)
        found &= shapely.intersects_xy(one.area, where.x_m, where.y_m)
    if one.floor is not None:
        found &= _height(one.floor, where) >= one.floor.value_ft
    if one.ceiling is not None:
        found &= _height(one.ceiling, where) <= one.ceiling.value_ft
    if one.flights:
        found &= flights_of(one, tracks)[where.track]
    if one.approach >= 0:
        found &= np.zeros(len(found), dtype=np.bool_) if where.approach is None else where.approach == one.approach
    return found


def flights_of(one: LocalParameters, tracks: Tracks) -> Mask:
    """Which flights local parameters are for."""
    found = np.ones(tracks.track_count, dtype=np.bool_)
    for name, wanted in one.flights.items():
        words = np.array([str(word) for word in getattr(tracks, name)], dtype=object)
        fits = np.zeros(len(words), dtype=np.bool_)
        for word in wanted:
            if name == "callsign" and word.endswith("*"):
                fits |= np.array([given.startswith(word[:-1]) for given in words], dtype=np.bool_)
            else:
                fits |= words == word
        found &= fits
    return found


def _height(limit: Limit, where: Whereabouts) -> Floats:
    return where.pressure_altitude_ft if limit.is_flight_level else where.altitude_ft


def site_of(site: Site, net: Net, group: str, held: Sequence[bool]) -> Site:
    """The site by which a net judges plots of a row of `masks`; the same object for the same row."""
    return _site_of(site, net, group, tuple(bool(one) for one in held))


@lru_cache(maxsize=MOST_SETS)
def _site_of(site: Site, net: Net, group: str, held: tuple[bool, ...]) -> Site:
    numbers, closed = numbers_of(site, net, group), closed_of(site, net)
    chosen = [number for number, holds_here in zip(numbers, held, strict=False) if holds_here]
    shut = [name for name, holds_here in zip(closed, held[len(numbers) :], strict=True) if holds_here]
    found = with_local(site, net.key, chosen) if chosen else site
    # Nothing of this site is local any more: who is given it judges all plots alike.
    return replace(found, local_parameters=(), approach_schedules={}, closed_approaches=frozenset(shut))


def names_of(site: Site, net: Net, group: str, held: Sequence[bool]) -> list[LocalParameters]:
    """The local parameters that hold in a row of `masks`, the most particular last."""
    numbers = numbers_of(site, net, group)
    return [site.local_parameters[number] for number, one in zip(numbers, held, strict=False) if one]


def runs_of(track: NDArray[np.integer], which: NDArray[np.integer]) -> tuple[NDArray[np.int64], ...]:
    """Stretches of plots of one track under one parameter set: first row, row after the last, and round of each.

    The stretches of a track have the rounds 0, 1, 2 and so on.
    """
    changes = np.flatnonzero((np.diff(track) != 0) | (np.diff(which) != 0)) + 1
    first = np.concatenate(([0], changes)) if len(track) else np.empty(0, dtype=np.int64)
    end = np.append(first[1:], len(track))
    begins = np.append(True, np.diff(track[first]) != 0)[: len(first)]
    number = np.arange(len(first))
    in_track = number - np.maximum.accumulate(np.where(begins, number, 0)) if len(first) else number
    return first.astype(np.int64), end.astype(np.int64), in_track.astype(np.int64)


def whereabouts(seen: Received, track: NDArray[np.integer], site: Site) -> Whereabouts:
    """Where plots as received are, of the tracks with these numbers."""
    return Whereabouts(
        time_s=seen.time_s,
        x_m=seen.x_m,
        y_m=seen.y_m,
        altitude_ft=seen.pressure_altitude_ft - levels_of(seen, site).qnh_pressure_altitude_ft,
        pressure_altitude_ft=seen.pressure_altitude_ft,
        track=track,
    )


def at_plot(site: Site, net: Net, group: str, tracks: Tracks, row: int, approach: int) -> tuple[Site, list[str]]:
    """The site by which a net about single aircraft judges one plot, and which local parameters hold there, in words.

    `approach` is the index of the approach that the aircraft has joined, or -1.
    """
    seen = received(tracks.select(slice(row, row + 1)))
    joined = np.array([approach], dtype=np.int32)
    where = replace(whereabouts(seen, tracks.track[row : row + 1], site), approach=joined)
    held = masks(site, net, group, where, tracks)[0].tolist()
    words = [_in_words(one, site, net) for one in names_of(site, net, group, held)]
    judging = site_of(site, net, group, held)
    words += [f"{name} may not be joined now" for name in sorted(judging.closed_approaches)]
    return judging, words


def sites_at(
    site: Site, net: Net, group: str, tracks: Tracks, rows: NDArray[np.integer], approach: NDArray[np.int32]
) -> Iterator[tuple[Site, Mask]]:
    """By which sites a net about single aircraft judges some plots, and which of these it judges by each.

    `approach` is the index of the approach that the aircraft has joined at each of them, or -1.
    """
    if not has_local(site, net):
        yield site, np.ones(len(rows), dtype=np.bool_)
        return
    seen = received(tracks.select(rows))
    where = replace(whereabouts(seen, tracks.track[rows], site), approach=approach)
    held, which = np.unique(masks(site, net, group, where, tracks), axis=0, return_inverse=True)
    for number, one in enumerate(held.tolist()):
        yield site_of(site, net, group, one), which.ravel() == number


def on_approach(site: Site, net: Net, approach: int) -> Site:
    """The site with the parameters that a net has for one approach, whatever else differs along it."""
    (group,) = net.groups(site)
    numbers = numbers_of(site, net, group)
    held = [site.local_parameters[number].approach == approach for number in numbers]
    return site_of(site, net, group, held) if any(held) else site


def _in_words(one: LocalParameters, site: Site, net: Net) -> str:
    """Which parameters differ and why, as "apm.below_ft = 150 (site: 100) by approaches.LFPG 26L"."""
    at_site = net.parameters_of(site)
    values = [
        f"{net.key}.{name} = {value} (site: {getattr(at_site, name)})" for name, value in one.values[net.key].items()
    ]
    return f"{', '.join(values)} by {one.place}"


def near_at(net: Net, site: Site) -> Near:
    """How near two aircraft must be at a site for a net about pairs, whichever of its parameters hold for them.

    Raises
    ------
    SiteError
        For more local parameters of the net than can be tried together.
    """
    assert net.near is not None
    (group,) = net.groups(site)
    numbers = numbers_of(site, net, group)
    if len(numbers) > MOST_OF_PAIRS:
        raise SiteError(
            f"{len(numbers)} parameter regions and flight categories have parameters of the {net.name}",
            where=net.key,
            mend=f"a net about pairs of aircraft takes at most {MOST_OF_PAIRS}",
        )
    found = [net.near(site_of(site, net, group, held)) for held in product((False, True), repeat=len(numbers))]
    widest = {name: max(getattr(one, name) for one in found) for name in ("within_m", "within_ft", "within_s")}
    longest = {name: max(getattr(one, name) for one in found) for name in ("ahead_s", "follow_s")}
    return replace(found[0], **widest, **longest)
