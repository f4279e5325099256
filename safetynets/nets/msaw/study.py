"""The MSAW of a study: what is kept of the paths over terrain, minimum altitudes and obstacles, and judging it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import net_of
from safetynets.engine.shapes import room_for_paths
from safetynets.engine.study.kernels.follow import Edges
from safetynets.engine.study.plots import (
    Portion,
    StudyPlots,
    bytes_of,
    first_of_tracks,
    joined_columns,
    over_tracks,
)
from safetynets.engine.track_state import forecast
from safetynets.nets.msaw import study_geometry as kernel
from safetynets.nets.msaw import study_thresholds
from safetynets.nets.msaw.kernel import Surface
from safetynets.nets.msaw.rule import escape_of, outlook_of, surfaces
from safetynets.sites.geometry import Site


@dataclass(frozen=True, eq=False)
class Floors:
    """What is kept of the plots that some setting could find below a floor, for one prediction.

    `minimum_ft` are the minimum altitudes of the polygons, `top_ft` the tops of the obstacles, each in the order of
    their names.
    """

    given: StudyPlots
    kept: kernel.Kept
    surface: Surface
    minimum_ft: NDArray[np.float64]
    top_ft: NDArray[np.float64]

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the plots that are kept."""
        return self.kept.plots.row

    @property
    def bytes(self) -> int:
        """The bytes that are kept."""
        return bytes_of(self.kept)

    def judge(self, sites: Sequence[Site]) -> list[NDArray[np.float64]]:
        """The alerts of the MSAW at each of some settings, by track."""
        each = [site.parameters.msaw for site in sites]
        sets = np.zeros(len(each), dtype=study_thresholds.SETTING)
        for name in (*study_thresholds.JUDGED, "escape_test"):
            sets[name] = [getattr(parameters, name) for parameters in each]
        minimum_ft = self.minimum_ft - sets["below_minimum_ft"][:, np.newaxis]
        top_ft = self.top_ft + sets["terrain_clearance_ft"][:, np.newaxis]
        settings = study_thresholds.Settings(
            sets=study_thresholds.with_needs(sets, self.kept.needs.longest_s),
            floor_ft=np.hstack((minimum_ft, top_ft)),
            forecast=forecast(each[0]),
            room=room_for_paths(self.surface.shapes),
        )
        alerts, count = study_thresholds.judge(
            self.kept, settings, self.surface, self.given.watch(sites, net_of("MSAW"))
        )
        return [alerts[s, : count[s]] for s in range(len(sites))]


def prepare(given: StudyPlots, site: Site, group: str) -> Floors:
    """Predict the paths of one structure, that of a site, and keep what any setting within the ranges needs."""
    wide = given.variation.widest(site)
    parameters = wide.parameters.msaw
    surface, bare_surface, _ = surfaces(wide)
    outlook = outlook_of(wide)
    minimum_ft = np.array([one.minimum_ft for one in sorted(wide.minimum_altitudes, key=lambda one: one.name)])
    top_ft = np.array([one.top_ft for one in sorted(wide.obstacles, key=lambda one: one.name)])
    lowest_ft, highest_ft = given.variation.extremes("msaw.terrain_clearance_ft")
    extremes = kernel.Extremes(lowest_ft, highest_ft, parameters.below_minimum_ft)
    escape = escape_of(parameters)
    rule = given.eligible.rule(wide, net_of("MSAW"))

    def gather(portion: Portion) -> kernel.Gathered:
        kept = kernel.gather(
            given.judged(portion, rule),
            portion.seen(parameters),
            surface,
            bare_surface,
            outlook,
            forecast(parameters),
            escape,
            room_for_paths(surface.shapes, bare_surface.shapes),
            minimum_ft,
            top_ft,
            extremes,
        )
        kept.plots.row[:] += portion.first_row
        kept.edges.row[:] += portion.first_row
        return kept

    kept = _joined(given.over_portions(gather, wide), parameters.look_ahead_s + parameters.hysteresis_s)
    return Floors(given, kept, surface, minimum_ft, top_ft)


def _joined(parts: list[kernel.Gathered], longest_s: float) -> kernel.Kept:
    """What was kept of consecutive portions as one."""
    cells, areas, turns = 0, 0, 0
    for part in parts:
        part.plots.first_cell[:] += cells
        part.plots.first_area[:] += areas
        part.plots.turning[part.plots.turning >= 0] += turns
        cells, areas = cells + len(part.cells), areas + len(part.areas)
        turns += len(part.turning_state)
    plots = {name: np.concatenate([getattr(part.plots, name) for part in parts]) for name in kernel.Plots._fields}
    for name in ("first_cell", "first_area"):
        firsts = [getattr(part.plots, name) for part in parts]
        plots[name] = np.concatenate([*(first[:-1] for first in firsts), firsts[-1][-1:]])
    need_ft = np.concatenate([part.need_ft for part in parts], axis=1)
    clearance_ft, below_minimum_ft = need_ft[: kernel.KNOTS], need_ft[kernel.KNOTS :]
    first = first_of_tracks(plots["track"])
    return kernel.Kept(
        kernel.Plots(**plots),
        np.concatenate([part.cells for part in parts]),
        np.concatenate([part.cell_need_ft for part in parts]),
        np.concatenate([part.areas for part in parts]),
        np.concatenate([part.turning_state for part in parts]),
        kernel.Needs(
            longest_s,
            clearance_ft,
            below_minimum_ft,
            over_tracks(np.minimum, clearance_ft, first),
            over_tracks(np.maximum, below_minimum_ft, first),
            first,
        ),
        Edges(*joined_columns([part.edges for part in parts])),
    )
