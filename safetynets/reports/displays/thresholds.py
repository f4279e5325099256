"""`ThresholdDisplay`: how much of what was put into the traffic is detected at each threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import NDArray

from safetynets.errors import StudyError
from safetynets.evaluation.metrics.intervals import share
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.reports.displays.display import Display
from safetynets.reports.displays.shares import Shares, column, shares
from safetynets.reports.formats import number
from safetynets.runs.manifest import unit_of
from safetynets.sites.problems import nearest

Floats = NDArray[np.float64]

_MARKERS = "osD^vP<>X*"
_DARKEST, _LIGHTEST = 0.0, 0.82
"""Of cividis; its end is too pale for a line on white."""

_SIZES = {
    "wrong_altimeter_setting": "altimeter setting error, hPa",
    "early_descent": "descent begun early by, NM",
    "wrong_glide_path": "glide path, °",
    "too_steep": "rate of descent, ft/min",
    "lateral_offset": "offset to the right, m",
}
"""What the size of each fault of the traffic generator is."""


@dataclass
class ThresholdDisplay(Display):
    """One curve for each size of what was injected: the share detected against the threshold of the net.

    Bars are the intervals of the table. A threshold set wider catches less; how far it may be opened before a given
    error goes unseen is where its curve falls.

    Parameters
    ----------
    threshold
        Threshold of each row, in the unit of its name.
    injected
        What was injected in each row; rows with the same value make one curve.
    detected
        Share detected of each row, with its interval.
    threshold_words, injected_words
        Names of the two, with unit, for axis and legend.
    """

    threshold: Floats
    injected: Floats
    detected: Shares
    threshold_words: str
    injected_words: str

    @classmethod
    def from_results(
        cls, frame: pd.DataFrame, *, threshold: str, injected: str, detected: str = "detected_share"
    ) -> Self:
        """From a table with the threshold, what was injected and the share detected, one row for both.

        Raises
        ------
        StudyError
            When a column is missing or the table is empty.

        Examples
        --------
        >>> frame = pd.DataFrame(
        ...     {"apm.below_ft": [100, 200, 100, 200], "error_hpa": [3, 3, 9, 9], "detected_share": [0.2, 0, 1, 0.9]}
        ... )
        >>> display = ThresholdDisplay.from_results(frame, threshold="apm.below_ft", injected="error_hpa").plot()
        >>> len(display.curves), display.ax_.get_xlabel()
        (2, 'apm.below, ft')
        """
        if frame.empty:
            raise StudyError("the table of detections is empty", mend="give one row a threshold and error")
        return cls(
            column(frame, threshold),
            column(frame, injected),
            shares(frame, detected),
            with_unit(threshold),
            with_unit(injected),
        )

    @classmethod
    def from_outcome(cls, outcome: StudyOutcome, threshold: str | None = None, net: str = "") -> Self:
        """From a finished study with copies of its days by size of fault: what of the necessary was alerted.

        Without a `threshold` the first parameter varied. Where others are varied too, only the sets count that have
        them as at present. Days of one size add up; intervals are those of `safetynets.evaluation.metrics.intervals`.

        Raises
        ------
        StudyError
            When the days have no sizes, or the parameter was not varied.
        """
        frame, key = detections(outcome, threshold, net)
        display = cls.from_results(frame, threshold=key, injected="injected")
        kinds = {kind for day in outcome.manifest["days"] for kind in day["faults"]}
        display.injected_words = _SIZES[kinds.pop()] if len(kinds) == 1 and kinds <= _SIZES.keys() else "size injected"
        return display

    @property
    def curves(self) -> list[tuple[float, NDArray[np.intp]]]:
        """Each size injected, rising, with its rows in the order of the threshold."""
        return [
            (float(size), rows[np.argsort(self.threshold[rows], kind="stable")])
            for size in np.unique(self.injected)
            for rows in [np.flatnonzero(self.injected == size)]
        ]

    @property
    def size_in(self) -> tuple[float, float]:
        """Width and height (inches) of a figure of its own."""
        return 8.8, 5.6

    def _draw(self, ax: Axes) -> None:
        curves = self.curves
        unit = self.injected_words.partition(", ")[2]
        colours = colormaps["cividis"](np.linspace(_DARKEST, _LIGHTEST, len(curves)))
        for place, (size, rows) in enumerate(curves):
            x, one = self.threshold[rows], self.detected[rows]
            look = {"color": colours[place], "zorder": 4}
            ax.vlines(x, one.low, one.high, linewidth=1.0, alpha=0.8, **look)
            marker = _MARKERS[place % len(_MARKERS)]
            ax.plot(x, one.value, marker=marker, markersize=5, linewidth=1.7, label=f"{size:g} {unit}", **look)
        ax.set_ylim(-0.02, 1.02)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        ax.grid(visible=True)
        ax.set_xlabel(self.threshold_words)
        ax.set_ylabel("share detected")
        ax.set_title("Detection against the threshold")
        ax.legend(title=self.injected_words, loc="center left", bbox_to_anchor=(1.01, 0.5), title_fontsize=9)


def detections(outcome: StudyOutcome, threshold: str | None = None, net: str = "") -> tuple[pd.DataFrame, str]:
    """Rows of threshold, size injected, and share of the necessary alerts given; and the name of the threshold.

    Raises
    ------
    StudyError
        When the days have no sizes, or the parameter was not varied.
    """
    keys = [str(one["key"]) for one in outcome.manifest["ranges"]]
    key = threshold or keys[0]
    if key not in keys:
        raise StudyError(f"{key!r} was not varied", mend=nearest(key, keys))
    sizes = {str(day["day"]): day.get("fault_size") for day in outcome.manifest["days"]}
    known = {day: float(size) for day, size in sizes.items() if size is not None}
    if not known:
        raise StudyError(
            "the days of this study have no sizes of a fault", mend="write each_size in its traffic.faults"
        )
    days = outcome.days[outcome.days["day"].astype(str).isin(known)]
    present = outcome.results.iloc[int(outcome.manifest["present"])]
    for other in keys:
        if other != key:
            days = days[days[other] == present[other]]
    prefix = f"{net.lower()}_" if net else ""
    wanted = {f"{prefix}necessary": "necessary", f"{prefix}missed": "missed"}
    told = days.assign(injected=days["day"].astype(str).map(known)).rename(columns=wanted)
    added = told.groupby([key, "injected"], sort=True)[["necessary", "missed"]].sum().reset_index()
    value, low, high = share(added["necessary"] - added["missed"], added["necessary"])
    return added.assign(detected_share=value, detected_share_low=low, detected_share_high=high), key


def with_unit(name: str) -> str:
    """A column or parameter name as words, its unit after a comma.

    >>> with_unit("apm.below_ft"), with_unit("qnh_error_hpa")
    ('apm.below, ft', 'QNH error, hPa')
    """
    unit = unit_of(name)
    words = (name.rpartition("_")[0] if unit else name).replace("_", " ").replace("qnh", "QNH")
    return f"{words}, {unit}" if unit else words
