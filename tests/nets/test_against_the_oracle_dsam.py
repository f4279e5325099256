"""The selected altitude monitor against its slow twin: random flights, whole, in portions and filtered."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.altimetry import pressure_altitude_ft
from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.net import net_of
from safetynets.engine.reasons import Kind, Reason
from safetynets.nets.dsam.parameters import DsamParameters
from safetynets.sites.geometry import PressureRegion
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from tests.nets.flights import flight
from tests.nets.situations import PLANE, approach, site
from tests.oracle import dsam, eligibility

DSAM = net_of("DSAM")
LEVELS_FT = (3000.0, 4000.0, 4100.0, 5000.0, 6000.0, 8000.0)


@st.composite
def sites(draw: st.DrawFn) -> Any:
    qnh_hpa = draw(st.sampled_from([985.0, 1013.25, 1028.0]))
    region = PressureRegion("everywhere", None, ((-np.inf, qnh_hpa),), 5000.0, 60.0, "made by hand")
    parameters = DsamParameters(
        tolerance_ft=draw(st.sampled_from([50.0, 100.0, 1000.0])),
        hysteresis_ft=draw(st.sampled_from([0.0, 50.0])),
        settling_s=draw(st.sampled_from([0.0, 8.0, 20.0])),
        max_selected_age_s=draw(st.sampled_from([3.0, 30.0])),
        level_ft=draw(st.sampled_from([0.0, 200.0])),
        sources=draw(st.sampled_from([("mcp", "unknown"), ("fms",), ("aircraft", "mcp", "fms")])),
        final_half_width_m=draw(st.sampled_from([0.0, 500.0])),
        final_splay_deg=draw(st.sampled_from([0.0, 3.0])),
        final_angle_deg=draw(st.sampled_from([30.0, 180.0])),
        minimum_track_age_s=0.0,
    )
    return site(
        switched_on=("DSAM",),
        pressure_regions=(region,),
        approaches=(approach(intercept_altitude_ft=4000.0),) if draw(st.booleans()) else (),
        parameters=Parameters(dsam=parameters),
    )


@st.composite
def flights(draw: st.DrawFn) -> Tracks:
    """A few flights that climb, descend and are cleared, some on the final approach to the origin."""
    columns: dict[str, list[Any]] = {}
    for track in range(draw(st.integers(1, 4))):
        time_s, level = draw(st.sampled_from([0.0, 4.0])), st.sampled_from(LEVELS_FT)
        cleared_ft, selected_ft = draw(level), draw(level)
        for _ in range(draw(st.integers(1, 9))):
            time_s += draw(st.sampled_from([0.0, 1.0, 4.0, 4.0, 4.0, 12.0, 40.0]))
            cleared_ft = draw(level) if draw(st.integers(0, 5)) == 0 else cleared_ft
            selected_ft = draw(level) if draw(st.integers(0, 5)) == 0 else selected_ft
            plot = {
                "time_s": time_s,
                "track": track,
                "x_m": draw(st.sampled_from([-400.0, 0.0, 800.0, 30_000.0])),
                "y_m": draw(st.sampled_from([-30_000.0, -5000.0, -100.0, 500.0])),
                "vx_mps": draw(st.sampled_from([0.0, 30.0, 80.0])),
                "vy_mps": draw(st.sampled_from([-80.0, 0.0, 80.0])),
                "pressure_altitude_ft": draw(st.one_of(st.sampled_from(LEVELS_FT), st.floats(2000.0, 9000.0))),
                "vertical_rate_fpm": 0.0,
                "cleared_altitude_ft": draw(st.sampled_from([cleared_ft] * 5 + [np.nan])),
                "selected_altitude_ft": draw(st.sampled_from([selected_ft] * 5 + [selected_ft + 16.0, np.nan])),
                "selected_altitude_age_s": draw(st.sampled_from([np.nan, np.nan, 0.0, 1.0, 3.5, 4.0, 31.0])),
                "selected_altitude_source": draw(st.sampled_from([-1, -1, 0, 1, 2, 2, 3])),
            }
            for name, value in plot.items():
                columns.setdefault(name, []).append(value)
    return Tracks.from_columns(columns, plane=PLANE)


@given(tracks=flights(), here=sites())
@settings(max_examples=400)
def test_every_plot_is_judged_as_the_oracle_judges_it(tracks, here):
    (found,) = Monitor(here, [DSAM]).feed(tracks).conflicts
    for row in range(len(tracks)):
        reason = eligibility.reason_of(tracks, row, DSAM, here.parameters.dsam, here)
        wanted = dsam.found_at(tracks, row, here) if reason is Reason.JUDGED else dsam.Found(reason)
        note(f"row {row} of {tracks.track[row]} at {tracks.time_s[row]} s: {wanted}")
        assert Reason(int(found.reason[row])) is wanted.reason
        assert found.time_to_violation_s[row] == wanted.time_to_violation_s
        assert found.hold_time_to_violation_s[row] == wanted.hold_time_to_violation_s
        assert repr(float(found.vertical_deviation_ft[row])) == repr(wanted.deviation_ft)
        if not wanted.near_edge:  # within rounding of a level either answer is right
            assert Kind(int(found.kind[row])) is wanted.kind
            assert bool(found.severe[row]) == wanted.severe


@given(tracks=flights(), here=sites(), portions=st.integers(2, 6), data=st.data())
@settings(max_examples=150)
def test_whole_in_portions_and_filtered_give_the_same_alerts(tracks, here, portions, data):
    whole = judge(tracks, here).alerts
    assert repr(alerts_of(tracks, here, threads=2)) == repr(whole)
    in_time = np.argsort(tracks.time_s, kind="stable")
    cuts = sorted(data.draw(st.integers(0, len(tracks))) for _ in range(portions - 1))
    monitor = Monitor(here)
    for portion in np.split(in_time, cuts):
        monitor.feed(tracks.select(np.sort(portion)))
    assert repr(monitor.alerts()) == repr(whole)


@given(
    own=st.integers(20, 90),
    cleared=st.sampled_from([3000.0, 4000.0, 5000.0]),
    off_ft=st.sampled_from([-1000.0, 1000.0]),
)
def test_above_and_below_are_symmetric(own, cleared, off_ft):
    """A climb mirrored at the cleared level is a descent, and the same is found."""
    kinds = []
    for mirror in (1.0, -1.0):
        altitude_ft = cleared + mirror * (own * 100.0 - 5000.0)
        flown = flight(
            altitude_ft=altitude_ft,
            x_m=50_000.0,
            vx_mps=80.0,
            cleared_altitude_ft=cleared,
            selected_altitude_ft=cleared + mirror * off_ft,
        )
        (found,) = Monitor(site(), [DSAM]).feed(flown).conflicts
        kinds.append((int(found.kind[-1]), bool(found.severe[-1]), float(found.time_to_violation_s[-1])))
    assert kinds[0] == kinds[1]
    assert kinds[0][0] in (Kind.BEFORE, Kind.PAST)


def test_levels_above_the_transition_altitude_are_compared_with_the_pressure_altitude():
    """At FL 60 on a day of 985 hPa, cleared to FL 60 and 7,000 ft selected: past, for it is at its level."""
    region = PressureRegion("everywhere", None, ((-np.inf, 985.0),), 5000.0, 60.0, "made by hand")
    flown = flight(
        altitude_ft=6000.0 - pressure_altitude_ft(985.0),
        qnh_hpa=985.0,
        cleared_altitude_ft=6000.0,
        selected_altitude_ft=7000.0,
    )
    (found,) = Monitor(site(pressure_regions=(region,)), [DSAM]).feed(flown).conflicts
    assert Kind(int(found.kind[-1])) is Kind.PAST


def test_level_at_the_altitude_selected_by_mistake_it_does_not_fly_away_from_the_cleared_one():
    """Level at 8,000 ft as selected, but cleared to 10,000 ft: no warning while it comes no farther from there."""
    flown = flight(altitude_ft=8000.0, cleared_altitude_ft=10_000.0, selected_altitude_ft=8000.0)
    (found,) = Monitor(site(), [DSAM]).feed(flown).conflicts
    assert Kind(int(found.kind[-1])) is Kind.BEFORE
    assert not found.severe[-1]
