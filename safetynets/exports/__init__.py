"""How alerts leave for other tools: ASTERIX category 004, COMPASS view points, tables, GeoJSON and KML."""
