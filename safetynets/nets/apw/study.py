"""The APW of a study, one group of volumes: what is kept of the plots that come near, and judging them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.eligibility import allowed_in, facts_of
from safetynets.engine.kernels.volumes import Volumes
from safetynets.engine.net import net_of
from safetynets.engine.shapes import room_for_paths
from safetynets.engine.study.kernels.follow import no_edges
from safetynets.engine.study.plots import Portion, StudyPlots, bytes_of, first_of_tracks, joined_columns
from safetynets.engine.track_state import forecast
from safetynets.nets.apw import study_kernel as kernel
from safetynets.nets.apw.rule import box_of, group_volumes, packed_volumes
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

    given: StudyPlots
    group: str
    plots: kernel.Plots
    first: NDArray[np.int64]
    allowed: NDArray[np.bool_]
    everywhere: NDArray[np.bool_]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the plots that are kept."""
        return self.plots.row

    @property
    def bytes(self) -> int:
        """The bytes that are kept."""
        return bytes_of((self.plots, self.allowed))

    def judge(self, sites: Sequence[Site]) -> list[NDArray[np.float64]]:
        """The alerts of this group at each of some settings, by track."""
        watch, edges = self.given.watch(sites, net_of("APW"), allowed=self.everywhere), no_edges()

        def one(s: int, site: Site) -> NDArray[np.float64]:
            # How wide and how long active the volumes are is a matter of the set.
            _, buffered, held = packed_volumes(site, self.group, self.given.start_s, self.given.now_s)
            looks = forecast(site.parameters.apw)
            room = room_for_paths(buffered.shapes, held.shapes)
            return kernel.judge(self.plots, self.first, self.allowed, buffered, held, looks, room, edges, watch, s)

        return [one(s, site) for s, site in enumerate(sites)]


def prepare(given: StudyPlots, site: Site, group: str) -> Near:
    """Predict the paths of one structure, that of a site, and keep what any setting within the ranges needs."""
    wide = given.variation.widest(site)
    parameters = wide.parameters.apw
    least_m, greatest_m = given.variation.extremes("apw.hysteresis_m")
    least_ft, greatest_ft = given.variation.extremes("apw.hysteresis_ft")
    # Volumes that are never widened by anything else are what they are, chords and all.
    narrow_m = least_m if least_m == greatest_m else (least_m - WIDER_M) / WIDER
    bare, buffered, held = _packed(wide, greatest_m * WIDER + WIDER_M, greatest_ft, group, given)
    _, _, surely_held = _packed(wide, max(narrow_m, 0.0), least_ft, group, given)
    box_m = box_of(held.shapes)
    volumes = group_volumes(wide, group)
    allowed = allowed_in(facts_of(given.tracks), volumes)
    everywhere = np.asarray(allowed.all(axis=1))
    rule = given.eligible.rule(wide, net_of("APW"), allowed=everywhere)

    def gather(portion: Portion) -> kernel.Plots:
        plots = kernel.gather(
            given.judged(portion, rule),
            portion.seen(parameters),
            allowed,
            bare,
            buffered,
            held,
            surely_held,
            box_m,
            forecast(parameters),
            room_for_paths(buffered.shapes, held.shapes, surely_held.shapes),
        )
        plots.row[:] += portion.first_row
        return plots

    parts = given.over_portions(gather, wide)
    plots = kernel.Plots(*joined_columns(parts))
    if narrow_m < 0.0:
        plots.surely_held_entry_s[:] = np.inf
    return Near(given, group, plots, first_of_tracks(plots.track), allowed, everywhere)


def _packed(
    site: Site, hysteresis_m: float, hysteresis_ft: float, group: str, given: StudyPlots
) -> tuple[Volumes, Volumes, Volumes]:
    """The volumes of a group without buffers, with them, and with a hysteresis as well."""
    parameters = site.parameters
    apw = parameters.apw.model_copy(update={"hysteresis_m": hysteresis_m, "hysteresis_ft": hysteresis_ft})
    changed = replace(site, parameters=parameters.with_tables(apw=apw))
    return packed_volumes(changed, group, given.start_s, given.now_s)
