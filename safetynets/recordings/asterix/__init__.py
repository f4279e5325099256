"""ASTERIX recordings: categories 062, 021, 048 and 001 to `Tracks`, and `Tracks` to categories 062, 021 and 048.

What is read and what is not: docs/asterix.md. The compiled decoder is loaded when something is read, not before.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from safetynets.recordings.containers import sniff

if TYPE_CHECKING:
    from safetynets.recordings.asterix.encoder import encode
    from safetynets.recordings.asterix.recording import AsterixRecording, read
    from safetynets.recordings.asterix.writer import write

__all__ = ["AsterixRecording", "encode", "read", "sniff", "write"]

_WHERE = {"AsterixRecording": "recording", "encode": "encoder", "read": "recording", "write": "writer"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
