"""Faults of each cause of a wrong setting, and of a wrong selected altitude, in files, generator and recordings."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from safetynets.errors import ScenarioError
from safetynets.traffic import Fault, apply_faults
from safetynets.traffic.faults.misreadings import misread_hpa
from safetynets.traffic.generator.movements import drawn_fault
from safetynets.traffic.generator.settings import FaultKind
from tests.nets.flights import flight
from tests.nets.situations import site

FAULT = TypeAdapter(Fault)


def parsed(**given):
    return FAULT.validate_python({"fault": "wrong_altimeter_setting", "callsign": "SWR123", **given})


@pytest.mark.parametrize(
    ("cause", "qnh_hpa", "set_hpa"),
    [
        ("digit_slipped", 1001.0, 1011.0),
        ("digit_slipped", 991.0, 981.0),  # 9 cannot slip upwards
        ("digits_transposed", 1012.0, 1021.0),
        ("digits_transposed", 1011.0, 1101.0),
        ("inches_as_hectopascals", 1010.9, 985.0),
        ("inches_as_hectopascals", 1018.0, 1006.0),  # 30.06 inHg
        ("hectopascals_as_inches", 998.0, 29.98 * 33.8639),
        ("hectopascals_as_inches", 1003.0, 30.03 * 33.8639),
        ("standard_left_in", 990.0, 1013.25),
    ],
)
def test_a_cause_gives_the_setting_of_the_crew(cause, qnh_hpa, set_hpa):
    assert misread_hpa(cause, qnh_hpa) == pytest.approx(set_hpa, abs=0.01)


def test_a_qnh_of_equal_digits_cannot_be_transposed():
    with pytest.raises(ScenarioError, match="QNH 999"):
        misread_hpa("digits_transposed", 999.0)


def test_a_setting_is_said_in_one_way():
    for both in ({}, {"cause": "digit_slipped", "error_hpa": 10.0}, {"set_hpa": 1011.0, "error_hpa": 10.0}):
        with pytest.raises(ValidationError, match="either 'set_hpa' or 'error_hpa' or 'cause'"):
            parsed(**both)


@pytest.mark.parametrize("wrong", [{"cause": "other_station"}, {"cause": "digit_slipped", "other_qnh_hpa": 1000.0}])
def test_only_another_station_has_another_qnh(wrong):
    with pytest.raises(ValidationError, match="other_qnh_hpa"):
        parsed(**wrong)


def test_the_flight_is_displaced_by_what_the_misread_setting_is_worth():
    level = flight(altitude_ft=3000.0, x_m=40_000.0, vx_mps=80.0, qnh_hpa=1001.0, duration_s=40.0)
    wrong, (record,) = apply_faults(level, [parsed(cause="digit_slipped", qnh_hpa=1001.0)], site())
    assert record.displacement_ft == pytest.approx(-275.0, abs=1.0)
    assert np.unique(wrong.baro_setting_hpa).tolist() == [1011.0]


def test_the_generator_draws_the_cause_it_is_given():
    kind = FaultKind(fault="wrong_altimeter_setting", weight=1.0, size=(5.0, 9.0), cause="digits_transposed")
    random = np.random.default_rng(1)
    drawn = drawn_fault(kind, "SWR1", "ILS 36", random, ils_share=0.0)
    assert (drawn.cause, drawn.error_hpa, drawn.set_hpa) == ("digits_transposed", None, None)
    other = kind.model_copy(update={"cause": "other_station"})
    errors = {drawn_fault(other, "SWR1", "ILS 36", random, ils_share=0.0).error_hpa for _ in range(40)}
    assert errors <= {sign * size for sign in (-1.0, 1.0) for size in range(5, 10)}
    assert min(errors) < 0.0 < max(errors)


def test_a_cause_of_another_fault_is_refused():
    with pytest.raises(ValidationError, match="wrong altimeter setting only"):
        FaultKind(fault="early_descent", weight=1.0, size=(1.0, 2.0), cause="digit_slipped")


def selected(**given):
    return FAULT.validate_python(
        {
            "fault": "wrong_selected_altitude",
            "callsign": "SWR123",
            "from_time": "1970-01-01T00:00:20Z",
            "selected_ft": 5000.0,
            **given,
        }
    )


def test_a_wrong_selected_altitude_is_sent_and_nothing_else_flown():
    level = flight(altitude_ft=6000.0, vx_mps=80.0, cleared_altitude_ft=4000.0, selected_altitude_ft=4000.0)
    wrong, (record,) = apply_faults(level, [selected(for_s=16.0)], site(), 1013.0)
    assert wrong.selected_altitude_ft.tolist() == [4000.0] * 5 + [5000.0] * 4 + [4000.0] * 7
    assert wrong.pressure_altitude_ft.tolist() == level.pressure_altitude_ft.tolist()
    assert (record.start_time_s, record.displacement_ft) == (20.0, 0.0)


def test_a_wrong_selected_altitude_needs_a_cleared_level():
    recorded = flight(altitude_ft=6000.0, vx_mps=80.0)
    with pytest.raises(ScenarioError, match="no cleared level is known") as refused:
        apply_faults(recorded, [selected()], site(), 1013.0)
    assert "cleared_ft" in str(refused.value)
    wrong, _ = apply_faults(recorded, [selected(cleared_ft=4000.0)], site(), 1013.0)
    assert np.unique(wrong.cleared_altitude_ft[5:]).tolist() == [4000.0]
    assert np.isnan(wrong.cleared_altitude_ft[:5]).all()
