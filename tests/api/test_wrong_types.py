"""An argument of a wrong type is refused with what is taken; the error is the house's and Python's own."""

import re

import pytest

import safetynets as sn
from safetynets.engine.net import nets
from safetynets.errors import ArgumentError, InputError, ScenarioError

NETS = ", ".join(net.name for net in nets())


def cases(run):
    frame = run.tracks.to_pandas()
    return [
        (lambda: sn.read_tracks(42), "path: takes the path of a recording (str or Path), not int 42"),
        (lambda: sn.read_tracks("x.csv", max_gap_s="60"), "max_gap_s: takes a number of seconds"),
        (lambda: sn.Tracks.from_pandas([1, 2]), "frame: takes a pandas DataFrame, not list"),
        (lambda: sn.Tracks.from_pandas(frame, units="m"), "units: takes a mapping from column to unit"),
        (lambda: sn.load_site(None), "name_or_path: takes the name of a shipped site or the path of a site"),
        (lambda: sn.load_site("zurich", [1]), "overrides: takes a mapping from address to value"),
        (lambda: run.site.with_parameters([("apm.below_ft", 1)]), "values: takes a mapping from address to value"),
        (lambda: run.site.with_parameters({1: 2}), "a key of values: takes text"),
        (lambda: sn.replay(frame, "zurich"), "make tracks of a data frame with Tracks.from_pandas"),
        (
            lambda: sn.replay(run.tracks, 5),
            "site: takes a site, the name of a shipped one or the path of one",
        ),
        (lambda: sn.replay(run.tracks, "zurich", qnh_hpa="1013"), "qnh_hpa: takes a number of hPa, or None, not str"),
        (lambda: sn.replay(run.tracks, "zurich", qnh_hpa=True), "qnh_hpa: takes a number of hPa, or None, not bool"),
        (lambda: sn.run_scenario(7), "name_or_path: takes the name of a shipped scenario"),
        (lambda: sn.judge(3.5, run.site), "tracks: takes tracks or the path of a recording"),
        (lambda: sn.judge_many(run.tracks, run.site, {"apm.below_ft": 1}), "sets: takes a list of parameter sets"),
        (lambda: sn.judge_many(run.tracks, run.site, [3]), "sets[0]: takes a mapping from address to value"),
        (lambda: run.explain(), "callsign: takes a flight and a moment"),
        (lambda: run.explain("DLH4TR"), "time: takes a flight and a moment"),
        (lambda: run.explain(5, "18:05:00"), "callsign: takes the call sign of a flight"),
        (lambda: run.explain("DLH4TR", ["18:05"]), "time: takes a time of day"),
        (lambda: run.explain(alert="1"), "alert: takes the number of an alert"),
        (lambda: run.explain("DLH4TR", alert=1), "give an alert, or callsign and time"),
        (
            lambda: run.explain(alert=1, net="TCAS"),
            f"net: takes one of {NETS}, or None",
        ),
        (lambda: run.plot_map("map.png"), "ax: takes matplotlib axes"),
        (lambda: run.plot_profile(alert=1.5), "alert: takes the number of an alert"),
        (lambda: run.save(3), "folder: takes a path"),
        (lambda: run.save("x", figures="many"), "figures: takes one of none, few, all, not str 'many'"),
        (lambda: sn.say("DLH4TR"), "alert: takes an alert of a run"),
        (lambda: sn.say(run.alerts[0], rule_set=3), "rule_set: takes the name or path of a rule set"),
    ]


def test_each_says_what_is_taken(run):
    for call, words in cases(run):
        with pytest.raises(ArgumentError, match=re.escape(words)):
            call()


def test_the_error_is_one_of_input_and_of_type():
    assert issubclass(ArgumentError, InputError)
    assert issubclass(ArgumentError, TypeError)


def test_an_alert_that_is_not_there_says_which_are(run):
    with pytest.raises(ScenarioError, match=r"no alert 9; use one of 1, 2, 3"):
        run.explain(alert=9)
    with pytest.raises(ScenarioError, match=r"no alert 9; use one of 1, 2, 3"):
        run.plot_profile(alert=9)
