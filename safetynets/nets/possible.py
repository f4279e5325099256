"""Which plots could be a hit: what is asked of every plot, put together for a set of tracks."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.engine.conflicts import Net
from safetynets.engine.eligibility import facts_of, track_rules
from safetynets.engine.plots import traffic_of
from safetynets.engine.schedules import active_periods
from safetynets.nets.apm import rule as apm
from safetynets.nets.blocks import blocks_of, capture_region, touched_by
from safetynets.sites.approach_path import path_altitude_ft, path_pieces
from safetynets.sites.geometry import Approach, InhibitVolume, Limit, Site
from safetynets.sites.parameters import ApmParameters, Eligibility
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.block_walk import Silent
    from safetynets.engine.kernels.blocks import Blocks, Lattice
    from safetynets.engine.kernels.filter_settings import Horizon
    from safetynets.engine.kernels.plots import Traffic
    from safetynets.nets.apm.coarse_filter import Paths

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sieve:
    """What is asked of every plot, made once for a set of tracks."""

    tracks: Tracks
    asked: dict[Net, Eligibility]
    traffic: Traffic
    blocks: Blocks
    horizon: Horizon
    silent: Silent
    paths: Paths

    def nets_of(self, first: int, last: int) -> NDArray[np.uint8]:
        """Of the tracks from `first` to before `last` the nets that judge them: no rule about the track forbids it."""
        track = self.traffic.number[first:last]
        known = facts_of(self.tracks, slice(track[0], track[-1] + 1))
        nets_of = np.zeros(len(track), dtype=np.uint8)
        rules_of: dict[tuple[tuple[str, ...], ...], list[Net]] = {}
        for net, asks in self.asked.items():
            rules = asks.flight_rules, asks.eligible_ssr_codes, asks.excluded_ssr_codes, asks.inhibited_callsigns
            rules_of.setdefault(rules, []).append(net)
        for nets in rules_of.values():
            kept_out = np.any([applies for _, applies in track_rules(known, self.asked[nets[0]])], axis=0)
            nets_of |= np.where(kept_out[track - track[0]], np.uint8(0), np.uint8(sum(bit(net) for net in nets)))
        return nets_of

    def sift(self, first: int, last: int, nets_of: NDArray[np.uint8]) -> tuple[Rows, NDArray[np.uint8]]:
        """Rows of the tracks from `first` to before `last` that could be a hit, and for which nets (bits)."""
        from safetynets.engine.kernels import coarse_filter as kernel

        room = int(self.traffic.start[last] - self.traffic.start[first])
        row, nets = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.uint8)
        count = kernel.possible_hits(
            first, last, nets_of, self.traffic, self.blocks, self.horizon, self.silent, self.paths, row, nets
        )
        return row[:count], nets[:count]


def sieve_of(tracks: Tracks, site: Site, pool: Executor) -> Sieve:
    """The sieve for these tracks.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.
    """
    from safetynets.engine.kernels.filter_settings import Horizon

    traffic = traffic_of(tracks, site, pool)
    lowest_ft, highest_ft = _qnh_pressure_altitudes_ft(site, traffic.from_s, traffic.now_s)
    msaw, apw = site.parameters.msaw, site.parameters.apw
    seen_until_s = traffic.now_s + apw.look_ahead_s + apw.hysteresis_s
    active = tuple(volume for volume in site.volumes if active_periods(volume.schedule, traffic.from_s, seen_until_s))
    blocks = blocks_of(site, active, lowest_ft, highest_ft)
    asked = [Net.MSAW, *[Net.APM] * bool(site.approaches), *[Net.APW] * bool(active)]
    return Sieve(
        tracks=tracks,
        asked={net: _parameters(site, net) for net in asked},
        traffic=traffic,
        blocks=blocks,
        horizon=Horizon(
            nets=sum(bit(net) for net in asked),
            msaw_s=msaw.look_ahead_s,
            apm_s=site.parameters.apm.look_ahead_s,
            apw_s=apw.look_ahead_s,
            lowest_qnh_ft=lowest_ft,
            highest_qnh_ft=highest_ft,
            turns="any" in (msaw.hypotheses, apw.hypotheses),
            never_visual=sum(bit(net) for net in Net if not _parameters(site, net).judge_visual),
        ),
        silent=_silent(site, blocks.fine_lattice, lowest_ft, highest_ft),
        paths=_paths(site, blocks.lattice),
    )


def bit(net: Net) -> int:
    """The bit of a net in the results of the sieve."""
    return 1 << net


def _parameters(site: Site, net: Net) -> Eligibility:
    parameters: Eligibility = getattr(site.parameters, net.name.lower())
    return parameters


def _qnh_pressure_altitudes_ft(site: Site, from_s: float, to_s: float) -> tuple[float, float]:
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
def _silent(site: Site, lattice: Lattice, lowest_ft: float, highest_ft: float) -> Silent:
    """The permanent inhibit volumes, smaller by a metre and a foot so that rounding never matters."""
    from safetynets.engine.kernels.block_walk import TOUCHED, WITHIN, Silent
    from safetynets.engine.shapes import pack

    def pressure_altitude(limit: Limit, qnh_ft: float) -> float:
        return limit.value_ft if limit.is_flight_level else limit.value_ft + qnh_ft

    def always(volume: InhibitVolume) -> bool:
        return volume.schedule.permanent or volume.schedule.on

    smaller = [(volume, volume.area.buffer(-1.0)) for volume in site.inhibit_volumes if always(volume)]
    volumes = [(volume, area) for volume, area in smaller if not area.is_empty]
    floor_ft = np.array([pressure_altitude(volume.floor, highest_ft) + 1.0 for volume, _ in volumes])
    ceiling_ft = np.array([pressure_altitude(volume.ceiling, lowest_ft) - 1.0 for volume, _ in volumes])
    of_msaw = [number for number, (volume, _) in enumerate(volumes) if Net.MSAW.name in volume.nets]
    places = np.zeros((1 + lattice.rows * lattice.columns, len(volumes)), dtype=np.uint8)
    lid_ft = np.full(len(places), -np.inf, dtype=np.float32)
    for number, (_, area) in enumerate(volumes):
        touches, within = touched_by(lattice, area)
        places[touches, number], places[within, number] = TOUCHED, WITHIN
        if number in of_msaw:
            lid_ft[within] = np.maximum(lid_ft[within], ceiling_ft[number])
    lids_ft = lid_ft[1:].reshape(lattice.rows, lattice.columns)
    lids_ft[[0, -1]] = lids_ft[:, [0, -1]] = -np.inf
    return Silent(
        shapes=pack([area for _, area in volumes]),
        floor_ft=floor_ft,
        ceiling_ft=ceiling_ft,
        nets=np.array([sum(bit(Net[name]) for name in volume.nets) for volume, _ in volumes], dtype=np.uint8),
        places=places,
        bottom_ft=max(floor_ft[of_msaw], default=np.inf),
        lid_ft=lid_ft,
    )


def any_may_join(parameters: ApmParameters) -> bool:
    """Whether no flight plan keeps a flight from an approach."""
    return not (parameters.require_destination or parameters.require_runway)


@lru_cache(maxsize=8)
def _paths(site: Site, lattice: Lattice) -> Paths:
    from safetynets.nets.apm.coarse_filter import Paths
    from safetynets.nets.apm.kernel import ABOVE

    parameters = site.parameters.apm
    limits, packed = apm.limits(parameters), apm.packed_approaches(site)
    above = np.arange(len(limits.enabled)) == ABOVE
    arcs = np.array([_arc_above(approach) for approach in site.approaches]).reshape(-1, 3)
    approaches_at = np.zeros(1 + lattice.rows * lattice.columns, dtype=np.uint32)
    for number, approach in enumerate(site.approaches):
        touches, _ = touched_by(lattice, capture_region(site, approach))
        approaches_at[touches] |= np.uint32(1 << number % 32)
    only_below = 0.0 if parameters.kinds == ("below",) else np.inf
    return Paths(
        approaches=packed,
        arc=arcs + np.array([0.0, 0.0, only_below - parameters.below_ft]),
        top_ft=packed.intercept_ft - parameters.below_ft + only_below,
        upwards=limits._replace(enabled=limits.enabled & above),
        downwards=limits._replace(enabled=limits.enabled & ~above),
        rules=apm.join_rules(parameters),
        any_may_join=any_may_join(parameters),
        approaches_at=approaches_at,
    )


def _arc_above(approach: Approach) -> tuple[float, float, float]:
    """An arc a·d² + b·d + c (ft at d NM), a not negative, that the path is nowhere above while it is monitored.

    It is the path itself where that is one piece, and else a straight line from end to end, lifted to the highest
    corner: between corners a path is straight or bends upwards, and so is nowhere above its chord.
    """
    from safetynets.engine.kernels.legs import ROUNDING_FT

    end_nm, start_nm = approach.end_distance_nm, approach.start_distance_nm
    pieces = path_pieces(approach)
    if end_nm < 0.0 or end_nm == start_nm or any(piece.a < 0.0 for piece in pieces):
        return 0.0, 0.0, np.inf
    if len(pieces) == 1:
        return pieces[0].a, pieces[0].b, pieces[0].c + ROUNDING_FT
    corners_nm = np.clip([end_nm, start_nm, *(piece.to_nm for piece in pieces)], end_nm, start_nm)
    corners_ft = np.array([path_altitude_ft(approach, d_nm) for d_nm in corners_nm])
    slope = (corners_ft[1] - corners_ft[0]) / (start_nm - end_nm)
    return 0.0, float(slope), float((corners_ft - slope * corners_nm).max()) + ROUNDING_FT
