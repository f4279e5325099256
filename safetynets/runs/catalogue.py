"""Which scenarios are shipped, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetynets.errors import ScenarioError
from safetynets.sites.catalogue import names_in, shipped_file, shipped_folder
from safetynets.text_files import read_toml


def list_scenarios() -> tuple[str, ...]:
    """Names of the shipped scenarios, sorted.

    Returns
    -------
    tuple of str
        Names that `run_scenario` and `load_scenario` take.

    Examples
    --------
    >>> "paris-wrong-qnh" in list_scenarios()
    True
    """
    return names_in(shipped_folder())


def scenario_file(name_or_path: str | Path) -> Path:
    """The file of a shipped scenario by its name, or of one's own by its path.

    Raises
    ------
    ScenarioError
        When there is none; the error names the nearest shipped scenario.
    """
    return shipped_file(name_or_path, shipped_folder(), "scenario", ScenarioError)


def scenario_name(name_or_path: str | Path) -> str:
    """The name that a scenario gives itself, which is that of its run folder; that of its file where it gives none.

    Raises
    ------
    ScenarioError
        When there is no such scenario.

    >>> scenario_name("paris-wrong-qnh")
    'paris-wrong-qnh'
    """
    file = scenario_file(name_or_path)
    return str(_written(file).get("name") or file.stem)


def scenarios_written() -> list[dict[str, str]]:
    """Name, site and title of the shipped scenarios, as their files say."""
    files = (scenario_file(name) for name in list_scenarios())
    return [{key: str(_written(file)[key]) for key in ("name", "site", "title")} for file in files]


def _written(file: Path) -> dict[str, Any]:
    """What a scenario file says, unchecked; nothing where it is no TOML."""
    try:
        return read_toml(file, ScenarioError)[0]
    except ScenarioError:
        return {}
