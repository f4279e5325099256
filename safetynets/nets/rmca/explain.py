"""How two aircraft use the runways, seen from each end that the one or the other uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from safetynets.engine.explanation_step import Step
from safetynets.engine.track_state import TrackState
from safetynets.nets.rmca.rule import areas, limits_of, packed_ends
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.units import fpm_to_ftps, kt_to_mps

USES = ("does not use", "arrives on", "flies along", "departs from", "has landed on")


def steps(tracks: Tracks, site: Site, of_plots: TrackState, row: int, other_track: int) -> Iterator[Step]:
    """What each of the two aircraft does at each runway end that the first uses, and whether the other occupies it."""
    from safetynets.nets.rmca.kernel import NOT_USING, occupies, outside_m, seen_from, to_runway_s, use_of

    if other_track < 0:
        return
    other_row = tracks.rows_of(other_track).stop - 1
    ends, limits = packed_ends(site.runways), limits_of(site.parameters.rmca)
    time_s = float(tracks.time_s[row])
    one, other = (_craft(tracks, site, of_plots, at, time_s) for at in (row, other_row))
    names = [str(tracks.callsign[tracks.track[at]]) or f"track {tracks.track[at]}" for at in (row, other_row)]
    values: dict[str, float | str | bool] = {"other": names[1]}
    said = []
    for e, end in enumerate(areas(site, "rmca")):
        own, seen = seen_from(one, ends, e), seen_from(other, ends, e)
        use = use_of(one, own, ends, e, limits)
        if use == NOT_USING:
            continue
        occupied = bool(occupies(other, seen, ends, e, limits))
        values |= {
            f"{end}: to_threshold_s": float(to_runway_s(own, ends, e)),
            f"{end}: along_m": float(own.along_m),
            f"{end}: across_m": float(own.across_m),
            f"{end}: other_along_m": float(seen.along_m),
            f"{end}: other_outside_m": float(outside_m(seen, ends, e)),
            f"{end}: occupied": occupied,
        }
        words = "occupies it" if occupied else f"is {outside_m(seen, ends, e):,.0f} m outside its protected area"
        said.append(f"{names[0]} {USES[use]} {end}, {names[1]} {words}")
    accuracy_m = [float(tracks.position_accuracy_m[at]) for at in (row, other_row)]
    values |= {"position_accuracy_m": accuracy_m[0], "other_position_accuracy_m": accuracy_m[1]}
    text = f"{'; '.join(said)}." if said else f"{names[0]} neither arrives nor departs on any runway."
    yield Step("runway", "RMCA", "", text, values)


def _craft(tracks: Tracks, site: Site, of_plots: TrackState, row: int, time_s: float) -> Any:
    """The aircraft of a plot, moved on to a time."""
    from safetynets.nets.rmca.kernel import Craft

    late_s = time_s - float(tracks.time_s[row])
    rate_ftps = float(fpm_to_ftps(tracks.vertical_rate_fpm[row]))
    rolling_mps = kt_to_mps(site.parameters.rmca.rolling_kt)
    own = tracks.rows_of(int(tracks.track[row]))
    rows = np.arange(own.start, row + 1)
    slow = np.hypot(tracks.vx_mps[rows], tracks.vy_mps[rows]) < rolling_mps
    told = rows[(tracks.on_ground[rows] == 0) | ((tracks.on_ground[rows] == 1) & slow)]
    return Craft(
        x_m=float(of_plots.x_m[row] + of_plots.vx_mps[row] * late_s),
        y_m=float(of_plots.y_m[row] + of_plots.vy_mps[row] * late_s),
        vx_mps=float(of_plots.vx_mps[row]),
        vy_mps=float(of_plots.vy_mps[row]),
        altitude_ft=float(of_plots.altitude_ft[row] + rate_ftps * late_s),
        rate_ftps=rate_ftps,
        on_ground=bool(tracks.on_ground[row] == 1),
        landed=bool(len(told) and tracks.on_ground[told[-1]] == 0),
    )
