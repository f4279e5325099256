"""`safetynets site import`: what a file holds is in the site afterwards, and one bad area never loses the whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from shapely import Polygon

from safetynets.adaptation import import_file
from safetynets.cli import main
from safetynets.errors import AdaptationError, SiteError
from safetynets.sites import load_site
from tests.adaptation.conftest import FILES

HOLE = FILES / "mva-hole-touching-the-edge.xml"
CROSSED = FILES / "mva-crossed.xml"


def sector(name: str, corners: str, minimum: str = "3000", uom: str = "FT") -> str:
    """One sector as the FAA's charts have it."""
    return (
        f"<m:hasMember><a:Airspace><a:timeSlice><a:AirspaceTimeSlice>\n<a:name>{name}</a:name>"
        "<a:geometryComponent><a:AirspaceGeometryComponent><a:theAirspaceVolume><a:AirspaceVolume>\n"
        f'<a:minimumLimit uom="{uom}">{minimum}</a:minimumLimit>'
        "<a:minimumLimitReference>MSL</a:minimumLimitReference>\n<a:horizontalProjection>"
        '<a:Surface srsName="urn:ogc:def:crs:OGC:1.3:CRS84"><g:patches><g:PolygonPatch><g:exterior><g:LinearRing>'
        f"<g:posList>{corners}</g:posList></g:LinearRing></g:exterior></g:PolygonPatch></g:patches></a:Surface>"
        "</a:horizontalProjection></a:AirspaceVolume></a:theAirspaceVolume></a:AirspaceGeometryComponent>"
        "</a:geometryComponent></a:AirspaceTimeSlice></a:timeSlice></a:Airspace></m:hasMember>\n"
    )


def chart(*sectors: str) -> str:
    return (
        '<?xml version="1.0"?>\n<m:AIXMBasicMessage xmlns:m="http://www.aixm.aero/schema/5.1/message" '
        'xmlns:a="http://www.aixm.aero/schema/5.1" xmlns:g="http://www.opengis.net/gml/3.2">\n'
        + "".join(sectors)
        + "</m:AIXMBasicMessage>\n"
    )


SQUARE = "8.0 47.4 8.4 47.4 8.4 47.8 8.0 47.8 8.0 47.4"
NEXT = "8.4 47.4 8.8 47.4 8.8 47.8 8.4 47.8 8.4 47.4"
BOW_TIE = "8.0 47.4 8.4 47.8 8.4 47.4 8.0 47.8 8.0 47.4"
SPIKE = "8.0 47.4 8.4 47.4 8.4 47.8 8.2 47.8 8.2005 47.81 8.2 47.81 8.2005 47.8 8.0 47.8 8.0 47.4"


def test_faa_chart_comes_in_with_its_minimum_its_axes_and_the_hole_that_touches_its_edge(site):
    """Case 23 of the kinds that were wrong: it was refused as "not valid TOML"."""
    import_file(HOLE, site, "minimum-altitudes")
    loaded = load_site(site)
    (area,) = loaded.minimum_altitudes
    assert (area.name, area.minimum_ft) == ("TEST A", 5000.0)
    inside, in_hole, above = (47.7, 8.2), (47.47, 8.53), (47.55, 8.53)
    held = [
        bool(shapely.intersects_xy(area.area, *loaded.plane.to_plane(*position)))
        for position in (inside, in_hole, above)
    ]
    assert held == [True, False, True]


def test_area_that_crosses_itself_is_refused_by_name_and_the_others_come_in(site, file_of):
    """Case 28: the whole site was refused."""
    file = file_of(chart(sector("H", BOW_TIE), sector("J", NEXT)), "mva.xml")
    found = import_file(file, site, "minimum-altitudes")
    assert found.names == ("J",)
    (finding,) = found.findings
    assert (finding.name, finding.severity) == ("H", "refused")
    assert "crosses itself near [47.6" in finding.text
    assert finding.where == "line 4"
    assert [area.name for area in load_site(site).minimum_altitudes] == ["J"]


