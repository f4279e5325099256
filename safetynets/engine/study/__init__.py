"""One set of tracks judged by many parameter sets."""
