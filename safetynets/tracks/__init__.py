"""What the surveillance system believes: the `Tracks` table, its readers, its validation and its cleaning."""

from safetynets.tracks.cleaning import Cleaner, CleaningRule, clean, count_flags
from safetynets.tracks.csv_file import write_csv
from safetynets.tracks.derive import derive
from safetynets.tracks.flat import from_arrow, from_pandas, to_arrow, to_pandas
from safetynets.tracks.parquet_file import write_parquet
from safetynets.tracks.read import read_frame, read_tracks
from safetynets.tracks.resample import left_out, resample
from safetynets.tracks.result import ReadResult
from safetynets.tracks.spikes import SpikeRule
from safetynets.tracks.table import UNKNOWN, PlotFlag, Tracks, column_names

__all__ = [
    "UNKNOWN",
    "Cleaner",
    "CleaningRule",
    "PlotFlag",
    "ReadResult",
    "SpikeRule",
    "Tracks",
    "clean",
    "column_names",
    "count_flags",
    "derive",
    "from_arrow",
    "from_pandas",
    "left_out",
    "read_frame",
    "read_tracks",
    "resample",
    "to_arrow",
    "to_pandas",
    "write_csv",
    "write_parquet",
]
