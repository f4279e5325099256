"""What the blocks of the coarse filter hold (`safetynets.engine.blocks`), as plain numbers."""

FLOOR, BELOW_PATH, CEILING, UNDER = range(4)
"""Layers: floors, limits along approach paths, ceilings of volumes, and floors of volumes with the sign changed."""

LEVELS = 6
"""Boxes are up to 2**5 blocks: at 1 km what flies 60 s at 500 m/s."""

SLACK_M = 1.0
"""Boxes are taken larger by this, so that neither a shared edge nor rounding ever matters."""

BELOW_FLOOR, ON_PATH, IN_VOLUME = 1, 2, 4
"""What the filter asks of a plot, a bit each: is its path below a floor, off an approach path, inside a volume."""
