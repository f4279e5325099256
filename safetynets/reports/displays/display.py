"""What every display has alike: it is made from results, and draws itself in the house style."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from safetynets.reports import house_style as style


class Display(ABC):
    """A figure made from results: `plot` draws it, on axes of its own or on those given.

    The classes follow the displays of scikit-learn: a class method named after the source (`from_run`, `from_results`,
    `from_alerts`) makes the display, `plot` draws it and returns it.

    Attributes
    ----------
    figure_, ax_
        The figure and the axes last drawn on; there are none before `plot`.

    Examples
    --------
    >>> from safetynets.reports.displays import WarningTimeDisplay
    >>> WarningTimeDisplay.from_times([42.0, 12.0]).plot().ax_.get_xlabel()
    'warning time, s'
    """

    figure_: Figure
    ax_: Axes

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw on axes, or as a figure of its own with a note that it is not for operational use.

        Parameters
        ----------
        ax
            Matplotlib axes to draw on; without them a new figure, which belongs to no window.

        Returns
        -------
        Display
            Itself, with `figure_` and `ax_`.
        """
        with style.house_style():
            if ax is None:
                self.ax_ = self._new_figure()
            else:
                self._draw(ax)
                self._label(ax)
                self.ax_ = ax
        figure = self.ax_.get_figure(root=True)
        assert isinstance(figure, Figure)
        self.figure_ = figure
        return self

    @property
    def size_in(self) -> tuple[float, float]:
        """Width and height (inches) of a figure of its own."""
        return 8.4, 6.0

    @abstractmethod
    def _draw(self, ax: Axes) -> None:
        """Draw on axes, under the house style."""

    def _label(self, ax: Axes) -> None:
        """Write the labels that must know where everything stands; called when the axes have their final place."""
        del ax

    def _new_figure(self) -> Axes:
        """A drawn figure of the display's own size; returns its axes."""
        width_in, height_in = self.size_in
        figure = style.new_figure(height_in, width_in)
        figure.set_layout_engine("constrained", w_pad=0.1, h_pad=0.08)
        figure.supxlabel(f"{style.NOT_FOR_USE}.", x=0.99, ha="right", fontsize=8, color=style.SOFT_INK)
        ax = figure.add_subplot()
        self._draw(ax)
        engine = figure.get_layout_engine()
        assert engine is not None
        engine.execute(figure)
        figure.set_layout_engine("none")
        self._label(ax)
        return ax
