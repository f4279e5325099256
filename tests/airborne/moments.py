"""Moments of a flight as its equipment measures them, made by hand."""

import numpy as np

from safetynets.airborne.judge import judge_state
from safetynets.airborne.modes import MODES
from safetynets.airborne.state import STEP_S, OnBoard

MASKS = {
    "known": True,
    "flying": True,
    "nearing": True,
    "runway_known": True,
    "no_glide_path": False,
    "climbs_away": False,
}
EN_ROUTE = {
    "x_m": 0.0,
    "y_m": 0.0,
    "vx_mps": 0.0,
    "vy_mps": 70.0,
    "true_ft": 5000.0,
    "indicated_ft": 5000.0,
    "radio_ft": 5000.0,
    "rate_fpm": 0.0,
    "speed_kt": 140.0,
    "closure_fpm": 0.0,
    "edge_nm": 10.0,
    "distance_nm": 10.0,
    "above_field_ft": 5000.0,
    "dots": np.nan,
    "loss_ft": np.nan,
}
"""Level flight, high, 10 NM from a runway."""


def moments(lasts_s=4.0, terrain=None, **measured):
    """A flight that keeps what is given, or takes it as one value a moment."""
    count = round(lasts_s / STEP_S)
    columns = {
        name: np.broadcast_to(np.asarray(measured.get(name, usual)), count).copy()
        for name, usual in {**MASKS, **EN_ROUTE}.items()
    }
    assert measured.keys() <= columns.keys()
    return OnBoard(time_s=STEP_S * np.arange(count), terrain=terrain, **columns)


def mode(name):
    (found,) = [mode for mode in MODES if mode.name == name]
    return found


def first_spoken_s(name, state):
    """When a mode first speaks, inf for never."""
    (outcome,) = judge_state(state, [mode(name)]).outcomes()
    return outcome.spoken[0].start_s if outcome.spoken else np.inf


def outcome_of(name, state):
    (outcome,) = judge_state(state, [mode(name)]).outcomes()
    return outcome
