"""`import_file`: a file of adaptation data brought into a site, which loads afterwards, or nothing is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetynets.adaptation.parts import Finding, Parts
from safetynets.adaptation.read import read_parts
from safetynets.adaptation.site_text import with_block, with_row, without_block, written
from safetynets.adaptation.tables import LISTS, Tables, Target, Wanted, tables_of_approaches, tables_of_areas
from safetynets.errors import AdaptationError, SiteError
from safetynets.geodesy import Plane
from safetynets.output import write_whole
from safetynets.sites import list_sites, load_site
from safetynets.sites.catalogue import site_file
from safetynets.text_files import parse_toml

SOURCES_FILE = "SOURCES.md"


@dataclass(frozen=True)
class Imported:
    """What one import brought into a site.

    Attributes
    ----------
    file, format, sha256
        The file that was read.
    site_file
        The `site.toml` that was written.
    target
        As what its parts were taken.
    names
        The names of what the site has now.
    findings
        What was refused, repaired, or is to be known, with place, name and mend, in the order of the file.
    """

    file: str
    format: str
    sha256: str
    site_file: Path
    target: Target
    names: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> int:
        """How many parts of the file were left out."""
        return sum(finding.severity == "refused" for finding in self.findings)


def import_file(
    file: Path,
    into: str | Path,
    target: Target,
    *,
    airports: Collection[str] = (),
    purpose: str = "",
    nets: tuple[str, ...] = (),
    reason: str = "",
    source: str = "",
) -> Imported:
    r"""Bring the areas or approaches of a file into a site.

    The tables stand in the site file between two marks; importing the same file again replaces them. What cannot be
    used is left out, area by area, and reported. The file's name and hash go into the site's SOURCES.md.

    Parameters
    ----------
    file
        AIXM 5.1, KML, GeoJSON, ARINC 424, TopSkyMSAW.txt, TopSkyAreas.txt or OpenAir; recognised by its content.
    into
        The folder of a site of one's own, or its `site.toml`.
    target
        "minimum-altitudes", "volumes", "inhibit" or "approaches".
    airports
        Of ARINC 424 only these aerodromes (ICAO location indicators).
    purpose
        What volumes protect, where the file does not say: "restricted", "danger" or "prohibited".
    nets, reason
        The nets that are silent in inhibit volumes, where the file does not say, and why.
    source
        Who published the file, when, and its licence; by default only the file's name is known.

    Returns
    -------
    Imported
        The names of what the site has now, and what was refused or repaired.

    Raises
    ------
    AdaptationError
        For a file that cannot be read, or of which nothing could be used.
    SiteError
        For a site that does not load, before or with what is imported. Nothing is changed then.

    Examples
    --------
    >>> import json, tempfile
    >>> square = [[8.0, 50.0], [8.1, 50.0], [8.1, 50.1], [8.0, 50.1], [8.0, 50.0]]
    >>> area = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [square]}}
    >>> area["properties"] = {"name": "MVA 1", "minimum_ft": 3000}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     own, chart = Path(folder) / "site.toml", Path(folder) / "mva.geojson"
    ...     _ = own.write_text('title = "Mine"\ncentre_deg = [50.0, 8.0]\nsource = "made up"\n')
    ...     _ = chart.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    ...     import_file(chart, own, "minimum-altitudes", source="made up").names
    ('MVA 1',)
    """
    own = _own_site(into)
    text = own.read_text(encoding="utf-8")
    title = f"{file.name} as {target}"
    raw = _raw(own, without_block(text, title))
    parts = read_parts(file, airports)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    named = f"{source}; " if source else ""
    told = f"{named}{file.name} ({parts.format}, SHA-256 {sha256[:12]})"
    tables = _tables(parts, raw, target, told, purpose=purpose, nets=nets, reason=reason)
    findings = (*parts.findings, *tables.findings)
    if not tables.rows:
        lines = "\n".join(f"  {finding}" for finding in findings[:20])
        what = "approaches" if target == "approaches" else "areas"
        raise AdaptationError(f"no {what} that can be used as {target}" + (f":\n{lines}" if lines else ""), file=file)
    blocks = [written(LISTS[target], row) for row in tables.rows]
    new_text = with_block(text, title, f"{parts.format}, SHA-256 {sha256}", blocks)
    _write(own, new_text, file)
    sources = own.with_name(SOURCES_FILE)
    page = sources.read_text(encoding="utf-8") if sources.exists() else ""
    refused = sum(finding.severity == "refused" for finding in findings)
    row = (
        f"| {file.name} | {target} | {parts.format} | {sha256} | {len(tables.rows)} | {refused} | "
        f"{source.replace('|', '/') or 'not said'} |"
    )
    write_whole(sources, with_row(page, f"{file.name} | {target}", row))
    names = tuple(str(row["name"]) for row in tables.rows)
    return Imported(file.name, parts.format, sha256, own, target, names, findings)


def _own_site(into: str | Path) -> Path:
    file = site_file(into)
    if str(into) in list_sites() and not Path(into).exists():
        raise AdaptationError(f"{str(into)!r} is a shipped site", mend="copy its folder, and give the path of the copy")
    return file


def _raw(file: Path, text: str) -> dict[str, Any]:
    """The tables of the site file without what an earlier import of the same file wrote."""
    try:
        raw = parse_toml(text)
    except ValueError:
        load_site(file)
        raise
    if not isinstance(raw.get("centre_deg"), list):
        load_site(file)
    return raw


def _tables(
    parts: Parts,
    raw: dict[str, Any],
    target: Target,
    told: str,
    *,
    purpose: str,
    nets: tuple[str, ...],
    reason: str,
) -> Tables:
    taken = [str(item.get("name", "")) for item in raw.get(LISTS[target], [])]
    if target == "approaches":
        return tables_of_approaches(parts.approaches, told, taken)
    altitudes = [region.get("transition_altitude_ft") for region in raw.get("pressure_regions", [])]
    known = [float(altitude) for altitude in altitudes if isinstance(altitude, int | float)]
    wanted = Wanted(target, told, purpose, nets, reason, *([min(known)] if known else []))
    return tables_of_areas(parts.areas, wanted, Plane(*raw["centre_deg"]), taken)


def _write(own: Path, text: str, file: Path) -> None:
    """Write the site file when the site loads with it."""
    tried = own.with_name(f".{own.name}.tried")
    tried.write_text(text, encoding="utf-8", newline="\n")
    try:
        load_site(tried)
    except SiteError as error:
        told = str(error).replace(str(tried), str(own))
        raise SiteError(f"with {file.name} the site would not load, so nothing was changed: {told}") from error
    finally:
        tried.unlink()
    write_whole(own, text)
