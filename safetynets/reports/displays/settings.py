"""The parameter sets of a study as its figures need them: which is present, which recommended, which are marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from safetynets.errors import StudyError
from safetynets.evaluation.study.front import costs, dominators
from safetynets.reports import house_style as style
from safetynets.reports.labels import Label, place_labels, point_boxes

SETS = "#5f6b76"
FRONT = "#0b5c9e"
PRESENT = "#b8420a"
RECOMMENDED = "#00695c"

_HALO = [withStroke(linewidth=3.0, foreground=style.PAPER)]
_MARKED_LABEL = {"fontsize": 9.5, "fontweight": "bold", "zorder": 12, "path_effects": _HALO}


@dataclass(frozen=True)
class Settings:
    """The rows of a table of results, by set number, and the two that are talked about.

    Raises
    ------
    StudyError
        When the present or the recommended set is not in the table.
    """

    number: NDArray[np.int64]
    present: int | None = None
    recommended: int | None = None

    def __post_init__(self) -> None:
        for name, number in (("present", self.present), ("recommended", self.recommended)):
            if number is not None and number not in self.number:
                raise StudyError(
                    f"the {name} set {number} is not among the {len(self.number)} sets of the results",
                    mend="give a number of the column 'set'",
                )

    @classmethod
    def of(cls, frame: pd.DataFrame, present: int | None, recommended: int | None) -> Settings:
        """The sets of a table of results; without a column `set` its rows are numbered from 0."""
        number = frame["set"].to_numpy(dtype=np.int64) if "set" in frame else np.arange(len(frame))
        return cls(number, present, recommended)

    def marked(self) -> Iterator[tuple[int, str, str, str]]:
        """Row, words, colour and marker of the present and of the recommended set, once where they are the same."""
        row_of = {int(number): row for row, number in enumerate(self.number)}
        if self.present is not None and self.present == self.recommended:
            yield row_of[self.present], f"present and recommended: set {self.present}", PRESENT, "D"
            return
        if self.recommended is not None:
            yield row_of[self.recommended], f"recommended: set {self.recommended}", RECOMMENDED, "P"
        if self.present is not None:
            yield row_of[self.present], f"present: set {self.present}", PRESENT, "D"


def front_of(objectives: Mapping[str, NDArray[np.float64]]) -> NDArray[np.intp]:
    """Rows of the sets that no other beats in these objectives, by the first of them; of equal sets the first.

    A set of which one objective is not known stands outside.
    """
    columns = list(objectives.values())
    known = np.flatnonzero(np.isfinite(columns).all(axis=0))
    cost = costs([column[known] for column in columns], list(objectives))
    front = np.flatnonzero(dominators(cost) < 0)
    different = np.sort(np.unique(cost[front], axis=0, return_index=True)[1])
    rows = known[front[different]]
    return np.asarray(rows[np.argsort(columns[0][rows], kind="stable")], dtype=np.intp)


def mark_settings(axes: Axes, settings: Settings, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    """Mark the present and the recommended set at their places in data coordinates, each with its name.

    The axes must have their final limits; a set that has no place on them is left out.
    """
    labels: list[Label] = []
    for row, words, colour, marker in settings.marked():
        if not (np.isfinite(x[row]) and np.isfinite(y[row])):
            continue
        look: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 11, "markeredgecolor": style.PAPER}
        axes.plot(x[row], y[row], linestyle="none", zorder=11, clip_on=False, **look)
        arrow = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 6}
        look_of_label = {**_MARKED_LABEL, "color": colour, "arrowprops": arrow}
        labels.append(Label(words, float(x[row]), float(y[row]), look_of_label))
    known = np.isfinite(x) & np.isfinite(y)
    place_labels(axes, labels, point_boxes(axes, x[known], y[known], 6.0))
