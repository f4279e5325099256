"""A run folder read back: the tracks as judged and the same site, checked against the manifest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safetynets.errors import ScenarioError, SiteError
from safetynets.recordings import read_tracks
from safetynets.runs.decisions import decided
from safetynets.runs.folder import MANIFEST, TRACKS, read_manifest
from safetynets.runs.judge import judge
from safetynets.runs.manifest import sha256
from safetynets.runs.rule_sets import RuleSets
from safetynets.runs.run import Run
from safetynets.runs.traffic import silent
from safetynets.sites import Site, load_site
from safetynets.sites.catalogue import site_file
from safetynets.tracks import Tracks


@dataclass(frozen=True, eq=False)
class Reloaded:
    """What is needed to judge a finished run once more."""

    manifest: dict[str, Any]
    site: Site
    tracks: Tracks


def reload_run(folder: str | Path, site: str | Path | None = None) -> Reloaded:
    """Read a run folder and load its site with the overrides of the run.

    `site` is needed where the site is not a shipped one: the manifest knows its name, not where it is.

    Raises
    ------
    ScenarioError
        When the folder holds no run, or when a file of the site is no longer the one that the run was made with.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    loaded = site_of_run(folder, manifest, site, "the run's manifest")
    loaded = decided(loaded, manifest.get("decisions", ()))
    hashes = {row["sha256"] for row in manifest["inputs"]}
    for file in loaded.input_files:
        if sha256(file) not in hashes:
            raise ScenarioError(
                f"the site's {file.name} is not the one of this run",
                file=folder / MANIFEST,
                mend="run it again, or give the site of the run with --site",
            )
    return Reloaded(manifest, loaded, read_tracks(folder / TRACKS).tracks.on_plane(loaded.plane))


def site_of_run(folder: Path, manifest: dict[str, Any], site: str | Path | None, source: str) -> Site:
    """The site of a run with the overrides of the run, whose source is said to be `source`.

    Raises
    ------
    ScenarioError
        Where the site is not a shipped one, and not given.
    """
    name = manifest["site"]["name"]
    if site is None:
        try:
            site_file(name)
        except SiteError:
            raise ScenarioError(
                f"is a run at {name!r}, which is no shipped site",
                file=folder,
                mend="give the site's folder with --site",
            ) from None
    return load_site(site or name, manifest["site_overrides"], source)


def rejudge(folder: str | Path, site: str | Path | None = None, progress: Callable[[str], None] | None = None) -> Run:
    """A run folder as the `Run` that it was written from: its tracks judged once more, with its own manifest.

    Raises
    ------
    ScenarioError
        As `reload_run`.
    """
    tell = progress or silent
    tell("reading the run")
    reloaded = reload_run(folder, site)
    told = reloaded.manifest
    rule_sets = RuleSets.of_manifest(told["rule_sets"])
    run = judge(told["name"], told["title"], reloaded.site, reloaded.tracks, tell, rule_sets)
    return replace(run, manifest=told)
