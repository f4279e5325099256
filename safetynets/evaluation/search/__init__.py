"""Searches for situations: where an alert just begins, what is missed, and what two parameter sets differ about."""
