"""Minimum-altitude polygons for a site by optimisation on traffic: what each number of polygons costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from safetynets.adaptation.floor_polygons import cells_too_low, polygons_of
from safetynets.adaptation.floor_regions import Division, Weights, by_count, divisions, improved
from safetynets.adaptation.required_floors import RequiredFloors, required_floors
from safetynets.engine.follow import alerts_of_net
from safetynets.engine.monitor import Monitor
from safetynets.engine.net import Net, nets_at
from safetynets.errors import ScenarioError, SiteError
from safetynets.sites.geometry import MinimumAltitude, Site
from safetynets.sites.terrain_polygons import TerrainPolygon
from safetynets.tracks import Tracks
from safetynets.units import S_PER_MIN, m_to_nm, nm_to_m

LOST = 0.01
"""Flights through a block that weigh as much as a square mile times 1,000 ft of lost airspace (simulator default)."""
FAR_BELOW_FT = -100_000.0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for.

    Attributes
    ----------
    at_most
        The largest number of polygons.
    clearance_ft, lateral_m
        Height above terrain and obstacles, and how far to each side they count.
    step_ft
        Floors are multiples of this.
    block_nm
        Edges follow blocks of this size, before they are simplified.
    tolerance_nm
        How far an edge may move outwards to save corners.
    lost
        Weight of lost airspace against flights (`LOST`).
    within
        "terrain": wherever there are height data; "present": only where the site has minimum altitudes now.
    """

    at_most: int = 12
    clearance_ft: float = 1000.0
    lateral_m: float | None = None
    step_ft: float = 100.0
    block_nm: float = 0.5
    tolerance_nm: float = 0.25
    lost: float = LOST
    within: Literal["terrain", "present"] = "terrain"


class Alerted(NamedTuple):
    """How many alerts the traffic has, of how many flights, and how long they last together."""

    alerts: int
    flights: int
    lasting_min: float


@dataclass(frozen=True, eq=False)
class Choice:
    """One point of the front: the polygons, and what they cost on the traffic.

    Attributes
    ----------
    polygons
        The polygons, lowest first; their elevation is the minimum altitude less the clearance.
    flights_below
        Flights that pass a block below its polygon's floor, though not below what the block requires.
    lost_nm2_kft
        Airspace between the floors and what the terrain requires, in square miles times 1,000 ft.
    alerts
        Alerts on the traffic with these polygons in place of what they replace; None without traffic.
    corners
        Corners of all polygons.
    """

    polygons: tuple[TerrainPolygon, ...]
    flights_below: int
    lost_nm2_kft: float
    alerts: Alerted | None
    corners: int


@dataclass(frozen=True, eq=False)
class Front:
    """The choices by number of polygons, the most first, beside what stands now.

    Attributes
    ----------
    choices
        One for each number of polygons.
    cells
        Cells with height data, each of which every choice covers high enough.
    present_alerts, terrain_alerts
        Alerts on the traffic with the site as it is, and with its terrain and obstacles alone; None without traffic.
    """

    site: Site
    wanted: Wanted
    choices: tuple[Choice, ...]
    cells: int
    present_alerts: Alerted | None
    terrain_alerts: Alerted | None


def optimised_polygons(
    site: Site, tracks: Tracks | None, wanted: Wanted, tell: Callable[[str], None] = lambda _: None
) -> Front:
    """The best polygons found for each number of them, from the terrain and obstacles of a site.

    `tracks`, on the plane of the site, are the traffic; without them only the lost airspace is weighed.

    Raises
    ------
    SiteError
        When the site has no terrain, nothing to replace, or more separate parts than polygons are allowed.
    ScenarioError
        When no plot of the traffic can be judged.
    """
    if site.terrain is None:
        raise SiteError("the site has no terrain", file=site.file, mend="add a [terrain] table to its site.toml")
    floor_net = next(net for net in nets_at(site) if net.has_floor)
    parameters = floor_net.parameters_of(site)
    lateral_m = parameters.horizontal_buffer_m if wanted.lateral_m is None else wanted.lateral_m
    wanted = replace(wanted, lateral_m=lateral_m)
    if wanted.within == "present" and not site.minimum_altitudes:
        raise SiteError("the site has no minimum altitudes", file=site.file, mend="leave out --within present")
    tell("finding what the terrain requires")
    floors = required_floors(
        site,
        lateral_m=lateral_m,
        clearance_ft=wanted.clearance_ft,
        step_ft=wanted.step_ft,
        block_m=nm_to_m(wanted.block_nm),
        area=shapely.union_all([one.area for one in site.minimum_altitudes]) if wanted.within == "present" else None,
    )
    block_nm2 = m_to_nm(floors.block_m) ** 2
    lost = wanted.lost * block_nm2 * wanted.step_ft / 1000.0
    weights = Weights(passing(site, floor_net, tracks, floors), lost)
    tell("merging regions")
    found = by_count(divisions(floors.steps, weights, wanted.at_most))
    if not found:
        raise SiteError(
            f"cannot be covered by {wanted.at_most} polygons: the parts with height data are more",
            file=site.file,
            mend="allow more polygons",
        )
    choices = []
    for count, division in found.items():
        tell(f"trying {count} polygons")
        better = improved(division, floors.steps, weights)
        choices.append(_choice(site, floor_net, tracks, floors, better, wanted, block_nm2))
    return Front(
        site=site,
        wanted=wanted,
        choices=tuple(choices),
        cells=int(np.isfinite(floors.cells.elevation_ft).sum()),
        present_alerts=_alerts(tracks, site, floor_net),
        terrain_alerts=_alerts(tracks, replace(site, minimum_altitudes=()), floor_net),
    )


