"""Which reader a file needs, by what it holds; and its bounds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from types import ModuleType

from safetynets.adaptation import aixm, cifp, geojson, kml, openair, topsky_areas, topsky_msaw
from safetynets.adaptation.parts import Parts
from safetynets.errors import AdaptationError

READERS: tuple[ModuleType, ...] = (aixm, kml, geojson, cifp, topsky_msaw, topsky_areas, openair)
"""One module a format: each with FORMAT, `reads` and `read`."""

MAX_BYTES = 200_000_000
"""Larger files are refused: the whole of the FAA's CIFP has 53 MB."""


def read_parts(file: Path, airports: Collection[str] = ()) -> Parts:
    """Read everything that a file of adaptation data holds, its format recognised by its content.

    Parameters
    ----------
    file
        AIXM 5.1, KML, GeoJSON, ARINC 424, TopSkyMSAW.txt, TopSkyAreas.txt or OpenAir.
    airports
        Of ARINC 424 only the approaches of these aerodromes (ICAO location indicators); needed where the file holds
        several.

    Returns
    -------
    Parts
        Areas and approaches as the file has them, and what could not be read with its place.

    Raises
    ------
    AdaptationError
        For a file that cannot be read at all, or is of no format known.

    Examples
    --------
    >>> import json, tempfile
    >>> square = [[8.0, 50.0], [8.1, 50.0], [8.1, 50.1], [8.0, 50.1], [8.0, 50.0]]
    >>> area = {"type": "Feature", "properties": {"name": "MVA 1", "minimum_ft": 3000}}
    >>> area["geometry"] = {"type": "Polygon", "coordinates": [square]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     chart = Path(folder) / "mva.geojson"
    ...     _ = chart.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    ...     [area.name for area in read_parts(chart).areas]
    ['MVA 1']
    """
    content = content_of(file)
    for reader in READERS:
        if reader.reads(content):
            parts: Parts = reader.read(content, file, airports) if reader is cifp else reader.read(content, file)
            return parts
    known = ", ".join(_formats(READERS))
    raise AdaptationError("its format is not known", file=file, mend=f"give one of {known}")


def content_of(file: Path) -> bytes:
    """The bytes of a file, within bounds.

    Raises
    ------
    AdaptationError
        For what cannot be read, is empty, packed or too large.
    """
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise AdaptationError(f"{size:,} bytes are more than {MAX_BYTES:,}", file=file, mend="split it")
        content = file.read_bytes()
    except OSError as error:
        raise AdaptationError(f"cannot be read ({error.strerror})", file=file) from None
    if not content.strip():
        raise AdaptationError("the file is empty", file=file)
    if content.startswith((b"PK", b"\x1f\x8b")):
        raise AdaptationError("the file is packed", file=file, mend="unpack it first")
    return content


def _formats(readers: Iterable[ModuleType]) -> list[str]:
    return [str(reader.FORMAT) for reader in readers]
