"""`safetynets scenarios` and `safetynets sites`: what is shipped."""

from __future__ import annotations

import json

import click

from safetynets.cli.options import json_option

PIPED_WIDTH = 120
"""Columns of a table that is not printed on a terminal."""


@click.command()
@json_option
def scenarios(as_json: bool) -> None:
    """List the shipped scenarios."""
    from safetynets.runs.catalogue import scenarios_written

    listed(scenarios_written(), as_json=as_json)


@click.command()
@json_option
def sites(as_json: bool) -> None:
    """List the shipped sites."""
    from safetynets.sites.catalogue import sites_written

    listed(sites_written(), as_json=as_json)


def listed(rows: list[dict[str, str]], *, as_json: bool) -> None:
    """Print rows of the same keys, as a table or as JSON."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    import sys

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for place, name in enumerate(rows[0] if rows else ("nothing is shipped",)):
        # Names are what the next command is given: they stand whole in one line, whatever the width.
        table.add_column(name, no_wrap=place == 0, overflow="ignore" if place == 0 else "fold")
    for row in rows:
        table.add_row(*map(Text, row.values()))
    longest = max((len(next(iter(row.values()))) for row in rows), default=0)
    width = None if sys.stdout.isatty() else max(PIPED_WIDTH, longest + PIPED_WIDTH // 2)
    Console(markup=False, width=width).print(table)
