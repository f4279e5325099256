"""What the nets on board would have said: an emulation to compare ground nets with, never shown to a controller."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safetynets.airborne.equipment import Equipment
    from safetynets.airborne.judge import ModeOutcome, Spoken, judge_flight
    from safetynets.airborne.modes import MODES, Mode

__all__ = ["MODES", "Equipment", "Mode", "ModeOutcome", "Spoken", "judge_flight"]

_WHERE = {
    "MODES": "modes",
    "Equipment": "equipment",
    "Mode": "modes",
    "ModeOutcome": "judge",
    "Spoken": "judge",
    "judge_flight": "judge",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: a command that only prints its help must not wait for numba."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
