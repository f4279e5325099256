"""How a recorded byte becomes a plot: one file a format, all read by `read_tracks`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safetynets.recordings.csv_file import write_csv
    from safetynets.recordings.parquet_file import write_parquet
    from safetynets.recordings.profile import Profile, read_profile
    from safetynets.recordings.read import read_frame, read_tracks
    from safetynets.recordings.result import ReadResult

__all__ = ["Profile", "ReadResult", "read_frame", "read_profile", "read_tracks", "write_csv", "write_parquet"]

_WHERE = {
    "Profile": "profile",
    "ReadResult": "result",
    "read_frame": "read",
    "read_profile": "profile",
    "read_tracks": "read",
    "write_csv": "csv_file",
    "write_parquet": "parquet_file",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: a refusal must not wait for pyarrow."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
