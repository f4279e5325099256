"""Overrides of a run, such as `apm.below_ft=150`: some are the scenario's, all others are the site's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from safetynets.errors import ScenarioError
from safetynets.sites.overrides import parsed_value

SCENARIO_TABLES = ("recording", "pressure", "weather", "surveillance", "seed")
"""The tables of a scenario that an override may address; any other address is the site's."""


def parse(texts: Iterable[str], switched_on: Iterable[str] = ()) -> dict[str, Any]:
    """Overrides as written on a command line, `key=value` each, and the nets to switch on.

    Raises
    ------
    ScenarioError
        For a text without `=`, and for a key that is given twice.

    >>> parse(["msaw.look_ahead_s=60"])
    {'msaw.look_ahead_s': '60'}
    """
    overrides: dict[str, Any] = {}
    for text in texts:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not key or not value:
            raise ScenarioError(
                f"{text!r} is no override", where="--set", mend="write key=value, such as msaw.look_ahead_s=60"
            )
        if key in overrides:
            raise ScenarioError(f"{key!r} is given twice", where="--set", mend="give it once")
        overrides[key] = parsed_value(value) if key == "switched_on" else value
    if named := tuple(dict.fromkeys(switched_on)):
        overrides["switched_on"] = named
    return overrides


def split(overrides: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The overrides that address the scenario, and those that address the site.

    >>> split({"pressure.qnh_hpa": 1001.0, "msaw.look_ahead_s": 60.0})
    ({'pressure.qnh_hpa': 1001.0}, {'msaw.look_ahead_s': 60.0})
    """
    of_scenario = {key: value for key, value in overrides.items() if key.partition(".")[0] in SCENARIO_TABLES}
    of_site = {key: value for key, value in overrides.items() if key not in of_scenario}
    return of_scenario, of_site
