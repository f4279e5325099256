"""An active alert while the plots of its track cannot be judged: held, not ended and announced anew."""

from __future__ import annotations

import math

import numpy as np
import pytest

from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets import situations
from tests.nets.flights import flight

HIGH, LOW, UNKNOWN = 5000.0, 3500.0, math.nan


def watched(**parameters: float):
    sector = situations.minimum(4000.0, situations.square(-9e4, -9e4, 9e4, 9e4))
    return situations.site(minimum_altitudes=(sector,), parameters=Parameters(msaw=MsawParameters(**parameters)))


def plots(*altitudes_ft: float, **more) -> Tracks:
    """A plot every 4 s at these altitudes."""
    return flight(altitude_ft=list(altitudes_ft), vx_mps=80.0, **more)


def test_altitude_missing_for_twenty_seconds_inside_an_alert_is_one_alert_announced_once():
    (alert,) = judge(plots(*[LOW] * 5, *[UNKNOWN] * 5, *[LOW] * 5, *[HIGH] * 5), watched()).alerts
    assert (alert.start_time_s, alert.end_time_s, alert.end_reason) == (8.0, 64.0, "cleared")
    assert alert.reannounced_times_s == ()


def test_a_flight_that_comes_back_high_is_cleared_not_alerted_anew():
    (alert,) = judge(plots(*[LOW] * 5, *[UNKNOWN] * 7, *[HIGH] * 5), watched()).alerts
    assert (alert.end_time_s, alert.end_reason) == (52.0, "cleared")


def test_plots_that_stay_without_altitude_end_it_by_their_reason():
    found = judge(plots(*[LOW] * 5, *[UNKNOWN] * 30), watched())
    (alert,) = found.alerts
    # The last judged plot is that of 16 s; the first one a minute later or more is that of 76 s.
    assert (alert.end_time_s, alert.end_reason) == (76.0, "not assessable: no pressure altitude")
    assert sum(~found.conflicts[0].assessable) == 30 + 2  # and two plots of a track that is too young


def test_coasting_holds_it_and_silence_ends_it():
    coasted = np.array([0] * 5 + [1] * 4)
    (alert,) = judge(plots(*[LOW] * 9, coasted=coasted, duration_s=0.0), watched()).alerts
    assert alert.end_reason == "still active at the end of the tracks"
    other = flight(altitude_ft=[HIGH] * 40, vx_mps=80.0)
    both = Tracks.from_columns(
        {
            name: np.concatenate((getattr(plots(*[LOW] * 9), name), getattr(other, name)))
            for name in ("time_s", "x_m", "y_m", "vx_mps", "vy_mps", "pressure_altitude_ft", "vertical_rate_fpm")
        }
        | {"track": [0] * 9 + [1] * 40, "coasted": np.concatenate((coasted, np.zeros(40, dtype=int)))},
        plane=situations.PLANE,
    )
    (alert,) = judge(both, watched()).alerts
    assert (alert.end_time_s, alert.end_reason) == (32.0 + 20.0, "track lost")


def test_a_site_may_end_it_sooner():
    tracks = plots(*[LOW] * 5, *[UNKNOWN] * 5, *[LOW] * 5)
    first, second = judge(tracks, watched(not_assessable_s=12.0)).alerts
    assert (first.end_time_s, first.end_reason) == (28.0, "not assessable: no pressure altitude")
    assert second.start_time_s == 40.0


@pytest.mark.parametrize("unknown", [3, 5, 20])
def test_it_is_the_same_plot_by_plot_and_from_the_few_plots_that_matter(unknown):
    tracks, here = plots(*[HIGH] * 3, *[LOW] * 4, *[UNKNOWN] * unknown, *[LOW] * 4, *[HIGH] * 4), watched()
    wanted = repr(judge(tracks, here).alerts)
    monitor = Monitor(here)
    for row in range(len(tracks)):
        monitor.feed(tracks.select(np.array([row])))
    assert repr(monitor.alerts()) == wanted
    assert repr(alerts_of(tracks, here)) == wanted
