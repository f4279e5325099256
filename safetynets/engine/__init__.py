"""What every net shares, in the order in which a plot meets it (docs/design.md)."""
