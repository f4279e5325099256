"""Labels on a figure that cover neither each other nor what they must not cover."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

_DISTANCES_PT = (10.0, 18.0, 28.0, 40.0, 54.0, 70.0, 90.0, 115.0, 145.0)
_BEARINGS_DEG = (45.0, 135.0, 315.0, 225.0, 90.0, 270.0, 0.0, 180.0, 22.5, 67.5, 112.5, 157.5, 202.5, 247.5, 292.5, 337.5)


class Label(NamedTuple):
    """A text that belongs to a point given in data coordinates, with the keywords of `Axes.annotate`."""

    text: str
    x: float
    y: float
    style: dict[str, Any]


def place_labels(axes: Axes, labels: list[Label], taken: list[Bbox] | None = None) -> list[Bbox]:
    """Write each label beside its point, at the nearest of a fixed ring of places that is still free.

    A label that finds no free place inside the axes is left out, so the order of `labels` is their importance. Returns
    the boxes (pixels) that are taken now, those given included. The axes must have their final limits and position.
    """
    renderer = _renderer(axes)
    boxes = list(taken or [])
    frame = axes.get_window_extent(renderer)
    for label in labels:
        annotation = _at_first_free_place(axes, label, boxes, frame, renderer)
        if annotation is not None:
            boxes.append(_padded(Text.get_window_extent(annotation, renderer)))
    return boxes


def text_box(text: Any, pad_px: float = 2.0) -> Bbox:
    """The box (pixels) that a text already drawn covers."""
    return _padded(text.get_window_extent(_renderer(text.axes)), pad_px)


def point_boxes(axes: Axes, x: Any, y: Any, half_px: float = 5.0) -> list[Bbox]:
    """Boxes (pixels) around points in data coordinates, to keep labels off them."""
    pixels = axes.transData.transform(np.column_stack([x, y]))
    return [Bbox.from_extents(px - half_px, py - half_px, px + half_px, py + half_px) for px, py in pixels]


def _renderer(axes: Axes) -> RendererAgg:
    canvas = axes.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    return canvas.get_renderer()


def _padded(box: Bbox, pad_px: float = 2.0) -> Bbox:
    return Bbox.from_extents(box.x0 - pad_px, box.y0 - pad_px, box.x1 + pad_px, box.y1 + pad_px)


def _at_first_free_place(
    axes: Axes, label: Label, boxes: list[Bbox], frame: Bbox, renderer: RendererAgg
) -> Annotation | None:
    annotation = axes.annotate(
        label.text,
        (label.x, label.y),
        xytext=(0, 0),
        textcoords="offset points",
        annotation_clip=False,
        **label.style,
    )
    for distance_pt in _DISTANCES_PT:
        for bearing_deg in _BEARINGS_DEG:
            right, up = np.cos(np.radians(bearing_deg)), np.sin(np.radians(bearing_deg))
            annotation.set_position((float(distance_pt * right), float(distance_pt * up)))
            annotation.set_horizontalalignment("left" if right > 0.4 else "right" if right < -0.4 else "center")
            annotation.set_verticalalignment("bottom" if up > 0.4 else "top" if up < -0.4 else "center")
            annotation.update_positions(renderer)
            box = _padded(Text.get_window_extent(annotation, renderer))
            inside = box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1
            if inside and not any(box.overlaps(other) for other in boxes):
                return annotation
    annotation.remove()
    return None
