from __future__ import annotations

import pytest

from safetynets.errors import SiteError
from safetynets.sites import load_site
from safetynets.sites.load import default_sources
from tests.sites.site_texts import APPROACH, REGION, VOLUME

TWO = APPROACH + APPROACH.replace("36", "18")


def test_overridden_parameter_has_the_new_value_and_says_where_it_comes_from(site_of):
    site = load_site(site_of(), {"msaw.look_ahead_s": "60"})
    assert site.parameters.msaw.look_ahead_s == 60.0
    assert site.parameter_sources["msaw.look_ahead_s"] == "command line"
    assert site.parameter_sources["apm.look_ahead_s"] == default_sources()["apm.look_ahead_s"]


def test_override_takes_the_place_of_value_and_source_in_the_file(site_of):
    text = '[apm]\nbelow_ft = 200\n[apm.source]\nbelow_ft = "the file"\n'
    assert load_site(site_of(text)).parameter_sources["apm.below_ft"] == "the file"
    site = load_site(site_of(text), {"apm.below_ft": 150}, "a scenario")
    assert (site.parameters.apm.below_ft, site.parameter_sources["apm.below_ft"]) == (150.0, "a scenario")


def test_each_override_may_have_its_own_source(site_of):
    overrides = {"apm.below_ft": 150, "msaw.clear_n": 3}
    site = load_site(site_of(), overrides, {"apm.below_ft": "a scenario", "msaw.clear_n": "command line"})
    assert site.parameter_sources["apm.below_ft"] == "a scenario"
    assert site.parameter_sources["msaw.clear_n"] == "command line"


def test_item_of_a_list_is_overridden_by_its_name(site_of):
    site = load_site(site_of(TWO), {"approaches.XXXX 18.start_distance_nm": "8"})
    assert [approach.start_distance_nm for approach in site.approaches] == [10.0, 8.0]
    assert site.approaches[1].source == "made for a test; start_distance_nm: command line"
    assert site.approaches[0].source == "made for a test"


def test_star_overrides_every_item_of_a_list(site_of):
    site = load_site(site_of(TWO), {"approaches.*.end_distance_nm": "1.5"})
    assert [approach.end_distance_nm for approach in site.approaches] == [1.5, 1.5]


def test_overridden_qnh_replaces_a_qnh_by_time(site_of):
    qnh = 'qnh = [{from = "2021-10-07T12:00:00Z", hpa = 1001}]'
    site = load_site(site_of(REGION.replace("qnh_hpa = 1020", qnh)), {"pressure_regions.*.qnh_hpa": 1028})
    assert site.pressure_regions[0].qnh == ((float("-inf"), 1028.0),)


def test_overridden_floor_in_feet_replaces_a_flight_level(site_of):
    site = load_site(site_of(VOLUME), {"volumes.box.ceiling_ft": "4000"})
    assert (site.volumes[0].ceiling.value_ft, site.volumes[0].ceiling.is_flight_level) == (4000.0, False)


def test_overridden_profile_takes_the_place_of_the_angle(site_of):
    profile = {"approaches.XXXX 36.path": "profile", "approaches.XXXX 36.profile": [[0, 1450], [10, 4600]]}
    (approach,) = load_site(site_of(APPROACH), profile).approaches
    assert (approach.path, approach.profile, approach.angle_deg) == ("profile", ((0.0, 1450.0), (10.0, 4600.0)), 0.0)


def test_word_without_quotes_is_a_string(site_of):
    site = load_site(site_of(), {"arbitration.rule": "show_all", "msaw.excluded_ssr_codes": '["7000", "2000"]'})
    assert site.parameters.arbitration.rule == "show_all"
    assert site.parameters.msaw.excluded_ssr_codes == ("7000", "2000")


