"""An aircraft past the end of its approach lands: the approach to the next runway, just beside, is not its own."""

import numpy as np

from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import judge
from safetynets.tracks.table import PlotFlag
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


def test_a_plot_that_cannot_be_judged_just_past_the_end_does_not_hide_that_the_aircraft_lands():
    """Found by `python -m tests.oracle_from_docs`: the alerts from few plots held a false one, of the next runway."""
    flown = final_approach(from_nm=6.0)
    first_past_the_end = int(np.flatnonzero(-flown.y_m < nm_to_m(1.0))[0])
    tracks = flown.with_columns(flags=np.where(np.arange(len(flown)) == first_past_the_end, PlotFlag.STUCK, 0))
    assert list(judge(tracks, TWO_RUNWAYS).alerts) == []
    assert list(alerts_of(tracks, TWO_RUNWAYS)) == []
