"""An open laboratory for ground-based safety nets: MSAW, APM and APW. Not for operational use.

The names below are loaded when they are first used: `import safetynets` imports nothing else. They are typed in
`__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "Alert": "alerts",
    "Alerts": "alerts",
    "Explanation": "explanation",
    "JudgedSet": "judging",
    "JudgedSets": "judging",
    "Run": "run",
    "Site": "site",
    "Tracks": "tracks",
    "explain": "explanation",
    "judge": "judging",
    "judge_many": "judging",
    "list_rule_sets": "words",
    "list_scenarios": "run",
    "list_sites": "site",
    "load_site": "site",
    "read_tracks": "tracks",
    "replay": "run",
    "run_scenario": "run",
    "say": "words",
}
"""The module of `safetynets.api` that defines each public name."""

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.api.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
