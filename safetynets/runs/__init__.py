"""From a scenario or a recording to a finished run: tracks judged, alerts, calls and the manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetynets.lazy import loaded_when_used

if TYPE_CHECKING:
    from safetynets.runs.catalogue import list_scenarios
    from safetynets.runs.execute import replay, run_scenario
    from safetynets.runs.run import Run
    from safetynets.runs.scenario import LoadedScenario, Scenario, load_scenario

__all__ = ["LoadedScenario", "Run", "Scenario", "list_scenarios", "load_scenario", "replay", "run_scenario"]

__getattr__ = loaded_when_used(
    __name__,
    {
        "LoadedScenario": "scenario",
        "Run": "run",
        "Scenario": "scenario",
        "list_scenarios": "catalogue",
        "load_scenario": "scenario",
        "replay": "execute",
        "run_scenario": "execute",
    },
)
