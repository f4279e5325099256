"""The coarse filter: which plots of a set of tracks could be a hit of which net. It never leaves one out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.engine.blocks import Canvas, Limits, blocks_of, touched_by
from safetynets.engine.eligibility import facts_of, track_rules
from safetynets.engine.layers import BELOW_FLOOR, IN_VOLUME, ON_PATH
from safetynets.engine.net import Net, nets_at
from safetynets.engine.plots import plots_of
from safetynets.sites.geometry import Area, InhibitVolume, Limit, Site, Volume
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from collections.abc import Callable

    from safetynets.engine.kernels.blocks import Blocks, Lattice
    from safetynets.engine.kernels.coarse_filter import Inhibited, Settings
    from safetynets.engine.kernels.plots import Plots

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class FloorBounds:
    """A plot can be a hit where its path may come below a floor; `paint` paints the floors of a site on blocks."""

    paint: Callable[[Canvas, Site], None]
    look_ahead_s: float
    turns: bool


@dataclass(frozen=True)
class VolumeBounds:
    """A plot can be a hit where its path may come into one of these volumes."""

    volumes: tuple[Volume, ...]
    look_ahead_s: float
    turns: bool


@dataclass(frozen=True)
class PathBounds:
    """A plot can be a hit in a region along an approach path, not above an altitude.

    `paths` makes, for a site and the lattice of its blocks, what the compiled functions of the net take
    (`safetynets.engine.kernels.dispatch`: `prefilter_paths` and `filter_paths`).
    """

    regions: tuple[tuple[Area, float], ...]
    look_ahead_s: float
    paths: Callable[[Site, Lattice], Any]


Bounds = FloorBounds | VolumeBounds | PathBounds

QUESTIONS: dict[type[Any], int] = {FloorBounds: BELOW_FLOOR, PathBounds: ON_PATH, VolumeBounds: IN_VOLUME}


@dataclass(frozen=True, eq=False)
class Pass:
    """Nets that are filtered for together: of each kind of bounds one at most. `nets` has them by their question."""

    nets: dict[int, Net]
    blocks: Blocks
    settings: Settings
    inhibited: Inhibited
    paths: Any


@dataclass(frozen=True, eq=False)
class CoarseFilter:
    """What is asked of every plot, made once for a set of tracks.

    `nets` are those that have anything to judge; the plots of those in `unfiltered` all are candidates.
    """

    tracks: Tracks
    site: Site
    plots: Plots
    nets: tuple[Net, ...]
    passes: tuple[Pass, ...]
    unfiltered: tuple[Net, ...]

    def nets_of(self, first: int, end: int) -> dict[Net, NDArray[np.bool_]]:
        """For each net, which of the subjects from `first` to before `end` it judges: no rule about them forbids it."""
        track = self.plots.number[first:end]
        known = facts_of(self.tracks, slice(track[0], track[-1] + 1))
        judges: dict[Net, NDArray[np.bool_]] = {}
        by_rules: dict[Any, NDArray[np.bool_]] = {}
        for net in self.nets:
            asks = net.parameters_of(self.site)
            rules = asks.flight_rules, asks.eligible_ssr_codes, asks.excluded_ssr_codes, asks.inhibited_callsigns
            if rules not in by_rules:
                kept_out = np.any([applies for _, applies in track_rules(known, asks)], axis=0)
                by_rules[rules] = ~kept_out[track - track[0]]
            judges[net] = by_rules[rules]
        return judges

    def candidates(self, first: int, end: int, judges: dict[Net, NDArray[np.bool_]]) -> dict[Net, Rows]:
        """Rows of the subjects from `first` to before `end` that could be a hit, ascending, for each net."""
        from safetynets.engine.kernels import coarse_filter as kernel

        start = self.plots.start
        room = int(start[end] - start[first])
        found: dict[Net, Rows] = {net: np.empty(0, dtype=np.int64) for net in judges}
        for one in self.passes:
            row, questions = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.uint8)
            asked = np.zeros(end - first, dtype=np.uint8)
            for question, net in one.nets.items():
                asked |= np.where(judges[net], np.uint8(question), np.uint8(0))
            count = kernel.candidates(
                first, end, asked, self.plots, one.blocks, one.settings, one.inhibited, one.paths, row, questions
            )
            for question, net in one.nets.items():
                found[net] = row[:count][questions[:count] & question != 0]
        for net in self.unfiltered:
            lengths = np.diff(start[first : end + 1])
            found[net] = np.flatnonzero(np.repeat(judges[net], lengths)) + start[first]
        return found


def coarse_filter_of(
    tracks: Tracks, site: Site, pool: Executor | None = None, only: Sequence[Net] | None = None
) -> CoarseFilter:
    """The coarse filter for tracks at a site, of all its nets or only some.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    plots = plots_of(tracks, site, pool)
    bounds: dict[Net, Bounds] = {}
    unfiltered = []
    for net in nets_at(site) if only is None else only:
        if net.near is not None:
            continue
        if net.bounds is None:
            unfiltered.append(net)
        else:
            found = net.bounds(site, plots.from_s, plots.now_s)
            if found is not None:
                bounds[net] = found
    return CoarseFilter(
        tracks=tracks,
        site=site,
        plots=plots,
        nets=(*bounds, *unfiltered),
        passes=tuple(_pass(site, some, plots.from_s, plots.now_s) for some in _together(bounds)),
        unfiltered=tuple(unfiltered),
    )


