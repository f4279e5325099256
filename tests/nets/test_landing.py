"""An aircraft past the end of its approach lands: the approach to the next runway, just beside, is not its own."""

import numpy as np

from safetynets.engine.monitor import judge
from safetynets.units import nm_to_m
from tests.nets import situations
from tests.nets.flights import final_approach, flight

BESIDE = situations.approach(name="36R", runway="36R", x_m=800.0, y_m=nm_to_m(1.0))
"""The threshold lies 1 NM farther along: over the end of the first approach the second path is 318 ft higher."""
TWO_RUNWAYS = situations.site(approaches=(situations.approach(), BESIDE))


def test_a_landing_aircraft_does_not_join_the_approach_to_the_next_runway():
    watched = judge(final_approach(), TWO_RUNWAYS)
    assert (watched.approach == 0).sum() > 60
    assert not (watched.approach == 1).any()
    assert watched.alerts == ()


def test_an_aircraft_that_goes_around_may_join_the_next_runway_after_it():
    go_around = flight(
        altitude_ft=np.concatenate((np.full(9, 500.0), 500.0 + 100.0 * np.arange(1, 5), np.full(12, 900.0))),
        y_m=-nm_to_m(1.3),
        vy_mps=30.0,
    )
    rate_fpm = np.zeros(len(go_around))
    rate_fpm[9:13] = 1500.0
    watched = judge(go_around.with_columns(vertical_rate_fpm=rate_fpm), TWO_RUNWAYS)
    assert watched.approach[9] == -1, "landing"
    assert (watched.approach[13:16] == 1).all(), "after the climb"
