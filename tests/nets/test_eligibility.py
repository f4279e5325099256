"""Who is judged, and the reason where a plot is not."""

import numpy as np
import pytest

from safetynets.engine.monitor import judge
from safetynets.engine.reasons import Reason
from safetynets.nets.msaw import NET as MSAW
from safetynets.nets.msaw.parameters import MsawParameters
from safetynets.sites.geometry import InhibitVolume, Limit, PressureRegion, Schedule, WeeklyPeriod
from safetynets.sites.parameters import Parameters
from safetynets.tracks import PlotFlag
from tests.nets import situations
from tests.nets.flights import flight

SECTOR = situations.minimum(4000.0, situations.square(-9e4, -9e4, 9e4, 9e4))
LOW_FT = 3000.0


def reasons_of(tracks, **more):
    seen = judge(tracks, situations.site(**{"minimum_altitudes": (SECTOR,), **more}))
    found = next(found for found in seen.conflicts if found.net is MSAW)
    return [Reason(reason) for reason in found.reason[2:]], seen.alerts


def low_flight(**more):
    return flight(altitude_ft=LOW_FT, vx_mps=80.0, duration_s=24.0, **more)


@pytest.mark.requirement("REQ-INHIBIT", "REQ-STATUS")
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"vectored": 1}, Reason.JUDGED),
        ({"coasted": 1}, Reason.COASTED),
        ({"visual": 1}, Reason.VISUAL),
        ({"on_ground": 1}, Reason.ON_GROUND),
        ({"pressure_altitude_ft": np.nan}, Reason.NO_PRESSURE_ALTITUDE),
        ({"vertical_rate_fpm": np.nan}, Reason.NO_VELOCITY),
        ({"x_m": np.nan}, Reason.NO_POSITION),
        ({"flags": PlotFlag.ALTITUDE_SPIKE}, Reason.ALTITUDE_SPIKE),
        ({"flags": PlotFlag.DUPLICATE}, Reason.DUPLICATE_PLOT),
        ({"flags": PlotFlag.STUCK}, Reason.STUCK_PLOT),
        ({"flags": PlotFlag.AFTER_GAP}, Reason.JUDGED),
        ({"facts": {"flight_rules": ["VFR"]}}, Reason.FLIGHT_RULES),
        ({"facts": {"ssr_code": ["7000"]}}, Reason.SSR_CODE),
        ({"facts": {"flight_rules": ["IFR"], "ssr_code": ["1000"]}}, Reason.JUDGED),
    ],
)
def test_each_plot_has_its_reason(columns, reason):
    tracks = low_flight(facts=columns.get("facts"))
    plots = {name: np.full(len(tracks), value) for name, value in columns.items() if name != "facts"}
    found, alerts = reasons_of(tracks.with_columns(**plots))
    assert set(found) == {reason}
    assert bool(alerts) == (reason is Reason.JUDGED)


def test_the_first_reason_in_the_order_is_given():
    tracks = low_flight(facts={"flight_rules": ["VFR"]}).with_columns(visual=[1] * 7, on_ground=[1] * 7)
    found, _ = reasons_of(tracks)
    assert set(found) == {Reason.ON_GROUND}


def test_a_young_track_is_not_yet_judged():
    seen = judge(low_flight(), situations.site(minimum_altitudes=(SECTOR,)))
    msaw = seen.conflicts[0]
    assert msaw.reason[:3].tolist() == [Reason.TRACK_TOO_YOUNG, Reason.TRACK_TOO_YOUNG, Reason.JUDGED]


def inhibit(**more):
    usual = {
        "name": "circuit",
        "nets": ("MSAW",),
        "area": situations.square(-1e3, -1e3, 9e4, 1e3),
        "floor": Limit(0.0, False),
        "ceiling": Limit(3500.0, False),
        "schedule": situations.ALWAYS,
        "reason": "aerodrome circuit",
        "source": "made by hand",
        "illustrative": True,
    }
    return InhibitVolume(**{**usual, **more})


@pytest.mark.requirement("REQ-INHIBIT")
def test_an_inhibit_volume_silences_the_named_net_only_below_its_ceiling():
    inside, alerts = reasons_of(low_flight(), inhibit_volumes=(inhibit(),))
    assert set(inside) == {Reason.INHIBIT_VOLUME}
    assert alerts == ()
    above, alerts = reasons_of(low_flight(), inhibit_volumes=(inhibit(ceiling=Limit(2999.0, False)),))
    assert set(above) == {Reason.JUDGED}
    other_net, _ = reasons_of(low_flight(), inhibit_volumes=(inhibit(nets=("APW",)),))
    assert set(other_net) == {Reason.JUDGED}


