"""The ICAO rule set, character by character: PANS-ATM 12.6.1 chosen by 15.7.4.2, as IFATCA WP 86 2.17 quotes them."""

import dataclasses
import itertools

import pytest

from safetynets.phraseology import Situation, load_rule_set, say
from safetynets.phraseology.situation import NO_PHRASEOLOGY

ICAO = load_rule_set("icao")

OWN_NAVIGATION = Situation(
    net="MSAW",
    kind="below",
    severity="warning",
    callsign="SWR123",
    vectored=False,
    on_final=False,
    visual=False,
    qnh_hpa=1006.0,
    minimum_flight_altitude_ft=None,
    area="sector 1",
)


def words(**changes: object) -> str:
    return say(dataclasses.replace(OWN_NAVIGATION, **changes), ICAO).text


@pytest.mark.requirement("REQ-WORDS")
def test_low_altitude_warning_without_options() -> None:
    assert words() == "SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1006."


def test_low_altitude_warning_with_the_unit() -> None:
    assert words(say_units=True) == (
        "SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1006 HECTOPASCALS."
    )


def test_low_altitude_warning_with_the_minimum_flight_altitude() -> None:
    assert words(minimum_flight_altitude_ft=1450.0) == (
        "SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1006. "
        "THE MINIMUM FLIGHT ALTITUDE IS 1450 FEET."
    )


@pytest.mark.requirement("REQ-WORDS")
def test_low_altitude_warning_with_both_options() -> None:
    assert words(say_units=True, minimum_flight_altitude_ft=7000.0) == (
        "SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1006 HECTOPASCALS. "
        "THE MINIMUM FLIGHT ALTITUDE IS 7000 FEET."
    )


def test_low_altitude_warning_in_inches() -> None:
    assert words(qnh_hpa=1013.25, qnh_unit="inHg", say_units=True) == (
        "SWR123 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 29.92 INCHES."
    )


@pytest.mark.requirement("REQ-CONTROLLER-ACTS")
def test_a_vectored_aircraft_is_told_to_climb_to_the_minimum() -> None:
    assert words(vectored=True, minimum_flight_altitude_ft=6920.0) == (
        "SWR123 TERRAIN ALERT, CLIMB TO 7000 FEET IMMEDIATELY."
    )


def test_a_vectored_aircraft_is_told_to_climb_where_no_minimum_is_known() -> None:
    assert words(vectored=True) == "SWR123 TERRAIN ALERT, CLIMB IMMEDIATELY."


def test_a_controller_may_suggest_another_action() -> None:
    assert words(vectored=True, suggested_action="turn right heading 270 immediately") == (
        "SWR123 TERRAIN ALERT, TURN RIGHT HEADING 270 IMMEDIATELY."
    )


@pytest.mark.requirement("REQ-WORDS")
def test_without_a_qnh_the_terrain_alert_asks_for_the_check() -> None:
    assert words(qnh_hpa=None) == "SWR123 TERRAIN ALERT, CHECK YOUR ALTITUDE IMMEDIATELY."


@pytest.mark.parametrize(("qnh_hpa", "written"), [(1028.7, "1028"), (998.2, "998"), (1000.0, "1000")])
def test_a_qnh_is_rounded_down_so_that_no_aircraft_flies_lower(qnh_hpa: float, written: str) -> None:
    assert words(qnh_hpa=qnh_hpa).endswith(f"QNH IS {written}.")


def test_msaw_words_are_standard_and_apm_words_are_not() -> None:
    msaw = say(OWN_NAVIGATION, ICAO)
    apm = say(dataclasses.replace(OWN_NAVIGATION, net="APM", on_final=True), ICAO)
    assert msaw.status == "standard"
    assert apm.status == "proposed"
    assert apm.text == msaw.text
    assert "prescribes no words for the APM" in apm.source
    assert "WP 86 (2018) 2.18.3" in apm.source


@pytest.mark.parametrize("kind", ["above", "left", "right"])
def test_an_apm_alert_that_is_not_low_has_no_icao_words_and_says_so(kind: str) -> None:
    call = say(dataclasses.replace(OWN_NAVIGATION, net="APM", kind=kind, on_final=True), ICAO)
    assert (call.text, call.status, call.has_words) == (NO_PHRASEOLOGY, "none", False)


@pytest.mark.requirement("REQ-CONTROLLER-ACTS")
def test_vectoring_makes_the_controller_responsible() -> None:
    call = say(dataclasses.replace(OWN_NAVIGATION, vectored=True), ICAO)
    assert call.responsible == "controller"
    assert "8.6.5.2" in call.responsibility_reason


def test_a_direct_route_off_the_ats_route_makes_the_controller_responsible() -> None:
    call = say(dataclasses.replace(OWN_NAVIGATION, direct_off_route=True), ICAO)
    assert call.responsible == "controller"
    assert call.text.startswith("SWR123 LOW ALTITUDE WARNING")


def test_unknown_navigation_is_said_to_be_unknown() -> None:
    call = say(dataclasses.replace(OWN_NAVIGATION, vectored=None), ICAO)
    assert call.responsible == "crew"
    assert "not known" in call.responsibility_reason


def test_every_situation_has_words_or_a_stated_none() -> None:
    kinds = {"MSAW": ["below"], "APM": ["below", "above", "left", "right"], "APW": ["inside"]}
    answered = 0
    for net, (vectored, final, visual, qnh_hpa, minimum_ft) in itertools.product(
        kinds,
        itertools.product([True, False, None], [True, False], [True, False, None], [1006.0, None], [7000.0, None]),
    ):
        for kind, severity in itertools.product(kinds[net], ["caution", "warning"]):
            call = say(
                dataclasses.replace(
                    OWN_NAVIGATION,
                    net=net,
                    kind=kind,
                    severity=severity,
                    vectored=vectored,
                    on_final=final,
                    visual=visual,
                    qnh_hpa=qnh_hpa,
                    minimum_flight_altitude_ft=minimum_ft,
                ),
                ICAO,
            )
            assert call.text == "".join(part.text for part in call.parts) or not call.has_words
            assert call.source
            assert call.controller_action
            answered += 1
    assert answered == 3 * 2 * 3 * 2 * 2 * 6 * 2
