"""Alerts as KML 2.2: a folder an alert, with where it started, the path flown while it lasted, and its area."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree as ET

from safetynets.engine.alerts import Alert
from safetynets.exports.finished_run import FinishedRun
from safetynets.exports.shapes import Position, flown, outlines
from safetynets.output import write_whole

NAMESPACE = "http://www.opengis.net/kml/2.2"


def write_kml(run: FinishedRun, file: Path) -> int:
    """Write the alerts of a run on the ground of a map, and return how many.

    Raises
    ------
    ScenarioError
        Where the file cannot be written.
    """
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    _text(document, "name", f"Alerts of {run.manifest['title']}. Not for operational use.")
    for alert, row in zip(run.alerts, run.rows, strict=True):
        _folder(ET.SubElement(document, "Folder"), run, alert, str(row["words"]))
    ET.indent(root)
    write_whole(file, ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n")
    return len(run.alerts)


def _folder(folder: ET.Element, run: FinishedRun, alert: Alert, words: str) -> None:
    name = f"{alert.alert_id} {alert.net} {alert.callsign or f'track {alert.track}'}"
    _text(folder, "name", name)
    if math.isfinite(alert.latitude_deg) and math.isfinite(alert.longitude_deg):
        start = ET.SubElement(folder, "Placemark")
        _text(start, "name", name)
        _text(start, "description", words)
        _places(ET.SubElement(start, "Point"), [(alert.latitude_deg, alert.longitude_deg)])
    lines = [("path", flown(run, alert)), *((alert.area, ring) for ring in outlines(run.site, alert))]
    for title, places in lines:
        if len(places) > 1:
            line = ET.SubElement(folder, "Placemark")
            _text(line, "name", title)
            _places(ET.SubElement(line, "LineString"), places)


def _places(parent: ET.Element, places: list[Position]) -> None:
    _text(parent, "coordinates", " ".join(f"{longitude:.7f},{latitude:.7f}" for latitude, longitude in places))


def _text(parent: ET.Element, tag: str, text: str) -> None:
    """A child with text, without the control characters that XML cannot hold."""
    ET.SubElement(parent, tag).text = "".join(letter for letter in text if letter >= " " or letter in "\t\n")
