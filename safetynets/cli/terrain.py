"""`safetynets terrain`: what can be made of a site's height grid."""

from __future__ import annotations

import json
from pathlib import Path

import click

from safetynets.cli.options import FILE, json_option
from safetynets.errors import ScenarioError
from safetynets.output import write_whole

SUFFIXES = (".geojson", ".toml")


@click.group()
def terrain() -> None:
    """Derive polygons from a site's terrain."""


@terrain.command()
@click.argument("site")
@click.option(
    "--band-ft", type=click.FloatRange(50, 10_000), default=500.0, show_default=True, help="Height of a band."
)
@click.option(
    "--tolerance-m",
    type=click.FloatRange(1, 20_000),
    help="How far an edge may move outwards to save corners; by default one cell of the grid.",
)
@click.option(
    "--clearance-ft",
    type=click.FloatRange(0, 5000),
    default=1000.0,
    show_default=True,
    help="Height of the minimum altitudes above the top of their band (in .toml only).",
)
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="The file to write: .geojson, or .toml with [[minimum_altitudes]] for a site.",
)
@json_option
def polygons(
    site: str, band_ft: float, tolerance_m: float | None, clearance_ft: float, out: Path, as_json: bool
) -> None:
    """Derive bands of elevation from the terrain of SITE, simplified outwards: nowhere below the grid they replace."""
    from dataclasses import asdict

    from safetynets.cli.stages import stages

    with stages():
        from safetynets.sites import load_site
        from safetynets.sites.terrain_polygons import compression, terrain_polygons, to_geojson, to_site_toml

    if out.suffix not in SUFFIXES:
        raise ScenarioError(f"unknown extension {out.suffix!r}", file=out, mend=f"give one of {', '.join(SUFFIXES)}")
    with stages() as stage:
        stage("loading the site")
        loaded = load_site(site)
        if loaded.terrain is None:
            raise ScenarioError("the site has no terrain", file=site, mend="add a [terrain] table to its site.toml")
        stage("drawing the polygons")
        drawn = terrain_polygons(loaded.terrain, band_ft, tolerance_m)
        cost = compression(drawn, loaded.terrain)
    derivation = f"derived from the terrain of the site {loaded.name!r} in bands of {band_ft:g} ft, simplified outwards"
    if out.suffix == ".toml":
        text = to_site_toml(drawn, loaded.plane, clearance_ft, f"{derivation}; band top plus {clearance_ft:g} ft")
    else:
        text = to_geojson(drawn, loaded.plane)
    write_whole(out, text)
    if as_json:
        click.echo(json.dumps({"file": out.as_posix(), **asdict(cost)}))
    else:
        click.echo(
            f"{cost.polygons:,} polygons with {cost.vertices:,} corners replace {cost.cells:,} cells; on average they "
            f"lie {cost.mean_excess_ft:.0f} ft above the terrain. They are in {out}"
        )
