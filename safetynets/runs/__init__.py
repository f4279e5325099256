"""From a scenario or a recording to a finished run: tracks judged, alerts, calls and the manifest."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safetynets.runs.catalogue import list_scenarios
    from safetynets.runs.execute import replay, run_scenario
    from safetynets.runs.run import Run
    from safetynets.runs.scenario import LoadedScenario, Scenario, load_scenario

__all__ = ["LoadedScenario", "Run", "Scenario", "list_scenarios", "load_scenario", "replay", "run_scenario"]

_WHERE = {
    "LoadedScenario": "scenario",
    "Run": "run",
    "Scenario": "scenario",
    "list_scenarios": "catalogue",
    "load_scenario": "scenario",
    "replay": "execute",
    "run_scenario": "execute",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: a list or a refusal must not wait for the geometry."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
