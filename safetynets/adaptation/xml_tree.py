"""XML read without risk: no document type, so no entities; sizes and depth bounded; the line of every element kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from safetynets.errors import AdaptationError

MAX_DEPTH = 200
"""Deeper than any adaptation data nests its elements."""


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, attributes likewise, own text, children, and line."""

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, *names: str) -> Iterator[Element]:
        """Every element of these names below this one, in the order of the file, not below one another."""
        for child in self.children:
            if child.name in names:
                yield child
            else:
                yield from child.all(*names)

    def first(self, *names: str) -> Element | None:
        """The first element of one of these names below this one."""
        return next(self.all(*names), None)

    def words(self, name: str) -> str:
        """The text of the first element of a name below this one, without blanks around it; empty without one."""
        found = self.first(name)
        return "" if found is None else found.text.strip()

    @property
    def where(self) -> str:
        """The line, as messages say it."""
        return f"line {self.line}"


@dataclass
class Document:
    """The root of an XML file, and the line after which something follows that belongs to no document."""

    root: Element
    rest_from_line: int | None = None


def read_xml(content: bytes, file: Path) -> Document:
    """The elements of an XML file.

    Raises
    ------
    AdaptationError
        For what is no XML, has a document type, or nests deeper than `MAX_DEPTH`.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    stack = [Element("", 0, {})]

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > MAX_DEPTH:
            raise AdaptationError(f"elements nest deeper than {MAX_DEPTH}", file=file, where=place())
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        element = Element(name.rpartition(" ")[2], parser.CurrentLineNumber, local)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    def refuse_type(*_: object) -> None:
        raise AdaptationError(
            "it declares a document type, which may hide entities",
            file=file,
            where=place(),
            mend="remove <!DOCTYPE ...>",
        )

    def place() -> str:
        return f"line {parser.CurrentLineNumber}"

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse_type
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT] and stack[0].children:
            return Document(stack[0].children[0], error.lineno)
        said = expat.errors.messages[error.code]
        raise AdaptationError(f"no well-formed XML ({said})", file=file, where=f"line {error.lineno}") from None
    except (LookupError, ValueError) as error:
        raise AdaptationError(
            f"no well-formed XML ({error})", file=file, where=place(), mend="save it as UTF-8"
        ) from None
    return Document(stack[0].children[0])
