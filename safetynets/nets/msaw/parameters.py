"""The parameters of the Minimum Safe Altitude Warning: unit, default, range, meaning and source of each."""

from __future__ import annotations

from safetynets.sites.parameters import NetParameters, Prediction, parameter


class MsawParameters(Prediction, NetParameters):
    """Parameters of the Minimum Safe Altitude Warning."""

    look_ahead_s: float = parameter(
        40.0,
        "how far ahead the path is predicted; 0 predicts nothing",
        "simulator default; 40 s is named for general terrain monitoring by a secondary source (askpilot.info)",
        ge=0,
        le=180,
    )
    below_minimum_ft: float = parameter(0.0, "distance of the floor below a published minimum altitude", ge=0, le=2000)
    terrain_clearance_ft: float = parameter(
        500.0,
        "height of the floor above terrain and obstacles",
        "simulator default; 500 ft is reported for the FAA's general terrain monitor (aireform.com)",
        ge=0,
        le=3000,
    )
    horizontal_buffer_m: float = parameter(
        0.0, "the floor uses the highest terrain cell within this distance", ge=0, le=10_000
    )
    escape_test: bool = parameter(
        False, "grade severity by whether a climb that begins after `escape_delay_s` clears the terrain ahead"
    )
    escape_delay_s: float = parameter(15.0, "time until the escape climb begins", ge=0, le=120)
    escape_climb_deg: float = parameter(3.0, "climb angle of the escape", ge=0, le=15)
    escape_time_s: float = parameter(60.0, "duration of the escape climb that is evaluated", ge=0, le=300)