def test_value_of_the_whole_site_can_be_overridden(site_of):
    assert load_site(site_of(), {"geoid_undulation_m": "45"}).geoid_undulation_m == 45.0


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("msaw.look_ahed_s", "nothing is called 'look_ahed_s'; write 'look_ahead_s'"),
        ("msav.look_ahead_s", "nothing is called 'msav'; write 'msaw'"),
        ("approaches.XXXX 35.angle_deg", "nothing is called 'XXXX 35'; write 'XXXX 36'"),
        ("approaches.XXXX 36.angel_deg", "nothing is called 'angel_deg'; write 'angle_deg'"),
        ("approaches.XXXX 36.source", "nothing is called 'source'"),
        ("volumes.*.floor_ft", "this site has no volumes"),
        ("msaw", "names no value; write msaw.KEY=..."),
        ("msaw.a.look_ahead_s", "names no value; write msaw.look_ahead_s=..."),
        ("title.text", "names no value; write title=..."),
    ],
)
def test_address_that_names_nothing_is_refused_with_the_nearest(site_of, address, said):
    with pytest.raises(SiteError) as caught:
        load_site(site_of(APPROACH), {address: "1"})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("address", "value", "said"),
    [
        ("msaw.look_ahead_s", "nan", "override of msaw.look_ahead_s: nan is not a finite number"),
        ("msaw.look_ahead_s", "soon", "override of msaw.look_ahead_s: must be a valid number, not 'soon'"),
        ("msaw.look_ahead_s", "1\nclear_n = 2", "must be a valid number"),
        ("msaw.look_ahead_s", "181", "override of msaw.look_ahead_s: must be less than or equal to 180, not 181"),
        ("approaches.*.angle_deg", "-3", "override of approaches.XXXX 36.angle_deg: must be greater than 0, not -3"),
        ("pressure_regions.*.qnh_hpa", "30.1", "this looks like inches of mercury: write 1019.3"),
    ],
)
def test_overridden_value_goes_through_the_same_checks(site_of, address, value, said):
    with pytest.raises(SiteError) as caught:
        load_site(site_of(APPROACH + REGION), {address: value})
    assert said in str(caught.value)


def test_a_parameter_of_one_place_is_found_by_the_name_of_the_place(site_of):
    (local,) = load_site(site_of(APPROACH), {'apm["XXXX 36"].below_ft': "150"}).local_parameters
    assert (local.kind, local.name, local.values) == ("approaches", "XXXX 36", {"apm": {"below_ft": 150.0}})


def test_a_name_that_two_places_share_is_refused_with_the_address_in_full(site_of):
    both = site_of(VOLUME + APPROACH.replace("XXXX 36", "box"))
    with pytest.raises(SiteError) as caught:
        load_site(both, {'apw["box"].clear_n': "2"})
    assert "'box' is one of volumes and of approaches; write volumes.box.parameters.apw.clear_n" in str(caught.value)


@pytest.mark.parametrize(
    ("in_the_file", "source"),
    [
        ("", "apm.below_ft: command line"),
        ('parameters.apm.clear_n = 2\nparameters_source = "the file"\n', "the file"),
    ],
)
def test_parameters_of_an_approach_keep_their_source_in_the_file_and_get_one_where_there_is_none(
    site_of, in_the_file, source
):
    overrides = {"approaches.XXXX 36.parameters.apm.below_ft": "150"}
    (local,) = load_site(site_of(APPROACH + in_the_file), overrides).local_parameters
    assert (local.values["apm"]["below_ft"], local.source) == (150.0, source)


def test_a_parameter_of_a_region_is_overridden_and_the_region_keeps_its_own_source(site_of):
    region = """
[[parameter_regions]]
name = "City"
centre_deg = [46.0, 6.0]
radius_nm = 4
parameters.apm.clear_n = 2
source = "made for a test"
"""
    (local,) = load_site(site_of(region), {"parameter_regions.City.parameters.apm.clear_n": "3"}).local_parameters
    assert (local.values, local.source) == ({"apm": {"clear_n": 3}}, "made for a test")


def test_parameters_are_equal_where_every_value_is(site_of):
    plain, again, other = (load_site(site_of(), given).parameters for given in ({}, {}, {"apm.below_ft": "150"}))
    assert plain == again
    assert plain != other
    assert plain != plain.tables


def test_every_parameter_has_a_source(site_of):
    site = load_site(site_of())
    for net, table in site.parameters.tables.items():
        for name in type(table).model_fields:
            assert site.parameter_sources[f"{net}.{name}"]
