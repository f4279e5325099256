"""The escape against closed forms, and that delay never helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.response import least_clearance_ft
from safetynets.response.encounter import STEP_S, Encounter, straight_encounter

G_FTPS2 = 9.80665 / 0.3048


def least(encounter: Encounter, at_s: float, pull_g: float = 0.25, climb_fpm: float = 1500.0, spool_s: float = 0.0):
    one = (np.array([value]) for value in (at_s, pull_g, climb_fpm, spool_s))
    return float(least_clearance_ft(encounter, *one)[0])


@pytest.mark.parametrize(
    ("rate_fpm", "pull_g", "lost_ft"), [(1000, 0.25, 17), (1700, 0.25, 50), (1000, 0.1, 43), (1700, 0.1, 125)]
)
def test_arresting_a_descent_costs_the_height_of_the_field_table(rate_fpm, pull_g, lost_ft):
    """The four values of the table of arrests (derived, v²/2a) to the foot they are rounded to."""
    encounter = straight_encounter(height_ft=2000.0, rate_fpm=-rate_fpm, lasts_s=60.0)
    assert 2000.0 - least(encounter, 0.0, pull_g) == pytest.approx(lost_ft, abs=0.6)


@pytest.mark.parametrize("at_s", [0.0, 0.3, 7.25, 20.0])
def test_least_height_is_that_of_the_closed_form_wherever_in_a_step_the_manoeuvre_begins(at_s):
    encounter = straight_encounter(height_ft=2000.0, rate_fpm=-1200.0, lasts_s=60.0)
    lowest_ft = 2000.0 - 20.0 * at_s - 20.0**2 / (2 * 0.25 * G_FTPS2)
    # Looked at every half second, the lowest point may be missed by a pull of a quarter second each side.
    missed_ft = 0.5 * 0.25 * G_FTPS2 * (STEP_S / 2) ** 2
    assert lowest_ft - 1e-9 <= least(encounter, at_s) <= lowest_ft + missed_ft


def test_rising_ground_is_cleared_by_the_climb_rate_and_not_before_the_engines_have_spooled_up():
    ramp_ft = 20.0 * np.arange(0.0, 60.0 + STEP_S / 2, STEP_S)
    encounter = straight_encounter(height_ft=300.0, rate_fpm=0.0, lasts_s=60.0, ground_ft=ramp_ft)
    at_once = least(encounter, 0.0, climb_fpm=1500.0)
    after_spool_up = least(encounter, 0.0, climb_fpm=1500.0, spool_s=6.0)
    pull_s = 25.0 / (0.25 * G_FTPS2)
    # Level for 6 s under ground that rises 20 ft/s, then 5 ft/s better than it: the least is when 20 ft/s are reached.
    slow_s = 20.0 / (0.25 * G_FTPS2)
    assert at_once == pytest.approx(300.0 - 20.0 * slow_s / 2, abs=0.5)
    assert after_spool_up == pytest.approx(300.0 - 20.0 * 6.0 - 20.0 * slow_s / 2, abs=0.5)
    assert pull_s < 6.0


def test_never_manoeuvring_is_the_flown_path_to_the_bit():
    flown = np.random.default_rng(1).normal(0.0, 30.0, 121).cumsum() + 900.0
    encounter = replace(straight_encounter(height_ft=0.0, rate_fpm=0.0, lasts_s=60.0), flown_ft=flown)
    assert least(encounter, np.inf) == encounter.clearance_ft.min()


def test_a_crew_that_recovers_faster_by_itself_is_not_held_back_by_the_call():
    steep = straight_encounter(height_ft=500.0, rate_fpm=3000.0, lasts_s=30.0)
    assert least(steep, 0.0, climb_fpm=1000.0) == least(steep, np.inf) == 500.0


def test_unknown_ground_says_nothing_of_clearance():
    ground_ft = np.zeros(121)
    ground_ft[40:] = np.nan
    encounter = straight_encounter(height_ft=1000.0, rate_fpm=-1200.0, lasts_s=60.0, ground_ft=ground_ft)
    assert least(encounter, np.inf) == pytest.approx(1000.0 - 20.0 * 39 * STEP_S)


wild_paths = st.lists(st.floats(-60.0, 60.0), min_size=12, max_size=60)


@settings(deadline=None, max_examples=60)
@given(
    rates_ftps=wild_paths,
    ground_ftps=wild_paths,
    delays_s=st.lists(st.floats(0.0, 40.0), min_size=2, max_size=8),
    pull_g=st.floats(0.05, 0.5),
    climb_fpm=st.floats(0.0, 4000.0),
    spool_s=st.floats(0.0, 10.0),
)
def test_more_delay_is_never_better_on_any_path_over_any_ground(
    rates_ftps, ground_ftps, delays_s, pull_g, climb_fpm, spool_s
):
    steps = min(len(rates_ftps), len(ground_ftps))
    encounter = Encounter(
        time_s=np.arange(steps) * STEP_S,
        flown_ft=1000.0 + np.cumsum(rates_ftps[:steps]) * STEP_S,
        ground_ft=np.cumsum(ground_ftps[:steps]) * STEP_S,
        distance_nm=np.full(steps, np.nan),
        ends="",
    )
    late = np.sort([*delays_s, np.inf])
    same = [np.full(len(late), value) for value in (pull_g, climb_fpm, spool_s)]
    least_ft = least_clearance_ft(encounter, late, *same)
    # A nanofoot for the rounding of sums.
    assert (np.diff(least_ft) <= 1e-9).all()