def test_an_inhibit_ceiling_that_is_a_flight_level_is_compared_with_mode_c():
    # QNH 983.25: altitude 3,000 ft is Mode C 3,829 ft, above FL035 although below 3,500 ft.
    low_day = PressureRegion("low", None, ((0.0, 983.25),), 5000.0, 70.0, "made by hand")
    tracks = low_flight(qnh_hpa=983.25)
    for limit, reason in ((Limit(3500.0, True), Reason.JUDGED), (Limit(3500.0, False), Reason.INHIBIT_VOLUME)):
        found, _ = reasons_of(tracks, inhibit_volumes=(inhibit(ceiling=limit),), pressure_regions=(low_day,))
        assert set(found) == {reason}


@pytest.mark.requirement("REQ-ADAPTABLE")
def test_a_weekly_inhibition_holds_on_its_day_and_past_midnight():
    # 1970-01-05 was a Monday; the period runs from Monday 23:00 for two hours.
    monday_s = 4 * 86_400.0
    late = Schedule(False, False, (), (WeeklyPeriod(weekday=0, start_s=23 * 3600.0, duration_s=7200.0),))
    for start_s, reason in (
        (monday_s + 23.5 * 3600.0, Reason.INHIBIT_VOLUME),
        (monday_s + 24.5 * 3600.0, Reason.INHIBIT_VOLUME),
        (monday_s + 25.1 * 3600.0, Reason.JUDGED),
        (monday_s + (7 * 24 + 23.5) * 3600.0, Reason.INHIBIT_VOLUME),
    ):
        found, _ = reasons_of(low_flight(start_s=start_s), inhibit_volumes=(inhibit(schedule=late),))
        assert set(found) == {reason}


def test_an_alert_ends_when_a_rule_excludes_the_aircraft():
    tracks = flight(altitude_ft=LOW_FT, x_m=-3000.0, vx_mps=80.0, duration_s=80.0)
    _, (alert,) = reasons_of(tracks, inhibit_volumes=(inhibit(),))
    # From x = -3,000 m at 80 m/s the volume begins at -1,000 m, 25 s ahead: the plot at 28 s is the first inside.
    assert (alert.start_time_s, alert.end_time_s, alert.end_reason) == (8.0, 28.0, "excluded: inhibit volume")


def test_plots_in_an_inhibit_volume_count_for_no_alert_after_it():
    """Two hits confirm; the aircraft leaves the volume at 2,000 m, 25 s on: the plots at 28 and 32 s are hits."""
    confirmed_by_two = dict.fromkeys(("current_m", "predicted_m"), 2) | dict.fromkeys(("current_n", "predicted_n"), 4)
    _, (alert,) = reasons_of(
        flight(altitude_ft=LOW_FT, vx_mps=80.0, duration_s=60.0),
        inhibit_volumes=(inhibit(area=situations.square(-1e3, -1e3, 2e3, 1e3)),),
        parameters=Parameters(msaw=MsawParameters(**confirmed_by_two, imminent_s=0.0)),
    )
    assert (alert.first_conflict_time_s, alert.start_time_s) == (28.0, 32.0)


def test_a_plot_that_a_rule_excludes_is_none_of_those_that_clear_an_alert():
    """Low until 16 s, where it flies visually, and clear from 20 s on: two clear plots end what is 12 s old."""
    tracks = flight(altitude_ft=[LOW_FT] * 5 + [5000.0] * 6, vx_mps=80.0)
    tracks = tracks.with_columns(visual=(tracks.time_s == 16.0).astype(np.int8))
    at_once = {"look_ahead_s": 0.0, "current_m": 1, "clear_n": 2, "minimum_duration_s": 12.0}
    _, (alert,) = reasons_of(tracks, parameters=Parameters(msaw=MsawParameters(**at_once)))
    assert (alert.start_time_s, alert.end_time_s, alert.end_reason) == (8.0, 24.0, "cleared")


def test_of_two_pressure_regions_the_smaller_applies_in_either_order():
    everywhere = PressureRegion("all", None, ((0.0, 1033.25),), 5000.0, 60.0, "made by hand")
    here = PressureRegion("here", situations.square(-9e4, -9e4, 9e4, 9e4), ((0.0, 1013.25),), 5000.0, 60.0, "made")
    for regions in ((everywhere, here), (here, everywhere)):
        seen = judge(low_flight(), situations.site(pressure_regions=regions))
        assert set(seen.qnh_hpa.tolist()) == {1013.25}


@pytest.mark.requirement("REQ-QNH")
def test_before_the_first_known_qnh_nothing_can_be_judged():
    later = PressureRegion("later", None, ((12.0, 1013.25),), 5000.0, 60.0, "made by hand")
    seen = judge(
        low_flight(),
        situations.site(
            minimum_altitudes=(SECTOR,),
            pressure_regions=(later,),
            parameters=Parameters(msaw=MsawParameters(minimum_track_age_s=0.0)),
        ),
    )
    found = seen.conflicts[0].reason.tolist()
    assert found == [Reason.QNH_UNKNOWN] * 3 + [Reason.JUDGED] * 4
