"""The one look of every figure, and figures as bytes that do not change when nothing changed.

The palette is that of Okabe and Ito (2008), darkened where text has to be read on white: its colours can be told
apart with every common colour blindness, and every colour comes with a marker or a line style of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from safetynets.reports.net_styles import NetStyles

INK = "#1a1a1a"
SOFT_INK = "#4d4d4d"
FAINT = "#8c8c8c"
PAPER = "#ffffff"
TRAFFIC = "#3d4f60"
NOMINAL_PATH = "#00695c"
LIMIT = "#a3401f"
MINIMUM_ALTITUDE = "#5a3d8a"
VOLUME = "#8a2d73"
INHIBIT = "#6b6b6b"
TERRAIN = "#b9a98c"
TERRAIN_EDGE = "#6e6046"
NET_COLOURS, NET_MARKERS = NetStyles("colour"), NetStyles("marker")

WIDTH_IN = 12.8
"""A page of 1280 pixels at 100 dots per inch, where the smallest type is 11 pixels high."""
PRINT_DPI = 150
NOT_FOR_USE = "Not for operational use"

_STYLE = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.titlesize": 12.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": SOFT_INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "grid.color": "#dcdcdc",
    "grid.linewidth": 0.7,
    "xtick.color": SOFT_INK,
    "ytick.color": SOFT_INK,
    "xtick.labelsize": 9.0,
    "ytick.labelsize": 9.0,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.5,
    "figure.facecolor": PAPER,
    "text.parse_math": False,  # a call sign is text, whatever signs it holds
    "svg.hashsalt": "safetynets",
    "svg.fonttype": "path",  # letters as outlines: the picture needs no font where it is read
    "pdf.fonttype": 42,  # TrueType, embedded: text can be searched, and journals take it
}


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's own defaults with the house style on top, whatever the user's settings; undone at the end.

    Yields
    ------
    None
        Figures are drawn within the context.

    Examples
    --------
    >>> with house_style():
    ...     matplotlib.rcParams["svg.hashsalt"]
    'safetynets'
    """
    defaults: dict[Any, Any] = {
        key: value
        for key, value in matplotlib.rcParamsDefault.items()
        if not str(key).startswith("backend")
        and key != "interactive"  # where figures are shown is not a matter of style
    }
    defaults.update(_STYLE)
    with matplotlib.rc_context(defaults):
        yield


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    r"""An empty figure that belongs to no window and no global state.

    Parameters
    ----------
    height_in
        Height (inches).
    width_in
        Width (inches); without it that of the house.

    Returns
    -------
    matplotlib.figure.Figure
        With 100 dots per inch.

    Examples
    --------
    >>> new_figure(4.0).get_size_inches().tolist()
    [12.8, 4.0]
    >>> [figure_bytes(new_figure(1.0), kind)[:4] for kind in ("png", "svg", "pdf")]
    [b'\x89PNG', b'<?xm', b'%PDF']
    """
    figure = Figure(figsize=(width_in, height_in), dpi=100)
    FigureCanvasAgg(figure)
    return figure


def figure_bytes(figure: Figure, kind: str = "svg", dpi: int = PRINT_DPI) -> bytes:
    """A figure as a file would hold it, the same bytes every time: nothing in it says when or by what it was written.

    Parameters
    ----------
    figure
        The figure.
    kind
        "svg" (letters as outlines), "pdf" (with the letters it uses) or "png".
    dpi
        Dots per inch.

    Returns
    -------
    bytes
        What a file would hold.

    Examples
    --------
    See `new_figure`.
    """
    with house_style():
        buffer = BytesIO()
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=dict.fromkeys(_SAYS_WHEN_OR_BY_WHAT[kind]))
        return buffer.getvalue()


_SAYS_WHEN_OR_BY_WHAT = {"png": ("Software",), "svg": ("Date", "Creator"), "pdf": ("CreationDate", "Producer")}
