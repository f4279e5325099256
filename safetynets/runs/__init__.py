"""From a scenario or a recording to a finished run: tracks judged, alerts, calls and the manifest."""

from safetynets.runs.catalogue import list_scenarios
from safetynets.runs.execute import replay, run_scenario
from safetynets.runs.run import Run
from safetynets.runs.scenario import LoadedScenario, Scenario, load_scenario

__all__ = ["LoadedScenario", "Run", "Scenario", "list_scenarios", "load_scenario", "replay", "run_scenario"]
