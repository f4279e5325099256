"""What the surveillance system believes: the `Tracks` table, its readers, its validation and its cleaning."""

from safetynets.tracks.assemble import ReadResult
from safetynets.tracks.csv_file import write_csv
from safetynets.tracks.flat import from_arrow, from_pandas, to_arrow, to_pandas
from safetynets.tracks.parquet_file import write_parquet
from safetynets.tracks.read import read_frame, read_tracks
from safetynets.tracks.table import UNKNOWN, PlotFlag, Tracks, column_names

__all__ = [
    "UNKNOWN",
    "PlotFlag",
    "ReadResult",
    "Tracks",
    "column_names",
    "from_arrow",
    "from_pandas",
    "read_frame",
    "read_tracks",
    "to_arrow",
    "to_pandas",
    "write_csv",
    "write_parquet",
]
