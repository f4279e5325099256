"""`safetynets site`: a site of one's own, made, filled, checked and drawn."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import click

from safetynets.cli.common import say_page
from safetynets.cli.options import FILE, FILE_THERE, FOLDER, NetName, json_option
from safetynets.errors import ScenarioError
from safetynets.output import write_whole

SHOWN = 40
CHARTS = (".svg", ".pdf", ".png", ".html")


@click.group()
def site() -> None:
    """Make a site of your own, import adaptation data into it, and check it."""


@site.command()
@click.argument("identifier", metavar="ICAO")
@click.option("--out", type=FOLDER, required=True, help="The folder of the site to make.")
@click.option(
    "--terrain",
    multiple=True,
    type=FILE,
    help="A height file (SRTM .hgt or .hgt.gz, GeoTIFF); repeatable, the finest first.",
)
@click.option(
    "--minimum-altitudes",
    multiple=True,
    type=FILE_THERE,
    help="A chart of minimum altitudes, as `site import` takes it; repeatable. With one, no terrain is needed.",
)
@click.option("--airports", type=FILE_THERE, help="OurAirports airports.csv.")
@click.option("--runways", type=FILE_THERE, help="OurAirports runways.csv.")
@click.option(
    "--answers",
    "answers_file",
    type=FILE_THERE,
    help="Answers as TOML, for what the data do not say; without it you are asked on a terminal.",
)
@click.option(
    "--extent-nm",
    type=click.FloatRange(10, 60),
    default=25.0,
    show_default=True,
    help="How far the terrain reaches to each side.",
)
def new(
    identifier: str,
    out: Path,
    terrain: tuple[Path, ...],
    minimum_altitudes: tuple[Path, ...],
    airports: Path | None,
    runways: Path | None,
    answers_file: Path | None,
    extent_nm: float,
) -> None:
    """Make a runnable site of the aerodrome ICAO from terrain, minimum altitudes, or both.

    It gets runways, approaches, inhibit volumes and settings of the traffic generator.

    Runways are those of OurAirports, from the extra [adaptation] or from --airports and --runways.
    """
    import sys

    from safetynets.adaptation.aerodromes import find_aerodrome
    from safetynets.adaptation.answers import read_answers
    from safetynets.adaptation.new_site import new_site

    aerodrome = find_aerodrome(identifier, airports, runways)
    asks = answers_file is None and sys.stdin.isatty()
    answers = read_answers(answers_file, _ask if asks else None)
    made = new_site(aerodrome, out, terrain, answers, extent_nm, minimum_altitudes)
    click.echo(f"{made.title}: approaches {', '.join(made.approaches)}; {len(made.inhibit_volumes)} inhibit volumes.")
    click.echo(f"The site is {out}. Look at it: safetynets site check {out} --out {out.name}.html")


def _ask(question: str, default: str) -> str:
    return str(click.prompt(question, default=default, show_default=bool(default)))


@site.command(name="import")
@click.argument("file", type=FILE_THERE)
@click.option("--into", required=True, metavar="SITE", help="The folder of your site, or its site.toml.")
@click.option(
    "--as",
    "target",
    required=True,
    type=click.Choice(["minimum-altitudes", "volumes", "inhibit", "approaches"]),
    help="What the areas or approaches of the file are to the site.",
)
@click.option(
    "--airport", "airports", multiple=True, metavar="ICAO", help="Of ARINC 424 only this aerodrome; repeatable."
)
@click.option(
    "--purpose",
    type=click.Choice(["restricted", "danger", "prohibited"]),
    default=None,
    help="What volumes protect, where the file does not say.",
)
@click.option(
    "--nets",
    multiple=True,
    type=NetName(),
    help="Nets that are silent in inhibit volumes, where the file does not say; repeatable.",
)
@click.option("--reason", default="", help="Why nets are silent in the inhibit volumes.")
@click.option(
    "--source", default="", help="Who published the file, its date and licence; kept in the site's SOURCES.md."
)
@json_option
def import_(
    file: Path,
    into: str,
    target: str,
    airports: tuple[str, ...],
    purpose: str | None,
    nets: tuple[str, ...],
    reason: str,
    source: str,
    as_json: bool,
) -> None:
    """Import FILE into a site: AIXM 5.1, GeoJSON, KML, OpenAir, TopSkyMSAW, TopSkyAreas or ARINC 424 (CIFP).

    The format is recognised by the content. An area that cannot be used is left out and reported with its line;
    the others are kept, and the site loads afterwards. Importing the same file again replaces what it brought before.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.adaptation.imports import import_file
        from safetynets.adaptation.tables import Target

    chosen: Target = next(each for each in get_args(Target) if each == target)
    with stages() as stage:
        stage(f"importing {file.name}")
        found = import_file(
            file, into, chosen, airports=airports, purpose=purpose or "", nets=nets, reason=reason, source=source
        )
    if as_json:
        told = {
            "file": found.file,
            "format": found.format,
            "sha256": found.sha256,
            "site": found.site_file.as_posix(),
            "as": found.target,
            "kept": [*found.names],
            "findings": [
                {"where": one.where, "name": one.name, "severity": one.severity, "text": one.text, "mend": one.mend}
                for one in found.findings
            ],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for finding in found.findings[:SHOWN]:
        click.echo(f"{found.file}: {finding}")
    if len(found.findings) > SHOWN:
        click.echo(f"... and {len(found.findings) - SHOWN:,} more (all with --json)")
    left = f", {found.refused:,} left out" if found.refused else ""
    click.echo(f"{found.file} ({found.format}): {len(found.names):,} {target} in {found.site_file}{left}")


@site.command()
@click.argument("site")
@click.option("--out", type=FILE, help="Write the findings with a map, as .html.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which schedules are to be in force; by default today.",
)
@click.option(
    "--traffic",
    type=FILE_THERE,
    help="A recording or a generated day: replay it, and say what it shows about the site.",
)
@click.option(
    "--cifp",
    type=FILE_THERE,
    help="ARINC 424 records, such as the FAA's CIFP: compare the approaches with those published there.",
)
@click.option("--qnh-hpa", type=float, help="The QNH of the traffic; by default the site's own.")
@click.option(
    "--proposed", type=FILE, help="Write the inhibit volumes that the approach paths and departures require, as .toml."
)
@json_option
def check(
    site: str,
    out: Path | None,
    on: datetime | None,
    traffic: Path | None,
    cifp: Path | None,
    qnh_hpa: float | None,
    proposed: Path | None,
    as_json: bool,
) -> None:
    """Check SITE for what its owner probably did not intend: each finding with severity, place and remedy.

    The exit code is 1 if there is an error among the findings, otherwise 0.
    """
    from dataclasses import replace

    from safetynets.cli.stages import stages

    with stages():
        from safetynets.adaptation.check import check_site

    if out is not None and out.suffix != ".html":
        raise ScenarioError(f"unknown extension {out.suffix!r}", file=out, mend="give a name that ends in .html")
    day: date = on.date() if on is not None else datetime.now(UTC).date()
    with stages() as stage:
        stage("checking the site")
        report = check_site(site, day)
        if cifp is not None and report.site is not None:
            from safetynets.adaptation.checks.published import against_published
            from safetynets.adaptation.read import read_parts

            published = read_parts(cifp, {approach.airport for approach in report.site.flown_approaches})
            found = against_published(report.site, published.approaches)
            report = replace(report, findings=(*report.findings, *found))
        if traffic is not None and report.site is not None:
            from safetynets.runs import replay
            from safetynets.runs.site_findings import traffic_findings

            run = replay(traffic, report.site, qnh_hpa=qnh_hpa, progress=stage)
            report = replace(report, findings=(*report.findings, *traffic_findings(run)))
        if proposed is not None and report.site is not None:
            from safetynets.adaptation.new_site import inhibit_rows
            from safetynets.adaptation.site_text import written

            tables = [written("inhibit_volumes", row) for row in inhibit_rows(report.site)]
            write_whole(proposed, "\n".join(tables))
        if out is not None:
            from safetynets.reports.site_page import site_page

            stage("writing the page")
            write_whole(out, site_page(report))
    if as_json:
        rows = [
            {
                "check": one.check,
                "severity": one.severity,
                "about": one.about,
                "text": one.text,
                "mend": one.mend,
                "latitude_deg": None if one.place_deg is None else one.place_deg[0],
                "longitude_deg": None if one.place_deg is None else one.place_deg[1],
            }
            for one in report.findings
        ]
        told = {"site": report.file.as_posix(), "counts": dict(report.counts()), "findings": rows}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for one in report.findings:
            place = "" if one.place_deg is None else f" [{one.place_deg[0]:.4f}, {one.place_deg[1]:.4f}]"
            click.echo(f"{one.severity}: {one.about}: {one.text}{place}; {one.mend} ({one.check})")
        counted = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in report.counts().items())
        if out is None:
            click.echo(f"{report.file}: {counted}")
        else:
            say_page(f"{report.file}: {counted}. The page is {out}", out)
    if report.counts()["error"]:
        raise SystemExit(1)


