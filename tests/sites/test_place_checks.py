"""Parameters that depend on the place, nets switched off, approaches not watched, inhibit volumes that are circles."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapely import Point

from safetynets.errors import SiteError
from safetynets.sites import load_site
from safetynets.sites.local_parameters import with_places
from tests.sites.site_texts import APPROACH, HEAD, REGION, VOLUME

HIGH_AERODROME = Path(__file__).parent / "files" / "high-aerodrome"

CIRCLE = """
[[inhibit_volumes]]
name = "runway"
nets = ["MSAW"]
centre_deg = [46.0, 6.0]
radius_nm = 5
floor_ft = 0
ceiling_ft = 3000
reason = "approach and departure"
source = "made for a test"
"""


def test_join_ceiling_lies_above_the_approaches_of_a_high_aerodrome():
    site = load_site(HIGH_AERODROME / "site")
    assert site.parameters.apm.join_ceiling_ft == 16_500.0 + 3_000.0
    assert "3,000 ft above the highest approach path" in site.parameter_sources["apm.join_ceiling_ft"]


@pytest.mark.parametrize("name", ["geneva", "paris"])
def test_join_ceiling_of_a_low_aerodrome_is_the_plain_default(name):
    site = load_site(name, {"terrain.extent_nm": 1})
    assert site.parameters.apm.join_ceiling_ft == 10_000.0
    assert site.parameter_sources["apm.join_ceiling_ft"] == "simulator default"


def test_approach_300_ft_low_at_a_high_aerodrome_alerts():
    """At 13,314 ft with a join ceiling of 10,000 ft no approach was ever joined, and nothing was said."""
    from safetynets.runs import replay

    run = replay(HIGH_AERODROME / "track.csv", HIGH_AERODROME / "site", qnh_hpa=1013.25)
    assert [(alert.net, alert.kind, alert.area) for alert in run.alerts] == [("APM", "below", "T 10")]


def test_join_ceiling_below_an_approach_is_refused_with_the_altitude_needed(refusal_of):
    message = refusal_of(APPROACH + '[apm]\njoin_ceiling_ft = 3000\n[apm.source]\njoin_ceiling_ft = "us"\n')
    assert message == (
        "site.toml: line 16: apm.join_ceiling_ft: 3,000 ft is below the path of 'XXXX 36' where its monitoring begins "
        "(4,000 ft): flights would join it late or never; write 4000 or more, or leave it out"
    )


def test_capture_region_within_the_lateral_limits_is_refused_where_they_alert(refusal_of, site_of):
    narrow = {"apm.capture_half_width_m": 100, "apm.capture_splay_deg": 1}
    assert load_site(site_of(APPROACH), narrow).parameters.apm.kinds == ("below",)
    message = refusal_of(APPROACH, **narrow, **{"apm.kinds": '["below", "left"]'})
    assert "the capture region lies within the lateral limits of 'XXXX 36': left can never alert" in message


def test_inhibit_volume_may_be_a_circle_and_is_nowhere_larger_than_it(site_of):
    area = load_site(site_of(CIRCLE)).inhibit_volumes[0].area
    assert area.within(Point(0.0, 0.0).buffer(9260.01, quad_segs=4096))
    assert area.covers(Point(0.0, 0.0).buffer(9259.0, quad_segs=4096))


def test_inhibit_volume_needs_a_polygon_or_a_circle(refusal_of):
    message = refusal_of(CIRCLE.replace("radius_nm = 5\n", ""))
    assert "a circle needs centre_deg and exactly one of radius_nm and radius_m" in message


def test_approach_that_is_not_monitored_is_flown_but_not_watched(site_of):
    text = APPROACH + APPROACH.replace("XXXX 36", "XXXX 18").replace(
        'runway = "36"', 'runway = "18"\nmonitored = false'
    )
    site = load_site(site_of(text))
    assert [approach.name for approach in site.approaches] == ["XXXX 36"]
    assert [approach.name for approach in site.flown_approaches] == ["XXXX 36", "XXXX 18"]


def test_net_that_is_switched_off_judges_nothing_and_no_run_warns_of_it(tmp_path):
    from safetynets.runs import replay

    text = (HIGH_AERODROME / "site" / "site.toml").read_text(encoding="utf-8")
    (tmp_path / "site.toml").write_text(text + '\n[switched_off]\nAPM = "there is none here"\nMSAW = "nor this"\n')
    run = replay(HIGH_AERODROME / "track.csv", tmp_path, qnh_hpa=1013.25)
    assert not run.alerts
    assert run.site.switched_off == {"APM": "there is none here", "MSAW": "nor this"}
    assert not [warning for warning in run.manifest["warnings"] if warning.startswith(("APM", "MSAW"))]
    told = {row["name"]: row for row in run.manifest["parameters"]}["apm.flight_rules"]
    assert told["source"] == "switched off at this site: there is none here"


def test_unknown_net_is_not_switched_off_in_silence(refusal_of):
    assert "no net is called 'TAWS'" in refusal_of('[switched_off]\nTAWS = "us"\n', HEAD + REGION)


MANY_OF_MANY = 'parameters.apm = {current_m = 3, current_n = 4}\nparameters_source = "made for a test"\n'
TWO_PLOTS = 'parameters.apm = {current_n = 2}\nparameters_source = "made for a test"\n'
"""Each is allowed alone; where both hold, 3 violations of 2 plots can never be."""


def test_what_two_approaches_ask_for_never_meets_because_a_flight_joins_one(site_of):
    other = APPROACH.replace("XXXX 36", "XXXX 01").replace('runway = "36"', 'runway = "01"')
    site = load_site(site_of(APPROACH + MANY_OF_MANY + other + TWO_PLOTS))
    assert len(site.local_parameters) == 2


def test_what_two_volumes_ask_for_never_meets_because_each_has_its_own_alert(site_of):
    many, two = MANY_OF_MANY.replace("apm", "apw"), TWO_PLOTS.replace("apm", "apw")
    site = load_site(site_of(VOLUME + many + VOLUME.replace('"box"', '"next"') + two))
    assert {one.group for one in site.local_parameters} == {"box", "next"}


def test_a_net_that_is_off_unless_it_is_switched_on_takes_parameters_only_where_it_is_on(site_of, refusal_of):
    text = '[stca]\nclear_n = 2\n[stca.source]\nclear_n = "us"\n'
    assert "stca: parameters of the STCA, which is not switched on" in refusal_of(text)
    assert load_site(site_of('switched_on = ["STCA"]\n' + text)).parameters.stca.clear_n == 2


def test_a_net_that_is_switched_on_and_off_is_refused(refusal_of):
    message = refusal_of('switched_on = ["STCA"]\n[switched_off]\nSTCA = "us"\n')
    assert "the STCA is switched on and off; name it in one of them" in message


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("below_ft = -5", "parameters.apm.below_ft: must be greater than or equal to 0, not -5"),
        ("current_m = 5", "parameters.apm.current_m: 5 of the last"),
        ("below_feet = 5", "parameters.apm.below_feet: the APM has no parameter 'below_feet'; write 'below_ft'"),
    ],
)
def test_a_value_of_one_approach_is_checked_as_that_of_the_site(refusal_of, values, said):
    message = refusal_of(APPROACH + f'parameters.apm = {{{values}}}\nparameters_source = "made for a test"\n')
    assert said in message


PAIRS = "parameters.stca.clear_n = 2\n"


def test_a_net_about_pairs_differs_by_region_and_not_by_approach(site_of, refusal_of):
    message = refusal_of(APPROACH + PAIRS + 'parameters_source = "made for a test"\n')
    assert "the STCA is about pairs of aircraft, which join no approach together; write a parameter region" in message
    region = '[[parameter_regions]]\nname = "City"\ncentre_deg = [46.0, 6.0]\nradius_nm = 4\nsource = "a test"\n'
    (local,) = load_site(site_of('switched_on = ["STCA"]\n' + region + PAIRS)).local_parameters
    assert local.values == {"stca": {"clear_n": 2}}


RUNWAY = """
[[runways]]
name = "18/36"
airport = "XXXX"
designators = ["36", "18"]
ends_deg = [[46.0, 6.0], [46.02, 6.0]]
elevation_ft = [1000, 1000]
source = "made for a test"
"""


@pytest.mark.parametrize(("end_deg", "length"), [("46.002", "222"), ("46.1", "11,1")], ids=["short", "long"])
def test_a_runway_of_no_plausible_length_is_refused_with_the_range(refusal_of, end_deg, length):
    message = refusal_of(RUNWAY.replace("46.02", end_deg))
    assert f"the ends are {length}" in message
    assert "m apart; a runway is 300 to 8,000 m long" in message


@pytest.mark.parametrize(
    ("old", "new", "key"), [('"18"]', '"36"]', "designators"), ("[46.02, 6.0]", "[46.0, 6.0]", "ends_deg")]
)
def test_a_runway_whose_ends_are_the_same_is_refused_by_what_is_the_same(refusal_of, old, new, key):
    assert f"runways.18/36.{key}: the two ends of a runway are the same" in refusal_of(RUNWAY.replace(old, new))


def test_two_volumes_of_one_group_share_their_parameters(site_of, refusal_of):
    """They share one alert: the same is taken once, and what differs is refused."""
    one, other = (VOLUME.replace('"box"', f'"{name}"') + 'group = "both"\n' for name in ("low", "high"))
    many, two = MANY_OF_MANY.replace("apm", "apw"), TWO_PLOTS.replace("apm", "apw")
    (shared,) = load_site(site_of(one + many + other + many)).local_parameters
    assert (shared.group, shared.values) == ("both", {"apw": {"current_m": 3, "current_n": 4}})
    message = refusal_of(one + many + other + two)
    assert "volumes.high.parameters: other parameters than 'low', with which it shares one alert" in message


def test_of_three_regions_each_two_are_tried_together(site_of):
    regions = [
        f"""
