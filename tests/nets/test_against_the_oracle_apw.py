"""APW against the oracle, on thousands of random situations."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from safetynets.engine.conflicts import Conflicts
from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import judge
from safetynets.engine.reasons import Kind, Reason
from safetynets.engine.states import judge_states
from safetynets.nets.apw import NET as APW
from safetynets.sites.geometry import Area, Limit, Period, Schedule, Site, Volume, WeeklyPeriod
from tests.nets.random_situations import ROUND_FT, areas, coordinates, lattices, plots, prediction_parameters
from tests.nets.situations import ALWAYS, parameters, picture, site, square, tracks_of, volume
from tests.oracle import apw
from tests.oracle.comparison import assert_between, assert_first_violation
from tests.oracle.plots import Plot, plots_of
from tests.oracle.prediction import straight
from tests.oracle.slack import HAIR_FT, HAIR_M, LETTER, POSSIBLY, SURELY, Slack

SUNDAY_2023_11_05_S = 1_699_142_400.0

CORNER_SHARE = 1.0 - math.cos(1.5 * math.pi / 4 / 32)
"""A widened polygon has 32 chords to a quarter circle, a short arc one of up to one and a half times that angle."""

CALLSIGNS = ["ABC1", "ABC2", "ABC3", "ABC4"]
SSR_CODES = ["1000", "2000", "3000", "7000"]
FLIGHT_RULES = ["IFR", "VFR", "", "IFR"]


@st.composite
def schedules(draw: st.DrawFn, now_s: float) -> Schedule:
    """Active always or never, or so that it begins or ends about now: while the aircraft is on its way, or inside."""
    about_now_s = st.sampled_from([-7200.0, -3.0, 0.0, 2.0, 4.5, 3600.0]).map(lambda after_s: now_s + after_s)
    kind = draw(st.sampled_from(["always", "by hand", "off", "periods", "weekly"]))
    if kind == "always":
        return ALWAYS
    if kind in ("by hand", "off"):
        return Schedule(False, kind == "by hand", (), ())
    if kind == "periods":
        spans = draw(st.lists(st.tuples(about_now_s, st.sampled_from([1.0, 3.0, 9000.0])), min_size=1, max_size=3))
        return Schedule(False, False, tuple(Period(start_s, start_s + span_s) for start_s, span_s in spans), ())
    start_s = draw(about_now_s) - SUNDAY_2023_11_05_S
    days, second_of_day = divmod(start_s, 86_400.0)
    duration_s = draw(st.sampled_from([3.0, 9000.0, 100_000.0]))
    return Schedule(False, False, (), (WeeklyPeriod((6 + int(days)) % 7, second_of_day, duration_s),))


@st.composite
def volumes(draw: st.DrawFn, on_lattice: bool, now_s: float, number: int) -> Volume:
    circle = draw(st.booleans())
    floor_ft = draw(st.sampled_from([0.0, *ROUND_FT]))
    limits_are_levels = st.just(False) if on_lattice else st.booleans()
    return volume(
        None if circle else draw(areas(on_lattice)),
        name=f"volume {number}",
        group=draw(st.sampled_from(["one group", f"volume {number}"])),
        x_m=draw(coordinates(on_lattice)),
        y_m=draw(coordinates(on_lattice)),
        radius_m=draw(st.sampled_from([500.0, 1234.5])),
        floor=Limit(floor_ft, draw(limits_are_levels)),
        ceiling=Limit(floor_ft + draw(st.sampled_from([0.0, 500.0, 1000.0])), draw(limits_are_levels)),
        lateral_buffer_m=draw(st.sampled_from([0.0, 0.0, 500.0, 777.7])),
        vertical_buffer_ft=draw(st.sampled_from([0.0, 50.0])),
        schedule=draw(schedules(now_s)),
        allowed_callsigns=draw(st.sampled_from([(), ("ABC1",)])),
        allowed_ssr_codes=draw(st.sampled_from([(), ("2000",)])),
        allowed_flight_rules=draw(st.sampled_from([(), (), ("VFR",)])),
    )


@pytest.mark.requirement("REQ-VOLUMES")
@settings(max_examples=50)
@given(data=st.data(), on_lattice=lattices, now_s=st.sampled_from([0.0, SUNDAY_2023_11_05_S + 86_390.0]))
def test_apw_finds_what_the_oracle_finds(data, on_lattice, now_s):
    apw_parameters = data.draw(prediction_parameters(on_lattice)) | {
        "hysteresis_m": data.draw(st.sampled_from([0.0, 100.0]))
    }
    here = site(
        volumes=tuple(data.draw(volumes(on_lattice, now_s, number)) for number in range(data.draw(st.integers(1, 3)))),
        parameters=parameters(apw=apw_parameters),
    )
    qnh_pressure_altitude_ft = 0.0 if on_lattice else data.draw(st.floats(-900.0, 900.0))
    flown = data.draw(st.lists(plots(on_lattice), min_size=1, max_size=20))
    seen = picture(
        [
            plot
            | {"time_s": now_s, "track": 4 * row // len(flown), "qnh_pressure_altitude_ft": qnh_pressure_altitude_ft}
            for row, plot in enumerate(flown)
        ]
    )
    flights = {"callsign": CALLSIGNS, "ssr_code": SSR_CODES, "flight_rules": FLIGHT_RULES}
    by_group = judge_states(APW, seen, tracks_of(seen, flights), here)
    assert [found.group for found in by_group] == sorted({part.group for part in here.volumes})
    for found in by_group:
        for row, plot in enumerate(plots_of(seen)):
            note(f"{found.group}: {plot}")
            assert_same_judgement(found, row, plot, here, on_lattice)


def assert_same_judgement(found: Conflicts, row: int, plot: Plot, here: Site, on_lattice: bool) -> None:
    rules = here.parameters.apw
    watched = [
        part
        for part in here.volumes
        if part.group == found.group
        and not apw.is_allowed(part, CALLSIGNS[plot.track], SSR_CODES[plot.track], FLIGHT_RULES[plot.track])
    ]
    if not watched:
        assert found.reason[row] == Reason.ALLOWED_IN
        assert not found.assessable[row]
        return
    assert found.assessable[row]

    def violated(tau_s: float, slack: Slack) -> bool:
        return any(apw.violated(part, plot, tau_s, straight, rules, corners_cut(part, slack)) for part in watched)

    def holding(tau_s: float, slack: Slack) -> bool:
        return any(
            apw.holding(part, plot, tau_s, straight, rules, corners_cut(part, slack, rules.hysteresis_m))
            for part in watched
        )

    whole_numbers = on_lattice and all(is_computed_without_rounding(part) for part in watched)
    time_s = found.time_to_violation_s[row]
    hold_s = found.hold_time_to_violation_s[row]
    levels_are_exact = Slack(HAIR_M, 0.0 if on_lattice else HAIR_FT)
    assert_first_violation(
        time_s,
        rules.look_ahead_s,
        violated,
        possible=levels_are_exact,
        whole_seconds_by_the_letter=whole_numbers,
    )
    assert_first_violation(
        hold_s,
        rules.look_ahead_s + rules.hysteresis_s,
        holding,
        possible=levels_are_exact,
        whole_seconds_by_the_letter=whole_numbers and rules.hysteresis_m == 0.0,
    )
    assert hold_s <= time_s

    if not any(part.schedule.ever for part in watched):
        assert math.isinf(hold_s)
        assert found.area[row] == -1
        assert math.isnan(found.margin_ft[row])
        return
    part = next(part for part in watched if part.name == found.areas[found.area[row]])
    assert part.schedule.ever
    if math.isinf(time_s):
        assert found.kind[row] == Kind.NONE
    else:
        assert found.kind[row] == Kind.INSIDE
        assert_first_violation(
            time_s,
            rules.look_ahead_s,
            lambda tau_s, slack: apw.violated(part, plot, tau_s, straight, rules, corners_cut(part, slack)),
            possible=levels_are_exact,
        )
    assert_margins(found, row, part, plot)

    is_severe = [apw.inside(v, plot, 0.0, straight, rules, wider_m=0.0, wider_ft=0.0, slack=SURELY) for v in watched]
    may_be = [apw.inside(v, plot, 0.0, straight, rules, wider_m=0.0, wider_ft=0.0, slack=POSSIBLY) for v in watched]
    by_letter = [apw.inside(v, plot, 0.0, straight, rules, wider_m=0.0, wider_ft=0.0, slack=LETTER) for v in watched]
    if whole_numbers:
        assert found.severe[row] == any(by_letter)
    assert any(is_severe) <= found.severe[row] <= any(may_be)


def corners_cut(part: Volume, slack: Slack, beyond_buffer_m: float = 0.0) -> Slack:
    """The same slack, but not sure of what lies between the true corner of a widened polygon and its chords."""
    if part.area is None or slack.m >= 0.0:
        return slack
    return Slack(slack.m - CORNER_SHARE * (part.lateral_buffer_m + beyond_buffer_m), slack.ft)


def is_computed_without_rounding(part: Volume) -> bool:
    return part.area is not None and part.lateral_buffer_m == 0.0


def assert_margins(found: Conflicts, row: int, part: Volume, plot: Plot) -> None:
    distance_m = apw.lateral_distance_m(part, plot.x_m, plot.y_m) - part.lateral_buffer_m
    cut_m = 0.0 if part.area is None else CORNER_SHARE * part.lateral_buffer_m
    bulges = part.area is None or part.lateral_buffer_m == 0.0 or is_convex(part.area)
    # Where a buffer fills a notch or a hole, the edge of the widened volume is farther than that of the volume.
    assert_between(found.margin_m[row], distance_m if bulges else -math.inf, distance_m + cut_m)

    distance_ft = apw.vertical_distance_ft(part, plot, plot.altitude_ft) - part.vertical_buffer_ft
    assert_between(found.margin_ft[row], distance_ft, distance_ft)
    limits_ft = (
        apw.limit_ft(part.floor, plot) - part.vertical_buffer_ft,
        apw.limit_ft(part.ceiling, plot) + part.vertical_buffer_ft,
    )
    nearer_ft = min(abs(plot.altitude_ft - limit_ft) for limit_ft in limits_ft)
    assert_between(abs(plot.altitude_ft - found.minimum_ft[row]), nearer_ft, nearer_ft)


def is_convex(area: Area) -> bool:
    return isinstance(area, Polygon) and not area.interiors and area.convex_hull.area - area.area < 1e-6


@settings(max_examples=30)
@given(area=areas(True), flown=st.lists(plots(True), min_size=10, max_size=40))
def test_touching_an_edge_or_a_corner_is_being_inside(area, flown):
    from_ground_up = volume(area, floor=Limit(0.0, False), ceiling=Limit(90_000.0, False))
    here = site(volumes=(from_ground_up,), parameters=parameters(apw={"look_ahead_s": 8.0}))
    seen = picture([plot | {"vertical_rate_fpm": 0.0} for plot in flown])
    [found] = judge_states(APW, seen, tracks_of(seen), here)
    for row, plot in enumerate(plots_of(seen)):
        note(str(plot))
        assert_first_violation(
            found.time_to_violation_s[row],
            8.0,
            lambda tau_s, slack, plot=plot: apw.violated(
                from_ground_up, plot, tau_s, straight, here.parameters.apw, slack
            ),
            whole_seconds_by_the_letter=True,
        )


@pytest.mark.parametrize("direction", [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_the_margin_is_to_the_nearest_volume_of_a_group_wherever_it_lies_and_whichever_comes_first(direction):
    """Standing 6 km from the one, a square of 2 km, and 7 km from the other, on the opposite side."""
    near, far = (
        volume(
            box(
                *(20_000.0 + reach_m * d - 1000.0 for d in direction),
                *(20_000.0 + reach_m * d + 1000.0 for d in direction),
            ),
            name=name,
            group="both",
        )
        for name, reach_m in (("near", 7000.0), ("far", -8000.0))
    )
    seen = picture([{"x_m": 20_000.0, "y_m": 20_000.0, "altitude_ft": 3000.0}])
    for volumes in ((near, far), (far, near)):
        here = site(volumes=volumes)
        found = judge_states(APW, seen, tracks_of(seen), here)[0]
        assert found.areas[found.area[0]] == "near"
        # Whole metres: the rounding of a square root.
        assert found.margin_m[0] == pytest.approx(6000.0, abs=1e-9)


def test_an_alert_comes_in_each_of_the_volumes_of_a_group():
    """They lie in the west, in the east and in the north."""
    corners_m = {"west": (-9e3, -9e3), "east": (8e3, -9e3), "north": (-9e3, 8e3)}
    volumes = [volume(square(x, y, x + 1e3, y + 1e3), name=name, group="three") for name, (x, y) in corners_m.items()]
    at_once = {"look_ahead_s": 0.0, "minimum_track_age_s": 0.0, "current_m": 1}
    here = site(volumes=tuple(volumes), parameters=parameters(apw=at_once))
    inside = [
        {"track": track, "x_m": x + 500.0, "y_m": y + 500.0, "altitude_ft": 3000.0}
        for track, (x, y) in enumerate(corners_m.values())
    ]
    tracks = tracks_of(picture(inside))
    alerts = judge(tracks, here).alerts
    assert [(alert.track, alert.area) for alert in alerts] == list(enumerate(corners_m))
    assert repr(alerts_of(tracks, here)) == repr(alerts)


def test_of_two_paths_into_two_volumes_each_counts_with_its_own_first_entry():
    """North at 100 m/s and turning right: straight on, A comes after 20 s; on the circle of the turn, B does.

    Its radius is 100 / 0.03 = 3,333 m, and x = R (1 - cos 0.03 t) is 1,500 m after 32.9 s.
    """
    ahead = volume(square(-300.0, 2000.0, 300.0, 4000.0), name="A", group="both")
    aside = volume(square(1500.0, 1000.0, 3000.0, 4000.0), name="B", group="both")
    turns_s = math.acos(1.0 - 1500.0 / (100.0 / 0.03)) / 0.03
    seen = picture([{"vy_mps": 100.0, "altitude_ft": 3000.0, "turn_rate_radps": 0.03}])
    found = {}
    for hypotheses in ("straight", "any", "all"):
        for volumes in ((ahead, aside), (ahead,), (aside,)):
            rules = {"look_ahead_s": 40.0, "hypotheses": hypotheses, "hysteresis_m": 0.0, "hysteresis_ft": 0.0}
            [judged] = judge_states(APW, seen, tracks_of(seen), site(volumes=volumes, parameters=parameters(apw=rules)))
            time_s = judged.time_to_violation_s[0]
            named = judged.areas[judged.area[0]] if math.isfinite(time_s) else ""
            found[hypotheses, "".join(part.name for part in volumes)] = (round(float(time_s), 1), named)
            # An alert would be held to on a path 5 s longer: its chords differ by centimetres.
            assert judged.hold_time_to_violation_s[0] == pytest.approx(time_s, abs=1e-2)
    never = (math.inf, "")
    assert found == {
        ("straight", "AB"): (20.0, "A"),
        ("straight", "A"): (20.0, "A"),
        ("straight", "B"): never,
        ("any", "AB"): (20.0, "A"),
        ("any", "A"): (20.0, "A"),
        ("any", "B"): (round(turns_s, 1), "B"),
        ("all", "AB"): (round(turns_s, 1), "B"),
        ("all", "A"): never,
        ("all", "B"): never,
    }
