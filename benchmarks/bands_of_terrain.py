"""MSAW alerts of a site whose terrain is replaced by bands: `python -m benchmarks.bands_of_terrain geneva BANDS DAY`.

BANDS is what `safetynets terrain polygons SITE --out bands.toml` writes, DAY a recording or a generated day, its QNH
1013 hPa. The bands stand in place of terrain, minimum altitudes and obstacles, as those of `site polygons` do.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from safetynets.runs import replay
from safetynets.sites import load_site

QNH = {"pressure_regions.*.qnh_hpa": 1013}
HEAD = """title = "{site.title}"
centre_deg = [{site.plane.latitude_deg!r}, {site.plane.longitude_deg!r}]
source = "bands of the terrain in place of it"

[[pressure_regions]]
name = "everywhere"
transition_altitude_ft = 7000
transition_level_fl = 80
source = "not used"

"""


def main(name: str, bands: Path, day: Path) -> None:
    """Print how many alerts the MSAW has with the bands."""
    site = load_site(name, QNH)
    file = bands.with_name("bands-site.toml")
    file.write_text(HEAD.format(site=site) + bands.read_text(encoding="utf-8"), encoding="utf-8")
    minima = load_site(file).minimum_altitudes
    run = replay(day, replace(site, terrain=None, obstacles=(), minimum_altitudes=minima))
    print(f"{len(minima)} polygons: {sum(alert.net == 'MSAW' for alert in run.alerts)} alerts of the MSAW")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