[[parameter_regions]]
name = "{name}"
centre_deg = [46.0, 6.0]
radius_nm = {radius_nm}
parameters.apm = {{{values}}}
source = "made for a test"
"""
        for name, radius_nm, values in (("A", 6, "current_m = 2, current_n = 3"), ("B", 4, "clear_n = 2"), ("C", 2, ""))
    ]
    fitting, refused = (regions[2].replace("{}", f"{{current_n = {n}}}") for n in (2, 1))
    assert len(load_site(site_of("".join([*regions[:2], fitting]))).local_parameters) == 3
    with pytest.raises(SiteError, match="current_m"):
        load_site(site_of("".join([*regions[:2], refused])))


def test_regions_of_different_nets_ask_for_nothing_together(site_of):
    region = '[[parameter_regions]]\nname = "NAME"\ncentre_deg = [46.0, 6.0]\nradius_nm = 4\nsource = "a test"\n'
    text = region.replace("NAME", "City") + MANY_OF_MANY.split("parameters_source")[0]
    text += region.replace("NAME", "Finals") + TWO_PLOTS.split("parameters_source")[0].replace("apm", "msaw")
    assert [set(one.values) for one in load_site(site_of(text)).local_parameters] == [{"apm"}, {"msaw"}]


def test_a_region_of_a_configuration_holds_while_that_is_in_force_and_every_other_region_always(site_of):
    region = """
