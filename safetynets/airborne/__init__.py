"""What the nets on board would have said: an emulation to compare ground nets with, never shown to a controller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetynets.lazy import loaded_when_used

if TYPE_CHECKING:
    from safetynets.airborne.equipment import Equipment
    from safetynets.airborne.judge import ModeOutcome, Spoken, judge_flight
    from safetynets.airborne.modes import MODES, Mode

__all__ = ["MODES", "Equipment", "Mode", "ModeOutcome", "Spoken", "judge_flight"]

__getattr__ = loaded_when_used(
    __name__,
    {
        "MODES": "modes",
        "Equipment": "equipment",
        "Mode": "modes",
        "ModeOutcome": "judge",
        "Spoken": "judge",
        "judge_flight": "judge",
    },
)
