"""What the surveillance system believes: the `Tracks` table, its readers, its validation and its cleaning."""

from safetynets.tracks.table import UNKNOWN, PlotFlag, Tracks, column_names

__all__ = ["UNKNOWN", "PlotFlag", "Tracks", "column_names"]
