"""The flown path after an alert: as the track says, straight on where it ends, over the true ground."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from safetynets.errors import PhraseologyError
from safetynets.geodesy import Plane
from safetynets.response import encounter_of
from safetynets.sites.geometry import Approach, Obstacle, Site, Terrain
from safetynets.sites.parameters import Parameters
from safetynets.tracks import PlotFlag, Tracks
from safetynets.units import nm_to_m

PLANE = Plane(46.0, 6.0)
SPEED_MPS = 80.0
LIMITS = {"horizon_s": 60.0, "carried_on_s": 60.0, "end_before_threshold_nm": 0.3}


def site(elevation_ft=None, obstacles=(), approaches=()) -> Site:
    grid = np.full((200, 400), 100.0) if elevation_ft is None else elevation_ft
    return Site(
        name="flat",
        title="Flat",
        folder=Path(),
        plane=PLANE,
        geoid_undulation_m=None,
        terrain=Terrain(-10_000.0, -10_000.0, 100.0, grid, ()),
        minimum_altitudes=(),
        obstacles=obstacles,
        approaches=approaches,
        volumes=(),
        inhibit_volumes=(),
        pressure_regions=(),
        parameters=Parameters(),
        parameter_sources={},
        input_files=(),
    )


def descending(last_s=40.0, **columns) -> tuple[Tracks, np.ndarray]:
    """Eastwards at 80 m/s from x = 0 at the alert, from 2,000 ft at 1,200 ft/min, a plot every 4 s."""
    time_s = np.arange(-8.0, last_s + 1.0, 4.0)
    altitude_ft = 2000.0 - 20.0 * time_s
    plots = {
        "time_s": 1000.0 + time_s,
        "track": np.zeros(len(time_s), dtype=int),
        "x_m": SPEED_MPS * time_s,
        "y_m": np.zeros(len(time_s)),
        "vx_mps": np.full(len(time_s), SPEED_MPS),
        "vy_mps": np.zeros(len(time_s)),
        "pressure_altitude_ft": altitude_ft + 500.0,
        "vertical_rate_fpm": np.full(len(time_s), -1200.0),
        **columns,
    }
    return Tracks.from_columns(plots, {"callsign": ["SWR1"]}, PLANE), altitude_ft


def test_the_flown_path_is_that_of_the_track_and_then_straight_on_at_its_rate():
    tracks, altitude_ft = descending(last_s=40.0)
    encounter = encounter_of(tracks, altitude_ft, 0, 1000.0, site(), **LIMITS)
    np.testing.assert_allclose(encounter.flown_ft, 2000.0 - 20.0 * encounter.time_s)
    np.testing.assert_array_equal(encounter.ground_ft, 100.0)
    assert encounter.time_s[-1] == 60.0
    assert "from 40 s after the alert on, where its track ends" in encounter.notes[-1]


def test_a_future_that_levels_off_is_flown_unless_it_is_asked_to_go_straight_on():
    tracks, altitude_ft = descending()
    level_ft = np.maximum(altitude_ft, 1800.0)
    flown = encounter_of(tracks, level_ft, 0, 1000.0, site(), **LIMITS)
    straight = encounter_of(tracks, level_ft, 0, 1000.0, site(), **LIMITS, future="straight")
    assert flown.flown_ft[60] == 1800.0
    assert straight.flown_ft[-1] == pytest.approx(2000.0 - 20.0 * 60.0)
    assert "from the alert on" in straight.notes[-1]


def test_the_true_altitude_is_the_geometric_one_where_it_is_known():
    """A QNH error or cold air is in the geometric altitude, and not in the altitude on the QNH."""
    tracks, altitude_ft = descending(geometric_altitude_ft=1725.0 - 20.0 * np.arange(-8.0, 41.0, 4.0))
    encounter = encounter_of(tracks, altitude_ft, 0, 1000.0, site(), **LIMITS)
    assert encounter.flown_ft[0] == 1725.0
    assert not any("geometric" in note for note in encounter.notes)


def test_without_a_geometric_altitude_the_one_on_the_qnh_stands_and_is_named():
    tracks, altitude_ft = descending()
    encounter = encounter_of(tracks, altitude_ft, 0, 1000.0, site(), **LIMITS)
    assert encounter.flown_ft[0] == 2000.0
    assert "the altitude on the QNH stands for the true one" in encounter.notes[0]


def test_a_wall_one_cell_wide_is_met_though_no_moment_falls_on_it():
    grid = np.full((200, 400), 100.0)
    grid[:, 100 + 13] = 1700.0  # x from 1300 to 1400 m: 16.25 to 17.5 s after the alert
    tracks, altitude_ft = descending()
    encounter = encounter_of(tracks, altitude_ft, 0, 1000.0, site(grid), **LIMITS)
    hit = encounter.time_s[encounter.ground_ft == 1700.0]
    assert hit.min() <= 16.25
    assert hit.max() >= 17.5
    assert encounter.clearance_ft.min() < 0.0


def test_an_obstacle_is_part_of_the_ground():
    mast = Obstacle("mast", 800.0, 0.0, 50.0, 900.0, "drawn", True)
    tracks, altitude_ft = descending()
    encounter = encounter_of(tracks, altitude_ft, 0, 1000.0, site(obstacles=(mast,)), **LIMITS)
    assert encounter.ground_ft[20] == 900.0
    assert encounter.ground_ft[40] == 100.0


def test_on_an_approach_nothing_is_looked_at_beyond_the_end_before_the_threshold():
    approach = Approach(
        "TEST 09", "TEST", "09", nm_to_m(2.0), 0.0, 100.0, 90.0, 90.0, "ils", 3.0, 50.0, (), 3000.0, 10.0, 1.0, 500.0,
        2.0, "drawn", True,
    )  # fmt: skip
    tracks, altitude_ft = descending()
    encounter = encounter_of(tracks, altitude_ft - 1000.0, 0, 1000.0, site(approaches=(approach,)), **LIMITS)
    assert encounter.distance_nm[0] == pytest.approx(2.0)
    assert 0.3 <= encounter.distance_nm[-1] < 0.3 + 0.5 * SPEED_MPS / 1852.0 + 1e-9
    assert "before the threshold of TEST 09" in encounter.ends
    overhead = encounter_of(tracks, altitude_ft + 3000.0, 0, 1000.0, site(approaches=(approach,)), **LIMITS)
    assert overhead.ends == "60 s after the alert"


def test_a_track_that_ends_is_carried_on_only_so_far():
    tracks, altitude_ft = descending(last_s=20.0)
    encounter = encounter_of(tracks, altitude_ft, 0, 1000.0, site(), **(LIMITS | {"carried_on_s": 10.0}))
    assert encounter.time_s[-1] == 30.0
    assert encounter.ends == "30 s after the alert"


def test_spikes_and_plots_on_the_ground_are_not_flown():
    tracks, altitude_ft = descending()
    flags = np.zeros(len(tracks), dtype=np.uint8)
    flags[6] = PlotFlag.ALTITUDE_SPIKE
    spiked_ft = altitude_ft.copy()
    spiked_ft[6] = 30_000.0
    spiked = replace(tracks, flags=flags)
    encounter = encounter_of(spiked, spiked_ft, 0, 1000.0, site(), **LIMITS)
    np.testing.assert_allclose(encounter.flown_ft, 2000.0 - 20.0 * encounter.time_s)


@pytest.mark.parametrize(
    ("alert_s", "ground", "said"),
    [
        (900.0, 100.0, "SWR1: the track does not say how the aircraft flies at the alert"),
        (1100.0, 100.0, "SWR1: the track does not say"),
        (1000.0, np.nan, "SWR1: no ground is known below the aircraft"),
    ],
)
def test_an_alert_that_the_track_or_the_ground_cannot_answer_is_refused(alert_s, ground, said):
    tracks, altitude_ft = descending()
    with pytest.raises(PhraseologyError, match=said):
        encounter_of(tracks, altitude_ft, 0, alert_s, site(np.full((200, 400), ground)), **LIMITS)
