"""`DetDisplay`: the missed share against the nuisance share of every parameter set of a study."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from safetynets.reports import house_style as style
from safetynets.reports.displays.display import Display
from safetynets.reports.displays.settings import FRONT, SETS, Settings, front_of, mark_settings
from safetynets.reports.displays.shares import Shares, deviate_axis, shares
from safetynets.reports.formats import number

_BARS_OF_FRONT = 12
"""A front of more sets than this has bars on the marked sets only: more would hide each other."""


@dataclass
class DetDisplay(Display):
    """A detection error trade-off: both shares on normal-deviate axes, with the front of what can be had.

    The front joins the sets that no other set betters in both shares. Bars are the intervals of the table, on the sets
    of the front and on the two marked ones. A share of 0 or of 1 has no place on such an axis and stands at its end,
    as an open triangle.

    The nuisance share is that of the alerts, not of the chances to alert: the curve reads as those of a detector do,
    but moves along with how often a real danger occurs in the traffic studied.

    Parameters
    ----------
    nuisance, missed
        Shares of each set.
    settings
        Numbers of the sets, and which of them are marked.
    words
        What the shares are of, for the axes: empty for all nets together.
    """

    nuisance: Shares
    missed: Shares
    settings: Settings
    words: str = ""
    _at: tuple[NDArray[np.float64], NDArray[np.float64]] = field(init=False, repr=False)

    @classmethod
    def from_results(
        cls, frame: pd.DataFrame, *, present: int | None = None, recommended: int | None = None, net: str = ""
    ) -> Self:
        """Make the display from the results of a study.

        Parameters
        ----------
        frame
            One row a set, with the columns `nuisance_share` and `missed_share` (from 0 to 1), and where known their
            `_low` and `_high`.
        present, recommended
            Numbers of the sets to mark.
        net
            "MSAW", "APM", "APW" or another net: the columns of that net; without it those of all nets together.

        Returns
        -------
        DetDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When a column is missing, or a marked set is not in the table.

        Examples
        --------
        >>> frame = pd.DataFrame({"nuisance_share": [0.3, 0.1, 0.2], "missed_share": [0.01, 0.04, 0.05]})
        >>> display = DetDisplay.from_results(frame, present=2).plot()
        >>> display.ax_.get_xlabel(), display.front.tolist()
        ('nuisance share of the alerts', [1, 0])
        """
        prefix = f"{net.lower()}_" if net else ""
        return cls(
            shares(frame, f"{prefix}nuisance_share"),
            shares(frame, f"{prefix}missed_share"),
            Settings.of(frame, present, recommended),
            net.upper(),
        )

    @property
    def front(self) -> NDArray[np.intp]:
        """Rows of the sets that none betters in both shares, in the order of their nuisance share."""
        return front_of({"nuisance_share": self.nuisance.value, "missed_share": self.missed.value})

    def _draw(self, ax: Axes) -> None:
        front = self.front
        barred = np.array([row for row, *_ in self.settings.marked()], dtype=np.intp)
        if len(front) <= _BARS_OF_FRONT:
            barred = np.union1d(barred, front)
        ends = [_span(each, barred) for each in (self.nuisance, self.missed)]
        x_ends = deviate_axis(ax, "x", ends[0])
        y_ends = deviate_axis(ax, "y", ends[1])
        x = np.clip(self.nuisance.value, *x_ends)
        y = np.clip(self.missed.value, *y_ends)
        _draw_sets(ax, x, y, (self.nuisance.value != x) | (self.missed.value != y))
        if len(front) > 1:
            ax.step(x[front], y[front], where="post", color=FRONT, linewidth=1.4, zorder=4)
        words = f"not bettered by any set in both ({number(len(front))})"
        ax.plot(x[front], y[front], "o", color=FRONT, markersize=6, label=words, zorder=5, clip_on=False)
        for row in barred:
            colour = next((colour for at, _, colour, _ in self.settings.marked() if at == row), FRONT)
            _draw_bars(ax, self.nuisance, self.missed, row, (x[row], y[row]), (x_ends, y_ends), colour)
        self._at = x, y
        ax.grid(visible=True)
        of = f" of the {self.words}" if self.words else ""
        ax.set_xlabel(f"nuisance share of the alerts{of}")
        ax.set_ylabel(f"missed share of the necessary alerts{of}")
        ax.set_title("Detection error trade-off")
        ax.legend(loc="upper right")

    def _label(self, ax: Axes) -> None:
        mark_settings(ax, self.settings, *self._at)


def _span(each: Shares, barred: NDArray[np.intp]) -> NDArray[np.float64]:
    """The shares that an axis has to hold: all values, and the ends of the bars drawn."""
    drawn: NDArray[np.float64] = np.concatenate([each.value, each.low[barred], each.high[barred]])
    return drawn[np.isfinite(drawn)]


def _draw_sets(ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], at_end: NDArray[np.bool_]) -> None:
    known = np.isfinite(x) & np.isfinite(y)
    inside, outside = known & ~at_end, known & at_end
    unknown = int((~known).sum())
    left_out = f"; {number(unknown)} without an alert not drawn" if unknown else ""
    words = f"parameter set ({number(int(known.sum()))}{left_out})"
    look: dict[str, Any] = {"color": SETS, "alpha": 0.6, "linestyle": "none", "zorder": 3}
    ax.plot(x[inside], y[inside], marker=".", markersize=5, label=words, **look)
    if outside.any():
        label = f"a share is 0\u00a0% or 100\u00a0%: at the end of its axis ({number(int(outside.sum()))})"
        look |= {"markerfacecolor": style.PAPER, "clip_on": False}
        ax.plot(x[outside], y[outside], marker="v", markersize=6, label=label, **look)


def _draw_bars(
    ax: Axes,
    nuisance: Shares,
    missed: Shares,
    row: int,
    at: tuple[float, float],
    ends: tuple[tuple[float, float], tuple[float, float]],
    colour: str,
) -> None:
    look: dict[str, Any] = {"color": colour, "linewidth": 1.1, "alpha": 0.8, "solid_capstyle": "butt", "zorder": 4.5}
    ax.plot(np.clip([nuisance.low[row], nuisance.high[row]], *ends[0]), [at[1]] * 2, **look)
    ax.plot([at[0]] * 2, np.clip([missed.low[row], missed.high[row]], *ends[1]), **look)
