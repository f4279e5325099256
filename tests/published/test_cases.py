"""The published cases: calibrations hold, and the page says what comes out now."""

import pytest

from tests.published import suite


@pytest.fixture(scope="module")
def found():
    return suite.numbers()


@pytest.mark.requirement("REQ-DETECT")
def test_every_calibration_is_inside_its_tolerance_or_says_why_not(found):
    calibrations = [number for number in found if number.kind == "calibration"]
    assert len(calibrations) >= 12
    assert {number.case for number in calibrations if not number.inside} == {"Zurich 1990, Alitalia 404"}
    for number in calibrations:
        assert bool(number.outside) != number.inside


def test_the_floor_of_one_event_of_guam_predicts_the_warning_of_the_other(found):
    """64 s in the NTSB's report, from the floor at which the MSAW alerted five years later: two scans of 4.8 s."""
    (predicted,) = [number for number in found if "the impact" in number.what]
    assert (predicted.kind, predicted.published) == ("prediction", "64")
    assert predicted.ours == pytest.approx(64.0, abs=9.6)


def test_the_page_is_what_the_suite_writes_now(found):
    assert suite.PAGE.read_text(encoding="utf-8") == suite.page(found), "to mend: make cases"


def test_a_number_that_is_not_met_is_shown_as_outside(found):
    outside = [number for number in found if not number.inside]
    text = suite.page(found)
    assert text.count("**outside**") == len(outside)
    guam = next(number for number in found if number.what == "altitude when the MSAW alerts")
    assert guam.kind == "prediction"


def test_every_case_says_its_kinds_parameters_and_reasons():
    for case in suite.load()["cases"]:
        assert case["parameters"]
        for number in case["numbers"]:
            assert number["kind"] in ("calibration", "prediction")
            assert number["reason"]
            assert ("published" in number) != ("at_least" in number)
