"""`safetynets scenarios` and `safetynets sites`: what is shipped."""

from __future__ import annotations

import json

import click

from safetynets.cli.options import json_option


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
    from rich.console import Console
    from rich.table import Table

    table = Table(*rows[0]) if rows else Table("nothing is shipped")
    for row in rows:
        table.add_row(*row.values())
    Console(markup=False).print(table)
