"""The folder of a run: which one it is, whether it may be replaced, and its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetynets.errors import ScenarioError
from safetynets.text_files import read_json

MANIFEST = "manifest.json"
TRACKS = "tracks.parquet"
PAGE = "report.html"
_KEYS = {"name", "title", "site", "site_overrides", "inputs"}


def is_run_folder(path: Path) -> bool:
    """Whether a folder holds a run written by this package: it has the manifest that says so."""
    try:
        manifest = read_json(path / MANIFEST)
        return bool(manifest["package"]["name"] == "safetynets")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def check_free(path: Path, *, replace: bool) -> None:
    """Refuse a path that a run folder must not take.

    Raises
    ------
    ScenarioError
        When `path` exists and is not an empty folder, unless it is a run folder and `replace` is true.
    """
    try:
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            return
    except OSError as error:
        raise ScenarioError(
            f"cannot be read: {error.strerror}", file=path, mend="choose another folder with --out"
        ) from None
    if not path.is_dir() or not is_run_folder(path):
        raise ScenarioError(
            "exists and is not a run folder, so it is not overwritten",
            file=path,
            mend="choose a folder that does not exist yet",
        )
    if not replace:
        raise ScenarioError(
            "holds a run already", file=path, mend="choose another folder or allow this one to be replaced"
        )


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a run folder.

    Raises
    ------
    ScenarioError
        When the folder holds no run, or one of another version.
    """
    file = folder / MANIFEST
    try:
        manifest = read_json(file)
        written_by, version = manifest["package"]["name"], manifest["package"]["version"]
    except (FileNotFoundError, NotADirectoryError):
        raise ScenarioError("is no run folder", file=folder, mend="name a folder that 'safetynets run' wrote") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise ScenarioError("is not the manifest of a run", file=file, mend="run it again") from None
    if written_by != "safetynets" or not manifest.keys() >= _KEYS:
        raise ScenarioError(f"was written by {written_by} {version}", file=file, mend="run it again with this version")
    try:
        whole = isinstance(manifest["site"]["name"], str) and all(row["sha256"] for row in manifest["inputs"])
    except (KeyError, TypeError):
        whole = False
    if not whole or not isinstance(manifest["site_overrides"], dict):
        raise ScenarioError("is not a whole manifest of a run", file=file, mend="run it again")
    assert isinstance(manifest, dict)
    return manifest
