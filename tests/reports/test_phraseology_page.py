"""The page of a study: self-contained, the same every time, and honest about what is assumed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from safetynets.reports.chain_figure import chain_figure
from safetynets.reports.formats import percent
from safetynets.reports.outcome_figure import NOBODY, budget_figure, outcome_figure
from safetynets.reports.phraseology_page import study_page, write_study
from safetynets.reports.phraseology_words import desk_words, findings, order_words, time_words
from safetynets.response import Assumptions, load_assumptions
from safetynets.runs.phraseology_study import Study, budget_s, load_phrasings, order_of, study_phraseologies
from safetynets.sites.delivery import Delivery, Relay

SETS = ("icao", "france", "proposed-apm-directive")
CALLED = ("ICAO words", "French words", "proposed order to go around")


@pytest.fixture(scope="module")
def assumptions() -> Assumptions:
    return load_assumptions({"outcome.enough_clearance_ft": 1000, "crew.decide_check_s": 9})


@pytest.fixture(scope="module")
def study(assumptions) -> Study:
    (study,) = study_phraseologies("geneva-early-descent", load_phrasings(SETS), assumptions, draws=200)
    return study


@pytest.fixture(scope="module")
def page(study, assumptions) -> str:
    return study_page([study], assumptions)


def test_nothing_is_fetched_and_nothing_runs(page):
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert "default-src 'none'" in page


def test_the_words_of_the_calls_are_marked_by_their_role(page):
    assert '<span class="alert">LOW ALTITUDE WARNING</span>' in page
    assert '<span class="instruction">GO AROUND IMMEDIATELY</span>' in page
    assert '<span class="QNH">1013</span>' in page
    assert '<span class="call-sign">DESCENT1</span>' in page


def test_every_assumption_stands_on_the_page_with_its_tag(page, assumptions):
    for one in assumptions.by_name.values():
        row = re.search(rf"<th scope=\"row\"><code>{re.escape(one.name)}</code>.*?</tr>", page, re.DOTALL)
        assert row
        assert f">{one.tag}<" in row[0]
    assert "given for this run" in page


def test_a_rule_set_without_words_is_said_to_have_none_and_ends_as_silence(study, page):
    assert "(no phraseology exists)" in page
    france = study.answers[1]
    assert budget_s(france.outcome) == {}
    assert (france.outcome.least_clearance_ft == study.silence.least_clearance_ft).all()
    assert "French" not in order_words(study, load_assumptions())[0]
    assert any(sentence.startswith("French words: none exist") for sentence in findings(study))


def test_the_directive_comes_first_and_its_budget_is_shorter(study):
    assert study.cost == "not enough clearance"
    assert order_of(study)[0] == "proposed-apm-directive"
    check, directive = (sum(budget_s(study.answers[i].outcome).values()) for i in (0, 2))
    assert 15.0 < directive < check < 45.0
    assert budget_s(study.answers[0].outcome)["aircraft follows"] == pytest.approx(0.65, abs=0.1)


def test_the_budget_adds_up_to_the_mean_moment_of_the_climb(study):
    outcome = study.answers[0].outcome
    climbs = outcome.chain.manoeuvre_s[outcome.chain.manoeuvre_s < 1e9]
    assert sum(budget_s(outcome).values()) == pytest.approx(climbs.mean())


def test_the_time_there_is_is_told(study):
    said = time_words(study)
    assert said[0] == "Though nobody calls, the aircraft gets by without contact."
    assert said[1].startswith("The median aircraft can begin to climb up to ")


def test_the_figures_name_what_they_draw(study):
    words = [
        text.get_text()
        for text in chain_figure(study, study.answers[0]).findobj(match=lambda o: hasattr(o, "get_text"))
    ]
    assert any(word.startswith("says the call") for word in words)
    assert "Crew" in words
    budget, outcome = budget_figure(study), outcome_figure(study)
    assert [label.get_text() for label in budget.axes[0].get_yticklabels()] == list(CALLED)
    assert [label.get_text() for label in outcome.axes[1].get_yticklabels()] == [*CALLED, NOBODY]


def test_the_folder_holds_the_page_and_its_numbers_and_a_second_writing_is_the_same(tmp_path, study, page, assumptions):
    written = write_study([study], assumptions, tmp_path / "out")
    first = {file.name: file.read_bytes() for file in written.parent.iterdir()}
    assert sorted(first) == ["phraseology.html", "phraseology.json"]
    assert first["phraseology.html"].decode() == page
    write_study([study], assumptions, tmp_path / "out")
    assert first == {file.name: file.read_bytes() for file in written.parent.iterdir()}
    numbers = json.loads(first["phraseology.json"])
    (scenario,) = numbers["scenarios"]
    assert [row["name"] for row in scenario["rule_sets"]] == list(SETS)
    assert scenario["latest_climb_without_contact_s"] is None
    assert percent(scenario["rule_sets"][0]["manoeuvred"]["count"] / 200) in page


def test_the_page_begins_with_the_calls_and_their_sound_then_time_outcome_and_assumptions(study, assumptions):
    page = study_page([study], assumptions, {study.answers[0].call.text: b"RIFF"})
    assert page.index("<h2") < page.index("<audio") < page.index(">The time there is<") < page.index(">How it ends<")
    assert page.index(">How it ends<") < page.index("Which assumptions decide") < page.index('id="caveats"')


def test_the_sentences_are_those_that_people_write(study, page, assumptions):
    assert order_words(study, assumptions)[0].startswith(
        "From best to worst, by too little clearance: proposed order to go around, then ICAO words."
    )
    assert "ICAO words, proposed for this alert" in page
    assert "[proposed]" not in page
    assert "(proposed)" not in page


def test_the_page_says_what_was_measured_and_by_how_many(study, assumptions):
    spread = {"distribution": "gamma", "mean": 3.1, "cv": 0.6}
    name = "crew.decide_information_s"
    measured = assumptions.with_measured({name: spread}, {name: "40 listeners, 96 answers in listening test ab"})
    page = study_page([study], measured)
    assert "Measured: crew.decide_information_s, 40 listeners, 96 answers in listening test ab." in page
    assert '<span class="status">measured</span>' in page
    assert "No listening test was put in" in study_page([study], assumptions)


def test_a_page_with_audio_can_play_each_call(study, assumptions):
    page = study_page([study], assumptions, {study.answers[0].call.text: b"RIFF"})
    assert page.count('src="data:audio/wav;base64,') == 1


def test_the_page_says_which_desk_gets_the_alert_and_who_speaks(study, page, assumptions):
    assert "Delivered to Geneva Approach; Geneva Approach has the aircraft on its frequency." in page
    assert "Controller\nGeneva Approach" in lanes(study)
    relayed = Delivery(("Approach",), (Relay("Approach", "Tower", "telephone"),))
    told = desk_words(replace(study, encounter=replace(study.encounter, delivery=relayed)), assumptions)
    assert told.startswith("Delivered to Approach, which tells Tower by telephone; relay.telephone_s is assumed as ")
    assert told.endswith("uniform: min 15, max 40 s.")
    seen = Delivery(("Tower",), signals=("visual",), later=(Delivery(("Alarm",), delay_s=20.0),))
    told = desk_words(replace(study, encounter=replace(study.encounter, delivery=seen)), assumptions)
    assert told.startswith(
        "Delivered to Tower (visual only); Tower has the aircraft on its frequency; controller.visual"
    )
    assert told.endswith("20 s later to Alarm (seen and heard).")
    without = replace(study, encounter=replace(study.encounter, delivery=None))
    assert desk_words(without, assumptions) == "No desks in this site: delivered to one controller."


def test_a_relay_has_its_lane_and_its_stage_in_the_budget(assumptions):
    (relayed,) = study_phraseologies(
        "geneva-early-descent",
        load_phrasings(["icao"]),
        assumptions,
        draws=100,
        overrides={"desks.Geneva Approach.relay_to": "Geneva Tower", "desks.Geneva Approach.relay_by": "telephone"},
    )
    assert "Relay to\nGeneva Tower" in lanes(relayed)
    assert "Frequency\nGeneva Tower" in lanes(relayed)
    (answer,) = relayed.answers
    # Uniform from 15 to 40 s, 100 draws: the mean is 27.5 s with a standard error of 0.7 s.
    assert budget_s(answer.outcome)["told to the desk that speaks"] == pytest.approx(27.5, abs=3.0)
    assert "relay.telephone_s" in {swing.assumption for swing in relayed.swings}
    assert "told to the desk that speaks" in {text.get_text() for text in budget_figure(relayed).legends[0].get_texts()}


def test_an_alert_delivered_to_no_desk_is_said_aloud_and_nobody_calls(assumptions):
    (unseen,) = study_phraseologies(
        "geneva-early-descent",
        load_phrasings(["icao", "proposed-apm-directive"]),
        assumptions,
        draws=100,
        overrides={"desks.*.nets": ["MSAW"]},
    )
    text = study_page([unseen], assumptions)
    assert '<p class="limits"><strong>The desk:</strong> Delivered to NO DESK' in text
    assert "nobody calls, and there is no order of phraseologies" in text
    for answer in unseen.answers:
        assert (answer.outcome.least_clearance_ft == unseen.silence.least_clearance_ft).all()


def test_what_may_be_misheard_names_the_traffic_alert_of_lyon(page):
    assert "TERRAIN ALERT sounds like TRAFFIC ALERT" in page
    assert "Lyon on 7 September 2010; distance 0.40" in page


def lanes(study: Study) -> list[str]:
    (axes,) = chain_figure(study, study.answers[0]).axes
    return [label.get_text() for label in axes.get_yticklabels()]
