"""Labels on a figure that cover neither each other nor what they must not cover."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike, NDArray

_DISTANCES_PT = (10.0, 18.0, 28.0, 40.0, 54.0, 70.0, 90.0, 115.0, 145.0)
_BEARINGS_DEG = (
    45.0,
    135.0,
    315.0,
    225.0,
    90.0,
    270.0,
    0.0,
    180.0,
    22.5,
    67.5,
    112.5,
    157.5,
    202.5,
    247.5,
    292.5,
    337.5,
)
_PAD_PX = 2.0
_PT_PER_IN = 72.0
_FRAME_PT = 3.0
"""How far the frame of a label reaches beyond its letters."""


class Label(NamedTuple):
    """A text that belongs to a point given in data coordinates, with the keywords of `Axes.annotate`.

    `on_point` lets the label stand on its point where there is room, as the name of an area does.
    """

    text: str
    x: float
    y: float
    style: dict[str, Any]
    on_point: bool = False


class _Place(NamedTuple):
    """Offset from the point (points) and the side of the text that is held there."""

    right_pt: float
    up_pt: float
    horizontal: str
    vertical: str


_RING = tuple(
    _Place(
        float(distance_pt * np.cos(np.radians(bearing_deg))),
        float(distance_pt * np.sin(np.radians(bearing_deg))),
        "left"
        if np.cos(np.radians(bearing_deg)) > 0.4
        else "right"
        if np.cos(np.radians(bearing_deg)) < -0.4
        else "center",
        "bottom"
        if np.sin(np.radians(bearing_deg)) > 0.4
        else "top"
        if np.sin(np.radians(bearing_deg)) < -0.4
        else "center",
    )
    for distance_pt in _DISTANCES_PT
    for bearing_deg in _BEARINGS_DEG
)
_ON_POINT = _Place(0.0, 0.0, "center", "center")
_SHARE_LEFT = {"left": 0.0, "center": 0.5, "right": 1.0}
_SHARE_BELOW = {"bottom": 0.0, "center": 0.5, "top": 1.0}


def place_labels(axes: Axes, labels: list[Label], taken: list[Bbox] | None = None) -> int:
    """Write each label beside its point, at the nearest of a fixed ring of places that is still free.

    A label that finds no free place inside the axes is left out, so the order of `labels` is their importance; the
    number left out is returned. `taken` are boxes (pixels) to keep clear of. The axes must have their final limits.
    """
    renderer = renderer_of(axes)
    frame = axes.get_window_extent(renderer)
    px_per_pt = renderer.dpi / _PT_PER_IN
    boxes = np.array([box.extents for box in taken or []]).reshape(-1, 4)
    left_out = 0
    for label in labels:
        annotation = axes.annotate(
            label.text,
            (label.x, label.y),
            xytext=(0, 0),
            textcoords="offset points",
            annotation_clip=False,
            multialignment="left",
            **label.style,
        )
        extent = Text.get_window_extent(annotation, renderer)
        rim_px = 2 * (_PAD_PX + (_FRAME_PT * px_per_pt if annotation.get_bbox_patch() is not None else 0.0))
        width, height = extent.width + rim_px, extent.height + rim_px
        point = axes.transData.transform((label.x, label.y))
        for place in (_ON_POINT, *_RING) if label.on_point else _RING:
            x0 = point[0] + place.right_pt * px_per_pt - _SHARE_LEFT[place.horizontal] * width
            y0 = point[1] + place.up_pt * px_per_pt - _SHARE_BELOW[place.vertical] * height
            box = np.array([x0, y0, x0 + width, y0 + height])
            if _inside(box, frame) and not _overlaps(box, boxes):
                annotation.set_position((place.right_pt, place.up_pt))
                annotation.set_horizontalalignment(place.horizontal)  # type: ignore[arg-type]
                annotation.set_verticalalignment(place.vertical)  # type: ignore[arg-type]
                boxes = np.vstack([boxes, box])
                break
        else:
            annotation.remove()
            left_out += 1
    return left_out


def text_box(text: Any, pad_px: float = _PAD_PX) -> Bbox:
    """The box (pixels) that a text or legend already drawn covers."""
    box = text.get_window_extent(renderer_of(text.axes))
    return Bbox.from_extents(box.x0 - pad_px, box.y0 - pad_px, box.x1 + pad_px, box.y1 + pad_px)


def point_boxes(axes: Axes, x: ArrayLike, y: ArrayLike, half_px: float) -> list[Bbox]:
    """Boxes (pixels) around points in data coordinates, to keep labels off them."""
    pixels = axes.transData.transform(np.column_stack([x, y]))
    return [Bbox.from_extents(px - half_px, py - half_px, px + half_px, py + half_px) for px, py in pixels]


def renderer_of(axes: Axes) -> RendererAgg:
    """The renderer that measures texts on the figure of these axes."""
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    renderer: RendererAgg = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return renderer


def _inside(box: NDArray[np.float64], frame: Bbox) -> bool:
    return bool(box[0] >= frame.x0 and box[1] >= frame.y0 and box[2] <= frame.x1 and box[3] <= frame.y1)


def _overlaps(box: NDArray[np.float64], boxes: NDArray[np.float64]) -> bool:
    apart = (box[2] < boxes[:, 0]) | (box[0] > boxes[:, 2]) | (box[3] < boxes[:, 1]) | (box[1] > boxes[:, 3])
    return not bool(apart.all())
