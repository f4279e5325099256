"""The state of plots, and which of them are judged, against the oracle."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.engine.monitor import judge
from safetynets.engine.reasons import Reason
from safetynets.engine.track_state import track_state_of
from safetynets.sites.geometry import InhibitVolume, Limit, Period, PressureRegion, Schedule, Site
from safetynets.tracks.table import PlotFlag, Tracks
from tests.nets.random_situations import areas, coordinates
from tests.nets.situations import ALWAYS, PLANE, parameters, site
from tests.oracle import state
from tests.oracle.eligibility import reason_of

nothing = math.nan
yes_no_or_unknown = st.sampled_from([-1, -1, 0, 0, 0, 1])
afternoon = Schedule(False, False, (Period(20.0, 44.0),), ())


@st.composite
def sites(draw: st.DrawFn) -> Site:
    qnh = st.sampled_from([((0.0, 1013.25),), ((0.0, 1028.0), (30.0, 990.0)), ((16.0, 1001.0),), ()])
    regions = [
        PressureRegion(
            f"region {n}",
            draw(st.none() | areas(True)),
            draw(qnh),
            draw(st.sampled_from([5000.0, 18_000.0])),
            60.0,
            "made",
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    limits = st.builds(Limit, st.sampled_from([0.0, 3000.0, 6000.0]), st.booleans())
    inhibiting = [
        InhibitVolume(
            f"silent {n}",
            draw(st.sampled_from([("MSAW",), ("APM", "APW")])),
            draw(areas(True)),
            draw(limits),
            draw(limits),
            draw(st.sampled_from([ALWAYS, afternoon])),
            "made",
            "made",
            True,
        )
        for n in range(draw(st.integers(0, 2)))
    ]
    eligibility = {
        "minimum_track_age_s": draw(st.sampled_from([0.0, 8.0])),
        "use_coasted_plots": draw(st.booleans()),
        "flight_rules": draw(st.sampled_from([("IFR",), ("IFR", "unknown"), ("VFR", "IFR", "unknown")])),
        "eligible_ssr_codes": draw(st.sampled_from([(), (), ("1000", "7000")])),
        "excluded_ssr_codes": draw(st.sampled_from([(), ("7000",)])),
        "inhibited_callsigns": draw(st.sampled_from([(), ("ABC2",)])),
        "judge_visual": draw(st.booleans()),
    }
    return site(
        pressure_regions=tuple(regions),
        inhibit_volumes=tuple(inhibiting),
        parameters=parameters(msaw=eligibility, apm=eligibility, apw=eligibility),
    )


@st.composite
def seen_tracks(draw: st.DrawFn) -> Tracks:
    place = coordinates(True) | st.just(nothing)
    speed = st.sampled_from([-100.0, 0.0, 70.0, 100.0, nothing])
    level = st.sampled_from([nothing, 3000.0, 5000.0, 5001.0, 9000.0])
    choices = {
        "x_m": coordinates(True) | place,
        "y_m": coordinates(True) | place,
        "vx_mps": speed,
        "vy_mps": speed,
        "vertical_rate_fpm": st.sampled_from([0.0, 0.0, -500.0, nothing]),
        "pressure_altitude_ft": st.sampled_from([0.0, 3000.0, 5500.0, 6000.0, nothing]),
        "cleared_altitude_ft": level,
        "selected_altitude_ft": level,
        "baro_setting_hpa": st.sampled_from([nothing, 1013.25, 1001.0]),
        "coasted": yes_no_or_unknown,
        "visual": yes_no_or_unknown,
        "on_ground": yes_no_or_unknown,
        "flags": st.sampled_from([0, 0, 0, int(PlotFlag.DUPLICATE), int(PlotFlag.ALTITUDE_SPIKE), int(PlotFlag.STUCK)]),
    }
    count = draw(st.integers(1, 40))
    columns = {name: [draw(values) for _ in range(count)] for name, values in choices.items()}
    columns["track"] = sorted(draw(st.integers(0, 3)) for _ in range(count))
    columns["time_s"] = [4.0 * row + 30.0 * (row % 7 == 6) for row in range(count)]
    flights = {
        "callsign": ["ABC1", "ABC2", "ABC3", ""],
        "ssr_code": ["1000", "2000", "7000", ""],
        "flight_rules": ["IFR", "VFR", "", "IFR"],
    }
    return Tracks.from_columns(columns, flights, plane=PLANE)


BY_THE_NET = (Reason.NOT_ON_APPROACH, Reason.ALLOWED_IN, Reason.OUTSIDE_COVERAGE, Reason.PATH_LEAVES_COVERAGE)


@settings(max_examples=40)
@given(here=sites(), tracks=seen_tracks())
def test_plots_are_judged_or_not_as_the_oracle_says(here, tracks):
    for found in judge(tracks, here).conflicts:
        rules = found.net.parameters_of(here)
        expected = [reason_of(tracks, plot, found.net, rules, here) for plot in range(len(tracks))]
        # What the net itself says of a plot that nothing keeps from it is not asked here.
        judged = [Reason.JUDGED if Reason(reason) in BY_THE_NET else Reason(reason) for reason in found.reason]
        assert judged == expected


@settings(max_examples=40)
@given(here=sites(), tracks=seen_tracks())
def test_altitudes_levels_and_turns_are_those_of_the_oracle(here, tracks):
    seen = track_state_of(tracks, here, here.parameters.msaw.max_gap_s)
    for plot in range(len(tracks)):
        x, y, time_s = (float(column[plot]) for column in (tracks.x_m, tracks.y_m, tracks.time_s))
        region = state.region_of(here, x, y) if state.known(x, y) else None
        qnh = state.qnh_hpa(region, time_s)
        assert seen.qnh_hpa[plot] == pytest.approx(qnh, nan_ok=True)
        expected_ft = state.altitude_ft(float(tracks.pressure_altitude_ft[plot]), qnh)
        assert seen.altitude_ft[plot] == pytest.approx(expected_ft, abs=1e-6, nan_ok=True)
        cleared_ft = selected_ft = nothing
        if region is not None:
            cleared_ft = state.level_as_altitude_ft(float(tracks.cleared_altitude_ft[plot]), region, qnh)
            setting_hpa = float(tracks.baro_setting_hpa[plot])
            selected_ft = state.selected_as_altitude_ft(
                float(tracks.selected_altitude_ft[plot]), setting_hpa, region, qnh
            )
        if state.known(qnh):
            assert seen.cleared_level_ft[plot] == pytest.approx(cleared_ft, abs=1e-6, nan_ok=True)
            assert seen.selected_level_ft[plot] == pytest.approx(selected_ft, abs=1e-6, nan_ok=True)
        turn_rate = state.turn_rate_radps(tracks, plot, here.parameters.msaw.max_gap_s)
        turned = (seen.turn_rate_radps[plot] - turn_rate) * 4.0
        # Half a turn may be to either side.
        assert turned == pytest.approx(0.0, abs=1e-9) or abs(turned) == pytest.approx(2 * math.pi, abs=1e-9)
