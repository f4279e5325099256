"""Which scenarios are shipped, and where."""

from __future__ import annotations

from pathlib import Path

from safetynets.errors import ScenarioError
from safetynets.sites.catalogue import shipped_folder
from safetynets.sites.problems import nearest


def list_scenarios() -> tuple[str, ...]:
    """Names of the shipped scenarios, sorted.

    >>> "paris-wrong-qnh" in list_scenarios()
    True
    """
    return tuple(sorted(file.stem for file in shipped_folder().glob("*.toml")))


def scenario_file(name_or_path: str | Path) -> Path:
    """The file of a shipped scenario by its name, or of one's own by its path.

    Raises
    ------
    ScenarioError
        When there is none; the error names the nearest shipped scenario.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    if str(name_or_path) in list_scenarios():
        return shipped_folder() / f"{name_or_path}.toml"
    if path.suffix == ".toml" or path.is_dir():
        raise ScenarioError(
            "there is no such scenario file", file=path, mend="give the path of a scenario's .toml file"
        )
    raise ScenarioError(
        f"there is no scenario {str(name_or_path)!r}", mend=nearest(str(name_or_path), list_scenarios())
    )
