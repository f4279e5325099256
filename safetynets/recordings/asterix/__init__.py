"""ASTERIX recordings: categories 062, 021, 048 and 001 to `Tracks`, and `Tracks` to categories 062, 021 and 048.

What is read and what is not: docs/asterix.md. The compiled decoder is loaded when something is read, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetynets.lazy import loaded_when_used
from safetynets.recordings.containers import sniff

if TYPE_CHECKING:
    from safetynets.recordings.asterix.encoder import encode
    from safetynets.recordings.asterix.recording import AsterixRecording, read
    from safetynets.recordings.asterix.writer import write

__all__ = ["AsterixRecording", "encode", "read", "sniff", "write"]

__getattr__ = loaded_when_used(
    __name__, {"AsterixRecording": "recording", "encode": "encoder", "read": "recording", "write": "writer"}
)
