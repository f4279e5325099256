"""The APW of a study, one group of volumes: what is kept of the plots that come near, and judging them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.conflicts import Net
from safetynets.engine.shapes import room_for_paths
from safetynets.engine.study.kernels.follow import no_edges
from safetynets.engine.study.plots import Portion, Traffic, bytes_of, first_of_tracks, joined_columns
from safetynets.engine.track_state import forecast, motion
from safetynets.nets.apw import study_kernel as kernel
from safetynets.nets.apw.kernel import Volumes
from safetynets.nets.apw.rule import group_volumes, is_allowed, packed_volumes
from safetynets.sites.geometry import Site

WIDER = 1.02
WIDER_M = 1.0
"""A polygon widened by more may lie inside one widened by less where their round corners have different chords."""


@dataclass(frozen=True, eq=False)
class Near:
    """What is kept of the plots that some setting could find entering a volume of one group, for one prediction.

    `first` is where each track begins among the plots, `allowed[track, volume]` is who may be inside, `everywhere` who
    may be inside all of them.
    """

    traffic: Traffic
    group: str
    plots: kernel.Plots
    first: NDArray[np.int64]
    allowed: NDArray[np.bool_]
    everywhere: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many plots are kept."""
        return len(self.plots.row)

    @property
    def bytes(self) -> int:
        """The bytes that are kept."""
        return bytes_of((self.plots, self.allowed))

    def judge(self, sites: Sequence[Site]) -> list[NDArray[np.float64]]:
        """The alerts of this group at each of some settings, by track."""
        watch, edges = self.traffic.watch(sites, Net.APW, allowed=self.everywhere), no_edges()

        def one(s: int, site: Site) -> NDArray[np.float64]:
            # How wide and how long active the volumes are is a matter of the set.
            _, buffered, held = packed_volumes(site, self.group, self.traffic.start_s, self.traffic.now_s)
            looks = forecast(site.parameters.apw)
            room = room_for_paths(buffered.shapes, held.shapes)
            return kernel.judge(self.plots, self.first, self.allowed, buffered, held, looks, room, edges, watch, s)

        return [one(s, site) for s, site in enumerate(sites)]


def look_at_volumes(traffic: Traffic, site: Site, group: str) -> Near:
    """Predict the paths of one structure, that of a site, and keep what any setting within the ranges needs."""
    wide = traffic.variation.widest(site)
    parameters = wide.parameters.apw
    least_m, greatest_m = traffic.variation.extremes("apw.hysteresis_m")
    least_ft, greatest_ft = traffic.variation.extremes("apw.hysteresis_ft")
    # Volumes that are never widened by anything else are what they are, chords and all.
    narrow_m = least_m if least_m == greatest_m else (least_m - WIDER_M) / WIDER
    bare, buffered, held = _packed(wide, greatest_m * WIDER + WIDER_M, greatest_ft, group, traffic)
    _, _, surely_held = _packed(wide, max(narrow_m, 0.0), least_ft, group, traffic)
    volumes = group_volumes(wide, group)
    allowed = np.column_stack([is_allowed(traffic.tracks, volume) for volume in volumes])
    everywhere = np.asarray(allowed.all(axis=1))
    rule = traffic.eligible.rule(wide, Net.APW, allowed=everywhere)

    def gather(portion: Portion) -> kernel.Plots:
        plots = kernel.gather(
            traffic.judged(portion, rule),
            portion.picture.track,
            portion.picture.time_s,
            motion(portion.picture, parameters),
            portion.picture.qnh_pressure_altitude_ft,
            allowed,
            bare,
            buffered,
            held,
            surely_held,
            forecast(parameters),
            room_for_paths(buffered.shapes, held.shapes, surely_held.shapes),
        )
        plots.row[:] += portion.first_row
        return plots

    parts = traffic.over_portions(gather, wide)
    plots = kernel.Plots(*joined_columns(parts))
    if narrow_m < 0.0:
        plots.surely_held_entry_s[:] = np.inf
    return Near(traffic, group, plots, first_of_tracks(plots.track), allowed, everywhere)


def _packed(
    site: Site, hysteresis_m: float, hysteresis_ft: float, group: str, traffic: Traffic
) -> tuple[Volumes, Volumes, Volumes]:
    """The volumes of a group without buffers, with them, and with a hysteresis as well."""
    parameters = site.parameters
    apw = parameters.apw.model_copy(update={"hysteresis_m": hysteresis_m, "hysteresis_ft": hysteresis_ft})
    changed = replace(site, parameters=parameters.model_copy(update={"apw": apw}))
    return packed_volumes(changed, group, traffic.start_s, traffic.now_s)
