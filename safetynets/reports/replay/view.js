// Which part of the map is shown: a metre is as long to the east as to the north, whatever the size of the window.

class View {
  constructor(chart, frame) {
    this.chart = chart;
    this.frame = frame;
    this.fitted = true;
    for (const side of ["inner_width", "inner_height"]) {
      chart.properties[side].change.connect(() => (this.fitted ? this.fit() : this.show(...this.centre(), this.metresPerPixel())));
    }
  }

  centre() {
    const { x_range, y_range } = this.chart;
    return [(x_range.start + x_range.end) / 2, (y_range.start + y_range.end) / 2];
  }

  metresPerPixel() {
    const { x_range, inner_width } = this.chart;
    return (x_range.end - x_range.start) / inner_width;
  }

  // Metres of the plane as pixels of the frame, and back.
  scale() {
    const { x_range, y_range, inner_width: width, inner_height: height } = this.chart;
    const right = width / (x_range.end - x_range.start);
    const up = height / (y_range.end - y_range.start);
    return {
      width,
      height,
      x_px: (x_m) => (x_m - x_range.start) * right,
      y_px: (y_m) => (y_range.end - y_m) * up,
      x_m: (x_px) => x_range.start + x_px / right,
      y_m: (y_px) => y_range.end - y_px / up,
    };
  }

  fit() {
    const [x0, y0, x1, y1] = this.frame;
    const { inner_width, inner_height } = this.chart;
    if (!inner_width || !inner_height) return;
    this.show((x0 + x1) / 2, (y0 + y1) / 2, Math.max((x1 - x0) / inner_width, (y1 - y0) / inner_height));
    this.fitted = true;
  }

  zoom(factor) {
    this.show(...this.centre(), this.metresPerPixel() * factor);
  }

  show(x_m, y_m, metres_per_px) {
    const { x_range, y_range, inner_width, inner_height } = this.chart;
    const half_x = inner_width * metres_per_px / 2;
    const half_y = inner_height * metres_per_px / 2;
    x_range.setv({ start: x_m - half_x, end: x_m + half_x });
    y_range.setv({ start: y_m - half_y, end: y_m + half_y });
    this.fitted = false;
  }
}
