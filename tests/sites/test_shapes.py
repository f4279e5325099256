"""Polygons, thresholds and courses on the plane; polygons that are none (zero length, open, repeated, crossing)."""

from __future__ import annotations

import math

import pytest
import shapely
from pyproj import Geod

from safetynets.sites import load_site
from safetynets.sites.schema import _position
from safetynets.units import nm_to_m
from tests.sites.site_texts import APPROACH, HEAD, REGION, VOLUME

SQUARE = "[[46.0, 6.0], [46.0, 6.1], [46.1, 6.1], [46.1, 6.0]]"


def volume(polygon: str, more: str = "") -> str:
    return VOLUME.replace(SQUARE, polygon) + more


def area_km2(file) -> float:
    return load_site(file).volumes[0].area.area / 1e6


def test_polygon_has_the_area_that_the_ellipsoid_gives(site_of):
    true_m2, _ = Geod(ellps="WGS84").polygon_area_perimeter([6.0, 6.1, 6.1, 6.0], [46.0, 46.0, 46.1, 46.1])
    # The plane is true to 0.01 % within 15 km of its centre.
    assert area_km2(site_of(VOLUME)) == pytest.approx(true_m2 / 1e6, rel=2e-4)


def test_winding_order_closing_and_repeated_corners_do_not_matter(site_of):
    expected = load_site(site_of(VOLUME)).volumes[0].area
    for polygon in (
        "[[46.1, 6.0], [46.1, 6.1], [46.0, 6.1], [46.0, 6.0]]",
        "[[46.0, 6.0], [46.0, 6.1], [46.1, 6.1], [46.1, 6.0], [46.0, 6.0]]",
        "[[46.0, 6.0], [46.0, 6.0], [46.0, 6.1], [46.1, 6.1], [46.1, 6.1], [46.1, 6.0]]",
    ):
        assert load_site(site_of(volume(polygon))).volumes[0].area.equals(expected)


@pytest.mark.parametrize(
    ("polygon", "said"),
    [
        ("[]", "only 0 different corners"),
        ("[[46.0, 6.0]]", "only 1 different corners"),
        ("[[46.0, 6.0], [46.0, 6.0], [46.0, 6.0], [46.0, 6.0]]", "only 1 different corners"),
        ("[[46.0, 6.0], [46.1, 6.1], [46.0, 6.0], [46.1, 6.1]]", "only 2 different corners"),
        ("[[46.0, 6.0], [46.1, 6.0], [46.2, 6.0]]", "line"),
        ("[[46.0, 6.0], [46.1, 6.1], [46.0, 6.1], [46.1, 6.0]]", "crosses itself near [46.05"),
        ("[[46.0, 6.0], [46.0, 6.1], [46.1, 6.1], [96.1, 6.0]]", "polygon_deg[4]: [96.1, 6.0] is no position"),
        ("[[46.0, 6.0], [46.0, 6.1], [46.1, 186.1], [46.1, 6.0]]", "[46.1, 186.1] is no position"),
        ("[[6.0, 46.0], [6.1, 46.0], [6.1, 46.1], [6.0, 46.1]]", "NM from the centre of the site; write [latitude"),
    ],
)
def test_polygon_that_is_none_is_refused(refusal_of, polygon, said):
    message = refusal_of(volume(polygon))
    assert "line 8: volumes.box.polygon_deg" in message
    assert said in message


def test_poles_and_the_180th_meridian_are_positions():
    for position in ((90.0, 180.0), (-90.0, -180.0)):
        assert _position(position) == position


def test_what_lies_600_nautical_miles_from_the_centre_is_of_the_site_and_what_lies_farther_is_not(site_of, refusal_of):
    near, far = (Geod(ellps="WGS84").fwd(6.0, 46.0, 0.0, nm_to_m(distance_nm))[1] for distance_nm in (599.5, 600.7))
    site = load_site(site_of(APPROACH.replace("[46.0, 6.0]", f"[{near}, 6.0]")))
    assert site.approaches[0].y_m == pytest.approx(nm_to_m(599.5), rel=0.01)
    assert "6.0] is 601 NM from the centre of the site" in refusal_of(APPROACH.replace("[46.0, 6.0]", f"[{far}, 6.0]"))