def test_file_of_which_nothing_can_be_used_is_refused_and_the_site_stays_as_it_was(site):
    before = (site / "site.toml").read_bytes()
    with pytest.raises(
        AdaptationError, match=r"mva-crossed.xml: no areas .*\n  line 2: 'H' refused: its outline crosses"
    ):
        import_file(CROSSED, site, "minimum-altitudes")
    assert (site / "site.toml").read_bytes() == before
    assert [file.name for file in site.iterdir()] == ["site.toml"]


def test_small_loop_of_an_outline_is_mended_and_said(site, file_of):
    found = import_file(file_of(chart(sector("H", SPIKE)), "mva.xml"), site, "minimum-altitudes")
    (finding,) = found.findings
    assert (finding.severity, finding.name) == ("repaired", "H")
    (area,) = load_site(site).minimum_altitudes
    assert isinstance(area.area, Polygon)


def test_same_name_twice_is_numbered(site, file_of):
    file = file_of(chart(sector("070 E", SQUARE), sector("070 E", NEXT)), "mva.xml")
    assert import_file(file, site, "minimum-altitudes").names == ("070 E", "070 E (2)")


def test_edges_that_are_straight_in_degrees_stay_within_two_metres(site, file_of):
    """At 47.4 N the chord of 0.8 degrees of longitude runs 77 m north of the parallel."""
    file = file_of(chart(sector("wide", "8.0 47.4 8.8 47.4 8.8 47.8 8.0 47.8 8.0 47.4")), "mva.xml")
    import_file(file, site, "minimum-altitudes")
    loaded = load_site(site)
    boundary = loaded.minimum_altitudes[0].area.exterior
    parallel = loaded.plane.to_plane(np.full(801, 47.4), np.linspace(8.0, 8.8, 801))
    off_m = shapely.distance(boundary, shapely.points(*parallel))
    assert 0.2 < off_m.max() < 2.0


def test_importing_again_gives_the_same_bytes(site, file_of):
    file = file_of(chart(sector("A", SQUARE), sector("B", NEXT)), "mva.xml")
    import_file(file, site, "minimum-altitudes", source="a test")
    import_file(HOLE, site, "minimum-altitudes")
    first = {name: (site / name).read_bytes() for name in ("site.toml", "SOURCES.md")}
    import_file(file, site, "minimum-altitudes", source="a test")
    assert first == {name: (site / name).read_bytes() for name in ("site.toml", "SOURCES.md")}


def test_importing_a_newer_file_of_the_same_name_replaces_the_old(site, file_of):
    import_file(file_of(chart(sector("A", SQUARE), sector("B", NEXT)), "mva.xml"), site, "minimum-altitudes")
    import_file(file_of(chart(sector("A", SQUARE, "3500")), "mva.xml"), site, "minimum-altitudes")
    assert [(area.name, area.minimum_ft) for area in load_site(site).minimum_altitudes] == [("A", 3500.0)]


def test_sources_hold_the_name_and_the_hash_of_the_file(site):
    found = import_file(HOLE, site, "minimum-altitudes", source="a test, 2026, no licence")
    sources = (site / "SOURCES.md").read_text(encoding="utf-8")
    assert (
        f"| {HOLE.name} | minimum-altitudes | AIXM 5.1 | {found.sha256} | 1 | 0 | a test, 2026, no licence |" in sources
    )
    assert (
        load_site(site).minimum_altitudes[0].source.startswith(f"a test, 2026, no licence; {HOLE.name} (AIXM 5.1, SHA")
    )


def test_what_the_owner_wrote_by_hand_stays(site):
    own = "# my own remark\n" + (site / "site.toml").read_text(encoding="utf-8")
    (site / "site.toml").write_text(own, encoding="utf-8")
    import_file(HOLE, site, "minimum-altitudes")
    assert (site / "site.toml").read_text(encoding="utf-8").startswith(own.rstrip("\n"))


