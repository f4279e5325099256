"""The setting monitor against its slow twin: random flights about the transition, whole, in portions and filtered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.net import net_of
from safetynets.engine.reasons import Kind, Reason
from safetynets.nets.dbpsm.kernel import SLIPPED, TRANSPOSED, UNKNOWN_CAUSE, _dialled_slip
from safetynets.nets.dbpsm.parameters import DbpsmParameters
from safetynets.sites.geometry import PressureRegion
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from safetynets.tracks.table import PlotFlag
from tests.nets.situations import PLANE, site, square
from tests.oracle import dbpsm, eligibility, lifecycle

DBPSM = net_of("DBPSM")
ROUNDING_FT = 1e-6
QNHS_HPA = (985.0, 992.0, 1001.0, 1001.4, 1012.0, 1013.25, 1028.0)
SETTINGS_HPA = (np.nan, 1013.2, 1013.6, 1012.8, 1013.0, 985.0, 992.0, 1001.0, 1011.0, 1021.0, 1010.0, 1007.4, 1008.0)
STEPS_S = (0.0, 1.0, 4.0, 4.0, 4.0, 12.0, 40.0)


def everywhere(name: str, qnh: tuple[tuple[float, float], ...]) -> PressureRegion:
    return PressureRegion(name, None, qnh, 5000.0, 60.0, "made by hand")


@st.composite
def sites(draw: st.DrawFn) -> Any:
    """A region everywhere whose QNH changes or begins late, and perhaps a smaller one in the east."""
    qnh = st.sampled_from(QNHS_HPA)
    starts_s = draw(st.sampled_from([-np.inf, 8.0]))
    regions = [everywhere("west", ((starts_s, draw(qnh)), (32.0, draw(qnh))))]
    if draw(st.booleans()):
        east = everywhere("east", ((-np.inf, draw(qnh)),))
        regions.append(replace(east, area=square(0.0, -9e4, 9e4, 9e4), transition_altitude_ft=4000.0))
    low_m = draw(st.integers(1, 3))
    parameters = DbpsmParameters(
        limit_hpa=draw(st.sampled_from([0.5, 6.0, 9.0])),
        settling_s=draw(st.sampled_from([0.0, 8.0, 20.0])),
        max_setting_age_s=draw(st.sampled_from([3.0, 30.0])),
        descent_fpm=draw(st.sampled_from([0.0, 200.0])),
        preselection_ft=draw(st.sampled_from([0.0, 1000.0])),
        severe_low_ft=draw(st.sampled_from([100.0, 300.0])),
        hysteresis_ft=draw(st.sampled_from([0.0, 28.0, 100.0])),
        warning_time_s=draw(st.sampled_from([0.0, 10.0])),
        minimum_track_age_s=draw(st.sampled_from([0.0, 8.0])),
        current_m=low_m,
        current_n=low_m + draw(st.integers(0, 1)),
        track_lost_s=draw(st.sampled_from([8.0, 60.0])),
        not_assessable_s=draw(st.sampled_from([8.0, 60.0])),
        reference=draw(st.sampled_from(["given", "median"])),
        reference_flights=draw(st.integers(1, 3)),
        reference_window_s=draw(st.sampled_from([10.0, 60.0])),
        reference_radius_nm=draw(st.sampled_from([1.0, 30.0])),
        reference_spread_hpa=draw(st.sampled_from([0.0, 2.0, 20.0])),
    )
    return site(switched_on=("DBPSM",), pressure_regions=tuple(regions), parameters=Parameters(dbpsm=parameters))


@st.composite
def flights(draw: st.DrawFn) -> Tracks:
    """A few flights about the transition, some dirty, all within a minute or two."""
    columns: dict[str, list[Any]] = {}
    for track in range(draw(st.integers(1, 5))):
        time_s, x_m = draw(st.sampled_from([0.0, 4.0, 8.0])), draw(st.sampled_from([-3000.0, 0.0, 2000.0]))
        setting = draw(st.sampled_from(SETTINGS_HPA))
        for _ in range(draw(st.integers(1, 9))):
            time_s += draw(st.sampled_from(STEPS_S))
            if draw(st.integers(0, 4)) == 0:
                setting = draw(st.one_of(st.sampled_from(SETTINGS_HPA), st.floats(950.0, 1050.0)))
            plot = {
                "time_s": time_s,
                "track": track,
                "x_m": x_m,
                "y_m": 0.0,
                "vx_mps": 80.0,
                "vy_mps": 0.0,
                "pressure_altitude_ft": draw(
                    st.one_of(st.sampled_from([np.nan, 3000.0, 4500.0, 6000.0, 7000.0]), st.floats(3500.0, 6100.0))
                ),
                "vertical_rate_fpm": draw(st.sampled_from([-800.0, -200.0, -100.0, 0.0, 200.0, 1500.0])),
                "baro_setting_hpa": setting,
                "baro_setting_age_s": draw(st.sampled_from([np.nan, np.nan, 0.0, 1.0, 4.0, 3.5, 31.0])),
                "coasted": draw(st.sampled_from([-1, 0, 0, 0, 1])),
                "on_ground": draw(st.sampled_from([0, 0, 0, 0, 1])),
                "flags": draw(st.sampled_from([0, 0, 0, 0, int(PlotFlag.ALTITUDE_SPIKE), int(PlotFlag.STUCK)])),
            }
            for name, value in plot.items():
                columns.setdefault(name, []).append(value)
    return Tracks.from_columns(columns, plane=PLANE)


def judged_by_the_oracle(tracks: Tracks, here: Any, row: int) -> dbpsm.Found:
    reason = eligibility.reason_of(tracks, row, DBPSM, here.parameters.dbpsm, here)
    return dbpsm.found_at(tracks, row, here) if reason is Reason.JUDGED else dbpsm.Found(reason)


@given(tracks=flights(), here=sites())
@settings(max_examples=400)
def test_every_plot_is_judged_as_the_oracle_judges_it(tracks, here):
    (found,) = (one for one in Monitor(here, [DBPSM]).feed(tracks).conflicts)
    for row in range(len(tracks)):
        wanted = judged_by_the_oracle(tracks, here, row)
        note(f"row {row} of {tracks.track[row]} at {tracks.time_s[row]} s: {wanted}")
        assert Reason(int(found.reason[row])) is wanted.reason
        if wanted.reason is not Reason.JUDGED or abs(wanted.margin_ft) < ROUNDING_FT:
            continue
        assert found.time_to_violation_s[row] == wanted.time_to_violation_s
        if abs(wanted.margin_ft - here.parameters.dbpsm.hysteresis_ft) > ROUNDING_FT:
            assert found.hold_time_to_violation_s[row] == wanted.hold_time_to_violation_s
        assert found.margin_ft[row] == pytest.approx(wanted.margin_ft, abs=ROUNDING_FT)
        assert found.vertical_deviation_ft[row] == pytest.approx(wanted.error_ft, abs=ROUNDING_FT)
        assert Kind(int(found.kind[row])) is wanted.kind
        assert (found.areas[found.area[row]] if found.area[row] >= 0 else "") == wanted.area
        assert bool(found.severe[row]) == wanted.severe


@given(tracks=flights(), here=sites())
@settings(max_examples=150)
def test_its_alerts_are_those_of_the_oracle(tracks, here):
    parameters = here.parameters.dbpsm
    alerts = [one for one in judge(tracks, here).alerts if one.net == "DBPSM"]
    wanted = []
    for track in sorted(set(tracks.track.tolist())):
        plots = []
        for row in dbpsm.rows_of(tracks, track):
            one = judged_by_the_oracle(tracks, here, row)
            if one.reason is Reason.JUDGED and abs(one.margin_ft) < ROUNDING_FT:
                return  # within rounding of the limit either answer is right
            plots.append(
                lifecycle.JudgedPlot(
                    float(tracks.time_s[row]),
                    one.reason,
                    one.time_to_violation_s,
                    one.hold_time_to_violation_s,
                    one.severe,
                    one.margin_ft,
                )
            )
        wanted += [(track, one) for one in lifecycle.episodes_of(plots, parameters, float(tracks.time_s.max()))]
    said = sorted((one.track, one.start_time_s, one.end_time_s, one.severity) for one in alerts)
    told = sorted((track, one.start_time_s, one.end_time_s, one.severity) for track, one in wanted)
    assert repr(said) == repr(told)


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


@given(offset_hpa=st.floats(0.1, 40.0), qnh_hpa=st.sampled_from(QNHS_HPA))
def test_too_high_and_too_low_by_the_same_pressure_are_found_alike(offset_hpa, qnh_hpa):
    from tests.nets.flights import flight

    off_hpa = round(offset_hpa, 1) + 0.03  # on no step of 0.8 hPa
    here = site(
        pressure_regions=(everywhere("here", ((-np.inf, qnh_hpa),)),),
        parameters=Parameters(dbpsm=DbpsmParameters(settling_s=0.0)),
    )
    kinds = []
    for sign in (1.0, -1.0):
        flown = flight(altitude_ft=3000.0, qnh_hpa=qnh_hpa, baro_setting_hpa=qnh_hpa + sign * off_hpa)
        (found,) = Monitor(here, [DBPSM]).feed(flown).conflicts
        kinds.append(Kind(int(found.kind[-1])))
    steps = [dbpsm.half_step_hpa(qnh_hpa + sign * off_hpa) for sign in (1.0, -1.0)]
    expected = [
        kind if off_hpa > 6.0 + half else Kind.NONE for kind, half in zip((Kind.BELOW, Kind.ABOVE), steps, strict=True)
    ]
    assert kinds == expected


@pytest.mark.parametrize(
    ("dialled", "cause"),
    [
        (1021, TRANSPOSED),  # 12 became 21
        (1102, TRANSPOSED),  # 01 became 10
        (1022, SLIPPED),
        (1023, UNKNOWN_CAUSE),  # the 1 became a 2 as in the other digit, but that became a 3
        (1031, UNKNOWN_CAUSE),
        (2011, UNKNOWN_CAUSE),  # two digits apart are not neighbours
        (1012, UNKNOWN_CAUSE),
    ],
)
def test_of_1012_two_neighbouring_digits_are_transposed_only_if_each_became_the_other(dialled, cause):
    assert _dialled_slip(dialled, 1012) == cause
