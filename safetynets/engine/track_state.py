"""`TrackState`: the state of every plot in the terms the nets judge it in, feet on the QNH and metres on the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safetynets.altimetry import pressure_altitude_ft
from safetynets.engine.net import named
from safetynets.errors import TracksError
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Lifecycle
from safetynets.sites.pressure import region_at
from safetynets.tracks import Tracks
from safetynets.units import fpm_to_ftps

if TYPE_CHECKING:
    from safetynets.engine.kernels.legs import Forecast
    from safetynets.engine.kernels.track_state import LevelColumns, Pressure, Received

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class TrackState:
    """One row a plot, in the order of the tracks; NaN is unknown.

    Attributes
    ----------
    time_s, track
        UTC seconds since 1970, and the track number.
    x_m, y_m, vx_mps, vy_mps
        Position and velocity on the site's plane.
    altitude_ft, vertical_rate_fpm
        Altitude on the QNH of the pressure region, and its rate.
    qnh_hpa, qnh_pressure_altitude_ft
        The QNH used, and its pressure altitude PA(QNH): altitude = pressure altitude - PA(QNH).
    cleared_level_ft, selected_level_ft
        Cleared and selected level as altitudes on the QNH.
    turn_rate_radps
        Rate of turn, clockwise positive; 0 where it is not known.
    """

    time_s: Floats
    track: NDArray[np.int32]
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    altitude_ft: Floats
    vertical_rate_fpm: Floats
    qnh_hpa: Floats
    qnh_pressure_altitude_ft: Floats
    cleared_level_ft: Floats
    selected_level_ft: Floats
    turn_rate_radps: Floats

    def __len__(self) -> int:
        return len(self.time_s)


def track_state_of(tracks: Tracks, site: Site, longest_turn_s: float = 0.0) -> TrackState:
    """The state of every plot of tracks on the site's plane.

    A rate of turn is taken across gaps of up to `longest_turn_s`; otherwise it is 0.
    """
    from safetynets.engine.kernels import track_state as kernel

    seen = received(tracks)
    turn_rate_radps = np.zeros(len(tracks))
    if longest_turn_s > 0.0:
        kernel.write_turn_rates(seen, longest_turn_s, turn_rate_radps)
    return TrackState(
        time_s=tracks.time_s,
        track=tracks.track,
        x_m=tracks.x_m,
        y_m=tracks.y_m,
        vx_mps=tracks.vx_mps,
        vy_mps=tracks.vy_mps,
        vertical_rate_fpm=tracks.vertical_rate_fpm,
        turn_rate_radps=turn_rate_radps,
        **levels_of(seen, site)._asdict(),
    )


def check_plane(tracks: Tracks, site: Site) -> None:
    """Refuse tracks that are not on the site's plane.

    Raises
    ------
    TracksError
        If they are not.
    """
    if tracks.plane != site.plane:
        raise TracksError("the tracks are not on the plane of the site", mend="use tracks.on_plane(site.plane)")


def received(tracks: Tracks) -> Received:
    """The columns of the tracks as the kernels take them."""
    from safetynets.engine.kernels.track_state import Received

    return Received(*(getattr(tracks, name) for name in Received._fields))


def pressure_of(x_m: Floats, y_m: Floats, site: Site) -> Pressure:
    """The QNH of the site's pressure regions, and in which of them plots at some places are."""
    from safetynets.engine.kernels.track_state import Pressure

    regions = site.pressure_regions
    everywhere = len(regions) == 1 and regions[0].area is None
    valid = [((-np.inf, np.nan), *region.qnh) for region in regions] + [((-np.inf, np.nan),)]
    qnh_hpa = np.array([hpa for rows in valid for _, hpa in rows])
    return Pressure(
        region=np.empty(0, dtype=np.intp) if everywhere else region_at(site, x_m, y_m) % len(valid),
        first=np.concatenate(([0], np.cumsum([len(rows) for rows in valid]))),
        from_s=np.array([from_s for rows in valid for from_s, _ in rows]),
        qnh_hpa=qnh_hpa,
        qnh_pressure_altitude_ft=pressure_altitude_ft(qnh_hpa),
        transition_ft=np.array([*(region.transition_altitude_ft for region in regions), np.inf]),
    )


def levels_of(seen: Received, site: Site) -> LevelColumns:
    """The altitude of each plot, the QNH there, and its levels as altitudes on it."""
    from safetynets.engine.kernels import track_state as kernel

    levels = kernel.LevelColumns(*np.empty((len(kernel.LevelColumns._fields), len(seen.time_s))))
    kernel.write_levels(seen, pressure_of(seen.x_m, seen.y_m, site), levels)
    return levels


def longest_turn_s(parameters: Lifecycle) -> float:
    """Across which gap a net takes a rate of turn; 0 for one that follows no turns.

    A gap that resets its counters tells nothing of a turn either.
    """
    return parameters.max_gap_s if getattr(parameters, "hypotheses", "straight") != "straight" else 0.0


def forecast(parameters: Any) -> Forecast:
    """How a net looks ahead, as the kernels take it."""
    from safetynets.engine.kernels.legs import ALL, ANY, STRAIGHT, Forecast

    hypotheses = {"straight": STRAIGHT, "any": ANY, "all": ALL}[parameters.hypotheses]
    return named(Forecast, parameters, hypotheses=hypotheses)


def states(of_plots: TrackState, parameters: Lifecycle) -> Floats:
    """What a net predicts paths from, one row a plot.

    The columns are x, y (m), vx, vy (m/s), altitude (ft), its rate (ft/s), cleared level, selected level (ft; NaN where
    unknown or not used by the net) and rate of turn (rad/s).
    """
    unknown = np.full(len(of_plots), np.nan)
    return np.column_stack(
        (
            of_plots.x_m,
            of_plots.y_m,
            of_plots.vx_mps,
            of_plots.vy_mps,
            of_plots.altitude_ft,
            fpm_to_ftps(of_plots.vertical_rate_fpm),
            of_plots.cleared_level_ft if getattr(parameters, "use_cleared_level", False) else unknown,
            of_plots.selected_level_ft if getattr(parameters, "use_selected_level", False) else unknown,
            of_plots.turn_rate_radps,
        )
    )
