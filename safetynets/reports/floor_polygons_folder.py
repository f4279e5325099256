"""The folder of `safetynets site polygons --optimise`."""

from __future__ import annotations

from pathlib import Path

from safetynets.output import whole_folder
from safetynets.reports.floor_polygons_page import floor_polygons_page, sentence
from safetynets.runs.floor_polygons import Choice, Front
from safetynets.sites.terrain_polygons import to_geojson, to_site_toml
from safetynets.spreadsheet import csv_text

COLUMNS = ("polygons", "corners", "alerts", "flights_alerted", "alert_min", "flights_below", "lost_nm2_kft")


def write_floor_polygons(front: Front, chosen: Choice, out: Path) -> str:
    """Write the chosen polygons, the front and the page; returns the sentence that the page begins with.

    `polygons.toml` holds `[[minimum_altitudes]]` for a site, `front.csv` a row for each number of polygons.
    """
    wanted, site = front.wanted, front.site
    derivation = (
        f"derived from terrain and obstacles of the site {site.name!r} within {wanted.lateral_m:g} m, "
        f"plus {wanted.clearance_ft:g} ft, optimised for at most {wanted.at_most} polygons"
    )
    rows = []
    for choice in front.choices:
        alerted = ("", "", "") if choice.alerts is None else (*choice.alerts[:2], round(choice.alerts.lasting_min, 2))
        lost = round(choice.lost_nm2_kft, 1)
        rows.append([len(choice.polygons), choice.corners, *alerted, choice.flights_below, lost])
    with whole_folder(out) as folder:
        toml = to_site_toml(chosen.polygons, site.plane, wanted.clearance_ft, derivation)
        for name, content in (
            ("polygons.toml", toml),
            ("polygons.geojson", to_geojson(chosen.polygons, site.plane)),
            ("front.csv", csv_text(COLUMNS, rows)),
            ("report.html", floor_polygons_page(front, chosen)),
        ):
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
    return sentence(front, chosen)
