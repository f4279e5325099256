"""The page on which an expert labels situations, and the folder to hand out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.engine.net import nets
from safetynets.errors import LabelsError
from safetynets.evaluation.labels.ballots import key_text
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.deidentify import Deidentified
from safetynets.output import whole_folder, write_whole
from safetynets.recordings import write_csv
from safetynets.reports.environment import render
from safetynets.reports.figures import Picture
from safetynets.reports.formats import number
from safetynets.reports.labelling_figure import jpeg_bytes, labelling_figure
from safetynets.reports.replay.scripts import content_policy
from safetynets.sites.geometry import Site
from safetynets.traffic.places import ground
from safetynets.units import mps_to_kt

Steps = Callable[[str], None]

PAGE, TRACKS = "situations.html", "tracks.csv"
MEANINGS = {
    Category.NECESSARY: "the situation is serious; without an alert it may end badly",
    Category.DESIRABLE: "an alert is wanted, though nothing serious came of it",
    Category.UNNECESSARY: "an alert is not needed, but one understands why it came",
    Category.UNDESIRABLE: "an alert is wrong; nothing calls for it",
    Category.VOID: "nothing can be said, such as where the track is corrupt",
}


def write_labelling_folder(given: Deidentified, site: Site, folder: Path, key: Path, steps: Steps) -> None:
    """Write the page and the tracks to `folder`, which may be handed out, and the key beside it, which may not.

    The folder is filled under a temporary name and renamed when it is whole. The same situations give the same bytes.

    Raises
    ------
    LabelsError
        When `check_free` refuses them, or they cannot be written.
    """
    check_free(folder, key)
    with whole_folder(folder, LabelsError) as whole:
        write_csv(given.tracks, whole / TRACKS)
        export = hashlib.sha256((whole / TRACKS).read_bytes()).hexdigest()[:16]
        (whole / PAGE).write_text(labelling_page(given, site, export, steps), encoding="utf-8", newline="\n")
        write_whole(key, key_text(given.situations, given.names, given.flights), LabelsError)


def check_free(folder: Path, key: Path) -> None:
    """Refuse a folder or a key that would overwrite something, and a key that would be handed out.

    Raises
    ------
    LabelsError
        Naming the path.
    """
    if folder.resolve() in key.resolve().parents:
        raise LabelsError("lies in the folder that is handed out", file=key, mend="keep the key elsewhere, with --key")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LabelsError("is there and not empty", file=folder, mend="choose another folder, or remove it")
    if key.exists():
        raise LabelsError("is there already", file=key, mend="choose another place with --key, or remove it")


def labelling_page(given: Deidentified, site: Site, export: str, steps: Steps) -> str:
    """The page as HTML text: one script of our own, nothing fetched, nothing sent, every word of the input escaped.

    `export` names the situations, so that a browser which keeps the votes of several exports does not mix them up.
    """
    script = files("safetynets.reports").joinpath("templates/labelling.js").read_text(encoding="utf-8")
    rows = []
    for place, name in enumerate(given.names):
        steps(f"drawing {name} of {given.names[-1]}")
        rows.append(_row(given, place, name, site))
    return render(
        "labelling.html.j2",
        policy=content_policy([script], spoken=False),
        script=script,
        export=export,
        site_title=site.title,
        terrain="; ".join(site.terrain.notes) or "as it is" if site.terrain is not None else "of which there is none",
        categories=[(category.word, MEANINGS[category]) for category in Category],
        rows=rows,
    )


def _row(given: Deidentified, place: int, name: str, site: Site) -> dict[str, Any]:
    net = nets()[int(given.situations.net[place])].name
    facts = _facts(given, place, site)
    content = jpeg_bytes(labelling_figure(given, place, site))
    alt = f"{name}: the flight from above and its altitudes against time. {facts}"
    return {
        "name": name,
        "net": net,
        "facts": facts,
        "alt": alt,
        "picture": Picture(content, "image/jpeg", alt, "").source,
    }


def _facts(given: Deidentified, place: int, site: Site) -> str:
    """What can be read off the plots within the situation, in one sentence or two."""
    tracks, rows = given.tracks, given.tracks.rows_of(place)
    time_s = tracks.time_s[rows]
    within = (time_s >= given.from_s[place]) & (time_s <= given.to_s[place])
    altitude_ft = np.where(
        np.isfinite(tracks.geometric_altitude_ft[rows]),
        tracks.geometric_altitude_ft[rows],
        tracks.pressure_altitude_ft[rows],
    )
    height_ft = altitude_ft - ground(site).elevation_ft(tracks.x_m[rows], tracks.y_m[rows])
    told = [f"{given.flights[place]}, {number(float(np.ptp(time_s[within])) if within.any() else 0.0)} s."]
    known = within & np.isfinite(height_ft)
    if known.any():
        lowest = int(np.flatnonzero(known)[np.argmin(height_ft[known])])
        speed_kt = mps_to_kt(float(np.hypot(tracks.vx_mps[rows][lowest], tracks.vy_mps[rows][lowest])))
        told.append(
            f"Least height above the ground {number(height_ft[lowest])} ft at {number(time_s[lowest])} s, "
            f"then at {number(speed_kt)} kt and {number(tracks.vertical_rate_fpm[rows][lowest])} ft/min."
        )
    for column, word in (("vectored", "vectored"), ("visual", "flagged as visual")):
        if (getattr(tracks, column)[rows][within] == 1).any():
            told.append(f"Partly {word}.")
    return " ".join(told)
