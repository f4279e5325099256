"""Where we are: terrain, minimum altitudes, approaches, airspace volumes, pressure regions and parameter sets."""
