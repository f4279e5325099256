"""The setting and the selected altitude monitor, as situations: each parameter of theirs decides one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from safetynets.engine.explain import explain
from safetynets.engine.monitor import Monitor
from safetynets.engine.net import net_of
from safetynets.engine.reasons import Kind, Reason
from safetynets.nets.dbpsm.kernel import _quantile
from safetynets.nets.dbpsm.parameters import DbpsmParameters
from safetynets.nets.dsam.parameters import DsamParameters
from safetynets.sites.geometry import InhibitVolume, Limit, PressureRegion, Site
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from safetynets.tracks.table import AltitudeSource
from tests.nets.flights import final_approach, flight
from tests.nets.situations import ALWAYS, PLANE, approach, site, square

DBPSM = net_of("DBPSM")
MODELS = {"dbpsm": DbpsmParameters, "dsam": DsamParameters}
FCU, FMS = int(AltitudeSource.MCP), int(AltitudeSource.FMS)


def on_qnh(qnh_hpa: float = 1001.0, **parts: Any) -> Site:
    """A transition altitude of 5,000 ft and a transition level of FL 60."""
    region = PressureRegion("Paris", None, ((-np.inf, qnh_hpa),), 5000.0, 60.0, "made by hand")
    return site(switched_on=("DBPSM", "DSAM"), **{"pressure_regions": (region,), **parts})


def low(setting_hpa: Any = 1011.0, **more: Any) -> Tracks:
    """Level at 3,000 ft for two minutes on a day of 1001 hPa."""
    usual = {"altitude_ft": 3000.0, "vx_mps": 80.0, "qnh_hpa": 1001.0, "duration_s": 120.0}
    return flight(**{**usual, "baro_setting_hpa": setting_hpa, **more})


def plots_of_settings(*settings_hpa: float, **more: Any) -> Tracks:
    """A plot each 4 s at 3,000 ft, each with a setting; it has been low for long enough."""
    return low(np.array(settings_hpa), altitude_ft=[3000.0] * len(settings_hpa), **more)


def climbing(altitude_ft: float, rate_fpm: float, setting_hpa: float = 1013.25, **more: Any) -> Tracks:
    return low(setting_hpa, altitude_ft=altitude_ft, vertical_rate_fpm=rate_fpm, **more)


def with_others(*others_hpa: float, judged_hpa: float = 1011.0, sent_s: float = 0.0, away_m: float = 0.0) -> Tracks:
    """One flight at 3,000 ft, and others that came low before it and sent these settings until `sent_s`."""
    own = low(judged_hpa, start_s=1000.0)
    flights = [own, *(low(hpa, start_s=880.0 + sent_s, x_m=away_m) for hpa in others_hpa)]
    names = (
        "time_s",
        "x_m",
        "y_m",
        "vx_mps",
        "vy_mps",
        "pressure_altitude_ft",
        "vertical_rate_fpm",
        "baro_setting_hpa",
    )
    columns = {name: np.concatenate([getattr(one, name) for one in flights]) for name in names}
    numbers = np.concatenate([np.full(len(one), number) for number, one in enumerate(flights)])
    return Tracks.from_columns({**columns, "track": numbers}, plane=PLANE)


def cleared(cleared_ft: Any = 4000.0, selected_ft: Any = 6000.0, **more: Any) -> Tracks:
    """Level at 3,000 ft on a standard day, cleared to a level, with an altitude selected."""
    usual = {"altitude_ft": 3000.0, "x_m": 50_000.0, "vx_mps": 80.0, "duration_s": 80.0}
    levels = {"cleared_altitude_ft": cleared_ft, "selected_altitude_ft": selected_ft}
    return flight(**{**usual, **levels, **more})


def plots_of_selected(*selected_ft: float) -> Tracks:
    return cleared(4000.0, np.array(selected_ft), altitude_ft=[3000.0] * len(selected_ft))


def missing(**more: Any) -> Tracks:
    """On final approach, with the altitude of the missed approach selected."""
    return final_approach(cleared_altitude_ft=3000.0, selected_altitude_ft=5000.0, **more)


def alerts(tracks: Tracks, here: Site, net: str) -> list[Any]:
    monitor = Monitor(here, [net_of(net.upper())])
    monitor.feed(tracks)
    return list(monitor.alerts())


# What a parameter is changed to, the tracks in which that matters, and what else must be set for it.
Row = tuple[Any, Tracks, dict[str, Any]]
AT_ONCE: dict[str, Any] = {"settling_s": 0.0, "minimum_track_age_s": 0.0}
ONE_BAD = plots_of_settings(*[1001.0] * 6, 1011.0, *[1001.0] * 6)
ON_AND_OFF = plots_of_settings(*[1001.0] * 4, *[1011.0] * 3, *[1001.0] * 3, *[1011.0] * 3, *[1001.0] * 6)
NEAR = plots_of_settings(*[1011.0] * 6, *[1007.2] * 12)


UP_AND_DOWN = low(altitude_ft=[3000.0] * 6 + [7000.0] + [3000.0] * 9)


def with_a_gap(tracks: Tracks, after_s: float) -> Tracks:
    """The same, with 65 s more between the plots after a moment and those before."""
    return tracks.with_columns(time_s=tracks.time_s + 65.0 * (tracks.time_s > after_s))


COMMON: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "minimum_track_age_s": (100.0, "usual", {}),
    "use_coasted_plots": (True, "coasted", {}),
    "flight_rules": (("VFR",), "usual", {}),
    "eligible_ssr_codes": (("1000",), "usual", {}),
    "excluded_ssr_codes": (("1234",), "with code", {}),
    "inhibited_callsigns": (("SWR123",), "usual", {}),
    "judge_visual": (None, "visual", {}),
    "imminent_s": (60.0, "usual", {}),
    "warning_time_s": (20.0, "usual", {}),
    "reannounce_ratio": (0.0, "usual", {"warning_time_s": 30.0}),
}
ROWS: dict[str, dict[str, Row]] = {
    "dbpsm": {
        "current_m": (4, low(), {"predicted_m": 4}),
        "current_n": (10, ON_AND_OFF, {**AT_ONCE, "current_m": 4, "current_n": 4, "predicted_m": 4}),
        "predicted_m": (2, low(), {}),
        "predicted_n": (10, ON_AND_OFF, {**AT_ONCE, "current_m": 4, "predicted_m": 4}),
        "max_gap_s": (100.0, with_a_gap(ON_AND_OFF, 22.0), AT_ONCE),
        "hysteresis_ft": (0.0, NEAR, {**AT_ONCE, "limit_hpa": 6.5}),
        "hysteresis_s": (2.0, UP_AND_DOWN, {"settling_s": 20.0, "current_m": 1}),
        "clear_n": (5, ON_AND_OFF, {**AT_ONCE, "minimum_duration_s": 0.0}),
        "track_lost_s": (100.0, with_a_gap(ON_AND_OFF, 26.0), AT_ONCE),
        "not_assessable_s": (10.0, low(np.where(np.arange(31) < 22, 1011.0, np.nan)), {}),
        "minimum_duration_s": (60.0, ON_AND_OFF, AT_ONCE),
        "limit_hpa": (10.0, low(), {}),
        "settling_s": (20.0, low(), {}),
        "max_setting_age_s": (2.0, low(baro_setting_age_s=3.0), {}),
        "descent_fpm": (1000.0, climbing(5950.0, -700.0, 1020.0), AT_ONCE),
        "preselection_ft": (3000.0, climbing(2500.0, 500.0), AT_ONCE),
        "severe_low_ft": (300.0, low(), {}),
        "severe_high_ft": (100.0, low(991.0), {}),
        "reference": ("median", low(), {}),
        "reference_flights": (6, with_others(1001.0, 1001.0, 1001.0, 1001.0, 1001.0), {"reference": "median"}),
        "reference_window_s": (
            100.0, with_others(*[1001.0] * 5, sent_s=-100.0), {"reference": "median", "reference_window_s": 1800.0}
        ),
        "reference_radius_nm": (5.0, with_others(*[1001.0] * 5, away_m=20_000.0), {"reference": "median"}),
        "reference_spread_hpa": (0.1, with_others(1001.0, 1000.0, 1001.0, 1000.0, 1001.0), {"reference": "median"}),
    },
    "dsam": {
        "current_m": (4, cleared(), {"current_n": 4, "predicted_m": 3}),
        "current_n": (2, plots_of_selected(*[6000.0, 4000.0] * 6), {**AT_ONCE, "predicted_m": 3}),
        "predicted_m": (3, cleared(), {"current_m": 3}),
        "predicted_n": (2, plots_of_selected(*[6000.0, 4000.0] * 6), {**AT_ONCE, "current_m": 3}),
        "max_gap_s": (3.0, cleared(), {}),
        "hysteresis_ft": (0.0, plots_of_selected(*[6000.0] * 6, *[4060.0] * 12), AT_ONCE),
        "hysteresis_s": (2.0, plots_of_selected(*[6000.0] * 12, *[7000.0] * 9), {}),
        "clear_n": (5, plots_of_selected(*[6000.0] * 6, *[4000.0] * 12), AT_ONCE),
        "track_lost_s": (100.0, with_a_gap(cleared(), 50.0), {}),
        "not_assessable_s": (10.0, cleared(4000.0, np.where(np.arange(21) < 12, 6000.0, np.nan)), {}),
        "minimum_duration_s": (60.0, plots_of_selected(*[6000.0] * 6, *[4000.0] * 12), AT_ONCE),
        "tolerance_ft": (2000.0, cleared(), {}),
        "settling_s": (60.0, cleared(), {}),
        "max_selected_age_s": (2.0, cleared(selected_altitude_age_s=3.0), {}),
        "sources": (("fms",), cleared(selected_altitude_source=FCU), {}),
        "level_ft": (1000.0, cleared(4000.0, 3500.0, altitude_ft=3600.0), {}),
        "final_half_width_m": (3000.0, missing(x_m=2500.0), {}),
        "final_splay_deg": (20.0, missing(x_m=2500.0), {}),
        "final_angle_deg": (0.0, missing(vx_mps=2.0), {}),
    },
}  # fmt: skip
USUAL = {"dbpsm": low, "dsam": cleared}
for net, of_net in USUAL.items():
    flown = {
        "usual": of_net(),
        "coasted": of_net(coasted=1),
        "visual": of_net(visual=1),
        "with code": of_net(facts={"ssr_code": ["1234"]}),
    }
    for name, (value, which, more) in COMMON.items():
        own = not MODELS[net]().judge_visual if name == "judge_visual" else value
        ROWS[net].setdefault(name, (own, flown[which], more))


@pytest.mark.parametrize(("net", "name"), [(net, name) for net, rows in ROWS.items() for name in rows])
def test_changing_a_parameter_changes_a_result(net, name):
    value, tracks, more = ROWS[net][name]
    model, approaches = MODELS[net], (approach(),)
    said = []
    for given in (more, {**more, name: value}):
        here = on_qnh(approaches=approaches, parameters=Parameters(**{net: model(**given)}))
        monitor = Monitor(here, [net_of(net.upper())])
        (found,) = monitor.feed(tracks).conflicts
        said.append(repr((monitor.alerts(), found.reason.tolist())))
    assert said[0] != said[1]


@pytest.mark.parametrize("net", MODELS)
def test_every_parameter_has_a_row(net):
    assert set(MODELS[net].model_fields) == set(ROWS[net])


@pytest.mark.parametrize(
    ("qnh_hpa", "setting_hpa", "cause"),
    [
        (1001.0, 1013.2, "standard setting left in"),
        (1001.0, 1013.6, "standard setting left in"),  # ADS-B sends 1013.25 as 1013.6
        (1001.0, 1011.0, "a digit slipped"),  # 9H-EMU at Paris
        (1012.0, 1021.0, "digits transposed"),
        (998.0, 1015.2, "hectopascals read as inches"),  # 29.98 inHg
        (1010.9, 985.0, "inches read as hectopascals"),  # 29.85 inHg
        (1016.9, 1003.0, "inches read as hectopascals"),  # 30.03 inHg
        (1001.0, 1012.7, ""),
    ],
)
def test_the_likely_cause_of_a_wrong_setting_is_named(qnh_hpa, setting_hpa, cause):
    (alert,) = alerts(low(setting_hpa, qnh_hpa=qnh_hpa), on_qnh(qnh_hpa), "DBPSM")
    assert alert.area == (f"Paris: {cause}" if cause else "Paris")


def test_the_qnh_of_the_neighbouring_region_is_named():
    paris = PressureRegion("Paris", None, ((-np.inf, 1001.0),), 5000.0, 60.0, "made by hand")
    east = PressureRegion("Reims", approach_area(), ((-np.inf, 1008.4),), 5000.0, 60.0, "made by hand")
    (alert,) = alerts(low(1008.0), on_qnh(pressure_regions=(paris, east)), "DBPSM")
    assert alert.area == "Paris: QNH of Reims set"


def approach_area() -> Any:
    from tests.nets.situations import square

    return square(50_000.0, -9e4, 9e4, 9e4)


@pytest.mark.requirement("REQ-BAROMETRIC-SETTING")
def test_a_setting_above_the_transition_level_is_no_error():
    """9,000 ft, the QNH of the destination selected in cruise, or never the standard one."""
    assert alerts(low(1012.0, altitude_ft=9000.0), on_qnh(), "DBPSM") == []


def test_a_crew_has_a_minute_to_change_the_setting():
    """Down through the transition level at 1,500 ft/min with 1013 set; the QNH is set 40 s later."""
    descent = {"altitude_ft": 6400.0, "vertical_rate_fpm": -1500.0, "duration_s": 100.0}
    late = np.where(np.arange(26) < 18, 1013.25, 1001.0)
    assert alerts(low(late, **descent), on_qnh(), "DBPSM") == []
    (alert,) = alerts(low(1013.25, **descent), on_qnh(), "DBPSM")
    assert alert.kind == "below"


def test_one_wrong_value_alone_is_no_alert():
    assert alerts(ONE_BAD, on_qnh(parameters=Parameters(dbpsm=DbpsmParameters(**AT_ONCE))), "DBPSM") == []


def test_one_setting_received_once_counts_once():
    """Its age grows with every plot: it stays the one value it is."""
    ages_s = np.where(np.arange(31) == 20, 0.0, np.maximum(0.0, 4.0 * (np.arange(31) - 20)))
    settings_hpa = np.where(np.arange(31) < 20, 1001.0, 1011.0)
    tracks = low(settings_hpa, baro_setting_age_s=ages_s)
    assert alerts(tracks, on_qnh(), "DBPSM") == []
    assert len(alerts(low(settings_hpa), on_qnh(), "DBPSM")) == 1


@pytest.mark.parametrize("count", [1, 2, 4, 5])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 0.9, 1.0])
def test_quantiles_are_linear_between_the_values(count, share):
    values = np.array([990.0, 1001.0, 1003.5, 1011.0, 1030.0])[:count]
    assert _quantile(values, share) == pytest.approx(np.quantile(values, share), abs=1e-9)


def test_a_value_as_old_as_is_allowed_is_judged_and_an_older_one_is_not():
    """At the first plot, before which there is none that the value could have come with."""
    for age_s, reason in ((30.0, Reason.JUDGED), (30.5, Reason.STALE_VALUE)):
        here = on_qnh(parameters=Parameters(dsam=DsamParameters(**AT_ONCE, max_selected_age_s=30.0)))
        (found,) = Monitor(here, [net_of("DSAM")]).feed(cleared(selected_altitude_age_s=age_s)).conflicts
        assert Reason(found.reason[0]) is reason


@pytest.mark.requirement("REQ-BAROMETRIC-SETTING")
def test_steps_of_ads_b_are_no_error_and_seven_hectopascals_are():
    """6 hPa off may be sent as 6.4 in steps of 0.8; what is more than 6 even then is found."""
    here = on_qnh(1001.6)
    assert alerts(low(1008.0, qnh_hpa=1001.6), here, "DBPSM") == []
    assert len(alerts(low(1008.8, qnh_hpa=1001.6), here, "DBPSM")) == 1
    assert len(alerts(low(1008.1, qnh_hpa=1001.6), here, "DBPSM")) == 1  # on no step of 0.8 hPa


def test_too_low_is_graded_worse_than_too_high():
    (below,) = alerts(low(1008.0), on_qnh(), "DBPSM")
    (above,) = alerts(low(994.0), on_qnh(), "DBPSM")
    assert (below.kind, below.severity, above.kind, above.severity) == ("below", "warning", "above", "caution")
    # 7 hPa at 27.5 ft, to the foot per hPa that the atmosphere differs between 990 and 1010 hPa
    assert below.vertical_deviation_ft == pytest.approx(-7 * 27.5, abs=3.0)
    assert above.vertical_deviation_ft == pytest.approx(7 * 27.5, abs=3.0)


def test_the_median_of_the_others_leaves_out_the_judged_flight_and_a_wrong_one():
    here = on_qnh(1030.0, parameters=Parameters(dbpsm=DbpsmParameters(reference="median", reference_flights=3)))
    others = 1001.0, 1001.0, 1002.0, 1012.0, 1001.0
    (alert,) = (one for one in alerts(with_others(*others), here, "DBPSM") if one.track == 0)
    assert alert.vertical_deviation_ft == pytest.approx(-275.0, abs=2.0)
    (step,) = (
        one for one in explain(with_others(*others), here, 0, 1100.0) if (one.stage, one.net) == ("setting", "DBPSM")
    )
    assert (step.values["reference_hpa"], step.values["other_flights"]) == (1001.0, 5.0)
    assert step.values["other_flights_spread_hpa"] == 1.0


def test_what_others_sent_exactly_the_window_ago_still_counts():
    """Their last settings are of 900 s: at 1000 s they are 100 s old, four seconds later too old."""
    of_a_hundred_seconds = DbpsmParameters(
        reference="median", reference_window_s=100.0, settling_s=0.0, minimum_track_age_s=0.0
    )
    here = on_qnh(parameters=Parameters(dbpsm=of_a_hundred_seconds))
    (found,) = Monitor(here, [DBPSM]).feed(with_others(*[1001.0] * 5, sent_s=-100.0)).conflicts
    assert [Reason(int(reason)) for reason in found.reason[:2]] == [Reason.JUDGED, Reason.QNH_UNKNOWN]


def test_the_median_needs_no_qnh_and_the_qnh_of_the_region_does():
    """A recording without any QNH: others have set 1001, one has 1011; only against the median can that be said."""
    tracks = with_others(*[1001.0] * 5)
    nowhere_known = {"pressure_regions": (PressureRegion("Paris", None, (), 5000.0, 60.0, "made by hand"),)}
    by_others = Parameters(dbpsm=DbpsmParameters(reference="median"))
    (alert,) = alerts(tracks, on_qnh(**nowhere_known, parameters=by_others), "DBPSM")
    # 10 hPa at 27.5 ft; what the aircraft flies on is not known
    assert (alert.track, alert.kind, alert.severity) == (0, "below", "warning")
    assert alert.vertical_deviation_ft == pytest.approx(-275.0, abs=2.0)
    assert np.isnan([alert.qnh_hpa, alert.altitude_ft]).all()
    assert alerts(tracks, on_qnh(**nowhere_known), "DBPSM") == []


def test_without_a_qnh_the_altitude_on_its_own_setting_is_held_against_the_transition_altitude():
    """At 5,200 ft pressure altitude 1001 hPa reads 4,870 ft, below the transition altitude, and 1011 hPa 5,140 ft."""
    here = on_qnh(
        pressure_regions=(PressureRegion("Paris", None, (), 5000.0, 60.0, "made by hand"),),
        parameters=Parameters(dbpsm=DbpsmParameters(reference="median", settling_s=0.0, reference_flights=1)),
    )
    for setting_hpa, reason in ((1001.0, Reason.QNH_UNKNOWN), (1011.0, Reason.ABOVE_TRANSITION)):
        tracks = low(setting_hpa, altitude_ft=5200.0, qnh_hpa=1013.25)
        (found,) = Monitor(here, [DBPSM]).feed(tracks).conflicts
        assert set(found.reason[3:].tolist()) == {reason}


def test_an_altitude_that_limits_an_inhibit_volume_needs_the_qnh_with_the_median_as_well():
    tracks = with_others(*[1001.0] * 5)
    by_others = Parameters(dbpsm=DbpsmParameters(reference="median"))
    regions = (PressureRegion("Paris", None, (), 5000.0, 60.0, "made by hand"),)
    for is_level, count in ((False, 0), (True, 1)):
        limits = {"floor": Limit(0.0, is_level), "ceiling": Limit(10_000.0, is_level), "schedule": ALWAYS}
        far = {"area": square(5e4, 5e4, 6e4, 6e4), "reason": "test", "source": "made by hand", "illustrative": True}
        volume = InhibitVolume(name="far", nets=("DBPSM",), **limits, **far)
        here = on_qnh(pressure_regions=regions, parameters=by_others, inhibit_volumes=(volume,))
        assert len(alerts(tracks, here, "DBPSM")) == count


def test_a_setting_of_the_same_moment_is_none_of_before_however_the_plots_are_portioned():
    """The other flight sends 1001 until 96 s and 1005 at 100 s; at 100 s its last setting before is 1001."""
    own, other = low(1011.0), low(np.where(np.arange(31) < 25, 1001.0, 1005.0))
    names = (
        "time_s",
        "x_m",
        "y_m",
        "vx_mps",
        "vy_mps",
        "pressure_altitude_ft",
        "vertical_rate_fpm",
        "baro_setting_hpa",
    )
    columns = {name: np.concatenate([getattr(one, name) for one in (own, other)]) for name in names}
    tracks = Tracks.from_columns({**columns, "track": np.repeat([0, 1], 31)}, plane=PLANE)
    here = on_qnh(
        1030.0,
        parameters=Parameters(
            dbpsm=DbpsmParameters(reference="median", reference_flights=1, reference_spread_hpa=20.0, settling_s=0.0)
        ),
    )
    early = (tracks.time_s < 100.0) | ((tracks.time_s == 100.0) & (tracks.track == 1))
    monitor = Monitor(here, [DBPSM])
    monitor.feed(tracks.select(early))
    (later,) = monitor.feed(tracks.select(~early)).conflicts
    (whole,) = Monitor(here, [DBPSM]).feed(tracks).conflicts
    at_100_s, at_104_s = 25, 26
    assert whole.vertical_deviation_ft[at_100_s] == pytest.approx(-275.0, abs=1.0)
    assert whole.vertical_deviation_ft[at_104_s] == pytest.approx(-165.0, abs=2.0)
    assert later.vertical_deviation_ft[:2].tolist() == whole.vertical_deviation_ft[[at_100_s, at_104_s]].tolist()


@pytest.mark.requirement("REQ-SELECTED-ALTITUDE")
def test_what_is_selected_beyond_the_clearance_is_past_it_and_a_warning():
    (past,) = alerts(cleared(4000.0, 6000.0), on_qnh(1013.25), "DSAM")
    (before,) = alerts(cleared(6000.0, 4000.0), on_qnh(1013.25), "DSAM")
    (away,) = alerts(cleared(4000.0, 2000.0), on_qnh(1013.25), "DSAM")
    assert (past.kind, past.severity) == (Kind.PAST.word, "warning")
    assert (before.kind, before.severity) == (Kind.BEFORE.word, "caution")
    assert (away.kind, away.severity) == (Kind.BEFORE.word, "warning")


def test_an_fms_target_is_not_what_the_crew_was_cleared_to():
    assert alerts(cleared(selected_altitude_source=FMS), on_qnh(1013.25), "DSAM") == []
    assert len(alerts(cleared(selected_altitude_source=FCU), on_qnh(1013.25), "DSAM")) == 1


def test_the_altitude_of_the_missed_approach_is_selected_on_final():
    on_final = missing()
    beside = missing(x_m=9000.0)
    here = on_qnh(1013.25, approaches=(approach(),))
    assert alerts(on_final, here, "DSAM") == []
    assert len(alerts(beside, here, "DSAM")) == 1


def test_a_new_clearance_leaves_half_a_minute():
    new = np.where(np.arange(21) < 10, 6000.0, 4000.0)  # at 40 s; the crew answers at 60 s
    answered = np.where(np.arange(21) < 15, 6000.0, 4000.0)
    assert alerts(cleared(new, answered), on_qnh(1013.25), "DSAM") == []
    assert len(alerts(cleared(new, 6000.0), on_qnh(1013.25), "DSAM")) == 1
