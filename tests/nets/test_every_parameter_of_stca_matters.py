"""Every parameter of the STCA changes some result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from safetynets.engine.monitor import judge
from safetynets.nets.stca.parameters import StcaParameters
from safetynets.sites.geometry import Desk, Limit
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets import situations
from tests.nets.situations import PLANE

NO_TERMINAL = {"terminal_radius_nm": 0.0}


def two(
    *,
    lateral_m: float = 0.0,
    vertical_ft: float = 0.0,
    rate_fpm: float = 0.0,
    level_ft: float = 10_000.0,
    start_m: float = 30_000.0,
    facts: dict[str, list[str]] | None = None,
    late_s: float = 0.0,
    **columns: Any,
) -> Tracks:
    """Head on at 200 m/s each for 240 s; the second is `lateral_m` aside and `vertical_ft` above, and climbs."""
    time_s = np.arange(0.0, 240.0, 4.0)
    both = np.concatenate((time_s, time_s + 1.0))
    second, direction = np.repeat([0.0, 1.0], len(time_s)), np.repeat([1.0, -1.0], len(time_s))
    plots = {
        "time_s": both,
        "track": second.astype(int),
        "x_m": direction * (200.0 * both - start_m),
        "y_m": second * lateral_m,
        "vx_mps": 200.0 * direction,
        "vy_mps": np.zeros(len(both)),
        "pressure_altitude_ft": level_ft + second * (vertical_ft + rate_fpm * both / 60.0),
        "vertical_rate_fpm": second * rate_fpm,
    }
    plots |= {name: np.where(second == 1.0, value, np.nan) for name, value in columns.items()}
    kept = (second == 0.0) | (both >= late_s)
    return Tracks.from_columns({name: column[kept] for name, column in plots.items()}, facts, plane=PLANE)


def gap(missing: slice) -> Tracks:
    """The plots of both in a span of the updates are missing."""
    tracks, kept = two(start_m=40_000.0), np.ones(120, dtype=bool)
    kept[missing] = kept[slice(missing.start + 60, missing.stop + 60)] = False
    return tracks.select(kept)


def marked(name: str) -> Tracks:
    """Head on, all plots marked with one of the yes-or-no columns."""
    return with_columns(two(), **{name: np.ones(120, dtype=np.int8)})


def overtaking() -> Tracks:
    """Two flights eastwards at one level, the faster one 100 m/s faster and 12 km behind at first."""
    return flights(x_m=(-12_000.0, 0.0), vx_mps=(250.0, 150.0))


def crossing() -> Tracks:
    """Two flights that meet at right angles after 60 s, the second 2 km late."""
    return flights(x_m=(-12_000.0, 0.0), vx_mps=(200.0, 0.0), y_m=(0.0, -14_000.0), vy_mps=(0.0, 200.0))


def braking() -> Tracks:
    """Head on, but the second reports no speed from 60 s on."""
    tracks = two()
    vx = np.where((tracks.track == 1) & (tracks.time_s > 60.0), 0.0, tracks.vx_mps)
    return with_columns(tracks, vx_mps=vx)


def coasting() -> Tracks:
    """Head on, and from 40 to 90 s every plot is extrapolated."""
    tracks = two()
    return with_columns(tracks, coasted=((tracks.time_s > 40.0) & (tracks.time_s < 90.0)).astype(np.int8))


def flickering() -> Tracks:
    """One behind the other, 5 km apart; the second is 3,000 ft higher at every other plot."""
    tracks = flights(x_m=(-5000.0, 0.0), vx_mps=(150.0, 150.0))
    higher = (tracks.track == 1) & (np.arange(len(tracks)) % 2 == 1)
    return with_columns(tracks, pressure_altitude_ft=tracks.pressure_altitude_ft + 3000.0 * higher)


def flights(**of_both: tuple[float, float]) -> Tracks:
    """Two level flights, a plot every 4 s of either, from where they are with the speeds they have."""
    tracks, columns = two(), {"y_m": (0.0, 0.0), "vy_mps": (0.0, 0.0), **of_both}
    values = {name: np.array(value)[tracks.track] for name, value in columns.items()}
    values |= {f"{axis}_m": values[f"{axis}_m"] + values[f"v{axis}_mps"] * tracks.time_s for axis in "xy"}
    return with_columns(tracks, **values)


def with_columns(tracks: Tracks, **changed: Any) -> Tracks:
    names = ("time_s", "track", "x_m", "y_m", "vx_mps", "vy_mps", "pressure_altitude_ft", "vertical_rate_fpm")
    return Tracks.from_columns({name: getattr(tracks, name) for name in names} | changed, plane=PLANE)


UNCONFIRMED = {**NO_TERMINAL, "look_ahead_s": 0.0, "imminent_s": 0.0}
CLIMBS = {"vertical_ft": -4000.0, "rate_fpm": 2000.0, "start_m": 20_000.0}
NAMED = {"callsign": ["A1", "B2"], "ssr_code": ["1000", "2000"], "flight_rules": ["IFR", "VFR"]}
LEVELS_OFF = {"vertical_ft": -1720.0, "rate_fpm": 600.0}

ROWS: dict[str, tuple[Any, Tracks, dict[str, Any]]] = {
    "look_ahead_s": (60.0, two(), NO_TERMINAL),
    "look_ahead_terminal_s": (30.0, two(), {}),
    "lateral_nm": (4.0, two(), NO_TERMINAL),
    "lateral_terminal_nm": (2.0, two(), {}),
    "vertical_ft": (500.0, two(vertical_ft=690.0), {**NO_TERMINAL, "vertical_level_off_ft": 400.0}),
    "vertical_current_ft": (600.0, two(vertical_ft=780.0), NO_TERMINAL),
    "vertical_level_off_ft": (750.0, two(**LEVELS_OFF, cleared_altitude_ft=9280.0), NO_TERMINAL),
    "vertical_diverging_ft": (500.0, two(vertical_ft=600.0), NO_TERMINAL),
    "diverging_share": (1.0, two(), NO_TERMINAL),
    "fast_divergence_kt": (1500.0, overtaking(), NO_TERMINAL),
    "crossed_angle_deg": (120.0, crossing(), {**NO_TERMINAL, "fast_divergence_kt": 1500.0}),
    "major_share": (0.0, two(lateral_m=1000.0), NO_TERMINAL),
    "floor_ft": (11_000.0, two(), {}),
    "terminal_radius_nm": (0.0, two(), {}),
    "terminal_ceiling_ft": (5000.0, two(), {}),
    "terminal_desks": (("Upper",), two(), {}),
    "use_cleared_level": (False, two(**CLIMBS, cleared_altitude_ft=8000.0), NO_TERMINAL),
    "use_selected_level": (False, two(**CLIMBS, selected_altitude_ft=8000.0), NO_TERMINAL),
    "level_off_tolerance_ft": (0.0, two(**CLIMBS, cleared_altitude_ft=8000.0), {**NO_TERMINAL, "hysteresis_s": 0.0}),
    "oldest_plot_s": (60.0, two().select(np.arange(120) < 90), {}),
    "hysteresis_m": (5000.0, two(), NO_TERMINAL),
    "hysteresis_ft": (400.0, two(vertical_ft=-300.0, rate_fpm=2000.0, start_m=8000.0), NO_TERMINAL),
    "hysteresis_s": (60.0, braking(), {**NO_TERMINAL, "clear_n": 1}),
    "current_m": (1, two(), {**UNCONFIRMED, "predicted_m": 6}),
    "current_n": (5, flickering(), {**UNCONFIRMED, "current_m": 3}),
    "predicted_m": (2, two(), NO_TERMINAL),
    "predicted_n": (
        5,
        flickering(),
        {**UNCONFIRMED, "current_m": 10, "current_n": 10, "predicted_m": 3, "predicted_n": 3},
    ),
    "imminent_s": (60.0, two(late_s=60.0), NO_TERMINAL),
    "clear_n": (10, two(), NO_TERMINAL),
    "warning_time_s": (40.0, two(), NO_TERMINAL),
    "max_gap_s": (200.0, gap(slice(16, 23)), {**NO_TERMINAL, "imminent_s": 0.0}),
    "track_lost_s": (10.0, gap(slice(20, 24)), NO_TERMINAL),
    "not_assessable_s": (10.0, coasting(), NO_TERMINAL),
    "minimum_duration_s": (120.0, two(start_m=20_000.0), {}),
    "reannounce_ratio": (0.0, two(), NO_TERMINAL),
    "minimum_track_age_s": (60.0, two(), NO_TERMINAL),
    "use_coasted_plots": (True, marked("coasted"), {}),
    "judge_visual": (False, marked("visual"), {}),
    "flight_rules": (("VFR",), two(facts=NAMED | {"flight_rules": ["IFR", "IFR"]}), {}),
    "eligible_ssr_codes": (("3000",), two(facts=NAMED), {}),
    "excluded_ssr_codes": (("1000", "2000"), two(facts=NAMED), {}),
    "inhibited_callsigns": (("A1",), two(facts=NAMED), {}),
}


UPPER = Desk(
    name="Upper",
    nets=("STCA",),
    area=None,
    x_m=0.0,
    y_m=0.0,
    radius_m=100_000.0,
    floor=Limit(15_000.0, False),
    ceiling=Limit(40_000.0, True),
    relay_to="",
    relay_by=None,
    source="made by hand",
    illustrative=True,
)
"""A desk for what is above all flights of these tests."""


def outcome(tracks: Tracks, values: dict[str, Any]) -> str:
    here = situations.site(
        desks=(UPPER,), switched_on=frozenset({"STCA"}), parameters=Parameters(stca=StcaParameters(**values))
    )
    alerts = judge(tracks, here).alerts
    names = ("start_time_s", "end_time_s", "end_reason", "severity", "kind", "area", "reannounced_times_s", "margin_ft")
    return repr([[getattr(alert, name) for name in names] for alert in alerts])


@pytest.mark.parametrize("name", ROWS)
def test_changing_a_parameter_changes_a_result(name):
    value, tracks, more = ROWS[name]
    assert outcome(tracks, more) != outcome(tracks, {**more, name: value})


def test_every_parameter_has_a_row():
    assert set(ROWS) == set(StcaParameters.model_fields)
