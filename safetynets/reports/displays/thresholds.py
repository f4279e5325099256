"""`ThresholdDisplay`: how much of what was put into the traffic is detected at each threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import NDArray

from safetynets.errors import StudyError, nearest
from safetynets.evaluation.metrics.intervals import share
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.reports import house_style as style
from safetynets.reports.displays.display import Display
from safetynets.reports.displays.shares import Shares, column, shares
from safetynets.reports.formats import number
from safetynets.runs.manifest import unit_of

Floats = NDArray[np.float64]

_MARKERS = "osD^vP<>X*"
_MOST_BARS = 15
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

    Bars, or bands where the thresholds are many, are the intervals of the table. A threshold set wider catches less;
    how far it may be opened before a given error goes unseen is where its curve falls. A size of 0 stands for traffic
    without a fault: what is alerted there is the price.

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
        """Make the display from a table of thresholds, errors and shares detected.

        Parameters
        ----------
        frame
            One row a threshold and error.
        threshold, injected, detected
            The columns of the threshold, of what was injected, and of the share detected (from 0 to 1), where known
            with its `_low` and `_high`.

        Returns
        -------
        ThresholdDisplay
            Not drawn yet.

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
    def from_outcome(cls, outcome: StudyOutcome, threshold: str | None = None) -> Self:
        """Make the display from a finished study with copies of its days by size of fault.

        What counts as detected are the flights with a fault that were alerted. Where other parameters are varied too,
        only the sets count that have them as at present. Days of one size add up; intervals are those of
        `safetynets.evaluation.metrics.intervals`.

        Parameters
        ----------
        outcome
            As `safetynets.evaluation.study.outcome.read_outcome` reads it.
        threshold
            The dotted key of the threshold; without it the first parameter varied.

        Returns
        -------
        ThresholdDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When the days have no sizes, or the parameter was not varied.

        Examples
        --------
        >>> days = pd.DataFrame({"apm.below_ft": [100, 200], "fault_size": [9.0, 9.0], "others_alerted": [0, 0]})
        >>> days = days.assign(faulty_alerted=[10, 9], flights=[20, 20], faulty=[10, 10])
        >>> manifest = {"ranges": [{"key": "apm.below_ft"}], "present": 0, "days": [{"faults": ["early_descent"]}]}
        >>> outcome = StudyOutcome(pd.DataFrame({"apm.below_ft": [100]}), days, manifest)
        >>> ThresholdDisplay.from_outcome(outcome).detected.value.tolist()
        [1.0, 0.9]
        """
        frame, key = detections(outcome, threshold)
        display = cls.from_results(frame, threshold=key, injected="fault_size")
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
            marker, dense = _MARKERS[place % len(_MARKERS)], len(rows) > _MOST_BARS
            words = f"{size:g} {unit}" if size else "as recorded: flights alerted"
            look: dict[str, Any] = {"color": colours[place] if size else style.LIMIT, "zorder": 4}
            if dense:
                ax.fill_between(x, one.low, one.high, alpha=0.10, linewidth=0, color=look["color"])
            else:
                ax.vlines(x, one.low, one.high, linewidth=1.0, alpha=0.8, **look)
            look |= {"marker": marker, "markevery": max(len(rows) // 12, 1), "linestyle": "-" if size else (0, (4, 2))}
            ax.plot(x, one.value, markersize=5, linewidth=1.7, label=words, **look)
        ax.set_ylim(-0.02, 1.02)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        ax.grid(visible=True)
        ax.set_xlabel(self.threshold_words)
        ax.set_ylabel("share detected")
        ax.set_title("Detection against the threshold")
        ax.legend(title=self.injected_words, loc="center left", bbox_to_anchor=(1.01, 0.5), title_fontsize=9)


def detections(outcome: StudyOutcome, threshold: str | None = None) -> tuple[pd.DataFrame, str]:
    """Rows of threshold, `fault_size` and `detected_share` with its interval; and the name of the threshold.

    The rows of size 0 are the days as recorded: there the share is that of all flights.

    Raises
    ------
    StudyError
        When the days have no sizes, or the parameter was not varied.
    """
    keys = [str(one["key"]) for one in outcome.manifest["ranges"]]
    key = threshold or keys[0]
    if key not in keys:
        raise StudyError(f"{key!r} was not varied", mend=nearest(key, keys))
    days = outcome.days
    if days["fault_size"].isna().all():
        raise StudyError("the days of this study have no sizes of a fault", mend="write each_size in traffic.faults")
    present = outcome.results.iloc[int(outcome.manifest["present"])]
    for other in keys:
        if other != key:
            days = days[days[other] == present[other]]
    recorded = days["fault_size"].isna()
    told = pd.DataFrame(
        {
            key: days[key],
            "fault_size": days["fault_size"].fillna(0.0),
            "alerted": days["others_alerted"].where(recorded, days["faulty_alerted"]),
            "of": days["flights"].where(recorded, days["faulty"]),
        }
    )
    added = told.groupby([key, "fault_size"], sort=True).sum().reset_index()
    value, low, high = share(added["alerted"], added["of"])
    return added.assign(detected_share=value, detected_share_low=low, detected_share_high=high), key


def with_unit(name: str) -> str:
    """A column or parameter name as words, its unit after a comma.

    >>> with_unit("apm.below_ft"), with_unit("qnh_error_hpa")
    ('apm.below, ft', 'QNH error, hPa')
    """
    unit = unit_of(name)
    words = (name.rpartition("_")[0] if unit else name).replace("_", " ").replace("qnh", "QNH")
    return f"{words}, {unit}" if unit else words
