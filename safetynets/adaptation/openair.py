"""OpenAir: airspaces as glider pilots exchange them, with arcs and circles; of version 2 its types (AY).

Read here and not by the library openair-rs-py: that one refuses a whole file for one bad line, and does not say which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from safetynets.adaptation.arcs import arc_between
from safetynets.adaptation.parts import Arc, Area, Circle, Limit, Parts, Position, UnusableError
from safetynets.adaptation.text_file import lines_of
from safetynets.adaptation.words import limit_of, number, position_of, radius_of
from safetynets.units import nm_to_m

FORMAT = "OpenAir"

PURPOSES = {"R": "restricted", "Q": "danger", "D": "", "P": "prohibited", "RESTRICTED": "restricted"}
IGNORED = ("AF", "AG", "AI", "AA", "AX", "SP", "SB", "AT", "TO", "TC", "DY")


@dataclass
class _Draft:
    """An airspace while its lines are read."""

    line: int
    kind: str
    name: str = ""
    type: str = ""
    floor: Limit | None = None
    ceiling: Limit | None = None
    corners: list[Position | Arc] = field(default_factory=list)
    circle: Circle | None = None
    wrong: UnusableError | None = None
    wrong_line: int = 0


def reads(content: bytes) -> bool:
    """Whether a file looks like OpenAir: its first line that is no remark begins an airspace."""
    text = content[:100_000].decode("latin-1").lstrip("\ufeff\xef\xbb\xbf")
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("*")), "")
    return first.upper().startswith(("AC ", "AN "))


def read(content: bytes, file: Path) -> Parts:
    """Every airspace of a file; one with a line that cannot be read is refused, and the others kept."""
    parts = Parts(FORMAT)
    draft: _Draft | None = None
    centre: Position | None = None
    clockwise = True
    for line, text in lines_of(content, file):
        words = text.split("*")[0].strip()
        code, _, rest = words.partition(" ")
        code, rest = code.upper(), rest.strip()
        if not words or code in IGNORED:
            continue
        if code == "AC":
            _finish(draft, parts)
            draft, centre, clockwise = _Draft(line, rest.upper()), None, True
            continue
        if draft is None:
            parts.refuse(f"line {line}", "", f"{code} before the first airspace", "begin an airspace with AC")
            continue
        try:
            if code == "V":
                key, _, value = rest.partition("=")
                if key.strip().upper() == "X":
                    centre = position_of(value)
                elif key.strip().upper() == "D":
                    clockwise = value.strip() != "-"
            else:
                _add(draft, code, rest, centre, clockwise=clockwise)
        except UnusableError as found:
            if draft.wrong is None:
                draft.wrong, draft.wrong_line = found, line
    _finish(draft, parts)
    return parts


def _add(draft: _Draft, code: str, rest: str, centre: Position | None, *, clockwise: bool) -> None:
    match code:
        case "AN":
            draft.name = rest
        case "AY":
            draft.type = rest.upper()
        case "AL":
            draft.floor = limit_of(rest)
        case "AH":
            draft.ceiling = limit_of(rest)
        case "DP":
            draft.corners.append(position_of(rest))
        case "DC":
            draft.circle = Circle(_known(centre), radius_of(rest))
        case "DA":
            radius, start, end = _three(rest)
            radius_m = nm_to_m(radius_of(radius))
            draft.corners.append(Arc(_known(centre), number(start), number(end), radius_m, radius_m, clockwise))
        case "DB":
            start, _, end = rest.partition(",")
            draft.corners.append(arc_between(_known(centre), position_of(start), position_of(end), clockwise=clockwise))
        case _:
            raise UnusableError(f"{code!r} is no record of OpenAir that is read")


def _known(centre: Position | None) -> Position:
    if centre is None:
        raise UnusableError("an arc or circle without a centre", "set it first, with V X=")
    return centre


def _three(rest: str) -> tuple[str, str, str]:
    words = rest.split(",")
    if len(words) != 3:
        raise UnusableError(f"{rest!r} is not radius, start and end", "write for example DA 10,270,290")
    return words[0], words[1], words[2]


def _finish(draft: _Draft | None, parts: Parts) -> None:
    if draft is None:
        return
    name = draft.name or f"{draft.kind} of line {draft.line}"
    if draft.wrong is not None:
        parts.refuse(f"line {draft.wrong_line}", name, draft.wrong.text, draft.wrong.mend)
        return
    if draft.circle is not None and draft.corners:
        parts.refuse(f"line {draft.line}", name, "both a circle and corners", "write it as two airspaces")
        return
    if draft.circle is None and not draft.corners:
        parts.refuse(f"line {draft.line}", name, "no outline")
        return
    parts.areas.append(
        Area(
            name=name,
            where=f"line {draft.line}",
            outer=draft.circle or tuple(draft.corners),
            floor=draft.floor,
            ceiling=draft.ceiling,
            purpose=PURPOSES.get(draft.kind, "") or PURPOSES.get(draft.type, ""),
        )
    )
