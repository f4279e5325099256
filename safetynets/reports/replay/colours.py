"""The colours of the replay: a dark, quiet display. The nets have the light hues of Okabe and Ito (2008).

No colour stands alone: each net has its own name, marker and lane, each line its own style.
"""

from __future__ import annotations

from safetynets.reports.net_styles import NetStyles

BACKGROUND = "#0d141a"
LAND = ("#0a1014", "#1d2a2c", "#3c4a46", "#6f7668", "#a5a28f")
"""From shaded or low to lit or high."""
INK = "#e8eef0"
SOFT_INK = "#a9b6bd"
RINGS = "#5d6d76"
RING_NAMES = "#93a3ac"
GROUND_TRAFFIC = "#8a989e"
TRAFFIC = "#d5e3dc"
SELECTED = "#ffffff"
MEASURED = "#f0e442"
MINIMUM_ALTITUDE = "#b7a6ee"
APPROACH = "#4fc8a4"
VOLUME = "#e39bc8"
INHIBIT = "#8b979e"
OBSTACLE = "#d9c79a"
TERRAIN = "#6f6552"
WATER = "#4a7f9e"
BORDER = "#8d8296"
TOWN = "#b9b3a4"
NET_COLOURS, NET_MARKERS = NetStyles("colour_on_dark"), NetStyles("page_marker")
FONT = "system-ui, 'DejaVu Sans', sans-serif"