def _together(bounds: dict[Net, Bounds]) -> Iterator[dict[Net, Bounds]]:
    """Bounds in as few passes as there are of one kind."""
    rest = list(bounds.items())
    while rest:
        kinds: dict[type[Any], tuple[Net, Bounds]] = {}
        for net, one in rest:
            kinds.setdefault(type(one), (net, one))
        yield dict(kinds.values())
        rest = [(net, one) for net, one in rest if (net, one) not in kinds.values()]


def _pass(site: Site, bounds: dict[Net, Bounds], from_s: float, to_s: float) -> Pass:
    from safetynets.engine.kernels.coarse_filter import NoPaths, Settings

    lowest_ft, highest_ft = qnh_pressure_altitudes_ft(site, from_s, to_s)
    nets = {QUESTIONS[type(one)]: net for net, one in bounds.items()}
    floors = next((one for one in bounds.values() if isinstance(one, FloorBounds)), None)
    volumes = next((one for one in bounds.values() if isinstance(one, VolumeBounds)), None)
    paths = next((one for one in bounds.values() if isinstance(one, PathBounds)), None)
    limits = Limits(
        paint_floors=floors.paint if floors else None,
        regions=paths.regions if paths else (),
        volumes=volumes.volumes if volumes else (),
    )
    blocks = blocks_of(site, limits, lowest_ft, highest_ft)
    return Pass(
        nets=nets,
        blocks=blocks,
        settings=Settings(
            asked=sum(nets),
            floor_s=floors.look_ahead_s if floors else 0.0,
            path_s=paths.look_ahead_s if paths else 0.0,
            volume_s=volumes.look_ahead_s if volumes else 0.0,
            lowest_qnh_ft=lowest_ft,
            highest_qnh_ft=highest_ft,
            turns=any(one.turns for one in (floors, volumes) if one is not None),
            never_visual=sum(question for question, net in nets.items() if not net.parameters_of(site).judge_visual),
        ),
        inhibited=_inhibited(site, tuple(nets.items()), blocks.fine_lattice, lowest_ft, highest_ft),
        paths=NoPaths(0) if paths is None else paths.paths(site, blocks.lattice),
    )


