// The moving map: aircraft, history, prediction and labels at one moment.

const HISTORY_DOTS = 6;
const HISTORY_EVERY_S = 4;
const VECTOR_S = 60;
const LINE_PX = 14.5;
const LETTER_PX = 7.1;
const LEVEL_FPM = 200;

const rounded = (value, digits) => (Number.isNaN(value) ? "-".repeat(digits) : String(Math.round(value)).padStart(digits, "0"));

// Call sign, altitude in hundreds of feet, trend, ground speed in knots: the numbers of the last plot.
function labelText(plots, seen) {
  const { row, flight } = seen;
  const rate_fpm = plots.vertical_rate_fpm[row];
  const trend = rate_fpm >= LEVEL_FPM ? "↑" : rate_fpm <= -LEVEL_FPM ? "↓" : " ";
  const speed_kt = Math.hypot(plots.vx_mps[row], plots.vy_mps[row]) * 3600 / 1852;
  return `${flight.name}\n${rounded(plots.altitude_ft[row] / 100, 3)}${trend} ${rounded(speed_kt, 3)}`;
}

// The alerts of a flight that the controller sees at a time.
function shownAlerts(flight, time_s) {
  return flight.alerts.filter((alert) => alert.shown_s !== null && alert.shown_s <= time_s && time_s < alert.end_s);
}

class Scene {
  constructor(model, facts, plots) {
    this.chart = model("map");
    this.sources = Object.fromEntries(
      ["path", "history", "vectors", "leaders", "rings", "aircraft", "labels", "warnings"].map((name) => [name, model(name)]),
    );
    this.facts = facts;
    this.plots = plots;
    this.places = new Map();
    this.seen = [];
  }

  // Show everything at a time; returns what is seen of the chosen flight, or null.
  draw(time_s, chosen) {
    const { plots, facts } = this;
    this.seen = facts.flights.map((flight) => seenAt(plots, flight, time_s, facts.break_s)).filter((each) => each !== null);
    for (const seen of this.seen) {
      seen.shown = shownAlerts(seen.flight, time_s);
      seen.chosen = seen.flight === chosen;
      seen.colour = seen.shown.length ? this.colourOf(seen.shown[0]) : seen.chosen ? facts.colours.selected : facts.colours.traffic;
    }
    this.drawAircraft();
    this.drawBehindAndAhead(time_s);
    this.drawLabels();
    return this.seen.find((each) => each.chosen) ?? null;
  }

  colourOf(alert) {
    return this.facts.colours.nets[alert.shown_as] ?? this.facts.colours.nets[alert.net];
  }

  drawPath(flight) {
    const { x_m, y_m } = this.plots;
    this.sources.path.data = { x: x_m.subarray(flight.first, flight.end), y: y_m.subarray(flight.first, flight.end) };
  }

  drawAircraft() {
    const { seen } = this;
    this.sources.aircraft.data = {
      x: seen.map((each) => each.x_m),
      y: seen.map((each) => each.y_m),
      colour: seen.map((each) => each.colour),
      name: seen.map((each) => each.flight.name),
    };
    const ringed = seen.filter((each) => each.shown.length || each.chosen);
    this.sources.rings.data = {
      x: ringed.map((each) => each.x_m),
      y: ringed.map((each) => each.y_m),
      colour: ringed.map((each) => each.colour),
      size: ringed.map((each) => (each.shown.length ? 24 : 17)),
      width: ringed.map((each) => (each.shown.length ? 3 : 1.2)),
    };
  }

