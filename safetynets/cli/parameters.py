"""`safetynets parameters`: parameter sets listed, shown, held against each other and saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from safetynets.cli.lists import listed
from safetynets.cli.options import FOLDER, PATH, changes_option, json_option

site_option = click.option("--site", help="The site of a parameter file, or of a run whose site is not shipped.")


@click.group()
def parameters() -> None:
    """List, show, compare and save parameter sets. Not for operational use.

    A set is a TOML file with the values in which it differs from a site. 'run' and 'replay' take it with --parameters,
    'compare', 'monitor --try' and studies by its path; the dashboard and studies write it.
    """


@parameters.command("list")
@click.argument("folder", type=PATH, default=Path("parameter-sets"))
@json_option
def list_(folder: Path, as_json: bool) -> None:
    """List the parameter sets in FOLDER: by default parameter-sets, where the dashboard saves; also that of a study."""
    from safetynets.evaluation.parameter_files import sets_in

    found, others = sets_in(folder)
    rows = [
        {
            "file": file.as_posix(),
            "name": one.name,
            "values": ", ".join(f"{change.address} = {_said(change.value)}" for change in one.changes) or "as the site",
        }
        for file, one in found
    ]
    if not rows and not as_json:
        click.echo(f"{folder} holds no parameter sets")
        return
    listed(rows, as_json=as_json)
    if others and not as_json:
        click.echo(f"No parameter sets: {', '.join(file.name for file in others)}")


@parameters.command()
@click.argument("source", metavar="FILE|SITE|RUN", type=PATH)
@click.option("--net", help="Only the parameters of this net.")
@click.option("--changed", is_flag=True, help="Only values that are not the default of the package.")
@site_option
@json_option
def show(source: Path, net: str | None, changed: bool, site: str | None, as_json: bool) -> None:
    """Show every parameter of a site, a run, or a parameter file on its site: value, unit, default, source."""
    from safetynets.evaluation.parameter_files import site_of
    from safetynets.runs.manifest import json_ready
    from safetynets.runs.manifest import parameters as rows_of
    from safetynets.sites.parameters import parameter_models

    keys = _net_key(net)
    defaults = {
        f"{table}.{name}": field.default
        for table, model in parameter_models().items()
        for name, field in model.model_fields.items()
    }
    rows: list[dict[str, Any]] = [
        {
            "name": row["name"],
            "value": row["value"],
            "unit": row["unit"],
            "default": defaults[row["name"]],
            "meaning": row["meaning"],
            "source": row["source"],
        }
        for row in rows_of(site_of(source, site))
        if keys in ("", row["name"].partition(".")[0])
    ]
    if changed:
        rows = [row for row in rows if _said(row["value"]) != _said(row["default"])]
    if as_json:
        click.echo(json.dumps(json_ready(rows), ensure_ascii=False, indent=2))
    elif rows:
        listed([{name: _said(value) for name, value in row.items()} for row in rows], as_json=False)
    else:
        click.echo("Every value is the default of the package")


@parameters.command()
@click.argument("before", metavar="A", type=PATH)
@click.argument("after", metavar="B", type=PATH)
@site_option
@json_option
def diff(before: Path, after: Path, site: str | None, as_json: bool) -> None:
    """Say in which values B differs from A; each is a parameter file, a site or a run folder."""
    from safetynets.evaluation.comparison.compare import different_values
    from safetynets.evaluation.parameter_files import site_of
    from safetynets.runs.manifest import json_ready

    values = {
        key: both
        for key, both in different_values(site_of(before, site), site_of(after, site)).items()
        if not key.startswith("pressure_regions.")
    }
    if as_json:
        click.echo(json.dumps(json_ready(values), ensure_ascii=False, indent=2))
    elif values:
        rows = [
            {"name": key, str(before): _said(was), str(after) if before != after else "after": _said(now)}
            for key, (was, now) in values.items()
        ]
        listed(rows, as_json=False)
    else:
        click.echo("No value differs")


@parameters.command()
@click.argument("name")
@click.option("--of", type=PATH, help="Begin with the values of this run or parameter file.")
@changes_option
@click.option("--source", default="chosen on the command line, not validated", help="Where the values are from.")
@site_option
@click.option("--to", type=FOLDER, default=Path("parameter-sets"), show_default=True, help="The folder to save to.")
def save(name: str, of: Path | None, changes: tuple[str, ...], source: str, site: str | None, to: Path) -> None:
    """Save a parameter set as NAME.toml: the values of a run or another set, and those of --set; each is checked.

    A file of that name is not replaced.
    """
    from safetynets.errors import StudyError
    from safetynets.evaluation.comparison.sources import is_run
    from safetynets.evaluation.parameter_files import changes_of, checked, parameter_set_text, save_parameter_set
    from safetynets.runs import overrides
    from safetynets.runs.folder import read_manifest
    from safetynets.sites.geometry import Change
    from safetynets.sites.overrides import parsed_value

    if of is None and not changes:
        raise StudyError("there is nothing to save", where=name, mend="give --of RUN, or --set KEY=VALUE")
    if site is None and of is not None and is_run(of):
        site = str(read_manifest(of)["site"]["name"])
    if site is None:
        raise StudyError("the values are checked against a site", where=name, mend="name it with --site")
    given = {change.address: change for change in (() if of is None else changes_of(of))}
    for key, value in overrides.parse(changes).items():
        given[key] = Change(key, parsed_value(value) if isinstance(value, str) else value, source)
    loaded = checked(site, tuple(given.values()))
    note = f"A parameter set for the site {loaded.name}. Not for operational use."
    file = save_parameter_set(to, name, parameter_set_text(name, tuple(given.values()), note=note))
    click.echo(f"{file}: {len(given):,} value{'s' * (len(given) != 1)}; use it with --parameters {file}")


def _net_key(net: str | None) -> str:
    if net is None:
        return ""
    from safetynets.engine.net import net_of

    return net_of(net).key


def _said(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(map(_said, value)) or "none"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
