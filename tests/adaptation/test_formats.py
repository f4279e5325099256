"""Each format: what its records mean, and what is said of those that cannot be used."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from safetynets.adaptation import import_file, read_parts
from safetynets.adaptation.boundaries import ARC_ERROR_M, flattened, flattened_circle
from safetynets.adaptation.parts import Arc, Circle, Limit
from safetynets.errors import AdaptationError
from safetynets.geodesy import Plane, destination
from safetynets.sites import load_site
from safetynets.units import nm_to_m

CENTRE = (47.6, 8.4)

OPENAIR = """* made for a test
AC R
AN LS-R1 Testberg
AH FL 130
AL 2500 ft
V X=47:36:00 N 008:24:00 E
DC 3

AC Q
AN Bad radius
AH FL100
AL SFC
V X=47:36:00 N 008:24:00 E
DC -3

AC P
AN Half circle
AH 5000ft MSL
AL GND
DP 47:30:00 N 008:24:00 E
V X=47:36:00 N 008:24:00 E
V D=-
DB 47:30:00 N 008:24:00 E, 47:42:00 N 008:24:00 E

AC CTR
AN Zurich
AH 4500 ft
AL SFC
DP 47:30:00 N 008:24:00 E
DP 47:36:00 N 008:30:00 E
DP 47:42:00 N 008:24:00 E
"""


def test_openair_keeps_what_is_sound_and_names_the_line_of_what_is_not(site, file_of):
    found = import_file(file_of(OPENAIR), site, "volumes")
    assert found.names == ("LS-R1 Testberg", "Half circle")
    assert [(finding.where, finding.name) for finding in found.findings] == [
        ("line 14", "Bad radius"),
        ("line 25", "Zurich"),
    ]
    assert "what it protects is not known; say --purpose" in str(found.findings[1])
    circle, half = load_site(site).volumes
    assert (circle.purpose, circle.floor.value_ft, circle.ceiling.value_ft) == ("restricted", 2500.0, 13_000.0)
    assert circle.ceiling.is_flight_level
    assert circle.radius_m == pytest.approx(nm_to_m(3.0))
    assert (half.purpose, half.ceiling.value_ft) == ("prohibited", 5000.0)


def test_openair_arc_goes_the_way_its_direction_says(site, file_of):
    """From south to north counterclockwise runs through the east."""
    import_file(file_of(OPENAIR), site, "volumes")
    loaded = load_site(site)
    half = loaded.volumes[1].area
    east, west = (loaded.plane.to_plane(47.6, 8.4 + offset) for offset in (0.1, -0.1))
    assert shapely.intersects_xy(half, *east)
    assert not shapely.intersects_xy(half, *west)


@pytest.mark.parametrize("clockwise", [True, False])
@pytest.mark.parametrize("radius_nm", [0.3, 5.0, 60.0])
@pytest.mark.parametrize("outwards", [True, False])
def test_flattened_arcs_lie_on_the_safe_side_within_their_bound(clockwise, radius_nm, outwards):
    """A sector whose arc bulges out, or into it: outwards it covers the true area, inwards it lies within."""
    plane, radius_m = Plane(*CENTRE), nm_to_m(radius_nm)
    arc = Arc(CENTRE, 300.0, 40.0, radius_m, radius_m, clockwise=True)
    bearings = np.linspace(300.0, 400.0, 4_001)
    if clockwise:
        corner = destination(*CENTRE, 170.0, radius_m)
        ring = (arc, corner)
    else:
        far = [destination(*CENTRE, bearing, 2.0 * radius_m) for bearing in (40.0, 350.0, 300.0)]
        ring = (arc, *far)
    true_arc = [destination(*CENTRE, bearing, radius_m) for bearing in bearings]
    flat = _on(plane, flattened(ring, outwards=outwards))
    exact = _on(plane, [*true_arc, *ring[1:]])
    left_out = exact.difference(flat) if outwards else flat.difference(exact)
    assert left_out.area < 1e-3 * radius_m  # rounding, and the exact arc is itself drawn in chords
    assert shapely.hausdorff_distance(flat.exterior, exact.exterior, densify=0.1) < ARC_ERROR_M


def _on(plane, corners):
    latitude_deg, longitude_deg = np.array(corners).T
    return shapely.Polygon(np.column_stack(plane.to_plane(latitude_deg, longitude_deg)))


@pytest.mark.parametrize("outwards", [True, False])
def test_flattened_circle_lies_on_the_safe_side_within_its_bound(outwards):
    plane, radius_m = Plane(*CENTRE), nm_to_m(20.0)
    flat = _on(plane, flattened_circle(Circle(CENTRE, 20.0), outwards=outwards))
    exact = _on(plane, [destination(*CENTRE, bearing, radius_m) for bearing in np.linspace(0.0, 360.0, 8_000)[:-1]])
    assert (exact.difference(flat) if outwards else flat.difference(exact)).area < 1e-3 * radius_m
    assert shapely.hausdorff_distance(flat.exterior, exact.exterior, densify=0.1) < ARC_ERROR_M


def test_inhibit_volumes_are_flattened_inwards_and_volumes_outwards(site, file_of):
    half = OPENAIR[OPENAIR.index("AC P") : OPENAIR.index("AC CTR")]
    import_file(file_of(half), site, "volumes")
    import_file(file_of(half), site, "inhibit", nets=("MSAW",), reason="for a test")
    loaded = load_site(site)
    assert loaded.inhibit_volumes[0].area.within(loaded.volumes[0].area)
    assert loaded.inhibit_volumes[0].area.area < loaded.volumes[0].area.area


def geojson(**properties) -> str:
    ring = [[8.0, 47.4], [8.4, 47.4], [8.4, 47.8], [8.0, 47.8], [8.0, 47.4]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    good = {"type": "Feature", "properties": {"name": "good", "minimum_ft": 4000}, "geometry": geometry}
    other = {"type": "Feature", "properties": {"name": "other", **properties}, "geometry": geometry}
    features = [good, other]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"minimum": 4000}, "'minimum' has no unit in its name; call it minimum_ft, minimum_m or minimum_fl"),
        ({"minimum_ft": 4000, "minimum_m": 1200}, "its minimum is given twice: minimum_ft, minimum_m"),
        ({"minimum_ft": True}, "'minimum_ft' is no number: True"),
        ({"minimum_ft": 400_000}, "400,000 ft is no altitude of an aircraft"),
        ({}, "it says no minimum altitude"),
    ],
)
def test_geojson_wants_the_unit_in_the_name_of_a_property(site, file_of, properties, said):
    found = import_file(file_of(geojson(**properties), "areas.geojson"), site, "minimum-altitudes")
    assert found.names == ("good",)
    assert found.findings[0].where == "line 38"
    assert said in str(found.findings[0])


def test_geojson_in_metres_becomes_feet(file_of):
    parts = read_parts(file_of(geojson(minimum_m=1524), "areas.geojson"))
    assert parts.areas[1].minimum == Limit(5000.0, "altitude")


KML = """<?xml version="1.0"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>MVA 5,000 ft</name>
<Polygon><outerBoundaryIs><LinearRing><coordinates>8.0,47.4,0 8.4,47.4,0 8.4,47.8,0 8.0,47.4,0</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>by data</name><ExtendedData><Data name="minimum_m"><value>1524</value></Data></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>8.0,47.4 8.4,47.4 8.4,47.8 8.0,47.4</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>5000</name>
<Polygon><outerBoundaryIs><LinearRing><coordinates>8.0,47.4 8.4,47.4 8.4,47.8</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>a line</name><LineString><coordinates>8,47 9,48</coordinates></LineString></Placemark>
</Document></kml>
"""


def test_kml_takes_altitudes_with_their_unit_only(site, file_of):
    found = import_file(file_of(KML, "areas.kml"), site, "minimum-altitudes")
    assert [area.minimum_ft for area in load_site(site).minimum_altitudes] == [5000.0, 5000.0]
    assert [(finding.where, finding.name) for finding in found.findings] == [("line 12", "a line"), ("line 9", "5000")]


TOPSKY_MSAW = """; made for a test
P:3:N047.24.00.000:E008.00.00.000:47.4:8.4:47.8:8.4:3500
C:47.6:8.4:3:4000
S:47.6:8.4:330:30:2:5:4500
A:47.2:47.4:8.0:8.4:3000
L:47.0:8.0:0.1:0.1:2:2500:2600
P:4:47.4:8.4:3500
"""


def test_topsky_minimum_altitudes_of_every_kind(site, file_of):
    found = import_file(file_of(TOPSKY_MSAW, "TopSkyMSAW.txt"), site, "minimum-altitudes")
    loaded = load_site(site)
    assert [area.minimum_ft for area in loaded.minimum_altitudes] == [3500, 4000, 4500, 3000, 2500, 2600]
    refused = [finding for finding in found.findings if finding.severity == "refused"]
    assert [str(finding) for finding in refused] == ["line 7: refused: 4 corners need 9 fields, not 3"]
    sector = loaded.minimum_altitudes[2].area
    north, south, near = ((47.6 + nm / 60.0, 8.4) for nm in (3.0, -3.0, 1.0))
    held = [bool(shapely.intersects_xy(sector, *loaded.plane.to_plane(*at))) for at in (north, south, near)]
    assert held == [True, False, False]


TOPSKY_AREAS = """CATEGORYDEF:DANGER:...
AREA:T:EGD201
CATEGORY:DANGER
LIMITS:0:45
ACTIVE:1
COORD:47.4:8.0
COORD:"47.4 8.4"
COORD:47.8:8.4
AREA:T:No MSAW here
LIMITS:0:300
NOMSAW
CIRCLE:47.6:8.4:3
AREA:T:Bad
COORD:147.4:8.0
"""


def test_topsky_areas_with_limits_in_hundreds_of_feet(site, file_of):
    file = file_of(TOPSKY_AREAS, "TopSkyAreas.txt")
    found = import_file(file, site, "volumes")
    volume = load_site(site).volumes[0]
    assert (volume.purpose, volume.floor.value_ft, volume.ceiling.value_ft) == ("danger", 0.0, 4500.0)
    assert not volume.ceiling.is_flight_level  # below the transition altitude of the site
    assert volume.schedule.permanent
    assert "line 14" in [finding.where for finding in found.findings]
    import_file(file, site, "inhibit", reason="as TopSky has it")
    inhibit = load_site(site).inhibit_volumes[0]
    assert (inhibit.nets, inhibit.ceiling.is_flight_level, inhibit.schedule.ever) == (("MSAW",), True, False)


# KBOS as the FAA's CIFP of cycle 2609 has it (US federal work); runway 22L and the localiser are made for this test.
CIFP = "\n".join(
    record.ljust(132)[:132]
    for record in (
        "SUSAP KBOSK6GRW04R   0100060350 N42211455W071003727         -0022300018115551150IIBOS3",
        "SUSAP KBOSK6GRW22L   0100060350 N42224500W070594350         -0022300015088551150IILQN3",
        "SUSAP KBOSK6IIBOS3   011030RW04RN42230000W0705931000350N42212000W0710040001013 10890311300W01505100017",
        "SUSAP KBOSK6FI04R  I      010WINNIK6PC0E  I    IF IBOSK6      21470169        PI  J 040000170018000",
        "SUSAP KBOSK6FI04R  I      020MILTTK6PC0E  F    CF IBOSK6      2147006903500050PI  H 0170001700",
        "SUSAP KBOSK6FI04R  I      030RW04RK6PG0GY M    CF IBOSK6      2147001803500051PI    00069             -300",
        "SUSAP KSEAK1GRW16C   0094261640 N47274972W122183954         +0107900429000055150IISZI3",
    )
)


def test_cifp_gives_threshold_true_course_angle_crossing_height_and_intercept(file_of):
    parts = read_parts(file_of(CIFP, "FAACIFP18"), ["KBOS"])
    (approach,) = parts.approaches
    assert approach.threshold == pytest.approx((42.3540417, -71.0103528), abs=1e-6)
    assert (approach.airport, approach.runway) == ("KBOS", "04R")
    assert (approach.threshold_elevation_ft, approach.angle_deg) == (18.0, 3.0)
    assert (approach.crossing_height_ft, approach.intercept_altitude_ft) == (51.0, 1700.0)
    assert approach.true_course_deg == pytest.approx(20.0)  # 035.0 magnetic, declination 15 west


def test_cifp_of_several_aerodromes_wants_one_to_be_chosen(file_of):
    with pytest.raises(AdaptationError, match=r"holds 2 aerodromes: KBOS, KSEA; choose with --airport"):
        read_parts(file_of(CIFP, "FAACIFP18"))
    with pytest.raises(AdaptationError, match="no runway of KLAX"):
        read_parts(file_of(CIFP, "FAACIFP18"), ["KLAX"])


def test_cifp_course_that_disagrees_with_the_runway_is_said(file_of):
    turned = CIFP.replace("0705931000350N", "0705931000450N")
    parts = read_parts(file_of(turned, "FAACIFP18"), ["KBOS"])
    assert parts.approaches[0].true_course_deg == pytest.approx(30.0)
    assert any("the localiser's course is 30.0° true, the runway's" in finding.text for finding in parts.findings)


def test_cifp_heights_that_disagree_are_said(file_of):
    parts = read_parts(file_of(CIFP.replace("W01505100017", "W01505600017"), "FAACIFP18"), ["KBOS"])
    told = [finding.text for finding in parts.findings if "height over the threshold" in finding.text]
    assert told == [
        "its records differ in the height over the threshold: 56 ft (ILS), 51 ft (runway), 51 ft (final segment); "
        "the first is taken"
    ]


def test_cifp_approaches_come_into_a_site(tmp_path, file_of):
    (tmp_path / "site.toml").write_text('title = "Boston"\ncentre_deg = [42.36, -71.01]\nsource = "made for a test"\n')
    found = import_file(file_of(CIFP, "FAACIFP18"), tmp_path, "approaches", airports=["KBOS"])
    assert found.names == ("KBOS 04R",)
    (approach,) = load_site(tmp_path).approaches
    assert (approach.true_course_deg, approach.intercept_altitude_ft) == (20.0, 1700.0)


def test_approaches_of_a_site_are_compared_with_published_ones(tmp_path, file_of):
    from click.testing import CliRunner

    from safetynets.cli import main

    (tmp_path / "site.toml").write_text('title = "Boston"\ncentre_deg = [42.36, -71.01]\nsource = "made for a test"\n')
    published = file_of(CIFP, "FAACIFP18")
    import_file(published, tmp_path, "approaches", airports=["KBOS"])
    words = ["site", "check", str(tmp_path), "--cifp", str(published)]
    assert "published" not in CliRunner().invoke(main, words).output
    file = tmp_path / "site.toml"
    changed = file.read_text(encoding="utf-8").replace("angle_deg = 3\n", "angle_deg = 3.2\n")
    file.write_text(changed.replace("true_course_deg = 20\n", "true_course_deg = 25\n"), encoding="utf-8")
    told = CliRunner().invoke(main, words).output
    assert "warning: KBOS 04R: angle: 3.2 °; published: 3 ° (line 1)" in told
    assert "warning: KBOS 04R: course: 25.0° true; published: 20.0° true (line 1)" in told


AIXM_ARCS = """<?xml version="1.0"?>
<m:AIXMBasicMessage xmlns:m="http://www.aixm.aero/schema/5.1/message" xmlns:a="http://www.aixm.aero/schema/5.1" \
xmlns:g="http://www.opengis.net/gml/3.2"><m:hasMember><a:Airspace><a:timeSlice><a:AirspaceTimeSlice>
<a:interpretation>BASELINE</a:interpretation><a:type>R</a:type><a:name>R1</a:name><a:AirspaceVolume>
<a:upperLimit uom="FL">95</a:upperLimit><a:upperLimitReference>STD</a:upperLimitReference>
<a:lowerLimit uom="FT">GND</a:lowerLimit><a:horizontalProjection>
<a:Surface srsName="urn:ogc:def:crs:EPSG::4326"><g:patches><g:PolygonPatch><g:exterior><g:Ring><g:curveMember>
<g:Curve><g:segments>SEGMENTS</g:segments></g:Curve></g:curveMember></g:Ring></g:exterior></g:PolygonPatch></g:patches>
</a:Surface></a:horizontalProjection></a:AirspaceVolume></a:AirspaceTimeSlice></a:timeSlice></a:Airspace>
</m:hasMember></m:AIXMBasicMessage>
"""


def test_aixm_circle_becomes_a_circle(site, file_of):
    circle = '<g:CircleByCenterPoint><g:pos>47.6 8.4</g:pos><g:radius uom="NM">4</g:radius></g:CircleByCenterPoint>'
    import_file(file_of(AIXM_ARCS.replace("SEGMENTS", circle), "r.xml"), site, "volumes")
    (volume,) = load_site(site).volumes
    assert (volume.purpose, volume.radius_m, volume.ceiling.value_ft) == ("restricted", pytest.approx(7408.0), 9500.0)


def test_aixm_arc_of_rising_angles_runs_clockwise_in_latitude_longitude(file_of):
    arc = (
        '<g:ArcByCenterPoint><g:pos>47.6 8.4</g:pos><g:radius uom="NM">4</g:radius>'
        '<g:startAngle uom="deg">0</g:startAngle>'
        '<g:endAngle uom="deg">90</g:endAngle></g:ArcByCenterPoint>'
        "<g:GeodesicString><g:posList>47.6 8.499 47.6 8.4</g:posList></g:GeodesicString>"
    )
    (area,) = read_parts(file_of(AIXM_ARCS.replace("SEGMENTS", arc), "r.xml")).areas
    assert isinstance(area.outer[0], Arc)
    corners = flattened(area.outer, outwards=True)
    northeast = destination(*CENTRE, 45.0, nm_to_m(3.9))
    plane = Plane(*CENTRE)
    assert shapely.intersects_xy(_on(plane, corners), *plane.to_plane(*northeast))


def test_aixm_border_by_reference_is_refused_with_its_line(site, file_of):
    text = AIXM_ARCS.replace("SEGMENTS", "").replace(
        "<g:curveMember>", '<g:curveMember href="#border"/>\n<g:curveMember>'
    )
    with pytest.raises(AdaptationError, match="line 6: a border given by reference is not read; write its positions"):
        import_file(file_of(text, "r.xml"), site, "volumes")


def test_xml_in_an_encoding_that_nobody_knows_is_refused(file_of):
    root = '<kml xmlns="http://www.opengis.net/kml/2.2"/>'
    file = file_of(f'<?xml version="1.0" encoding="UTF-8eGeom"?>{root}', "areas.xml")
    with pytest.raises(AdaptationError, match=r"areas\.xml: .*no well-formed XML"):
        read_parts(file)