def test_ring_that_touches_itself_is_refused(refusal_of):
    polygon = "[[46.0, 6.0], [46.0, 6.1], [46.05, 6.05], [46.1, 6.1], [46.1, 6.0], [46.05, 6.05]]"
    assert "crosses itself near [46.05" in refusal_of(volume(polygon))


def test_hole_is_cut_out(site_of):
    hole = "holes_deg = [[[46.02, 6.02], [46.02, 6.05], [46.05, 6.05]]]\n"
    area = load_site(site_of(VOLUME + hole)).volumes[0].area
    x_m, y_m = load_site(site_of(VOLUME)).plane.to_plane([46.03, 46.08], [6.04, 6.08])
    assert shapely.intersects_xy(area, x_m, y_m).tolist() == [False, True]


@pytest.mark.parametrize(
    ("hole", "said"),
    [
        ("[[47.02, 6.02], [47.02, 6.05], [47.05, 6.05]]", "hole lies outside shell"),
        ("[[46.02, 6.02], [46.05, 6.05], [46.02, 6.05], [46.05, 6.02]]", "crosses itself"),
        ("[[46.02, 6.02], [46.02, 6.05]]", "only 2 different corners"),
    ],
)
def test_hole_that_is_none_is_refused(refusal_of, hole, said):
    assert said in refusal_of(VOLUME + f"holes_deg = [{hole}]\n")


def test_polygon_across_the_antimeridian_is_no_special_case(site_of):
    head = HEAD.replace("[46.0, 6.0]", "[-17.0, 179.9]")
    polygon = "[[-17.0, 179.8], [-17.0, -179.8], [-16.8, -179.8], [-16.8, 179.8]]"
    true_m2, _ = Geod(ellps="WGS84").polygon_area_perimeter([179.8, 180.2, 180.2, 179.8], [-17, -17, -16.8, -16.8])
    # 0.4 degrees wide, not 359.6; straight edges instead of parallels cost less than 0.1 %.
    assert area_km2(site_of(volume(polygon), head)) == pytest.approx(true_m2 / 1e6, rel=1e-3)


def test_circle_has_its_radius_in_metres(site_of):
    text = VOLUME.replace(f"polygon_deg = {SQUARE}", "centre_deg = [46.0, 6.0]\nradius_nm = 2.5")
    circle = load_site(site_of(text)).volumes[0]
    assert circle.area is None
    assert (circle.radius_m, circle.x_m, circle.y_m) == pytest.approx((4630.0, 0.0, 0.0), abs=1e-6)


def test_limits_keep_their_kind(site_of):
    box = load_site(site_of(VOLUME)).volumes[0]
    assert (box.floor.value_ft, box.floor.is_flight_level) == (0.0, False)
    assert (box.ceiling.value_ft, box.ceiling.is_flight_level) == (9500.0, True)


def test_volume_without_a_group_is_its_own_group_and_not_illustrative(site_of):
    box = load_site(site_of(VOLUME)).volumes[0]
    assert (box.group, box.illustrative) == ("box", False)


def test_displaced_threshold_lies_on_the_course_beyond_the_runway_end(site_of):
    displaced = APPROACH.replace("threshold_deg", "displaced_threshold_ft = 1000\nrunway_end_deg")
    displaced = displaced.replace("true_course_deg = 360", "true_course_deg = 90")
    approach = load_site(site_of(displaced)).approaches[0]
    assert (approach.x_m, approach.y_m) == pytest.approx((304.8, 0.0), abs=0.01)


