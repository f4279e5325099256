"""A site file that cannot be used: one message with file, line, key, problem and mend, and no traceback."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from safetynets.errors import SiteError
from safetynets.sites import load_site
from safetynets.sites.problems import from_validation
from tests.sites.site_texts import APPROACH, HEAD, REGION, VOLUME


def test_unknown_key_is_refused_with_its_line_and_the_nearest_valid_key(refusal_of):
    message = refusal_of(VOLUME.replace("ceiling_fl = 95", "ceiling_fl = 95\nlateral_bufer_m = 100"))
    assert message == (
        "site.toml: line 11: volumes.box.lateral_bufer_m: unknown key 'lateral_bufer_m'; write 'lateral_buffer_m'"
    )


def test_unknown_key_of_one_kind_among_several_is_answered_with_a_key_of_that_kind():
    """A triangular delay has a `high_s`, an exponential one has none: the mend is for what the user wrote."""

    class Triangular(BaseModel, extra="forbid"):
        kind: Literal["triangular"]
        high_s: float = 2.0

    class Exponential(BaseModel, extra="forbid"):
        kind: Literal["exponential"]
        mean_s: float = 1.0

    class Delays(BaseModel):
        delay: Annotated[Triangular | Exponential, Field(discriminator="kind")]

    for kind, wrong, right in (("triangular", "higi_s", "high_s"), ("exponential", "mean", "mean_s")):
        with pytest.raises(ValidationError) as refused:
            Delays.model_validate({"delay": {"kind": kind, wrong: 3.0}})
        [problem] = from_validation(refused.value, Delays)
        assert problem.path == ("delay", wrong)
        assert problem.mend == f"write {right!r}"


def test_unknown_table_is_refused_with_the_nearest_valid_one(refusal_of):
    assert "line 4: msav: unknown key 'msav'; write 'msaw'" in refusal_of("[msav]\n")


def test_a_flight_level_above_60_000_ft_is_refused(refusal_of):
    message = refusal_of(VOLUME.replace("ceiling_fl = 95", "ceiling_fl = 601"))
    assert "volumes.box.ceiling_fl: must be less than or equal to 600, not 601" in message


def test_key_with_another_unit_is_refused(refusal_of):
    message = refusal_of(VOLUME.replace("floor_ft = 0", "floor_m = 0"))
    assert "unknown key 'floor_m'; write 'floor_ft'" in message


def test_all_problems_are_listed_in_one_message_one_line_each(refusal_of):
    text = VOLUME.replace("restricted", "forbidden") + APPROACH.replace("angle_deg = 3.0", "angle_deg = 0")
    message = refusal_of(text + REGION.replace("1020", "29.92"))
    lines = message.splitlines()
    assert lines[0] == "site.toml: 3 problems:"
    assert [line.split(": ")[1] for line in lines[1:]] == [
        "approaches.XXXX 36.angle_deg",
        "volumes.box.purpose",
        "pressure_regions.everywhere.qnh_hpa",
    ]


def test_missing_source_is_refused(refusal_of):
    message = refusal_of(VOLUME.replace('source = "made for a test"\n', ""))
    assert message == "site.toml: line 5: volumes.box.source: the key 'source' is missing; add it"


def test_empty_source_is_refused(refusal_of):
    assert "volumes.box.source: is empty" in refusal_of(VOLUME.replace("made for a test", " "))


def test_value_without_a_source_in_a_parameter_table_is_refused(refusal_of):
    message = refusal_of("[msaw]\nlook_ahead_s = 60\n")
    assert "line 5: msaw.look_ahead_s: the value has no source; under [msaw.source] write look_ahead_s =" in message


def test_source_of_a_value_that_is_not_set_is_refused(refusal_of):
    message = refusal_of('[msaw]\nlook_ahead_s = 60\n[msaw.source]\nlook_ahead_s = "us"\nclear_n = "us"\n')
    assert "line 8: msaw.source.clear_n: the source of a value that is not set" in message


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
@pytest.mark.parametrize(
    ("old", "key"),
    [("floor_ft = 0", "floor_ft"), ("[46.0, 6.1]", "polygon_deg[2][2]")],
)
def test_nan_and_infinity_are_refused(refusal_of, value, old, key):
    new = old[: old.rindex(" ") + 1] + value + ("]" if "]" in old else "")
    assert f"volumes.box.{key}: {value} is not a finite number" in refusal_of(VOLUME.replace(old, new, 1))


def test_nan_parameter_is_refused(refusal_of):
    message = refusal_of('[apm]\nbelow_ft = nan\n[apm.source]\nbelow_ft = "us"\n')
    assert "line 5: apm.below_ft: nan is not a finite number" in message


@pytest.mark.parametrize("value", ['"60"', "true", "[60]"])
def test_parameter_of_another_type_is_refused_and_not_converted(refusal_of, value):
    message = refusal_of(f'[msaw]\nlook_ahead_s = {value}\n[msaw.source]\nlook_ahead_s = "us"\n')
    assert "line 5: msaw.look_ahead_s: must be a valid number" in message


@pytest.mark.parametrize(
    ("length", "shown"), [(58, f"'{'a' * 58}'"), (59, f"'{'a' * 56}...")], ids=["as it is", "its beginning"]
)
def test_a_refused_value_of_more_than_60_characters_is_shown_by_its_beginning(refusal_of, length, shown):
    """The quotation marks are of the 60."""
    message = refusal_of(f'[msaw]\nlook_ahead_s = "{"a" * length}"\n[msaw.source]\nlook_ahead_s = "us"\n')
    assert message.splitlines()[0].endswith(f"must be a valid number, not {shown}")


def test_parameter_out_of_range_is_refused_with_the_range(refusal_of):
    message = refusal_of('[msaw]\nlook_ahead_s = 600\n[msaw.source]\nlook_ahead_s = "us"\n')
    assert "must be less than or equal to 180, not 600" in message


def test_confirmation_that_can_never_happen_is_refused(refusal_of):
    message = refusal_of('[msaw]\npredicted_m = 4\n[msaw.source]\npredicted_m = "us"\n')
    assert "msaw.predicted_m: 4 of the last 3 plots can never be" in message


def test_toml_typo_names_the_line(refusal_of):
    assert "not valid TOML" in (message := refusal_of("[msaw\n"))
    assert "line 4" in message


def test_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "site.toml").write_bytes(b"title = \xff\n")
    with pytest.raises(SiteError, match=r"site\.toml: cannot be read: not UTF-8 text \(byte 8\)"):
        load_site(tmp_path)


def test_empty_file_names_every_missing_key(refusal_of):
    message = refusal_of(head="")
    for key in ("title", "centre_deg", "source"):
        assert f"{key}: the key '{key}' is missing" in message


def test_table_where_a_list_of_tables_belongs_is_refused(refusal_of):
    message = refusal_of(VOLUME.replace("[[volumes]]", "[volumes]"))
    assert "line 5: volumes: must be a list, not" in message


def test_value_where_a_table_belongs_is_refused_also_with_an_override(refusal_of):
    assert "line 4: msaw: must be a table, not 3" in refusal_of("msaw = 3\n")
    assert "msaw: must be a table, not 3" in refusal_of("msaw = 3\n", **{"msaw.look_ahead_s": 20})


def test_unknown_site_names_the_nearest_shipped_one():
    with pytest.raises(SiteError, match="there is no site 'genevva'; write 'geneva'"):
        load_site("genevva")


def test_folder_without_a_site_file_says_so(tmp_path):
    with pytest.raises(SiteError, match=r"the folder holds no site\.toml"):
        load_site(tmp_path)


@pytest.mark.parametrize("missing", ["threshold_deg = [46.0, 6.0]\n", "angle_deg = 3.0\n"])
def test_approach_without_threshold_or_angle_is_refused(refusal_of, missing):
    assert missing.split(" ")[0] in refusal_of(APPROACH.replace(missing, ""))


def test_approach_whose_monitoring_ends_before_it_starts_is_refused(refusal_of):
    message = refusal_of(APPROACH + "start_distance_nm = 2.0\nend_distance_nm = 2.0\n")
    assert "line 15: approaches.XXXX 36.start_distance_nm: 2.0 NM is not farther out than end_distance_nm" in message


@pytest.mark.parametrize("profile", ["[]", "[[0, 1050]]", "[[2, 1700], [1, 1400]]", "[[1, 1400], [1, 1500]]"])
def test_profile_that_is_no_line_over_distance_is_refused(refusal_of, profile):
    text = APPROACH.replace("angle_deg = 3.0", f'path = "profile"\nprofile = {profile}')
    assert "approaches.XXXX 36.profile: a profile needs two or more points" in refusal_of(text)


def test_angle_beside_a_profile_is_refused(refusal_of):
    message = refusal_of(APPROACH + 'path = "profile"\nprofile = [[0, 1050], [10, 4200]]\n')
    assert "approaches.XXXX 36.angle_deg: a profile has no angle" in message


def test_displacement_without_a_runway_end_is_refused(refusal_of):
    message = refusal_of(APPROACH + "displaced_threshold_ft = 900\n")
    assert "displaced_threshold_ft: a displacement without a runway end" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VOLUME.replace("floor_ft = 0\n", ""), "needs exactly one of floor_ft and floor_fl"),
        (VOLUME.replace("floor_ft = 0", "floor_ft = 0\nfloor_fl = 10"), "needs exactly one of floor_ft and floor_fl"),
        (VOLUME.replace("floor_ft = 0", "floor_fl = 95"), "ceiling_fl: 95.0 is not above floor_fl = 95.0"),
        (VOLUME + "centre_deg = [46.0, 6.0]\nradius_nm = 2\n", "exactly one of polygon_deg and centre_deg"),
        (VOLUME + "radius_nm = 2\n", "a circle needs centre_deg"),
        (VOLUME + 'allowed_ssr_codes = ["7801"]\n', "allowed_ssr_codes[1]"),
        (VOLUME + 'manual = "on"\nactive = [{from = "2021-10-07T12:00Z", to = "2021-10-07T13:00Z"}]\n', "manual: swit"),
    ],
)
def test_volume_that_contradicts_itself_is_refused(refusal_of, text, said):
    assert said in refusal_of(text)


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ('{from = "2021-10-07T12:00:00", to = "2021-10-07T13:00:00Z"}', "does not say its time zone; add Z for UTC"),
        ('{from = 2021-10-07T12:00:00, to = "2021-10-07T13:00:00Z"}', "does not say its time zone; add Z for UTC"),
        ('{from = "noon", to = "2021-10-07T13:00:00Z"}', "'noon' is not a time"),
        ('{from = 1633608000, to = "2021-10-07T13:00:00Z"}', "is not a time with its date"),
        ('{from = "2021-10-07T14:00:00Z", to = "2021-10-07T13:00:00Z"}', "the period ends before it begins"),
        ('{from = "2021-10-07T13:00:00Z", to = "2021-10-07T13:00:00Z"}', "the period ends before it begins"),
    ],
)
def test_time_without_a_zone_or_in_the_wrong_order_is_refused(refusal_of, period, said):
    assert said in refusal_of(VOLUME + f"active = [{period}]\n")


def test_time_of_the_day_with_a_zone_is_refused(refusal_of):
    text = VOLUME + 'weekly = [{days = ["mon"], from = "08:00+01:00", to = "17:00"}]\n'
    assert "not a time of the day" in refusal_of(text)


def test_qnh_in_inches_is_refused_with_its_value_in_hectopascals(refusal_of):
    message = refusal_of(REGION.replace("1020", "29.92"))
    assert "29.92 hPa is not a plausible QNH; this looks like inches of mercury: write 1013.2" in message


def test_implausible_qnh_is_refused_with_the_range(refusal_of):
    assert "102.0 hPa is not a plausible QNH; write hectopascals, from 850 to 1100" in refusal_of(
        REGION.replace("1020", "102")
    )


def test_unordered_qnh_list_is_refused(refusal_of):
    qnh = 'qnh = [{from = "2021-10-07T12:00Z", hpa = 1020}, {from = "2021-10-07T11:00Z", hpa = 1021}]'
    assert "qnh: the times of the QNH are not ascending" in refusal_of(REGION.replace("qnh_hpa = 1020", qnh))


def test_two_regions_that_overlap_are_refused_since_a_point_would_have_two_qnhs(refusal_of):
    square = "polygon_deg = [[46.0, 6.0], [46.0, 6.2], [46.2, 6.2], [46.2, 6.0]]\n"
    other = REGION.replace("everywhere", "other")
    assert "overlaps the region 'everywhere'" in refusal_of(REGION + other)
    assert "overlaps the region 'everywhere'" in refusal_of(REGION + square + other + square)


def test_two_items_of_one_name_are_refused(refusal_of):
    message = refusal_of(VOLUME + VOLUME)
    assert message == (
        "site.toml: line 14: volumes.box.name: the name 'box' is taken by an item above; give it another"
    )


def test_one_name_in_two_lists_is_accepted(site_of):
    site = load_site(site_of(VOLUME + APPROACH.replace("XXXX 36", "box")))
    assert site.volumes[0].name == site.approaches[0].name == "box"


def test_head_of_the_tests_is_a_valid_site(tmp_path: Path):
    (tmp_path / "site.toml").write_text(HEAD + VOLUME + APPROACH + REGION)
    assert load_site(tmp_path).title == "A test site"
