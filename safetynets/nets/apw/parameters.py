"""The parameters of the Area Proximity Warning: unit, default, range, meaning and source of each."""

from __future__ import annotations

from typing import Literal

from safetynets.sites.parameters import NetParameters, Prediction, parameter


class ApwParameters(Prediction, NetParameters):
    """Parameters of the Area Proximity Warning."""

    look_ahead_s: float = parameter(60.0, "how far ahead the path is predicted; 0 predicts nothing", ge=0, le=180)
    flight_rules: tuple[Literal["IFR", "VFR", "unknown"], ...] = parameter(
        ("IFR", "VFR", "unknown"), "flight rules that are judged; 'unknown' where the tracks do not say"
    )
    excluded_ssr_codes: tuple[str, ...] = parameter((), "SSR codes that are not judged")
    hysteresis_m: float = parameter(100.0, "while an alert is active, the volume is wider by this", ge=0, le=5000)
