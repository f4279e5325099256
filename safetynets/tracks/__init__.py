"""What the surveillance system believes: the `Tracks` table, its cleaning and its resampling."""

from safetynets.tracks.cleaning import Cleaner, CleaningRule, clean, count_flags
from safetynets.tracks.derive import derive
from safetynets.tracks.flat import from_arrow, from_pandas, to_arrow, to_pandas
from safetynets.tracks.portions import map_portions
from safetynets.tracks.resample import left_out, resample
from safetynets.tracks.spikes import SpikeRule
from safetynets.tracks.table import UNKNOWN, AltitudeSource, PlotFlag, Tracks, column_names

__all__ = [
    "UNKNOWN",
    "AltitudeSource",
    "Cleaner",
    "CleaningRule",
    "PlotFlag",
    "SpikeRule",
    "Tracks",
    "clean",
    "column_names",
    "count_flags",
    "derive",
    "from_arrow",
    "from_pandas",
    "left_out",
    "map_portions",
    "resample",
    "to_arrow",
    "to_pandas",
]