@pytest.mark.parametrize("longitude_deg", [4.5, 6.0, 7.5])
def test_course_on_the_plane_points_where_the_true_course_leads(site_of, longitude_deg):
    text = APPROACH.replace("[46.0, 6.0]", f"[46.3, {longitude_deg}]").replace("_deg = 360", "_deg = 40")
    site = load_site(site_of(text))
    approach = site.approaches[0]
    longitude, latitude, _ = Geod(ellps="WGS84").fwd(longitude_deg, 46.3, 40.0, 1000.0)
    x_m, y_m = site.plane.to_plane(latitude, longitude)
    course_deg = math.degrees(math.atan2(float(x_m) - approach.x_m, float(y_m) - approach.y_m))
    # Over 1 km the geodesic bends by less than 0.005 degrees.
    assert approach.course_deg == pytest.approx(course_deg, abs=0.005)
    assert approach.true_course_deg == 40.0


def test_schedule_is_permanent_unless_the_file_says_otherwise(site_of):
    schedule = load_site(site_of(VOLUME)).volumes[0].schedule
    assert schedule.permanent
    by_hand = load_site(site_of(VOLUME + 'manual = "off"\n')).volumes[0].schedule
    assert (by_hand.permanent, by_hand.on) == (False, False)


def test_periods_are_utc_seconds_whatever_zone_they_are_written_in(site_of):
    text = VOLUME + 'active = [{from = "1970-01-02T02:00:00+02:00", to = 1970-01-02T01:00:00Z}]\n'
    (period,) = load_site(site_of(text)).volumes[0].schedule.periods
    assert (period.start_s, period.end_s) == (86_400.0, 90_000.0)


def test_weekly_span_past_midnight_belongs_to_the_day_it_starts_on(site_of):
    text = VOLUME + 'weekly = [{days = ["sun", "wed"], from = "22:00", to = "06:00"}]\n'
    sunday, wednesday = load_site(site_of(text)).volumes[0].schedule.weekly
    assert (sunday.weekday, sunday.start_s, sunday.duration_s) == (6, 79_200.0, 28_800.0)
    assert wednesday.weekday == 2


def test_a_weekly_span_may_be_of_one_day(site_of):
    text = VOLUME + 'weekly = [{days = ["tue"], from = "08:00", to = "17:00"}]\n'
    (tuesday,) = load_site(site_of(text)).volumes[0].schedule.weekly
    assert (tuesday.weekday, tuesday.start_s, tuesday.duration_s) == (1, 28_800.0, 32_400.0)


def test_region_without_a_polygon_comes_after_those_with_one(site_of):
    inner = REGION.replace("everywhere", "inner") + f"polygon_deg = {SQUARE}\n"
    regions = load_site(site_of(REGION + inner)).pressure_regions
    assert [region.name for region in regions] == ["inner", "everywhere"]
    assert regions[1].area is None


def test_region_without_a_qnh_knows_none(site_of):
    assert load_site(site_of(REGION.replace("qnh_hpa = 1020\n", ""))).pressure_regions[0].qnh == ()


def test_qnh_by_time_is_kept_with_its_times(site_of):
    qnh = 'qnh = [{from = "1970-01-01T01:00Z", hpa = 1001}, {from = "1970-01-01T02:00Z", hpa = 1002.5}]'
    region = load_site(site_of(REGION.replace("qnh_hpa = 1020", qnh))).pressure_regions[0]
    assert region.qnh == ((3600.0, 1001.0), (7200.0, 1002.5))


def test_site_cannot_be_changed_after_loading(site_of):
    site = load_site(site_of(APPROACH))
    with pytest.raises(AttributeError):
        site.approaches[0].angle_deg = 3.5
    with pytest.raises(TypeError):
        site.parameter_sources["msaw.clear_n"] = "changed"


def test_a_volume_without_buffers_is_watched_as_it_is_drawn(site_of):
    [volume] = load_site(site_of(VOLUME)).volumes
    assert (volume.lateral_buffer_m, volume.vertical_buffer_ft) == (0.0, 0.0)
