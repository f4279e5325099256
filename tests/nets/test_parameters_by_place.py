"""Parameters that differ by place, approach, flight and time: what they change, and that they change nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError
from shapely import box

from safetynets.engine.explain import explain
from safetynets.engine.follow import alerts_of
from safetynets.engine.local import any_local
from safetynets.engine.monitor import Monitor, judge
from safetynets.engine.net import nets
from safetynets.errors import SiteError
from safetynets.evaluation.parameter_sets import site_with
from safetynets.reports.replay.drawn_plots import approach_limits_ft
from safetynets.runs import run_scenario
from safetynets.runs.decisions import Decision, apply
from safetynets.sites import load_site
from safetynets.sites.configurations import with_configurations
from safetynets.sites.geometry import Configuration, Limit, LocalParameters, Schedule
from safetynets.sites.local_parameters import ordered
from tests.nets import situations
from tests.nets.test_a_parameter_is_of_one_net import FLEET, HERE, values_of
from tests.nets.test_the_approach_named_now import landing_on_the_right_one, parallel_runways

EVERYWHERE = box(-1e6, -1e6, 1e6, 1e6)
NORTH = box(-1e6, 0.0, 1e6, 1e6)
BY_HAND = Schedule(permanent=False, on=False, periods=(), weekly=())


def local(values, kind="parameter_regions", name="here", **where):
    return LocalParameters(
        name=name, kind=kind, values=values, schedule=where.pop("schedule", situations.ALWAYS), **where
    )


def at(site, *found):
    return replace(site, local_parameters=ordered(found))


def lenient():
    """Two parallel approaches; a flight up to 300 ft low is no alert. One 80 ft low is 80 to 168 ft below the path."""
    return site_with(parallel_runways(), {"apm.below_ft": 300.0})


def switched(site, name, on):
    """The site after a supervisor switched one of its configurations."""
    return apply(site, Decision("configuration-on" if on else "configuration-off", name), 0.0, site)


def told(alerts, tracks=None):
    """All of the alerts but their numbers, of some tracks only."""
    return repr([replace(one, alert_id=0) for one in alerts if tracks is None or one.track in tracks])


def in_portions(tracks, site, times_s):
    monitor = Monitor(site)
    for after_s, until_s in zip((-np.inf, *times_s), (*times_s, np.inf), strict=True):
        monitor.feed(tracks.select((tracks.time_s > after_s) & (tracks.time_s <= until_s)))
    return monitor.alerts()


def another_value(net, name):
    """Another value of a parameter that the site takes, or None."""
    model = net.parameters_of(HERE)
    for value in values_of(type(model), name, getattr(model, name)):
        try:
            type(model).model_validate({**dict(model), name: value}, strict=True)
        except ValidationError:
            continue
        if value != getattr(model, name):
            return min(value, 600.0) if name == "horizontal_buffer_m" else value
    return None


PARAMETERS = [pytest.param(net, name, id=f"{net.key}.{name}") for net in nets() for name in net.parameters.model_fields]


def judged_alone(net, site):
    """The alerts of one net about the fleet."""
    monitor = Monitor(site, (net,))
    monitor.feed(FLEET)
    return monitor.alerts()


@pytest.mark.parametrize(("net", "name"), PARAMETERS)
def test_a_region_that_is_everywhere_is_the_site_with_that_value(net, name):
    value = another_value(net, name)
    assert value is not None
    if name in net.decide_pairs:
        with pytest.raises(SiteError, match=f"decided by {name}"):
            site_with(at(HERE, local({net.key: {"clear_n": 3}})), {f'{net.key}["here"].{name}': value})
        return
    values = {net.key: {name: value}}
    table = net.parameters_of(HERE).model_copy(update={name: value})
    of_site = replace(HERE, parameters=HERE.parameters.with_tables(**{net.key: table}))
    assert told(judged_alone(net, at(HERE, local(values, area=EVERYWHERE)))) == told(judged_alone(net, of_site))
    # A flight that is never in the north, like every pair of such flights, is judged as before.
    outside = [number for number in range(FLEET.track_count) if (FLEET.y_m[FLEET.rows_of(number)] < 0.0).all()]
    in_north, before = judged_alone(net, at(HERE, local(values, area=NORTH))), judged_alone(net, HERE)
    assert told(in_north, outside) == told(before, outside)


def test_low_on_the_approach_of_the_right_runway_alerts_by_that_runways_own_limit():
    site, tracks = lenient(), landing_on_the_right_one(low_ft=80.0)
    assert not judge(tracks, site).alerts
    tight = {"apm": {"below_ft": 50.0}}
    of_other = at(site, local(tight, "approaches", "36L", approach=0))
    assert not judge(tracks, of_other).alerts
    of_this = at(site, local(tight, "approaches", "36R", approach=1))
    [alert] = judge(tracks, of_this).alerts
    assert alert.area == "36R"
    assert told([alert]) == told(judge(tracks, site_with(site, {"apm.below_ft": 50.0})).alerts)
    text = "\n".join(step.text for step in explain(tracks, of_this, 0, alert.start_time_s))
    assert "apm.below_ft = 50.0 (site: 300.0) by approaches.36R" in text


@pytest.mark.parametrize(("below_ft", "count"), [(120.0, 1), (250.0, 0)])
def test_the_approach_wins_over_the_region_and_the_region_over_the_category(below_ft, count):
    found = (
        local({"apm": {"below_ft": 40.0}}, "flight_categories", "light", flights={"callsign": ("LOW*",)}),
        local({"apm": {"below_ft": below_ft}}, "approaches", "36R", approach=1),
        local({"apm": {"below_ft": 50.0}}, "parameter_regions", "large", area=EVERYWHERE),
        local({"apm": {"below_ft": 60.0}}, "parameter_regions", "small", area=box(-5e4, -5e4, 5e4, 5e4)),
    )
    assert [one.name for one in ordered(found)] == ["light", "large", "small", "36R"]
    assert len(judge(landing_on_the_right_one(80.0), at(lenient(), *found)).alerts) == count


def test_a_category_is_for_its_flights_alone():
    site, tracks = lenient(), landing_on_the_right_one(low_ft=80.0)
    tight = {"apm": {"below_ft": 50.0}}
    for callsign, count in (("LOW1", 1), ("LOW*", 1), ("L1", 0), ("OW*", 0)):
        category = local(tight, "flight_categories", flights={"callsign": (callsign,)})
        assert len(judge(tracks, at(site, category)).alerts) == count
    unknown_rules = local(tight, "flight_categories", flights={"flight_rules": ("",), "wake": ("",)})
    assert len(judge(tracks, at(site, unknown_rules)).alerts) == 1


def test_vertical_limits_belong_to_a_region_and_an_unknown_altitude_lies_in_none():
    site, tracks = lenient(), landing_on_the_right_one(low_ft=80.0)
    tight = {"apm": {"below_ft": 50.0}}
    [whole] = judge(tracks, at(site, local(tight, area=EVERYWHERE))).alerts
    limited = local(tight, area=EVERYWHERE, floor=Limit(1500.0, False), ceiling=Limit(2500.0, False))
    [part] = judge(tracks, at(site, limited)).alerts
    assert part.start_time_s > whole.start_time_s
    assert 1500.0 <= part.altitude_ft <= 2500.0
    level = replace(limited, ceiling=Limit(1300.0, True), floor=Limit(1100.0, True))
    [low] = judge(tracks, at(site, level)).alerts
    assert low.start_time_s > part.start_time_s


def everything_differs():
    """Regions, approaches and flights with parameters of their own, of every net, beside each other."""
    return at(
        HERE,
        local({"msaw": {"look_ahead_s": 20.0}, "apw": {"look_ahead_s": 90.0}}, area=NORTH),
        local({"stca": {"lateral_nm": 8.0, "predicted_m": 2}, "rmca": {"clear_n": 4}}, area=NORTH, name="pairs"),
        local({"apm": {"below_ft": 150.0, "clear_n": 4, "track_lost_s": 40.0}}, "approaches", "36R", approach=1),
        local({"msaw": {"below_minimum_ft": 100.0}}, "flight_categories", flights={"flight_rules": ("IFR", "")}),
        local({"dbpsm": {"clear_n": 5}, "dsam": {"current_m": 2, "current_n": 3}}, area=NORTH, name="settings"),
    )


def test_alerts_are_the_same_however_the_plots_are_portioned():
    site = everything_differs()
    assert any_local(site)
    whole = judge(FLEET, site).alerts
    times_s = np.quantile(FLEET.time_s, [0.1, 0.25, 0.4, 0.41, 0.6, 0.8])
    assert told(in_portions(FLEET, site, times_s)) == told(whole)
    assert told(alerts_of(FLEET, site)) == told(whole)
    assert told(whole) != told(judge(FLEET, HERE).alerts)


def test_an_approach_is_joined_only_while_a_configuration_that_names_it_is_in_force():
    site, tracks = parallel_runways(), landing_on_the_right_one(low_ft=150.0)
    south = Configuration("36R in use", BY_HAND, ("36R",), (), (), (), "made by hand")
    closed = with_configurations(site, [south])
    [alert] = judge(tracks, site).alerts
    assert alert.area == "36R"
    assert not [one for one in judge(tracks, closed).alerts if "36R" in (one.area, *one.earlier_areas)]
    assert told(judge(tracks, switched(closed, "36R in use", on=True)).alerts) == told([alert])
    text = "\n".join(step.text for step in explain(tracks, closed, 0, alert.start_time_s))
    assert "36R may not be joined now" in text


def test_of_two_configurations_that_name_a_volume_one_is_enough():
    area = situations.square(0.0, -1e4, 1e4, 1e4)
    site = situations.site(volumes=(situations.volume(area, name="D1"),))
    one, other = (Configuration(name, BY_HAND, (), ("D1",), (), (), "made by hand") for name in ("by day", "by night"))
    off = with_configurations(site, [one, other])
    assert not off.volumes[0].schedule.ever
    assert switched(off, "by night", on=True).volumes[0].schedule.ever
    assert not switched(switched(off, "by night", on=True), "by night", on=False).volumes[0].schedule.ever


@pytest.mark.parametrize(("north", "joined"), [("on", {"LSZH 14"}), ("off", set())])
def test_a_real_landing_at_zurich_joins_its_approach_while_the_north_concept_is_in_use(north, joined):
    run = run_scenario("zurich-approach", {"configurations.North.manual": north})
    approaches = [approach.name for approach in run.site.approaches]
    assert {approaches[number] for number in np.unique(run.approach) if number >= 0} == joined


def test_low_visibility_at_zurich_holds_the_tighter_limit_near_the_aerodrome_only():
    usual = run_scenario("zurich-approach")
    assert not any_local(usual.site)  # nothing is slower for what is switched off
    foggy = run_scenario("zurich-approach", {"configurations.Low visibility.manual": "on"})
    joined = np.flatnonzero((foggy.approach >= 0) & np.isfinite(usual.altitude_ft))
    apart_ft = approach_limits_ft(foggy, joined)[0] - approach_limits_ft(usual, joined)[0]
    to_centre_nm = np.hypot(foggy.tracks.x_m[joined], foggy.tracks.y_m[joined]) / 1852.0
    inside = (foggy.altitude_ft[joined] <= 4500.0) & (to_centre_nm < 7.5)
    assert np.allclose(apart_ft[inside], 40.0)
    assert np.allclose(apart_ft[to_centre_nm > 8.5], 0.0)
    assert inside.any()
    assert (to_centre_nm > 8.5).any()


def test_a_region_for_a_net_that_is_not_on_is_refused_and_taken_where_it_is_switched_on():
    address = 'stca["finals in low visibility"].lateral_nm'
    with pytest.raises(SiteError, match=r"parameters of the STCA, which is not switched on"):
        load_site("zurich", {address: 4.0})
    loaded = load_site("zurich", {address: 4.0, "switched_on": ["STCA"]})
    assert loaded.local_parameters[0].values["stca"] == {"lateral_nm": 4.0}


def test_a_configuration_of_an_approach_that_is_not_monitored_is_refused():
    with pytest.raises(SiteError, match="'LSZH 34' is not monitored"):
        load_site("zurich", {"approaches.LSZH 34.monitored": False})
