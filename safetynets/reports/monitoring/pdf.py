"""The report over many days as PDF, on A4: the summary, the charts and the map, then the tables."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from io import BytesIO

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.image import imread

from safetynets import __version__
from safetynets.reports import house_style as style
from safetynets.reports.monitoring.content import Content
from safetynets.reports.monitoring.page import Drawn
from safetynets.reports.monitoring.parts import Table

A4_IN = (8.27, 11.69)
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.07, 0.93, 0.95, 0.06
_LINE = 0.0155
_SIZE_PT = 9.0
_TABLE_PT = 7.0
_TABLE_LINE = 0.0118
_LETTERS = 105
"""Letters in a line of text."""
_TABLE_LETTERS = 138
"""Letters in a line of a table."""
_LEAST_LETTERS = 4
_GAP = 2


def monitor_pdf(content: Content, figures: Mapping[str, Drawn]) -> bytes:
    """The report as PDF: the same bytes every time, its text to be searched."""
    buffer = BytesIO()
    facts = {"CreationDate": None, "Producer": None, "Creator": None, "Title": content.title}
    with style.house_style(), PdfPages(buffer, metadata=facts) as file:
        pages = _Pages(file, content.title)
        pages.text(content.verdict, size=12.0, bold=True)
        for each in content.findings:
            pages.text(f"• {each}")
        pages.space()
        for each in content.limits:
            pages.text(each, colour=style.SOFT_INK)
        pictures = {
            "rates": [drawn for name, drawn in figures.items() if name != "map"],
            "hot-spots": [drawn for name, drawn in figures.items() if name == "map"],
        }
        for section in content.sections:
            drawn = pictures.get(section.key, [])
            pages.space()
            pages.heading(section.title, section.says, drawn[0] if drawn else None)
            for picture in drawn:
                pages.picture(picture)
            for table in section.tables:
                pages.table(table)
        pages.space()
        pages.heading("What must not be concluded")
        for each in content.cautions:
            pages.text(f"• {each}")
        pages.close()
    return buffer.getvalue()


class _Pages:
    """Pages of A4 that are filled from the top; a new one begins where the next thing has no room."""

    def __init__(self, file: PdfPages, title: str) -> None:
        self._file, self._title, self._number = file, title, 0
        self._figure: Figure | None = None
        self._y = 0.0

    def text(self, words: str, *, size: float = _SIZE_PT, bold: bool = False, colour: str = style.INK) -> None:
        """A paragraph."""
        letters = int(_LETTERS * _SIZE_PT / size * (0.92 if bold else 1.0))
        for line in textwrap.wrap(words, letters):
            self._line(line, size, bold, colour, _LINE * size / _SIZE_PT)
        self._y -= 0.3 * _LINE

    def heading(self, words: str, says: Sequence[str] = (), drawn: Drawn | None = None) -> None:
        """A heading and what is said below it, on one page with the figure that follows, or with a few lines more."""
        said = sum(len(textwrap.wrap(each, _LETTERS)) + 0.3 for each in says)
        self._room((1.8 + said) * _LINE + (10 * _TABLE_LINE if drawn is None else _height(drawn)))
        self._line(words, 13.0, True, style.INK, 1.8 * _LINE)
        for each in says:
            self.text(each)

    def space(self) -> None:
        """An empty line."""
        self._y -= _LINE

    def picture(self, drawn: Drawn) -> None:
        """A figure as wide as the text."""
        height = _height(drawn)
        self._room(height + _LINE)
        assert self._figure is not None
        axes = self._figure.add_axes((_LEFT, self._y - height, _RIGHT - _LEFT, height))
        axes.imshow(imread(BytesIO(drawn.png)), aspect="auto", interpolation="antialiased")
        axes.set_axis_off()
        self._y -= height + _LINE

    def table(self, table: Table) -> None:
        """A table, its heads again on each page; long cells take several lines."""
        if not table.rows:
            return
        heads = [name for name, _ in table.heads]
        cells = [[cell.text for cell in row] for row in table.rows]
        widths = _widths(heads, cells)
        right = [is_number for _, is_number in table.heads]
        self._room(8 * _TABLE_LINE)
        self._line(table.title, _SIZE_PT, True, style.INK, 1.3 * _LINE)
        self._row(heads, widths, right, bold=True)
        for row in cells:
            if self._row(row, widths, right, dry=True):
                self._new()
                self._row(heads, widths, right, bold=True)
            self._row(row, widths, right)
        if table.left_out:
            self._line(f"{table.left_out:,} more are not listed.", _TABLE_PT, False, style.SOFT_INK, _TABLE_LINE)
        self._y -= 0.3 * _LINE
        if table.caption:
            self.text(table.caption, size=_TABLE_PT + 1.0, colour=style.SOFT_INK)
        self._y -= 0.6 * _LINE

    def close(self) -> None:
        """Write the last page."""
        if self._figure is not None:
            self._file.savefig(self._figure)  # type: ignore[no-untyped-call]
            self._figure = None

    def _row(
        self, row: Sequence[str], widths: Sequence[int], right: Sequence[bool], *, bold: bool = False, dry: bool = False
    ) -> bool:
        """Write a row, or say whether it needs a new page."""
        wrapped = [textwrap.wrap(text, width) or [""] for text, width in zip(row, widths, strict=True)]
        lines = max(map(len, wrapped))
        if dry:
            return self._y - lines * _TABLE_LINE < _BOTTOM + _LINE
        self._room(lines * _TABLE_LINE)
        assert self._figure is not None
        letter = (_RIGHT - _LEFT) / (sum(widths) + _GAP * (len(widths) - 1))
        at = _LEFT
        for words, width, is_number in zip(wrapped, widths, right, strict=True):
            x = at + width * letter if is_number else at
            for place, line in enumerate(words):
                self._figure.text(
                    x,
                    self._y - place * _TABLE_LINE,
                    line,
                    fontsize=_TABLE_PT,
                    fontweight="bold" if bold else "normal",
                    ha="right" if is_number else "left",
                    va="top",
                )
            at += (width + _GAP) * letter
        self._y -= (lines + 0.25) * _TABLE_LINE
        return False

    def _line(self, words: str, size: float, bold: bool, colour: str, height: float) -> None:
        self._room(height)
        assert self._figure is not None
        weight = "bold" if bold else "normal"
        self._figure.text(_LEFT, self._y, words, fontsize=size, fontweight=weight, color=colour, va="top")
        self._y -= height

    def _room(self, height: float) -> None:
        if self._figure is None or self._y - height < _BOTTOM:
            self._new()

    def _new(self) -> None:
        self.close()
        self._number += 1
        figure = Figure(figsize=A4_IN, dpi=100)
        FigureCanvasAgg(figure)
        figure.text(
            _LEFT,
            0.03,
            f"{style.NOT_FOR_USE}. safetynets {__version__}",
            fontsize=7.5,
            color=style.SOFT_INK,
            va="bottom",
        )
        figure.text(_RIGHT, 0.03, str(self._number), fontsize=7.5, color=style.SOFT_INK, ha="right", va="bottom")
        self._figure, self._y = figure, _TOP
        if self._number == 1:
            figure.text(_LEFT, _TOP, self._title, fontsize=17, fontweight="bold", va="top")
            self._y -= 2.4 * _LINE


def _height(drawn: Drawn) -> float:
    """The height of a figure as wide as the text, as a part of that of the page."""
    width_in, height_in = drawn.figure.get_size_inches()
    return float((_RIGHT - _LEFT) * A4_IN[0] * height_in / width_in / A4_IN[1])


def _widths(heads: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """Letters of each column: as wide as its longest cell needs, the widest cut until all fit."""
    columns = list(zip(heads, *cells, strict=True))
    longest = [max(max(map(len, column[1:])), max(map(len, column[0].split()))) for column in columns]
    room = _TABLE_LETTERS - _GAP * (len(columns) - 1)
    widths = [max(each, _LEAST_LETTERS) for each in longest]
    while sum(widths) > room:
        widths[widths.index(max(widths))] -= 1
    return widths
