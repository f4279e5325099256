"""TopSkyAreas.txt of the EuroScope plug-in TopSky: areas watched by its nets, or in which its nets are silent."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from safetynets.adaptation.parts import Area, Circle, Limit, Parts, Position, UnusableError
from safetynets.adaptation.text_file import lines_of
from safetynets.adaptation.words import number, radius_of, topsky_position

FORMAT = "TopSkyAreas"

PURPOSES = {"D": "danger", "R": "restricted", "P": "prohibited"}
SILENT = {"NOMSAW": "MSAW", "NOAPW": "APW"}
DRAWN = (
    "CATEGORY", "CATEGORYDEF", "GROUP", "USERTEXT", "LABEL", "ELEVATION", "TEXT", "LINE", "BOUND", "NOAIW", "NOSAP",
    "NOCLAMRAM", "APW_BUFFER_LAT", "APW_BUFFER_VERT", "MTCD_BUFFER_LAT", "MTCD_BUFFER_VERT", "AREA_FILL",
)  # fmt: skip
"""Records that say nothing a site has room for."""


@dataclass
class _Draft:
    line: int
    name: str
    floor: Limit = Limit(0.0, "hundreds")
    ceiling: Limit = Limit(9999.99, "hundreds")
    corners: list[Position] = field(default_factory=list)
    circle: Circle | None = None
    category: str = ""
    active: list[str] = field(default_factory=list)
    nets: list[str] = field(default_factory=list)
    wrong: UnusableError | None = None
    wrong_line: int = 0


def reads(content: bytes) -> bool:
    """Whether a file looks like TopSkyAreas.txt."""
    text = content[:500_000].decode("latin-1").lstrip("\xef\xbb\xbf")
    return any(line.startswith(("AREA:", "CATEGORYDEF:")) for line in text.splitlines())


def read(content: bytes, file: Path) -> Parts:
    """Every area of a file; one with a record that cannot be read is refused, and the others kept."""
    parts = Parts(FORMAT)
    draft: _Draft | None = None
    for line, text in lines_of(content, file):
        words = text.strip()
        if not words or words[0] in ";/#":
            continue
        record, *fields = words.split(":")
        if record == "AREA":
            _finish(draft, parts)
            draft = _Draft(line, fields[-1].strip() if fields else "")
            continue
        if draft is None:
            continue
        try:
            _add(draft, record.strip().upper(), fields)
        except UnusableError as found:
            if draft.wrong is None:
                draft.wrong, draft.wrong_line = found, line
    _finish(draft, parts)
    return parts


def _add(draft: _Draft, record: str, fields: list[str]) -> None:
    match record:
        case "LIMITS":
            if len(fields) != 2:
                raise UnusableError("LIMITS needs a lower and an upper limit", "write for example LIMITS:0:95")
            draft.floor, draft.ceiling = (Limit(number(each), "hundreds") for each in fields)
        case "COORD":
            words = " ".join(fields).replace('"', " ").split()
            if len(words) != 2:
                raise UnusableError(f"COORD with {len(words)} angles")
            draft.corners.append(topsky_position(*words))
        case "CIRCLE":
            if len(fields) not in (3, 4):
                raise UnusableError("CIRCLE needs latitude, longitude and radius")
            radius_nm = radius_of(fields[2])
            draft.circle = Circle(topsky_position(*fields[:2]), radius_nm)
        case "ACTIVE":
            draft.active.append(":".join(fields))
        case "NOMSAW" | "NOAPW":
            draft.nets.append(SILENT[record])
        case "CATEGORY":
            draft.category = fields[0].strip().upper() if fields else ""
        case _ if record in DRAWN:
            pass
        case _:
            raise UnusableError(f"{record!r} is no record that is read")


def _finish(draft: _Draft | None, parts: Parts) -> None:
    if draft is None:
        return
    name, where = draft.name or f"area of line {draft.line}", f"line {draft.line}"
    if draft.wrong is not None:
        parts.refuse(f"line {draft.wrong_line}", name, draft.wrong.text, draft.wrong.mend)
        return
    if (draft.circle is None) == (not draft.corners):
        parts.refuse(where, name, "it needs corners or a circle, one of both")
        return
    always = draft.active == ["1"]
    if not always:
        said = f"its times ({'; '.join(draft.active)}) are not imported" if draft.active else "it is active on demand"
        parts.note(
            where, name, f"{said}: it is switched off by hand", "write active, weekly or manual in the site file"
        )
    parts.areas.append(
        Area(
            name=name,
            where=where,
            outer=draft.circle or tuple(draft.corners),
            floor=draft.floor,
            ceiling=draft.ceiling,
            purpose=_purpose(name, draft.category),
            nets=tuple(draft.nets),
            switched_off=not always,
        )
    )


def _purpose(name: str, category: str) -> str:
    """What an area protects, by its category or by its designator, such as EGD201 or LS-R31."""
    for purpose in PURPOSES.values():
        if category.startswith(purpose.upper()) or category == purpose[0].upper():
            return purpose
    designator = name.replace("-", "").replace(" ", "").upper()
    if len(designator) > 3 and designator[:2].isalpha() and designator[3].isdigit():
        return PURPOSES.get(designator[2], "")
    return ""
