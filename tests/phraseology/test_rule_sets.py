"""Rule sets as files: the shipped ones answer everything; a bad one is refused with its line and the mend."""

import dataclasses
import itertools
from pathlib import Path

import pytest

from safetynets.errors import PhraseologyError
from safetynets.phraseology import Situation, load_rule_set, parse_rule_set, rule_set_names, rule_set_text, say
from safetynets.phraseology.cases import all_cases, case_of, holds
from safetynets.phraseology.draft import Draft, draft_problems

SITUATION = Situation(
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

GOOD = """\
name = "mine"
title = "Mine"
about = "For a test."

[[rule]]
name = "low"
when = { net = ["MSAW", "APM"], kind = "below", qnh = "known" }
status = "proposed"
source = "a test"
controller_action = "Say it."
text = "(aircraft call sign) LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS (number)."
alert = "LOW ALTITUDE WARNING"
action = "CHECK YOUR ALTITUDE IMMEDIATELY"
readback = ["instruction", "QNH"]

[[rule]]
name = "rest"
status = "none"
source = "a test"
controller_action = "Say nothing."
"""


def test_ten_rule_sets_are_shipped() -> None:
    assert set(rule_set_names()) >= {
        *("icao", "france", "geneva", "zurich", "faa", "as-spoken"),
        *("proposed-apm-msaw-words", "proposed-apm-path", "proposed-apm-directive", "proposed-apw"),
    }


@pytest.mark.parametrize("name", rule_set_names())
def test_every_shipped_set_answers_every_case_with_words_or_a_stated_none(name: str) -> None:
    rule_set = load_rule_set(name)
    assert rule_set.name == name
    cases = all_cases(rule_set)
    assert len(cases) >= 1152  # 12 combinations of net, kind and purpose, each with 96 of the other conditions
    assert all(any(holds(rule.when, case) for rule in rule_set.rules) for case in cases)


@pytest.mark.parametrize("name", rule_set_names())
def test_every_shipped_set_speaks_in_every_situation(name: str) -> None:
    rule_set = load_rule_set(name)
    for kind, vectored, qnh_hpa, minimum_ft, purpose, aerodrome, severity in itertools.product(
        [("MSAW", "below"), ("APM", "below"), ("APM", "above"), ("APM", "left"), ("APM", "right"), ("APW", "inside")],
        [True, False, None],
        [1006.0, None],
        [7000.0, None],
        ["danger", "terrain_wall", "glide_path_from_below", None],
        ["LFPG", "LFLL", "LSGG", None],
        ["caution", "warning"],
    ):
        situation = dataclasses.replace(
            SITUATION,
            net=kind[0],
            kind=kind[1],
            vectored=vectored,
            qnh_hpa=qnh_hpa,
            minimum_flight_altitude_ft=minimum_ft,
            purpose=purpose,
            aerodrome=aerodrome,
            severity=severity,
        )
        call = say(situation, rule_set)
        assert call.has_words == (call.text != "(no phraseology exists)")
        assert call.responsible == ("controller" if vectored else "crew")
        assert "  " not in call.text
        assert not call.text.endswith((" .", ",.", ".."))


@pytest.mark.parametrize("name", rule_set_names())
def test_every_shipped_rule_says_where_its_words_come_from(name: str) -> None:
    for rule in load_rule_set(name).rules:
        assert len(rule.source) > 20
        assert rule.controller_action.endswith(".")


@pytest.mark.parametrize("name", [name for name in rule_set_names() if name.startswith("proposed")])
def test_a_proposal_is_never_called_a_standard(name: str) -> None:
    rule_set = load_rule_set(name)
    assert {rule.status for rule in rule_set.rules} == {"proposed", "none"}
    assert "proposal" in rule_set.about


def test_the_french_words_are_those_of_wp_86() -> None:
    france = load_rule_set("france")
    msaw = dataclasses.replace(SITUATION, net="MSAW", on_final=False)
    assert say(msaw, france).text == "SWR123 TERRAIN ALERT, CHECK YOUR ALTITUDE IMMEDIATELY, Q_N_H IS 1006."
    turn = dataclasses.replace(msaw, vectored=True, suggested_action="TURN LEFT HEADING 180")
    assert say(turn, france).text == "SWR123 TERRAIN ALERT TURN LEFT HEADING 180."
    assert say(turn, france).status == "national"


@pytest.mark.requirement("REQ-WORDS-FAA")
def test_the_faa_words_follow_the_call_sign_and_name_the_minimum_only_off_final() -> None:
    faa = load_rule_set("faa")
    msaw = dataclasses.replace(SITUATION, net="MSAW", callsign="UAL123", minimum_flight_altitude_ft=7000.0)
    assert say(msaw, faa).text == "LOW ALTITUDE ALERT UAL123, CHECK YOUR ALTITUDE IMMEDIATELY."
    assert say(dataclasses.replace(msaw, on_final=False), faa).text == (
        "LOW ALTITUDE ALERT UAL123, CHECK YOUR ALTITUDE IMMEDIATELY. THE MVA IN YOUR AREA IS 7000."
    )


def test_geneva_says_the_words_of_the_msaw_for_the_apm() -> None:
    geneva = load_rule_set("geneva")
    apm, msaw = say(SITUATION, geneva), say(dataclasses.replace(SITUATION, net="MSAW"), geneva)
    assert apm.text == msaw.text == ("SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1006.")
    assert (apm.status, msaw.status) == ("local practice", "standard")


def test_the_zurich_wall_is_spoken_and_owns_up_to_its_words() -> None:
    wall = dataclasses.replace(SITUATION, net="APW", kind="inside", purpose="terrain_wall", on_final=False)
    call = say(wall, load_rule_set("zurich"))
    assert call.text.startswith("SWR123 TERRAIN ALERT")
    assert call.status == "proposed"
    assert "does not quote" in call.source


def test_an_area_is_called_what_it_is() -> None:
    inside = dataclasses.replace(SITUATION, net="APW", kind="inside", purpose="prohibited", on_final=False)
    assert say(inside, load_rule_set("proposed-apw")).text == (
        "SWR123 AREA WARNING, YOU ARE INSIDE ACTIVE PROHIBITED AREA, CHECK YOUR POSITION IMMEDIATELY."
    )


def test_the_directive_gives_the_qnh_once_the_crew_has_answered() -> None:
    call = say(SITUATION, load_rule_set("proposed-apm-directive"))
    second = call.follow_ups[-1]
    assert (second.trigger, second.text) == (
        "crew has answered",
        "SWR123 CHECK YOUR ALTIMETER SETTING, QNH IS 1006.",
    )


def test_a_rule_can_be_asked_for_by_name() -> None:
    spoken = load_rule_set("as-spoken")
    assert say(SITUATION, spoken).status == "none"
    assert say(SITUATION, spoken, rule="lyon-2010").text == "TRAFFIC ALERT HEU GO AROUND! GO AROUND!"
    with pytest.raises(PhraseologyError, match=r"'lyon-2011'.*use one of paris-2022, lyon-2010"):
        say(SITUATION, spoken, rule="lyon-2011")


def test_words_that_need_an_unknown_value_are_refused() -> None:
    without_qnh = dataclasses.replace(SITUATION, qnh_hpa=None)
    with pytest.raises(PhraseologyError, match=r"need \(number\), which is not known here; give the QNH"):
        say(without_qnh, load_rule_set("icao"), rule="msaw-check")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("qnh_hpa", float("nan")),
        ("qnh_hpa", 29.92),
        ("minimum_flight_altitude_ft", float("inf")),
        ("minimum_flight_altitude_ft", -1.0),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused(name: str, value: float) -> None:
    with pytest.raises(PhraseologyError, match=f"SWR123: {name} is .*or None for unknown"):
        say(dataclasses.replace(SITUATION, **{name: value}), load_rule_set("icao"))


def test_unknown_navigation_counts_as_own_and_unknown_visual_as_not_visual() -> None:
    case = case_of(dataclasses.replace(SITUATION, vectored=None, visual=None))
    assert (case.navigation, case.visual) == ("own", False)


# --- Files ------------------------------------------------------------------------------------------------------


def test_a_rule_set_of_ones_own_is_loaded_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert say(SITUATION, load_rule_set(file)).text.endswith("QNH IS 1006.")
    assert load_rule_set(str(file)) == load_rule_set(file)


def test_a_rule_set_may_start_from_a_shipped_one(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(rule_set_text("icao").replace("LOW ALTITUDE WARNING", "TERRAIN WARNING"), encoding="utf-8")
    assert say(SITUATION, load_rule_set(file)).text.startswith("SWR123 TERRAIN WARNING")


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(PhraseologyError, match="'icoa'; write 'icao'"):
        load_rule_set("icoa")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PhraseologyError, match=r"none\.toml: there is no such file"):
        load_rule_set(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PhraseologyError, match=r"cannot be read.*UTF-8"):
        load_rule_set(file)


def refusal(old: str, new: str) -> str:
    """The message for the good rule set with one thing broken."""
    assert old in GOOD
    with pytest.raises(PhraseologyError) as error:
        parse_rule_set(GOOD.replace(old, new, 1), "mine.toml")
    return str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('title = "Mine"', 'title = "Mine', "line 2", "not valid TOML"),
        ('title = "Mine"\n', "", "", "the key 'title' is missing; add it"),
        (
            "controller_action",
            "controler_action",
            "line 10",
            "unknown key 'controler_action'; write 'controller_action'",
        ),
        ('net = ["MSAW", "APM"]', 'net = ["MSAV"]', "line 7", "no net is called 'MSAV'; write 'MSAW'"),
        ('qnh = "known"', "qhn = 1", "line 7", "unknown key 'qhn'; write 'qnh'"),
        ('"proposed"', '"standart"', "line 8", "must be 'standard'"),
        ("(number)", "(numbre)", "line 11", "unknown slot (numbre); write 'number'"),
        ("(number)", "(number", "line 11", "has no partner"),
        ("IMMEDIATELY, QNH", "IMEDIATELY, QNH", "line 13", "the words 'CHECK YOUR ALTITUDE IMMEDIATELY' are not in"),
        ("QNH IS", "QNH BEING", "line 11", "the word 'BEING' is not one of ICAO phraseology"),
        ('alert = "LOW', 'alert = "HIGH', "line 12", "the words 'HIGH ALTITUDE WARNING' are not in the text"),
        ('["instruction", "QNH"]', '["instruction"]', "line 14", "an altimeter setting is always read back"),
        (', qnh = "known" }', " }", "line 11", "(number) may be unknown here"),
        ('name = "rest"', 'name = "low"', "line 17", "two rules are called 'low'"),
        ('name = "rest"', 'name = "rest"\nwhen = { net = "APW" }', "", "no rule answers"),
        ('name = "rest"', 'name = "rest"\nresponsible = "crew"', "line 18", "belong together"),
        (
            'name = "rest"',
            'name = "rest"\nresponsible = "crew"\nresponsibility_reason = "so we say"',
            "line 18",
            "'crew' cannot answer for terrain clearance when navigation is 'vectored' (PANS-ATM 8.6.5.2",
        ),
        ('name = "rest"', 'name = "rest"\ntext = "GO AROUND"', "line 18", "a rule with status 'none' has no 'text'"),
        ('about = "For a test."', 'about = "x"\nother_words = ["OKAY"]', "line 4", "'OKAY' is declared and not used"),
        (
            'readback = ["instruction", "QNH"]',
            'readback = ["instruction", "QNH"]\nthen = [{ if = "no answer", after_s = -1, text = "GO AROUND" }]',
            "line 15",
            "greater than or equal to 0, not -1",
        ),
        (
            'readback = ["instruction", "QNH"]',
            'readback = ["instruction", "QNH"]\nthen = [{ if = "no answer", after_s = "5", text = "GO AROUND" }]',
            "line 15",
            "must be a valid number, not '5'",
        ),
        (
            'readback = ["instruction", "QNH"]',
            'readback = ["instruction", "QNH"]\nthen = [{ if = "silence", after_s = 5, text = "GO AROUND" }]',
            "line 15",
            "must be 'no answer', 'say again', 'alert persists' or 'crew has answered', not 'silence'",
        ),
    ],
)
def test_a_broken_rule_set_is_refused_with_its_line_and_the_mend(old: str, new: str, line: str, said: str) -> None:
    message = refusal(old, new)
    assert message.startswith("mine.toml: ")
    assert line in message
    assert said in message


