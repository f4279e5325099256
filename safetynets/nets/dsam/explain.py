"""What altitude an aircraft has selected, against which cleared level."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from safetynets.engine.explanation_step import Step
from safetynets.engine.net import Subjects
from safetynets.engine.reasons import Reason
from safetynets.engine.track_state import TrackState
from safetynets.nets.dsam.rule import SOURCES, altitudes_of, finals_of
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

WHY_NOT = {
    Reason.NO_CLEARED_LEVEL: "No cleared level is known.",
    Reason.NOTHING_SENT: "The aircraft sends no selected altitude.",
    Reason.STALE_VALUE: "The selected altitude is old, or was there at the plot before.",
    Reason.OTHER_SOURCE: "The altitude was not selected where the crew sets a clearance.",
}


def steps(tracks: Tracks, site: Site, of_plots: TrackState, row: int, joined: int) -> Iterator[Step]:
    """The selected altitude of a plot and its cleared level."""
    from safetynets.nets.dsam.kernel import is_on_final

    times_s = float(tracks.time_s.min()), float(tracks.time_s.max())
    found = altitudes_of(Subjects(tracks, np.unique(tracks.track), *times_s), site)
    at = row - found.first_row
    cleared_ft, selected_ft = float(found.cleared_ft[at]), float(found.selected_ft[at])
    values: dict[str, float | str | bool] = {
        "selected_altitude_ft": selected_ft,
        "selected_where": SOURCES[int(tracks.selected_altitude_source[row]) + 1],
        "cleared_altitude_ft": cleared_ft,
        "deviation_ft": selected_ft - cleared_ft,
        "settles_in_s": float(found.remaining_s[at]),
    }
    x_m, y_m, vx_mps, vy_mps, altitude_ft = (
        float(column[row])
        for column in (of_plots.x_m, of_plots.y_m, of_plots.vx_mps, of_plots.vy_mps, of_plots.altitude_ft)
    )
    reason = Reason(int(found.reason[at]))
    if is_on_final(x_m, y_m, vx_mps, vy_mps, altitude_ft, finals_of(site)):
        text = "The aircraft is on final approach, where the crew sets the altitude of the missed approach."
    elif reason is not Reason.JUDGED:
        text = WHY_NOT[reason]
    else:
        changed = "neither has" if found.remaining_s[at] == 0.0 else "one of them has"
        text = (
            f"Selected are {selected_ft:,.0f} ft, {selected_ft - cleared_ft:+,.0f} ft from the cleared "
            f"{cleared_ft:,.0f} ft; {changed} changed in the last "
            f"{site.parameters.dsam.settling_s:g} s."
        )
    yield Step("selected altitude", "DSAM", "", text, values)
