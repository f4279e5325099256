"""The published cases: calibrations hold, and the page says what comes out now."""

import pytest

from tests.published import suite


@pytest.fixture(scope="module")
def found():
    return suite.numbers()


@pytest.mark.requirement("REQ-DETECT")
def test_every_calibration_is_inside_its_tolerance(found):
    calibrations = [number for number in found if number.kind == "calibration"]
    assert len(calibrations) >= 7
    assert [number for number in calibrations if not number.inside] == []


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
