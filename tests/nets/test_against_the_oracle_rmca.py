"""The runway monitor against the oracle, on thousands of random situations."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.engine.monitor import Monitor
from safetynets.engine.reasons import Kind, Reason
from safetynets.nets.rmca import NET as RMCA
from safetynets.nets.rmca.parameters import RmcaParameters
from tests.nets.runways import CROSSED, plots, runway, site, tracks_of
from tests.oracle import rmca
from tests.oracle.rmca import NEVER, Aircraft, Rules

HAIR = 1e-7
LATER_S = 0.5
APART_S = 1000.0
FAR_M = 50_000.0

SLOPING = runway(
    "03/21",
    designators=("03", "21"),
    x_m=(-300.0, 1200.0),
    y_m=(-200.0, 2400.0),
    displaced_threshold_m=(250.0, 0.0),
    elevation_ft=(20.0, 110.0),
    half_width_m=22.5,
    holding_distance_m=90.0,
)
PARALLEL = runway("18R/36L", designators=("36L", "18R"), x_m=(-200.0, -200.0), y_m=(500.0, 3300.0))


NEAR_ENOUGH = {
    "arrives": {
        "along_m": st.integers(-40, 5).map(lambda n: 70.0 * n) | st.floats(-3500.0, 500.0),
        "across_m": st.sampled_from([0.0, 0.0, 10.0, -60.0, 75.0, 80.0, -95.0, 250.0]),
        "speed_mps": st.sampled_from([70.0, 75.0]) | st.floats(15.0, 90.0),
        "course_deg": st.sampled_from([0.0, 0.0, 1.0, -2.9, 3.0, 3.1, 7.9]),
        "height_ft": st.sampled_from([0.0, 50.0, 195.0, 200.0, 230.0, 700.0, 2500.0, 2540.0, 2600.0]),
        "rate_fpm": st.sampled_from([0.0, -700.0, -700.0, 300.0, 301.0, 1500.0]),
        "on_ground": st.just(False),
    },
    "rolls": {
        "along_m": st.integers(-2, 30).map(lambda n: 100.0 * n) | st.floats(-100.0, 3100.0),
        "across_m": st.sampled_from([0.0, 5.0, -22.5, 29.0, 30.0, 31.0]),
        "speed_mps": st.sampled_from([20.0, 20.6, 30.0, 50.0, 70.0]),
        "course_deg": st.sampled_from([0.0, 0.0, 0.5, -2.9, 3.0]),
        "height_ft": st.just(0.0),
        "rate_fpm": st.just(0.0),
        "on_ground": st.just(True),
    },
    "crosses": {
        "along_m": st.integers(-1, 32).map(lambda n: 100.0 * n) | st.floats(-100.0, 3100.0),
        "across_m": st.sampled_from([0.0, 30.0, -60.0, 74.0, -75.0, 76.0, 89.0, -90.0, 92.0])
        | st.floats(-120.0, 120.0),
        "speed_mps": st.sampled_from([0.0, 0.0, 2.0, 5.0, 8.0, 15.0]),
        "course_deg": st.sampled_from([0.0, 30.0, -30.0, 90.0, -90.0, 180.0]),
        "height_ft": st.sampled_from([0.0, 100.0, 200.0, 240.0]),
        "rate_fpm": st.sampled_from([0.0, 60.0, 600.0]),
        "on_ground": st.sampled_from([True, True, True, False]),
    },
    "anything": {
        "along_m": st.floats(-4000.0, 4000.0),
        "across_m": st.floats(-400.0, 400.0),
        "speed_mps": st.floats(0.0, 90.0),
        "course_deg": st.floats(-180.0, 180.0),
        "height_ft": st.floats(0.0, 3000.0),
        "rate_fpm": st.floats(-2000.0, 2000.0),
        "on_ground": st.booleans(),
    },
}
"""What aircraft do at a runway, within reach of every limit of the rule."""


@st.composite
def aircraft(draw: st.DrawFn, runways: tuple, does: tuple[str, ...]) -> Aircraft:
    """At a runway, in the direction from one of its ends."""
    on = rmca.Direction(draw(st.sampled_from(runways)), draw(st.integers(0, 1)))
    east = (on.stop - on.start) / on.length_m
    drawn = draw(st.fixed_dictionaries(NEAR_ENOUGH[draw(st.sampled_from(does))]))
    course_rad, on_ground = math.radians(drawn["course_deg"]), drawn["on_ground"]
    return Aircraft(
        at=on.start + east * complex(drawn["along_m"], drawn["across_m"]),
        velocity=drawn["speed_mps"] * east * complex(math.cos(course_rad), math.sin(course_rad)),
        altitude_ft=math.nan if on_ground else drawn["height_ft"] + on.runway.elevation_ft[0],
        rate_fpm=math.nan if on_ground else drawn["rate_fpm"],
        on_ground=on_ground,
        came_from_the_air=draw(st.booleans()),
    )


FIRSTS, SECONDS = ("arrives", "arrives", "rolls", "anything"), ("arrives", "rolls", "crosses", "crosses", "anything")


@st.composite
def meeting(draw: st.DrawFn) -> tuple[Aircraft, Aircraft]:
    """Two aircraft that pass the intersection of crossing runways at about one time, arriving or rolling."""
    until_s, pair = draw(st.floats(1.0, 60.0)), []
    for which, crossed in ((runway(), CROSSED), (CROSSED, runway())):
        on = rmca.Direction(which, draw(st.integers(0, 1)))
        speed_mps, on_ground = draw(st.sampled_from([25.0, 50.0, 70.0])), draw(st.booleans())
        how, from_the_air = "departs" if on_ground else "arrives", draw(st.booleans())
        meet = on.line().intersection(rmca.Direction(crossed, 0).line())
        at_m = on.seen(complex(meet.x, meet.y)).real
        along_m = at_m - rmca.rolled_m(how, speed_mps, max(until_s, 0.0), RmcaParameters())
        east = (on.stop - on.start) / on.length_m
        pair.append(
            Aircraft(
                on.start + east * along_m,
                speed_mps * east,
                math.nan if on_ground else 300.0,
                math.nan if on_ground else -600.0,
                on_ground,
                from_the_air,
            )
        )
        until_s += draw(st.sampled_from([0.0, 4.0, -4.9, 5.1, 6.9, 7.1, -19.0, 21.0]))
    return pair[0], pair[1]


def seen(craft: Aircraft, callsign: str, time_s: float, back_s: float = 0.0) -> dict:
    """A plot of the aircraft at which it was so many seconds ago, after one far away that says where it came from."""
    was, before_ft = craft.after(-back_s), craft.altitude_ft - craft.rate_fpm * back_s / 60.0
    return plots(
        callsign,
        [time_s - 3.0, time_s],
        [FAR_M, was.real],
        [FAR_M, was.imag],
        [0.0, craft.velocity.real],
        [0.0, craft.velocity.imag],
        [9000.0, before_ft],
        [0.0, craft.rate_fpm],
        [0 if craft.came_from_the_air else 1, int(craft.on_ground)],
    )


@settings(max_examples=120)
@given(data=st.data())
def test_the_runway_monitor_finds_what_the_oracle_finds(data):
    runways = data.draw(st.sampled_from([(runway(),), (runway(), CROSSED), (SLOPING,), (CROSSED, SLOPING, PARALLEL)]))
    given_values = {
        "aligned_deg": data.draw(st.sampled_from([3.0, 3.0, 8.0])),
        "hysteresis_m": data.draw(st.sampled_from([0.0, 15.0])),
        "hysteresis_ft": data.draw(st.sampled_from([0.0, 50.0])),
        "crossing_margin_s": data.draw(st.sampled_from([5.0, 20.0])),
    }
    here = site(*runways, minimum_track_age_s=0.0, **given_values)
    any_two = st.tuples(aircraft(runways, FIRSTS), aircraft(runways, SECONDS))
    two = any_two | meeting() if CROSSED in runways and len(runways) == 2 else any_two
    pairs = data.draw(st.lists(two, min_size=15, max_size=25))
    parts = []
    for number, (one, other) in enumerate(pairs):
        time_s = APART_S * (number + 1)
        parts += [seen(one, f"ONE{number}", time_s), seen(other, f"OTHER{number}", time_s - LATER_S, LATER_S)]
    tracks = tracks_of(*parts)
    [found] = Monitor(here, [RMCA]).feed(tracks).conflicts
    for number, (one, other) in enumerate(pairs):
        row = tracks.rows_of(2 * number).stop - 1
        note(f"{one}\n{other}")
        rules = here.parameters.rmca
        if found.other_track[row] != 2 * number + 1:
            # No pair was made of them: then there must be nothing to find.
            assert found.reason[row] == Reason.NO_OTHER_AIRCRAFT
            assert not list(rmca.conflicts(one, other, runways, Rules(rules, True, -HAIR)))
            continue
        assert found.assessable[row]
        assert_between(found.time_to_violation_s[row], found.kind[row], one, other, runways, rules, held=False)
        assert_between(found.hold_time_to_violation_s[row], None, one, other, runways, rules, held=True)
        assert found.severe[row] == (found.time_to_violation_s[row] <= rules.stage_two_s)
        if np.isfinite(found.time_to_violation_s[row]):
            area = found.area[row]
            on = rmca.Direction(runways[area // 2], area % 2)
            np.testing.assert_allclose(found.lateral_deviation_m[row], -on.seen(one.at).imag, atol=1e-6)
            np.testing.assert_allclose(found.margin_m[row], outside_m(on, other), atol=1e-6)


def outside_m(on: rmca.Direction, other: Aircraft) -> float:
    """How far outside the rectangle of the protected area, on the side where it is most."""
    place = on.seen(other.at)
    return max(abs(place.imag), -place.real, place.real - on.length_m) - on.runway.holding_distance_m


def assert_between(
    time_s: float, kind: int | None, one: Aircraft, other: Aircraft, runways: tuple, rules: RmcaParameters, held: bool
) -> None:
    """Not later than what is sure, nor earlier than what is possible, and of a kind that then is."""
    sure = list(rmca.conflicts(one, other, runways, Rules(rules, held, -HAIR)))
    possible = list(rmca.conflicts(one, other, runways, Rules(rules, held, HAIR)))
    assert time_s <= min((at_s for at_s, _ in sure), default=NEVER) + 1e-6
    assert time_s >= min((at_s for at_s, _ in possible), default=NEVER) - 1e-6
    if kind is not None and np.isfinite(time_s):
        kinds = {word for at_s, word in possible if abs(at_s - time_s) < 1e-6}
        assert Kind(kind).word in kinds
