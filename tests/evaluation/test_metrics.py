"""Scores against values worked out by hand, and against the same counting done by loops."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from safetynets.engine.net import nets
from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.evaluation.labels import Category, Situations
from safetynets.evaluation.metrics import (
    Scores,
    TrafficAmount,
    breakdown,
    intervals,
    needed_time,
    overlap_between_nets,
    score,
    score_many,
)
from safetynets.phraseology import Situation, load_rule_set, say
from safetynets.response.assumptions import load_assumptions
from safetynets.response.conversation import chain_of
from safetynets.response.draws import draw
from safetynets.response.outcome import share_of
from safetynets.response.transmissions import spoken_call
from tests.net_numbers import APM, APW, MSAW

DAY = TrafficAmount(flights=1000, hours=24.0)


def alert(track=0, start_s=100.0, end_s=130.0, net=MSAW, *, shown=True, group="all"):
    return {"net": net, "track": track, "start_s": start_s, "end_s": end_s, "shown": shown, "group": group}


def judged(*alerts):
    columns = {name: [one[name] for one in alerts] for name in ("net", "track", "start_s", "end_s", "shown")}
    start_s = np.array(columns["start_s"], dtype=float)
    return JudgedAlerts(
        net=np.array(columns["net"], dtype=np.int8),
        group=np.array([one["group"] for one in alerts], dtype=np.str_),
        track=np.array(columns["track"], dtype=np.int32),
        first_conflict_s=start_s,
        start_s=start_s,
        end_s=np.array(columns["end_s"], dtype=float),
        time_to_violation_s=np.zeros(len(alerts)),
        severe=np.zeros(len(alerts), dtype=bool),
        shown=np.array(columns["shown"], dtype=bool),
    )


def same(one, other):
    """Whether two scores hold the same values in the same order; unknown is like unknown."""
    names = [column.name for column in dataclasses.fields(Scores) if column.name != "traffic"]
    alike = (np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)
    return one.traffic == other.traffic and all(alike)


def situation(category, track=0, from_s=50.0, to_s=150.0, net=MSAW, **more):
    return {"net": int(net), "track": track, "from_s": from_s, "to_s": to_s, "category": int(category), **more}


def situations(*rows):
    return Situations.from_rows(rows)


def row(alerts, rows, **options):
    return score(judged(*alerts), situations(*rows), DAY, **options).row()


NECESSARY, DESIRABLE, UNNECESSARY, UNDESIRABLE, VOID = Category


@pytest.mark.requirement("REQ-ANALYSIS")
def test_one_missed_of_four_necessary_is_a_quarter_with_its_interval():
    # Wilson (1927) for 1 of 4: 0.0456 to 0.6994.
    found = row([alert(track) for track in range(3)], [situation(NECESSARY, track) for track in range(4)])
    assert (found["necessary"], found["missed"], found["missed_share"]) == (4, 1, 0.25)
    assert found["missed_share_low"] == pytest.approx(0.0456, abs=5e-5)
    assert found["missed_share_high"] == pytest.approx(0.6994, abs=5e-5)


def test_none_missed_of_150_is_at_most_two_in_a_hundred():
    found = row([alert(track) for track in range(150)], [situation(NECESSARY, track) for track in range(150)])
    assert (found["missed_share"], found["missed_share_low"], found["missed_share_high"]) == (0.0, 0.0, 0.02)


def test_without_a_necessary_situation_nothing_is_known_of_what_is_missed():
    found = row([alert()], [])
    assert math.isnan(found["missed_share"])
    assert (found["missed_share_low"], found["missed_share_high"]) == (0.0, 1.0)


@pytest.mark.requirement("REQ-ANALYSIS")
def test_an_alert_about_nothing_is_a_nuisance():
    found = row([alert(0), alert(1), alert(2), alert(3)], [situation(NECESSARY, 0), situation(UNNECESSARY, 1)])
    assert (found["alerts"], found["nuisance_alerts"], found["nuisance_share"]) == (4, 3, 0.75)


@pytest.mark.parametrize(
    ("categories", "nuisance", "void"),
    [
        ((VOID,), 0, 1),
        ((VOID, UNNECESSARY), 0, 1),
        ((VOID, DESIRABLE), 0, 0),
        ((UNDESIRABLE, UNNECESSARY), 1, 0),
        ((UNNECESSARY, NECESSARY), 0, 0),
        ((UNDESIRABLE,), 1, 0),
        ((DESIRABLE,), 0, 0),
    ],
)
def test_an_alert_counts_by_its_situation_that_has_most_need_of_it(categories, nuisance, void):
    found = row([alert()], [situation(category) for category in categories])
    assert (found["nuisance_alerts"], found["void_alerts"]) == (nuisance, void)


def test_a_void_alert_is_in_no_share():
    found = row([alert(0), alert(1)], [situation(VOID, 0), situation(UNNECESSARY, 1)])
    assert (found["nuisance_alerts"], found["nuisance_share"]) == (1, 1.0)


def test_the_approach_path_monitor_answers_for_the_minimum_altitude_warning_and_the_area_warning_does_not():
    rows = [situation(NECESSARY, net=MSAW)]
    assert row([alert(net=APM)], rows)["missed"] == 0
    assert row([alert(net=APW)], rows)["missed"] == 1


def test_missed_is_counted_by_the_net_whose_business_it_is():
    found = row([], [situation(NECESSARY, net=APM), situation(NECESSARY, 1, net=APW)])
    assert [found[f"{net}_missed"] for net in ("msaw", "apm", "apw")] == [0, 1, 1]


def test_an_alert_that_is_not_shown_warns_nobody():
    found = row([alert(shown=False)], [situation(NECESSARY)])
    assert (found["alerts"], found["missed"]) == (0, 1)


@pytest.mark.parametrize(
    ("start_s", "end_s", "missed"),
    [(20.0, 49.0, 1), (20.0, 50.0, 0), (150.0, 170.0, 0), (151.0, 170.0, 1), (20.0, math.nan, 0)],
)
def test_an_alert_belongs_to_a_situation_while_it_lasts(start_s, end_s, missed):
    assert row([alert(start_s=start_s, end_s=end_s)], [situation(NECESSARY)])["missed"] == missed


def test_an_alert_about_another_flight_warns_nobody():
    assert row([alert(1)], [situation(NECESSARY, 0)])["missed"] == 1


@pytest.mark.requirement("REQ-WARNING-TIME")
@pytest.mark.parametrize(
    ("start_s", "known_s", "in_time_possible", "late"),
    [(70.0, 60.0, 1, 0), (76.0, 60.0, 1, 0), (77.0, 60.0, 1, 1), (90.0, 80.0, 0, 0), (90.0, math.nan, 0, 0)],
)
def test_an_alert_is_late_when_it_gives_less_than_needed_where_geometry_allowed_as_much(
    start_s, known_s, in_time_possible, late
):
    rows = [situation(NECESSARY, event_s=100.0, known_s=known_s)]
    found = row([alert(start_s=start_s)], rows, needed_s=24.0)
    assert found["warning_time_p50_s"] == 100.0 - start_s
    assert (found["in_time_possible"], found["late"], found["after_event"]) == (in_time_possible, late, 0)


def of_each_net(*times_s: float) -> tuple[float, ...]:
    """The time of each net: those given for the first nets, 24 s for all others."""
    return (*times_s, *[24.0] * (len(nets()) - len(times_s)))


def test_each_net_has_its_own_needed_time_and_all_nets_are_their_sum():
    """Each of three alerts gives 40 s: too little where the APM needs 41 s, enough where the others need 24 and 40."""
    rows = [situation(NECESSARY, net, event_s=140.0, known_s=60.0, net=net) for net in range(3)]
    found = row([alert(net, net=net) for net in range(3)], rows, needed_s=of_each_net(24.0, 41.0, 40.0))
    assert [found[f"{net}_late"] for net in ("msaw", "apm", "apw")] == [0, 1, 0]
    assert (found["in_time_possible"], found["late"], found["late_share"]) == (3, 1, 1 / 3)


def test_an_alert_needs_the_time_of_the_net_whose_business_the_situation_is():
    rows = [situation(NECESSARY, net=MSAW, event_s=140.0, known_s=60.0)]
    found = row([alert(net=APM)], rows, needed_s=of_each_net(50.0, 10.0, 10.0))
    assert (found["late"], found["msaw_late"], found["apm_late"]) == (1, 1, 0)


def test_the_warning_time_is_that_of_the_first_alert_of_either_net():
    rows = [situation(NECESSARY, event_s=140.0, known_s=60.0)]
    found = row([alert(start_s=110.0), alert(start_s=90.0, net=APM), alert(start_s=60.0, net=APW)], rows)
    assert found["warning_time_p50_s"] == 50.0
    assert found["warning_of_allowed_p50"] == 50.0 / 80.0


def test_an_alert_after_the_event_is_not_missed_but_came_after_it():
    found = row([alert(start_s=120.0)], [situation(NECESSARY, event_s=100.0, known_s=90.0)])
    assert (found["missed"], found["after_event"], found["warning_time_p50_s"]) == (0, 1, -20.0)


def test_alerts_per_thousand_flights_and_per_hour():
    found = row([alert(track) for track in range(12)], [])
    assert found["alerts_per_1000_flights"] == 12.0
    assert found["alerts_per_hour"] == 0.5
    # Garwood's exact interval of 12 events, by the chi-square distribution: 6.201 to 20.962.
    assert found["alerts_per_1000_flights_low"] == pytest.approx(stats.chi2.ppf(0.025, 24) / 2)
    assert found["alerts_per_1000_flights_high"] == pytest.approx(stats.chi2.ppf(0.975, 26) / 2)


def test_the_median_duration_leaves_out_alerts_that_still_last():
    found = row([alert(end_s=110.0), alert(end_s=120.0), alert(end_s=150.0), alert(end_s=math.nan)], [])
    assert found["duration_p50_s"] == 20.0


ALERTS = st.lists(
    st.builds(
        alert,
        track=st.integers(0, 4),
        start_s=st.integers(0, 200).map(float),
        end_s=st.just(math.nan) | st.integers(200, 300).map(float),
        net=st.sampled_from(range(len(nets()))),
        shown=st.booleans(),
    ),
    max_size=8,
)
SITUATIONS = st.lists(
    st.builds(
        situation,
        category=st.sampled_from(Category),
        track=st.integers(0, 4),
        from_s=st.integers(0, 150).map(float),
        to_s=st.integers(150, 320).map(float),
        net=st.sampled_from(range(len(nets()))),
        event_s=st.just(math.nan) | st.integers(100, 300).map(float),
        known_s=st.just(math.nan) | st.integers(0, 100).map(float),
    ),
    max_size=8,
)


@given(ALERTS, SITUATIONS)
def test_scores_are_those_of_counting_one_by_one(alerts, rows):
    scored = score(judged(*alerts), situations(*rows), DAY)
    found = scored.row()
    shown = [one for one in alerts if one["shown"]]

    def belong(one, other):
        end_s = math.inf if math.isnan(one["end_s"]) else one["end_s"]
        same_risk = nets()[one["net"]].risk == nets()[other["net"]].risk
        touch = one["start_s"] <= other["to_s"] and end_s >= other["from_s"]
        return one["track"] == other["track"] and same_risk and touch

    need = [NECESSARY, DESIRABLE, VOID, UNNECESSARY, UNDESIRABLE]
    nuisance = void = 0
    for one in shown:
        its = [Category(other["category"]) for other in rows if belong(one, other)]
        worst = min(its, key=need.index, default=UNDESIRABLE)
        nuisance += worst in (UNNECESSARY, UNDESIRABLE)
        void += worst is VOID
    necessary = [other for other in rows if other["category"] == NECESSARY]
    first_s = [min((one["start_s"] for one in shown if belong(one, other)), default=None) for other in necessary]
    warnings_s = sorted(
        other["event_s"] - start_s
        for other, start_s in zip(necessary, first_s, strict=True)
        if start_s is not None and not math.isnan(other["event_s"])
    )
    assert (found["alerts"], found["nuisance_alerts"], found["void_alerts"]) == (len(shown), nuisance, void)
    assert (found["necessary"], found["missed"]) == (len(necessary), first_s.count(None))
    assert sorted(scored.warning_time_s.tolist()) == warnings_s
    assert sum(found[f"{net.name.lower()}_alerts"] for net in nets()) == found["alerts"]
    assert sum(found[f"{net.name.lower()}_missed"] for net in nets()) == found["missed"]


@settings(max_examples=50)
@given(st.lists(ALERTS, max_size=4), SITUATIONS)
def test_many_sets_scored_at_once_are_each_as_scored_alone(sets, rows):
    known = situations(*rows)
    for many, alerts in zip(score_many([judged(*one) for one in sets], known, DAY), sets, strict=True):
        assert same(many, score(judged(*alerts), known, DAY))


@settings(max_examples=50)
@given(st.lists(st.tuples(ALERTS, SITUATIONS), min_size=1, max_size=3))
def test_scores_of_days_are_those_of_the_days_put_together(days):
    """The tracks of each day are numbered on, as in one long recording."""
    apart = Scores.of_days([score(judged(*alerts), situations(*rows), DAY) for alerts, rows in days])
    joined_alerts = [one | {"track": one["track"] + 5 * i} for i, (alerts, _) in enumerate(days) for one in alerts]
    joined_rows = [one | {"track": one["track"] + 5 * i} for i, (_, rows) in enumerate(days) for one in rows]
    together = score(judged(*joined_alerts), situations(*joined_rows), TrafficAmount.of_days([DAY] * len(days)))
    np.testing.assert_equal(apart.row(), together.row())


@settings(max_examples=50)
@given(ALERTS, SITUATIONS)
def test_a_quiet_flight_more_changes_no_share(alerts, rows):
    one, more = (
        score(judged(*alerts), situations(*rows), TrafficAmount(flights, 24.0)).row() for flights in (100, 101)
    )
    per_flight = {name for name in one if "per_1000_flights" in name}
    np.testing.assert_equal(
        {name: value for name, value in one.items() if name not in per_flight},
        {name: value for name, value in more.items() if name not in per_flight},
    )
    assert more["alerts_per_1000_flights"] == pytest.approx(one["alerts_per_1000_flights"] * 100 / 101)


def test_no_sets_have_no_scores():
    assert score_many([], situations(), DAY) == []


def test_days_scored_against_different_needs_do_not_add_up():
    one, other = (score(judged(alert()), situations(), DAY, needed_s) for needed_s in (20.0, 30.0))
    with pytest.raises(ValueError, match="the same needed times"):
        Scores.of_days([one, other])


def test_every_column_has_its_net_as_prefix_too():
    found = row([alert()], [])
    keys = [net.key for net in nets()]
    bare = [name for name in found if not name.startswith(tuple(f"{key}_" for key in keys))]
    assert sorted(found) == sorted(bare + [f"{key}_{name}" for key in keys for name in bare])


@given(st.integers(0, 60), st.integers(1, 60))
def test_intervals_of_shares_are_wilson_s_or_the_rule_of_three_s(count, of):
    count = min(count, of)
    value, low, high = (float(each) for each in intervals.share(count, of))
    other = share_of(count, of)
    assert (value, low, high) == pytest.approx((other.value, other.low, other.high), abs=1e-12)
    assert low <= value <= high


def test_two_nets_about_one_flight_overlap_and_the_first_is_told():
    alerts = judged(
        alert(0, 100.0, 120.0, APM),
        alert(0, 140.0, 160.0, MSAW, shown=False),
        alert(1, 100.0, 120.0, MSAW),
        alert(1, 160.0, 180.0, APW),
        alert(2, 100.0, math.nan, APW),
    )
    found = overlap_between_nets(alerts, span_s=30.0)
    # Flight 0: 20 s between the alerts, APM first by 40 s. Flight 1: 40 s between them, no overlap.
    assert found.alerts[:3].tolist() == [2, 1, 2]
    assert found.with_other[:3, :3].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert found.first[:3, :3].tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert (found.alerts.sum(), found.with_other.sum(), found.first.sum()) == (5, 2, 1), "nothing of any other net"
    assert (found.lead_p50_s[MSAW, APM], found.lead_p50_s[APM, MSAW]) == (40.0, -40.0)


def test_by_fault_the_missed_ones_are_told_apart():
    rows = [
        situation(NECESSARY, 0, fault="early_descent"),
        situation(NECESSARY, 1, fault="too_steep"),
        situation(NECESSARY, 2, fault="too_steep"),
    ]
    found = breakdown(judged(alert(0), alert(1), alert(7)), situations(*rows), "fault")
    told = [(one["fault"], one["alerts"], one["nuisance_alerts"], one["necessary"], one["missed"]) for one in found]
    assert told == [("(none)", 1, 1, 0, 0), ("early_descent", 1, 0, 1, 0), ("too_steep", 1, 0, 2, 1)]


@pytest.mark.parametrize("by", ["net", "group", "flight", "area"])
def test_a_breakdown_adds_up_to_the_whole(by):
    alerts = judged(alert(0), alert(1, net=APM, group="b"), alert(1, shown=False), alert(2, net=APW))
    rows = situations(situation(NECESSARY, 0), situation(VOID, 2, net=APW), situation(NECESSARY, 9))
    found = breakdown(alerts, rows, by, areas=["x", "y", "x", "x"] if by == "area" else None)
    whole = score(alerts, rows, DAY).row()
    for name in ("alerts", "nuisance_alerts", *(("necessary", "missed") if by in ("net", "flight") else ())):
        assert sum(one[name] for one in found) == whole[name]


def test_by_area_every_alert_needs_its_area():
    with pytest.raises(ValueError, match="one area for each alert"):
        breakdown(judged(alert()), situations(), "area")


def test_the_needed_time_is_when_nine_of_ten_crews_that_act_have_begun_to():
    situation_told = Situation(
        net="APM",
        kind="below",
        severity="warning",
        callsign="SWR123",
        vectored=False,
        on_final=True,
        visual=False,
        qnh_hpa=1006.0,
        minimum_flight_altitude_ft=None,
        area="LSGG 22",
    )
    call = spoken_call(say(situation_told, load_rule_set("proposed-apm-directive")))
    draws = draw(load_assumptions(), count=2000, seed=1)
    found = needed_time(call, draws)
    begins_s = chain_of(call, draws).manoeuvre_s
    acts = begins_s[np.isfinite(begins_s)]
    assert (acts <= found.seconds).mean() == pytest.approx(0.9, abs=1.0 / len(acts))
    assert found.never == pytest.approx(1.0 - len(acts) / 2000)
    assert needed_time(call, draws, share=0.5).seconds < found.seconds


def test_scores_are_the_same_only_when_all_of_them_are():
    one, other = (score(judged(alert(end_s=end_s)), situations(), DAY) for end_s in (110.0, 111.0))
    assert same(one, one)
    assert not same(one, other)
