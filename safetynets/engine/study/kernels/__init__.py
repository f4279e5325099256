"""The compiled parts of judging many parameter sets."""