def chosen_of(front: Front, polygons: int | None) -> Choice:
    """The choice with this number of polygons; by default the one with the most.

    Raises
    ------
    ScenarioError
        When there is no choice with this number.
    """
    if polygons is None:
        return front.choices[0]
    for choice in front.choices:
        if len(choice.polygons) == polygons:
            return choice
    counts = [len(choice.polygons) for choice in front.choices]
    raise ScenarioError(f"no division has {polygons} polygons", mend=f"choose from {min(counts)} to {max(counts)}")


def passing(site: Site, net: Net, tracks: Tracks | None, floors: RequiredFloors) -> NDArray[np.int64]:
    """For each block and altitude in steps the flights whose lowest plot there, judged by the net, is that high.

    A flight that is below what the block requires is what the net is for: it counts nowhere.
    """
    highest = int(floors.steps.max(initial=0)) + 1
    counts = np.zeros((*floors.steps.shape, highest), dtype=np.int64)
    if tracks is None:
        return counts
    judged = Monitor(site, (net,)).feed(tracks)
    assessable = np.any([table.assessable for table in judged.conflicts], axis=0)
    row, column, inside = floors.block_of(tracks.x_m, tracks.y_m)
    rows = np.flatnonzero(inside & assessable & np.isfinite(judged.altitude_ft))
    if not len(rows):
        raise ScenarioError(
            "no plot of the traffic can be judged at this site", mend="check the site, and give its QNH with --qnh-hpa"
        )
    step = np.floor(judged.altitude_ft[rows] / floors.step_ft).astype(np.int64)
    block = row[rows] * floors.steps.shape[1] + column[rows]
    order = np.lexsort((step, block, tracks.track[rows]))
    first = np.ones(len(order), dtype=np.bool_)
    same = (block[order][1:] == block[order][:-1]) & (tracks.track[rows][order][1:] == tracks.track[rows][order][:-1])
    first[1:] = ~same
    lowest = order[first]
    place = block[lowest], step[lowest]
    counted = (place[1] >= floors.steps.ravel()[place[0]]) & (place[1] < highest)
    np.add.at(counts.reshape(-1, highest), (place[0][counted], place[1][counted]), 1)
    return counts


def with_polygons(site: Site, polygons: Sequence[TerrainPolygon], wanted: Wanted) -> Site:
    """The site with these polygons in place of its minimum altitudes, and, everywhere, of its terrain and obstacles.

    The heights that are replaced stay known, so that nothing becomes not assessable, but far below every flight.
    """
    minima = tuple(
        MinimumAltitude(one.name, one.elevation_ft + wanted.clearance_ft, one.area, "derived from the terrain", True)
        for one in polygons
    )
    if wanted.within == "present" or site.terrain is None:
        return replace(site, minimum_altitudes=minima)
    far_below = np.where(np.isfinite(site.terrain.elevation_ft), FAR_BELOW_FT, np.nan)
    return replace(site, minimum_altitudes=minima, obstacles=(), terrain=replace(site.terrain, elevation_ft=far_below))


def _choice(
    site: Site,
    net: Net,
    tracks: Tracks | None,
    floors: RequiredFloors,
    division: Division,
    wanted: Wanted,
    block_nm2: float,
) -> Choice:
    polygons = polygons_of(division, floors, wanted.clearance_ft, nm_to_m(wanted.tolerance_nm))
    too_low = cells_too_low(polygons, floors, wanted.clearance_ft)
    if too_low.any():
        raise AssertionError(f"{int(too_low.sum())} cells lie under no polygon that is high enough")
    return Choice(
        polygons=polygons,
        flights_below=division.below,
        lost_nm2_kft=division.lost_steps * block_nm2 * wanted.step_ft / 1000.0,
        alerts=_alerts(tracks, with_polygons(site, polygons, wanted), net),
        corners=sum(int(shapely.get_num_coordinates(one.area)) for one in polygons),
    )


def _alerts(tracks: Tracks | None, site: Site, net: Net) -> Alerted | None:
    """The alerts of a net about the traffic at a site."""
    if tracks is None:
        return None
    columns = [alerts_of_net(tracks, site, net, group) for group in net.groups(site)]
    start_s, end_s, track = (
        np.concatenate([one[name] for one in columns]) for name in ("start_time_s", "end_time_s", "track")
    )
    lasting_s = np.fmin(end_s, tracks.time_s.max(initial=0.0)) - start_s
    return Alerted(len(start_s), len(np.unique(track)), float(lasting_s.sum()) / S_PER_MIN)