[[parameter_regions]]
name = "NAME"
centre_deg = [46.0, 6.0]
radius_nm = 4
parameters.apm.clear_n = 2
source = "made for a test"
"""
    fog = """
[[configurations]]
name = "Low visibility"
manual = "off"
parameter_regions = ["Finals"]
source = "made for a test"
"""
    site = load_site(site_of(region.replace("NAME", "City") + region.replace("NAME", "Finals") + fog))
    assert {one.name: one.schedule.ever for one in site.local_parameters} == {"City": True, "Finals": False}


def test_a_value_changed_in_a_place_that_has_parameters_leaves_its_others_alone(site_of):
    site = load_site(site_of(APPROACH + MANY_OF_MANY))
    changed = with_places(site, {("approaches", "XXXX 36"): {"apm": {"below_ft": 60.0}}}, "a study")
    assert [dict(one.values["apm"]) for one in changed.local_parameters] == [
        {"current_m": 3, "current_n": 4, "below_ft": 60.0}
    ]


def test_what_an_approach_and_a_region_ask_for_meets_on_the_approach_in_the_region(refusal_of):
    region = """
[[parameter_regions]]
name = "City"
centre_deg = [46.0, 6.0]
radius_nm = 4
source = "made for a test"
"""
    said = refusal_of(APPROACH + TWO_PLOTS + region + MANY_OF_MANY.split("parameters_source")[0])
    assert "City" in said
    assert "current_m" in said
