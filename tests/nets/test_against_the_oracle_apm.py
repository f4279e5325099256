"""APM against the oracle, on thousands of random situations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.engine.conflicts import Conflicts
from safetynets.engine.kernels.quadratics import first_negative
from safetynets.engine.phases import phases_of
from safetynets.engine.reasons import Kind, Reason
from safetynets.engine.states import judge_states
from safetynets.nets.apm import NET as APM
from safetynets.sites.geometry import Approach, Site
from safetynets.tracks import PlotFlag
from tests.nets.situations import approach, parameters, picture, site, tracks_of
from tests.oracle import apm
from tests.oracle.comparison import assert_between, assert_first_violation
from tests.oracle.plots import Plot, plots_of

EVERY_KIND = ("below", "above", "left", "right")
M_PER_NM = 1852.0


@st.composite
def approaches(draw: st.DrawFn, number: int = 0) -> Approach:
    distances_nm = sorted(draw(st.sets(st.sampled_from([0.5, 2.0, 4.0, 5.0, 7.5, 11.0]), min_size=1, max_size=4)))
    return approach(
        name=f"approach {number}",
        runway=f"{number}",
        x_m=draw(st.sampled_from([0.0, 380.0, -1500.0])),
        y_m=draw(st.sampled_from([0.0, 200.0])),
        threshold_elevation_ft=draw(st.sampled_from([0.0, 1400.0, -11.0])),
        course_deg=draw(st.sampled_from([0.0, 90.0, 225.0, 359.5]) | st.floats(0.0, 360.0)),
        path=draw(st.sampled_from(["ils", "papi", "baro", "profile"])),
        angle_deg=draw(st.sampled_from([3.0, 3.3, 5.5])),
        profile=tuple((d, draw(st.sampled_from([500.0, 1500.0, 1500.0, 3000.0]))) for d in distances_nm),
        intercept_altitude_ft=draw(st.sampled_from([1500.0, 3000.0, 9000.0])),
        start_distance_nm=draw(st.sampled_from([8.0, 12.0])),
        end_distance_nm=draw(st.sampled_from([0.0, 1.5, 4.0])),
        half_width_m=draw(st.sampled_from([0.0, 100.0, 300.0])),
        splay_deg=draw(st.sampled_from([0.0, 1.0, 3.0])),
    )


@st.composite
def plots_near(
    draw: st.DrawFn, final: Approach, rate_fpm: st.SearchStrategy[float], beyond_nm: float = 0.0
) -> dict[str, float]:
    """A plot within or near the funnel, also at its ends or `beyond_nm` inside, by distance, offset and angle."""
    course = math.radians(final.course_deg)
    limits_nm = [final.end_distance_nm + beyond_nm, final.start_distance_nm - beyond_nm]
    d_m = M_PER_NM * draw(st.sampled_from(limits_nm) | st.floats(-1.0, 13.0))
    cross_m = draw(st.sampled_from([0.0, final.half_width_m]) | st.floats(-2500.0, 2500.0))
    track = course + math.radians(draw(st.sampled_from([0.0, 0.0, 89.0, 180.0]) | st.floats(-50.0, 50.0)))
    speed_mps = draw(st.just(0.0) | st.floats(0.0, 150.0))
    path_ft = apm.path_ft(final, d_m)
    return {
        "x_m": final.x_m - d_m * math.sin(course) + cross_m * math.cos(course),
        "y_m": final.y_m - d_m * math.cos(course) - cross_m * math.sin(course),
        "vx_mps": speed_mps * math.sin(track),
        "vy_mps": speed_mps * math.cos(track),
        "altitude_ft": path_ft + draw(st.sampled_from([0.0, -100.0]) | st.floats(-1000.0, 1000.0)),
        "vertical_rate_fpm": draw(rate_fpm),
    }


any_rate_fpm = st.just(0.0) | st.floats(-2000.0, 2000.0) | st.floats(-50_000.0, 50_000.0)

apm_parameters = st.fixed_dictionaries(
    {
        "look_ahead_s": st.sampled_from([0.0, 3.3, 15.0]),
        "kinds": st.sets(st.sampled_from(EVERY_KIND)).map(lambda kinds: tuple(sorted(kinds))),
        "below_ft": st.sampled_from([0.0, 100.0]),
        "below_deg": st.sampled_from([0.0, 0.5]),
        "above_ft": st.sampled_from([0.0, 300.0]),
        "above_deg": st.sampled_from([0.0, 0.7]),
        "hysteresis_ft": st.sampled_from([0.0, 50.0]),
        "hysteresis_m": st.sampled_from([0.0, 75.0]),
        "hysteresis_s": st.sampled_from([0.0, 2.0]),
    }
)


@settings(max_examples=80)
@given(data=st.data())
def test_apm_finds_what_the_oracle_finds(data):
    final = data.draw(approaches())
    here = site(approaches=(final,), parameters=parameters(apm=data.draw(apm_parameters)))
    seen = picture(data.draw(st.lists(plots_near(final, any_rate_fpm), min_size=1, max_size=20)))
    [found] = judge_states(APM, seen, tracks_of(seen), here)
    for row, plot in enumerate(plots_of(seen)):
        note(str(plot))
        assert_same_judgement(found, row, plot, here)


def assert_same_judgement(found: Conflicts, row: int, plot: Plot, here: Site) -> None:
    final, rules = here.approaches[0], here.parameters.apm
    d_m = apm.along_track_m(final, plot.x_m, plot.y_m)
    assert found.assessable[row]
    assert math.isclose(found.lateral_deviation_m[row], apm.cross_track_m(final, plot.x_m, plot.y_m), abs_tol=1e-6)
    off_nominal_ft = plot.altitude_ft - apm.nominal_ft(final, d_m)
    assert math.isclose(found.vertical_deviation_ft[row], off_nominal_ft, abs_tol=1e-6)

    enabled = [kind for kind in apm.ORDER_OF_KINDS if kind.word in rules.kinds]
    for margin, among in (
        (found.margin_ft[row], (Kind.BELOW, Kind.ABOVE)),
        (found.margin_m[row], (Kind.LEFT, Kind.RIGHT)),
    ):
        margins = [apm.margin(final, kind, plot, 0.0, rules) for kind in enabled if kind in among]
        if margins:
            assert_between(margin, min(margins), min(margins))
        else:
            assert math.isnan(margin)

    time_s = found.time_to_violation_s[row]
    assert_first_violation(
        time_s,
        rules.look_ahead_s,
        lambda tau_s, slack: any(apm.violated(final, kind, plot, tau_s, rules, slack=slack) for kind in enabled),
    )
    hold_s = found.hold_time_to_violation_s[row]
    assert_first_violation(
        hold_s,
        rules.look_ahead_s + rules.hysteresis_s,
        lambda tau_s, slack: any(
            apm.violated(final, kind, plot, tau_s, rules, holding=True, slack=slack) for kind in enabled
        ),
    )
    assert hold_s <= time_s
    assert found.severe[row] == (time_s == 0.0)
    if math.isinf(time_s):
        assert found.kind[row] == Kind.NONE
    else:
        assert_kind(Kind(int(found.kind[row])), time_s, final, plot, here)


def assert_kind(kind: Kind, time_s: float, final: Approach, plot: Plot, here: Site) -> None:
    """The kind is violated at that time, and none that comes before it in the order is surely so."""
    rules = here.parameters.apm
    assert_first_violation(
        time_s,
        rules.look_ahead_s,
        lambda tau_s, slack: apm.violated(final, kind, plot, tau_s, rules, slack=slack),
    )
    for earlier in apm.ORDER_OF_KINDS[: apm.ORDER_OF_KINDS.index(kind)]:
        assert not apm.violated(final, earlier, plot, time_s, rules, slack=apm.Slack(-1e-6, -1e-6))


reasons_of_plots = st.sampled_from([*[Reason.JUDGED] * 6, Reason.ALTITUDE_SPIKE, Reason.VISUAL])
moving_rate_fpm = st.sampled_from([-700.0, 0.0, 300.0, 301.0, 500.0, 900.0, 900.0])

joining_parameters = st.fixed_dictionaries(
    {
        "capture_half_width_m": st.sampled_from([500.0, 1500.0]),
        "capture_splay_deg": st.sampled_from([0.0, 5.0]),
        "join_angle_deg": st.sampled_from([15.0, 30.0, 90.0]),
        "join_ceiling_ft": st.sampled_from([2500.0, 10_000.0]),
        "join_max_climb_fpm": st.sampled_from([0.0, 300.0, 1000.0]),
        "go_around_fpm": st.sampled_from([0.0, 500.0]),
        "switch_margin_deg": st.sampled_from([0.0, 1.0, 5.0]),
        "require_destination": st.booleans(),
        "require_runway": st.booleans(),
    }
)


@settings(max_examples=80)
@given(data=st.data())
def test_tracks_join_and_leave_as_the_oracle_says(data):
    finals = [data.draw(approaches(number)) for number in range(3)]
    here = site(
        approaches=tuple(finals),
        parameters=parameters(apm=data.draw(joining_parameters) | {"minimum_track_age_s": 0.0}),
    )
    flown: list[dict[str, float]] = []
    reasons: list[Reason] = []
    for track in range(4):
        time_s = 0.0
        near = st.sampled_from(finals).flatmap(lambda final: plots_near(final, moving_rate_fpm, beyond_nm=0.001))
        for plot in data.draw(st.lists(near, max_size=8)):
            time_s += data.draw(st.sampled_from([4.0, 4.0, 4.0, 20.0, 21.0]))
            flown.append(plot | {"track": track, "time_s": time_s})
            reasons.append(data.draw(reasons_of_plots))
    flights = {"runway": ["0", "1", "", "2"], "destination": ["XXXX", "XXXX", "XXXX", "YYYY"]}
    seen = picture(flown)
    flags = [PlotFlag.ALTITUDE_SPIKE if reason is Reason.ALTITUDE_SPIKE else 0 for reason in reasons]
    visual = [int(reason is Reason.VISUAL) for reason in reasons]
    tracks = tracks_of(seen, flights).with_columns(
        flags=np.array(flags, dtype=np.uint8), visual=np.array(visual, dtype=np.int8)
    )
    approach_of = phases_of(APM, tracks, here)
    plots = plots_of(seen)
    for track in range(4):
        rows = [row for row, plot in enumerate(plots) if plot.track == track]
        expected = apm.joined_approaches(
            [plots[row] for row in rows],
            [reasons[row] for row in rows],
            flights["destination"][track],
            flights["runway"][track],
            here,
        )
        assert approach_of[rows].tolist() == expected


def test_low_on_the_final_approach_without_coming_nearer_is_below_the_path_now():
    """A helicopter that hovers, and one that flies across the course: at 5 NM the path is at 1,642 ft."""
    seen = picture([{"y_m": -5 * 1852.0, "altitude_ft": 500.0, "vx_mps": vx_mps} for vx_mps in (0.0, 20.0)])
    here = site(approaches=(approach(),))
    found = judge_states(APM, seen, tracks_of(seen), here)[0]
    assert found.time_to_violation_s.tolist() == [0.0, 0.0]
    assert [Kind(int(kind)) for kind in found.kind] == [Kind.BELOW, Kind.BELOW]


@pytest.mark.parametrize(
    ("parabola", "first_s"),
    [
        pytest.param((0.5, -10.0, 49.5), 9.0, id="dips between the ends"),
        pytest.param((0.5, -10.0, 50.0), np.inf, id="touches zero, which is not below"),
        pytest.param((-0.5, 10.0, -49.5), 0.0, id="below from the beginning"),
        pytest.param((-0.5, 10.0, 49.5), np.inf, id="above at both ends and bends downwards"),
        pytest.param((-0.5, 0.0, 50.0), 10.0, id="below from 10 s on"),
        pytest.param((0.0, -1.0, 0.5), 0.5, id="sinks on a straight line"),
    ],
)
def test_the_first_moment_below_zero_of_a_parabola_in_20_s(parabola, first_s):
    for other in (parabola, (0.0, 0.0, -1.0)):  # which is below all the time, so that both are when this one is
        assert first_negative(parabola, other, True, 0.0, 20.0) == first_s
    assert first_negative(parabola, (0.0, 0.0, 0.0), False, 0.0, 20.0) == first_s