def test_sector_without_a_unit_that_is_read_is_refused_alone(site, file_of):
    found = import_file(
        file_of(chart(sector("A", SQUARE, uom="SM"), sector("B", NEXT)), "mva.xml"), site, "minimum-altitudes"
    )
    assert found.names == ("B",)
    assert "line 5: the unit 'SM' of its minimumLimit is not read" in found.findings[0].text


def test_bytes_after_the_document_are_said_and_its_sectors_kept(site, file_of):
    """LIT_MVA_FUS5.xml of the FAA ends so."""
    found = import_file(file_of(chart(sector("A", SQUARE)) + "ent>\n", "mva.xml"), site, "minimum-altitudes")
    assert found.names == ("A",)
    assert "what follows the end of the document is not read" in found.findings[0].text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]>\n<x>&a;</x>', "line 1: it declares a document type"),
        ("<x xmlns='http://www.aixm.aero/schema/5.1'>\n<y></x>", "line 2: no well-formed XML"),
        ("<x>" * 300 + "</x>" * 300, "elements nest deeper than 200"),
    ],
)
def test_xml_that_is_a_risk_or_none_is_refused_with_its_line(site, file_of, text, said):
    marked = text.replace("<x", "<x a='aixm.aero/schema/5'", 1)
    with pytest.raises(AdaptationError) as caught:
        import_file(file_of(marked, "bad.xml"), site, "volumes")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04rest", "the file is packed"),
        (b"hello\n", "its format is not known; give one of AIXM 5.1, KML, GeoJSON"),
        ("AC R\nAN X\n".encode("utf-16"), "its format is not known"),
    ],
)
def test_file_of_no_format_known_is_refused(site, tmp_path, content, said):
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(AdaptationError, match=said):
        import_file(file, site, "volumes")


def test_shipped_sites_are_not_written_to():
    with pytest.raises(AdaptationError, match="'geneva' is a shipped site; copy its folder"):
        import_file(HOLE, "geneva", "minimum-altitudes")


def test_site_that_would_not_load_is_not_changed(site):
    text = (site / "site.toml").read_text(encoding="utf-8")
    (site / "site.toml").write_text("minimum_altitudes = []\n" + text, encoding="utf-8")
    before = (site / "site.toml").read_bytes()
    with pytest.raises(
        SiteError, match=r"the site would not load, so nothing was changed: .*/site.toml: not valid TOML"
    ):
        import_file(HOLE, site, "minimum-altitudes")
    assert (site / "site.toml").read_bytes() == before


def test_command_reports_in_words_and_in_json(site, file_of):
    file = file_of(chart(sector("H", BOW_TIE), sector("J", NEXT)), "mva.xml")
    words = CliRunner().invoke(main, ["site", "import", str(file), "--into", str(site), "--as", "minimum-altitudes"])
    assert words.exit_code == 0, words.output
    assert "mva.xml: line 4: 'H' refused: its outline crosses itself" in words.output
    assert f"mva.xml (AIXM 5.1): 1 minimum-altitudes in {site}/site.toml, 1 left out" in words.output
    told = CliRunner().invoke(
        main, ["site", "import", str(file), "--into", str(site), "--as", "minimum-altitudes", "--json"]
    )
    assert json.loads(told.output)["kept"] == ["J"]


def test_command_refuses_with_exit_2_and_no_traceback(site):
    refused = CliRunner().invoke(main, ["site", "import", str(CROSSED), "--into", str(site), "--as", "volumes"])
    assert refused.exit_code == 2
    assert "Error: " in refused.output
    assert "Traceback" not in refused.output


def test_import_reads_where_the_site_is_named_by_its_file(site):
    assert import_file(HOLE, site / "site.toml", "minimum-altitudes").site_file == site / "site.toml"
    assert Path(site / "SOURCES.md").exists()