def test_an_unreachable_rule_is_named() -> None:
    shadowed = GOOD.split("[[rule]]")
    text = "[[rule]]".join([shadowed[0], shadowed[2], shadowed[1]])
    with pytest.raises(PhraseologyError, match="the rule 'low' is never reached: the rules above it"):
        parse_rule_set(text, "mine.toml")


def test_a_condition_that_holds_in_no_case_is_named() -> None:
    assert "its condition holds in no case; combine only what occurs together" in refusal(
        'net = ["MSAW", "APM"], kind = "below"', 'net = "APM", kind = "inside"'
    )


def test_everything_wrong_is_said_at_once() -> None:
    message = refusal("QNH IS (number).", "QNH BEING (number), OK.")
    assert "2 problems" in message
    assert "'BEING'" in message
    assert "'OK'" in message


def test_a_word_outside_icao_is_accepted_once_owned_up_to() -> None:
    text = GOOD.replace("QNH IS", "QNH BEING").replace('about = "For a test."', 'about = "x"\nother_words = ["BEING"]')
    assert say(SITUATION, parse_rule_set(text, "mine.toml")).text.endswith("QNH BEING 1006.")


def test_a_case_says_what_is_known_and_the_purpose_of_a_volume_only() -> None:
    apm = case_of(SITUATION)
    assert (apm.qnh, apm.minimum, apm.purpose) == ("known", "unknown", "unknown")
    assert "purpose" not in str(apm)
    apw = case_of(
        dataclasses.replace(SITUATION, net="APW", purpose="danger", qnh_hpa=None, minimum_flight_altitude_ft=7000.0)
    )
    assert (apw.qnh, apw.minimum) == ("unknown", "known")
    assert "purpose danger" in str(apw)


def test_all_broken_wordings_of_a_rule_are_said_at_once() -> None:
    broken = GOOD.replace("IMMEDIATELY, QNH IS (number).", "IMMEDIATELY, QNH IS (number.")
    then = 'then = [{ if = "no answer", after_s = 5, text = "(nonsense) SAY AGAIN" }]\n'
    with pytest.raises(PhraseologyError) as refusal:
        parse_rule_set(broken.replace("readback = [", f"{then}readback = ["), "mine.toml")
    assert "in '(aircraft call sign) LOW ALTITUDE" in str(refusal.value)
    assert "unknown slot (nonsense)" in str(refusal.value)


def test_a_problem_of_a_draft_says_its_rule_its_key_and_its_mend() -> None:
    rule = {"net": "APM", "kind": "below", "text": "(aircraft call sign) LOW, QNH IS (nummber)."}
    draft = Draft.model_validate({"name": "ours", "title": "Ours", "rule": [rule]})
    assert draft_problems(draft) == [(0, "text", "unknown slot (nummber)", "write 'number'")]
