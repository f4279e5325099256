"""`ParetoDisplay`: nuisance, missed alerts and warning time of every parameter set of a study in one picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from safetynets.reports import house_style as style
from safetynets.reports.displays.display import Display
from safetynets.reports.displays.settings import SETS, Settings, front_of, mark_settings
from safetynets.reports.displays.shares import column, percent_tick
from safetynets.reports.formats import number

Floats = NDArray[np.float64]

_LEAST_AREA, _GREATEST_AREA = 18.0, 190.0
_COLOURS = "cividis"
"""Rises evenly in lightness, so it reads the same with every colour blindness and in grey."""


@dataclass
class ParetoDisplay(Display):
    """The sets that no other set betters in all of nuisance, missed alerts and warning time, before all others.

    A set of the front is as large and as bright as its warning time is long; a dominated set is a grey dot. The warning
    time is the median, or what 95 % of the alerts give, whichever column was given.

    Parameters
    ----------
    nuisance, missed
        Shares of each set.
    warning_time_s
        Warning time of each set, NaN where it gives no necessary alert.
    settings
        Numbers of the sets, and which of them are marked.
    words
        What the warning time is, for the colour bar.
    """

    nuisance: Floats
    missed: Floats
    warning_time_s: Floats
    settings: Settings
    words: str = "median warning time"

    @classmethod
    def from_results(
        cls,
        frame: pd.DataFrame,
        *,
        present: int | None = None,
        recommended: int | None = None,
        net: str = "",
        warning_time: str = "warning_time_p50_s",
    ) -> Self:
        """Make the display from the results of a study.

        Parameters
        ----------
        frame
            One row a set, with the columns `nuisance_share` and `missed_share` (from 0 to 1) and a warning time (s).
        present, recommended
            Numbers of the sets to mark.
        net
            "MSAW", "APM", "APW" or another net: the columns of that net; without it those of all nets together.
        warning_time
            The column of the warning time.

        Returns
        -------
        ParetoDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When a column is missing, or a marked set is not in the table.

        Examples
        --------
        >>> shares = {"nuisance_share": [0.3, 0.1, 0.3], "missed_share": [0.01, 0.04, 0.02]}
        >>> frame = pd.DataFrame({**shares, "warning_time_p50_s": [20.0, 9.0, 20.0]})
        >>> ParetoDisplay.from_results(frame).front.tolist()
        [1, 0]
        """
        prefix = f"{net.lower()}_" if net else ""
        words = {"warning_time_p50_s": "median warning time", "warning_time_p05_s": "warning time of 95\u00a0% or more"}
        return cls(
            column(frame, f"{prefix}nuisance_share"),
            column(frame, f"{prefix}missed_share"),
            column(frame, f"{prefix}{warning_time}"),
            Settings.of(frame, present, recommended),
            words.get(warning_time, warning_time.removesuffix("_s").replace("_", " ")),
        )

    @property
    def front(self) -> NDArray[np.intp]:
        """Rows of the sets that no other is better than in all three, in the order of nuisance; of equals the first."""
        return front_of(
            {
                "nuisance_share": self.nuisance,
                "missed_share": self.missed,
                "warning_time_p50_s": self.warning_time_s,
            }
        )

    def _draw(self, ax: Axes) -> None:
        front = self.front
        known = np.isfinite(self.nuisance) & np.isfinite(self.missed)
        dominated = np.setdiff1d(np.flatnonzero(known), front)
        ax.plot(
            self.nuisance[dominated],
            self.missed[dominated],
            linestyle="none",
            marker=".",
            color=SETS,
            markersize=4,
            alpha=0.45,
            label=f"dominated, or without a warning time ({number(len(dominated))})",
            zorder=3,
        )
        longest_first = front[np.argsort(-self.warning_time_s[front], kind="stable")]
        drawn = ax.scatter(
            self.nuisance[longest_first],
            self.missed[longest_first],
            s=self._areas(longest_first),
            c=self.warning_time_s[longest_first],
            cmap=_COLOURS,
            edgecolors=style.INK,
            linewidths=0.6,
            label=f"not bettered by any set in all three ({number(len(front))})",
            zorder=5,
        )
        figure = ax.get_figure(root=True)
        assert isinstance(figure, Figure)
        if len(front):
            figure.colorbar(drawn, ax=ax, label=f"{self.words}, s (larger: longer)", shrink=0.85, pad=0.02)
        ax.grid(visible=True)
        bottom, top = ax.get_ylim()
        ax.set_ylim(bottom=max(min(0.0, bottom), -0.06 * top))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda share, _: percent_tick(share) if share >= 0.0 else ""))
        ax.set_xlabel("nuisance share of the alerts")
        ax.set_ylabel("missed share of the necessary alerts")
        ax.set_title("Nuisance, missed alerts and warning time")
        ax.legend(loc="upper right")

    def _label(self, ax: Axes) -> None:
        mark_settings(ax, self.settings, self.nuisance, self.missed)

    def _areas(self, rows: NDArray[np.intp]) -> Floats:
        """Area of each marker (square points), from the shortest to the longest warning time."""
        times_s = self.warning_time_s[rows]
        reach_s = float(np.ptp(times_s)) if len(times_s) else 0.0
        share = (times_s - times_s.min()) / reach_s if reach_s else np.full(len(times_s), 0.5)
        return np.asarray(_LEAST_AREA + (_GREATEST_AREA - _LEAST_AREA) * share, dtype=np.float64)
