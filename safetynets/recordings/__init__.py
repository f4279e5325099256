"""How a recorded byte becomes a plot: one file a format, all read by `read_tracks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetynets.lazy import loaded_when_used

if TYPE_CHECKING:
    from safetynets.recordings.csv_file import write_csv
    from safetynets.recordings.parquet_file import write_parquet
    from safetynets.recordings.profile import Profile, read_profile
    from safetynets.recordings.read import read_frame, read_tracks
    from safetynets.recordings.result import ReadResult

__all__ = ["Profile", "ReadResult", "read_frame", "read_profile", "read_tracks", "write_csv", "write_parquet"]

__getattr__ = loaded_when_used(
    __name__,
    {
        "Profile": "profile",
        "ReadResult": "result",
        "read_frame": "read",
        "read_profile": "profile",
        "read_tracks": "read",
        "write_csv": "csv_file",
        "write_parquet": "parquet_file",
    },
)
