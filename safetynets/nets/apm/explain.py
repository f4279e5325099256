"""Why the APM watches a plot on an approach, or on none."""

from __future__ import annotations

from collections.abc import Iterator

from safetynets.engine.step import Step
from safetynets.engine.track_state import TrackState
from safetynets.nets.apm.rule import packed_approaches
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Site


def steps(site: Site, of_plots: TrackState, row: int, joined: int) -> Iterator[Step]:
    """Which approach the plot is joined to, of those in whose capture region it is."""
    from safetynets.nets.apm.geometry import in_capture

    packed = packed_approaches(site)
    values: dict[str, float | str | bool] = {}
    for i, approach in enumerate(site.approaches):
        d_nm, cross_m = along_and_across(approach, float(of_plots.x_m[row]), float(of_plots.y_m[row]))
        if in_capture(packed, i, d_nm, cross_m):
            values[f"{approach.name}: distance_nm"] = d_nm
            values[f"{approach.name}: cross_track_m"] = cross_m
            values[f"{approach.name}: path_altitude_ft"] = float(path_altitude_ft(approach, d_nm))
    name = site.approaches[joined].name if joined >= 0 else ""
    if name:
        text = f"Joined to {name}."
    elif values:
        text = "In a capture region, but not joined (angle, ceiling, climb, destination or runway)."
    else:
        text = "In the capture region of no approach."
    yield Step("approach", "APM", "", text, {"joined": name, **values})
