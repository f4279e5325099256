"""Which nets warn of the same risk."""

from __future__ import annotations

import numpy as np

from safetynets.engine.conflicts import Net

RISK = np.zeros(len(Net), dtype=np.int64)
"""The risk each net warns of: MSAW and APM both of controlled flight into terrain, APW of infringed airspace.

So the definitions of the nets have it (EUROCONTROL guidelines; IFATCA WP 86 (2018) 2.15.1: one covers the initial, the
other the final approach). An alert of the one answers a situation of the other."""
RISK[Net.APW] = 1
