"""One plot as the oracle sees it: scalars with the names of `TrackState`."""

from __future__ import annotations

from dataclasses import dataclass, fields

from safetynets.engine.track_state import TrackState


@dataclass(frozen=True, kw_only=True)
class Plot:
    time_s: float = 0.0
    track: int = 0
    x_m: float = 0.0
    y_m: float = 0.0
    vx_mps: float = 0.0
    vy_mps: float = 0.0
    altitude_ft: float = 0.0
    vertical_rate_fpm: float = 0.0
    qnh_hpa: float = 1013.25
    qnh_pressure_altitude_ft: float = 0.0
    cleared_level_ft: float = float("nan")
    selected_level_ft: float = float("nan")
    turn_rate_radps: float = 0.0


def plots_of(picture: TrackState) -> list[Plot]:
    names = [column.name for column in fields(Plot)]
    return [Plot(**{name: getattr(picture, name)[i].item() for name in names}) for i in range(len(picture))]
