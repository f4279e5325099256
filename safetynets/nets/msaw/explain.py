"""Which floor the MSAW holds a plot against."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from safetynets.engine.explanation_step import Step
from safetynets.engine.track_state import TrackState
from safetynets.nets.msaw.rule import surfaces
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


def steps(tracks: Tracks, site: Site, of_plots: TrackState, row: int, joined: int) -> Iterator[Step]:
    """The floor at a plot, and every source of one there."""
    from safetynets.engine.kernels.shapes import contains
    from safetynets.engine.kernels.terrain import elevation_at_ft

    surface, _, areas = surfaces(site)
    x_m, y_m = float(of_plots.x_m[row]), float(of_plots.y_m[row])
    values: dict[str, float | str | bool] = {
        f"{areas[i]}: floor_ft": float(surface.floor_ft[i])
        for i in range(len(surface.floor_ft))
        if contains(surface.shapes, i, x_m, y_m)
    }
    elevation_ft = elevation_at_ft(surface.grid, x_m, y_m) if np.isfinite(x_m) else np.nan
    if np.isfinite(elevation_ft):
        values["terrain: elevation_ft"] = float(elevation_ft)
        values["terrain: floor_ft"] = float(elevation_ft + surface.terrain_clearance_ft)
    floors = {name: value for name, value in values.items() if name.endswith("floor_ft")}
    if not floors:
        yield Step("floor", "MSAW", "", "No source of minimum altitude covers this point.", values)
        return
    highest = max(floors, key=lambda name: (float(floors[name]), name))
    text = f"The floor here is {floors[highest]:,.0f} ft, asked for by {highest.removesuffix(': floor_ft')}."
    yield Step("floor", "MSAW", "", text, values)
