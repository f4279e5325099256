"""A scenario file that cannot be used says file, line, key, problem and mend."""

import pytest

from safetynets.errors import ScenarioError, SiteError
from safetynets.runs import load_scenario, run_scenario
from safetynets.runs.overrides import parse
from safetynets.sites import shipped_folder

GENEVA = (shipped_folder() / "geneva-early-descent.toml").read_text(encoding="utf-8")
FAULT = '\n[[faults]]\nfault = "wrong_altimeter_setting"\ncallsign = "DESCENT1"\n'


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("story =", "stori =", "stori: unknown key 'stori'; write 'story'"),
        ("until_distance_nm", "until_distanc_nm", "unknown key 'until_distanc_nm'; write 'until_distance_nm'"),
        (
            'do = "intercept"',
            'do = "intercpt"',
            "legs[1].do: unknown do 'intercpt'; write 'intercept'",
        ),
        ("altitude_ft = 7000\nspeed", "altitude_m = 2134\nspeed", "unknown key 'altitude_m'; write 'altitude_ft'"),
        ("speed_kt = 210", "speed_kt = nan", "speed_kt: nan is not a finite number; write a finite number"),
        ("speed_kt = 210", "speed_kt = inf", "speed_kt: inf is not a finite number; write a finite number"),
        ("qnh_hpa = 1013", "qnh_hpa = 29.92", "this looks like inches of mercury: write 1013.2"),
        ("start = 2023-11-05T11:00:00Z", "", "the key 'start' is missing; say when the flights begin"),
        ("11:00:00Z", "11:00:00", "2023-11-05T11:00:00 does not say its time zone; add Z for UTC"),
        ("[pressure]", "[pressure", "not valid TOML"),
    ],
)
def test_a_mistake_in_a_scenario_names_its_place_and_its_mend(written, instead, said, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(GENEVA.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_the_line_of_a_mistake_is_said(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(GENEVA + FAULT + "erorr_hpa = 10\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=rf"line {len(file.read_text().splitlines())}: .*erorr_hpa.*'error_hpa'"):
        load_scenario(file)


def test_an_empty_scenario_is_refused(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("", encoding="utf-8")
    with pytest.raises(ScenarioError, match="is empty"):
        load_scenario(file)


def test_an_unknown_scenario_names_the_nearest():
    with pytest.raises(ScenarioError, match="write 'paris-arrivals'"):
        load_scenario("paris-arivals")


def test_a_recording_that_is_missing_is_named_with_its_scenario(tmp_path):
    text = (shipped_folder() / "zurich-approach.toml").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(text.replace("data/zurich", "data/zuerich"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"mine\.toml: recording\.file: there is no file 'data/zuerich"):
        run_scenario(file)


def test_a_fault_in_a_flight_that_is_not_there_is_refused(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(GENEVA + FAULT.replace("DESCENT1", "DESCENT2") + "error_hpa = 10\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="DESCENT2"):
        run_scenario(file)


@pytest.mark.parametrize(
    ("override", "nearest"),
    [
        ({"apm.below_feet": 100}, "below_ft"),
        ({"apmm.below_ft": 100}, "apm"),
        ({"pressure.qnh": 1000}, "qnh_hpa"),
        ({"approaches.LSGG 23.start_distance_nm": 8}, "LSGG 22"),
    ],
)
def test_an_override_with_a_typing_error_names_the_nearest(override, nearest):
    with pytest.raises((ScenarioError, SiteError), match=nearest):
        run_scenario("geneva-early-descent", override)


@pytest.mark.parametrize("text", ["apm.below_ft", "=3", "apm.below_ft="])
def test_an_override_without_key_or_value_is_refused(text):
    with pytest.raises(ScenarioError, match="write key=value"):
        parse([text])


def test_an_override_given_twice_is_refused():
    with pytest.raises(ScenarioError, match="given twice"):
        parse(["apm.below_ft=1", "apm.below_ft=2"])
