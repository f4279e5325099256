"""ADS-B: the position that the aircraft itself reports."""

from __future__ import annotations

import numpy as np

from safetynets.tracks import Tracks
from safetynets.traffic.sensors.mode_c import sent_altitude_ft
from safetynets.traffic.sensors.models import Adsb, ModeC
from safetynets.traffic.sensors.plots import Plots, Purpose, stream, truth_at

SENSOR = 255
"""Number of ADS-B among the sensors, far from those of the radars."""


def adsb_plots(truth: Tracks, number: int, adsb: Adsb, mode_c: ModeC, seed: int) -> Plots:
    """What ADS-B reports of one flight: positions `age_s` old, with normal errors on each axis, when received.

    Reports come every `period_s`, each somewhere within the period; the ground does not know how old the position is.
    """
    rows = truth.rows_of(number)
    random = stream(seed, str(truth.callsign[number]), Purpose.ADSB)
    first_s, last_s = float(truth.time_s[rows][0]), float(truth.time_s[rows][-1])
    begun_s = np.arange(first_s, last_s, adsb.period_s)
    time_s = begun_s + adsb.period_s * random.random(len(begun_s))
    received = (random.random(len(begun_s)) < adsb.reception_probability) & (time_s <= last_s)
    error_m = adsb.position_noise_m * random.normal(size=(2, len(begun_s)))
    x_m, y_m = (truth_at(truth, rows, name, time_s - adsb.age_s) for name in ("x_m", "y_m"))
    geometric_ft = truth_at(truth, rows, "geometric_altitude_ft", time_s - adsb.age_s)
    altitude_ft = sent_altitude_ft(truth, number, time_s, mode_c, seed, SENSOR)
    variance_m2 = np.broadcast_to(max(adsb.position_noise_m, 1.0) ** 2 * np.eye(2), (len(begun_s), 2, 2))
    return Plots(
        time_s=time_s[received],
        arrival_s=time_s[received] + adsb.latency_s,
        x_m=(x_m + error_m[0])[received],
        y_m=(y_m + error_m[1])[received],
        variance_m2=variance_m2[received],
        pressure_altitude_ft=altitude_ft[received],
        geometric_altitude_ft=geometric_ft[received],
    )
