"""`safetynets scenarios` and `safetynets sites`: what is shipped."""

from __future__ import annotations

import json

import click

from safetynets.cli.options import json_option


@click.command()
@json_option
def scenarios(as_json: bool) -> None:
    """List the shipped scenarios."""
    from safetynets.runs import list_scenarios, load_scenario

    loaded = [load_scenario(name).scenario for name in list_scenarios()]
    listed([{"name": one.name, "site": one.site, "title": one.title} for one in loaded], as_json=as_json)


@click.command()
@json_option
def sites(as_json: bool) -> None:
    """List the shipped sites."""
    from safetynets.cli.stages import stages
    from safetynets.sites import list_sites, load_site

    rows = []
    with stages() as stage:
        for name in list_sites():
            stage(f"loading {name}")
            site = load_site(name)
            approaches = ", ".join(approach.name for approach in site.approaches)
            rows.append({"name": name, "title": site.title, "approaches": approaches})
    listed(rows, as_json=as_json)


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
