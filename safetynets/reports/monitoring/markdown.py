"""The report over many days as Markdown, for a document or a tracker."""

from __future__ import annotations

from collections.abc import Iterator

from safetynets import __version__
from safetynets.reports.monitoring.content import Content
from safetynets.reports.monitoring.parts import Cell, Table


def monitor_markdown(content: Content) -> str:
    """The report as Markdown: sentences and tables, without the figures."""
    return "\n".join(_lines(content)) + "\n"


def _lines(content: Content) -> Iterator[str]:
    yield from (
        f"# {_plain(content.title)}",
        "",
        "**Not for operational use.**",
        "",
        f"**{_plain(content.verdict)}**",
        "",
    )
    yield from (f"- {_plain(each)}" for each in content.findings)
    if content.limits:
        yield ""
        yield from (f"> {_plain(each)}" for each in content.limits)
    for section in content.sections:
        yield from ("", f"## {_plain(section.title)}")
        for each in section.says:
            yield from ("", _plain(each))
        for table in section.tables:
            yield from _table(table)
    yield from ("", "## What must not be concluded", "")
    yield from (f"- {_plain(each)}" for each in content.cautions)
    yield from ("", f"Made by safetynets {__version__}. Not for operational use.")


def _table(table: Table) -> Iterator[str]:
    yield from ("", f"### {_plain(table.title)}", "")
    yield f"| {' | '.join(_plain(name) for name, _ in table.heads)} |"
    yield f"| {' | '.join('---:' if is_number else '---' for _, is_number in table.heads)} |"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in table.rows)
    if table.caption:
        yield from ("", _plain(table.caption))
    if table.left_out:
        yield from ("", f"{table.left_out:,} more are not listed.")


def _cell(cell: Cell) -> str:
    return f"[{_plain(cell.text)}]({cell.href})" if cell.href else _plain(cell.text)


def _plain(text: str) -> str:
    r"""Text in which nothing is a sign of Markdown.

    >>> _plain("a|b *c* <d>")
    'a\\|b \\*c\\* \\<d>'
    """
    for sign in ("\\", "|", "*", "_", "`", "<", "[", "]", "#"):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