@site.command()
@click.argument("site")
@click.option(
    "--out",
    type=FILE,
    required=True,
    help="The chart to write: .svg, .pdf or .png for print, .html to zoom and point at.",
)
def draw(site: str, out: Path) -> None:
    """Draw a chart of SITE in print quality: terrain, minimum altitudes, approaches, volumes, inhibit volumes."""
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.sites import load_site

    if out.suffix not in CHARTS:
        raise ScenarioError(f"unknown extension {out.suffix!r}", file=out, mend=f"give one of {', '.join(CHARTS)}")
    with stages() as stage:
        stage("loading the site")
        loaded = load_site(site)
        stage("drawing")
        from safetynets.reports import house_style
        from safetynets.reports.site_chart import describe, site_chart

        if out.suffix == ".html":
            from safetynets.reports.site_map_page import site_map_page

            write_whole(out, site_map_page(loaded))
            click.echo(f"{describe(loaded)}. It is in {out}")
            return
        write_whole(out, house_style.figure_bytes(site_chart(loaded), out.suffix[1:]))
    click.echo(f"{describe(loaded)}. It is in {out}")


@site.command()
@click.argument("site")
@click.option("--optimise", is_flag=True, help="A few polygons that cause the fewest alerts: the only method so far.")
@click.option(
    "--traffic", type=FILE_THERE, help="A recording or a generated day; without it only the lost airspace is weighed."
)
@click.option("--qnh-hpa", type=float, help="The QNH of the traffic; by default the site's own.")
@click.option("--at-most", type=click.IntRange(1, 200), default=12, show_default=True, help="Most polygons allowed.")
@click.option("--choose", type=click.IntRange(1, 200), help="How many polygons to write; by default the most allowed.")
@click.option(
    "--within",
    type=click.Choice(["terrain", "present"]),
    default="terrain",
    show_default=True,
    help="Cover all terrain, or only where the site has minimum altitudes now.",
)
@click.option(
    "--clearance-ft", type=click.FloatRange(0, 5000), default=1000.0, show_default=True, help="Clearance above terrain."
)
@click.option(
    "--lateral-m",
    type=click.FloatRange(0, 20_000),
    help="How far to each side terrain and obstacles count; by default as far as the site's MSAW looks.",
)
@click.option(
    "--step-ft", type=click.FloatRange(10, 1000), default=100.0, show_default=True, help="Steps of the minima."
)
@click.option(
    "--block-nm",
    type=click.FloatRange(0.1, 5),
    default=0.5,
    show_default=True,
    help="Size of blocks.",
)
@click.option(
    "--tolerance-nm",
    type=click.FloatRange(0, 5),
    default=0.25,
    show_default=True,
    help="How far an edge may move outwards to save corners.",
)
@click.option(
    "--out", type=FOLDER, required=True, help="The folder to write: polygons.toml and .geojson, front.csv, report.html."
)
def polygons(
    site: str,
    optimise: bool,
    traffic: Path | None,
    qnh_hpa: float | None,
    at_most: int,
    choose: int | None,
    within: str,
    clearance_ft: float,
    lateral_m: float | None,
    step_ft: float,
    block_nm: float,
    tolerance_nm: float,
    out: Path,
) -> None:
    """Derive a few minimum-altitude polygons of SITE from its terrain that cause the fewest alerts."""
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.output import check_can_write
        from safetynets.runs.folder import check_free
        from safetynets.sites.catalogue import site_file

    del optimise  # bands without traffic are `safetynets terrain polygons`
    if choose is not None and choose > at_most:
        raise ScenarioError(f"{choose} polygons are more than --at-most {at_most}", mend="allow more, or choose fewer")
    site_file(site)
    check_free(out, replace=False)
    check_can_write(out)
    with stages() as stage:
        stage("loading the site")
        from safetynets.reports.floor_polygons_folder import write_floor_polygons
        from safetynets.runs import traffic as of_traffic
        from safetynets.runs.changed_site import changed_site, pressure
        from safetynets.runs.floor_polygons import Wanted, chosen_of, optimised_polygons

        loaded = changed_site(site, pressure(qnh_hpa))
        tracks = None if traffic is None else of_traffic.recorded(traffic, None, loaded, stage, None, qnh_hpa).tracks
        wanted = Wanted(
            at_most=at_most,
            clearance_ft=clearance_ft,
            lateral_m=lateral_m,
            step_ft=step_ft,
            block_nm=block_nm,
            tolerance_nm=tolerance_nm,
            within=within,  # type: ignore[arg-type]
        )
        front = optimised_polygons(loaded, tracks, wanted, stage)
        chosen = chosen_of(front, choose)
        stage("writing")
        told = write_floor_polygons(front, chosen, out)
    say_page(f"{told} They are in {out}, the page is {out / 'report.html'}", out / "report.html")