  drawBehindAndAhead(time_s) {
    const { plots } = this;
    const history = { x: [], y: [], alpha: [], colour: [] };
    const vectors = { x0: [], y0: [], x1: [], y1: [], colour: [] };
    for (const { flight, row, x_m, y_m, colour } of this.seen) {
      let before_s = time_s;
      let dots = 0;
      for (let at = row; at >= flight.first && dots < HISTORY_DOTS; at--) {
        if (dots > 0 && before_s - plots.time_s[at] < HISTORY_EVERY_S) continue;
        if (time_s - plots.time_s[at] > this.facts.break_s) break;
        before_s = plots.time_s[at];
        history.x.push(plots.x_m[at]);
        history.y.push(plots.y_m[at]);
        history.alpha.push(0.8 * (1 - dots / HISTORY_DOTS));
        history.colour.push(colour);
        dots++;
      }
      if (Number.isNaN(plots.vx_mps[row] + plots.vy_mps[row])) continue;
      vectors.x0.push(x_m);
      vectors.y0.push(y_m);
      vectors.x1.push(x_m + plots.vx_mps[row] * VECTOR_S);
      vectors.y1.push(y_m + plots.vy_mps[row] * VECTOR_S);
      vectors.colour.push(colour);
    }
    this.sources.history.data = history;
    this.sources.vectors.data = vectors;
  }

  drawLabels() {
    const { x_range, y_range, inner_width: width, inner_height: height } = this.chart;
    if (!width || !height) return;
    const right_px = width / (x_range.end - x_range.start);
    const up_px = height / (y_range.end - y_range.start);
    const inFrame = this.seen
      .map((seen) => ({ seen, x: (seen.x_m - x_range.start) * right_px, y: (y_range.end - seen.y_m) * up_px }))
      .filter(({ x, y }) => x >= 0 && x <= width && y >= 0 && y <= height);
    const wanted = inFrame.map(({ seen, x, y }) => {
      const text = labelText(this.plots, seen);
      const letters = Math.max(...text.split("\n").map((line) => line.length));
      const warning_px = seen.shown.length ? LINE_PX + 4 : 0;
      const urgent = seen.shown.length > 0 || seen.chosen;
      return { key: seen.flight.track, seen, text, x, y, warning_px, urgent, width: letters * LETTER_PX + 6, height: 2 * LINE_PX + 5 + warning_px };
    });
    wanted.sort((a, b) => b.urgent - a.urgent || a.key - b.key);
    const symbols = inFrame.map(({ x, y }) => ({ left: x - 6, top: y - 6, right: x + 6, bottom: y + 6 }));
    const boxes = placedLabels(wanted, symbols, { width, height }, this.places);
    const labels = { x: [], y: [], text: [], colour: [] };
    const warnings = { x: [], y: [], text: [], colour: [] };
    const leaders = { x0: [], y0: [], x1: [], y1: [] };
    wanted.forEach((label, place) => {
      const box = boxes[place];
      if (!box) return;
      const left_m = x_range.start + box.left / right_px;
      const top_m = y_range.end - (box.top + label.warning_px) / up_px;
      labels.x.push(left_m);
      labels.y.push(top_m);
      labels.text.push(label.text);
      labels.colour.push(label.seen.colour);
      if (label.seen.shown.length) {
        warnings.x.push(left_m);
        warnings.y.push(top_m);
        warnings.text.push(label.seen.shown.map((alert) => alert.shown_as).join(" "));
        warnings.colour.push(label.seen.colour);
      }
      leaders.x0.push(label.seen.x_m);
      leaders.y0.push(label.seen.y_m);
      leaders.x1.push(x_range.start + Math.min(Math.max(label.x, box.left), box.right) / right_px);
      leaders.y1.push(y_range.end - Math.min(Math.max(label.y, box.top), box.bottom) / up_px);
    });
    this.sources.labels.data = labels;
    this.sources.warnings.data = warnings;
    this.sources.leaders.data = leaders;
  }

  // The aircraft nearest to a point of the map (m), within so many pixels.
  flightNear(x_m, y_m, reach_px) {
    const { x_range, inner_width } = this.chart;
    const reach_m = reach_px * (x_range.end - x_range.start) / inner_width;
    let nearest = null;
    let least_m = reach_m;
    for (const seen of this.seen) {
      const away_m = Math.hypot(seen.x_m - x_m, seen.y_m - y_m);
      if (away_m <= least_m) [nearest, least_m] = [seen.flight, away_m];
    }
    return nearest;
  }
}