def qnh_pressure_altitudes_ft(site: Site, from_s: float, to_s: float) -> tuple[float, float]:
    """Lowest and highest pressure altitude of a QNH valid anywhere in a span of time; (inf, -inf) for none."""
    valid_hpa = []
    for region in site.pressure_regions:
        starts_s = np.array([start_s for start_s, _ in region.qnh])
        first = max(0, int(np.searchsorted(starts_s, from_s, side="right")) - 1)
        last = int(np.searchsorted(starts_s, to_s, side="right"))
        valid_hpa += [hpa for _, hpa in region.qnh[first:last]]
    heights_ft = [float(pressure_altitude_ft(hpa)) for hpa in valid_hpa]
    return min(heights_ft, default=np.inf), max(heights_ft, default=-np.inf)


@lru_cache(maxsize=8)
def _inhibited(
    site: Site, nets: tuple[tuple[int, Net], ...], lattice: Lattice, lowest_ft: float, highest_ft: float
) -> Inhibited:
    """The permanent inhibit volumes, smaller by a metre and a foot so that rounding never matters."""
    from safetynets.engine.kernels.coarse_filter import TOUCHED, WITHIN, Inhibited
    from safetynets.engine.shapes import pack

    def pressure_altitude(limit: Limit, qnh_ft: float) -> float:
        return limit.value_ft if limit.is_flight_level else limit.value_ft + qnh_ft

    def always(volume: InhibitVolume) -> bool:
        return volume.schedule.permanent or volume.schedule.on

    smaller = [(volume, volume.area.buffer(-1.0)) for volume in site.inhibit_volumes if always(volume)]
    volumes = [(volume, area) for volume, area in smaller if not area.is_empty]
    questions = [sum(question for question, net in nets if net.name in volume.nets) for volume, _ in volumes]
    floor_ft = np.array([pressure_altitude(volume.floor, highest_ft) + 1.0 for volume, _ in volumes])
    ceiling_ft = np.array([pressure_altitude(volume.ceiling, lowest_ft) - 1.0 for volume, _ in volumes])
    of_floors = [number for number, question in enumerate(questions) if question & BELOW_FLOOR]
    places = np.zeros((1 + lattice.rows * lattice.columns, len(volumes)), dtype=np.uint8)
    lid_ft = np.full(len(places), -np.inf, dtype=np.float32)
    for number, (_, area) in enumerate(volumes):
        touches, within = touched_by(lattice, area)
        places[touches, number], places[within, number] = TOUCHED, WITHIN
        if number in of_floors:
            lid_ft[within] = np.maximum(lid_ft[within], ceiling_ft[number])
    lids_ft = lid_ft[1:].reshape(lattice.rows, lattice.columns)
    lids_ft[[0, -1]] = lids_ft[:, [0, -1]] = -np.inf
    return Inhibited(
        shapes=pack([area for _, area in volumes]),
        floor_ft=floor_ft,
        ceiling_ft=ceiling_ft,
        questions=np.array(questions, dtype=np.uint8),
        places=places,
        bottom_ft=max(floor_ft[of_floors], default=np.inf),
        lid_ft=lid_ft,
    )


def chunks(start: Sequence[int] | Rows, threads: int) -> list[tuple[int, int]]:
    """Subjects (first, end) in chunks of ever fewer plots."""
    plots = int(start[-1])
    fewest = max(FEWEST_PLOTS_A_CHUNK, int(CHUNK_OF_ALL * plots / threads))
    begins = [0]
    while begins[-1] < plots:
        begins.append(begins[-1] + max(fewest, int(CHUNK_OF_REST * (plots - begins[-1]) / threads)))
    ends = np.unique(np.searchsorted(start, np.minimum(begins, plots))).tolist()
    return list(pairwise(ends))


FEWEST_PLOTS_A_CHUNK = 50_000
CHUNK_OF_REST, CHUNK_OF_ALL = 2 / 3, 2 / 15
"""A chunk is this share of a thread's part of the plots that are left, and at least that of its part of all.

A chunk costs something by itself, so the first are large; the last are small, so that the threads end together.
"""
