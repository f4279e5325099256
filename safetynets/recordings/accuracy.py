"""How accurate a position is, from the quality indicators of ADS-B."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

NACP_M = (np.nan, 18_520.0, 7408.0, 3704.0, 1852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0)
"""The radius that holds the true position with 95 %, by navigation accuracy category for position (NACp); 0 is unknown.

The limits of the categories as pyModeS lists them (EPU), after RTCA DO-260B, which was not read.
"""


def accuracy_m(nacp: ArrayLike) -> NDArray[np.float64]:
    """The accuracy (m, 95 %) of categories 0 to 11; NaN for 0 and for what is no category.

    >>> accuracy_m([9, 0, -1, 15]).tolist()
    [30.0, nan, nan, nan]
    """
    code = np.asarray(nacp)
    known = (code > 0) & (code < len(NACP_M))
    return np.where(known, np.array(NACP_M)[np.where(known, code, 0)], np.nan)
